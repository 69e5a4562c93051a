#include "sentinel/sentence.h"

#include <stdbool.h>
#include <stdio.h>

#include "sentinel/model.h"

static size_t replicas_down(const struct group *group)
{
    size_t n = 0;

    for (size_t i = 0; i < group->n_nodes; i++)
        n += group->nodes[i] != group->primary && group->nodes[i]->sdown;
    return n;
}

/* --- what may trouble a group: whether it does, and how that is said behind its name --- */

static bool changing(const struct group *group, char *out, size_t size)
{
    char addr[ADDR_TEXT_MAX];

    if (group->failover.state == FAILOVER_IDLE)
        return false;
    addr_format(&group->primary->addr, addr);
    if (group->failover.state == FAILOVER_REPOINT)
        snprintf(out, size, "the replicas are being brought over to the new primary %s", addr);
    else
        snprintf(out, size, "the primary %s is being replaced", addr);
    return true;
}

static bool primary_down(const struct group *group, char *out, size_t size)
{
    char addr[ADDR_TEXT_MAX];

    if (!group->primary->sdown)
        return false;
    snprintf(out, size, "the primary %s is down%s", addr_format(&group->primary->addr, addr),
             group->odown ? "" : ", as only this supervisor sees it");
    return true;
}

static bool outvoted(const struct group *group, char *out, size_t size)
{
    if (group_usable(group) >= group_needed(group))
        return false;
    snprintf(out, size, "no failover is possible, %u of %u needed supervisors are there",
             (unsigned)group_usable(group), (unsigned)group_needed(group));
    return true;
}

static bool alone(const struct group *group, char *out, size_t size)
{
    size_t n = group->n_nodes - 1, down = replicas_down(group);

    if (n > down)
        return false;
    if (n == 0)
        snprintf(out, size, "there is no replica");
    else
        snprintf(out, size, "no replica is up, of %zu", n);
    return true;
}

static bool replica_down(const struct group *group, char *out, size_t size)
{
    size_t n = group->n_nodes - 1, down = replicas_down(group);

    if (down > 0)
        snprintf(out, size, "%zu of %zu replicas %s down", down, n, down == 1 ? "is" : "are");
    return down > 0;
}

/* The worst first. */
static bool (*const troubles[])(const struct group *group, char *out, size_t size) = {
    changing, primary_down, outvoted, alone, replica_down,
};

#define TROUBLE_COUNT (sizeof troubles / sizeof troubles[0])

/* The rank of the group's worst trouble, which is written; TROUBLE_COUNT: all is well. */
static size_t worst(const struct group *group, char *out, size_t size)
{
    size_t rank = 0;

    while (rank < TROUBLE_COUNT && !troubles[rank](group, out, size))
        rank++;
    return rank;
}

/* What troubles the groups. */
static void write_groups(const struct core *core, char *out, size_t size)
{
    const struct group *named = NULL;
    size_t rank = TROUBLE_COUNT, n = 0;
    char text[SENTENCE_MAX];

    for (size_t i = 0; i < core->n_groups; i++) {
        size_t found = worst(core->groups[i], text, sizeof text);

        n += found < TROUBLE_COUNT;
        if (found < rank) {
            rank = found;
            named = core->groups[i];
        }
    }
    if (named == NULL) {
        snprintf(out, size, "all is well");
        return;
    }
    worst(named, text, sizeof text);
    int len = snprintf(out, size, "%s: %s", named->name, text);

    if (n > 1 && len > 0 && (size_t)len < size)
        snprintf(out + len, size - (size_t)len, " (and trouble in %zu more)", n - 1);
}

void sentence_write(const struct core *core, char ret_text[SENTENCE_MAX])
{
    int len =
        snprintf(ret_text, SENTENCE_MAX, "%zu group%s, %zu other supervisor%s; ", core->n_groups,
                 core->n_groups == 1 ? "" : "s", core->n_peers, core->n_peers == 1 ? "" : "s");
    char *out = ret_text + len;
    size_t size = SENTENCE_MAX - (size_t)len;

    if (core->n_groups == 0)
        snprintf(out, size, "nothing is watched");
    else if (core->disk_stalled)
        snprintf(out, size, "the disk of state_dir stands still, nothing can be decided");
    else
        write_groups(core, out, size);
}
