/*
 * adopt: hellos, and what follows from them: peers found, epochs raised, and a
 * switch that somebody else led taken over. A switch is only a rumour until the
 * claimed primary itself reports that it is one, or a majority of the voters
 * says the same; then it is adopted at once.
 */
#ifndef SENTINEL_ADOPT_H
#define SENTINEL_ADOPT_H

#include "wire/msec.h"

struct core;
struct group;
struct hello;

void adopt_hello(struct core *core, const struct hello *hello);

/* Check the rumour, if there is one. */
void adopt_run(struct core *core, struct group *group);
msec adopt_next(const struct core *core, const struct group *group);

#endif
