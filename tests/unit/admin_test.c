/* Commands about connections, groups and the process. */
#include "tests/unit/admin_drive.h"

/* --- the connection ------------------------------------------------------------------------- */

static void test_session(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "PING", "+PONG\r\n");
    EXPECT(f, "ping hi", "$2\r\nhi\r\n");
    EXPECT(f, "PING a b", "-ERR wrong number of arguments for 'ping' command\r\n");
    EXPECT(f, "QUIT", "-ERR unknown command 'QUIT', with args beginning with: \r\n");
    EXPECT(f, "CONFIG GET x",
           "-ERR unknown command 'CONFIG', with args beginning with: 'GET' 'x' \r\n");
    EXPECT(f, "SENTINEL", "-ERR wrong number of arguments for 'sentinel' command\r\n");
    EXPECT(f, "SENTINEL bogus", "-ERR unknown subcommand 'bogus'. Try SENTINEL HELP.\r\n");
    EXPECT(f, "SENTINEL master",
           "-ERR wrong number of arguments for 'sentinel|master' command\r\n");
    EXPECT(f, "AUTH x",
           "-ERR AUTH <password> called without any password configured for the default user. Are "
           "you sure your configuration is correct?\r\n");
    EXPECT(f, "AUTH default x", "+OK\r\n");
    EXPECT(f, "AUTH bob x", "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    EXPECT(f, "AUTH a b c", "-ERR syntax error\r\n");
    EXPECT(f, "SHUTDOWN ABORT", "-ERR No shutdown in progress.\r\n");
    EXPECT(f, "SHUTDOWN foo", "-ERR syntax error\r\n");
    CU_ASSERT_EQUAL(f->stopped, 0);
    EXPECT(f, "SHUTDOWN SAVE NOSAVE", "-ERR syntax error\r\n");
    EXPECT(f, "SHUTDOWN NOSAVE ABORT", "-ERR syntax error\r\n");
    CU_ASSERT_EQUAL(f->stopped, 0);
    EXPECT(f, "SHUTDOWN NOSAVE NOW FORCE FAILOVER", "");
    CU_ASSERT_EQUAL(f->stopped, 1);
    CU_ASSERT(f->client.flags & CLIENT_CLOSE_AFTER_REPLY);
    tear_down(f);
}

static void test_hello(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "HELLO",
           "*12\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n"
           ":2\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$8\r\nsentinel\r\n$7\r\nmodules\r\n*0\r\n");
    EXPECT(f, "HELLO x", "-ERR Protocol version is not an integer or out of range\r\n");
    EXPECT(f, "HELLO 4", "-NOPROTO unsupported protocol version\r\n");
    EXPECT(f, "HELLO 3 foo", "-ERR Syntax error in HELLO option 'foo'\r\n");
    EXPECT(f, "HELLO 3 AUTH a", "-ERR Syntax error in HELLO option 'AUTH'\r\n");
    EXPECT(f, "HELLO 3 AUTH bob x",
           "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    CU_ASSERT_EQUAL(f->client.reply.proto, 2);
    CU_ASSERT(strncmp(ask(f, "HELLO 3 AUTH default x SETNAME me"), "%6\r\n", 4) == 0);
    CU_ASSERT_EQUAL(f->client.reply.proto, 3);
    EXPECT(f, "CLIENT GETNAME", "$2\r\nme\r\n");
    tear_down(f);
}

static void test_client(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "CLIENT ID", ":1\r\n");
    EXPECT(f, "CLIENT GETNAME", "$-1\r\n");
    EXPECT(f, "CLIENT SETNAME app", "+OK\r\n");
    EXPECT(f, "CLIENT GETNAME", "$3\r\napp\r\n");
    EXPECT(f, "CLIENT SETNAME a\nb",
           "-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
    EXPECT(f, "CLIENT SETINFO LIB-NAME lib", "+OK\r\n");
    EXPECT(f, "CLIENT SETINFO foo lib", "-ERR Unrecognized option 'foo'\r\n");
    EXPECT(f, "CLIENT SETINFO lib-ver a\nb",
           "-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n");
    CU_ASSERT(contains(ask(f, "CLIENT LIST"), "cmd=client|list"));
    CU_ASSERT(contains(ask(f, "CLIENT LIST"), "\nid=2 addr=10.0.0.9:4711"));
    CU_ASSERT(contains(ask(f, "CLIENT LIST ID 2"), "\r\nid=2"));
    CU_ASSERT_PTR_NULL(strstr(ask(f, "CLIENT LIST ID 2"), "id=1 "));
    CU_ASSERT_PTR_NULL(strstr(ask(f, "CLIENT INFO"), "id=2 "));
    EXPECT(f, "CLIENT LIST TYPE x", "-ERR Unknown client type 'x'\r\n");
    EXPECT(f, "CLIENT LIST TYPE pubsub", "$0\r\n\r\n");
    EXPECT(f, "CLIENT LIST ID x", "-ERR Invalid client ID\r\n");
    EXPECT(f, "CLIENT LIST ID", "-ERR syntax error\r\n");
    EXPECT(f, "CLIENT KILL 10.0.0.9:4711", "+OK\r\n");
    EXPECT(f, "CLIENT KILL 10.0.0.9:1", "-ERR No such client\r\n");
    EXPECT(f, "CLIENT KILL TYPE normal", ":1\r\n");
    EXPECT(f, "CLIENT KILL TYPE normal SKIPME no", ":2\r\n");
    EXPECT(f, "CLIENT bogus", "-ERR unknown subcommand 'bogus'. Try CLIENT HELP.\r\n");
    tear_down(f);
}

/* The table says of itself what it can do. */
static void test_table(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "COMMAND COUNT", ":16\r\n");
    CU_ASSERT(contains(ask(f, "COMMAND INFO sentinel|ckquorum"), "$17\r\nsentinel|ckquorum\r\n:3"));
    CU_ASSERT(contains(ask(f, "COMMAND DOCS ping"), "Prove that the supervisor is alive."));
    CU_ASSERT(contains(ask(f, "COMMAND LIST"), "$20\r\nsentinel|flushconfig\r\n"));
    CU_ASSERT(contains(ask(f, "SENTINEL HELP"),
                       "+SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"
                       "+CKQUORUM <master-name>\r\n"));
    CU_ASSERT(contains(ask(f, "SENTINEL HELP"), "+HELP\r\n+    Print this help.\r\n"));
    CU_ASSERT(contains(ask(f, "CLIENT HELP"), "+KILL <ip:port> | "));
    CU_ASSERT(contains(ask(f, "COMMAND HELP"), "+COUNT\r\n"));
    CU_ASSERT(contains(ask(f, "PICKET HELP"), "+OPINION <runid> "));
    tear_down(f);
}

/* --- pub/sub -------------------------------------------------------------------------------- */

static void test_pubsub(void)
{
    struct fixture *f = set_up_group();
    struct event event = { .kind = EVENT_SWITCH_MASTER, .type = INSTANCE_MASTER };
    strcpy(event.group, "orders");
    addr_set(&event.primary, "10.0.0.1", 6379);
    addr_set(&event.addr, "10.0.0.2", 6380);
    EXPECT(f, "SUBSCRIBE +switch-master",
           "*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n");
    EXPECT(f, "SENTINEL MASTERS",
           "-ERR Can't execute 'sentinel|masters': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / "
           "QUIT / RESET are allowed in this context\r\n");
    EXPECT(f, "GET x", "-ERR unknown command 'GET', with args beginning with: 'x' \r\n");
    EXPECT(f, "PING", "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
    admin_event(f->admin, &event);
    CU_ASSERT_STRING_EQUAL(buf_text(&f->client.out),
                           "*3\r\n$7\r\nmessage\r\n$14\r\n+switch-master\r\n"
                           "$34\r\norders 10.0.0.1 6379 10.0.0.2 6380\r\n");
    buf_reset(&f->client.out);
    EXPECT(f, "UNSUBSCRIBE", "*3\r\n$11\r\nunsubscribe\r\n$14\r\n+switch-master\r\n:0\r\n");
    EXPECT(f, "PSUBSCRIBE +*", "*3\r\n$10\r\npsubscribe\r\n$2\r\n+*\r\n:1\r\n");
    EXPECT(f, "PUNSUBSCRIBE +*", "*3\r\n$12\r\npunsubscribe\r\n$2\r\n+*\r\n:0\r\n");
    tear_down(f);
}

/* --- reading -------------------------------------------------------------------------------- */

static void test_addresses(void)
{
    struct fixture *f = set_up_group();
    const char *found = "*2\r\n$8\r\n10.0.0.1\r\n$4\r\n6379\r\n";
    EXPECT(f, "SENTINEL GET-MASTER-ADDR-BY-NAME orders", found);
    EXPECT(f, "sentinel get-primary-addr-by-name orders", found);
    EXPECT(f, "SENTINEL GET-MASTER-ADDR-BY-NAME Orders", "*-1\r\n");
    EXPECT(f, "SENTINEL MYID", "$40\r\n" MYID "\r\n");
    EXPECT(f, "ROLE", "*2\r\n$8\r\nsentinel\r\n*1\r\n$6\r\norders\r\n");
    ask(f, "HELLO 3");
    EXPECT(f, "SENTINEL GET-MASTER-ADDR-BY-NAME x", "_\r\n");
    tear_down(f);
}

/* The names of the fields of a map in protocol 2, with commas; skips its head. */
static const char *fields_of(const char *reply)
{
    static char names[2048];
    size_t n = 0, word = 0;
    names[0] = '\0';
    for (const char *p = strchr(reply, '$'); p && *p == '$'; word++) {
        size_t len = (size_t)strtoul(p + 1, NULL, 10);
        p = strchr(p, '\n') + 1;
        if (word % 2 == 0)
            n +=
                (size_t)snprintf(names + n, sizeof(names) - n, "%s%.*s", n ? "," : "", (int)len, p);
        p += len + 2;
    }
    return names;
}

static void test_map_of_master(void)
{
    struct fixture *f = set_up_group();
    const char *reply = ask(f, "SENTINEL MASTER orders");
    CU_ASSERT(strncmp(reply, "*40\r\n", 5) == 0);
    CU_ASSERT(contains(reply, "$4\r\nname\r\n$6\r\norders\r\n$2\r\nip\r\n$8\r\n10.0.0.1\r\n"));
    CU_ASSERT(contains(reply, "$10\r\nnum-slaves\r\n$1\r\n1\r\n"));
    CU_ASSERT(contains(reply, "$19\r\nnum-other-sentinels\r\n$1\r\n1\r\n"));
    CU_ASSERT(contains(reply, "$13\r\nrole-reported\r\n$6\r\nmaster\r\n"));
    CU_ASSERT_STRING_EQUAL(
        fields_of(reply),
        "name,ip,port,runid,flags,link-pending-commands,link-refcount,last-ping-sent,"
        "last-ok-ping-reply,last-ping-reply,down-after-milliseconds,info-refresh,role-reported,"
        "role-reported-time,config-epoch,num-slaves,num-other-sentinels,quorum,failover-timeout,"
        "parallel-syncs");
    node_at(f, 6379)->sdown = true;
    core_find_group(f->core, "orders")->odown = true;
    core_find_group(f->core, "orders")->failover.state = FAILOVER_CAMPAIGN;
    core_find_group(f->core, "orders")->failover.epoch = 1;
    reply = ask(f, "SENTINEL PRIMARY orders");
    CU_ASSERT(contains(reply, "s_down,o_down,master,failover_in_progress"));
    CU_ASSERT_STRING_EQUAL(
        fields_of(reply),
        "name,ip,port,runid,flags,link-pending-commands,link-refcount,failover-state,"
        "last-ping-sent,last-ok-ping-reply,last-ping-reply,s-down-time,o-down-time,"
        "down-after-milliseconds,info-refresh,role-reported,role-reported-time,config-epoch,"
        "num-slaves,num-other-sentinels,quorum,failover-timeout,parallel-syncs");
    CU_ASSERT(contains(ask(f, "INFO sentinel"), "name=orders,status=odown,"));
    node_at(f, 6379)->lease.needed = true; /* a picket-store's alone */
    node_at(f, 6379)->lease.told_at = MSEC_NEVER;
    node_at(f, 6379)->info.lease_epoch = 7;
    CU_ASSERT(contains(ask(f, "SENTINEL MASTER orders"),
                       "$10\r\nlease-left\r\n$2\r\n-1\r\n$11\r\nlease-epoch\r\n$1\r\n7\r\n"
                       "$13\r\nlease-pledges\r\n$1\r\n0\r\n"
                       "$20\r\nlease-pledges-needed\r\n$1\r\n2\r\n"
                       "$16\r\nlease-pledged-to\r\n$1\r\n?\r\n"
                       "$17\r\nlease-pledged-for\r\n$1\r\n0\r\n"));
    core_find_group(f->core, "orders")->failover.state = FAILOVER_IDLE;
    tear_down(f);
}

static void test_map_of_replica(void)
{
    struct fixture *f = set_up_group();
    const char *reply = ask(f, "SENTINEL REPLICAS orders");
    CU_ASSERT(strncmp(reply, "*1\r\n*42\r\n", 9) == 0);
    CU_ASSERT(contains(reply, "$4\r\nname\r\n$13\r\n10.0.0.2:6380\r\n"));
    CU_ASSERT(contains(reply, "$18\r\nmaster-link-status\r\n$2\r\nok\r\n"));
    CU_ASSERT(contains(reply, "$14\r\nslave-priority\r\n$2\r\n90\r\n"));
    CU_ASSERT_STRING_EQUAL(
        fields_of(reply),
        "name,ip,port,runid,flags,link-pending-commands,link-refcount,last-ping-sent,"
        "last-ok-ping-reply,last-ping-reply,down-after-milliseconds,info-refresh,role-reported,"
        "role-reported-time,master-link-down-time,master-link-status,master-host,master-port,"
        "slave-priority,slave-repl-offset,replica-announced");
    /* Not announced, or known from a rumour only: not shown. */
    node_at(f, 6380)->info.announced = false;
    EXPECT(f, "SENTINEL SLAVES orders", "*0\r\n");
    CU_ASSERT(contains(ask(f, "SENTINEL MASTER orders"), "$10\r\nnum-slaves\r\n$1\r\n1\r\n"));
    node_at(f, 6380)->info.announced = true;
    node_at(f, 6380)->rumoured = true;
    EXPECT(f, "SENTINEL SLAVES orders", "*0\r\n");
    CU_ASSERT(contains(ask(f, "SENTINEL MASTER orders"), "$10\r\nnum-slaves\r\n$1\r\n0\r\n"));
    node_at(f, 6380)->rumoured = false;
    tear_down(f);
}

static void test_map_of_peer(void)
{
    struct fixture *f = set_up_group();
    const char *reply = ask(f, "SENTINEL SENTINELS orders");
    CU_ASSERT(strncmp(reply, "*1\r\n*28\r\n", 9) == 0);
    CU_ASSERT(contains(reply, "$4\r\nname\r\n$40\r\n" PEER "\r\n$2\r\nip\r\n$8\r\n10.0.0.8\r\n"));
    CU_ASSERT(contains(reply, "$12\r\nvoted-leader\r\n$1\r\n?\r\n"));
    CU_ASSERT_STRING_EQUAL(
        fields_of(reply),
        "name,ip,port,runid,flags,link-pending-commands,link-refcount,last-ping-sent,"
        "last-ok-ping-reply,last-ping-reply,down-after-milliseconds,last-hello-message,"
        "voted-leader,voted-leader-epoch");
    ask(f, "HELLO 3");
    CU_ASSERT(strncmp(ask(f, "SENTINEL SENTINELS orders"), "*1\r\n%14\r\n", 9) == 0);
    tear_down(f);
}

static void test_unknown_group(void)
{
    static const char *const requests[] = {
        "SENTINEL MASTER x",       "SENTINEL REPLICAS x", "SENTINEL SENTINELS x",
        "SENTINEL CKQUORUM x",     "SENTINEL FAILOVER x", "SENTINEL REMOVE x",
        "SENTINEL SET x quorum 2",
    };
    struct fixture *f = set_up_group();
    unsigned before = f->submitted;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        EXPECT(f, requests[i], "-ERR No such master with that name\r\n");
    CU_ASSERT_EQUAL(f->submitted, before);
    tear_down(f);
}

static void test_ckquorum(void)
{
    struct fixture *f = set_up_group();
    struct group *group = core_find_group(f->core, "orders");
    EXPECT(f, "SENTINEL CKQUORUM orders",
           "+OK 2 usable Sentinels. Quorum and failover authorization can be reached\r\n");
    group->conf.quorum = 3;
    EXPECT(f, "SENTINEL CKQUORUM orders",
           "-NOQUORUM 2 usable Sentinels. Not enough available Sentinels to reach the specified "
           "quorum for this master\r\n");
    group->members[0].sdown = true;
    EXPECT(f, "SENTINEL CKQUORUM orders",
           "-NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the specified "
           "quorum for this master. Not enough available Sentinels to reach the majority and "
           "authorize a failover\r\n");
    group->conf.quorum = 1;
    EXPECT(f, "SENTINEL CKQUORUM orders",
           "-NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the majority and "
           "authorize a failover\r\n");
    tear_down(f);
}

static void test_info(void)
{
    struct fixture *f = set_up_group();
    const char *reply = ask(f, "INFO");
    static const char *const parts[] = { "# Server\r\nredis_version:7.0.15\r\n",
                                         "\r\n\r\n# Clients\r\n",
                                         "\r\nmaxclients:10000\r\n",
                                         "\r\n# CPU\r\nused_cpu_sys:",
                                         "\r\nused_cpu_user:0.000000\r\n",
                                         "\r\nredis_mode:sentinel\r\n",
                                         "\r\npicket_version:0.1\r\n",
                                         "\r\nsentinel_tilt:0\r\n",
                                         "\r\nsentinel_tilt_since_seconds:-1\r\n",
                                         "master0:name=orders,status=ok,address=10.0.0.1:6379,"
                                         "slaves=1,sentinels=2\r\n" };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        CU_ASSERT(contains(reply, parts[i]));
    CU_ASSERT_PTR_NULL(strstr(ask(f, "INFO cpu SENTINEL"), "# Server"));
    CU_ASSERT(contains(ask(f, "INFO cpu SENTINEL"), "# Sentinel"));
    CU_ASSERT(contains(ask(f, "INFO foo everything"), "# Server"));
    EXPECT(f, "INFO foo", "$0\r\n\r\n");
    tear_down(f);
}

/* --- the whole process ---------------------------------------------------------------------- */

static void test_config_get(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "SENTINEL CONFIG GET",
           "-ERR wrong number of arguments for 'sentinel|config' command\r\n");
    EXPECT(f, "SENTINEL CONFIG RESET x",
           "-ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> "
           "[<param> <value> ...] are supported.\r\n");
    EXPECT(f, "SENTINEL CONFIG GET *",
           "*14\r\n$17\r\nresolve-hostnames\r\n$3\r\nyes\r\n$18\r\nannounce-hostnames\r\n$2\r\n"
           "no\r\n$11\r\nannounce-ip\r\n$0\r\n\r\n$13\r\nannounce-port\r\n$1\r\n0\r\n"
           "$13\r\nsentinel-user\r\n$0\r\n\r\n$13\r\nsentinel-pass\r\n$0\r\n\r\n"
           "$8\r\nloglevel\r\n$6\r\nnotice\r\n");
    EXPECT(f, "SENTINEL CONFIG GET nosuch", "*0\r\n");
    EXPECT(f, "SENTINEL CONFIG GET LOG* announce-p* loglevel *-port",
           "*4\r\n$8\r\nloglevel\r\n$6\r\nnotice\r\n$13\r\nannounce-port\r\n$1\r\n0\r\n");
    CU_ASSERT(strncmp(ask(f, "HELLO 3"), "%6", 2) == 0);
    EXPECT(f, "SENTINEL CONFIG GET loglevel", "%1\r\n$8\r\nloglevel\r\n$6\r\nnotice\r\n");
    tear_down(f);
}

static void test_config_set(void)
{
    static const struct {
        const char *words, *error;
    } bad[] = {
        { "announce-port 5 foo 1", "Invalid argument 'foo' to SENTINEL CONFIG SET" },
        { "announce-port 5 ANNOUNCE-PORT 6",
          "Duplicate argument 'ANNOUNCE-PORT' to SENTINEL CONFIG SET" },
        { "announce-port 5 loglevel", "Missing argument 'loglevel' value" },
        { "announce-port 65536", "Invalid value '65536' to SENTINEL CONFIG SET 'announce-port'" },
        { "announce-port -1", "Invalid value '-1' to SENTINEL CONFIG SET 'announce-port'" },
        { "announce-port 5 loglevel loud",
          "Invalid value 'loud' to SENTINEL CONFIG SET 'loglevel'" },
        { "resolve-hostnames 1", "Invalid value '1' to SENTINEL CONFIG SET 'resolve-hostnames'" },
        { "announce-ip a,b", "Invalid value 'a,b' to SENTINEL CONFIG SET 'announce-ip'" },
        { "sentinel-pass a\tb", "Invalid argument at index 4 for SENTINEL CONFIG SET: control "
                                "characters are not allowed" },
    };
    struct fixture *f = set_up();
    const struct global_conf *conf = &f->core->global;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char words[128], reply[256];
        snprintf(words, sizeof(words), "SENTINEL CONFIG SET %s", bad[i].words);
        snprintf(reply, sizeof(reply), "-ERR %s\r\n", bad[i].error);
        EXPECT(f, words, reply);
    }
    CU_ASSERT_EQUAL(f->submitted, 0);
    CU_ASSERT_EQUAL(conf->announce_port, 0);
    EXPECT(f, "SENTINEL CONFIG SET announce-port 5 LOGLEVEL Debug sentinel-pass hush", "+OK\r\n");
    CU_ASSERT_EQUAL(conf->announce_port, 5);
    CU_ASSERT_EQUAL(conf->log_level, 0);
    CU_ASSERT_STRING_EQUAL(conf->sentinel_pass, "hush");
    EXPECT(f, "SENTINEL CONFIG GET sentinel-pass",
           "*2\r\n$13\r\nsentinel-pass\r\n$6\r\n******\r\n");
    tear_down(f);
}

static void test_debug(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "SENTINEL DEBUG ping-period 5 info-period 0",
           "-ERR Invalid argument '0' for SENTINEL DEBUG 'info-period'\r\n");
    EXPECT(f, "SENTINEL DEBUG ping-period 5 info-period",
           "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'info-period'\r\n");
    EXPECT(f, "SENTINEL DEBUG foo 1",
           "-ERR Unknown option or number of arguments for SENTINEL DEBUG 'foo'\r\n");
    CU_ASSERT_EQUAL(f->core->tunables.ping_period, 1000);
    EXPECT(f, "SENTINEL DEBUG PING-PERIOD 500 info-period 2000", "+OK\r\n");
    CU_ASSERT_EQUAL(f->core->pace.ping_ms, 500);
    EXPECT(f, "SENTINEL DEBUG default-down-after 1234 default-failover-timeout 5678", "+OK\r\n");
    EXPECT(f, "SENTINEL MONITOR orders 10.0.0.1 6379 2", "+OK\r\n");
    CU_ASSERT_EQUAL(core_find_group(f->core, "orders")->conf.down_after_ms, 1234);
    CU_ASSERT_EQUAL(core_find_group(f->core, "orders")->conf.failover_timeout_ms, 5678);
    const char *reply = ask(f, "SENTINEL DEBUG");
    CU_ASSERT(contains(reply, "*26\r\n$11\r\nINFO-PERIOD\r\n$4\r\n2000\r\n$11\r\nPING-PERIOD\r\n$3"
                              "\r\n500\r\n$10\r\nASK-PERIOD\r\n"));
    CU_ASSERT(contains(reply, "$18\r\nSCRIPT-RETRY-DELAY\r\n$5\r\n30000\r\n"));
    tear_down(f);
}

static void test_operate(void)
{
    struct fixture *f = set_up_group();
    EXPECT(f, "PICKET PAUSE nosuch 1000", "-ERR No such master with that name\r\n");
    EXPECT(f, "PICKET PAUSE orders 0",
           "-ERR Invalid time: allowed are 1 to 2592000000 milliseconds (30 days)\r\n");
    EXPECT(f, "PICKET PAUSE orders 2592000001",
           "-ERR Invalid time: allowed are 1 to 2592000000 milliseconds (30 days)\r\n");
    EXPECT(f, "PICKET MAINTENANCE orders 10.0.0.1 6379 MAYBE",
           "-ERR syntax error, allowed are ON <milliseconds> and OFF\r\n");
    EXPECT(f, "PICKET MAINTENANCE orders 10.0.0.1 6379 ON",
           "-ERR syntax error, allowed are ON <milliseconds> and OFF\r\n");
    EXPECT(f, "PICKET MAINTENANCE orders 10.0.0.1 0 OFF", "-ERR Invalid address of a node\r\n");
    EXPECT(f, "PICKET FORGET orders NODE 10.0.0.1",
           "-ERR syntax error, allowed are NODE <host> <port> and PEER <runid>\r\n");
    EXPECT(f, "PICKET FORGET orders PEER short",
           "-ERR Invalid run id: allowed are 40 letters or digits\r\n");
    EXPECT(f, "PICKET PAUSE orders 60000", "+OK\r\n");
    CU_ASSERT(contains(ask(f, "SENTINEL MASTER orders"), "paused"));
    EXPECT(f, "PICKET SWITCHOVER orders",
           "-PAUSED The group is paused: PICKET RESUME it first\r\n");
    EXPECT(f, "PICKET RESUME orders", "+OK\r\n");
    CU_ASSERT_FALSE(contains(ask(f, "SENTINEL MASTER orders"), "paused"));
    tear_down(f);
}

static void test_simulate_failure(void)
{
    struct fixture *f = set_up();
    const struct event elected = { .kind = EVENT_ELECTED_LEADER };
    const struct event promoted = { .kind = EVENT_PROMOTED_SLAVE };
    EXPECT(f, "SENTINEL SIMULATE-FAILURE foo", "-ERR Unknown failure simulation specified\r\n");
    EXPECT(f, "SENTINEL SIMULATE-FAILURE help",
           "*2\r\n$20\r\ncrash-after-election\r\n$21\r\ncrash-after-promotion\r\n");
    CU_ASSERT_FALSE(admin_dies_of(f->admin, &elected));
    EXPECT(f, "SENTINEL SIMULATE-FAILURE CRASH-AFTER-ELECTION", "+OK\r\n");
    CU_ASSERT_TRUE(admin_dies_of(f->admin, &elected));
    CU_ASSERT_FALSE(admin_dies_of(f->admin, &promoted));
    EXPECT(f, "SENTINEL SIMULATE-FAILURE crash-after-promotion", "+OK\r\n");
    CU_ASSERT_FALSE(admin_dies_of(f->admin, &elected));
    CU_ASSERT_TRUE(admin_dies_of(f->admin, &promoted));
    CU_ASSERT(contains(ask(f, "INFO sentinel"), "\r\nsentinel_simulate_failure_flags:2\r\n"));
    EXPECT(f, "SENTINEL SIMULATE-FAILURE crash-after-election foo",
           "-ERR Unknown failure simulation specified\r\n");
    CU_ASSERT(contains(ask(f, "INFO sentinel"), "\r\nsentinel_simulate_failure_flags:0\r\n"));
    tear_down(f);
}

static void test_info_cache(void)
{
    struct fixture *f = set_up_group();
    f->core->now = f->now += 100;
    const char *reply = ask(f, "SENTINEL INFO-CACHE nosuch orders orders");
    long age = 0, replica_age = 0;
    CU_ASSERT_EQUAL(sscanf(reply,
                           "*2\r\n$6\r\norders\r\n*2\r\n*2\r\n:%ld\r\n$15\r\n# Server\r\nx:1\r\n"
                           "\r\n*2\r\n:%ld\r\n$-1\r\n",
                           &age, &replica_age),
                    2);
    CU_ASSERT(age >= 100 && replica_age >= 100);
    CU_ASSERT(contains(reply, "$-1\r\n"));
    EXPECT(f, "SENTINEL INFO-CACHE nosuch", "*0\r\n");
    tear_down(f);
}

static void test_tracking(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "CLIENT GETREDIR", ":-1\r\n");
    EXPECT(f, "CLIENT TRACKINGINFO",
           "*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff\r\n$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n*0"
           "\r\n");
    EXPECT(f, "CLIENT TRACKING ON REDIRECT 3",
           "-ERR The client ID you want redirect to does not exist\r\n");
    EXPECT(f, "CLIENT TRACKING ON REDIRECT 2 REDIRECT 2",
           "-ERR A client can only redirect to a single other client\r\n");
    EXPECT(f, "CLIENT TRACKING ON OPTIN REDIRECT 2", "+OK\r\n");
    EXPECT(f, "CLIENT GETREDIR", ":2\r\n");
    CU_ASSERT(contains(ask(f, "CLIENT INFO"), " flags=t "));
    CU_ASSERT(contains(ask(f, "CLIENT INFO"), " redir=2 "));
    EXPECT(f, "CLIENT CACHING YES", "+OK\r\n");
    CU_ASSERT(contains(ask(f, "CLIENT TRACKINGINFO"),
                       "*3\r\n$2\r\non\r\n$5\r\noptin\r\n$11\r\ncaching-yes\r\n"));
    EXPECT(f, "CLIENT TRACKING OFF", "+OK\r\n");
    EXPECT(f, "CLIENT GETREDIR", ":-1\r\n");
    CU_ASSERT(contains(ask(f, "CLIENT INFO"), " flags=N "));
    tear_down(f);
}

static void test_client_modes(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "CLIENT REPLY foo", "-ERR syntax error\r\n");
    EXPECT(f, "CLIENT REPLY OFF", "");
    EXPECT(f, "PING", "");
    EXPECT(f, "CLIENT REPLY ON", "+OK\r\n");
    EXPECT(f, "CLIENT NO-EVICT on", "+OK\r\n");
    CU_ASSERT(contains(ask(f, "CLIENT INFO"), " flags=e "));
    EXPECT(f, "CLIENT PAUSE 100000", "+OK\r\n");
    EXPECT(f, "PING", "+PONG\r\n");
    EXPECT(f, "CLIENT UNPAUSE", "+OK\r\n");
    EXPECT(f, "CLIENT UNBLOCK 2", ":0\r\n");
    EXPECT(f, "COMMAND GETKEYS ping x", "-ERR The command has no key arguments\r\n");
    EXPECT(f, "COMMAND GETKEYS foo x", "-ERR Invalid command specified\r\n");
    tear_down(f);
}

static const struct unit_case cases[] = {
    { "the connection", test_session },
    { "HELLO", test_hello },
    { "CLIENT", test_client },
    { "the table of commands", test_table },
    { "pub/sub", test_pubsub },
    { "addresses", test_addresses },
    { "the map of a master", test_map_of_master },
    { "the map of a replica", test_map_of_replica },
    { "the map of a peer", test_map_of_peer },
    { "unknown groups", test_unknown_group },
    { "CKQUORUM", test_ckquorum },
    { "INFO", test_info },
    { "CONFIG GET", test_config_get },
    { "CONFIG SET", test_config_set },
    { "DEBUG", test_debug },
    { "SIMULATE-FAILURE", test_simulate_failure },
    { "PICKET PAUSE, MAINTENANCE, FORGET", test_operate },
    { "INFO-CACHE", test_info_cache },
    { "CLIENT TRACKING", test_tracking },
    { "CLIENT REPLY and others", test_client_modes },
};

int main(void)
{
    return unit_main("admin", cases, sizeof(cases) / sizeof(cases[0]));
}
