#include "tests/unit/import_drive.h"

/* --- what comes out ----------------------------------------------------------------------- */

static void test_everything(void)
{
    static const char text[] =
        "# a comment\n"
        "sentinel known-replica m 10.0.0.2 6379\n" /* in no order */
        "sentinel leader-epoch m 7\n"
        "  SENTINEL Auth-Pass m \"p\\x41 \\\"\\\\\" \r\n"
        "sentinel auth-user m 'bo b'\n"
        "sentinel known-slave m ::1 6380\n"
        "port 5000\nbind 10.0.0.9\nmaxclients 100\nloglevel WARNING\nrequirepass top\n"
        "aclfile users.acl\ndir /var/lib/redis\n"
        "sentinel deny-scripts-reconfig no\nsentinel announce-hostnames yes\n"
        "sentinel announce-ip 192.0.2.1\nsentinel announce-port 7000\n"
        "sentinel sentinel-user su\nsentinel sentinel-pass sp\nsentinel resolve-hostnames yes\n"
        "sentinel down-after-milliseconds m 05000\nsentinel failover-timeout m 60000\n"
        "sentinel parallel-syncs m 3\nsentinel notification-script m /bin/n\n"
        "sentinel client-reconfig-script m bin/c\nsentinel rename-command m CONFIG cfg\n"
        "sentinel rename-command m SLAVEOF s2\n"
        "sentinel primary-reboot-down-after-period m 1000\n"
        "sentinel config-epoch m 6\nsentinel current-epoch 5\nsentinel myid " ID "\n"
        "sentinel known-sentinel m 10.0.0.8 26379 \"" ID2 "\"\n"
        "sentinel monitor m 10.0.0.1 6379 2\nsentinel monitor n db.example 6380 1\n"
        "daemonize yes\n";
    static const char wanted[] =
        "# Made by picketd --import. Every option is explained in the sample picketd.conf.\n"
        "# Passwords stand here: keep this file readable for picketd alone.\n"
        "\n"
        "listen = { host = \"10.0.0.9\"; port = 5000; };\n"
        "announce = { host = \"192.0.2.1\"; port = 7000; };\n"
        "# For what is learnt and must survive a restart: Sentinel kept it in its "
        "configuration.\n"
        "state_dir = \"/var/lib/picket\";\n"
        "announce_hostnames = true;\n"
        "log_level = \"warning\";\n"
        "maxclients = 100;\n"
        "deny_scripts_reconfig = false;\n"
        "requirepass = \"top\";\n"
        "acl_file = \"/var/lib/redis/users.acl\";\n"
        "sentinel_user = \"su\";\n"
        "sentinel_pass = \"sp\";\n"
        "\n"
        "groups = (\n"
        "    {\n"
        "        name = \"m\";\n"
        "        host = \"10.0.0.1\";\n"
        "        port = 6379;\n"
        "        quorum = 2;\n"
        "        down_after_ms = 5000;\n"
        "        failover_timeout_ms = 60000;\n"
        "        parallel_syncs = 3;\n"
        "        master_reboot_down_after_ms = 1000;\n"
        "        auth_user = \"bo b\";\n"
        "        auth_pass = \"pA \\\"\\\\\";\n"
        "        notification_script = \"/bin/n\";\n"
        "        client_reconfig_script = \"/var/lib/redis/bin/c\";\n"
        "        rename_commands = \"CONFIG=cfg SLAVEOF=s2\";\n"
        "    },\n"
        "    {\n"
        "        name = \"n\";\n"
        "        host = \"db.example\";\n"
        "        port = 6380;\n"
        "        quorum = 1;\n"
        "    }\n"
        ");\n"
        "\n"
        "# What Sentinel had learnt. It is read when state_dir is empty, at the first start, and "
        "may be deleted then.\n"
        "seed = {\n"
        "    myid = \"" ID "\";\n"
        "    current_epoch = \"7\";\n"
        "    groups = (\n"
        "        {\n"
        "            name = \"m\";\n"
        "            config_epoch = \"6\";\n"
        "            leader_epoch = \"7\";\n"
        "            replicas = ( \"10.0.0.2:6379\", \"[::1]:6380\" );\n"
        "            sentinels = (\n"
        "                { host = \"10.0.0.8\"; port = 26379; runid = \"" ID2 "\"; } );\n"
        "        },\n"
        "        {\n"
        "            name = \"n\";\n"
        "            config_epoch = \"0\";\n"
        "            leader_epoch = \"0\";\n"
        "            replicas = ( );\n"
        "            sentinels = ( );\n"
        "        }\n"
        "    );\n"
        "};\n"
        "\n"
        "# not carried over: `dir /var/lib/redis`: picketd stays where it was started; what it "
        "writes goes to state_dir\n"
        "# not carried over: `daemonize yes`: picketd is run by systemd\n";

    CU_ASSERT(convert(text));
    CU_ASSERT_STRING_EQUAL(said, "");
    CU_ASSERT_STRING_EQUAL(buf_text(&result), wanted);
    if (strcmp(buf_text(&result), wanted) != 0)
        printf("%s", buf_text(&result));
}

static void test_defaults(void)
{
    CU_ASSERT(convert(""));
    CU_ASSERT(result_has("listen = { host = \"*\"; port = 26379; };\n"));
    CU_ASSERT(result_has("groups = (\n);\n"));
    CU_ASSERT_FALSE(result_has("announce"));
    CU_ASSERT_FALSE(result_has("log_level"));
    /* No past, no seed. */
    CU_ASSERT(convert(MON));
    CU_ASSERT_FALSE(result_has("seed"));
    CU_ASSERT_FALSE(result_has("Passwords"));
    check_has(MON "sentinel myid " ID "\n", "seed = {\n    myid = \"" ID "\";\n");
    CU_ASSERT(convert("sentinel announce-ip \"\"\nsentinel announce-port 0\n"));
    CU_ASSERT_FALSE(result_has("announce"));
    check_has("sentinel announce-port 7\n", "announce = { port = 7; };\n");
    check_has("sentinel announce-ip h\n", "announce = { host = \"h\"; };\n");
    check_has("sentinel resolve-hostnames no\n", "resolve_hostnames = false;\n");
    check_has("loglevel debug\nloglevel verbose\n", "log_level = \"verbose\";\n");
}

static void test_epochs(void)
{
    check_has(MON "sentinel current-epoch 9\nsentinel current-epoch 3\nsentinel config-epoch m 4\n",
              "current_epoch = \"9\"");
    check_has(MON "sentinel config-epoch m 12\n", "current_epoch = \"12\"");
    check_has(MON "sentinel leader-epoch m 4611686018427387904\n",
              "leader_epoch = \"4611686018427387904\"");
    check_bad("sentinel current-epoch 4611686018427387905\n",
              "s.conf:1: sentinel current-epoch: 4611686018427387905 was not reached by elections "
              "but forged, and leaves no room for them: lower it in the files of all Sentinels\n");
    check_bad(MON "sentinel leader-epoch m -1\n",
              "s.conf:2: sentinel leader-epoch: \"-1\" is no epoch, allowed are whole numbers from "
              "0 on\n");
}

/* Sentinel shows its peers its own password, without a user, when it has no other. */
static void test_peer_password(void)
{
    CU_ASSERT(convert("requirepass top\nsentinel sentinel-user su\n"));
    CU_ASSERT(result_has("sentinel_pass = \"top\";\n"));
    CU_ASSERT_FALSE(result_has("sentinel_user"));
    CU_ASSERT(convert("sentinel sentinel-pass sp\n"));
    CU_ASSERT(result_has("sentinel_pass = \"sp\";\n"));
    CU_ASSERT_FALSE(result_has("requirepass"));
}

static void test_merged(void)
{
    CU_ASSERT(convert(MON "sentinel known-replica m 10.0.0.2 6379\n"
                          "sentinel known-slave m 10.0.0.2 06379\n"
                          "sentinel known-replica m 10.0.0.1 6379\n"
                          "sentinel known-sentinel m 10.0.0.8 26379 " ID2 "\n"
                          "sentinel known-sentinel m 10.0.0.8 26379 " ID2 "\n"
                          "sentinel known-sentinel m 10.0.0.9 26379 " ID "\n"
                          "sentinel known-sentinel m 10.0.0.7 26379\n"
                          "sentinel myid " ID "\n"));
    CU_ASSERT(result_has("replicas = ( \"10.0.0.2:6379\" );\n"));
    CU_ASSERT(result_has("26379; runid = \"" ID2 "\"; } );\n"));
    CU_ASSERT(result_has("# not carried over: `sentinel known-slave m 10.0.0.2 06379`: merged with "
                         "the line that says the same\n"));
    CU_ASSERT(result_has("known-replica m 10.0.0.1 6379`: this is the primary\n"));
    CU_ASSERT(result_has("10.0.0.8 26379 " ID2 "`: merged with the line that says the same\n"));
    CU_ASSERT(result_has("10.0.0.9 26379 " ID "`: this is the supervisor itself\n"));
    CU_ASSERT(result_has("10.0.0.7 26379`: it has no run id; the supervisor will be found again"));
}

/* --- generic directives ------------------------------------------------------------------- */

/* All that Redis 7.0 has, and some of what came later: none is unknown. */
static void test_names(void)
{
    static const char names[] =
        "cluster-slave-validity-factor hz replica-announce-port socket-mark-id activedefrag "
        "set-proc-title tls-dh-params-file timeout slave-ignore-maxmemory "
        "slave-serve-stale-data tls-prefer-server-ciphers tls-session-cache-size ignore-warnings "
        "active-defrag-cycle-min tls-ca-cert-dir crash-memcheck-enabled masterauth "
        "bind-source-addr proc-title-template syslog-ident daemonize slowlog-max-len "
        "repl-disable-tcp-nodelay hash-max-listpack-entries propagation-error-behavior tls-port "
        "min-replicas-to-write unixsocketperm maxmemory-policy lazyfree-lazy-server-del "
        "appendonly min-slaves-max-lag no-appendfsync-on-rewrite tcp-backlog acl-pubsub-default "
        "zset-max-ziplist-value client-query-buffer-limit list-max-listpack-size appendfilename "
        "appenddirname slaveof rdbchecksum rdb-save-incremental-fsync rdb-del-sync-files "
        "slave-announce-ip always-show-logo latency-tracking-info-percentiles lfu-decay-time "
        "client-output-buffer-limit enable-debug-command aof_rewrite_cpulist io-threads "
        "aof-use-rdb-preamble crash-log-enabled jemalloc-bg-thread lua-time-limit "
        "activerehashing tls-auth-clients stream-node-max-bytes maxmemory tls-cert-file "
        "lazyfree-lazy-user-flush dynamic-hz unixsocket shutdown-timeout oom-score-adj-values "
        "cluster-enabled sanitize-dump-payload databases logfile stop-writes-on-bgsave-error "
        "hash-max-ziplist-entries pidfile tls-replication acllog-max-len bgsave_cpulist "
        "disable-thp tls-client-key-file-pass masteruser proto-max-bulk-len active-expire-effort "
        "slave-read-only auto-aof-rewrite-min-size server_cpulist hll-sparse-max-bytes "
        "bio_cpulist busy-reply-threshold latency-tracking set-max-intset-entries appendfsync "
        "oom-score-adj tls-client-key-file save replica-read-only aof-disable-auto-gc supervised "
        "tcp-keepalive maxmemory-clients replica-announced shutdown-on-sigint "
        "list-compress-depth tracking-table-max-keys notify-keyspace-events dbfilename "
        "io-threads-do-reads repl-diskless-sync-delay slowlog-log-slower-than "
        "latency-monitor-threshold min-io-threads-avoid-copy-reply locale-collate replicaof "
        "primaryauth primaryuser commandlog-execution-slower-than events-per-io-thread "
        "log-format log-timestamp-format dual-channel-replication-enabled import-mode "
        "hide-user-data-from-log rdma-port mptcp max-new-tls-connections-per-cycle "
        "prefetch-batch-max-size availability-zone enable-debug-assert "
        "extended-redis-compatibility "
        "unixsocketgroup loadmodule loadmodule-ex cluster-node-timeout debug-context "
        "rdb-version-check set-max-listpack-value lazyfree-lazy-eviction server-cpulist";
    char line[128];
    for (const char *p = names; *p; p += strspn(p, " ")) {
        int n = (int)strcspn(p, " ");
        snprintf(line, sizeof(line), "%.*s no\n", n, p);
        p += n;
        CU_ASSERT(convert(line));
        CU_ASSERT(result_has("# not carried over: `"));
        if (said[0])
            printf("%s", said);
    }
    check_bad("bogus 1\n", "s.conf:1: bogus: no directive of Redis or Valkey has this name\n");
    check_bad("\"\" 1\n", "s.conf:1: no directive of Redis or Valkey has this name\n");
}

static void test_reasons(void)
{
    check_has("Daemonize yes\n", "# not carried over: `Daemonize yes`: picketd is run by systemd");
    check_has("latency-tracking-info-percentiles 50 99\n", "`: picketd has measurements of its");
    check_has("io-threads 4\n", "`: picketd has one thread");
    check_has("maxmemory 1gb\n", "`: a setting of data nodes");
    check_has("tls-cert-file /x\n", "`tls-cert-file /x`: TLS is not on here");
    check_has("masterauth secret\n", "# not carried over: `masterauth ******`: ");
    check_has("tls-key-file-pass secret\n", "# not carried over: `tls-key-file-pass ******`: ");
    check_has("tls-port 0\n", "`tls-port 0`: this is off anyway");
    check_has("logfile \"a\x01z\"\n", "`logfile \"a?z\"`: ");
    check_bad("tls-port 26380\n",
              "s.conf:1: tls-port: cannot be carried over: picketd does not listen with TLS\n");
    check_bad("tls-replication yes\n", "s.conf:1: tls-replication: cannot be carried over: picketd "
                                       "does not connect with TLS\n");
    check_bad("unixsocket /s\n",
              "s.conf:1: unixsocket: cannot be carried over: picketd listens on TCP alone\n");
    check_bad("rename-command SHUTDOWN \"\"\n",
              "s.conf:1: rename-command: cannot be carried over: picketd's own commands have fixed "
              "names; take rights away with users instead\n");
}

static void test_bind(void)
{
    static const char *const cases[][2] = {
        { "bind 127.0.0.1\n", "127.0.0.1" },
        { "bind *\n", "*" },
        { "bind * -::*\n", "*" },
        { "bind 0.0.0.0\n", "0.0.0.0" },
        { "bind 0.0.0.0 ::\n", "*" },
        { "bind ::\n", "::" },
        { "bind -::*\n", "*" },
        { "bind 127.0.0.1 ::1\n", "127.0.0.1" },
        { "bind 127.0.0.1 -::1\n", "127.0.0.1" },
        { "bind -::1 10.0.0.1\n", "10.0.0.1" },
        { "bind 10.0.0.1 *\n", "*" },
        { "bind 10.0.0.1\nbind 10.0.0.2\n", "10.0.0.2" },
        { "protected-mode yes\n", "127.0.0.1" },
        { "protected-mode yes\nrequirepass x\n", "*" },
        { "protected-mode no\n", "*" },
        { "protected-mode yes\nprotected-mode no\n", "*" },
    };
    char wanted[64];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(wanted, sizeof(wanted), "listen = { host = \"%s\"; port = 26379; };\n",
                 cases[i][1]);
        check_has(cases[i][0], wanted);
    }
    check_has("bind 127.0.0.1 -::1\n", "`bind 127.0.0.1 -::1`: all but 127.0.0.1: picketd");
    check_bad("bind 10.0.0.1 127.0.0.1\n",
              "s.conf:1: bind: cannot be carried over: picketd listens on one address, or on all; "
              "leave one here, or *\n");
    check_bad("bind\n", "s.conf:1: bind: \"\" can be no address to listen on\n");
    check_bad("bind \"\"\n", "s.conf:1: bind: \"\" can be no address to listen on\n");
    check_bad("bind \"a b\"\n", "s.conf:1: bind: \"a b\" can be no address to listen on\n");
}

#define NOT_DEFAULT                                                                                \
    "user: cannot be carried over: it is not the default user with all rights and the password "   \
    "of requirepass; move it to the file that aclfile names\n"

static void test_users(void)
{
    static const char hash[] = "ade48dac17282c71be6f26c304ff3a4ec2109c307ee4dbf235f2eeb80c6377ed";
    char text[256];
    check_has("user default on nopass ~* &* +@all\n", "# not carried over: `user ******`: the");
    check_has("user default on nopass sanitize-payload ~* &* +@all\n", "`user ******`");
    snprintf(text, sizeof(text), "user default on #%s ~* &* +@all\nrequirepass \"se cret\"\n",
             hash);
    check_has(text, "requirepass = \"se cret\";");
    snprintf(text, sizeof(text), "user default on #%s ~* &* +@all\n", hash);
    check_bad(text, "s.conf:1: " NOT_DEFAULT);
    snprintf(text, sizeof(text), "user default on #%s ~* &* +@all\nrequirepass other\n", hash);
    check_bad(text, "s.conf:1: " NOT_DEFAULT);
    check_bad("requirepass x\nuser default on nopass ~* &* +@all\n", "s.conf:2: " NOT_DEFAULT);
    check_bad("user default off nopass ~* &* +@all\n", "s.conf:1: " NOT_DEFAULT);
    check_bad("user default on nopass ~* &* +@all -@admin\n", "s.conf:1: " NOT_DEFAULT);
    check_bad("user bob on >x +@all\n",
              "s.conf:1: user: cannot be carried over: users stand in a file, as `aclfile` names "
              "it; move the lines `user ...` there\n");
}

static void test_include(void)
{
    struct import *im = import_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(im);
#define LINE(text) import_line(im, "s.conf", 1, slice_str(text))
    CU_ASSERT_PTR_NULL(LINE("port 1"));
    CU_ASSERT_PTR_NULL(LINE("# include x"));
    CU_ASSERT_STRING_EQUAL(LINE("Include \"x y.conf\""), "x y.conf");
    CU_ASSERT_PTR_NULL(LINE("dir d"));
    CU_ASSERT_STRING_EQUAL(LINE("include x"), "d/x");
    CU_ASSERT_PTR_NULL(LINE("dir e"));
    CU_ASSERT_STRING_EQUAL(LINE("include x"), "d/e/x");
    CU_ASSERT_PTR_NULL(LINE("dir /f"));
    CU_ASSERT_STRING_EQUAL(LINE("include x*"), "/f/x*");
    CU_ASSERT_STRING_EQUAL(LINE("include /x"), "/x");
    CU_ASSERT_STRING_EQUAL(import_errors(im), "");
    CU_ASSERT_PTR_NULL(LINE("include"));
    CU_ASSERT_STRING_EQUAL(import_errors(im), "s.conf:1: include: takes 1 value, here are 0; one "
                                              "with spaces needs quotes\n");
#undef LINE
    import_fail(im, "other.conf", 0, "cannot be read: %s", "x");
    CU_ASSERT_PTR_NOT_NULL(strstr(import_errors(im), "\nother.conf: cannot be read: x\n"));
    import_free(im);
    check_bad(MON "sentinel notification-script m n.sh\n",
              "s.conf:2: sentinel notification-script: \"n.sh\" depends on where Sentinel was "
              "started, allowed is a whole path\n");
}

/* --- what is refused ---------------------------------------------------------------------- */

static void test_errors(void)
{
    static const char *const cases[][2] = {
        { "port 0\n",
          "s.conf:1: port: \"0\" is not allowed, allowed are whole numbers from 1 to 65535\n" },
        { "\n\nport 65536\n",
          "s.conf:3: port: \"65536\" is not allowed, allowed are whole numbers from 1 to 65535\n" },
        { "port 1 2\n",
          "s.conf:1: port: takes 1 value, here are 2; one with spaces needs quotes\n" },
        { "maxclients 1x\n",
          "s.conf:1: maxclients: \"1x\" is not allowed, allowed are whole numbers from 1 to "
          "65000\n" },
        { "loglevel loud\n", "s.conf:1: loglevel: \"loud\" is not allowed, allowed are debug, "
                             "verbose, notice, warning, nothing\n" },
        { "port \"1\n", "s.conf:1: unbalanced quotes: a quote has no end, or something but a blank "
                        "behind it\n" },
        { "sentinel\n", "s.conf:1: sentinel: Sentinel has no such directive\n" },
        { "sentinel bogus x\n", "s.conf:1: sentinel bogus: Sentinel has no such directive\n" },
        { "sentinel myid abc\n", "s.conf:1: sentinel myid: \"abc\" is no run id, allowed are 40 "
                                 "letters and digits\n" },
        { "sentinel resolve-hostnames maybe\n", "s.conf:1: sentinel resolve-hostnames: \"maybe\" "
                                                "is not allowed, allowed are no, yes\n" },
        { "sentinel announce-port 65536\n",
          "s.conf:1: sentinel announce-port: \"65536\" is not allowed, allowed are whole numbers "
          "from 0 to 65535\n" },
        { "sentinel announce-ip \"a b\"\n",
          "s.conf:1: sentinel announce-ip: \"a b\" can be no host\n" },
        { "sentinel monitor m 10.0.0.1 6379\n", "s.conf:1: sentinel monitor: takes 4 values, here "
                                                "are 3; one with spaces needs quotes\n" },
        { "sentinel monitor m 10.0.0.1 0 2\n",
          "s.conf:1: sentinel monitor: \"0\" is not allowed, allowed are whole numbers from 1 to "
          "65535\n" },
        { "sentinel monitor m 10.0.0.1 6379 0\n",
          "s.conf:1: sentinel monitor: \"0\" is not allowed, allowed are whole numbers from 1 to "
          "1000\n" },
        { "sentinel monitor m \"a,b\" 6379 2\n",
          "s.conf:1: sentinel monitor: \"a,b\" can be no host\n" },
        { "sentinel monitor \"a b\" h 6379 2\n",
          "s.conf:1: sentinel monitor: \"a b\" can be no group's name, allowed are 1 to 128 "
          "printable characters without space, comma and quotes\n" },
        { "sentinel resolve-hostnames no\nsentinel monitor m db 6379 2\n",
          "s.conf:2: sentinel monitor: \"db\" is a name, allowed are addresses while "
          "resolve-hostnames is off\n" },
        { MON "sentinel monitor m 10.0.0.2 6379 2\n",
          "s.conf:2: sentinel monitor: \"m\" is monitored already, at s.conf:1\n" },
        { MON "sentinel monitor n 10.0.0.1 6379 2\n",
          "s.conf:2: sentinel monitor: 10.0.0.1:6379 is the primary of \"m\" too, allowed is one "
          "group for an address\n" },
        { MON "sentinel quorum m 2\n", "s.conf:2: sentinel quorum: Sentinel has no such "
                                       "directive\n" },
        { "sentinel parallel-syncs m 1\n",
          "s.conf:1: sentinel parallel-syncs: no group \"m\" is monitored\n" },
        { MON "sentinel parallel-syncs m 0\n",
          "s.conf:2: sentinel parallel-syncs: \"0\" is not allowed, allowed are whole numbers from "
          "1 to 1000\n" },
        { MON "sentinel auth-user m bob x\n", "s.conf:2: sentinel auth-user: takes 2 values, here "
                                              "are 3; one with spaces needs quotes\n" },
        { MON "sentinel auth-pass m \"top\\nsecret\"\n",
          "s.conf:2: sentinel auth-pass: this value holds a control character, which is not "
          "allowed\n" },
        { MON "sentinel auth-user m \"a\\x00b\"\n",
          "s.conf:2: sentinel auth-user: this value holds a control character, which is not "
          "allowed\n" },
        { MON "sentinel rename-command m CONFIG \"\"\n",
          "s.conf:2: sentinel rename-command: allowed are names without space and =, 255 bytes "
          "for all together\n" },
        { MON "sentinel rename-command m CONFIG a\nsentinel rename-command m config b\n",
          "s.conf:3: sentinel rename-command: \"config\" has been renamed already\n" },
        { MON "sentinel known-replica m 10.0.0.2 x\n",
          "s.conf:2: sentinel known-replica: \"x\" is not allowed, allowed are whole numbers from "
          "1 to 65535\n" },
        { MON "sentinel known-sentinel m 10.0.0.2 1 " ID
              "\nsentinel known-sentinel m 10.0.0.2 2 " ID "\n",
          "s.conf:3: sentinel known-sentinel: the run id " ID " has two addresses\n" },
        { MON "sentinel known-sentinel m 10.0.0.2 1 x\n",
          "s.conf:2: sentinel known-sentinel: \"x\" is no run id, allowed are 40 letters and "
          "digits\n" },
        /* One run tells of all. */
        { "port 0\nmaxclients 0\n",
          "s.conf:1: port: \"0\" is not allowed, allowed are whole numbers from 1 to 65535\n"
          "s.conf:2: maxclients: \"0\" is not allowed, allowed are whole numbers from 1 to "
          "65000\n" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_bad(cases[i][0], cases[i][1]);
    CU_ASSERT_FALSE(convert_slice((struct slice){ "port\0 1", 7 }));
    CU_ASSERT_STRING_EQUAL(said, "s.conf:1: holds a zero byte, allowed is text\n");
}

/* No error shows a password, whatever is wrong with it. */
static void test_secrets(void)
{
    static const char *const names[] = { "auth-pass m", "sentinel-pass", "requirepass" };
    char text[1024];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *sentinel = strcmp(names[i], "requirepass") ? "sentinel " : "";
        snprintf(text, sizeof(text), MON "%s%s \"hush\\x01\"\n", sentinel, names[i]);
        CU_ASSERT_FALSE(convert(text));
        CU_ASSERT_PTR_NULL(strstr(said, "hush"));
        snprintf(text, sizeof(text), MON "%s%s hush hush\n", sentinel, names[i]);
        CU_ASSERT_FALSE(convert(text));
        CU_ASSERT_PTR_NULL(strstr(said, "hush"));
        snprintf(text, sizeof(text), MON "%s%s hush%0300d\n", sentinel, names[i], 0);
        CU_ASSERT_FALSE(convert(text));
        CU_ASSERT_PTR_NULL(strstr(said, "hush"));
    }
    CU_ASSERT_FALSE(convert("user bob on >hush\n"));
    CU_ASSERT_PTR_NULL(strstr(said, "hush"));
    CU_ASSERT_FALSE(convert("user default on >hush\n"));
    CU_ASSERT_PTR_NULL(strstr(said, "hush"));
}

/* COUNT lines made with a FORMAT that takes a number. */
static bool convert_many(const char *head, const char *format, int count)
{
    struct buf text = { 0 };
    buf_append_str(&text, head);
    for (int i = 0; i < count; i++) {
        char line[256];
        snprintf(line, sizeof(line), "sentinel %s %s%d %d%s\n", format, "10.0.0.", i / 200 + 2,
                 1 + i % 200, "");
        buf_append_str(&text, line);
    }
    bool done = convert_slice(buf_slice(&text));
    buf_done(&text);
    return done;
}

static void test_limits(void)
{
    CU_ASSERT(convert_many(MON, "known-replica m", 127));
    CU_ASSERT_FALSE(convert_many(MON, "known-replica m", 128));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "s.conf:129: sentinel known-replica: too many replicas of "
                                        "\"m\", allowed are 127\n"));
    CU_ASSERT_FALSE(convert_many("", "bogus", 150));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "\nand 50 errors more\n"));
    CU_ASSERT_PTR_NULL(strstr(said, "s.conf:101:"));

    struct buf text = { 0 };
    for (int i = 0; i < 4096; i++)
        buf_printf(&text, "sentinel monitor g%d 10.0.%d.%d 6379 2\n", i, i / 200, i % 200);
    CU_ASSERT(convert_slice(buf_slice(&text)));
    buf_append_str(&text, "sentinel monitor more 10.1.0.1 6379 2\n");
    CU_ASSERT_FALSE(convert_slice(buf_slice(&text)));
    CU_ASSERT_STRING_EQUAL(said,
                           "s.conf:4097: sentinel monitor: too many groups, allowed are 4096\n");
    buf_done(&text);
}

static const struct unit_case cases[] = {
    { "every directive, in any order", test_everything },
    { "defaults", test_defaults },
    { "epochs", test_epochs },
    { "the password for peers", test_peer_password },
    { "lines that say the same are merged", test_merged },
    { "knows the directives of servers", test_names },
    { "says why something is left out", test_reasons },
    { "bind and protected-mode", test_bind },
    { "users", test_users },
    { "include and dir", test_include },
    { "errors", test_errors },
    { "no secrets in errors", test_secrets },
    { "limits", test_limits },
};

int main(void)
{
    int status = unit_main("import", cases, sizeof(cases) / sizeof(cases[0]));
    buf_done(&result);
    return status;
}
