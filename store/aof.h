/*
 * The append-only log as commands see it: what is to be written to it, and whether it can be. Pure;
 * aof_io writes it.
 *
 * The log's format is Redis's: commands in wire form, and lines that begin with '#', which readers
 * skip. Ours are
 *
 *     #ID <replication id>            of the history that the commands before belong to
 *     #AT <offset> <database>         how far into it they reach, and which database its stream has
 * selected
 *
 * so that a node which starts from its log can continue as a replica, or be continued from.
 */
#ifndef STORE_AOF_H
#define STORE_AOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/rdb.h"
#include "wire/buf.h"
#include "wire/slice.h"

#define AOF_ERROR_TEXT_MAX 256
#define AOF_REMARK_MAX     127 /* bytes of a line of remarks; Redis takes no longer one */

struct aof {
    bool on;                        /* commands are logged */
    int db;                         /* last selected in the file, -1: none */
    struct buf bytes;               /* to be written */
    bool has_commands;              /* not only remarks */
    struct rdb_info noted;          /* what the remarks in file and bytes say */
    char error[AOF_ERROR_TEXT_MAX]; /* why writes are refused now, as clients are told; empty: they
                                       are not */
};

void aof_done(struct aof *a);

/* The commands from here on go to a new file. */
void aof_begin(struct aof *a);

/* Nothing is logged any more; what is not written is forgotten. */
void aof_end(struct aof *a);

/* Logs a command for database db (-1: does not matter). */
void aof_put_command(struct aof *a, int db, size_t argc, const struct slice *argv);

/* Notes how far the data have come in their history, if that is not noted already. */
void aof_put_history(struct aof *a, const struct rdb_info *now);

/* Takes what a line (without its end) says of the history, if it is ours. */
void aof_take_remark(struct slice line, struct rdb_info *info);

#endif
