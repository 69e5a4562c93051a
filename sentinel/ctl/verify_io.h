/*
 * verify_io: whether two nodes hold the same: the number of keys of each database, and the values
 * of keys drawn by chance, whatever form each node has for them.
 *
 * The source may be written to meanwhile: what differs is looked at again after the caller has let
 * the target catch up.
 */
#ifndef SENTINEL_CTL_VERIFY_IO_H
#define SENTINEL_CTL_VERIFY_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentinel/ctl/node_io.h"

#define VERIFY_SAMPLES_MAX 1000

struct verify_key {
    int db;
    char *name; /* owned */
    size_t len;
    bool same;
    bool looked;
    bool moving;   /* it differs, and the source has changed it since the last look */
    uint64_t last; /* the source's digest at the last look */
};

struct verify {
    const struct node *from, *to;
    redisContext *from_link, *to_link;
    int db; /* selected on both */
    struct verify_key keys[VERIFY_SAMPLES_MAX];
    size_t count;
    size_t different; /* of the keys, at the last look, not counting those that move */
    size_t moving;
    uint64_t from_keys, to_keys;
    bool counts_same;
};

/* Connects. False: printed. verify_done in both cases. */
bool verify_init(struct verify *v, const struct node *from, const struct node *to);
void verify_done(struct verify *v);

/* Draws the sample at the source. False: printed. */
bool verify_draw(struct verify *v);

/* Looks once more at what was not the same yet. False: printed. */
bool verify_look(struct verify *v);

#endif
