/*
 * probe_own: what the files of a probe share; nobody else includes it.
 *
 *   probe          what is due when: PING, INFO, hello
 *   probe_link     the life of one link: opened, doubted, made anew
 *   probe_observe  what a link shows
 */
#ifndef PROBES_PROBE_OWN_H
#define PROBES_PROBE_OWN_H

#include "probes/probe.h"

/* A node has a pub/sub link as well. */
static inline int probe_n_links(const struct probe *probe)
{
    return probe->is_node ? PROBE_LINKS : 1;
}

void probe_link_init(struct link *link, msec now);

/* The one place where a link changes its state. */
void probe_link_move(struct link *link, enum link_state to, msec now);

/* The link is gone: it is tried again after the back-off. */
void probe_link_down(struct probe *probe, enum link_kind kind, msec now, struct prng *prng);

/* Opening, giving up and reopening, as far as that is due; returns actions. */
unsigned probe_link_wake(struct probe *probe, enum link_kind kind, msec now, struct prng *prng);

/* When probe_link_wake() has something to do. */
msec probe_link_next(const struct probe *probe, enum link_kind kind);

#endif
