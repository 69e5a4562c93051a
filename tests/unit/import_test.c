#include "sentinel/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/import_words.h"
#include "wire/sha256.h"
#include "tests/unit/unit.h"
#include "wire/prng.h"

#define ID  "60a3515785622521ebae310b7763c7d10272c4ad"
#define ID2 "60a3515785622521ebae310b7763c7d10272c4ae"
#define MON "sentinel monitor m 10.0.0.1 6379 2\n"

static struct buf result; /* of the last convert() */
static char said[65536];  /* its errors */

/* Hand over all lines of the text. */
static void feed(struct import *im, struct slice text)
{
    for (unsigned line = 1; text.n > 0; line++) {
        const char *nl = memchr(text.p, '\n', text.n);
        size_t n = nl ? (size_t)(nl - text.p) : text.n;
        import_line(im, "s.conf", line, (struct slice){ text.p, n });
        n += nl != NULL;
        text.p += n;
        text.n -= n;
    }
}

/* The text as s.conf; the configuration is left in `result`, errors in `said`. */
static bool convert_slice(struct slice text)
{
    struct import *im = import_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(im);
    buf_done(&result);
    feed(im, text);
    bool done = import_finish(im, &result);
    snprintf(said, sizeof(said), "%s", import_errors(im));
    CU_ASSERT_EQUAL(done, said[0] == '\0');
    CU_ASSERT_EQUAL(done, buf_used(&result) > 0);
    import_free(im);
    return done;
}

static bool convert(const char *text)
{
    return convert_slice(slice_str(text));
}

static bool result_has(const char *text)
{
    return strstr(buf_text(&result), text) != NULL;
}

/* The text must give a configuration that holds WANTED. */
static void check_has(const char *text, const char *wanted)
{
    bool good = convert(text) && result_has(wanted);
    CU_ASSERT(good);
    if (!good)
        printf("of:     %s\nsaid:   %s\ngot:    %s\nwanted: %s\n", text, said, buf_text(&result),
               wanted);
}

/* The text must be refused with exactly these errors. */
static void check_bad(const char *text, const char *wanted)
{
    bool good = !convert(text) && strcmp(said, wanted) == 0;
    CU_ASSERT(good);
    if (!good)
        printf("of:     %s\nsaid:   %s\nwanted: %s\n", text, said, wanted);
}

/* --- words and digests -------------------------------------------------------------------- */

/* The words, joined by |; "!" when the line cannot be taken apart. */
static void check_words(const char *line, const char *wanted)
{
    struct import_words words;
    char got[256] = "!";
    size_t n = 0;
    if (import_words_split(&words, slice_str(line)) == IMPORT_WORDS_GOOD) {
        got[0] = '\0';
        for (size_t i = 0; i < words.n; i++)
            n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.*s", i ? "|" : "",
                                  (int)words.list[i].n, words.list[i].p);
        import_words_done(&words);
    }
    CU_ASSERT_STRING_EQUAL(got, wanted);
    if (strcmp(got, wanted) != 0)
        printf("of: %s\ngot: %s\n", line, got);
}

static void test_words(void)
{
    check_words("", "");
    check_words(" a  b\tc\r", "a|b|c");
    check_words("\"a b\" 'c d'", "a b|c d");
    check_words("\"\" ''", "|");
    check_words("\"\\x41\\x7a\\xzz\\x4\"", "Azxzzx4");
    check_words("\"\\n\\r\\t\\a\\b\\q\\\\\\\"\"", "\n\r\t\a\bq\\\"");
    check_words("'\\n\\'\\\\ '", "\\n'\\\\ ");
    check_words("'a\\\\'", "!"); /* the second backslash belongs to the quote */
    check_words("a\\x41", "a\\x41");
    check_words("a\"b c\"", "ab c");
    check_words("a\\'b'", "a\\b");
    check_words("\"a\"b", "!");
    check_words("'a'b", "!");
    check_words("\"a", "!");
    check_words("'a", "!");
    check_words("\"a\\", "!");
    check_words("\"a\\\"", "!");
    check_words("\"\\x4", "!");
    check_words("'a\\'", "!");
    check_words("passA\"x", "!");
}

static void test_digest(void)
{
    char hex[SHA256_HEX_LEN + 1];
    char text[129];
    memset(text, 'a', sizeof(text));
    sha256_hex(slice_str(""), hex);
    CU_ASSERT_STRING_EQUAL(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex(slice_str("abc"), hex);
    CU_ASSERT_STRING_EQUAL(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    /* Where the length still fits into the last block, and where it does not. */
    sha256_hex((struct slice){ text, 55 }, hex);
    CU_ASSERT_STRING_EQUAL(hex, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    sha256_hex((struct slice){ text, 56 }, hex);
    CU_ASSERT_STRING_EQUAL(hex, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
    sha256_hex((struct slice){ text, 64 }, hex);
    CU_ASSERT_STRING_EQUAL(hex, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

/* Cases of RFC 4231: a short key, none, one that is longer than a block. */
static void test_hmac(void)
{
    char hex[SHA256_HEX_LEN + 1];
    char key[131];

    CU_ASSERT_TRUE(
        sha256_hmac_hex(slice_str("Jefe"), slice_str("what do ya want for nothing?"), hex));
    CU_ASSERT_STRING_EQUAL(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CU_ASSERT_TRUE(sha256_hmac_hex(slice_str(""), slice_str(""), hex));
    CU_ASSERT_STRING_EQUAL(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    memset(key, 0xaa, sizeof key);
    CU_ASSERT_TRUE(sha256_hmac_hex((struct slice){ key, sizeof key },
                                   slice_str("Test Using Larger Than Block-Size Key - Hash Key "
                                             "First"),
                                   hex));
    CU_ASSERT_STRING_EQUAL(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

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

/* --- fuzz --------------------------------------------------------------------------------- */

static const char *const pieces[] = {
    "sentinel ",
    "monitor ",
    "m ",
    "10.0.0.1 ",
    "6379 ",
    "2 ",
    "\n",
    "known-replica ",
    "known-slave ",
    "known-sentinel ",
    ID " ",
    ID2 " ",
    "auth-pass ",
    "\"",
    "'",
    "\\x41",
    "\\",
    "config-epoch ",
    "myid ",
    "current-epoch ",
    "18446744073709551615 ",
    "-1 ",
    "port ",
    "bind ",
    "-::1 ",
    "* ",
    "user default on nopass ~* &* +@all",
    "requirepass ",
    "include ",
    "dir ",
    "/ ",
    ".. ",
    "\t",
    "\r",
    "rename-command ",
    "CONFIG ",
    "loglevel ",
    "debug ",
    "yes ",
    "no ",
    "notification-script ",
    "announce-ip ",
    "announce-port ",
    "parallel-syncs ",
    "1 ",
    "0 ",
    "\xff",
    "\x01",
    "#",
};

/* Whether the configuration can be read line by line: text without control characters, strings that
 * end on their line, or a comment. */
static bool is_well_formed(struct slice text)
{
    bool quoted = false, comment = false, begins = true;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\n') {
            if (quoted)
                return false;
            comment = false;
            begins = true;
            continue;
        }
        if (c < 0x20 || c == 0x7f)
            return false;
        comment |= begins && c == '#';
        begins = false;
        if (comment)
            continue;
        if (c == '\\' && quoted)
            i++;
        else if (c == '"')
            quoted = !quoted;
    }
    return !quoted;
}

/* A text of random pieces and bytes. */
static void make_text(struct prng *prng, struct buf *text)
{
    size_t n = (size_t)prng_between(prng, 0, 80);
    buf_reset(text);
    if (prng_between(prng, 0, 1))
        buf_append_str(text, MON);
    while (n-- > 0) {
        char byte = (char)prng_between(prng, 0, 255);
        if (prng_between(prng, 0, 9) == 0)
            buf_append(text, &byte, 1);
        else
            buf_append_str(text,
                           pieces[prng_between(prng, 0, sizeof(pieces) / sizeof(pieces[0]) - 1)]);
    }
}

static void test_fuzz(void)
{
    struct prng prng;
    struct buf text = { 0 };
    unsigned done = 0;
    prng_seed(&prng, 42);
    for (int i = 0; i < 20000; i++) {
        make_text(&prng, &text);
        /* In memory that ends with the text, so that a byte too far is seen. */
        char *copy = malloc(buf_used(&text) + (buf_used(&text) == 0));
        CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
        memcpy(copy, buf_data(&text), buf_used(&text));
        if (convert_slice((struct slice){ copy, buf_used(&text) })) {
            done++;
            CU_ASSERT(is_well_formed(buf_slice(&result)));
        }
        free(copy);
    }
    /* Both ends are reached. */
    CU_ASSERT(done > 100 && done < 19900);
    buf_done(&text);
}

/* A real file, cut off at every byte, and with every byte changed. */
static void test_damage(void)
{
    static const char real[] =
        "port 36479\nbind 127.0.0.1 -::1\nrequirepass \"se cret\"\n"
        "sentinel monitor m 127.0.0.1 36480 2\nsentinel auth-pass m \"p\\x41\"\n"
        "# Generated by CONFIG REWRITE\nprotected-mode no\nuser default on nopass ~* &* +@all\n"
        "sentinel myid " ID "\nsentinel config-epoch m 3\nsentinel leader-epoch m 3\n"
        "sentinel known-replica m 127.0.0.1 36481\nsentinel known-sentinel m 127.0.0.1 1 " ID2 "\n"
        "sentinel current-epoch 3\n";
    static const char bytes[] = "\0\n\r \t\"'\\x#0a\xff~*-";
    char copy[sizeof(real)];
    for (size_t n = 0; n < sizeof(real); n++) {
        char *cut = malloc(n + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, real, n);
        convert_slice((struct slice){ cut, n });
        free(cut);
    }
    for (size_t i = 0; i + 1 < sizeof(real); i++) {
        for (size_t k = 0; k < sizeof(bytes); k++) {
            memcpy(copy, real, sizeof(copy));
            copy[i] = bytes[k];
            if (convert_slice((struct slice){ copy, sizeof(copy) - 1 }))
                CU_ASSERT(is_well_formed(buf_slice(&result)));
        }
    }
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "quoting and escapes", test_words },
        { "digests of passwords", test_digest },
        { "HMAC", test_hmac },
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
        { "random text", test_fuzz },
        { "a damaged file", test_damage },
    };
    int status = unit_main("import", cases, sizeof(cases) / sizeof(cases[0]));
    buf_done(&result);
    return status;
}
