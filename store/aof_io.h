/*
 * The append-only log on disk: `appenddirname` in `dir` holds a base (a data file), files of
 * commands since then, and the manifest that lists them, as Redis 7 does it.
 *
 *     OFF ──appendonly yes──▶ WAIT ──base is written──▶ ON
 *      ▲                       ▲  └─the child failed: later again  │
 *      └──── appendonly no     └── full synchronisation, or the log cannot be trusted any more
 *
 * In WAIT the files of before, if there are any, stay valid as they are: what is logged goes to a
 * new file, which counts once its base does.
 *
 * appendfsync always: commands are written and synced before any reply of the same turn of the loop
 * leaves. When that fails, connections that would have got a reply are closed (nobody may take for
 * done what is not on disk), and writes are refused until the log works again.
 */
#ifndef STORE_AOF_IO_H
#define STORE_AOF_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/aof_manifest.h"
#include "wire/command.h"
#include "wire/msec.h"

struct aof_sync;
struct buf;
struct shell;

#define AOF_UNWRITTEN_MAX  ((size_t)256 * 1024 * 1024) /* bytes kept while the disk takes none */
#define AOF_SYNC_PERIOD_MS 1000                        /* everysec */
#define AOF_POSTPONE_MAX_MS                                                                        \
    2000 /* a write waits so long for a sync under way, since it might have to wait in the kernel  \
          */
#define AOF_RETRY_MS             1000 /* a write that failed */
#define AOF_REWRITE_RETRY_MS     1000 /* a rewrite that failed; doubled each time */
#define AOF_REWRITE_RETRY_MAX_MS (60 * 60 * 1000)

enum aof_phase { AOF_OFF, AOF_WAIT, AOF_ON };
enum aof_policy { AOF_ALWAYS, AOF_EVERYSEC, AOF_NO }; /* as the words of appendfsync */

struct aof_rewrite {
    bool scheduled;               /* as soon as the child has ended */
    bool failed;                  /* the last one did */
    unsigned failures;            /* in a row */
    msec retry_at_ms;             /* after a failure, not before */
    int64_t incr_seq;             /* the first file of commands that the new base needs */
    struct aof_manifest manifest; /* what it will be in the end */
    int64_t started_s;            /* Unix time */
    int64_t last_took_s;          /* -1: none yet */
    int64_t last_cow_bytes;
    uint64_t done;
};

struct aof_writer {
    enum aof_phase phase;
    struct aof_manifest manifest; /* as it is on disk */
    int fd;                       /* of the file of commands, -1: none */
    char file_name[AOF_FILE_NAME_MAX];
    int64_t file_bytes;       /* written to it */
    int64_t older_bytes;      /* in the other files */
    int64_t grown_from_bytes; /* in all, when the base was written or read */
    bool was_found;           /* the manifest was read */
    bool unsynced;
    struct aof_sync *sync; /* in a thread; NULL: none */
    msec synced_ms;        /* the last sync began */
    msec postponed_ms;     /* a write waits since then, 0: none does */
    msec failed_ms;        /* the last write that failed */
    msec complained_ms;
    uint64_t delayed; /* writes that did not wait for a sync */
    struct aof_rewrite rewrite;
};

enum aof_found { AOF_FOUND, AOF_FOUND_NONE, AOF_FOUND_BROKEN };

void aof_init(struct shell *sh);

/* Reads the manifest at start. An appendonly.aof of before Redis 7 is moved into the folder.
 * BROKEN: the reason in ret_error. */
enum aof_found aof_find(struct shell *sh, char *ret_error, size_t error_size);

/* The data are loaded: goes on with the log that was found, or begins one. False with the reason.
 */
bool aof_start(struct shell *sh, char *ret_error, size_t error_size);

/* appendonly was changed. False with the reason. */
bool aof_switch(struct shell *sh, bool on, char *ret_error, size_t error_size);

/* The data were replaced: the log begins anew. */
void aof_restart(struct shell *sh);

/* Writes what was logged, and syncs it if replies must wait for that. Before anything leaves that
 * others may see. */
void aof_flush(struct shell *sh);

/* Every tenth of a second. */
void aof_tick(struct shell *sh);

/* Writes and syncs all at the end. False when that is not possible. */
bool aof_stop(struct shell *sh);

/* The fields of INFO persistence. */
void aof_describe(struct shell *sh, struct buf *to);

/* Path of a file of the log. */
void aof_path(const struct shell *sh, const char *name, char *ret_path);

/* Size of all its files. */
int64_t aof_bytes(const struct aof_writer *w);

command_fn cmd_bgrewriteaof;

#endif
