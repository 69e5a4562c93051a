#include "sentinel/config_seed_io.h"

#include <stdlib.h>
#include <string.h>

#include "quorum/epoch.h"
#include "sentinel/config_io.h"
#include "sentinel/config_table_io.h"
#include "sentinel/config_value_io.h"
#include "sentinel/model.h"
#include "sentinel/seed_io.h"

#define EPOCH_ALLOWED "strings with a number below 2^63"

/* Epochs are strings, since numbers in the file have 32 bits with old libraries. Replies carry them
 * as signed numbers: none beyond that is taken in. */
static bool read_epoch(struct config_reader *rd, const config_setting_t *setting,
                       const struct config_option *option, void *into)
{
    uint64_t *epoch = (uint64_t *)(void *)((char *)into + option->offset);
    const char *text = config_get_text(rd, setting, EPOCH_ALLOWED);

    if (text == NULL)
        return false;
    if (!epoch_parse(epoch, text, strlen(text)) || *epoch > INT64_MAX)
        return config_fail(rd, setting, "\"%s\" is no epoch, allowed are " EPOCH_ALLOWED, text);
    return true;
}

static bool read_runid(struct config_reader *rd, const config_setting_t *setting,
                       const struct config_option *option, void *into)
{
    const char *allowed = "a string with 40 letters and digits";
    const char *text = config_get_text(rd, setting, allowed);

    if (text == NULL)
        return false;
    if (!peer_runid_valid(text, strlen(text)))
        return config_fail(rd, setting, "\"%s\" is no run id, allowed is %s", text, allowed);
    memcpy((char *)into + option->offset, text, PEER_RUNID_LEN + 1);
    return true;
}

static bool read_replica(struct config_reader *rd, const config_setting_t *element, void *item)
{
    return config_get_addr(rd, element, item);
}

static bool read_replicas(struct config_reader *rd, const config_setting_t *setting,
                          const struct config_option *option, void *into)
{
    struct seed_group *group = into;
    void *items = NULL;

    (void)option;
    bool ok = config_read_list(rd, setting, NODES_MAX - 1, sizeof *group->replicas, &items,
                               &group->n_replicas, read_replica);

    group->replicas = items;
    return ok;
}

static const struct config_option peer_options[] = {
    { "host", config_read_host, offsetof(struct seed_peer, addr), 0, 0, NULL },
    { "port", config_read_port, offsetof(struct seed_peer, addr), 1, 65535, NULL },
    { "runid", read_runid, offsetof(struct seed_peer, runid), 0, 0, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

static bool read_peer(struct config_reader *rd, const config_setting_t *element, void *item)
{
    const struct config_option whole = { "", config_read_section, 0, 0, 0, peer_options };

    return config_read_section(rd, element, &whole, item) &&
           config_need_all(rd, element, peer_options, "host, port and runid");
}

static bool read_peers(struct config_reader *rd, const config_setting_t *setting,
                       const struct config_option *option, void *into)
{
    struct seed_group *group = into;
    void *items = NULL;

    (void)option;
    bool ok = config_read_list(rd, setting, PEERS_MAX, sizeof *group->peers, &items,
                               &group->n_peers, read_peer);

    group->peers = items;
    return ok;
}

static const struct config_option group_options_of_seed[] = {
    { "name", config_read_group_name, offsetof(struct seed_group, name), 0, 0, NULL },
    { "config_epoch", read_epoch, offsetof(struct seed_group, config_epoch), 0, 0, NULL },
    { "leader_epoch", read_epoch, offsetof(struct seed_group, leader_epoch), 0, 0, NULL },
    { "replicas", read_replicas, 0, 0, 0, NULL },
    { "sentinels", read_peers, 0, 0, 0, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

static bool read_group(struct config_reader *rd, const config_setting_t *element, void *item)
{
    const struct config_option whole = { "", config_read_section, 0, 0, 0, group_options_of_seed };
    struct seed_group *group = item;

    if (!config_read_section(rd, element, &whole, group))
        goto bad;
    if (group->name[0] == '\0') {
        config_fail(rd, element, "name is missing, it must be there");
        goto bad;
    }
    return true;

bad: /* the list counts only what was read to its end */
    free(group->replicas);
    free(group->peers);
    return false;
}

static bool read_groups(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into)
{
    struct seed *seed = into;
    void *items = NULL;

    (void)option;
    bool ok = config_read_list(rd, setting, GROUPS_MAX, sizeof *seed->groups, &items,
                               &seed->n_groups, read_group);

    seed->groups = items;
    return ok;
}

static const struct config_option seed_options[] = {
    { "myid", read_runid, offsetof(struct seed, runid), 0, 0, NULL },
    { "current_epoch", read_epoch, offsetof(struct seed, current_epoch), 0, 0, NULL },
    { "groups", read_groups, 0, 0, 0, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

bool config_read_seed(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    const struct config_option whole = { "", config_read_section, 0, 0, 0, seed_options };
    struct seed *seed = calloc(1, sizeof *seed);

    if (seed == NULL)
        return config_fail(rd, setting, "memory is out");
    *(struct seed **)(void *)((char *)into + option->offset) = seed;
    return config_read_section(rd, setting, &whole, seed);
}

/* The group of that name in the file, or among the first N of the seed. */
static bool in_file(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_groups; i++) {
        if (strcmp(config->groups[i].name, name) == 0)
            return true;
    }
    return false;
}

static bool in_seed(const struct seed *seed, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(seed->groups[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Whether the seed's group has itself among the others. */
static bool knows_itself(const struct seed *seed, const struct seed_group *group)
{
    for (size_t i = 0; i < group->n_peers; i++) {
        if (strcmp(group->peers[i].runid, seed->runid) == 0)
            return true;
    }
    return false;
}

bool config_check_seed(struct config_reader *rd, const config_setting_t *root,
                       const struct config *config)
{
    const struct seed *seed = config->seed;

    for (size_t i = 0; seed != NULL && i < seed->n_groups; i++) {
        const char *name = seed->groups[i].name;
        const config_setting_t *groups =
            config_setting_get_member(config_setting_get_member(root, "seed"), "groups");
        const config_setting_t *element = config_setting_get_elem(groups, (unsigned)i);

        if (!in_file(config, name))
            return config_fail(rd, element, "\"%s\" is no name of `groups`, allowed are those",
                               name);
        if (in_seed(seed, i, name))
            return config_fail(rd, element, "\"%s\" stands here twice, allowed is once", name);
        if (knows_itself(seed, &seed->groups[i]))
            return config_fail(rd, element, "sentinels: one has myid, allowed are the others");
    }
    return true;
}
