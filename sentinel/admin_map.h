/*
 * admin_map: what SENTINEL MASTERS, REPLICAS and SENTINELS tell of an instance: a map whose fields
 * have Redis Sentinel's names, values (all of them bulk strings) and order, which clients rely on.
 * Ages are in milliseconds.
 */
#ifndef SENTINEL_ADMIN_MAP_H
#define SENTINEL_ADMIN_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct core;
struct group;
struct member;
struct node;
struct resp_writer;

/* Whether it counts as a replica: what only an unverified hello named does not. */
bool admin_is_replica(const struct node *node);
size_t admin_count_replicas(const struct group *group);

void admin_map_primary(struct resp_writer *w, const struct core *core, const struct group *group);
void admin_map_replica(struct resp_writer *w, const struct core *core, const struct node *node);
void admin_map_peer(struct resp_writer *w, const struct core *core, const struct group *group,
                    const struct member *member);

#endif
