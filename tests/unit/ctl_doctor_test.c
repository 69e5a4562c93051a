/* What picketctl doctor finds: each check by facts of its own. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "sentinel/ctl/doctor.h"

static struct doctor_facts facts;
static struct doctor_supervisor supervisors[4];
static struct doctor_group group;
static struct doctor_view views[4];
static struct doctor_node nodes[3];
static struct doctor_finding findings[16];
static size_t n_findings;

static void keep(void *arg, const struct doctor_finding *finding)
{
    (void)arg;
    CU_ASSERT_FATAL(n_findings < sizeof(findings) / sizeof(findings[0]));
    findings[n_findings++] = *finding;
}

static void set_setting(struct doctor_view *view, const char *name, const char *value)
{
    struct doctor_setting *setting = &view->settings[view->n_settings++];

    snprintf(setting->name, sizeof(setting->name), "%s", name);
    snprintf(setting->value, sizeof(setting->value), "%s", value);
}

/* N supervisors on hosts of their own, a primary, two replicas: all is well. */
static void begin(size_t n)
{
    memset(supervisors, 0, sizeof(supervisors));
    memset(views, 0, sizeof(views));
    memset(nodes, 0, sizeof(nodes));
    for (size_t i = 0; i < n; i++) {
        char host[16];
        snprintf(host, sizeof(host), "10.0.0.1%zu", i);
        addr_set(&supervisors[i].addr, host, 26379);
        supervisors[i].reached = true;
        strcpy(supervisors[i].version, "0.1.0");
        supervisors[i].free_bytes = supervisors[i].commit_worst_ms = supervisors[i].lookup_ms = -1;
        views[i].supervisor = i;
        views[i].quorum = 2;
        views[i].others = (int64_t)n - 1;
        addr_set(&views[i].primary, "10.0.0.1", 6379);
        set_setting(&views[i], "fencing", "auto");
        set_setting(&views[i], "durability", "async");
    }
    for (int i = 0; i < 3; i++) {
        char host[16];
        snprintf(host, sizeof(host), "10.0.0.%d", i + 1);
        addr_set(&nodes[i].addr, host, 6379);
        nodes[i].primary = nodes[i].says_primary = i == 0;
        nodes[i].reached = nodes[i].link_up = nodes[i].rights_known = true;
        nodes[i].priority = 100;
        nodes[i].replicas = i == 0 ? 2 : 0;
        nodes[i].save = nodes[i].read_only = 1;
        nodes[i].lookup_ms = nodes[i].start_gate = nodes[i].has_password = -1;
        nodes[i].backlog_bytes = 1 << 20;
        strcpy(nodes[i].version, "7.0.15");
    }
    strcpy(group.name, "orders");
    group = (struct doctor_group){ "orders", views, n, nodes, 3 };
    facts = (struct doctor_facts){ supervisors, n, &group, 1 };
}

/* Exactly one finding comes of the facts, of that severity, about WHERE, and holds TEXT. */
static void check_found(enum doctor_severity severity, const char *where, const char *text)
{
    const struct doctor doctor = { keep, NULL };

    n_findings = 0;
    CU_ASSERT(doctor_check(&facts, &doctor) > 20);
    if (n_findings != 1 || findings[0].severity != severity || !strstr(findings[0].what, text) ||
        strcmp(findings[0].where, where) != 0) {
        printf("wanted: %s: %s\n", where, text);
        for (size_t i = 0; i < n_findings; i++)
            printf("found: %d %s: %s\n", (int)findings[i].severity, findings[i].where,
                   findings[i].what);
        CU_FAIL("not what was to be found");
    }
    CU_ASSERT(findings[0].remedy[0] != '\0');
}

static void check_well(void)
{
    const struct doctor doctor = { keep, NULL };

    n_findings = 0;
    doctor_check(&facts, &doctor);
    CU_ASSERT_EQUAL(n_findings, 0);
}

static void test_well(void)
{
    begin(3);
    check_well();
}

#define SUPERVISOR "supervisor 10.0.0.11:26379"
#define REPLICA    "orders, 10.0.0.2:6379"
#define PRIMARY    "orders, 10.0.0.1:6379"

static void test_supervisors(void)
{
    begin(3);
    supervisors[1].reached = false;
    strcpy(supervisors[1].error, "Connection refused");
    check_found(DOCTOR_ERROR, SUPERVISOR, "Connection refused");
    strcpy(supervisors[1].error, "NOAUTH Authentication required.");
    check_found(DOCTOR_ERROR, SUPERVISOR, "does not let picketctl in");
    CU_ASSERT_PTR_NOT_NULL(strstr(findings[0].remedy, "PICKETCTL_SENTINEL_AUTH"));
    begin(3);
    supervisors[1].tilted = true;
    check_found(DOCTOR_ERROR, SUPERVISOR, "TILT");
    begin(3);
    supervisors[1].clock_known = true;
    supervisors[1].clock_off_ms = -5000;
    check_found(DOCTOR_WARNING, SUPERVISOR, "5000 ms behind");
    supervisors[1].clock_off_ms = 1500;
    supervisors[1].clock_error_ms = 400;
    check_found(DOCTOR_WARNING, SUPERVISOR, "1500 ms ahead");
    begin(3);
    supervisors[1].lookup_ms = 2000;
    check_found(DOCTOR_WARNING, SUPERVISOR, "looking up its name took 2000 ms");
    begin(3);
    strcpy(supervisors[1].version, "0.2.0");
    check_found(DOCTOR_NOTE, SUPERVISOR, "it runs 0.2.0");
}

static void test_disks(void)
{
    begin(3);
    supervisors[1].disk_stalled = true;
    check_found(DOCTOR_ERROR, SUPERVISOR, "does not take what it writes");
    begin(3);
    supervisors[1].commit_worst_ms = 900;
    check_found(DOCTOR_WARNING, SUPERVISOR, "took 900 ms");
    begin(3);
    supervisors[1].free_bytes = 100 << 20;
    check_found(DOCTOR_WARNING, SUPERVISOR, "100 MiB left");
    supervisors[1].free_bytes = 0;
    check_found(DOCTOR_ERROR, SUPERVISOR, "0 MiB left");
}

static void test_voters(void)
{
    begin(3);
    views[0].quorum = 4;
    check_found(DOCTOR_ERROR, "orders", "the quorum is 4");
    begin(3);
    strcpy(views[0].ckquorum, "NOQUORUM 1 usable Sentinels");
    check_found(DOCTOR_ERROR, "orders", "NOQUORUM");
    begin(4);
    check_found(DOCTOR_WARNING, "orders", "4 supervisors stand no more failures than 3");
    begin(2);
    check_found(DOCTOR_WARNING, "orders", "two supervisors only");
    begin(1);
    views[0].quorum = 1;
    check_found(DOCTOR_WARNING, "orders", "one supervisor only");
    begin(3);
    views[0].quorum = 1;
    check_found(DOCTOR_NOTE, "orders", "the quorum is 1");
    begin(3);
    supervisors[2].addr = supervisors[1].addr;
    supervisors[2].addr.port++;
    check_found(DOCTOR_WARNING, "orders", "2 of 3 supervisors are on one host, 10.0.0.11");
}

static void test_views(void)
{
    begin(3);
    addr_set(&views[1].primary, "10.0.0.2", 6379);
    check_found(DOCTOR_ERROR, "orders",
                "supervisor 10.0.0.11:26379 holds 10.0.0.2:6379 to be the primary");
    begin(3);
    views[1].others = 3;
    check_found(DOCTOR_WARNING, "orders", "knows 3 others, the first one 2");
    begin(3);
    strcpy(views[1].settings[0].value, "off");
    check_found(DOCTOR_WARNING, "orders",
                "fencing is \"off\" at supervisor 10.0.0.11:26379, \"auto\" at the first");
    begin(3);
    views[1].paused = true;
    check_found(DOCTOR_WARNING, "orders", "failovers are paused at supervisor 10.0.0.11:26379");
    begin(3);
    views[0].cool_down_ms = 59001;
    check_found(DOCTOR_WARNING, "orders", "no failover for 60 s more");
    begin(3);
    nodes[1].quarantine = 3;
    check_found(DOCTOR_WARNING, REPLICA, "in quarantine, since it failed 3 times");
    begin(3);
    views[1].n_settings = 0; /* a Sentinel: it has no such setting */
    check_well();
}

static void test_replicas(void)
{
    begin(3);
    group.n_nodes = 1;
    check_found(DOCTOR_WARNING, "orders", "there is no replica");
    begin(3);
    nodes[1].priority = 0;
    check_found(DOCTOR_NOTE, REPLICA, "never promoted");
    begin(3);
    views[0].down = true;
    check_found(DOCTOR_ERROR, "orders", "the primary 10.0.0.1:6379 is down");
    begin(3);
    strcpy(nodes[1].version, "6.2.7");
    check_found(DOCTOR_WARNING, REPLICA, "older (6.2.7) than its primary (7.0.15)");
}

static void test_nodes(void)
{
    begin(3);
    nodes[1].reached = false;
    nodes[1].maintained = true;
    check_found(DOCTOR_NOTE, REPLICA, "in maintenance");
    begin(3);
    nodes[1].reached = false;
    strcpy(nodes[1].error, "NOAUTH Authentication required.");
    check_found(DOCTOR_ERROR, REPLICA, "NOAUTH");
    begin(3);
    nodes[1].says_primary = true;
    check_found(DOCTOR_ERROR, REPLICA, "says that it is a primary");
    begin(3);
    nodes[1].link_up = false;
    check_found(DOCTOR_ERROR, REPLICA, "no link");
    begin(3);
    nodes[1].loading = true;
    check_found(DOCTOR_NOTE, REPLICA, "loading");
    begin(3);
    nodes[1].save_failed = true;
    check_found(DOCTOR_ERROR, REPLICA, "data file");
    begin(3);
    nodes[1].read_only = 0;
    check_found(DOCTOR_WARNING, REPLICA, "accepts writes");
    begin(3);
    nodes[1].wants_password = 1;
    nodes[1].has_password = 0;
    check_found(DOCTOR_ERROR, REPLICA, "masterauth");
    begin(3);
    nodes[1].clock_known = true;
    nodes[1].clock_off_ms = 3000;
    check_found(DOCTOR_WARNING, REPLICA, "3000 ms ahead");
    begin(3);
    nodes[1].lookup_ms = 300;
    check_found(DOCTOR_WARNING, REPLICA, "300 ms");
}

static void test_persistence(void)
{
    begin(3);
    nodes[0].save = nodes[0].aof = 0;
    check_found(DOCTOR_WARNING, PRIMARY, "keeps nothing on disk");
    nodes[0].start_gate = 1; /* it waits for a supervisor's word */
    nodes[1].aof = 1;
    check_well();
}

static void test_rights(void)
{
    begin(3);
    nodes[0].rights_missing = UINT64_C(1) << DOCTOR_RIGHT_PAUSE;
    check_found(DOCTOR_ERROR, PRIMARY,
                "no right to client|pause: planned switchovers can lose writes");
    nodes[0].rights_missing = UINT64_C(1) << DOCTOR_RIGHT_SETRANGE;
    check_well(); /* the probe is off */
    for (size_t i = 0; i < 3; i++)
        set_setting(&views[i], "write-probe", "500");
    check_found(DOCTOR_ERROR, PRIMARY, "setrange");
    nodes[0].rights_known = false;
    check_well();
}

static void test_min_replicas(void)
{
    begin(3);
    nodes[0].min_replicas = 3;
    for (size_t i = 0; i < 3; i++) /* picketd looks after it */
        strcpy(views[i].settings[1].value, "bounded");
    check_found(DOCTOR_ERROR, PRIMARY, "refuses writes");
    begin(3);
    nodes[0].min_replicas = 2;
    check_found(DOCTOR_WARNING, PRIMARY, "the new primary has 1 replicas");
    begin(3);
    nodes[0].min_replicas = 1;
    check_well();
}

static void test_backlog(void)
{
    begin(3);
    nodes[0].written_bytes_s = 100000;
    check_found(DOCTOR_WARNING, PRIMARY, "holds 10 s of the present writes");
    nodes[0].written_bytes_s = 1000;
    check_well();
}

/* The row of the README that says what picketd's user needs at nodes; its bars are written "\|". */
static void read_rights(char *ret, size_t size)
{
    FILE *file = fopen("README.md", "r");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(ret, (int)size, file) && strncmp(ret, "| picketd at nodes |", 20) != 0)
        ret[0] = '\0';
    fclose(file);
    for (char *p = ret; (p = strstr(p, "\\|")) != NULL;)
        memmove(p, p + 1, strlen(p));
}

/* Each right has a rule that the README names, a consequence, and words that need it. */
static void test_table_of_rights(void)
{
    char row[4096], rule[64];

    read_rights(row, sizeof(row));
    for (int i = 0; i < DOCTOR_RIGHT_COUNT; i++) {
        snprintf(rule, sizeof(rule), "%.*s", (int)strcspn(doctor_rights[i].rule, " "),
                 doctor_rights[i].rule);
        if (!strstr(row, rule)) {
            printf("README.md does not name %s among the rights of picketd at nodes\n", rule);
            CU_FAIL("a right is missing");
        }
    }
    for (int i = 0; i < DOCTOR_RIGHT_COUNT; i++) {
        CU_ASSERT_EQUAL(doctor_rights[i].rule[0], '+');
        CU_ASSERT(doctor_rights[i].without[0] != '\0' && doctor_rights[i].words[0] != NULL);
    }
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "all is well", test_well },
        { "supervisors", test_supervisors },
        { "their disks", test_disks },
        { "voters", test_voters },
        { "what they differ in", test_views },
        { "replicas", test_replicas },
        { "nodes", test_nodes },
        { "persistence", test_persistence },
        { "rights", test_rights },
        { "min-replicas-to-write", test_min_replicas },
        { "the backlog", test_backlog },
        { "the table of rights", test_table_of_rights },
    };

    return unit_main("ctl_doctor", cases, sizeof(cases) / sizeof(cases[0]));
}
