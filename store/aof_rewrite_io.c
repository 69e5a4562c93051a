/* The files of the log: the manifest, and new bases. */
#include "store/aof_parts_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/child_io.h"
#include "store/file_io.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

#define MANIFEST_SUFFIX ".manifest"

static const char *folder_of(const struct shell *sh)
{
    return option_text(&sh->store.options, OPT_APPENDDIRNAME);
}

static const char *prefix_of(const struct shell *sh)
{
    return option_text(&sh->store.options, OPT_APPENDFILENAME);
}

static void manifest_name(const struct shell *sh, char name[AOF_FILE_NAME_MAX])
{
    snprintf(name, AOF_FILE_NAME_MAX, "%.200s" MANIFEST_SUFFIX, prefix_of(sh));
}

/* --- the manifest ------------------------------------------------------------------------------
 */

/* Makes the folder, if it is not there. */
static bool need_folder(const struct shell *sh)
{
    if (mkdir(folder_of(sh), 0755) != 0)
        return errno == EEXIST;
    return file_sync_folder(".");
}

/* Sums up the files that count, but for the one being written. */
static void measure(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    char path[FILE_PATH_MAX];

    w->older_bytes = 0;
    for (size_t i = 0; i < w->manifest.count; i++) {
        const struct aof_file *f = &w->manifest.files[i];
        int64_t bytes;

        if (f->kind == AOF_HISTORY || strcmp(f->name, w->file_name) == 0)
            continue;
        aof_path(sh, f->name, path);
        bytes = file_size(path);
        w->older_bytes += bytes > 0 ? bytes : 0;
    }
}

/* Takes over what is in `fresh`, which is empty afterwards in every case. */
bool aof_persist(struct shell *sh, struct aof_manifest *fresh)
{
    char name[AOF_FILE_NAME_MAX], path[FILE_PATH_MAX], error[FILE_ERROR_TEXT_MAX];
    struct buf text = { 0 };
    bool ok;

    manifest_name(sh, name);
    aof_path(sh, name, path);
    aof_manifest_write(fresh, &text);
    snprintf(error, sizeof(error), "cannot make %s", folder_of(sh));
    ok = need_folder(sh) && file_replace(path, buf_slice(&text), error);
    buf_done(&text);
    if (!ok) {
        log_error("append-only log: %s", error);
        aof_manifest_done(fresh);
        return false;
    }
    aof_manifest_done(&sh->aof.manifest);
    sh->aof.manifest = *fresh;
    memset(fresh, 0, sizeof(*fresh));
    measure(sh);
    return true;
}

/* A log of before Redis 7 is one file in `dir`: it becomes the base. The manifest goes first, so
 * that a crash in between loses neither. */
static bool adopt_single_file(struct shell *sh, bool has_manifest)
{
    char to[FILE_PATH_MAX];
    const struct aof_file *base = aof_manifest_last(&sh->aof.manifest, AOF_BASE);
    struct aof_manifest fresh = { NULL, 0 };

    if (file_size(prefix_of(sh)) < 0)
        return true;
    if (has_manifest && (base == NULL || strcmp(base->name, prefix_of(sh)) != 0))
        return true;
    if (!has_manifest) {
        aof_manifest_add_named(&fresh, prefix_of(sh), AOF_BASE);
        if (!aof_persist(sh, &fresh))
            return false;
    }
    aof_path(sh, prefix_of(sh), to);
    if (file_size(to) >= 0)
        return true;
    log_notice("append-only log: %s moves to %s", prefix_of(sh), to);
    return rename(prefix_of(sh), to) == 0 && file_sync_folder(folder_of(sh)) &&
           file_sync_folder(".");
}

enum aof_found aof_find(struct shell *sh, char *ret_error, size_t error_size)
{
    struct aof_writer *w = &sh->aof;
    char name[AOF_FILE_NAME_MAX], path[FILE_PATH_MAX], why[AOF_MANIFEST_ERROR_MAX];
    struct buf text = { 0 };
    bool read;

    w->was_found = true;
    manifest_name(sh, name);
    aof_path(sh, name, path);
    aof_manifest_done(&w->manifest);
    read = file_read_all(path, AOF_MANIFEST_TEXT_MAX, &text);
    if (!read && errno != ENOENT) {
        snprintf(ret_error, error_size, "%.512s: %s", path, strerror(errno));
        goto broken;
    }
    if (read && !aof_manifest_parse(&w->manifest, buf_slice(&text), why)) {
        snprintf(ret_error, error_size, "%.512s: %s", path, why);
        goto broken;
    }
    buf_done(&text);
    if (!adopt_single_file(sh, read)) {
        snprintf(ret_error, error_size, "%.200s cannot be moved to %.200s: %s", prefix_of(sh),
                 folder_of(sh), strerror(errno));
        return AOF_FOUND_BROKEN;
    }
    return w->manifest.count > 0 ? AOF_FOUND : AOF_FOUND_NONE;

broken:
    buf_done(&text);
    aof_manifest_done(&w->manifest);
    return AOF_FOUND_BROKEN;
}

/* --- history -----------------------------------------------------------------------------------
 */

/* Files to be deleted by a thread, since that may take its time. */
struct deletion {
    uv_work_t work;
    struct shell *shell;
    size_t count;
    char paths[][FILE_PATH_MAX];
};

static void run_deletion(uv_work_t *work)
{
    struct deletion *d = work->data;

    for (size_t i = 0; i < d->count; i++)
        unlink(d->paths[i]);
}

/* They are gone: the manifest need not name them any more. */
static void on_deleted(uv_work_t *work, int status)
{
    struct deletion *d = work->data;
    struct shell *sh = d->shell;
    struct aof_manifest fresh;

    (void)status;
    free(d);
    if (sh->stopping || sh->aof.phase == AOF_OFF)
        return;
    aof_manifest_copy(&fresh, &sh->aof.manifest);
    aof_manifest_drop_history(&fresh);
    aof_persist(sh, &fresh);
}

void aof_delete_history(struct shell *sh)
{
    const struct aof_manifest *m = &sh->aof.manifest;
    struct deletion *d;

    if (aof_manifest_last(m, AOF_HISTORY) == NULL)
        return;
    d = calloc(1, sizeof(*d) + m->count * FILE_PATH_MAX);
    if (d == NULL)
        return;
    for (size_t i = 0; i < m->count; i++) {
        if (m->files[i].kind == AOF_HISTORY)
            aof_path(sh, m->files[i].name, d->paths[d->count++]);
    }
    d->shell = sh;
    d->work.data = d;
    if (uv_queue_work(sh->loop, &d->work, run_deletion, on_deleted) != 0)
        free(d);
}

/* --- bases -------------------------------------------------------------------------------------
 */

/* Adds a file of commands; *ret_seq is its number, name its name. */
static bool add_incr(struct shell *sh, struct aof_manifest *m, int64_t *ret_seq,
                     char name[AOF_FILE_NAME_MAX])
{
    const struct aof_file *f;

    if (m->count + 2 > AOF_FILES_MAX) {
        log_error("append-only log: %s has %zu files already", folder_of(sh), m->count);
        return false;
    }
    f = aof_manifest_add(m, prefix_of(sh), AOF_INCR);
    *ret_seq = f->seq;
    snprintf(name, AOF_FILE_NAME_MAX, "%s", f->name);
    return true;
}

/* Turns m into what holds when there is a new base; its name. */
static void plan_base(struct shell *sh, struct aof_manifest *m, int64_t incr_seq,
                      char name[AOF_FILE_NAME_MAX])
{
    snprintf(name, AOF_FILE_NAME_MAX, "%s", aof_manifest_add(m, prefix_of(sh), AOF_BASE)->name);
    aof_manifest_retire(m, incr_seq);
}

bool aof_write_base(struct shell *sh, char *ret_error, size_t error_size)
{
    char base[AOF_FILE_NAME_MAX], incr[AOF_FILE_NAME_MAX], why[SAVE_ERROR_TEXT_MAX];
    const struct save_target to = { folder_of(sh), base, true };
    struct aof_manifest m;
    int64_t seq;

    aof_manifest_copy(&m, &sh->aof.manifest);
    snprintf(ret_error, error_size, "cannot begin a log in %.200s", folder_of(sh));
    if (!need_folder(sh) || !add_incr(sh, &m, &seq, incr))
        goto failed;
    plan_base(sh, &m, seq, base);
    if (!save_write(sh, &to, why)) {
        snprintf(ret_error, error_size, "%s", why);
        goto failed;
    }
    if (!aof_open(sh, incr, true))
        goto failed;
    if (!aof_persist(sh, &m)) {
        aof_close(sh);
        return false;
    }
    sh->aof.phase = AOF_ON;
    sh->store.aof.error[0] = '\0';
    sh->aof.grown_from_bytes = aof_bytes(&sh->aof);
    aof_delete_history(sh);
    return true;

failed:
    aof_manifest_done(&m);
    return false;
}

bool aof_start(struct shell *sh, char *ret_error, size_t error_size)
{
    struct aof_writer *w = &sh->aof;
    const struct aof_file *last;
    struct aof_manifest m;
    char name[AOF_FILE_NAME_MAX];
    int64_t seq;

    if (!w->was_found && aof_find(sh, ret_error, error_size) == AOF_FOUND_BROKEN)
        return false;
    if (w->manifest.count == 0)
        return aof_write_base(sh, ret_error, error_size);
    snprintf(ret_error, error_size, "the log in %.200s cannot be continued", folder_of(sh));
    last = aof_manifest_last(&w->manifest, AOF_INCR);
    if (last != NULL) {
        snprintf(name, sizeof(name), "%s", last->name);
        if (!aof_open(sh, name, false))
            return false;
    } else {
        aof_manifest_copy(&m, &w->manifest);
        if (!add_incr(sh, &m, &seq, name) || !aof_open(sh, name, true)) {
            aof_manifest_done(&m);
            return false;
        }
        if (!aof_persist(sh, &m))
            return false;
    }
    measure(sh);
    w->grown_from_bytes = w->older_bytes;
    w->phase = AOF_ON;
    aof_delete_history(sh);
    return true;
}

/* --- in the background -------------------------------------------------------------------------
 */

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
    const struct save_target to = { folder_of(sh), base->name, true };

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

static void on_rewritten(void *arg, bool ok, bool stopped, const char *report)
{
    struct shell *sh = arg;
    struct aof_rewrite *r = &sh->aof.rewrite;

    (void)stopped;
    shell_set_clock(sh);
    if (!ok)
        save_remove_temp(folder_of(sh), child_pid(sh->saver.child));
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
    measure(sh);
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
    if (!need_folder(sh) || !add_incr(sh, &r->manifest, &r->incr_seq, incr))
        goto failed;
    if (w->phase == AOF_ON ? !divide(sh, &r->manifest, incr) : !aof_open(sh, incr, true))
        goto failed;
    plan_base(sh, &r->manifest, r->incr_seq, base);
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
    save_remove_temp(folder_of(sh), pid);
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
