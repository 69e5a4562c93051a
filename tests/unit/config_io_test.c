/* What a configuration says, the sample, and the seed. */
#include "notify/hook.h"
#include "sentinel/model.h"
#include "sentinel/option_check.h"
#include "sentinel/row.h"
#include "sentinel/seed_io.h"
#include "tests/unit/config_drive.h"

#define SAMPLE "etc/picketd.conf"

static void test_defaults(void)
{
    struct config config;
    CU_ASSERT_EQUAL_FATAL(load(&config, STATE), 0);
    CU_ASSERT_STRING_EQUAL(config.listen.host, "127.0.0.1");
    CU_ASSERT_EQUAL(config.listen.port, 26379);
    CU_ASSERT_STRING_EQUAL(config.state_dir, "/s");
    struct global_conf presets;
    global_conf_init(&presets);
    CU_ASSERT_EQUAL(options_differ(&global_table, &presets, &config.global), 0);
    CU_ASSERT_STRING_EQUAL(config.global.announce_ip, "");
    CU_ASSERT_EQUAL(config.global.announce_port, 0);
    CU_ASSERT_EQUAL(config.global.log_level, 2);
    CU_ASSERT_TRUE(config.deny_scripts_reconfig);
    CU_ASSERT_EQUAL(config.n_voters, 0);
    CU_ASSERT_PTR_NULL(config.seed);
    CU_ASSERT_EQUAL(config.clients_max, CONFIG_CLIENTS_DEFAULT);
    CU_ASSERT_EQUAL(config.n_groups, 0);
    config_done(&config);
}

static void test_everything(void)
{
    struct config config;
    CU_ASSERT_EQUAL_FATAL(
        load(&config, "/* a\ncomment */ listen = { host = \"*\"; port = 5000; };\n"
                      "announce: { host = \"1.2.3.4\"; port = 010; }\n"
                      "log_level = \"debug\"; maxclients = 0x10;\n" STATE "groups = (\n"
                      "  { name = \"orders\"; host = \"db1\"; port = 6379L; quorum = 3;\n"
                      "    down_after_ms = 1000; failover_timeout_ms = 2000; parallel_syncs = 4;\n"
                      "    priority_max_lag_bytes = 5000000000; crash_detection = \"off\";\n"
                      "    auth_user = \"u\"; auth_pass = \"p # /* @include \\\"x\\\"\"; },\n"
                      "  { name = \"carts\"; host = \"db1\"; port = 6380; } );\n"),
        0);
    CU_ASSERT_STRING_EQUAL(config.listen.host, "*");
    CU_ASSERT_EQUAL(config.listen.port, 5000);
    CU_ASSERT_STRING_EQUAL(config.global.announce_ip, "1.2.3.4");
    CU_ASSERT_EQUAL(config.global.announce_port, 10);
    CU_ASSERT_EQUAL(config.global.log_level, 0);
    CU_ASSERT_EQUAL(config.clients_max, 16);
    CU_ASSERT_EQUAL_FATAL(config.n_groups, 2);
    const struct group_decl *group = &config.groups[0];
    CU_ASSERT_STRING_EQUAL(group->name, "orders");
    CU_ASSERT_STRING_EQUAL(group->addr.host, "db1");
    CU_ASSERT_EQUAL(group->addr.port, 6379);
    CU_ASSERT_EQUAL(group->line, 7);
    CU_ASSERT_EQUAL(group->conf.quorum, 3);
    CU_ASSERT_EQUAL(group->conf.down_after_ms, 1000);
    CU_ASSERT_EQUAL(group->conf.failover_timeout_ms, 2000);
    CU_ASSERT_EQUAL(group->conf.parallel_syncs, 4);
    CU_ASSERT_EQUAL(group->conf.priority_max_lag_bytes, INT64_C(5000000000));
    CU_ASSERT_EQUAL(group->conf.crash_detection, 0);
    CU_ASSERT_STRING_EQUAL(group->conf.auth_user, "u");
    CU_ASSERT_STRING_EQUAL(group->conf.auth_pass, "p # /* @include \"x\"");
    CU_ASSERT_STRING_EQUAL(config.groups[1].name, "carts");
    CU_ASSERT_EQUAL(config.groups[1].conf.quorum, 2);
    config_done(&config);
}

/* The settings of the process, each of its tables, spelled in every way there is. */
static void test_global(void)
{
    struct config config;
    CU_ASSERT_EQUAL_FATAL(
        load(&config,
             STATE "announce_ip = \"db1\"; announce_port = 7; resolve_hostnames = \"NO\";\n"
                   "announce_hostnames = true; sentinel_user = \"u\";\n"
                   "sentinel_pass = \"p\"; log_level = \"nothing\";\n"
                   "deny_scripts_reconfig = false;\n"
                   "voters = ( \"" RUNID "\", \"[::1]:26379\" );\n"),
        0);
    CU_ASSERT_STRING_EQUAL(config.global.announce_ip, "db1");
    CU_ASSERT_EQUAL(config.global.announce_port, 7);
    CU_ASSERT_EQUAL(config.global.resolve_hostnames, 0);
    CU_ASSERT_EQUAL(config.global.announce_hostnames, 1);
    CU_ASSERT_STRING_EQUAL(config.global.sentinel_user, "u");
    CU_ASSERT_STRING_EQUAL(config.global.sentinel_pass, "p");
    CU_ASSERT_EQUAL(config.global.log_level, 4);
    CU_ASSERT_FALSE(config.deny_scripts_reconfig);
    CU_ASSERT_EQUAL_FATAL(config.n_voters, 2);
    CU_ASSERT_STRING_EQUAL(config.voters[0].runid, RUNID);
    CU_ASSERT_STRING_EQUAL(config.voters[1].runid, "");
    CU_ASSERT_STRING_EQUAL(config.voters[1].addr.host, "::1");
    CU_ASSERT_EQUAL(config.voters[1].addr.port, 26379);
    config_done(&config);
}

static void test_bad_global(void)
{
    check_bad(
        STATE "resolve_hostnames = 1;",
        "picketd.conf:2: resolve_hostnames: is a whole number, allowed is \"no\" and \"yes\"");
    check_bad(STATE "announce_ip = \"a,b\";",
              "picketd.conf:2: announce_ip: \"a,b\" is not allowed, allowed are strings with an "
              "address or a host name, or empty");
    check_bad(STATE "announce_port = 65536;",
              "picketd.conf:2: announce_port: 65536 is out of range, allowed are 0 to 65535");
    check_bad(
        STATE "announce_port = 1;\nannounce = { port = 1; };",
        "picketd.conf:3: announce: means the same as announce_ip and announce_port, allowed is "
        "one way");
    check_bad(STATE "sentinel_pass = \"hush\\n\";",
              "picketd.conf:2: sentinel_pass: this value is not allowed, allowed are strings of at "
              "most 255 bytes without control characters");
    check_bad(
        STATE "voters = ( \"x\" );",
        "picketd.conf:2: voters[0]: \"x\" is no supervisor, allowed is a string with a run id "
        "or with host:port");
    check_bad(STATE "voters = 3;",
              "picketd.conf:2: voters: is a whole number, allowed is a list: ( ..., ... )");
    check_bad(STATE "resolve_hostnames = false;\ngroups = ( { name = \"a\"; port = 1;\n"
                    "host = \"db1\"; } );",
              "picketd.conf:4: groups[0].host: \"db1\" is a name, allowed are addresses while "
              "resolve_hostnames is off");
    check_bad(
        STATE "groups = ( " GROUP "rename_commands = \"INFO=a info=b\"; } );",
        "picketd.conf:2: groups[0].rename_commands: \"INFO=a info=b\" is not allowed, allowed "
        "are strings with pairs OLD=new separated by spaces, each OLD once");
}

/* --- the seed ----------------------------------------------------------------------------- */

static void test_seed(void)
{
    struct config config;
    CU_ASSERT_EQUAL_FATAL(load(&config, SEED STATE "groups = ( " GROUP "} );\n"), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config.seed);
    CU_ASSERT_STRING_EQUAL(config.seed->runid, RUNID);
    CU_ASSERT_EQUAL(config.seed->current_epoch, 7);
    CU_ASSERT_EQUAL_FATAL(config.seed->n_groups, 1);
    const struct seed_group *group = &config.seed->groups[0];
    CU_ASSERT_EQUAL(group->config_epoch, 5);
    CU_ASSERT_EQUAL(group->leader_epoch, 9);
    CU_ASSERT_EQUAL_FATAL(group->n_replicas, 2);
    CU_ASSERT_STRING_EQUAL(group->replicas[1].host, "::1");
    CU_ASSERT_EQUAL_FATAL(group->n_peers, 1);
    CU_ASSERT_EQUAL(group->peers[0].addr.port, 26379);
    CU_ASSERT_STRING_EQUAL(group->peers[0].runid, PEER);
    config_done(&config);

    CU_ASSERT_EQUAL_FATAL(load(&config, STATE "seed = { };"), 0);
    CU_ASSERT_PTR_NOT_NULL(config.seed);
    config_done(&config);
}

static void test_bad_seed(void)
{
    check_bad(STATE SEED,
              "picketd.conf:3: seed.groups[0]: \"a\" is no name of `groups`, allowed are "
              "those");
    check_bad(
        STATE "seed = { current_epoch = \"9223372036854775808\"; };",
        "picketd.conf:2: seed.current_epoch: \"9223372036854775808\" is no epoch, allowed are "
        "strings with a number below 2^63");
    check_bad(STATE "seed = { current_epoch = 7; };",
              "picketd.conf:2: seed.current_epoch: is a whole number, allowed is strings with a "
              "number below 2^63");
    check_bad(STATE "seed = { myid = \"x\"; };",
              "picketd.conf:2: seed.myid: \"x\" is no run id, allowed is a string with 40 letters "
              "and digits");
    check_bad(STATE "seed = { groups = ( { replicas = ( \"h:1\" ); } ); };",
              "picketd.conf:2: seed.groups[0]: name is missing, it must be there");
    check_bad(
        STATE "seed = { groups = ( { name = \"a\"; replicas = ( \"h:1\", \"h\" ); } ); };",
        "picketd.conf:2: seed.groups[0].replicas[1]: \"h\" is no address, allowed is a string "
        "with host:port");
    check_bad(STATE
              "seed = { groups = ( { name = \"a\"; sentinels = ( { host = \"h\"; } ); } ); };",
              "picketd.conf:2: seed.groups[0].sentinels[0]: port is missing, host, port and runid "
              "must be there");
    check_bad(STATE "seed = { myid = \"" PEER "\"; groups = ( { name = \"a\";\n"
                    "sentinels = ( { host = \"h\"; port = 1; runid = \"" PEER "\"; } ); } ); };\n"
                    "groups = ( " GROUP "} );",
              "picketd.conf:2: seed.groups[0]: sentinels: one has myid, allowed are the others");
    check_bad(STATE "seed = { groups = ( { name = \"a\"; }, { name = \"a\"; } ); };\n"
                    "groups = ( " GROUP "} );",
              "picketd.conf:2: seed.groups[1]: \"a\" stands here twice, allowed is once");
}

struct counted {
    size_t n[16];
    struct row group, vote, node;
    uint64_t epoch;
};

static void count_row(void *arg, const struct row *row)
{
    struct counted *counted = arg;
    counted->n[row->kind]++;
    if (row->kind == ROW_GROUP)
        counted->group = *row;
    if (row->kind == ROW_VOTE)
        counted->vote = *row;
    if (row->kind == ROW_NODE)
        counted->node = *row;
    if (row->kind == ROW_EPOCH)
        counted->epoch = row->epoch;
}

/* A state that is made begins with the seed; one that is there keeps what it has. */
static void test_seeded_state(void)
{
    char text[1024], state_error[STATE_ERROR_MAX];
    static struct counted counted;
    struct config config;
    struct state *state = NULL;

    snprintf(text, sizeof(text), "state_dir = \"%s\";\n" SEED "groups = ( " GROUP "} );\n",
             path_of("state"));
    CU_ASSERT_EQUAL_FATAL(load(&config, text), 0);
    CU_ASSERT_EQUAL_FATAL(seed_open_state(&state, &config, state_error), 0);
    CU_ASSERT_STRING_EQUAL(state_runid(state), RUNID);
    CU_ASSERT_EQUAL(state_load(state, count_row, &counted, state_error), 0);
    CU_ASSERT_EQUAL(counted.epoch, 9); /* no vote is newer than the epoch */
    CU_ASSERT_EQUAL(counted.n[ROW_GROUP], 1);
    CU_ASSERT_EQUAL(counted.group.epoch, 5);
    CU_ASSERT_STRING_EQUAL(counted.group.addr.host, "h");
    CU_ASSERT_TRUE(counted.group.from_file);
    CU_ASSERT_EQUAL(counted.vote.epoch, 9);
    CU_ASSERT_STRING_EQUAL(counted.vote.runid, "");
    CU_ASSERT_EQUAL(counted.n[ROW_NODE], 2);
    CU_ASSERT_EQUAL(counted.n[ROW_PEER], 1);
    state_close(state);

    memcpy(config.seed->runid, PEER, sizeof(config.seed->runid));
    CU_ASSERT_EQUAL_FATAL(seed_open_state(&state, &config, state_error), 0);
    CU_ASSERT_STRING_EQUAL(state_runid(state), RUNID);
    state_close(state);
    config_done(&config);
}

/* --- the sample --------------------------------------------------------------------------- */

/* What the sample must say behind an option: "[preset; what is allowed". */
static void describe(const struct conf_option *option, char *ret_text, size_t size)
{
    size_t n = 0;
    if (option->type == CONF_NUMBER)
        snprintf(ret_text, size, "[%lld; %lld to %lld]", (long long)option->preset,
                 (long long)option->min, (long long)option->max);
    else if (option->type == CONF_TEXT)
        snprintf(ret_text, size, "[\"\"; ");
    else if (option_is_no_yes(option))
        snprintf(ret_text, size, "[%s; true, false]", option->preset ? "true" : "false");
    else
        n = (size_t)snprintf(ret_text, size, "[\"%s\"; ", option->words[option->preset]);
    for (int64_t i = 0; n > 0 && i <= option->max; i++)
        n += (size_t)snprintf(ret_text + n, size - n, "\"%s\"%s", option->words[i],
                              i < option->max ? ", " : "]");
}

/* Each option of the table stands in the text, and what is behind it is right. */
static void check_sample_of(const char *text, const struct conf_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        char name[128], wanted[256];
        snprintf(name, sizeof(name), "%s = ", table->options[i].file_name);
        describe(&table->options[i], wanted, sizeof(wanted));
        const char *at = strstr(text, name);
        const char *found = at ? strstr(at, wanted) : NULL;
        CU_ASSERT_PTR_NOT_NULL(found);
        if (!found || memchr(at, '\n', (size_t)(found - at))) {
            printf("%s wants %s\n", name, wanted);
            CU_FAIL("the sample says something else");
        }
    }
}

/* The sample can be read, and says something about every option there is. */
static void test_sample(void)
{
    static const char *const others[] = {
        "listen = ",       "host = ",          "port = ",
        "state_dir = ",    "groups = ",        "maxclients = ",
        "announce = ",     "name = ",          "deny_scripts_reconfig = ",
        "voters = ",       "seed = ",          "myid = ",
        "config_epoch = ", "leader_epoch = ",  "replicas = ",
        "sentinels = ",    "current_epoch = ", "hooks = ",
        "log_format = ",   "url = ",           "secret = ",
        "ca_file = ",      "events = ",        "run = ",
        "args = ",         "environment = ",   "timeout_ms = ",
        "retries = ",      "backoff_ms = ",    "concurrency = "
    };
    static char text[65536];
    struct config config;
    FILE *file = fopen(SAMPLE, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);

    CU_ASSERT_EQUAL_FATAL(config_load(&config, SAMPLE, error), 0);
    CU_ASSERT_EQUAL(config.n_groups, 1);
    config_done(&config);
    check_sample_of(text, &group_table);
    check_sample_of(text, &global_table);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(text, others[i]));
}

/* ... also with everything in it that is only shown. */
static void test_sample_uncommented(void)
{
    static char text[65536], bare[65536];
    struct config config;
    FILE *file = fopen(SAMPLE, "r");
    size_t n = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    for (const char *p = text; *p; p++) {
        const char *rest = p + strspn(p, " ");
        bool first = p == text || p[-1] == '\n';
        /* An option behind '#' without a space; the hooks name programs that are not there. */
        bool hidden = first && rest[0] == '#' && rest[1] != ' ' && rest[1] != '\n';
        if (first && rest[0] == '#' && strstr(rest, "_script = ") &&
            strstr(rest, "_script = ") < strchr(rest, '\n'))
            hidden = false;
        if (hidden)
            p = rest + 1;
        bare[n++] = *p;
    }
    bare[n] = '\0';
    int rc = load(&config, bare);
    if (rc != 0)
        printf("%s\n", error);
    CU_ASSERT_EQUAL_FATAL(rc, 0);
    CU_ASSERT_PTR_NOT_NULL(config.seed);
    CU_ASSERT_EQUAL(config.n_voters, 3);
    config_done(&config);
}

/* Those of the whole come first, those of a group are for it alone. */
static void test_hooks(void)
{
    struct config config;

    CU_ASSERT_EQUAL_FATAL(
        load(&config,
             STATE "groups = ( " GROUP "hooks = ( { events = \"+sdown\"; run = \"/bin/sh\"; "
                   "args = (\"-c\", \"x\"); environment = [\"HOME\", \"A=b\"]; "
                   "timeout_ms = 7; retries = 0; backoff_ms = 9; concurrency = 2; } ); } );\n"
                   "hooks = ( { events = \"*\"; groups = \"a*\"; run = \"/bin/cat\"; } );\n"),
        0);
    CU_ASSERT_EQUAL_FATAL(config.hooks.n, 2);
    const struct hook *whole = &config.hooks.hooks[0], *own = &config.hooks.hooks[1];

    CU_ASSERT_STRING_EQUAL(whole->target, "/bin/cat");
    CU_ASSERT_STRING_EQUAL(whole->groups, "a*");
    CU_ASSERT_STRING_EQUAL(whole->group, "");
    CU_ASSERT_EQUAL(whole->timeout_ms, HOOK_TIMEOUT_MS);
    CU_ASSERT_STRING_EQUAL(own->events, "+sdown");
    CU_ASSERT_STRING_EQUAL(own->group, "a");
    CU_ASSERT_EQUAL(own->n_args, 2);
    CU_ASSERT_STRING_EQUAL(own->args[1], "x");
    CU_ASSERT_EQUAL(own->n_variables, 2);
    CU_ASSERT_EQUAL(own->timeout_ms + own->retries + own->backoff_ms + own->concurrency, 18);
    config_done(&config);
}

static void test_wrong_hooks(void)
{
#define HOOK "picketd.conf:2: hooks[0]"
    check_bad(STATE "hooks = ( { events = \"*\"; } );",
              HOOK ": run or url is missing, allowed is one of run and url");
    check_bad(STATE "hooks = ( { events = \"*\"; run = \"/bin/cat\"; url = \"http://h\"; } );",
              HOOK ": run and url are there, allowed is one of run and url");
    check_bad(STATE "hooks = ( { run = \"/bin/cat\"; } );",
              HOOK ": events is missing, allowed are names of events");
    check_bad(STATE "hooks = ( { events = \"*\"; url = \"ftp://me:pw@h\"; } );",
              HOOK ".url: is no URL, allowed are http://... and https://...");
    check_bad(STATE "hooks = ( { events = \"*\"; url = \"http://h\"; args = (\"a\"); } );",
              HOOK ": args and environment are for programs, not for a url");
    check_bad(STATE "hooks = ( { events = \"*\"; run = \"/bin/cat\"; secret = \"x\"; } );",
              HOOK ": secret is for a url, not for programs");
    check_bad(STATE
              "hooks = ( { events = \"*\"; url = \"http://a/\"; ca_file = \"/dev/null\"; } );",
              HOOK ": ca_file is for a url that begins with https://");
    check_bad(
        STATE "hooks = ( { events = \"*\"; url = \"https://a/\"; ca_file = \"/nowhere\"; } );",
        HOOK ".ca_file: \"/nowhere\": No such file or directory, allowed is a file that can be "
             "read");
    check_bad(STATE "hooks = ( { events = \"*\"; run = \"/no/such\"; } );", HOOK
              ".run: \"/no/such\": No such file or directory, allowed is the path of a program "
              "that can be executed");
    check_bad(STATE "hooks = ( { events = \"\"; run = \"/bin/cat\"; } );",
              HOOK ".events: is empty, allowed are 1 to 255 bytes");
    check_bad(STATE "hooks = ( { events = \"*\"; run = \"/bin/cat\"; retries = 101; } );",
              HOOK ".retries: 101 is out of range, allowed are 0 to 100");
    check_bad(STATE "hooks = ( { events = \"*\"; run = \"/bin/cat\"; args = \"x\"; } );",
              HOOK ".args: is a string, allowed is a list: ( \"...\", \"...\" )");
    check_bad(STATE "hooks = ( { events = \"*\"; run = \"/bin/cat\"; environment = (1); } );",
              HOOK ".environment[0]: is a whole number, allowed is a string");
#define TWICE "{ events = \"*\"; run = \"/bin/cat\"; }"
    check_bad(STATE "hooks = ( " TWICE ", " TWICE " );",
              "picketd.conf:2: hooks[1]: stands there twice, allowed are hooks that differ");
}

/* Hooks have to be files that can be executed, at the time when the file is read. */
static void test_scripts(void)
{
    char text[1024];
    struct config config;

    CU_ASSERT_EQUAL_FATAL(load(&config, STATE), 0);
    CU_ASSERT(config.deny_scripts_reconfig);
    config_done(&config);
    CU_ASSERT_EQUAL_FATAL(load(&config, STATE "deny_scripts_reconfig = false;"), 0);
    CU_ASSERT_FALSE(config.deny_scripts_reconfig);
    config_done(&config);
    check_bad(STATE "deny_scripts_reconfig = 1;", "picketd.conf:2: deny_scripts_reconfig: is a "
                                                  "whole number, allowed are true and false");

    CU_ASSERT_EQUAL_FATAL(load(&config,
                               STATE "groups = ( " GROUP "notification_script = \"/bin/sh\"; "
                                     "client_reconfig_script = \"\"; } );"),
                          0);
    CU_ASSERT_STRING_EQUAL(config.groups[0].conf.notification_script, "/bin/sh");
    config_done(&config);
    check_bad(STATE "groups = ( " GROUP "\nnotification_script = \"/no/such\"; } );",
              "picketd.conf:3: groups[0].notification_script: \"/no/such\": No such file or "
              "directory, allowed is the path of a program that can be executed");
    check_bad(STATE "groups = ( " GROUP "\n\nclient_reconfig_script = \"/tmp\"; } );",
              "picketd.conf:4: groups[0].client_reconfig_script: \"/tmp\": it is no file, allowed "
              "is the path of a program that can be executed");
    write_file("not-executable", "#!/bin/sh\n");
    snprintf(text, sizeof(text), STATE "groups = ( " GROUP "notification_script = \"%s\"; } );",
             path_of("not-executable"));
    CU_ASSERT_EQUAL_FATAL(load(&config, text), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "Permission denied"));
}

static const struct unit_case cases[] = {
    { "defaults", test_defaults },
    { "every option", test_everything },
    { "settings of the process", test_global },
    { "bad settings of the process", test_bad_global },
    { "a seed", test_seed },
    { "bad seeds", test_bad_seed },
    { "a state from a seed", test_seeded_state },
    { "the sample file", test_sample },
    { "the sample file, all of it", test_sample_uncommented },
    { "hooks", test_hooks },
    { "wrong hooks", test_wrong_hooks },
    { "hooks", test_scripts },
};

int main(void)
{
    if (!mkdtemp(dir))
        return 1;
    int status = unit_main("config", cases, sizeof(cases) / sizeof(cases[0]));
    clean_up();
    return status;
}
