/*
 * carry_io: carries out what leaves the outbox: orders on the links, messages to peers, events and
 * replies to whoever wants them, and to the hooks what they are for.
 */
#ifndef SENTINEL_CARRY_IO_H
#define SENTINEL_CARRY_IO_H

#include <stdbool.h>

#include "notify/hooks_io.h"
#include "probes/order_io.h"
#include "sentinel/options.h"

struct core;
struct event;
struct hooks;
struct link_set;
struct parcel;
struct peer_line;
struct recorder;
struct ring;
struct salvage_io;
struct script_io;
struct shell_ops;

/* Where things go. All is borrowed. */
struct carry {
    const struct core *core;
    struct link_set *given; /* connections that orders have for themselves */
    struct link_set *links; /* NULL: we stop; readers and clients still get what is theirs */
    struct peer_line *peers;
    struct script_io *scripts;
    struct recorder *recorder;
    struct hooks *hooks;
    struct ring *ring; /* of the events that were told */
    struct salvage_io *salvage;
    hooks_answer_fn *answered; /* as SETTLED, by hooks */
    order_settled_fn *settled;
    void *settled_arg;
    const struct shell_ops *ops;
    void *ops_arg;
    char requirepass[CONF_TEXT_MAX + 1]; /* for peers, where no sentinel_pass is set; empty: none */
};

void carry_out(const struct carry *carry, const struct parcel *parcel);

/* Number the event and tell whoever wants it, but the hooks. */
void carry_tell(const struct carry *carry, struct event *event);

#endif
