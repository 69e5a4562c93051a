#include "store/load_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/load_parts_io.h"
#include "store/rdb.h"
#include "store/save_io.h"
#include "store/session.h"
#include "store/shell_io.h"

static void on_idle_closed(uv_handle_t *handle)
{
    (void)handle;
}

uint64_t load_bytes(const struct loader *v)
{
    return v->bytes_before + v->log.at;
}

static void end_rdb(struct loader *v)
{
    if (!v->reading)
        return;
    v->reading = false;
    rdb_reader_done(&v->reader);
    keyspace_done(&v->fresh);
}

/* Frees what the reading needed. */
static void end_reading(struct shell *sh)
{
    struct loader *v = &sh->loader;

    uv_close((uv_handle_t *)&v->idle, on_idle_closed);
    if (v->fd >= 0)
        close(v->fd);
    v->fd = -1;
    end_rdb(v);
    buf_done(&v->unread);
    aof_reader_done(&v->log);
    session_close(&sh->store, &v->client);
    client_done(&v->client);
}

void load_fail(struct shell *sh, const char *format, ...)
{
    char why[LOAD_ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    end_reading(sh);
    shell_load_failed(sh, sh->loader.path, why);
}

void load_finish(struct shell *sh)
{
    struct rdb_info info = sh->loader.log.info;

    end_reading(sh);
    shell_loaded(sh, &info);
}

/* The data of a file are whole: they are ours now. */
static void take_rdb(struct shell *sh)
{
    struct loader *v = &sh->loader;

    v->keys_loaded = v->reader.keys;
    v->keys_expired = v->reader.keys_expired;
    v->log.info = v->reader.info;
    keyspace_swap(&sh->store.data, &v->fresh);
    end_rdb(v);
    v->part = LOAD_COMMANDS;
    v->log.whole = v->log.at;
}

/* Reads as much as is there of a data file. False when it failed. */
static bool run_rdb(struct shell *sh, bool at_end)
{
    struct loader *v = &sh->loader;
    size_t used;
    enum rdb_read_status status =
        rdb_read(&v->reader, buf_data(&v->unread), buf_used(&v->unread), &used);

    buf_consume(&v->unread, used);
    v->log.at += used;
    if (status == RDB_READ_MORE && at_end) {
        rdb_read_cut(&v->reader);
        status = RDB_READ_BROKEN;
    }
    if (status == RDB_READ_BROKEN) {
        char why[RDB_ERROR_TEXT_MAX];

        memcpy(why, v->reader.error, sizeof(why));
        load_fail(sh, "%s", why);
        return false;
    }
    if (status == RDB_READ_DONE)
        take_rdb(sh);
    return true;
}

/* The first file of a log may be a data file, one of commands, or both in turn. */
static void begin_part(struct shell *sh)
{
    struct loader *v = &sh->loader;
    bool is_rdb = buf_used(&v->unread) >= strlen(RDB_MAGIC) &&
                  memcmp(buf_data(&v->unread), RDB_MAGIC, strlen(RDB_MAGIC)) == 0;
    bool as_primary = !addr_is_set(&sh->store.options.primary);
    unsigned char seed[HASH_KEY_SIZE];

    v->part = LOAD_COMMANDS;
    if (v->from_log && (!is_rdb || v->file > 0))
        return;
    v->part = LOAD_RDB;
    v->reading = true;
    memcpy(seed, &sh->store.data.hash_key, sizeof(seed));
    keyspace_init(&v->fresh, seed);
    v->fresh.access_clock = sh->store.data.access_clock;
    /* Commands of the log may need a key whose time has come since. */
    rdb_reader_init(&v->reader, &v->fresh, as_primary && !v->from_log ? sh->store.now_ms : -1);
}

/* Reads one portion, so that clients get their -LOADING in between. */
static void on_idle(uv_idle_t *idle)
{
    struct shell *sh = idle->data;
    struct loader *v = &sh->loader;
    char *to = buf_reserve(&v->unread, LOAD_CHUNK_BYTES);
    ssize_t n = to != NULL ? read(v->fd, to, LOAD_CHUNK_BYTES) : -1;

    if (n < 0) {
        if (errno != EINTR)
            load_fail(sh, "%s", strerror(errno));
        return;
    }
    buf_commit(&v->unread, (size_t)n);
    shell_set_clock(sh);
    if (v->part == LOAD_UNKNOWN)
        begin_part(sh);
    if (v->part == LOAD_RDB && !run_rdb(sh, n == 0))
        return;
    if (v->part == LOAD_RDB)
        return;
    if (!v->from_log) {
        load_finish(sh);
        return;
    }
    if (load_log_run(sh) && n == 0)
        load_log_next(sh);
}

bool load_open(struct shell *sh, const char *path)
{
    struct loader *v = &sh->loader;

    snprintf(v->path, sizeof(v->path), "%s", path);
    if (v->fd >= 0)
        close(v->fd);
    v->bytes_before += v->log.at;
    aof_reader_begin(&v->log, 0);
    v->part = LOAD_UNKNOWN;
    v->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (v->fd >= 0)
        return true;
    load_fail(sh, "%s", strerror(errno));
    return false;
}

static void begin_reading(struct shell *sh)
{
    struct loader *v = &sh->loader;

    v->started_s = sh->store.now_ms / 1000;
    client_init(&v->client, 0, NULL, sh->store.mono_ms);
    v->client.flags |= CLIENT_IS_MASTER | CLIENT_AUTHENTICATED;
    session_open(&sh->store, &v->client);
    uv_idle_init(sh->loop, &v->idle);
    v->idle.data = sh;
    uv_idle_start(&v->idle, on_idle);
}

/* The data file, if there is one. */
static void start_rdb(struct shell *sh)
{
    struct loader *v = &sh->loader;
    const char *name = option_text(&sh->store.options, OPT_DBFILENAME);
    int64_t bytes = file_size(name);

    if (bytes < 0 && errno == ENOENT) {
        shell_loaded(sh, &v->log.info);
        return;
    }
    v->bytes_total = (uint64_t)(bytes > 0 ? bytes : 0);
    begin_reading(sh);
    load_open(sh, name);
}

void load_start(struct shell *sh)
{
    struct loader *v = &sh->loader;
    char why[LOAD_ERROR_TEXT_MAX];

    memset(&v->log.info, 0, sizeof(v->log.info));
    save_remove_temp(".", 0);
    save_remove_temp(option_text(&sh->store.options, OPT_APPENDDIRNAME), 0);
    if (option_number(&sh->store.options, OPT_APPENDONLY)) {
        switch (aof_find(sh, why, sizeof(why))) {
        case AOF_FOUND:
            v->from_log = true;
            begin_reading(sh);
            load_log_start(sh);
            return;
        case AOF_FOUND_BROKEN:
            shell_load_failed(sh, "the append-only log", why);
            return;
        case AOF_FOUND_NONE:
            break;
        }
    }
    start_rdb(sh);
}

void load_stop(struct shell *sh)
{
    if (sh->loader.fd >= 0)
        end_reading(sh);
}
