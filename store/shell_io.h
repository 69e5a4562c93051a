/*
 * The storage engine's process: the loop, the server, the store, and what connects them to files
 * and other nodes. Parts are built in main.c's order and stopped in the reverse.
 */
#ifndef STORE_SHELL_IO_H
#define STORE_SHELL_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "store/aof_io.h"
#include "store/failover_io.h"
#include "store/load_io.h"
#include "store/replicas_io.h"
#include "store/save_io.h"
#include "store/said_io.h"
#include "store/store.h"
#include "wire/server_io.h"

struct loop_signals;
struct primary;
struct service;

#define SHELL_TICK_MS 100
#define SHELL_STOP_MAX_MS                                                                          \
    (10 * 60 * 1000)         /* a last save may take its time; without one the end comes at once */
#define SHELL_FILES_SPARE 64 /* descriptors beyond those of clients */

struct shell {
    uv_loop_t *loop;
    struct store store;
    struct server *server;
    struct loop_signals *signals;
    struct service *service;
    char said[SAID_MAX]; /* to it: what we are */
    struct saver saver;
    struct aof_writer aof;
    struct loader loader;
    struct replicas replicas;
    struct primary *primary;
    struct failover failover;
    uv_timer_t tick;
    uv_timer_t unpause;
    uv_timer_t unblock;
    msec unblock_at_ms; /* what it is set to */
    uv_idle_t chores;   /* runs while there is something to free or to delete */
    char run_id[REPL_ID_SIZE];
    int64_t started_s; /* Unix time */
    msec started_ms;
    int64_t wall_ahead_ns; /* Unix time less the monotonic clock */
    uint64_t asked_last;   /* client whose request was run last in this turn of the loop; 0: none */
    size_t memory_startup; /* bytes (memory_io) */
    size_t memory_peak;
    msec ops_at_ms; /* for instantaneous_ops_per_sec */
    uint64_t ops_seen;
    uint64_t ops_per_s;
    uv_timer_t held_timer; /* the earliest time-out of a reply that is held back */
    bool held_lost;        /* all of them must become errors */
    bool stopping;
    bool save_at_end;
    int status; /* of the process */
};

static inline struct shell *shell_of(const struct store *s)
{
    return (struct shell *)s->shell;
}

/*
 * Builds everything; options have been read. False when there is no memory for it. Other errors are
 * logged, end the loop as soon as it runs, and show in `status`.
 */
bool shell_start(struct shell *sh, uv_loop_t *loop);

/* Ends the process in good order; save: write the data file first. False: it could not be saved,
 * and we stay. */
bool shell_stop(struct shell *sh, bool save);

/* Sets the store's clocks to now. */
void shell_set_clock(struct shell *sh);

/* There is something to do when nothing else is: expired keys, flushed databases. */
void shell_wake_chores(struct shell *sh);

/* Data file or log have been read (or there are none); or a file cannot be read, which ends the
 * process with status 1. */
void shell_loaded(struct shell *sh, const struct rdb_info *info);
void shell_load_failed(struct shell *sh, const char *file, const char *why);

/*
 * Runs a request in the name of the primary, or of the log. False when it did not do here what it
 * did there (there is no such command, or it failed): our data would go astray.
 */
bool shell_run_from_primary(struct shell *sh, struct client *c, size_t argc,
                            const struct slice *argv);

#endif
