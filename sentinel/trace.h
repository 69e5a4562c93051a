/*
 * trace: all that a core was ever told, as text: one line for each input, from which the same core
 * can be run again. Every field that is not zero stands there by its name; bytes that could be
 * mistaken stand as %XX. Passwords stand as ******.
 *
 *     0 core runid=9f.. self=127.0.0.1:26379 seed=17
 *     0 row kind=group group=orders addr=10.0.0.1:6379 conf.quorum=2 ...
 *     0 tick
 *     +replica addr=10.0.0.2:6379 offset=42 online=1      belongs to the info, as does
 *     +info role=master runid=3b.. keys=7                 this to the line that follows
 *     8 seen id=3 link=cmd evidence=info
 *     = +slave slave 10.0.0.2:6379 10.0.0.2 6379 @ orders 10.0.0.1 6379
 *
 * The number is the time, in milliseconds by a clock that does not jump. Lines with = are the
 * events that came of the line before: what a replay is compared with. Empty lines, and those
 * with #, are passed over.
 */
#ifndef SENTINEL_TRACE_H
#define SENTINEL_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/row.h"
#include "sentinel/trace_fields.h"
#include "wire/msec.h"

struct buf;
struct output;

#define TRACE_ERROR_MAX 200

/* Append lines. What does not fit into BUF is seen by its overflow. */
void trace_write_core(struct buf *to, const struct trace_core *core, msec now);
void trace_write_row(struct buf *to, const struct row *row, msec now);
void trace_write_input(struct buf *to, const struct input *input);
void trace_write_events(struct buf *to, const struct output *output);

/* All that an output says, for people, behind the time: rows, messages, orders, events, replies. */
void trace_write_output(struct buf *to, const struct output *output, msec now);

enum trace_what { TRACE_IS_NOTHING, TRACE_IS_CORE, TRACE_IS_ROW, TRACE_IS_INPUT, TRACE_IS_EVENT };

/* A line that was read, and what belongs to the line that comes. */
struct trace_reader {
    msec now; /* of the last line that had one */
    struct trace_core core;
    struct row row;
    struct input input; /* points into the reader */
    const char *event;  /* points into the line */
    struct node_info info;
    bool has_info;
    struct info_replica replicas[INFO_REPLICAS_MAX];
    uint32_t n_replicas;
    struct voter voters[PEERS_MAX + 1];
    uint32_t n_voters;
};

/* READER is zeroed before the first line. LINE is changed. False, with a text that names the
 * field, when it is none of ours. */
bool trace_read(struct trace_reader *reader, char *line, enum trace_what *ret_what,
                char ret_error[TRACE_ERROR_MAX]);

#endif
