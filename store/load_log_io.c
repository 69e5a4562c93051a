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

/* What a log may hold: nothing that reaches beyond the data. */
static bool belongs(const struct shell *sh, const struct resp_request *req)
{
    static const char *const others[] = { "select", "multi", "exec", "ping", "publish" };
    struct command_match m;

    if (!command_find(sh->store.commands, req->argc, req->argv, &m))
        return true; /* the error will be told */
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcmp(m.command->name, others[i]) == 0)
            return true;
    }
    return (m.command->flags & COMMAND_WRITE) != 0;
}

static bool run_command(struct shell *sh, const struct resp_request *req)
{
    struct loader *v = &sh->loader;
    int shown = (int)(req->argv[0].n < SHOWN_MAX ? req->argv[0].n : SHOWN_MAX);
    struct slice reply;

    v->info.has_repl = false;
    if (!belongs(sh, req)) {
        load_fail(sh, "offset %llu: command %.*s does not belong into a log",
                  (unsigned long long)v->at, shown, req->argv[0].p);
        return false;
    }
    if (shell_run_from_primary(sh, &v->client, req->argc, req->argv))
        return true;
    reply = buf_slice(&v->client.out);
    load_fail(sh, "offset %llu: command %.*s fails: %.*s", (unsigned long long)v->at, shown,
              req->argv[0].p, (int)(reply.n > 2 && reply.n < 200 ? reply.n - 2 : 0), reply.p);
    return false;
}

/* Drops bytes that are done; outside of transactions the file is whole up to here. */
static void consume(struct loader *v, size_t n)
{
    buf_consume(&v->unread, n);
    v->at += n;
    if (!(v->client.flags & CLIENT_IN_MULTI))
        v->whole = v->at;
}

/* A line that begins with '#'. False: it is not complete. */
static bool take_remark(struct loader *v)
{
    const char *bytes = buf_data(&v->unread), *end = memchr(bytes, '\n', buf_used(&v->unread));
    struct slice line = { bytes, end != NULL ? (size_t)(end - bytes) : 0 };

    if (end == NULL)
        return false;
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    aof_take_remark(line, &v->info);
    consume(v, (size_t)(end - bytes) + 1);
    return true;
}

/* One request. *ret_more: it is not complete. False after a failure. */
static bool take_request(struct shell *sh, bool *ret_more)
{
    struct loader *v = &sh->loader;
    struct resp_request req;
    size_t used;
    enum resp_status status =
        resp_reader_next(&v->requests, buf_data(&v->unread), buf_used(&v->unread), &req, &used);

    *ret_more = status == RESP_MORE;
    if (status == RESP_BROKEN) {
        load_fail(sh, "offset %llu: %s", (unsigned long long)v->at, v->requests.error);
        return false;
    }
    if (status == RESP_REQUEST && !run_command(sh, &req))
        return false;
    consume(v, used);
    return true;
}

/* A file system may have made room for what was never written: nothing but zeroes up to the end. */
static bool skip_zeroes(struct shell *sh)
{
    struct loader *v = &sh->loader;
    const char *bytes = buf_data(&v->unread);

    for (size_t i = 0; i < buf_used(&v->unread); i++) {
        if (bytes[i] != '\0') {
            load_fail(sh, "offset %llu: zeroes instead of a command", (unsigned long long)v->whole);
            return false;
        }
    }
    v->at += buf_used(&v->unread);
    buf_reset(&v->unread);
    return true;
}

bool load_log_run(struct shell *sh)
{
    struct loader *v = &sh->loader;
    bool more = false;

    while (!more && v->part == LOAD_COMMANDS && buf_used(&v->unread) > 0) {
        char first = buf_data(&v->unread)[0];

        if (first == '#') {
            more = !take_remark(v);
        } else if (first == '*') {
            if (!take_request(sh, &more))
                return false;
        } else if (first == '\0') {
            v->part = LOAD_ZEROES;
        } else {
            load_fail(sh, "offset %llu: this is no command", (unsigned long long)v->at);
            return false;
        }
    }
    return v->part != LOAD_ZEROES || skip_zeroes(sh);
}

/* --- the end of a file -------------------------------------------------------------------------
 */

/* Cuts the file off where it is whole, on disk. */
static bool cut_file(struct shell *sh)
{
    struct loader *v = &sh->loader;
    int fd = open(v->path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && ftruncate(fd, (off_t)v->whole) == 0 && fsync(fd) == 0;
    int error = errno;

    if (fd >= 0)
        close(fd);
    if (!ok)
        load_fail(sh, "offset %llu: what is not whole cannot be cut off: %s",
                  (unsigned long long)v->whole, strerror(error));
    return ok;
}

/* False after a failure. */
static bool check_end(struct shell *sh)
{
    struct loader *v = &sh->loader;
    bool in_multi = (v->client.flags & CLIENT_IN_MULTI) != 0;
    uint64_t bytes = v->at + buf_used(&v->unread) - v->whole;

    if (buf_used(&v->unread) == 0 && !in_multi && v->part != LOAD_ZEROES)
        return true;
    if (!is_last(sh) || !option_number(&sh->store.options, OPT_AOF_LOAD_TRUNCATED)) {
        load_fail(sh, "offset %llu: the file ends in the middle of a %s%s",
                  (unsigned long long)v->whole, in_multi ? "transaction" : "command",
                  is_last(sh) ? ", and aof-load-truncated is no" : ", and is not the last one");
        return false;
    }
    log_warning("append-only log: %s ends in the middle of a %s at offset %llu; %llu bytes are cut "
                "off",
                v->path, in_multi ? "transaction" : "command", (unsigned long long)v->whole,
                (unsigned long long)bytes);
    session_discard(&sh->store, &v->client);
    buf_reset(&v->unread);
    resp_reader_reset(&v->requests);
    v->info.has_repl = false;
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
