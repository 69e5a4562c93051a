/*
 * tickets: which client waits for which reply. A ticket is a number that is never given out twice,
 * so a reply to a client that has gone meanwhile, or has since asked something else, finds nobody.
 *
 * At most MAX clients wait, one reply each.
 */
#ifndef SENTINEL_TICKETS_H
#define SENTINEL_TICKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tickets;

/* NULL: memory. */
struct tickets *tickets_new(size_t max);
void tickets_free(struct tickets *tickets);

/* A new ticket for CLIENT's reply; ASKED is kept with it. 0: MAX of them wait already. */
uint64_t tickets_give(struct tickets *tickets, uint64_t client, int asked);

/* Give TICKET back; false when it is not out (any more). */
bool tickets_take(struct tickets *tickets, uint64_t ticket, uint64_t *ret_client, int *ret_asked);

#endif
