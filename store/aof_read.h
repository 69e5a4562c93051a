/*
 * Takes a file of the append-only log apart: commands, remarks, and what is wrong with it. Pure:
 * bytes in, items out.
 *
 *     item = aof_read(r, data, n, in_multi, &request, &used);   // data begins with what earlier
 * calls left unused use the request, then drop `used` bytes; AOF_ITEM_MORE: add bytes and call
 * again
 */
#ifndef STORE_AOF_READ_H
#define STORE_AOF_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/rdb.h"
#include "wire/command.h"
#include "wire/resp_read.h"

enum aof_item {
    AOF_ITEM_MORE,    /* the next item is not complete */
    AOF_ITEM_REMARK,  /* a line that only aof_reader looks at */
    AOF_ITEM_COMMAND, /* *ret_request is set */
    AOF_ITEM_ZEROES,  /* nothing but zero bytes: room that was never written, if the file ends with
                         them */
    AOF_ITEM_BROKEN   /* r->error says what is there instead of a command */
};

struct aof_reader {
    struct resp_reader requests;
    uint64_t at; /* offset in the file of the first byte that is not used */
    uint64_t
        whole; /* the file makes sense up to here: behind a command, and not within a transaction */
    bool zeroes;          /* there were some */
    struct rdb_info info; /* the history of the data, as far as commands and remarks say */
    const char *error;
};

/* A file begins. The history goes on from the one before. */
void aof_reader_begin(struct aof_reader *r, uint64_t at);
void aof_reader_done(struct aof_reader *r);

/* *ret_used is set in every case. */
enum aof_item aof_read(struct aof_reader *r, char *data, size_t n, struct resp_request *ret_request,
                       size_t *ret_used);

/* `used` bytes were dropped; in_multi: a transaction is open. */
void aof_reader_advance(struct aof_reader *r, size_t used, bool in_multi);

/* True when a log may hold this command: it changes data, or tells where. */
bool aof_may_hold(const struct command *command);

#endif
