#include "store/aof_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/aof_parts_io.h"
#include "store/file_io.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

#define COMPLAIN_MS 30000

static enum aof_policy policy_of(const struct shell *sh)
{
    return (enum aof_policy)option_number(&sh->store.options, OPT_APPENDFSYNC);
}

static bool is_refusing(const struct shell *sh)
{
    return sh->store.aof.error[0] != '\0';
}

void aof_path(const struct shell *sh, const char *name, char *ret_path)
{
    file_path(ret_path, option_text(&sh->store.options, OPT_APPENDDIRNAME), name);
}

void aof_init(struct shell *sh)
{
    sh->aof.fd = -1;
    sh->aof.rewrite.last_took_s = -1;
}

/* --- the file of commands ----------------------------------------------------------------------
 */

bool aof_open(struct shell *sh, const char *name, bool fresh)
{
    struct aof_writer *w = &sh->aof;
    char path[FILE_PATH_MAX];
    struct stat st;
    int fd;

    aof_path(sh, name, path);
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | (fresh ? O_TRUNC : 0), 0644);
    if (fd < 0 || fstat(fd, &st) != 0) {
        log_error("append-only log: cannot open %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    aof_close(sh);
    w->fd = fd;
    w->file_bytes = (int64_t)st.st_size;
    w->synced_ms = sh->store.mono_ms;
    snprintf(w->file_name, sizeof(w->file_name), "%s", name);
    aof_begin(&sh->store.aof);
    return true;
}

void aof_close(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;

    aof_end(&sh->store.aof);
    if (w->fd < 0)
        return;
    close(w->fd);
    w->fd = -1;
    w->unsynced = false;
    w->postponed_ms = 0;
    w->sync = NULL; /* one under way has a descriptor of its own, and nobody waits for it */
}

/* --- failures ----------------------------------------------------------------------------------
 */

/* Somebody who was to be told now what may be lost. Replicas have the stream anyway. */
static void close_waiting(void *ctx, struct client *c)
{
    struct shell *sh = ctx;

    if (buf_used(&c->out) > 0 && !(c->flags & CLIENT_IS_REPLICA))
        server_close(sh->server, c, "its writes may not be on disk");
}

/* From here on writes are refused. */
static void refuse_writes(struct shell *sh, const char *what, int error)
{
    struct aof_writer *w = &sh->aof;
    bool first = !is_refusing(sh);

    snprintf(sh->store.aof.error, AOF_ERROR_TEXT_MAX,
             "MISCONF Errors writing to the AOF file: %.128s", strerror(error));
    w->failed_ms = sh->store.mono_ms;
    if (first || sh->store.mono_ms - w->complained_ms >= COMPLAIN_MS) {
        w->complained_ms = sh->store.mono_ms;
        log_error("append-only log: cannot %s %s: %s; writes are refused until it works again",
                  what, w->file_name, strerror(error));
    }
    if (first && policy_of(sh) == AOF_ALWAYS)
        server_each(sh->server, close_waiting, sh);
}

/* What the file holds is not known any more: only a new log helps. */
static void distrust(struct shell *sh, const char *what, int error)
{
    refuse_writes(sh, what, error);
    log_error("append-only log: %s cannot be relied upon, the log begins anew", sh->aof.file_name);
    aof_rewrite_stop(sh);
    sh->aof.phase = AOF_WAIT;
    aof_rewrite_failed(sh);
}

static void accept_writes(struct shell *sh)
{
    if (!is_refusing(sh) || sh->aof.phase != AOF_ON)
        return;
    sh->store.aof.error[0] = '\0';
    log_notice("append-only log: it can be written again, writes are accepted");
}

/* --- writing -----------------------------------------------------------------------------------
 */

/* Notes how far the data have come, behind the commands that brought them there. */
static void note_history(struct shell *sh)
{
    struct rdb_info now;

    save_describe(sh, &now);
    aof_put_history(&sh->store.aof, &now);
}

/* For LATENCY: what the loop waited for. */
static void note_wait(struct shell *sh, enum latency_event event, uint64_t began_ns)
{
    store_note_latency(&sh->store, event, (int64_t)((uv_hrtime() - began_ns) / 1000000));
}

/* Writes all there is, or, as far as anybody can tell, nothing of it. */
static bool write_bytes(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    struct aof *a = &sh->store.aof;
    uint64_t began_ns = uv_hrtime();
    bool ok = file_write_all(w->fd, buf_data(&a->bytes), buf_used(&a->bytes));
    int error = errno;

    note_wait(sh, LATENCY_AOF_WRITE, began_ns);
    if (!ok) {
        if (ftruncate(w->fd, w->file_bytes) != 0 || buf_used(&a->bytes) > AOF_UNWRITTEN_MAX)
            distrust(sh, "write", error);
        else
            refuse_writes(sh, "write", error);
        return false;
    }
    w->file_bytes += (int64_t)buf_used(&a->bytes);
    w->unsynced = true;
    buf_reset(&a->bytes);
    a->has_commands = false;
    return true;
}

/* Syncs on the loop's thread: nothing may leave before it is done. */
static bool sync_now(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    uint64_t began_ns = uv_hrtime();
    int error;

    if (!w->unsynced)
        return true;
    error = fdatasync(w->fd) != 0 ? errno : 0;
    note_wait(sh, LATENCY_AOF_FSYNC, began_ns);
    if (error != 0) {
        distrust(sh, "sync", error);
        return false;
    }
    w->unsynced = false;
    w->synced_ms = sh->store.mono_ms;
    return true;
}

bool aof_write_through(struct shell *sh)
{
    note_history(sh);
    return (buf_used(&sh->store.aof.bytes) == 0 || write_bytes(sh)) && sync_now(sh);
}

/* A sync in a thread. */
struct aof_sync {
    uv_work_t work;
    struct shell *shell;
    int fd; /* its own */
    int error;
};

static void run_sync(uv_work_t *work)
{
    struct aof_sync *y = work->data;

    y->error = fdatasync(y->fd) != 0 ? errno : 0;
    close(y->fd);
}

static void on_synced(uv_work_t *work, int status)
{
    struct aof_sync *y = work->data;
    struct shell *sh = y->shell;

    (void)status;
    if (sh->aof.sync == y) {
        sh->aof.sync = NULL;
        shell_set_clock(sh);
        if (y->error != 0)
            distrust(sh, "sync", y->error);
        else
            aof_flush(sh);
    }
    free(y);
}

static void start_sync(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    struct aof_sync *y = calloc(1, sizeof(*y));

    if (y == NULL)
        return;
    y->shell = sh;
    y->work.data = y;
    y->fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0);
    if (y->fd < 0 || uv_queue_work(sh->loop, &y->work, run_sync, on_synced) != 0) {
        if (y->fd >= 0)
            close(y->fd);
        free(y);
        return;
    }
    w->sync = y;
    w->unsynced = false;
    w->synced_ms = sh->store.mono_ms;
}

/* What appendfsync wants, behind a write or with time. */
static bool sync_as_wanted(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    bool spared = option_number(&sh->store.options, OPT_AOF_NO_FSYNC) && sh->saver.child != NULL;

    if (!w->unsynced || spared)
        return true;
    if (policy_of(sh) == AOF_ALWAYS)
        return sync_now(sh);
    if (policy_of(sh) == AOF_EVERYSEC && w->sync == NULL &&
        sh->store.mono_ms - w->synced_ms >= AOF_SYNC_PERIOD_MS)
        start_sync(sh);
    return true;
}

/* A write while the thread syncs may have to wait in the kernel, and everybody with it: better
 * later, but not too late. */
static bool is_postponed(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;

    if (policy_of(sh) != AOF_EVERYSEC || w->sync == NULL) {
        w->postponed_ms = 0;
        return false;
    }
    if (w->postponed_ms == 0)
        w->postponed_ms = sh->store.mono_ms;
    if (sh->store.mono_ms - w->postponed_ms < AOF_POSTPONE_MAX_MS)
        return true;
    w->postponed_ms = 0;
    w->delayed++;
    log_warning("append-only log: a sync takes longer than %d ms; writing without waiting for it "
                "may hold everybody up",
                AOF_POSTPONE_MAX_MS);
    return false;
}

/* Remarks alone make nobody wait. */
void aof_flush(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    bool wait;

    if (!sh->store.aof.on)
        return;
    if (is_refusing(sh) && sh->store.mono_ms - w->failed_ms < AOF_RETRY_MS)
        return;
    note_history(sh);
    wait = sh->store.aof.has_commands || policy_of(sh) != AOF_ALWAYS;
    if (buf_used(&sh->store.aof.bytes) > 0 && (is_postponed(sh) || !write_bytes(sh)))
        return;
    if (!wait || sync_as_wanted(sh))
        accept_writes(sh);
}

/* --- life --------------------------------------------------------------------------------------
 */

bool aof_switch(struct shell *sh, bool on, char *ret_error, size_t error_size)
{
    struct aof_writer *w = &sh->aof;

    if (sh->store.phase != STORE_READY || on == (w->phase != AOF_OFF))
        return true;
    if (on) {
        if (aof_find(sh, ret_error, error_size) == AOF_FOUND_BROKEN)
            return false;
        w->phase = AOF_WAIT;
        w->rewrite.retry_at_ms = 0;
        return true;
    }
    if (sh->store.aof.on)
        aof_write_through(sh);
    aof_rewrite_stop(sh);
    aof_close(sh);
    w->phase = AOF_OFF;
    sh->store.aof.error[0] = '\0';
    return true;
}

void aof_restart(struct shell *sh)
{
    if (sh->aof.phase == AOF_OFF)
        return;
    aof_rewrite_stop(sh);
    aof_close(sh);
    sh->aof.phase = AOF_WAIT;
    sh->aof.rewrite.retry_at_ms = 0;
}

void aof_tick(struct shell *sh)
{
    aof_flush(sh);
    if (sh->store.aof.on && !is_refusing(sh))
        sync_as_wanted(sh);
    aof_rewrite_tick(sh);
}

bool aof_stop(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    char error[SAVE_ERROR_TEXT_MAX];
    bool ok = true;

    if (w->phase == AOF_OFF)
        return true;
    aof_rewrite_stop(sh);
    if (w->phase == AOF_WAIT) {
        ok = aof_write_base(sh, error, sizeof(error));
        if (!ok)
            log_error("append-only log: %s", error);
    } else {
        ok = aof_write_through(sh);
    }
    if (ok) {
        aof_close(sh);
        w->phase = AOF_OFF;
    }
    return ok;
}

int64_t aof_bytes(const struct aof_writer *w)
{
    return w->older_bytes + w->file_bytes;
}

/* --- INFO --------------------------------------------------------------------------------------
 */

static void put(struct buf *to, const char *name, int64_t value)
{
    buf_printf(to, "%s:%lld\r\n", name, (long long)value);
}

void aof_describe(struct shell *sh, struct buf *to)
{
    const struct aof_writer *w = &sh->aof;
    const struct aof_rewrite *r = &w->rewrite;
    bool busy = saver_does(&sh->saver, CHILD_REWRITE);
    bool soon = r->scheduled || (w->phase == AOF_WAIT && !busy);

    put(to, "aof_enabled", w->phase != AOF_OFF);
    put(to, "aof_rewrite_in_progress", busy);
    put(to, "aof_rewrite_scheduled", soon);
    put(to, "aof_last_rewrite_time_sec", r->last_took_s);
    put(to, "aof_current_rewrite_time_sec", busy ? sh->store.now_ms / 1000 - r->started_s : -1);
    buf_printf(to, "aof_last_bgrewrite_status:%s\r\n", r->failed ? "err" : "ok");
    put(to, "aof_rewrites", (int64_t)r->done);
    put(to, "aof_rewrites_consecutive_failures", r->failures);
    buf_printf(to, "aof_last_write_status:%s\r\n", is_refusing(sh) ? "err" : "ok");
    put(to, "aof_last_cow_size", r->last_cow_bytes);
    if (w->phase == AOF_OFF)
        return;
    put(to, "aof_current_size", aof_bytes(w));
    put(to, "aof_base_size", w->grown_from_bytes);
    put(to, "aof_pending_rewrite", soon);
    put(to, "aof_buffer_length", (int64_t)buf_used(&sh->store.aof.bytes));
    put(to, "aof_pending_bio_fsync", w->sync != NULL);
    put(to, "aof_delayed_fsync", (int64_t)w->delayed);
}
