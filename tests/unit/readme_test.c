/* The README says of everything that Sentinel has whether it is here: nothing that Redis Sentinel 7
 * and 8 or Valkey Sentinel 8 and 9 have may be missing from it, and nothing in our tables. */
#include <stdio.h>
#include <string.h>

#include "notify/event.h"
#include "sentinel/admin_own.h"
#include "sentinel/global_conf.h"
#include "sentinel/group_conf.h"
#include "tests/unit/unit.h"

static char text[1 << 20];

static void read_text(void)
{
    FILE *file = fopen("README.md", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t n = fread(text, 1, sizeof(text) - 1, file);
    CU_ASSERT_FATAL(n > 0 && n < sizeof(text) - 1);
    text[n] = '\0';
    fclose(file);
}

/* WORD stands in the text behind `, or behind a space, and ends there. */
static void check_named(const char *word)
{
    size_t len = strlen(word);
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        if ((p[-1] == '`' || p[-1] == ' ') && (p[len] == '`' || p[len] == ' '))
            return;
    printf("README.md does not name %s\n", word);
    CU_FAIL("something is missing");
}

static void test_events(void)
{
    read_text();
    for (int kind = 0; kind < EVENT_COUNT; kind++)
        check_named(event_name((enum event_kind)kind));
}

static void check_options(const struct conf_table *table)
{
    for (size_t i = 0; i < table->n; i++)
        check_named(table->options[i].file_name);
}

static void test_options(void)
{
    read_text();
    check_options(&group_table);
    check_options(&global_table);
}

static void check_commands(const struct command *rows)
{
    for (; rows->name; rows++) {
        char name[COMMAND_NAME_MAX + 1];
        admin_write_upper(name, sizeof(name), rows->name, "");
        check_named(name);
        if (rows->subs)
            check_commands(rows->subs);
    }
}

static void test_commands(void)
{
    read_text();
    check_commands(admin_commands);
}

/* Words with spaces between. */
static void check_all_named(const char *words)
{
    char word[64];
    int n;

    for (; sscanf(words, "%63s%n", word, &n) == 1; words += n)
        check_named(word);
}

static void test_sentinel_commands(void)
{
    read_text();
    check_all_named(
        "PING AUTH HELLO INFO ROLE SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE PUBLISH SHUTDOWN");
    check_all_named("CLIENT CACHING GETNAME GETREDIR HELP ID INFO KILL LIST NO-EVICT PAUSE REPLY "
                    "SETINFO SETNAME "
                    "TRACKING TRACKINGINFO UNBLOCK UNPAUSE");
    check_all_named("ACL CAT DELUSER DRYRUN GENPASS GETUSER LOAD LOG SAVE SETUSER USERS WHOAMI");
    check_all_named("COMMAND COUNT DOCS GETKEYS GETKEYSANDFLAGS");
    check_all_named(
        "SENTINEL MASTERS PRIMARIES MASTER PRIMARY REPLICAS SLAVES SENTINELS "
        "GET-MASTER-ADDR-BY-NAME "
        "GET-PRIMARY-ADDR-BY-NAME IS-MASTER-DOWN-BY-ADDR IS-PRIMARY-DOWN-BY-ADDR MYID CKQUORUM "
        "FAILOVER "
        "[COORDINATED] RESET MONITOR REMOVE SET CONFIG FLUSHCONFIG PENDING-SCRIPTS INFO-CACHE "
        "SIMULATE-FAILURE DEBUG");
}

static void test_sentinel_settings(void)
{
    read_text();
    check_all_named(
        "monitor quorum down-after-milliseconds failover-timeout parallel-syncs "
        "notification-script "
        "client-reconfig-script auth-pass auth-user master-reboot-down-after-period "
        "primary-reboot-down-after-period rename-command announce-ip announce-port sentinel-user "
        "sentinel-pass resolve-hostnames announce-hostnames deny-scripts-reconfig loglevel");
    check_all_named(
        "myid current-epoch config-epoch leader-epoch known-replica known-slave known-sentinel");
    check_all_named(
        "port bind bind-source-addr unixsocket tls-* requirepass user aclfile acllog-max-len "
        "protected-mode daemonize pidfile supervised logfile syslog-* dir maxclients timeout tcp-* "
        "client-output-buffer-limit include latency-tracking* io-threads log-format "
        "log-timestamp-format loadmodule enable-debug-command enable-protected-configs "
        "enable-debug-assert repl-diskless-sync-delay");
}

static void test_sentinel_events(void)
{
    read_text();
    check_all_named(
        "+monitor -monitor +set +reset-master +slave +sentinel +sentinel-address-switch "
        "+sentinel-address-update +sentinel-invalid-addr +sdown -sdown +odown -odown +new-epoch "
        "+vote-for-leader +try-failover +elected-leader +failover-state-select-slave "
        "+selected-slave "
        "+failover-state-send-slaveof-noone +failover-state-wait-promotion +promoted-slave "
        "+failover-state-reconf-slaves +slave-reconf-sent +slave-reconf-inprog +slave-reconf-done "
        "+slave-reconf-sent-be -slave-reconf-sent-timeout +failover-end-for-timeout +failover-end");
    check_all_named(
        "-failover-abort-not-elected -failover-abort-no-good-slave -failover-abort-slave-timeout "
        "-failover-abort-master-timeout +config-update-from +switch-master +role-change "
        "-role-change "
        "+reboot +convert-to-slave +fix-slave-config +tilt -tilt -script-error -script-timeout "
        "+script-child -script-child -cmd-link-reconnection -pubsub-link-reconnection "
        "+failover-detected -dup-sentinel");
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "events", test_events },
        { "options", test_options },
        { "commands", test_commands },
        { "sentinel's commands", test_sentinel_commands },
        { "sentinel's settings", test_sentinel_settings },
        { "sentinel's events", test_sentinel_events },
    };

    return unit_main("readme", cases, sizeof(cases) / sizeof(cases[0]));
}
