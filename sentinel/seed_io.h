/*
 * seed_io: what a supervisor that takes another one's place begins with: identity, epochs, and the
 * replicas and peers that the other one knew. picketd --import writes it into the configuration
 * file; it counts only where there is no state yet.
 */
#ifndef SENTINEL_SEED_IO_H
#define SENTINEL_SEED_IO_H

#include <stddef.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "sentinel/state_io.h"
#include "wire/addr.h"

struct config;
struct state;

struct seed_peer {
    struct addr addr;
    char runid[PEER_RUNID_LEN + 1];
};

struct seed_group {
    char name[GROUP_NAME_MAX + 1]; /* of one of the file's groups */
    uint64_t config_epoch;
    uint64_t leader_epoch; /* of the last vote; whom it was for is not known */
    struct addr *replicas; /* at most NODES_MAX - 1 */
    size_t n_replicas;
    struct seed_peer *peers; /* at most PEERS_MAX */
    size_t n_peers;
};

struct seed {
    char runid[PEER_RUNID_LEN + 1]; /* empty: draw one */
    uint64_t current_epoch;
    struct seed_group *groups; /* at most GROUPS_MAX */
    size_t n_groups;
};

/* NULL is fine. */
void seed_free(struct seed *seed);

/* state_open_from() with the seed of CONFIG, if it has one. */
int seed_open_state(struct state **ret_state, const struct config *config,
                    char ret_error[STATE_ERROR_MAX]);

#endif
