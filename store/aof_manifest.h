/*
 * The list of the files of an append-only log, as Redis 7 keeps it in `<appendfilename>.manifest`,
 * one line each:
 *
 *     file appendonly.aof.2.base.rdb seq 2 type b
 *     file appendonly.aof.1.incr.aof seq 1 type h
 *     file appendonly.aof.2.incr.aof seq 2 type i
 *
 * b: the base, a state of all data, at most one; i: commands since then, in files whose numbers
 * rise; h: history, files that are no longer needed and can be deleted. Pure: text in, text out.
 */
#ifndef STORE_AOF_MANIFEST_H
#define STORE_AOF_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct buf;

#define AOF_FILE_NAME_MAX      256
#define AOF_FILES_MAX          1024 /* in one manifest */
#define AOF_MANIFEST_TEXT_MAX  ((size_t)AOF_FILES_MAX * 512)
#define AOF_MANIFEST_ERROR_MAX 128

enum aof_kind { AOF_BASE = 'b', AOF_INCR = 'i', AOF_HISTORY = 'h' };

struct aof_file {
    char name[AOF_FILE_NAME_MAX];
    int64_t seq;
    enum aof_kind kind;
};

/* All zeroes: an empty one. In the order in which they are loaded. */
struct aof_manifest {
    struct aof_file *files; /* owned */
    size_t count;
};

void aof_manifest_done(struct aof_manifest *m);

/* Reads the text of a manifest into an empty one. False with the reason, which begins with the
 * number of the line. */
bool aof_manifest_parse(struct aof_manifest *m, struct slice text,
                        char ret_error[AOF_MANIFEST_ERROR_MAX]);

/* Appends its text. */
void aof_manifest_write(const struct aof_manifest *m, struct buf *to);

/* A copy of its own. */
void aof_manifest_copy(struct aof_manifest *to, const struct aof_manifest *from);

/* Adds a file of the next number of its kind (base or incr), named after prefix; returns it. The
 * manifest must have room for it. */
const struct aof_file *aof_manifest_add(struct aof_manifest *m, const char *prefix,
                                        enum aof_kind kind);

/* Adds a file whose name is given, as number 1. */
void aof_manifest_add_named(struct aof_manifest *m, const char *name, enum aof_kind kind);

/* Turns everything into history but the newest base and the incr files from number `incr_seq` on.
 */
void aof_manifest_retire(struct aof_manifest *m, int64_t incr_seq);

/* Forgets the history. */
void aof_manifest_drop_history(struct aof_manifest *m);

/* The last file of a kind, or NULL. */
const struct aof_file *aof_manifest_last(const struct aof_manifest *m, enum aof_kind kind);

#endif
