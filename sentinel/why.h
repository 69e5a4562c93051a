/*
 * why: why nothing is being done about a group's primary at this moment, in words for people.
 */
#ifndef SENTINEL_WHY_H
#define SENTINEL_WHY_H

#include <stdbool.h>

#define WHY_TEXT_MAX 320

struct core;
struct group;

/* False: there is nothing to explain, as the primary is up or a failover is under way here; the
 * text says which. True: the primary is down, and the text says what we wait for. A time in
 * it may run: the history takes texts that differ in numbers alone for the same. */
bool why_held(const struct core *core, const struct group *group, char ret_text[WHY_TEXT_MAX]);

#endif
