/*
 * load_io: an RDB file into a running node, with a point from which it goes on after an end in the
 * middle.
 *
 * The resume point is a small file. It says up to which offset all keys are written (`done`), and
 * up to which one some may be (`until`): it is written before the first key behind the last `until`
 * is, so whenever we die it is true. What is there already between the two is taken for ours when
 * it has the same value.
 */
#ifndef SENTINEL_CTL_LOAD_IO_H
#define SENTINEL_CTL_LOAD_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/ctl/portion.h"
#include "sentinel/ctl/progress_io.h"
#include "store/file_io.h"
#include "wire/buf.h"

struct apply;
struct data_options;

#define LOAD_WINDOW_BYTES                                                                          \
    ((uint64_t)8 * 1024 * 1024) /* from one writing of the point to the next */
#define LOAD_POINT_BYTES_MAX 2048

struct resume {
    char path[FILE_PATH_MAX];
    char head[LOAD_POINT_BYTES_MAX / 2]; /* what the point holds for: file, node, match */
    uint64_t done, until;
};

struct load {
    const char *path; /* for messages */
    int fd;           /* at its beginning; not owned */
    struct apply *apply;
    struct resume *resume; /* NULL: there is none */
    struct portion portion;
    struct buf unread;
    bool stuck; /* the next item is not complete in it */
    struct progress progress;
};

/* Reads the point, if there is one. False: printed. */
bool resume_open(struct resume *r, const struct data_options *o, int fd);

/* The work is done. */
void resume_remove(const struct resume *r);

/* Whether the file is whole; *ret_keys: how many it holds. False: printed. */
bool load_check(const char *path, int fd, bool quiet, uint64_t *ret_keys);

/* Writes the keys. *ret_stream_db, unless NULL: the database that the stream behind the data goes
 * on in; -1: it says so itself. False: printed. */
bool load_run(struct apply *a, const char *path, int fd, struct resume *resume, bool quiet,
              int *ret_stream_db);

#endif
