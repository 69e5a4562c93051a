/*
 * nodes: the data nodes of a group: adding, removing, probing, and what their
 * INFO tells.
 */
#ifndef SENTINEL_NODES_H
#define SENTINEL_NODES_H

#include <stdbool.h>

#include "wire/msec.h"

struct addr;
struct core;
struct group;
struct node;
struct observation;

/* Add a node that is not there yet; NULL when NODES_MAX is reached. Opens its
 * links; emits neither row nor event. */
struct node *node_add(struct core *core, struct group *group, const struct addr *addr);

/* Forget a node that is not the primary. Emits FORGET and, unless it was only rumoured, the row. */
void node_remove(struct core *core, struct node *node);

/* Two nodes with the same numeric address are one that is known by a name and by
 * its address: keep the one that matters more. */
void nodes_merge(struct core *core, struct group *group);

/* The node of GROUP at ADDR (as configured or as reached); NULL if there is none. */
struct node *node_find(const struct group *group, const struct addr *addr);
bool node_is_at(const struct node *node, const struct addr *addr);

/* Do what its probe has due and arm its deadline. */
void node_wake(struct core *core, struct node *node);

/* Take an observation; the caller runs the group afterwards. */
void node_observe(struct core *core, struct node *node, const struct observation *seen);

/* Ask INFO now, or not before AT. */
void node_want_info(struct core *core, struct node *node, msec at);

/* INFO was seen at SINCE or later. */
bool node_info_since(const struct node *node, msec since);

/* By its last INFO: replicates from the group's primary (by address, or by
 * history and a link that is up, whatever name it uses for it). */
bool node_follows_primary(const struct node *node);

/* Drop and reopen both links (credentials changed). */
void node_reopen(struct core *core, struct node *node);

/* It has told, in answer to an order, that it follows OF now. */
void node_made_replica(struct core *core, struct node *node, const struct addr *of);

/* Remember the history that the group has with its present primary, as far as NODE's INFO tells it.
 */
void node_note_lineage(struct core *core, struct node *node);

#endif
