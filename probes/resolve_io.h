/*
 * resolve_io: from an address as configured to those that a socket takes. Numeric hosts are
 * converted at once; names are looked up on libuv's thread pool (which never gives more than half
 * of its threads to look-ups, so commits go on while a name server hangs), and again for each
 * connection: names move.
 *
 * A name is looked up once at a time, for all who ask; and it goes on when they give up: a name
 * server that takes longer than a connection may take to come up would else never be heard. What it
 * says then is kept for whoever asks next, RESOLVE_KEEP_MS long.
 */
#ifndef PROBES_RESOLVE_IO_H
#define PROBES_RESOLVE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <uv.h>

#include "wire/addr.h"

struct resolve;
struct resolver;

#define RESOLVE_ADDRESSES_MAX 8 /* of one name; the rest are left out */
#define RESOLVE_KEEP_MS       3000

/* The addresses in the order of preference, borrowed during the call; N is 0 when there are none.
 * Called once, from the loop. */
typedef void resolve_fn(void *arg, const struct sockaddr_storage *addresses, size_t n);

/* NULL: memory. */
struct resolver *resolver_new(uv_loop_t *loop);

/* All must have been cancelled. Look-ups that run end by themselves, unheard. */
void resolver_free(struct resolver *resolver);

/* What is known without a look-up: a numeric v4 or v6 host, or what was kept. Returns how many. */
size_t resolve_known(struct resolver *resolver, const struct addr *addr,
                     struct sockaddr_storage ret_addresses[RESOLVE_ADDRESSES_MAX]);

/* Look a name up. NULL: could not begin; DONE will not be called. */
struct resolve *resolve_start(struct resolver *resolver, const struct addr *addr, resolve_fn *done,
                              void *arg);

/* DONE will not be called. NULL is fine. */
void resolve_cancel(struct resolve *resolve);

/* Look-ups that run, in the whole process. */
unsigned resolve_running(void);

/* The host part as numeric text; false when ADDRESS is neither v4 nor v6. */
bool resolve_text(const struct sockaddr_storage *address, char ret_host[HOST_LEN_MAX + 1]);

#endif
