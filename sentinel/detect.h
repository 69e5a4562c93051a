/*
 * detect: which nodes and peers are down, as we see it (subjectively) and, for
 * the primary, as the quorum sees it (objectively).
 *
 * A node is subjectively down after down_after_ms without a valid reply. A
 * primary also when it has crashed (its link was reset, reconnecting is refused twice, and a
 * replica says that its own link to it is down), when it goes on reporting
 * that it is a replica, or when it came back with less than a replica has
 * (sentinel/amnesia.h).
 */
#ifndef SENTINEL_DETECT_H
#define SENTINEL_DETECT_H

#include "wire/msec.h"

struct core;
struct group;

void detect_run(struct core *core, struct group *group);
msec detect_next(const struct core *core, const struct group *group);

#endif
