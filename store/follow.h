/*
 * What a replica and its primary say to each other before the stream begins. Pure: lines of the
 * primary go in, requests to it come out.
 *
 *     GREET ──all answered──▶ ASK ──+CONTINUE──────────────────────▶ STREAM
 *                              └──+FULLRESYNC──▶ PREAMBLE ──$...──▶ DATA
 *
 * Everything up to REPLCONF capa goes out at once; PSYNC follows when all of it is answered. Any
 * state ends in FAILED.
 */
#ifndef STORE_FOLLOW_H
#define STORE_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/repl_id.h"
#include "wire/slice.h"

struct buf;

#define FOLLOW_ERROR_TEXT_MAX 256
#define FOLLOW_LINE_MAX       1024 /* bytes of a line that the primary may send */

enum follow_phase {
    FOLLOW_GREET,
    FOLLOW_ASK,
    FOLLOW_PREAMBLE,
    FOLLOW_DATA,
    FOLLOW_STREAM,
    FOLLOW_FAILED
};

/* What we say of ourselves. Texts are not copied; empty or NULL: not said. */
struct follow_self {
    const char *user, *password;
    uint16_t port;
    const char *ip;
    const char *id; /* of the history that we have */
    int64_t offset;
    bool failover; /* the other one is to become the primary, and we its replica */
};

struct follow {
    enum follow_phase phase;
    struct follow_self self;
    const char *expected[6]; /* the requests under way, oldest first, NULL at the end */
    size_t answered;
    char id[REPL_ID_SIZE]; /* of the history that begins or goes on */
    bool id_given;         /* +CONTINUE named one */
    int64_t offset;        /* with FULLRESYNC: what the data will be a state of */
    bool by_mark;          /* the data end with the mark, not after a length */
    char mark[REPL_ID_SIZE];
    uint64_t length;
    char error[FOLLOW_ERROR_TEXT_MAX];
};

/* Begins; writes the greeting. */
void follow_start(struct follow *f, const struct follow_self *self, struct buf *out);

/* The data were read to their end: what comes now is the stream. */
void follow_data_read(struct follow *f);

/* Takes one line without its end. Returns the new phase. */
enum follow_phase follow_line(struct follow *f, struct slice line, struct buf *out);

#endif
