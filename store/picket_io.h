/*
 * PICKET: what a supervisor says to this node that Redis has no word for.
 *
 *     PICKET STATUS
 *     PICKET LEASE ms epoch supervisor-id [FROM clock-ms]
 *     PICKET CONFIRM [epoch supervisor-id]
 *
 * etc/man/picket-store.1 documents them.
 */
#ifndef STORE_PICKET_IO_H
#define STORE_PICKET_IO_H

#include "wire/command.h"

struct buf;
struct shell;

/* The fields of STATUS that INFO replication shows too, as its lines. */
void picket_put_info(struct shell *sh, struct buf *b);

command_fn cmd_picket_status, cmd_picket_lease, cmd_picket_confirm;

#endif
