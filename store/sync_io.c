#include "store/sync_io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/child_io.h"
#include "store/rdb.h"
#include "store/rdb_write.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

#define SYNC_HEAD_MAX    256
#define SYNC_FILE_FORMAT "temp-%d.rdb"
#define COPY_BYTES       ((size_t)64 * 1024)

/* What parent and child share (by fork) about one synchronisation. */
struct sync {
    struct shell *shell;
    uint64_t clients[SYNC_REPLICAS_MAX];
    size_t count;
    bool to_file; /* a length in front instead of a mark behind */
    char mark[REPL_ID_SIZE];
    int stall_ms; /* a replica that takes nothing for so long is given up */
};

/* --- in the child ---------------------------------------------------------------------------- */

/* The sockets still being served; a failed one is -1. */
struct targets {
    int fds[SYNC_REPLICAS_MAX];
    size_t count;
    size_t alive;
    int stall_ms;
};

/* Sends all bytes to one replica; false when it is gone or takes nothing. */
static bool send_one(int fd, const char *p, size_t n, int stall_ms)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        struct pollfd wait = { .fd = fd, .events = POLLOUT };

        if (done > 0) {
            p += done;
            n -= (size_t)done;
        } else if (done < 0 && errno == EINTR) {
            continue;
        } else if (done < 0 && errno != EAGAIN) {
            return false;
        } else if (poll(&wait, 1, stall_ms) <= 0) {
            return false;
        }
    }
    return true;
}

/* The sink of the writer: false when nobody is left. */
static bool send_all(void *arg, const void *bytes, size_t n)
{
    struct targets *t = arg;

    for (size_t i = 0; i < t->count; i++) {
        if (t->fds[i] < 0 || send_one(t->fds[i], bytes, n, t->stall_ms))
            continue;
        t->fds[i] = -1;
        t->alive--;
    }
    return t->alive > 0;
}

static bool send_text(struct targets *t, const char *text)
{
    return send_all(t, text, strlen(text));
}

static bool write_file(void *arg, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t done = write(*(const int *)arg, p, n);
        if (done < 0 && errno != EINTR)
            return false;
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

/* Sends a file with its length in front. */
static bool send_file(struct targets *t, int fd)
{
    struct stat st;
    char head[32], *bytes = malloc(COPY_BYTES);
    ssize_t n = 0;
    bool ok = bytes != NULL && fstat(fd, &st) == 0;

    if (ok) {
        snprintf(head, sizeof(head), "$%lld\r\n", (long long)st.st_size);
        ok = send_text(t, head);
    }
    for (off_t at = 0; ok && at < st.st_size; at += n) {
        n = pread(fd, bytes, COPY_BYTES, at);
        ok = n > 0 && send_all(t, bytes, (size_t)n);
    }
    free(bytes);
    return ok;
}

/* By way of a file that has no name any more. */
static bool send_by_file(struct shell *sh, struct targets *t, const struct rdb_info *info,
                         const struct rdb_write_options *options)
{
    char name[32];
    int fd;
    bool ok;

    snprintf(name, sizeof(name), SYNC_FILE_FORMAT, (int)getpid());
    fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    unlink(name);
    ok = rdb_write(&sh->store.data, info, options, write_file, &fd) && send_file(t, fd);
    close(fd);
    return ok;
}

static bool sync_work(void *arg, const int *fds, size_t fds_count, char *report)
{
    const struct sync *y = arg;
    struct targets t = { .count = fds_count, .alive = fds_count, .stall_ms = y->stall_ms };
    struct rdb_write_options options;
    struct rdb_info info;
    char head[SYNC_HEAD_MAX];
    bool ok;

    memcpy(t.fds, fds, fds_count * sizeof(fds[0]));
    save_describe(y->shell, &info);
    save_options(y->shell, &options);
    snprintf(head, sizeof(head), "+FULLRESYNC %s %lld\r\n", y->shell->store.repl.id,
             (long long)info.repl_offset);
    ok = send_text(&t, head);
    if (ok && y->to_file) {
        ok = send_by_file(y->shell, &t, &info, &options);
    } else if (ok) {
        snprintf(head, sizeof(head), "$EOF:%s\r\n", y->mark);
        ok = send_text(&t, head) &&
             rdb_write(&y->shell->store.data, &info, &options, send_all, &t) &&
             send_all(&t, y->mark, REPL_ID_LEN);
    }
    for (size_t i = 0; i < t.count; i++)
        report[i] = (char)(ok && t.fds[i] >= 0);
    return ok;
}

/* --- in the parent --------------------------------------------------------------------------- */

/* One replica's result: it goes on, or its link is closed. */
static void settle(struct shell *sh, uint64_t id, bool ok, bool waits_for_ack)
{
    struct client *c = server_find(sh->server, id);
    struct replica *r = c != NULL ? session_of(c)->replica : NULL;

    if (r == NULL || r->phase != REPLICA_SYNC)
        return;
    if (!ok) {
        log_warning("full synchronisation of replica %s failed", c->addr);
        server_close(sh->server, c, "synchronisation failed");
        return;
    }
    /* Behind a mark the replica must not find a byte before it has seen the mark for what it is. */
    replica_move(r, waits_for_ack && !r->early_ack ? REPLICA_LOADING : REPLICA_ONLINE);
    r->heard_ms = sh->store.mono_ms;
    log_notice("full synchronisation of replica %s sent", c->addr);
}

static void on_done(void *arg, bool ok, const char *report)
{
    struct sync *y = arg;
    struct shell *sh = y->shell;

    shell_set_clock(sh);
    sh->saver.child = NULL;
    sh->replicas.sync = NULL;
    for (size_t i = 0; i < y->count; i++)
        settle(sh, y->clients[i], ok && report[i], !y->to_file);
    free(y);
    replicas_child_ended(sh);
}

/* True when the replica's socket is quiet: all that we said before has left. */
static bool is_ready(struct shell *sh, const struct replica *r)
{
    struct client *c = server_find(sh->server, r->client_id);

    return c != NULL && r->phase == REPLICA_WAIT && client_unsent_bytes(c) == 0;
}

/* Collects those that can be served together: by mark or by length. Returns their descriptors. */
static size_t collect(struct shell *sh, struct sync *y, int *fds)
{
    bool to_file = !option_number(&sh->store.options, OPT_DISKLESS);

    y->to_file = to_file;
    for (struct replica *r = sh->replicas.first; r != NULL && y->count < SYNC_REPLICAS_MAX;
         r = r->next) {
        if (!is_ready(sh, r))
            continue;
        if (y->count == 0)
            y->to_file = to_file || !r->capa_eof;
        if (!y->to_file && !r->capa_eof)
            continue;
        fds[y->count] = server_dup_fd(sh->server, server_find(sh->server, r->client_id));
        if (fds[y->count] >= 0)
            y->clients[y->count++] = r->client_id;
    }
    return y->count;
}

/* The fork has happened: the stream goes on from here for those that it serves. */
static void mark_served(struct shell *sh, const struct sync *y)
{
    for (size_t i = 0; i < y->count; i++) {
        struct client *c = server_find(sh->server, y->clients[i]);
        struct replica *r = session_of(c)->replica;

        replica_move(r, REPLICA_SYNC);
        r->early_ack = false;
        r->cursor = sh->store.repl.offset + 1;
        buf_done(&r->aside);
        buf_init(&r->aside, server_options(sh->server)->output[CLIENT_REPLICA].hard_bytes);
        log_notice("full synchronisation of replica %s started, offset %lld", c->addr,
                   (long long)sh->store.repl.offset);
    }
}

static void start(struct shell *sh)
{
    struct sync *y = calloc(1, sizeof(*y));
    int fds[SYNC_REPLICAS_MAX];
    struct store *s = &sh->store;

    if (y == NULL || collect(sh, y, fds) == 0) {
        free(y);
        return;
    }
    y->shell = sh;
    y->stall_ms = (int)option_number(&s->options, OPT_REPL_TIMEOUT) * 1000;
    repl_id_draw(y->mark, &s->prng);
    /* A primary begins with a SELECT, whatever its stream said last; a replica hands on that of its
     * own primary. */
    if (!store_is_replica(s))
        s->repl.stream_db = -1;
    aof_flush(sh);
    sh->saver.child =
        child_start(sh->loop, sync_work, on_done, y, fds, y->count, &s->stats.fork_us);
    for (size_t i = 0; i < y->count; i++)
        close(fds[i]);
    if (sh->saver.child == NULL) {
        log_error("full synchronisation: cannot fork: %s", strerror(errno));
        sh->replicas.sync_failed_ms = s->mono_ms;
        free(y);
        return;
    }
    sh->saver.task = CHILD_SYNC;
    sh->replicas.sync = y;
    store_count_fork(s);
    mark_served(sh, y);
}

void sync_try(struct shell *sh)
{
    int64_t delay_ms = option_number(&sh->store.options, OPT_DISKLESS_DELAY) * 1000;
    size_t waiting = 0, most = (size_t)option_number(&sh->store.options, OPT_DISKLESS_REPLICAS);
    bool due = false;

    if (sh->saver.child != NULL || sh->stopping || sh->store.phase != STORE_READY)
        return;
    if (sh->replicas.sync_failed_ms > 0 &&
        sh->store.mono_ms - sh->replicas.sync_failed_ms < SYNC_RETRY_MS)
        return;
    if (!option_number(&sh->store.options, OPT_DISKLESS))
        delay_ms = 0;
    for (struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        if (!is_ready(sh, r))
            continue;
        waiting++;
        due = due || sh->store.mono_ms - r->waits_since_ms >= delay_ms;
    }
    if (due || (most > 0 && waiting >= most))
        start(sh);
}

void sync_stop(struct shell *sh)
{
    if (saver_does(&sh->saver, CHILD_SYNC)) {
        child_abandon(sh->saver.child);
        sh->saver.child = NULL;
        free(sh->replicas.sync);
        sh->replicas.sync = NULL;
    }
}
