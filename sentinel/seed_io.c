#include "sentinel/seed_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/config_io.h"
#include "sentinel/model.h"
#include "sentinel/row.h"
#include "wire/log_io.h"

void seed_free(struct seed *seed)
{
    if (seed == NULL)
        return;
    for (size_t i = 0; i < seed->n_groups; i++) {
        free(seed->groups[i].replicas);
        free(seed->groups[i].peers);
    }
    free(seed->groups);
    free(seed);
}

/* No vote and no configuration may be newer than the epoch that we know. */
static uint64_t highest_epoch(const struct seed *seed)
{
    uint64_t epoch = seed->current_epoch;

    for (size_t i = 0; i < seed->n_groups; i++) {
        const struct seed_group *group = &seed->groups[i];

        if (group->config_epoch > epoch)
            epoch = group->config_epoch;
        if (group->leader_epoch > epoch)
            epoch = group->leader_epoch;
    }
    return epoch;
}

/* The group as the file has it, which has been checked to be there. */
static const struct group_decl *find_decl(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_groups; i++) {
        if (strcmp(config->groups[i].name, name) == 0)
            return &config->groups[i];
    }
    assert(!"a seed for no group");
    return NULL;
}

/* All rows of one group; ROWS has room for them. */
static size_t make_rows(const struct config *config, const struct seed_group *group,
                        struct row *rows)
{
    const struct group_decl *decl = find_decl(config, group->name);
    size_t n = 0;

    rows[n++] = (struct row){ .kind = ROW_GROUP,
                              .addr = decl->addr,
                              .epoch = group->config_epoch,
                              .conf = decl->conf,
                              .base_addr = decl->addr,
                              .base = decl->conf,
                              .from_file = true };
    if (group->leader_epoch > 0)
        rows[n++] = (struct row){ .kind = ROW_VOTE, .epoch = group->leader_epoch };
    for (size_t i = 0; i < group->n_replicas; i++)
        rows[n++] =
            (struct row){ .kind = ROW_NODE, .addr = group->replicas[i], .min_replicas = -1 };
    for (size_t i = 0; i < group->n_peers; i++) {
        rows[n] = (struct row){ .kind = ROW_PEER, .addr = group->peers[i].addr };
        memcpy(rows[n++].runid, group->peers[i].runid, sizeof group->peers[i].runid);
    }
    for (size_t i = 0; i < n; i++)
        memcpy(rows[i].group, group->name, sizeof group->name);
    return n;
}

static int store_group(const struct config *config, const struct seed_group *group,
                       struct state *state, char ret_error[STATE_ERROR_MAX])
{
    struct row *rows = calloc(2 + group->n_replicas + group->n_peers, sizeof *rows);

    if (rows == NULL) {
        snprintf(ret_error, STATE_ERROR_MAX, "no memory");
        return -1;
    }
    int rc = state_store(state, rows, make_rows(config, group, rows), ret_error);

    free(rows);
    return rc;
}

/* Fills a state that is being made. */
static int fill(void *arg, struct state *state, char ret_error[STATE_ERROR_MAX])
{
    const struct config *config = arg;
    const struct row epoch = { .kind = ROW_EPOCH, .epoch = highest_epoch(config->seed) };

    if (state_store(state, &epoch, 1, ret_error) != 0)
        return -1;
    for (size_t i = 0; i < config->seed->n_groups; i++) {
        if (store_group(config, &config->seed->groups[i], state, ret_error) != 0)
            return -1;
    }
    return 0;
}

int seed_open_state(struct state **ret_state, const struct config *config,
                    char ret_error[STATE_ERROR_MAX])
{
    const struct seed *seed = config->seed;
    struct state_origin origin = { seed != NULL ? seed->runid : "", fill, (void *)config };
    bool made = false;

    if (state_open_from(ret_state, config->state_dir, seed != NULL ? &origin : NULL, &made,
                        ret_error) != 0)
        return -1;
    if (seed != NULL && made)
        log_notice("the state begins with what the seed in the configuration says");
    else if (seed != NULL)
        log_notice("the seed in the configuration is not used: %s has a state already",
                   config->state_dir);
    return 0;
}
