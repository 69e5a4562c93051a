/*
 * places: where operators would rather have a group's primary, as text, the best place first:
 * "zone=eu-1a 10.0.1.0/24 .rack7.example db-7". A node is in the first place that describes it:
 *
 *   zone=NAME        its INFO says availability_zone:NAME (Valkey 8 and later)
 *   ADDRESS/BITS     its address is in that network, IPv4 or IPv6
 *   .DOMAIN          it is known by a name that ends so
 *   HOST, HOST:PORT  it is known by that name or address; [v6]:PORT
 *
 * Hosts and domains are compared without regard to case.
 */
#ifndef SENTINEL_PLACES_H
#define SENTINEL_PLACES_H

#include <stdbool.h>

struct node;

/* Whether TEXT is a list of such places. The empty text is. */
bool places_valid(const char *text);

/* How many places are better than the one that NODE is in: 0 is the best. In none of them: their
 * number. */
unsigned places_rank(const char *text, const struct node *node);

#endif
