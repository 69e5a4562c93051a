#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

#define DOWN_AFTER 20000 /* far beyond what is looked at here */

static struct drive d;

static void begin(void)
{
    drive_begin(&d, 2, 1, DOWN_AFTER);
}

/* What REPLICAOF NO ONE, by hand, makes of fake N. */
static void promote(int n)
{
    struct node_info *info = &d.nodes[n].info;

    info->role = ROLE_PRIMARY;
    memcpy(info->replid2, info->replid, sizeof info->replid2);
    memset(info->replid, 'N', RUNID_LEN);
}

/* What REPLICAOF of fake OF makes of it. */
static void follow(int n, int of)
{
    d.nodes[n].info.role = ROLE_REPLICA;
    d.nodes[n].info.primary = drive_addr(of);
    d.nodes[n].info.link_up = true;
}

static bool is_primary(int n)
{
    return drive_group(&d)->primary == drive_node(&d, n);
}

/* A change of role is seen long before INFO is due; the primary that is handed over is followed. */
static void test_handed_over(void)
{
    begin();
    promote(1);
    drive_run(&d, 1100);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ROLE_CHANGE_DIFFERS), 1);
    CU_ASSERT(is_primary(0)); /* so far it is but a stray */
    follow(0, 1);
    drive_run(&d, 1900);
    CU_ASSERT(is_primary(1));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CONVERT_TO_SLAVE), 0);
    drive_end(&d);
}

/* In the other order. */
static void test_demoted_first(void)
{
    begin();
    follow(0, 1);
    drive_run(&d, 1500);
    CU_ASSERT(is_primary(0));
    promote(1);
    drive_run(&d, 1900);
    CU_ASSERT(is_primary(1));
    drive_end(&d);
}

/* A stray promotion is put right after its patience: the primary works. */
static void test_stray(void)
{
    begin();
    promote(1);
    drive_run(&d, 3500);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CONVERT_TO_SLAVE), 0);
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CONVERT_TO_SLAVE), 1);
    CU_ASSERT(is_primary(0));
    drive_end(&d);
}

/* Handed over to one whose data are not the group's, or to a stranger: that takes longer than it
 * takes to look twice. */
static void test_to_another_history(void)
{
    begin();
    promote(1);
    memset(d.nodes[1].info.replid2, 'Q', RUNID_LEN);
    follow(0, 1);
    drive_run(&d, DOWN_AFTER - 1000);
    CU_ASSERT(is_primary(0));
    drive_end(&d);
    begin();
    follow(0, 5);
    drive_run(&d, DOWN_AFTER - 1000);
    CU_ASSERT(is_primary(0));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    drive_end(&d);
}

/* One question at a time; none to who refuses it, for a while. */
static void test_questions(void)
{
    uint32_t id;

    begin();
    id = drive_node(&d, 1)->id;
    drive_run(&d, 5000);
    CU_ASSERT(drive_orders(&d, ORDER_ROLE, id) >= 4);
    CU_ASSERT(drive_orders(&d, ORDER_ROLE, id) <= drive_orders(&d, ORDER_PING, id));
    d.nodes[1].deaf = true;
    drive_run(&d, 1100);
    drive_mark(&d);
    drive_run(&d, 5000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_ROLE, id), 0);
    drive_settled(&d, drive_node(&d, 1)->role_ticket, false, false, ROLE_UNKNOWN, "NOPERM");
    drive_run(&d, 50000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_ROLE, id), 0);
    drive_run(&d, 12000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_ROLE, id), 1);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "handed over", test_handed_over }, { "demoted first", test_demoted_first },
    { "a stray", test_stray },           { "another history", test_to_another_history },
    { "questions", test_questions },
};

int main(void)
{
    return unit_main("role_watch", cases, sizeof cases / sizeof *cases);
}
