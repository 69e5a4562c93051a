/* New bases of the log, written by a child in the background. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/aof_parts_io.h"
#include "store/child_io.h"
#include "store/file_io.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

void aof_rewrite_failed(struct shell *sh)
{
    struct aof_rewrite *r = &sh->aof.rewrite;
    msec wait_ms = AOF_REWRITE_RETRY_MS;

    for (unsigned i = 0; i < r->failures && wait_ms < AOF_REWRITE_RETRY_MAX_MS; i++)
        wait_ms *= 2;
    r->failed = true;
    r->failures++;
    r->retry_at_ms = sh->store.mono_ms + msec_min(wait_ms, AOF_REWRITE_RETRY_MAX_MS);
    aof_manifest_done(&r->manifest);
    if (sh->aof.phase == AOF_WAIT)
        aof_close(sh);
}

/* In the child. */
static bool rewrite_work(void *arg, const int *fds, size_t fds_count, char *report)
{
    struct shell *sh = arg;
    const struct aof_file *base = aof_manifest_last(&sh->aof.rewrite.manifest, AOF_BASE);
    const struct save_target to = { aof_folder(sh), base->name, true };

    (void)fds;
    (void)fds_count;
    return save_write(sh, &to, report);
}

/* The base is there: with the next manifest it counts. */
static void finish(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    struct aof_rewrite *r = &w->rewrite;

    if (!aof_persist(sh, &r->manifest)) {
        aof_rewrite_failed(sh);
        return;
    }
    w->phase = AOF_ON;
    w->grown_from_bytes = aof_bytes(w);
    sh->store.aof.error[0] = '\0';
    r->failed = false;
    r->failures = 0;
    r->retry_at_ms = 0;
    r->done++;
    aof_delete_history(sh);
    log_notice("append-only log: rewritten, %lld bytes", (long long)aof_bytes(w));
}

static void on_rewritten(void *arg, bool ok, const char *report)
{
    struct shell *sh = arg;
    struct aof_rewrite *r = &sh->aof.rewrite;

    shell_set_clock(sh);
    if (!ok)
        save_remove_temp(aof_folder(sh), child_pid(sh->saver.child));
    r->last_cow_bytes = child_cow_bytes(sh->saver.child);
    sh->saver.child = NULL;
    r->last_took_s = sh->store.now_ms / 1000 - r->started_s;
    if (ok) {
        finish(sh);
    } else {
        log_error("append-only log: rewriting failed: %s",
                  report[0] != '\0' ? report : "the child died");
        aof_rewrite_failed(sh);
    }
    replicas_child_ended(sh);
}

/* In force at once: the log goes on in a file of its own, which the new base does not hold. */
static bool divide(struct shell *sh, struct aof_manifest *m, const char *name)
{
    struct aof_manifest fresh;
    char path[FILE_PATH_MAX];
    int fd;

    aof_path(sh, name, path);
    if (!aof_write_through(sh))
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        log_error("append-only log: cannot create %s: %s", path, strerror(errno));
        return false;
    }
    close(fd);
    aof_manifest_copy(&fresh, m);
    if (!aof_persist(sh, &fresh))
        return false;
    if (!aof_open(sh, name, false))
        return false;
    aof_measure(sh);
    return true;
}

/* Divides the log, and lets a child write the base of its second part. */
static bool start_rewrite(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    struct aof_rewrite *r = &w->rewrite;
    char incr[AOF_FILE_NAME_MAX], base[AOF_FILE_NAME_MAX];

    r->scheduled = false;
    aof_manifest_done(&r->manifest);
    aof_manifest_copy(&r->manifest, &w->manifest);
    if (!aof_need_folder(sh) || !aof_add_incr(sh, &r->manifest, &r->incr_seq, incr))
        goto failed;
    if (w->phase == AOF_ON ? !divide(sh, &r->manifest, incr) : !aof_open(sh, incr, true))
        goto failed;
    aof_plan_base(sh, &r->manifest, r->incr_seq, base);
    save_forks(sh);
    sh->saver.child =
        child_start(sh->loop, rewrite_work, on_rewritten, sh, NULL, 0, &sh->store.stats.fork_us);
    if (sh->saver.child == NULL) {
        log_error("append-only log: cannot fork: %s", strerror(errno));
        goto failed;
    }
    sh->saver.task = CHILD_REWRITE;
    store_count_fork(&sh->store);
    r->started_s = sh->store.now_ms / 1000;
    log_notice("append-only log: rewriting, by process %d", (int)child_pid(sh->saver.child));
    return true;

failed:
    aof_rewrite_failed(sh);
    return false;
}

void aof_rewrite_stop(struct shell *sh)
{
    pid_t pid;

    sh->aof.rewrite.scheduled = false;
    if (!saver_does(&sh->saver, CHILD_REWRITE))
        return;
    pid = child_pid(sh->saver.child);
    child_abandon(sh->saver.child);
    sh->saver.child = NULL;
    save_remove_temp(aof_folder(sh), pid);
    aof_manifest_done(&sh->aof.rewrite.manifest);
    if (sh->aof.phase == AOF_WAIT)
        aof_close(sh);
}

/* True when the log has grown by so much that a new one is worth it. */
static bool has_grown(const struct shell *sh)
{
    const struct options *o = &sh->store.options;
    int64_t percent = option_number(o, OPT_AOF_REWRITE_PERCENT), bytes = aof_bytes(&sh->aof),
            from = sh->aof.grown_from_bytes > 0 ? sh->aof.grown_from_bytes : 1;

    return percent > 0 && bytes > option_number(o, OPT_AOF_REWRITE_MIN) &&
           (double)(bytes - from) * 100 >= (double)percent * (double)from;
}

void aof_rewrite_tick(struct shell *sh)
{
    struct aof_rewrite *r = &sh->aof.rewrite;

    if (sh->aof.phase == AOF_OFF || sh->saver.child != NULL || sh->stopping)
        return;
    if (r->scheduled ||
        (sh->store.mono_ms >= r->retry_at_ms && (sh->aof.phase == AOF_WAIT || has_grown(sh))))
        start_rewrite(sh);
}

void cmd_bgrewriteaof(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);

    (void)argc;
    (void)argv;
    if (sh->aof.phase == AOF_OFF) {
        resp_error(&c->reply, "ERR There is no append only file to rewrite: appendonly is no");
    } else if (saver_does(&sh->saver, CHILD_REWRITE)) {
        resp_error(&c->reply, "ERR Background append only file rewriting already in progress");
    } else if (sh->saver.child != NULL || sh->store.in_exec) {
        sh->aof.rewrite.scheduled = true;
        resp_simple(&c->reply, "Background append only file rewriting scheduled");
    } else if (start_rewrite(sh)) {
        resp_simple(&c->reply, "Background append only file rewriting started");
    } else {
        resp_error(&c->reply, "ERR Can't execute an AOF background rewriting. Please check the "
                              "server logs for more information.");
    }
}
