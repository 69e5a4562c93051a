#include "store/save_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/child_io.h"
#include "store/file_io.h"
#include "store/mem.h"
#include "store/primary_io.h"
#include "store/rdb_write.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

#define TEMP_NAME_MAX 32

void saver_init(struct saver *v, int64_t now_s)
{
    memset(v, 0, sizeof(*v));
    v->last_save_s = now_s;
    v->last_took_s = -1;
}

static bool write_all(void *arg, const void *bytes, size_t n)
{
    int fd = *(const int *)arg;
    const char *p = bytes;

    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

void save_describe(struct shell *sh, struct rdb_info *ret_info)
{
    struct store *s = &sh->store;

    memset(ret_info, 0, sizeof(*ret_info));
    ret_info->has_repl = repl_is_fed(&s->repl);
    memcpy(ret_info->repl_id, s->repl.id, sizeof(ret_info->repl_id));
    ret_info->repl_offset = s->repl.offset;
    ret_info->stream_db = store_is_replica(s) ? primary_stream_db(sh->primary) : s->repl.stream_db;
    if (ret_info->stream_db < 0)
        ret_info->stream_db = 0;
}

void save_options(struct shell *sh, struct rdb_write_options *ret_options)
{
    ret_options->compress = option_number(&sh->store.options, OPT_RDBCOMPRESSION) != 0;
    ret_options->checksum = option_number(&sh->store.options, OPT_RDBCHECKSUM) != 0;
    ret_options->now_s = sh->store.now_ms / 1000;
    ret_options->used_bytes = mem_used();
}

/* Writes the whole file under another name, then gives it its own. */
static bool write_file(struct shell *sh, char *ret_error)
{
    const char *name = option_text(&sh->store.options, OPT_DBFILENAME), *what = "write";
    struct rdb_write_options options;
    struct rdb_info info;
    char temp[TEMP_NAME_MAX];
    int fd;

    snprintf(temp, sizeof(temp), SAVE_TEMP_FORMAT, (int)getpid());
    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        what = "create";
        goto failed;
    }
    save_describe(sh, &info);
    save_options(sh, &options);
    if (!rdb_write(&sh->store.data, &info, &options, write_all, &fd))
        goto close_file;
    what = "sync";
    if (fsync(fd) != 0)
        goto close_file;
    what = "close";
    if (close(fd) != 0)
        goto remove_file;
    what = "rename";
    if (rename(temp, name) != 0)
        goto remove_file;
    what = "sync the folder of";
    if (!file_sync_folder())
        goto failed;
    return true;

close_file:
    close(fd);
remove_file:
    unlink(temp);
failed:
    snprintf(ret_error, SAVE_ERROR_TEXT_MAX, "cannot %s %s: %s", what, temp, strerror(errno));
    return false;
}

/* What counts as saved, however it was done. */
static void note_success(struct shell *sh, uint64_t saved)
{
    struct store *s = &sh->store;

    s->saved = saved;
    s->save_failed = false;
    s->stats.rdb_saves++;
    sh->saver.last_save_s = s->now_ms / 1000;
}

bool save_now(struct shell *sh, char ret_error[SAVE_ERROR_TEXT_MAX])
{
    if (!write_file(sh, ret_error)) {
        log_error("saving the data: %s", ret_error);
        return false;
    }
    note_success(sh, sh->store.changes);
    log_notice("data saved: %zu keys", keyspace_count_all(&sh->store.data));
    return true;
}

static bool save_work(void *arg, const int *fds, size_t fds_count, char *report)
{
    (void)fds;
    (void)fds_count;
    return write_file(arg, report);
}

static void remove_temp(pid_t pid)
{
    char temp[TEMP_NAME_MAX];

    snprintf(temp, sizeof(temp), SAVE_TEMP_FORMAT, (int)pid);
    unlink(temp);
}

static void on_saved(void *arg, bool ok, bool stopped, const char *report)
{
    struct shell *sh = arg;
    struct saver *v = &sh->saver;

    shell_set_clock(sh);
    if (!ok)
        remove_temp(child_pid(v->child));
    v->child = NULL;
    v->last_took_s = sh->store.now_ms / 1000 - v->started_s;
    if (ok) {
        note_success(sh, v->changes_at_fork);
        log_notice("background save done");
    } else if (stopped) {
        log_notice("background save stopped");
    } else {
        sh->store.save_failed = true;
        log_error("background save failed: %s", report[0] != '\0' ? report : "the child died");
    }
    replicas_child_ended(sh);
}

bool save_background(struct shell *sh, char ret_error[SAVE_ERROR_TEXT_MAX])
{
    struct saver *v = &sh->saver;

    v->scheduled = false;
    v->tried_s = sh->store.now_ms / 1000;
    v->started_s = v->tried_s;
    v->changes_at_fork = sh->store.changes;
    v->child = child_start(sh->loop, save_work, on_saved, sh, NULL, 0, &sh->store.stats.fork_us);
    if (v->child == NULL) {
        snprintf(ret_error, SAVE_ERROR_TEXT_MAX, "cannot fork: %s", strerror(errno));
        log_error("background save: %s", ret_error);
        sh->store.save_failed = true;
        return false;
    }
    v->child_saves = true;
    sh->store.stats.forks++;
    log_notice("background save started by process %d", (int)child_pid(v->child));
    return true;
}

/* True when enough has changed for long enough. */
static bool is_due(const struct shell *sh)
{
    const struct options *o = &sh->store.options;
    int64_t now_s = sh->store.now_ms / 1000, age = now_s - sh->saver.last_save_s;

    if (sh->store.save_failed && now_s - sh->saver.tried_s <= SAVE_RETRY_S)
        return false;
    for (size_t i = 0; i < o->save_count; i++) {
        if (store_unsaved(&sh->store) >= (uint64_t)o->save[i].changes && age > o->save[i].seconds)
            return true;
    }
    return false;
}

void save_tick(struct shell *sh)
{
    char error[SAVE_ERROR_TEXT_MAX];

    if (sh->saver.child != NULL || sh->store.phase != STORE_READY)
        return;
    if (sh->saver.scheduled || is_due(sh))
        save_background(sh, error);
}

void save_stop(struct shell *sh)
{
    struct saver *v = &sh->saver;

    if (v->child == NULL || !v->child_saves)
        return;
    pid_t pid = child_pid(v->child);
    child_abandon(v->child);
    remove_temp(pid);
    v->child = NULL;
}
