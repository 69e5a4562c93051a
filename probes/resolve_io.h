/*
 * resolve_io: from an address as configured to one that a socket takes. Numeric
 * hosts are converted at once; names are looked up on libuv's thread pool
 * (which never gives more than half of its threads to look-ups, so commits go on while a
 * resolver hangs), and again for each connection: names move.
 */
#ifndef PROBES_RESOLVE_IO_H
#define PROBES_RESOLVE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <uv.h>

#include "wire/addr.h"

struct resolve;

#define RESOLVE_ADDRESSES_MAX 8 /* of one name; the rest are left out */

/* The addresses of the name in the order of preference, borrowed during the call; N is 0 when
 * there are none. Called once, from the loop. */
typedef void resolve_fn(void *arg, const struct sockaddr_storage *addresses, size_t n);

/* Convert a numeric v4 or v6 host. False: it is a name (or no host at all). */
bool resolve_numeric(const struct addr *addr, struct sockaddr_storage *ret_address);

/* Look a name up. NULL: could not begin; DONE will not be called. */
struct resolve *resolve_start(uv_loop_t *loop, const struct addr *addr, resolve_fn *done,
                              void *arg);

/* Nothing more is heard of it. The memory goes once the look-up has ended. */
void resolve_cancel(struct resolve *resolve);

/* Look-ups that have not ended, cancelled ones included. */
unsigned resolve_running(void);

/* The host part as numeric text; false when ADDRESS is neither v4 nor v6. */
bool resolve_text(const struct sockaddr_storage *address, char ret_host[HOST_LEN_MAX + 1]);

#endif
