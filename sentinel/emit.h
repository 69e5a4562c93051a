/*
 * emit: how the core's parts say what they want done. Thin: each call appends
 * one entry to the step's output, filled in from the model.
 */
#ifndef SENTINEL_EMIT_H
#define SENTINEL_EMIT_H

#include <stdint.h>

#include "notify/event.h"
#include "sentinel/output.h"

struct core;
struct group;
struct node;
struct peer;

/* Events about a group's primary, one of its nodes, a peer, or the process.
 * The entry is returned so that the caller can add what the event carries. */
struct event *emit_group_event(struct core *core, enum event_kind kind, const struct group *group);
struct event *emit_node_event(struct core *core, enum event_kind kind, const struct node *node);
struct event *emit_peer_event(struct core *core, enum event_kind kind, const struct group *group,
                              const struct peer *peer);
struct event *emit_core_event(struct core *core, enum event_kind kind);

/* Set an event's detail text, cut to what fits. */
void event_detail(struct event *event, const char *form, ...) __attribute__((format(printf, 2, 3)));

/* Rows that show the present state of the thing. */
void emit_global_row(struct core *core);
void emit_group_row(struct core *core, const struct group *group);
void emit_lineage_row(struct core *core, const struct group *group);
void emit_vote_row(struct core *core, const struct group *group);
void emit_node_row(struct core *core, const struct node *node);
void emit_peer_row(struct core *core, const struct group *group, const struct peer *peer);
/* What is counted of NODE; NULL: of the group. */
void emit_flap_row(struct core *core, const struct group *group, const struct node *node);
void emit_gone_row(struct core *core, enum row_kind kind, const struct group *group);

/* Raise the current epoch to EPOCH if it is less: durable and announced. It is everybody's, but
 * the event is about the GROUP that brought it, as Sentinel has it: that one's hook is called. */
void core_raise_epoch(struct core *core, const struct group *group, uint64_t epoch);

/* A ticket for an order to a node, or a question about a group, of that id; ticket_id() gives the
 * id back. */
uint64_t core_ticket(struct core *core, uint32_t id);
uint32_t ticket_id(uint64_t ticket);

/* Our hello for GROUP, as it is now. */
struct hello core_hello(const struct core *core, const struct group *group);

#endif
