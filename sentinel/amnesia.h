/*
 * amnesia: a primary that comes back with less than its replicas have. Started anew without its
 * data (no persistence, an empty disk, an old file), it answers as if all were well, and each
 * replica that finds it throws away what it holds. So, when the primary's run id has changed, it
 * counts as down as long as one replica holds more, by what INFO says of both:
 *
 *   - the replica has the history that the primary says it continues, but has gone further in it
 *     than the primary has come, be it under the name that somebody gave it who was promoted in
 *     the meantime and of whom we have not heard; or
 *   - the replica has the history that the group had, or that of a process which was lost before it
 *     could be believed, the primary another one, and the primary has no keys, or less than half
 *     as many as the replica; or
 *   - the same, whatever the primary holds, and the replica can take over and was in step: its link
 *     was up until the primary was lost, no longer ago than down_after, and it had all that the
 *     primary's last INFO told of. With durability = quorum the history alone counts: there the
 *     promotion looks for what was acknowledged.
 *
 * The last rule is for strangers: another node with another data set that comes up at the primary's
 * address holds as many keys as it likes. It cannot be told from the primary itself, restarted with
 * all its data under a new history (an append-only file names none). But for that one a failover
 * costs no more than after any crash, the writes that were on their way to the replica, and it
 * spares all replicas but one a full synchronisation; to believe a stranger costs all there is. Who
 * puts other data under a primary on purpose pauses the group first.
 *
 * Only what replicas say after the primary's return counts: before, they may have been told to
 * follow it. The evidence ends by itself when a replica has been synchronised by that primary, and
 * after 10 s in which nobody could be promoted; not so behind a closed start gate (sentinel/tune).
 * A primary that has its data again is left alone, and so is one whose replicas are unknown.
 * Fields of INFO: run_id, loading, master_replid, master_replid2, second_repl_offset,
 * slave_repl_offset, and the number of keys in the section Keyspace.
 */
#ifndef SENTINEL_AMNESIA_H
#define SENTINEL_AMNESIA_H

#include <stdbool.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;

/* NODE's run id has changed. */
void amnesia_suspect(struct core *core, struct node *node);

/* Whether that is not yet looked into: what the primary says of its history is not the group's. */
bool amnesia_is_suspected(const struct core *core, const struct node *node);

/* Whether the primary, as far as is known now, has less than a replica; it is told of once. */
bool amnesia_is_seen(struct core *core, struct group *group);

/* Ask replicas and primary what they hold, while there is a suspicion. */
void amnesia_run(struct core *core, struct group *group);
msec amnesia_next(const struct core *core, const struct group *group);

#endif
