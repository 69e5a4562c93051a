#include "tests/unit/unit.h"

#include <string.h>

#include "notify/history.h"
#include "sentinel/places.h"
#include "sentinel/select.h"
#include "sentinel/whatif.h"
#include "tests/unit/drive.h"

static struct drive d;

/* The node, known by these from now on. */
static void move(struct node *node, const char *host, const char *ip, const char *zone)
{
    addr_set(&node->addr, host, 6379);
    snprintf(node->ip, sizeof node->ip, "%s", ip);
    snprintf(node->info.zone, sizeof node->info.zone, "%s", zone);
}

static void test_which(void)
{
    static const struct {
        const char *places, *host, *ip, *zone;
        unsigned rank;
    } rows[] = {
        { "", "db-1", "", "", 0 },
        { "zone=a", "db-1", "", "a", 0 },
        { "zone=a", "db-1", "", "A", 1 },
        { "zone=a", "db-1", "", "", 1 },
        { "zone=a zone=b  zone=c ", "db-1", "", "c", 2 },
        { "10.0.1.0/24 10.0.0.0/16", "10.0.1.255", "", "", 0 },
        { "10.0.1.0/24 10.0.0.0/16", "10.0.2.0", "", "", 1 },
        { "10.0.1.0/24 10.0.0.0/16", "10.1.0.0", "", "", 2 },
        { "10.0.1.0/24", "db-1", "10.0.1.7", "", 0 },
        { "10.0.1.0/24", "db-1", "", "", 1 },
        { "10.0.1.128/25", "10.0.1.127", "", "", 1 },
        { "10.0.1.128/25", "10.0.1.128", "", "", 0 },
        { "0.0.0.0/0", "192.168.1.1", "", "", 0 },
        { "0.0.0.0/0", "::1", "", "", 1 },
        { "10.0.1.7/32", "10.0.1.7", "", "", 0 },
        { "10.0.1.7/32", "10.0.1.6", "", "", 1 },
        { "fd00:1::/32", "fd00:1:2::3", "", "", 0 },
        { "fd00:1::/32", "fd00:2::3", "", "", 1 },
        { "::/0", "10.0.0.1", "", "", 1 },
        { ".rack7.example", "DB.Rack7.Example", "", "", 0 },
        { ".rack7.example", "rack7.example", "", "", 1 },
        { ".rack7.example", "dbrack7.example", "", "", 1 },
        { "DB-1", "db-1", "10.0.0.1", "", 0 },
        { "db-1:6379", "db-1", "", "", 0 },
        { "db-1:6380", "db-1", "", "", 1 },
        { "10.0.0.1", "db-1", "10.0.0.1", "", 0 },
        { "10.0.0.1:6379", "db-1", "10.0.0.1", "", 0 },
        { "[fd00::1]:6379", "fd00::1", "", "", 0 },
        { "fd00::1", "fd00::1", "", "", 0 },
    };

    drive_begin(&d, 1, 1, 1000);
    struct node *node = drive_node(&d, 1);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        move(node, rows[i].host, rows[i].ip, rows[i].zone);
        CU_ASSERT(places_valid(rows[i].places));
        CU_ASSERT_EQUAL(places_rank(rows[i].places, node), rows[i].rank);
    }
    drive_end(&d);
}

static void test_wrong(void)
{
    static const char *const rows[] = {
        "10.0.0.0/33", "10.0.0/24", "db-1/24", "fd00::/129", "10.0.0.0/",        "/24",
        "10.0.0.0/-1", "zone=",     "zon=a",   "a,b",        "db-1 10.0.0.0/99", "10.0.0.0/8/8",
        "10.0.0.0/x",  "\"db-1\"",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CU_ASSERT_FALSE(places_valid(rows[i]));
}

/* A better place comes before a better priority, but not before more data. */
static void test_choice(void)
{
    drive_begin(&d, 3, 1, 1000);
    strcpy(drive_group(&d)->conf.prefer, "127.0.0.1:7003 127.0.0.1:7002");
    drive_node(&d, 1)->info.priority = 1;
    CU_ASSERT_PTR_EQUAL(select_replica(d.core, drive_group(&d), DRIVE_START, false),
                        drive_node(&d, 3));
    drive_node(&d, 2)->info.repl_offset++;
    CU_ASSERT_PTR_EQUAL(select_replica(d.core, drive_group(&d), DRIVE_START, false),
                        drive_node(&d, 2));
    drive_node(&d, 1)->info.repl_offset++;
    CU_ASSERT_PTR_EQUAL(select_replica(d.core, drive_group(&d), DRIVE_START, false),
                        drive_node(&d, 2));
    CU_ASSERT_PTR_EQUAL(select_preferred(d.core, drive_group(&d), DRIVE_START, false),
                        drive_node(&d, 3));
    drive_end(&d);
}

static struct whatif result;

/* The primary fails in thought, with such a preference; node 3 lacks so much. */
static int simulated(const char *prefer, uint64_t behind)
{
    drive_begin(&d, 3, 1, 1000);
    drive_group(&d)->conf.fencing = FENCING_OFF;
    strcpy(drive_group(&d)->conf.prefer, prefer);
    d.nodes[3].info.repl_offset -= behind;
    drive_run(&d, 11000);
    whatif_fail(d.core, drive_node(&d, 0), WHATIF_CRASH, d.now, &result);
    CU_ASSERT(result.switched);
    whatif_done(&result);
    drive_end(&d);
    return result.to.port;
}

static void test_simulated(void)
{
    CU_ASSERT_EQUAL(simulated("", 0), 7001);
    CU_ASSERT_EQUAL(simulated("127.0.0.1:7003", 0), 7003);
    CU_ASSERT_STRING_EQUAL(result.why, "");
    CU_ASSERT_EQUAL(simulated("127.0.0.1:7003", 10), 7001);
    CU_ASSERT_STRING_EQUAL(
        result.why, "127.0.0.1:7003 is preferred: it takes over if it has all data within 3000 ms");
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "which place", test_which },
        { "wrong ones", test_wrong },
        { "the choice", test_choice },
        { "simulated", test_simulated },
    };

    return unit_main("places", cases, sizeof cases / sizeof *cases);
}
