/* Reading the append-only log: the files of the manifest in their order. */
#include "store/load_parts_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/session.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

#define SHOWN_MAX 64 /* bytes of a command's name or error that are shown */

/* The n-th file: the base comes first, then commands in the order of the manifest. NULL: there is
 * none. */
static const struct aof_file *file_at(const struct aof_manifest *m, size_t n)
{
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < m->count; i++) {
            if (m->files[i].kind == (pass == 0 ? AOF_BASE : AOF_INCR) && n-- == 0)
                return &m->files[i];
        }
    }
    return NULL;
}

static bool is_in_multi(const struct loader *v)
{
    return (v->client.flags & CLIENT_IN_MULTI) != 0;
}

static bool is_last(const struct shell *sh)
{
    return file_at(&sh->aof.manifest, sh->loader.file + 1) == NULL;
}

static bool open_file(struct shell *sh)
{
    char path[FILE_PATH_MAX];

    aof_path(sh, file_at(&sh->aof.manifest, sh->loader.file)->name, path);
    sh->loader.client.db = 0;
    return load_open(sh, path);
}

void load_log_start(struct shell *sh)
{
    struct loader *v = &sh->loader;
    const struct aof_file *f;
    char path[FILE_PATH_MAX];

    for (size_t i = 0; (f = file_at(&sh->aof.manifest, i)) != NULL; i++) {
        int64_t bytes;

        aof_path(sh, f->name, path);
        bytes = file_size(path);
        v->bytes_total += (uint64_t)(bytes > 0 ? bytes : 0);
    }
    v->file = 0;
    if (file_at(&sh->aof.manifest, 0) == NULL)
        load_finish(sh);
    else
        open_file(sh);
}

/* --- commands ----------------------------------------------------------------------------------
 */

static bool run_command(struct shell *sh, const struct resp_request *req)
{
    struct loader *v = &sh->loader;
    int shown = (int)(req->argv[0].n < SHOWN_MAX ? req->argv[0].n : SHOWN_MAX);
    struct command_match m;
    struct slice reply;

    if (command_find(sh->store.commands, req->argc, req->argv, &m) && !aof_may_hold(m.command)) {
        load_fail(sh, "offset %llu: command %.*s does not belong into a log",
                  (unsigned long long)v->log.at, shown, req->argv[0].p);
        return false;
    }
    if (shell_run_from_primary(sh, &v->client, req->argc, req->argv))
        return true;
    reply = buf_slice(&v->client.out);
    load_fail(sh, "offset %llu: command %.*s fails: %.*s", (unsigned long long)v->log.at, shown,
              req->argv[0].p, (int)(reply.n > 2 && reply.n < 200 ? reply.n - 2 : 0), reply.p);
    return false;
}

bool load_log_run(struct shell *sh)
{
    struct loader *v = &sh->loader;
    struct resp_request req;
    enum aof_item item;
    size_t used;

    do {
        item = aof_read(&v->log, buf_data(&v->unread), buf_used(&v->unread), &req, &used);
        if (item == AOF_ITEM_BROKEN) {
            load_fail(sh, "offset %llu: %s",
                      (unsigned long long)(v->log.zeroes ? v->log.whole : v->log.at), v->log.error);
            return false;
        }
        if (item == AOF_ITEM_COMMAND && !run_command(sh, &req))
            return false;
        buf_consume(&v->unread, used);
        aof_reader_advance(&v->log, used, is_in_multi(v));
    } while (item != AOF_ITEM_MORE && buf_used(&v->unread) > 0);
    return true;
}

/* --- the end of a file -------------------------------------------------------------------------
 */

/* Cuts the file off where it is whole, on disk. */
static bool cut_file(struct shell *sh)
{
    struct loader *v = &sh->loader;
    int fd = open(v->path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && ftruncate(fd, (off_t)v->log.whole) == 0 && fsync(fd) == 0;
    int error = errno;

    if (fd >= 0)
        close(fd);
    if (!ok)
        load_fail(sh, "offset %llu: what is not whole cannot be cut off: %s",
                  (unsigned long long)v->log.whole, strerror(error));
    return ok;
}

/* False after a failure. */
static bool check_end(struct shell *sh)
{
    struct loader *v = &sh->loader;
    bool in_multi = is_in_multi(v);
    uint64_t bytes = v->log.at + buf_used(&v->unread) - v->log.whole;

    if (buf_used(&v->unread) == 0 && !in_multi && !v->log.zeroes)
        return true;
    if (!is_last(sh) || !option_number(&sh->store.options, OPT_AOF_LOAD_TRUNCATED)) {
        load_fail(sh, "offset %llu: the file ends in the middle of a %s%s",
                  (unsigned long long)v->log.whole, in_multi ? "transaction" : "command",
                  is_last(sh) ? ", and aof-load-truncated is no" : ", and is not the last one");
        return false;
    }
    log_warning("append-only log: %s ends in the middle of a %s at offset %llu; %llu bytes are cut "
                "off",
                v->path, in_multi ? "transaction" : "command", (unsigned long long)v->log.whole,
                (unsigned long long)bytes);
    session_discard(&sh->store, &v->client);
    buf_reset(&v->unread);
    v->log.info.has_repl = false;
    return cut_file(sh);
}

void load_log_next(struct shell *sh)
{
    struct loader *v = &sh->loader;

    if (!check_end(sh))
        return;
    v->file++;
    if (file_at(&sh->aof.manifest, v->file) != NULL) {
        open_file(sh);
        return;
    }
    sh->store.saved = sh->store.changes; /* the log has them */
    load_finish(sh);
}
