#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/node_info.h"
#include "wire/prng.h"

#define RUNID  "0791db4a1005d6babffc21f3050f6eb6b0f2d017"
#define REPLID "fa548ab8e7ca8f125c1bc3d0089f8b520c94b71c"
#define NEWID  "1416e594714b712eb30ab353fd859f6e884075f4"
#define NOID   "0000000000000000000000000000000000000000"

#define HEAD                                                                                       \
    "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:" RUNID                   \
    "\r\ntcp_port:39843\r\n\r\n# Persistence\r\nloading:0\r\nasync_loading:0\r\n\r\n"

/* As Redis 7.0.15 answered, each after its head. */
static const char primary_text[] =
    HEAD "# Replication\r\nrole:master\r\nconnected_slaves:2\r\n"
         "slave0:ip=127.0.0.1,port=35061,state=online,offset=42,lag=0\r\n"
         "slave1:ip=127.0.0.1,port=41435,state=wait_bgsave,offset=0,lag=0\r\n"
         "master_failover_state:no-failover\r\nmaster_replid:" REPLID "\r\nmaster_replid2:" NOID
         "\r\nmaster_repl_offset:50\r\nsecond_repl_offset:-1\r\nrepl_backlog_active:1\r\n";
static const char up_text[] =
    HEAD "# Replication\r\nrole:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:39843\r\n"
         "master_link_status:up\r\nmaster_last_io_seconds_ago:0\r\nmaster_sync_in_progress:0\r\n"
         "slave_read_repl_offset:50\r\nslave_repl_offset:49\r\nslave_priority:10\r\n"
         "slave_read_only:1\r\nreplica_announced:1\r\nconnected_slaves:0\r\nmaster_replid:" REPLID
         "\r\nmaster_replid2:" NOID "\r\nmaster_repl_offset:50\r\nsecond_repl_offset:-1\r\n";
static const char down_text[] =
    HEAD "# Replication\r\nrole:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:39843\r\n"
         "master_link_status:down\r\nmaster_last_io_seconds_ago:-1\r\nmaster_sync_in_progress:0\r\n"
         "slave_repl_offset:50\r\nmaster_link_down_since_seconds:17\r\nslave_priority:100\r\n"
         "replica_announced:0\r\nmaster_replid:" REPLID "\r\nmaster_repl_offset:50\r\n";
static const char syncing_text[] =
    HEAD "# Replication\r\nrole:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:39843\r\n"
         "master_link_status:down\r\nmaster_sync_in_progress:1\r\nslave_repl_offset:0\r\n"
         "master_sync_total_bytes:-1\r\nmaster_link_down_since_seconds:-1\r\nslave_priority:0\r\n";
static const char promoted_text[] =
    HEAD "# Replication\r\nrole:master\r\nconnected_slaves:0\r\nmaster_replid:" NEWID
         "\r\nmaster_replid2:" REPLID "\r\nmaster_repl_offset:50\r\nsecond_repl_offset:51\r\n";

static struct info_replica replicas[INFO_REPLICAS_MAX];
static struct node_info info;

static bool parse(const char *text)
{
    return node_info_parse(&info, replicas, text, strlen(text));
}

/* As Valkey 8 tells it; one that is too long is none. */
static void test_zone(void)
{
    char text[200];

    CU_ASSERT(parse("role:master\r\n"));
    CU_ASSERT_STRING_EQUAL(info.zone, "");
    CU_ASSERT(parse("# Server\r\navailability_zone:eu-1a\r\nrole:master\r\n"));
    CU_ASSERT_STRING_EQUAL(info.zone, "eu-1a");
    CU_ASSERT(parse("availability_zone:\r\nrole:master\r\n"));
    CU_ASSERT_STRING_EQUAL(info.zone, "");
    for (int n = ZONE_LEN_MAX; n <= ZONE_LEN_MAX + 1; n++) {
        snprintf(text, sizeof text, "availability_zone:%0*d\r\nrole:master\r\n", n, 1);
        CU_ASSERT(parse(text));
        CU_ASSERT_EQUAL(strlen(info.zone), n == ZONE_LEN_MAX ? ZONE_LEN_MAX : 0);
    }
}

/* Of all databases; none and unknown are not the same. */
static void test_keys(void)
{
    CU_ASSERT(parse("role:master\r\n"));
    CU_ASSERT_EQUAL(info.keys, -1);
    CU_ASSERT(parse("role:master\r\n\r\n# Keyspace\r\n"));
    CU_ASSERT_EQUAL(info.keys, 0);
    CU_ASSERT(parse("role:master\r\n# Keyspace\r\ndb0:keys=500,expires=1,avg_ttl=0\r\n"
                    "db15:keys=2,expires=0\r\ndbx:keys=7\r\ndb1:keys=-4\r\n"));
    CU_ASSERT_EQUAL(info.keys, 502);
}

static void test_primary(void)
{
    CU_ASSERT(parse(primary_text));
    CU_ASSERT_EQUAL(info.role, ROLE_PRIMARY);
    CU_ASSERT_STRING_EQUAL(info.runid, RUNID);
    CU_ASSERT_FALSE(info.loading);
    CU_ASSERT_EQUAL(info.primary_offset, 50);
    CU_ASSERT_STRING_EQUAL(info.replid, REPLID);
    CU_ASSERT_EQUAL(info.second_offset, 0);
    CU_ASSERT_EQUAL(info.n_replicas, 2);
    CU_ASSERT_EQUAL(info.n_dropped, 0);
    CU_ASSERT_PTR_EQUAL(info.replicas, replicas);
    CU_ASSERT_STRING_EQUAL(replicas[0].addr.host, "127.0.0.1");
    CU_ASSERT_EQUAL(replicas[0].addr.port, 35061);
    CU_ASSERT_EQUAL(replicas[0].offset, 42);
    CU_ASSERT(replicas[0].online);
    CU_ASSERT_EQUAL(replicas[1].addr.port, 41435);
    CU_ASSERT_FALSE(replicas[1].online);
    CU_ASSERT_FALSE(addr_is_set(&info.primary));
}

static void test_replica_up(void)
{
    CU_ASSERT(parse(up_text));
    CU_ASSERT_EQUAL(info.role, ROLE_REPLICA);
    CU_ASSERT_STRING_EQUAL(info.primary.host, "127.0.0.1");
    CU_ASSERT_EQUAL(info.primary.port, 39843);
    CU_ASSERT(info.link_up);
    CU_ASSERT_FALSE(info.syncing);
    CU_ASSERT_EQUAL(info.link_down_ms, -1);
    CU_ASSERT_EQUAL(info.priority, 10);
    CU_ASSERT(info.announced);
    CU_ASSERT_EQUAL(info.repl_offset, 49); /* its own word, not the backlog's */
    CU_ASSERT_EQUAL(info.n_replicas, 0);
}

static void test_replica_down(void)
{
    CU_ASSERT(parse(down_text));
    CU_ASSERT_FALSE(info.link_up);
    CU_ASSERT_EQUAL(info.link_down_ms, 17000);
    CU_ASSERT_FALSE(info.announced);
    CU_ASSERT_EQUAL(info.repl_offset, 50);
    CU_ASSERT_STRING_EQUAL(info.replid2, "");
}

static void test_replica_syncing(void)
{
    CU_ASSERT(parse(syncing_text));
    CU_ASSERT(info.syncing);
    CU_ASSERT_EQUAL(info.link_down_ms, -1);
    CU_ASSERT_EQUAL(info.priority, 0);
    CU_ASSERT_EQUAL(info.repl_offset, 0);
    CU_ASSERT(info.announced);
}

static void test_promoted_and_loading(void)
{
    CU_ASSERT(parse(promoted_text));
    CU_ASSERT_STRING_EQUAL(info.replid, NEWID);
    CU_ASSERT_STRING_EQUAL(info.replid2, REPLID);
    CU_ASSERT_EQUAL(info.second_offset, 51);
    CU_ASSERT_EQUAL(info.repl_offset, 50); /* it names none of its own */
    CU_ASSERT(parse("loading:1\r\nrole:slave\r\n"));
    CU_ASSERT(info.loading && info.loading_left_ms == -1);
    CU_ASSERT(parse("loading:1\r\nloading_eta_seconds:12\r\nrole:master\r\n"));
    CU_ASSERT_EQUAL(info.loading_left_ms, 12000);
}

static void test_defaults(void)
{
    CU_ASSERT(parse("role:slave"));
    CU_ASSERT_EQUAL(info.priority, 100);
    CU_ASSERT(info.announced);
    CU_ASSERT_EQUAL(info.link_down_ms, -1);
    CU_ASSERT_EQUAL(info.repl_offset, 0);
    CU_ASSERT_FALSE(info.link_up);
    CU_ASSERT_FALSE(addr_is_set(&info.primary));
    CU_ASSERT_STRING_EQUAL(info.runid, "");
}

/* Without a role it is no INFO of a data node, and nothing is touched. */
static void test_no_role(void)
{
    static const char *const texts[] = { "",
                                         "\r\n",
                                         "role",
                                         "role:\r\n",
                                         "role:sentinel\r\n",
                                         "role:Master\r\n",
                                         "ROLE:master\r\n",
                                         " role:master\r\n",
                                         "role: master\r\n",
                                         "xrole:master\n",
                                         "loading:1\r\n" };
    struct node_info before;

    memset(&info, 0x5a, sizeof info);
    before = info;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CU_ASSERT_FALSE(parse(texts[i]));
        CU_ASSERT(memcmp(&info, &before, sizeof info) == 0);
    }
    CU_ASSERT_FALSE(node_info_parse(&info, replicas, NULL, 0));
}

/* A malformed field is a missing one. */
static void test_malformed_fields(void)
{
    CU_ASSERT(parse("role:slave\nrun_id:short\nmaster_host:a b\nmaster_port:99999\n"
                    "master_link_down_since_seconds:x\nslave_priority:-5\n"
                    "slave_repl_offset:12a\nmaster_repl_offset:7\nreplica_announced:maybe\n"
                    "master_replid:" REPLID "0\nmaster_replid2:\nsecond_repl_offset:1 \n"
                    "no colon here\n:\n::\nslave_priority\n\r\r\n\n"));
    CU_ASSERT_STRING_EQUAL(info.runid, "");
    CU_ASSERT_FALSE(addr_is_set(&info.primary));
    CU_ASSERT_EQUAL(info.primary.port, 0);
    CU_ASSERT_EQUAL(info.link_down_ms, -1);
    CU_ASSERT_EQUAL(info.priority, 100);
    CU_ASSERT_EQUAL(info.repl_offset, 7);
    CU_ASSERT(info.announced);
    CU_ASSERT_STRING_EQUAL(info.replid, "");
    CU_ASSERT_STRING_EQUAL(info.replid2, "");
    CU_ASSERT_EQUAL(info.second_offset, 0);
    CU_ASSERT(parse("role:slave\nslave_priority:2147483648\nmaster_port:6379\n"
                    "master_link_down_since_seconds:99999999999999\n"));
    CU_ASSERT_EQUAL(info.priority, 100);
    CU_ASSERT_EQUAL(info.primary.port, 0); /* a port without a host is no address */
    CU_ASSERT_EQUAL(info.link_down_ms, -1);
}

static void test_replica_lines(void)
{
    CU_ASSERT(parse("role:master\n"
                    "slave0:10.0.0.5,6380,online\n" /* as of Redis before 2.8 */
                    "slave1:ip=::1,port=6381,state=online,offset=18446744073709551615,lag=1\n"
                    "slave2:port=6382,ip=db-2.example,future=1\n"
                    "slave3:fe80::1,6383,send_bulk\n"
                    "slave4:ip=a,port=6384,state=online,offset=1,lag=-3598\n"));
    CU_ASSERT_EQUAL_FATAL(info.n_replicas, 5);
    CU_ASSERT_EQUAL(replicas[1].lag_s, 1);
    CU_ASSERT_EQUAL(replicas[4].lag_s, UINT64_MAX); /* its clock was set back */
    CU_ASSERT_STRING_EQUAL(replicas[0].addr.host, "10.0.0.5");
    CU_ASSERT_EQUAL(replicas[0].addr.port, 6380);
    CU_ASSERT(replicas[0].online);
    CU_ASSERT_STRING_EQUAL(replicas[1].addr.host, "::1");
    CU_ASSERT_EQUAL(replicas[1].offset, UINT64_MAX);
    CU_ASSERT_STRING_EQUAL(replicas[2].addr.host, "db-2.example");
    CU_ASSERT_EQUAL(replicas[2].addr.port, 6382);
    CU_ASSERT_FALSE(replicas[2].online);
    CU_ASSERT_STRING_EQUAL(replicas[3].addr.host, "fe80::1");
}

static void test_malformed_replica_lines(void)
{
    CU_ASSERT(parse("role:master\nslave0:\nslave1:,,\nslave2:ip=,port=1\nslave3:ip=a,port=\n"
                    "slave4:ip=a b,port=1\nslave5:ip=a,port=65536\nslave6:ip=a,port=0\n"
                    "slave7:a\nslave8:port=1\nslave9:=,=,=\nslave10:ip=good,port=7\n"
                    "slavex:ip=a,port=1\nslave-1:ip=a,port=1\nslave:ip=a,port=1\n"));
    CU_ASSERT_EQUAL(info.n_dropped, 10);
    CU_ASSERT_EQUAL_FATAL(info.n_replicas, 1);
    CU_ASSERT_STRING_EQUAL(replicas[0].addr.host, "good");
}

/* 200 replicas: the table takes INFO_REPLICAS_MAX of them and counts the rest. */
static void test_200_replicas(void)
{
    static char text[16384];
    size_t n = (size_t)snprintf(text, sizeof text, "role:master\r\n");

    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "slave%d:ip=10.0.0.%d,port=6379,state=online,offset=1,lag=0\r\n", i,
                              i);
    CU_ASSERT(parse(text));
    CU_ASSERT_EQUAL(info.n_replicas, INFO_REPLICAS_MAX);
    CU_ASSERT_EQUAL(info.n_dropped, 200 - INFO_REPLICAS_MAX);
    CU_ASSERT_STRING_EQUAL(replicas[127].addr.host, "10.0.0.127");
}

/* Parse exactly N bytes that end where the memory does. */
static void parse_exact(const char *text, size_t n)
{
    char *exact = malloc(n > 0 ? n : 1);

    memcpy(exact, text, n);
    node_info_parse(&info, replicas, exact, n);
    free(exact);
}

/* Every prefix, and random damage: no crash, no read beyond the end. */
static void test_prefixes_and_damage(void)
{
    static const char *const texts[] = { primary_text, up_text, down_text, syncing_text,
                                         promoted_text };
    struct prng prng;

    prng_seed(&prng, 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t len = strlen(texts[i]);
        char damaged[1024];

        for (size_t n = 0; n <= len; n++)
            parse_exact(texts[i], n);
        for (int round = 0; round < 4000; round++) {
            memcpy(damaged, texts[i], len);
            for (int k = 0; k < 5; k++)
                damaged[prng_below(&prng, len)] = (char)prng_below(&prng, 256);
            parse_exact(damaged, len);
            CU_ASSERT(info.n_replicas <= INFO_REPLICAS_MAX);
            CU_ASSERT(info.priority >= 0 && info.link_down_ms >= -1);
        }
    }
    CU_ASSERT_STRING_EQUAL(node_role_name(ROLE_PRIMARY), "master");
    CU_ASSERT_STRING_EQUAL(node_role_name(ROLE_REPLICA), "slave");
    CU_ASSERT_STRING_EQUAL(node_role_name(ROLE_UNKNOWN), "?");
}

/* Unknown ids are the same as none, each other included. */
static void test_kin(void)
{
    struct node_info a, b;

    node_info_init(&a);
    node_info_init(&b);
    CU_ASSERT(!replid_equal("", ""));
    CU_ASSERT(!node_info_are_kin(&a, &b));
    memset(a.replid, 'A', RUNID_LEN);
    CU_ASSERT(!node_info_are_kin(&a, &b));
    memset(b.replid, 'B', RUNID_LEN);
    CU_ASSERT(!node_info_are_kin(&a, &b));
    memset(b.replid2, 'A', RUNID_LEN);
    CU_ASSERT(node_info_are_kin(&a, &b));
    CU_ASSERT(node_info_are_kin(&b, &a));
    memset(a.replid, 'C', RUNID_LEN);
    memset(a.replid2, 'A', RUNID_LEN);
    CU_ASSERT(node_info_are_kin(&a, &b)); /* both promoted out of it */
}

static const struct unit_case cases[] = {
    { "zone", test_zone },
    { "the number of keys", test_keys },
    { "a primary", test_primary },
    { "a replica, link up", test_replica_up },
    { "a replica, link down", test_replica_down },
    { "a replica, syncing", test_replica_syncing },
    { "promoted, loading", test_promoted_and_loading },
    { "defaults", test_defaults },
    { "no role", test_no_role },
    { "malformed fields", test_malformed_fields },
    { "forms of replica lines", test_replica_lines },
    { "malformed replica lines", test_malformed_replica_lines },
    { "200 replicas", test_200_replicas },
    { "kinship of histories", test_kin },
    { "prefixes and damage", test_prefixes_and_damage },
};

int main(void)
{
    return unit_main("node_info", cases, sizeof cases / sizeof *cases);
}
