/*
 * The data at start: the data file, or the append-only log with its base. Read in portions from the
 * loop, so that clients get their -LOADING meanwhile. A data file is taken whole or not at all; a
 * log up to a last command or transaction that is cut short, which is cut off, if
 * aof-load-truncated allows it. Everything else that is wrong ends the process.
 */
#ifndef STORE_LOAD_IO_H
#define STORE_LOAD_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "store/aof_read.h"
#include "store/file_io.h"
#include "store/keyspace.h"
#include "store/rdb_read.h"
#include "wire/buf.h"
#include "wire/client.h"

struct shell;

#define LOAD_CHUNK_BYTES    ((size_t)1024 * 1024)
#define LOAD_ERROR_TEXT_MAX 512

/* What the next bytes of a file are. */
enum load_part { LOAD_UNKNOWN, LOAD_RDB, LOAD_COMMANDS };

struct loader {
    uv_idle_t idle;
    int fd;                   /* -1: not reading */
    char path[FILE_PATH_MAX]; /* of the file being read */
    enum load_part part;
    bool from_log; /* the files of the log, else the data file */
    size_t file;   /* of the log: which one */
    struct buf unread;
    uint64_t bytes_total, bytes_before; /* of all files; of those before this one */
    int64_t started_s;                  /* Unix time */
    struct keyspace fresh;
    struct rdb_reader reader;
    bool reading;          /* fresh and reader are in use */
    struct aof_reader log; /* also says how far the file is read, and what the history is */
    struct client client;  /* in whose name commands are run */
    uint64_t keys_loaded, keys_expired; /* at the last load */
};

/*
 * Begins to read what there is; shell_loaded or shell_load_failed is called in the end, maybe
 * before this returns.
 */
void load_start(struct shell *sh);

/* Gives up. */
void load_stop(struct shell *sh);

/* Bytes read so far. */
uint64_t load_bytes(const struct loader *v);

#endif
