#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/select.h"
#include "tests/unit/drive.h"

#define REPLICAS   4
#define DOWN_AFTER 1000

static struct drive d;

static void begin(void)
{
    drive_begin(&d, REPLICAS, 1, DOWN_AFTER);
}

static struct node *choose_since(msec since)
{
    output_clear(&d.core->output);
    return select_replica(d.core, drive_group(&d), since, true);
}

static struct node *choose(void)
{
    return choose_since(DRIVE_START);
}

/* When the chosen one will be waited for. */
static struct node *prefer(void)
{
    output_clear(&d.core->output);
    return select_preferred(d.core, drive_group(&d), DRIVE_START, true);
}

/* Node N was refused, and the event says why. */
static bool refused(int n, const char *reason)
{
    for (size_t i = 0; i < d.core->output.n_events; i++) {
        const struct event *event = &d.core->output.events[i];

        if (event->kind == EVENT_REFUSED_SLAVE && event->id == drive_node(&d, n)->id)
            return strstr(event->detail, reason) != NULL;
    }
    return false;
}

/* Only node 1 is left, by reasons that are not under test. */
static void leave_node_1(void)
{
    for (int n = 2; n <= REPLICAS; n++)
        drive_node(&d, n)->info.priority = 0;
}

/* --- each reason -------------------------------------------------------------------------- */

static void make_down(struct node *node)
{
    node->sdown = true;
}

static void make_disconnected(struct node *node)
{
    node->probe.links[LINK_CMD].state = LINK_OPENING;
}

static void make_stale(struct node *node)
{
    node->probe.info_seen_at = DRIVE_START - 1;
}

static void make_unseen(struct node *node)
{
    node->probe.info_seen_at = MSEC_NEVER;
}

static void make_never(struct node *node)
{
    node->info.priority = 0;
}

static void make_loading(struct node *node)
{
    node->info.loading = true;
}

static void make_syncing(struct node *node)
{
    node->info.syncing = true;
}

static void make_foreign(struct node *node)
{
    memset(node->info.replid, 'F', RUNID_LEN);
}

static void make_rumoured(struct node *node)
{
    node->rumoured = true;
}

static void make_long_lost(struct node *node)
{
    node->info.link_up = false;
    node->info.link_down_ms = 10 * DOWN_AFTER + 1;
}

static void test_each_refusal(void)
{
    static const struct {
        void (*make)(struct node *node);
        const char *reason;
    } rows[] = {
        { make_down, "down" },
        { make_disconnected, "disconnected" },
        { make_stale, "no fresh INFO" },
        { make_unseen, "no fresh INFO" },
        { make_never, "priority 0" },
        { make_loading, "loading" },
        { make_syncing, "syncing" },
        { make_foreign, "foreign replication history" },
        { make_rumoured, "foreign replication history" },
        { make_long_lost, "down for too long" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin();
        leave_node_1();
        CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 1));
        rows[i].make(drive_node(&d, 1));
        CU_ASSERT_PTR_NULL(choose());
        CU_ASSERT(refused(1, rows[i].reason));
        CU_ASSERT_EQUAL(d.core->output.n_events, REPLICAS);
        drive_node(&d, 2)->info.priority = 100;
        CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 2)); /* one's fault is not the other's */
        drive_end(&d);
    }
}

/* Without TELL not a word, and the same choice. */
static void test_silently(void)
{
    begin();
    make_down(drive_node(&d, 1));
    drive_node(&d, 3)->info.repl_offset = 500000;
    output_clear(&d.core->output);
    CU_ASSERT_PTR_EQUAL(select_replica(d.core, drive_group(&d), DRIVE_START, false),
                        drive_node(&d, 3));
    CU_ASSERT_EQUAL(d.core->output.n_events, 0);
    drive_end(&d);
}

/* The link of a replica may be down for as long as the primary is, and ten times
 * down_after before. */
static void test_link_down_allowance(void)
{
    struct node *primary, *node;

    begin();
    leave_node_1();
    primary = drive_group(&d)->primary;
    node = drive_node(&d, 1);
    node->info.link_up = false;
    node->info.link_down_ms = 10 * DOWN_AFTER;
    CU_ASSERT_PTR_EQUAL(choose(), node);
    primary->sdown = true;
    primary->sdown_at = d.core->now - 5000;
    node->info.link_down_ms = 10 * DOWN_AFTER + 5000;
    CU_ASSERT_PTR_EQUAL(choose(), node);
    node->info.link_down_ms++;
    CU_ASSERT_PTR_NULL(choose());
    node->info.link_up = true; /* up again: the age is old news */
    CU_ASSERT_PTR_EQUAL(choose(), node);
    drive_end(&d);
}

/* --- the order of preference -------------------------------------------------------------- */

static void test_preference(void)
{
    begin();
    CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 1)); /* all alike: the lowest run id */
    drive_node(&d, 2)->info.priority = 99;
    CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 2)); /* more preferred */
    drive_node(&d, 4)->info.priority = 1;
    CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 4));
    CU_ASSERT_EQUAL(d.core->output.n_events, 0);
    drive_node(&d, 3)->info.repl_offset++;
    CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 3)); /* no preference is worth a byte, */
    CU_ASSERT(refused(4, "1 bytes behind"));
    CU_ASSERT_PTR_EQUAL(prefer(), drive_node(&d, 4)); /* unless it is waited for */
    drive_end(&d);
}

/* Where it is waited for, a preferred replica keeps its preference up to the bound, and loses it
 * beyond. */
static void test_lag_bound(void)
{
    struct node *preferred;

    begin();
    preferred = drive_node(&d, 2);
    preferred->info.priority = 1;
    for (int n = 1; n <= REPLICAS; n++)
        drive_node(&d, n)->info.repl_offset = 1000000;
    preferred->info.repl_offset = 1000000 - 65536;
    CU_ASSERT_PTR_EQUAL(prefer(), preferred);
    preferred->info.repl_offset--;
    CU_ASSERT_PTR_EQUAL(prefer(), drive_node(&d, 1));
    CU_ASSERT(refused(2, "65537 bytes behind"));
    drive_group(&d)->conf.priority_max_lag_bytes = 0;
    preferred->info.repl_offset = 999999;
    CU_ASSERT_PTR_EQUAL(prefer(), drive_node(&d, 1));
    preferred->info.repl_offset = 1000000;
    CU_ASSERT_PTR_EQUAL(prefer(), preferred);
    drive_end(&d);
}

/* Who may not be chosen does not set the mark for the others. */
static void test_lag_of_the_refused(void)
{
    begin();
    leave_node_1();
    drive_node(&d, 2)->info.repl_offset = 99999999;
    CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 1));
    drive_group(&d)->primary->info.repl_offset = UINT64_MAX;
    CU_ASSERT_PTR_EQUAL(choose(), drive_node(&d, 1)); /* nor does the primary */
    drive_end(&d);
}

/* --- histories ------------------------------------------------------------------------------ */

/* One that an interrupted failover has promoted goes first, whatever the others have. */
static void test_already_promoted(void)
{
    struct node *node;

    begin();
    node = drive_node(&d, 4);
    node->info.role = ROLE_PRIMARY;
    memcpy(node->info.replid2, node->info.replid, sizeof node->info.replid);
    memset(node->info.replid, 'N', RUNID_LEN);
    node->info.repl_offset = 0;
    drive_node(&d, 1)->info.priority = 1;
    CU_ASSERT_PTR_EQUAL(choose(), node);
    /* The old primary may follow it by now, and then has its history. */
    drive_group(&d)->primary->info.role = ROLE_REPLICA;
    memset(drive_group(&d)->primary->info.replid, 'N', RUNID_LEN);
    CU_ASSERT_PTR_EQUAL(choose(), node);
    drive_group(&d)->primary->info.role = ROLE_PRIMARY; /* it was there before: an older one */
    CU_ASSERT_PTR_NOT_EQUAL(choose(), node);
    drive_end(&d);
}

/* A former primary calls itself one, too, but out of older history; with an empty
 * one it was restarted without its data. */
static void test_former_primary(void)
{
    struct node *node, *primary;

    begin();
    leave_node_1();
    primary = drive_group(&d)->primary;
    memset(primary->info.replid, 'B', RUNID_LEN); /* promoted out of 'A' */
    memset(primary->info.replid2, 'A', RUNID_LEN);
    node = drive_node(&d, 1);
    node->info.role = ROLE_PRIMARY; /* still in 'A' */
    CU_ASSERT_PTR_NULL(choose());
    CU_ASSERT(refused(1, "an older replication history"));
    memset(node->info.replid, 'Z', RUNID_LEN);
    memset(node->info.replid2, '0', RUNID_LEN);
    CU_ASSERT_PTR_NULL(choose());
    drive_end(&d);
}

/* A replica may stand in the primary's history, in the one before it, or in the
 * primary's as its own former one. Unknown histories decide nothing. */
static void test_related_histories(void)
{
    struct node *node, *primary;

    begin();
    leave_node_1();
    primary = drive_group(&d)->primary;
    node = drive_node(&d, 1);
    drive_group(&d)->lineage = (struct lineage){ 0 };
    memset(primary->info.replid, 'B', RUNID_LEN);
    CU_ASSERT_PTR_NULL(choose());
    memset(primary->info.replid2, 'A', RUNID_LEN);
    CU_ASSERT_PTR_EQUAL(choose(), node);
    memset(primary->info.replid2, '0', RUNID_LEN);
    memset(node->info.replid2, 'B', RUNID_LEN);
    CU_ASSERT_PTR_EQUAL(choose(), node);
    node->info.replid2[0] = '\0';
    node->info.replid[0] = '\0';
    CU_ASSERT_PTR_EQUAL(choose(), node);
    node->owed = true; /* but then a former primary is not believed */
    CU_ASSERT_PTR_NULL(choose());
    node->owed = false;
    memset(node->info.replid, 'Q', RUNID_LEN);
    primary->info.replid[0] = '\0';
    CU_ASSERT_PTR_EQUAL(choose(), node);
    drive_end(&d);
}

/* Three primaries are gone, and only one is left that never spoke to the last two. */
static void test_older_history(void)
{
    struct node *primary, *near, *old;

    begin();
    leave_node_1();
    primary = drive_group(&d)->primary;
    old = drive_node(&d, 1); /* in 'A' */
    near = drive_node(&d, 2);
    memset(primary->info.replid, 'C', RUNID_LEN);
    memset(primary->info.replid2, 'B', RUNID_LEN);
    lineage_push(&drive_group(&d)->lineage, primary->info.replid2);
    lineage_push(&drive_group(&d)->lineage, primary->info.replid);
    CU_ASSERT_PTR_NULL(choose()); /* not while the primary works */
    CU_ASSERT(refused(1, "an older replication history"));
    primary->sdown = true;
    primary->sdown_at = d.core->now;
    CU_ASSERT_PTR_EQUAL(choose(), old);
    /* One that has more of the data, whatever is preferred. */
    near->info.priority = 100;
    old->info.priority = 1;
    old->info.repl_offset = 99999999;
    memset(near->info.replid, 'B', RUNID_LEN);
    CU_ASSERT_PTR_EQUAL(choose(), near);
    CU_ASSERT(refused(1, "an older replication history"));
    memset(near->info.replid, 'C', RUNID_LEN);
    CU_ASSERT_PTR_EQUAL(choose(), near);
    /* It is waited for, but not for ever, and not if it is down. */
    make_syncing(near);
    CU_ASSERT_PTR_NULL(choose());
    primary->sdown_at = d.core->now - 10000;
    CU_ASSERT_PTR_EQUAL(choose(), old);
    primary->sdown_at = d.core->now;
    near->info.priority = 0;
    CU_ASSERT_PTR_EQUAL(choose(), old);
    near->info.priority = 100;
    make_down(near);
    CU_ASSERT_PTR_EQUAL(choose(), old);
    /* Even a former primary is better than nobody, or one that was promoted in vain. */
    old->info.role = ROLE_PRIMARY;
    CU_ASSERT_PTR_EQUAL(choose(), old);
    memset(old->info.replid, 'D', RUNID_LEN);
    CU_ASSERT_PTR_NULL(choose());
    memset(old->info.replid2, 'A', RUNID_LEN);
    CU_ASSERT_PTR_EQUAL(choose(), old);
    primary->sdown = false;
    CU_ASSERT_PTR_NULL(choose());
    drive_end(&d);
}

/* The primary itself is never a candidate; without replicas there is nobody. */
/* One that was chosen in vain goes last for a minute, unless it is a primary by now. */
static void test_balked(void)
{
    begin();
    struct node *node = drive_node(&d, 1);

    node->info.priority = 1;
    node->info.repl_offset = 900000;
    node->balked_at = d.core->now;
    CU_ASSERT_PTR_NOT_EQUAL(choose(), node);
    CU_ASSERT(refused(1, "did not let itself be promoted"));
    for (int n = 2; n <= REPLICAS; n++)
        drive_node(&d, n)->info.priority = 0;
    CU_ASSERT_PTR_EQUAL(choose(), node); /* better than nobody */
    for (int n = 2; n <= REPLICAS; n++)
        drive_node(&d, n)->info.priority = 100;
    node->balked_at = d.core->now - 60000;
    CU_ASSERT_PTR_EQUAL(choose(), node);
    node->balked_at = d.core->now;
    node->info.role = ROLE_PRIMARY;
    memcpy(node->info.replid2, drive_group(&d)->primary->info.replid, sizeof node->info.replid2);
    CU_ASSERT_PTR_EQUAL(choose(), node);
    drive_end(&d);
}

static void test_nobody(void)
{
    drive_begin(&d, 0, 1, DOWN_AFTER);
    CU_ASSERT_PTR_NULL(choose());
    CU_ASSERT_EQUAL(d.core->output.n_events, 0);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "each refusal has its reason", test_each_refusal },
    { "silently", test_silently },
    { "how long a link may have been down", test_link_down_allowance },
    { "preference", test_preference },
    { "lag bound", test_lag_bound },
    { "lag behind those that may not", test_lag_of_the_refused },
    { "already promoted goes first", test_already_promoted },
    { "a former primary is not promoted", test_former_primary },
    { "related histories", test_related_histories },
    { "an older history", test_older_history },
    { "one that balked", test_balked },
    { "nobody", test_nobody },
};

int main(void)
{
    return unit_main("select", cases, sizeof cases / sizeof *cases);
}
