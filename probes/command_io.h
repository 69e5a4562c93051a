/*
 * command_io: one command to a node, of which nothing but success or the error counts.
 */
#ifndef PROBES_COMMAND_IO_H
#define PROBES_COMMAND_IO_H

#include <stdint.h>

#include "probes/evidence.h"
#include "probes/order_io.h"

struct link_set;

/* Send WORDS, ended by NULL, over that link. SETTLED is called exactly once, with `ok`, `lost` or
 * `error`; from within the call (lost) when the link is not up. */
void order_command(struct link_set *set, uint32_t id, enum link_kind kind, uint64_t ticket,
                   const char *const *words, order_settled_fn *settled, void *arg);

#endif
