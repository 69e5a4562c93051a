#include "sentinel/reign.h"

#include <string.h>

#include "sentinel/model.h"
#include "tests/unit/unit.h"

enum { PRIMARY, OTHER, REPLICA, THIRD, NODES };

static struct core core;
static struct group group;
static struct node nodes[NODES];

static void follows(struct node *node, const struct node *of, bool up)
{
    node->info.role = ROLE_REPLICA;
    node->info.primary = of->addr;
    node->info.link_up = up;
    node->info.link_down_ms = up ? -1 : 1000;
}

/* Somebody promoted OTHER, and the replicas follow it; we hold PRIMARY for the primary. */
static void set_up(void)
{
    memset(&core, 0, sizeof core);
    memset(&group, 0, sizeof group);
    memset(nodes, 0, sizeof nodes);
    group.core = &core;
    group.conf.fencing = FENCING_STRICT;
    group.conf.min_replicas = 1;
    group.conf.max_lag_s = 10;
    group.config_at = 100;
    core.now = 1000;
    for (int i = 0; i < NODES; i++) {
        addr_set(&nodes[i].addr, "10.0.0.1", 6379 + i);
        nodes[i].group = &group;
        nodes[i].info.role = ROLE_PRIMARY;
        nodes[i].probe.info_seen_at = 900;
        nodes[i].probe.reset_at = MSEC_NEVER;
        nodes[i].probe.links[LINK_CMD].state = LINK_UP;
        group.nodes[group.n_nodes++] = &nodes[i];
    }
    group.primary = &nodes[PRIMARY];
    follows(&nodes[REPLICA], &nodes[OTHER], true);
    follows(&nodes[THIRD], &nodes[OTHER], true);
}

static bool permits(void)
{
    return reign_permits(&nodes[REPLICA]);
}

static void test_held(void)
{
    set_up();
    CU_ASSERT_FALSE(permits());
    group.conf.fencing = FENCING_AUTO; /* which promises less */
    CU_ASSERT_TRUE(permits());
    set_up();
    nodes[OTHER].sdown = true; /* silent to us alone, for all we know */
    CU_ASSERT_FALSE(permits());
}

static void test_over(void)
{
    set_up();
    follows(&nodes[OTHER], &nodes[PRIMARY], true);
    CU_ASSERT_TRUE(permits());
    nodes[OTHER].probe.info_seen_at = 50; /* before we had this primary */
    CU_ASSERT_FALSE(permits());
    set_up();
    nodes[OTHER].crashed = nodes[OTHER].sdown = true;
    CU_ASSERT_TRUE(permits());
    set_up();
    follows(&nodes[REPLICA], &nodes[PRIMARY], true);
    CU_ASSERT_TRUE(permits());
}

/* It accepts writes as long as one replica may be with it. */
static void test_starved(void)
{
    set_up();
    follows(&nodes[REPLICA], &nodes[OTHER], false);
    follows(&nodes[THIRD], &nodes[OTHER], false);
    nodes[REPLICA].info.link_down_ms = nodes[THIRD].info.link_down_ms = 12500;
    CU_ASSERT_TRUE(permits());
    nodes[THIRD].info.link_down_ms = 12499;
    CU_ASSERT_FALSE(permits());
    nodes[THIRD].info.link_down_ms = 12500;
    nodes[THIRD].probe.links[LINK_CMD].state = LINK_DOWN; /* what it does now is not known */
    CU_ASSERT_FALSE(permits());
    group.conf.min_replicas = 2; /* one alone is not enough for it */
    CU_ASSERT_TRUE(permits());
}

static const struct unit_case cases[] = {
    { "another one may be a primary", test_held },
    { "it is none", test_over },
    { "it has no replicas", test_starved },
};

int main(void)
{
    return unit_main("reign", cases, sizeof cases / sizeof *cases);
}
