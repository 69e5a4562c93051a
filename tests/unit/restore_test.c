#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "sentinel/lease.h"
#include "tests/unit/drive.h"

#define ANN      "2222222222222222222222222222222222222222"
#define BOB      "3333333333333333333333333333333333333333"
#define ROWS_MAX 200

static struct drive d;

/* What a disk holds: rows by the keys that sentinel/row.h names. */
static struct row disk[ROWS_MAX];
static size_t n_disk;

static enum row_kind kept_kind(enum row_kind kind)
{
    return kind == ROW_GROUP_GONE     ? ROW_GROUP
           : kind == ROW_NODE_GONE    ? ROW_NODE
           : kind == ROW_PEER_GONE    ? ROW_PEER
           : kind == ROW_REMOVED_GONE ? ROW_REMOVED
                                      : kind;
}

static bool same_key(const struct row *a, const struct row *b)
{
    enum row_kind kind = kept_kind(b->kind);

    return a->kind == kind && strcmp(a->group, b->group) == 0 &&
           (kind != ROW_NODE || addr_equal(&a->addr, &b->addr)) &&
           (kind != ROW_PEER || strcmp(a->runid, b->runid) == 0);
}

static void disk_drop(size_t i)
{
    memmove(&disk[i], &disk[i + 1], (--n_disk - i) * sizeof *disk);
}

static void disk_write(const struct row *row)
{
    for (size_t i = n_disk; i-- > 0;) {
        bool of_gone_group = row->kind == ROW_GROUP_GONE && disk[i].kind != ROW_REMOVED &&
                             strcmp(disk[i].group, row->group) == 0;

        if (same_key(&disk[i], row) || of_gone_group)
            disk_drop(i);
    }
    assert(n_disk < ROWS_MAX);
    if (row->kind == kept_kind(row->kind))
        disk[n_disk++] = *row;
}

/* All that the core has handed out since the last mark reaches the disk. */
static void commit(void)
{
    for (size_t i = 0; i < d.log.n_rows; i++)
        disk_write(&d.log.rows[i]);
    drive_mark(&d);
}

/* The process dies and comes back with what the disk holds; nodes live on. */
static void restart(void)
{
    struct addr self = { "", 26379 };

    core_free(d.core);
    drive_mark(&d);
    d.wake = MSEC_NEVER;
    d.now += 1000;
    d.core = core_new(DRIVE_RUNID, &self, 2, d.now);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n_disk; i++) {
            if ((disk[i].kind == ROW_GROUP) == (pass == 0))
                core_restore(d.core, &disk[i]);
        }
    }
}

static void begin_empty(void)
{
    drive_bare(&d, 2);
    n_disk = 0;
}

static struct row a_row(enum row_kind kind, const char *group, int n)
{
    struct row row = { .kind = kind, .addr = drive_addr(n) };

    strcpy(row.group, group);
    group_conf_init(&row.conf);
    group_conf_init(&row.base);
    return row;
}

static void restore(struct row row)
{
    core_restore(d.core, &row);
}

static void test_each_row(void)
{
    struct row row;
    struct group *group;

    begin_empty();
    row = a_row(ROW_GROUP, "g", 1);
    row.epoch = 7;
    row.conf.quorum = 3;
    row.conf.down_after_ms = 1234;
    row.base.quorum = 2;
    row.base_addr = drive_addr(0);
    row.from_file = true;
    restore(row);
    restore((struct row){ .kind = ROW_EPOCH, .epoch = 9 });
    restore((struct row){ .kind = ROW_EPOCH, .epoch = 5 }); /* epochs never fall */
    restore((struct row){ .kind = ROW_VOTE, .group = "g", .epoch = 8, .runid = ANN });
    row = a_row(ROW_NODE, "g", 0);
    row.owed = row.leased = true;
    strcpy(row.runid, BOB);
    restore(row);
    restore((struct row){ .kind = ROW_PEER, .group = "g", .runid = ANN, .addr = drive_addr(5) });

    group = drive_group(&d);
    CU_ASSERT_EQUAL(d.core->current_epoch, 9);
    CU_ASSERT_EQUAL(group->config_epoch, 7);
    CU_ASSERT_PTR_EQUAL(group->primary, drive_node(&d, 1));
    CU_ASSERT_EQUAL(group->conf.quorum, 3);
    CU_ASSERT_EQUAL(group->base.quorum, 2);
    CU_ASSERT_EQUAL(group->base_addr.port, 7000);
    CU_ASSERT(group->from_file);
    CU_ASSERT_EQUAL(group->primary->probe.down_after_ms, 1234);
    CU_ASSERT_EQUAL(drive_node(&d, 0)->probe.down_after_ms, 1234);
    CU_ASSERT(vote_is_for(&group->vote, 8, ANN));
    CU_ASSERT_EQUAL(group->n_nodes, 2);
    CU_ASSERT(drive_node(&d, 0)->owed && !drive_node(&d, 1)->owed);
    CU_ASSERT(lease_is_needed(drive_node(&d, 0)) && !lease_is_needed(drive_node(&d, 1)));
    CU_ASSERT_STRING_EQUAL(drive_node(&d, 0)->runid, BOB);
    CU_ASSERT_EQUAL(group->n_members, 1);
    CU_ASSERT_STRING_EQUAL(group->members[0].peer->runid, ANN);
    CU_ASSERT_EQUAL(d.core->output.n_rows + d.core->output.n_events, 0);
    drive_end(&d);
}

/* Links are opened in the first millisecond, the primary's as all others. */
static void test_links_open_at_once(void)
{
    begin_empty();
    restore(a_row(ROW_GROUP, "g", 0));
    restore(a_row(ROW_NODE, "g", 1));
    restore((struct row){ .kind = ROW_PEER, .group = "g", .runid = ANN, .addr = drive_addr(5) });
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
    drive_run(&d, 2);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, drive_node(&d, 0)->id), 2);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, drive_node(&d, 1)->id), 2);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, d.core->peers[0]->id), 1);
    CU_ASSERT(probe_is_up(&drive_node(&d, 0)->probe));
    drive_end(&d);
}

/* Rows of a group that is not there, kinds that are never stored, rows twice. */
static void test_odd_rows(void)
{
    begin_empty();
    restore((struct row){ .kind = ROW_VOTE, .group = "h", .epoch = 8, .runid = ANN });
    restore(a_row(ROW_NODE, "h", 0));
    restore((struct row){ .kind = ROW_PEER, .group = "h", .runid = ANN, .addr = drive_addr(5) });
    restore(a_row(ROW_GROUP_GONE, "h", 0));
    CU_ASSERT_EQUAL(d.core->n_groups, 0);
    CU_ASSERT_EQUAL(d.core->n_peers, 0);
    for (int i = 0; i < 2; i++) {
        restore(a_row(ROW_GROUP, "g", 0));
        restore(a_row(ROW_NODE, "g", 1));
        restore(
            (struct row){ .kind = ROW_PEER, .group = "g", .runid = ANN, .addr = drive_addr(5) });
    }
    CU_ASSERT_EQUAL(d.core->n_groups, 1);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 2);
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 1);
    CU_ASSERT_EQUAL(d.core->peers[0]->n_groups, 1);
    drive_end(&d);
}

/* More rows than the tables take: the rest is left out. */
static void test_limits(void)
{
    char runid[PEER_RUNID_LEN + 1] = ANN;

    begin_empty();
    restore(a_row(ROW_GROUP, "g", 0));
    for (int i = 1; i < 300; i++) {
        struct row peer = { .kind = ROW_PEER, .group = "g", .addr = drive_addr(1000 + i) };

        restore(a_row(ROW_NODE, "g", i));
        runid[0] = (char)('a' + i % 26);
        runid[1] = (char)('a' + i / 26);
        memcpy(peer.runid, runid, sizeof peer.runid);
        restore(peer);
    }
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, NODES_MAX);
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, PEERS_MAX);
    drive_end(&d);
}

static void test_one_peer_of_two_groups(void)
{
    begin_empty();
    for (int i = 0; i < 2; i++) {
        struct row peer = { .kind = ROW_PEER, .runid = ANN, .addr = drive_addr(5) };

        strcpy(peer.group, i ? "h" : "g");
        restore(a_row(ROW_GROUP, peer.group, i));
        restore(peer);
    }
    CU_ASSERT_EQUAL(d.core->n_peers, 1);
    CU_ASSERT_EQUAL(d.core->peers[0]->n_groups, 2);
    drive_end(&d);
}

/* The file as it was, read again: groups are announced, and nothing is written anew. */
static void configure_again(void)
{
    struct request request = drive_ask(REQUEST_CONFIGURE, "g", 0);

    request.conf.quorum = 1;
    request.conf.down_after_ms = 1000;
    drive_request(&d, request);
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
}

static void begin_and_commit(void)
{
    struct request request = drive_ask(REQUEST_CONFIGURE, "g", 0);

    begin_empty();
    request.conf.quorum = 1;
    request.conf.down_after_ms = 1000;
    drive_request(&d, request);
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
    drive_run(&d, 1000);
    commit();
}

static void test_quiet_restart(void)
{
    begin_and_commit();
    restart();
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    configure_again();
    drive_run(&d, 5000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_MONITOR), 1);
    CU_ASSERT_EQUAL(d.log.n_events, 1);
    CU_ASSERT_EQUAL(d.log.n_rows, 0);
    drive_end(&d);
}

/* After a failover the new primary is the primary, the vote is given, and the old
 * primary, back with its old role, is demoted at first contact. */
static void test_restart_after_failover(void)
{
    struct message ask = { .kind = MESSAGE_ASK, .ticket = 5 };
    uint64_t epoch;

    begin_and_commit();
    drive_kill(&d, 0);
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    epoch = drive_group(&d)->config_epoch;
    commit();
    restart();
    configure_again(); /* the file still names node 0 */
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, drive_node(&d, 1));
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, epoch);
    CU_ASSERT_EQUAL(d.core->current_epoch, epoch);
    CU_ASSERT(vote_is_for(&drive_group(&d)->vote, epoch, DRIVE_RUNID));
    ask.u.ask = (struct ask){ .primary = drive_addr(1), .epoch = epoch, .candidate = ANN };
    drive_hear(&d, &ask);
    CU_ASSERT_STRING_EQUAL(d.log.messages[d.log.n_messages - 1].u.answer.leader, DRIVE_RUNID);
    drive_run(&d, 2000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    d.nodes[0].alive = true;
    drive_run(&d, 1500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, drive_node(&d, 0)->id), 1);
    CU_ASSERT_FALSE(drive_node(&d, 0)->owed);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
    drive_end(&d);
}

static void test_removed_group_is_gone(void)
{
    begin_and_commit();
    drive_request(&d, drive_ask(REQUEST_REMOVE, "g", 0));
    commit();
    for (size_t i = 0; i < n_disk; i++) /* all but that it was there, and is to stay away */
        CU_ASSERT(disk[i].kind == ROW_EPOCH || disk[i].kind == ROW_REMOVED);
    restart();
    CU_ASSERT_EQUAL(d.core->n_groups, 0);
    CU_ASSERT_EQUAL(d.core->n_removed, 1);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "each row", test_each_row },
    { "links open at once", test_links_open_at_once },
    { "odd rows", test_odd_rows },
    { "limits", test_limits },
    { "one peer of two groups", test_one_peer_of_two_groups },
    { "a quiet restart", test_quiet_restart },
    { "restart after a failover", test_restart_after_failover },
    { "a removed group is gone", test_removed_group_is_gone },
};

int main(void)
{
    return unit_main("restore", cases, sizeof cases / sizeof *cases);
}
