/*
 * The replication history of this node: which stream its data are a state of, how far, and which
 * part of the stream it can still give to others. Pure: decides, and keeps the bytes; who is
 * connected is replicas' and primary_io's business.
 *
 *     id, offset           the history and the number of its bytes that our data contain
 *     id2, second_offset   the history before the last promotion: valid up to (not including)
 * second_offset
 */
#ifndef STORE_REPL_H
#define STORE_REPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/backlog.h"
#include "store/repl_id.h"
#include "wire/buf.h"
#include "wire/slice.h"

struct prng;

struct repl {
    char id[REPL_ID_SIZE];
    char id2[REPL_ID_SIZE];
    int64_t offset;
    int64_t second_offset; /* -1: no second history */
    struct backlog backlog;
    size_t backlog_bytes; /* size of a backlog to come */
    int stream_db;        /* database last selected in the stream, -1: unknown */
    struct buf command;   /* scratch of repl_feed_command */

    /* Called when bytes are about to be overwritten that were fed since `unread` was last set to 0;
     * may be NULL. */
    void (*spill)(void *arg);
    void *spill_arg;
    size_t unread;
};

enum repl_answer {
    REPL_CONTINUE,
    REPL_FULL_ID,
    REPL_FULL_OFFSET,
    REPL_FULL_NO_BACKLOG,
    REPL_FULL_ASKED
};

/* A node without a past: a new id, offset 0, no backlog. */
void repl_init(struct repl *r, struct prng *prng, size_t backlog_bytes);
void repl_done(struct repl *r);

/* What a replica that has `id` up to (not including) offset gets. `?` asks for everything. */
enum repl_answer repl_decide(const struct repl *r, struct slice id, int64_t offset);

/* The reason as a text for the log. */
const char *repl_answer_text(enum repl_answer answer);

/* Makes sure that there is a backlog; the first one begins a new history if nothing was kept of the
 * old one. */
void repl_need_backlog(struct repl *r, struct prng *prng);

/* Drops the backlog, and the history with it: from here on writes are not counted, so our offset
 * will prove nothing. */
void repl_drop_backlog(struct repl *r, struct prng *prng);

/* Changes the backlog's size. */
void repl_resize_backlog(struct repl *r, size_t bytes);

/* True when commands must be fed: without a backlog nobody could ever receive them. */
static inline bool repl_is_fed(const struct repl *r)
{
    return r->backlog.mem != NULL;
}

/* Adds a command to the stream, with a SELECT in front where db (-1: does not matter) is another
 * one than before. */
void repl_feed_command(struct repl *r, int db, size_t argc, const struct slice *argv);

/* Adds bytes of our own primary's stream as they are. */
void repl_feed_bytes(struct repl *r, const void *bytes, size_t n);

/* Takes back what was fed behind this offset; it must have been of no consequence. */
void repl_cut(struct repl *r, int64_t offset);

/* We become a primary: the history we followed becomes the second one, a new one begins here. */
void repl_promote(struct repl *r, struct prng *prng);

/* We follow somebody from here on. A primary that has added nothing to the history it came from
 * goes back to its name: true when it did, and replicas that know the other one must ask anew. */
bool repl_demote(struct repl *r);

/* Our primary continues our stream under this id (the same or a new one): true when it is new. */
bool repl_adopt_id(struct repl *r, struct slice id);

/* Our data were replaced by a full synchronisation: no past but this. */
void repl_restart_at(struct repl *r, const char id[REPL_ID_SIZE], int64_t offset);

/* What a data file says about our past. As a primary we only keep it as the second history. */
void repl_restore(struct repl *r, const char id[REPL_ID_SIZE], int64_t offset, bool as_primary,
                  struct prng *prng);

#endif
