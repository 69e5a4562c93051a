#include "sentinel/admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/event.h"
#include "notify/history.h"
#include "notify/hook.h"
#include "notify/ring.h"
#include "notify/scripts.h"
#include "sentinel/core.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "tests/unit/unit.h"
#include "wire/client.h"
#include "wire/client_filter.h"

#define WORDS_MAX 16
#define MYID      "1111111111111111111111111111111111111111"
#define PEER      "2222222222222222222222222222222222222222"

/* A supervisor without a world: a real core, two clients, and what was handed to the shell. */
struct fixture {
    struct core *core;
    struct admin *admin;
    struct client client, other;
    msec now;
    uint64_t ticket;
    int asked;
    bool full;    /* defer refuses */
    bool pending; /* a change of a group is not durable */
    struct request request;
    struct message message;
    unsigned submitted, messages, stopped;
    struct scripts *scripts;
    struct ring *ring;
    struct history *history;
    bool apart_is_busy;
    struct hook hook;
    enum admin_script script; /* what check_script says of every path but the empty one */
};

static const struct core *get_core(void *arg)
{
    return ((struct fixture *)arg)->core;
}

static uint64_t defer(void *arg, struct client *client, int asked)
{
    struct fixture *f = arg;
    if (f->full)
        return 0;
    client_block(client);
    f->asked = asked;
    return ++f->ticket;
}

/* Step the core, and give its replies back as the shell would. */
static void submit(void *arg, const struct request *request)
{
    struct fixture *f = arg;
    struct input input = { .kind = INPUT_REQUEST, .now = f->now };
    input.u.request = f->request = *request;
    f->submitted++;
    const struct output *output = core_step(f->core, &input);
    for (size_t i = 0; i < output->n_replies; i++) {
        CU_ASSERT_EQUAL(output->replies[i].ticket, f->ticket);
        admin_reply(f->admin, &f->client, f->asked, &output->replies[i]);
        client_resume(&f->client);
    }
}

static void message(void *arg, const struct message *msg)
{
    struct fixture *f = arg;
    f->message = *msg;
    f->messages++;
}

static void stop(void *arg)
{
    ((struct fixture *)arg)->stopped++;
}

static void each_client(void *arg, void (*fn)(void *ctx, struct client *client), void *ctx)
{
    struct fixture *f = arg;
    fn(ctx, &f->client);
    fn(ctx, &f->other);
}

static size_t kill_clients(void *arg, const struct client_filter *filter, struct client *asks)
{
    struct fixture *f = arg;
    CU_ASSERT_PTR_EQUAL(asks, &f->client);
    return (size_t)client_filter_matches(filter, &f->client) +
           client_filter_matches(filter, &f->other);
}

static void facts(void *arg, struct admin_facts *ret_facts)
{
    struct fixture *f = arg;
    ret_facts->now = f->now;
    ret_facts->port = 26379;
    ret_facts->clients_max = 10000;
    ret_facts->clients = 2;
}

static const struct scripts *get_scripts(void *arg)
{
    return ((struct fixture *)arg)->scripts;
}

static const struct ring *get_events(void *arg)
{
    return ((struct fixture *)arg)->ring;
}

static const struct history *get_history(void *arg)
{
    return ((struct fixture *)arg)->history;
}

/* One hook, if any. */
static bool get_hook(void *arg, size_t i, struct hook_view *ret_view)
{
    struct fixture *f = arg;

    *ret_view = (struct hook_view){ &f->hook, f->scripts };
    return i == 0 && f->hook.events[0] != '\0';
}

/* Not in a copy: nobody needs the core afterwards. */
static bool run_apart(void *arg, struct client *client,
                      void (*work)(void *work_arg, struct buf *to), void *work_arg)
{
    struct fixture *f = arg;
    struct buf bytes;

    if (f->apart_is_busy)
        return false;
    buf_init(&bytes, 0);
    work(work_arg, &bytes);
    admin_apart_done(client, true, buf_slice(&bytes));
    buf_done(&bytes);
    return true;
}

/* Only the primary has said something. */
static struct slice get_node_info(void *arg, uint32_t id)
{
    const struct group *group = core_find_group(((struct fixture *)arg)->core, "orders");
    return group->primary->id == id ? slice_str("# Server\r\nx:1\r\n") : (struct slice){ NULL, 0 };
}

static enum admin_script check_script(void *arg, const char *path)
{
    struct fixture *f = arg;
    return path[0] || f->script == ADMIN_SCRIPT_DENIED ? f->script : ADMIN_SCRIPT_ALLOWED;
}

static void hear_script(void *arg, const struct event *event)
{
    (void)arg, (void)event;
}

static bool groups_durable(void *arg)
{
    return !((struct fixture *)arg)->pending;
}

static struct fixture *set_up(void)
{
    static const struct admin_ops ops = {
        .core = get_core,
        .groups_durable = groups_durable,
        .defer = defer,
        .submit = submit,
        .message = message,
        .stop = stop,
        .each_client = each_client,
        .kill_clients = kill_clients,
        .facts = facts,
        .node_info = get_node_info,
        .scripts = get_scripts,
        .events = get_events,
        .history = get_history,
        .apart = run_apart,
        .hook = get_hook,
        .check_script = check_script,
    };
    struct fixture *f = calloc(1, sizeof(*f));
    struct addr self;
    addr_set(&self, "127.0.0.1", 26379);
    f->now = 1000;
    f->core = core_new(MYID, &self, 1, f->now);
    f->admin = admin_new(&ops, f, "0.1");
    f->scripts = scripts_new(hear_script, f);
    f->ring = ring_new(1);
    f->history = history_new(MYID);
    client_init(&f->client, 1, NULL, f->now);
    client_init(&f->other, 2, NULL, f->now);
    strcpy(f->other.addr, "10.0.0.9:4711");
    admin_client_opened(f->admin, &f->client);
    return f;
}

static void tear_down(struct fixture *f)
{
    admin_client_gone(f->admin, &f->client);
    client_done(&f->client);
    client_done(&f->other);
    admin_free(f->admin);
    scripts_free(f->scripts);
    ring_free(f->ring);
    history_free(f->history);
    core_free(f->core);
    free(f);
}

/* The reply to a request of words split at spaces ('_' within a word stays); valid until the next.
 */
static const char *ask(struct fixture *f, const char *words)
{
    static char reply[32768];
    struct slice argv[WORDS_MAX];
    size_t argc = 0;
    for (const char *p = words; *p; p += strspn(p, " ")) {
        argv[argc].p = p;
        argv[argc].n = strcspn(p, " ");
        p += argv[argc++].n;
    }
    admin_request(f->admin, &f->client, argc, argv);
    CU_ASSERT_FALSE(f->client.flags & CLIENT_BLOCKED);
    CU_ASSERT_FATAL(buf_used(&f->client.out) < sizeof(reply));
    snprintf(reply, sizeof(reply), "%s", buf_text(&f->client.out));
    buf_reset(&f->client.out);
    return reply;
}

#define EXPECT(f, words, reply) CU_ASSERT_STRING_EQUAL(ask(f, words), reply)

static bool contains(const char *text, const char *part)
{
    if (strstr(text, part))
        return true;
    printf("\"%s\" is not in \"%s\"\n", part, text);
    return false;
}

/* The node of the group "orders" at that port. */
static struct node *node_at(struct fixture *f, uint16_t port)
{
    struct group *group = core_find_group(f->core, "orders");
    for (size_t i = 0; group && i < group->n_nodes; i++)
        if (group->nodes[i]->addr.port == port)
            return group->nodes[i];
    return NULL;
}

/* Let the core see INFO of a node. */
static void see_info(struct fixture *f, struct node *node, const char *text)
{
    struct node_info info;
    struct info_replica replicas[INFO_REPLICAS_MAX];
    struct input tick = { .kind = INPUT_TICK, .now = ++f->now }; /* opens the links */
    struct input input = { .kind = INPUT_OBSERVATION, .now = f->now };
    core_step(f->core, &tick);
    CU_ASSERT_FATAL(node && node_info_parse(&info, replicas, text, strlen(text)));
    input.u.observation.id = node->id;
    input.u.observation.link = LINK_CMD;
    input.u.observation.evidence = EVIDENCE_CONNECTED;
    core_step(f->core, &input);
    input.u.observation.evidence = EVIDENCE_INFO;
    input.u.observation.info = &info;
    core_step(f->core, &input);
}

static void hear_hello(struct fixture *f, const char *runid, const char *host)
{
    struct input input = { .kind = INPUT_MESSAGE, .now = ++f->now };
    struct hello *hello = &input.u.message.u.hello;
    input.u.message.kind = MESSAGE_HELLO;
    input.u.message.node = node_at(f, 6379)->id;
    addr_set(&hello->sender, host, 26379);
    addr_set(&hello->primary, "10.0.0.1", 6379);
    strcpy(hello->runid, runid);
    strcpy(hello->group, "orders");
    core_step(f->core, &input);
}

/* Whom the hello told of is asked, and says so. */
static void see_candidate(struct fixture *f)
{
    struct input tick = { .kind = INPUT_TICK, .now = ++f->now }; /* opens the link */
    struct input up = { .kind = INPUT_OBSERVATION, .now = f->now };
    struct input there = { .kind = INPUT_MESSAGE, .now = f->now };
    const struct candidate *candidate = &f->core->candidates[0];
    core_step(f->core, &tick);
    CU_ASSERT_FATAL(f->core->n_candidates == 1);
    up.u.observation.id = candidate->peer->id;
    up.u.observation.evidence = EVIDENCE_CONNECTED;
    core_step(f->core, &up);
    there.u.message.kind = MESSAGE_THERE;
    there.u.message.ticket = candidate->ticket;
    addr_set(&there.u.message.u.there.addr, "10.0.0.1", 6379);
    strcpy(there.u.message.u.there.runid, candidate->peer->runid);
    core_step(f->core, &there);
}

/* The group "orders" with a replica and another supervisor. */
static struct fixture *set_up_group(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "SENTINEL MONITOR orders 10.0.0.1 6379 2", "+OK\r\n");
    see_info(f, node_at(f, 6379),
             "role:master\r\nrun_id:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
             "slave0:ip=10.0.0.2,port=6380,state=online,offset=5,lag=0\r\n"
             "master_repl_offset:7\r\n");
    see_info(f, node_at(f, 6380),
             "role:slave\r\nrun_id:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n"
             "master_host:10.0.0.1\r\nmaster_port:6379\r\nmaster_link_status:up\r\n"
             "slave_priority:90\r\nslave_repl_offset:5\r\n");
    hear_hello(f, PEER, "10.0.0.8");
    see_candidate(f);
    return f;
}

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

/* --- changing ------------------------------------------------------------------------------- */

static void test_monitor(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 x y", "-ERR Invalid quorum\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 x 0", "-ERR Invalid port\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 1 0", "-ERR Quorum must be 1 or greater.\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 1 1001", "-ERR Invalid quorum\r\n");
    EXPECT(f, "SENTINEL MONITOR a a,b 1 1", "-ERR Invalid IP address or hostname specified\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 70000 1", "-ERR Invalid port number.\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 0 1", "-ERR Invalid port number.\r\n");
    EXPECT(f, "SENTINEL MONITOR a,b 10.0.0.1 1 1",
           "-ERR Invalid master name: allowed are 1 to 128 printable characters without space, "
           "comma and quotes\r\n");
    EXPECT(f, "SENTINEL MONITOR a\nb 10.0.0.1 1 1",
           "-ERR Invalid argument at index 2 for SENTINEL MONITOR: control characters are not "
           "allowed\r\n");
    f->core->global.resolve_hostnames = 0;
    EXPECT(f, "SENTINEL MONITOR a db1 1 1", "-ERR Invalid IP address or hostname specified\r\n");
    CU_ASSERT_EQUAL(f->submitted, 0);
    f->core->global.resolve_hostnames = 1;
    EXPECT(f, "SENTINEL MONITOR b db1 1 1", "+OK\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 6379 3", "+OK\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.2 6379 3", "-ERR Duplicate master name.\r\n");
    CU_ASSERT_EQUAL(core_find_group(f->core, "a")->conf.quorum, 3);
    EXPECT(f, "SENTINEL REMOVE a", "+OK\r\n");
    CU_ASSERT_PTR_NULL(core_find_group(f->core, "a"));
    tear_down(f);
}

/* All pairs are read first: one that is wrong leaves the others undone. */
static void test_set(void)
{
    struct fixture *f = set_up_group();
    const struct group_conf *conf = &core_find_group(f->core, "orders")->conf;
    unsigned before = f->submitted;
    EXPECT(f, "SENTINEL SET orders quorum",
           "-ERR wrong number of arguments for 'sentinel|set' command\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 foo 1",
           "-ERR Unknown option or number of arguments for SENTINEL SET 'foo'\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 parallel-syncs",
           "-ERR Unknown option or number of arguments for SENTINEL SET 'parallel-syncs'\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 down-after-milliseconds 0",
           "-ERR Invalid argument '0' for SENTINEL SET 'down-after-milliseconds'\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 auth-pass a\tb",
           "-ERR Invalid argument at index 6 for SENTINEL SET: control characters are not "
           "allowed\r\n");
    CU_ASSERT_EQUAL(f->submitted, before);
    CU_ASSERT_EQUAL(conf->quorum, 2);
    EXPECT(f, "SENTINEL SET orders QUORUM 3 auth-pass secret quorum 4 crash-detection off",
           "+OK\r\n");
    CU_ASSERT_EQUAL(conf->quorum, 4);
    CU_ASSERT_STRING_EQUAL(conf->auth_pass, "secret");
    CU_ASSERT_EQUAL(conf->crash_detection, 0);
    CU_ASSERT_EQUAL(conf->down_after_ms, 30000);
    EXPECT(f, "SENTINEL SET orders primary-reboot-down-after-period 5", "+OK\r\n");
    CU_ASSERT_EQUAL(conf->master_reboot_down_after_ms, 5);
    tear_down(f);
}

static void test_set_renames(void)
{
    struct fixture *f = set_up_group();
    const char *renames = core_find_group(f->core, "orders")->conf.rename_commands;
    EXPECT(f, "SENTINEL SET orders rename-command INFO",
           "-ERR Unknown option or number of arguments for SENTINEL SET 'rename-command'\r\n");
    EXPECT(f, "SENTINEL SET orders rename-command a=b c",
           "-ERR Invalid argument 'a=b' for SENTINEL SET 'rename-command'\r\n");
    EXPECT(f, "SENTINEL SET orders rename-command INFO c=d quorum 3",
           "-ERR Invalid argument 'c=d' for SENTINEL SET 'rename-command'\r\n");
    CU_ASSERT_STRING_EQUAL(renames, "");
    EXPECT(f, "SENTINEL SET orders rename-command INFO i1 quorum 3 rename-command config c1",
           "+OK\r\n");
    CU_ASSERT_STRING_EQUAL(renames, "INFO=i1 config=c1");
    EXPECT(f, "SENTINEL SET orders rename-command info INFO", "+OK\r\n");
    CU_ASSERT_STRING_EQUAL(renames, "config=c1");
    tear_down(f);
}

static void test_set_scripts(void)
{
    struct fixture *f = set_up_group();
    const struct group_conf *conf = &core_find_group(f->core, "orders")->conf;
    const struct slice clear[] = { slice_str("SENTINEL"), slice_str("SET"), slice_str("orders"),
                                   slice_str("notification-script"), slice_str("") };
    unsigned before = f->submitted;

    f->script = ADMIN_SCRIPT_DENIED;
    EXPECT(f, "SENTINEL SET orders quorum 3 notification-script /h/n",
           "-ERR Reconfiguration of scripts path is denied for security reasons. Check the "
           "deny-scripts-reconfig configuration directive in your Sentinel configuration\r\n");
    f->script = ADMIN_SCRIPT_UNUSABLE;
    EXPECT(f, "SENTINEL SET orders quorum 3 notification-script /h/n",
           "-ERR Notification script seems non existing or non executable\r\n");
    EXPECT(f, "SENTINEL SET orders client-reconfig-script /h/c quorum 3",
           "-ERR Client reconfiguration script seems non existing or non executable\r\n");
    CU_ASSERT_EQUAL(f->submitted, before);
    CU_ASSERT_EQUAL(conf->quorum, 2);
    f->script = ADMIN_SCRIPT_ALLOWED;
    EXPECT(f, "SENTINEL SET orders notification-script /h/n client-reconfig-script /h/c",
           "+OK\r\n");
    CU_ASSERT_STRING_EQUAL(conf->notification_script, "/h/n");
    CU_ASSERT_STRING_EQUAL(conf->client_reconfig_script, "/h/c");
    CU_ASSERT(
        contains(ask(f, "SENTINEL MASTER orders"),
                 "$14\r\nparallel-syncs\r\n$1\r\n1\r\n$19\r\nnotification-script\r\n$4\r\n/h/n"
                 "\r\n$22\r\nclient-reconfig-script\r\n$4\r\n/h/c\r\n"));
    admin_request(f->admin, &f->client, 5, clear);
    CU_ASSERT_STRING_EQUAL(conf->notification_script, "");
    buf_reset(&f->client.out);
    f->script = ADMIN_SCRIPT_DENIED;
    admin_request(f->admin, &f->client, 5, clear);
    CU_ASSERT(contains(buf_text(&f->client.out), "-ERR Reconfiguration of scripts path"));
    tear_down(f);
}

static void test_pending_scripts(void)
{
    const struct scripts_paths paths = { "/h/n", NULL };
    struct fixture *f = set_up_group();
    struct event event = { .kind = EVENT_RESET_MASTER, .type = INSTANCE_MASTER, .group = "orders" };
    struct scripts_step step;

    EXPECT(f, "SENTINEL PENDING-SCRIPTS", "*0\r\n");
    CU_ASSERT(contains(ask(f, "INFO sentinel"), "sentinel_running_scripts:0\r\n"
                                                "sentinel_scripts_queue_length:0\r\n"));
    addr_set(&event.addr, "10.0.0.1", 6379);
    scripts_event(f->scripts, f->now, &event, &paths);
    scripts_event(f->scripts, f->now + 70, &event, &paths);
    CU_ASSERT_FATAL(scripts_next(f->scripts, f->now, &step));
    scripts_started(f->scripts, step.id, 4711);
    f->now += 25;
    EXPECT(f, "SENTINEL PENDING-SCRIPTS",
           "*2\r\n*10\r\n$4\r\nargv\r\n*3\r\n$4\r\n/h/n\r\n$13\r\n+reset-master\r\n"
           "$27\r\nmaster orders 10.0.0.1 6379\r\n$5\r\nflags\r\n$7\r\nrunning\r\n"
           "$3\r\npid\r\n$4\r\n4711\r\n$8\r\nrun-time\r\n$2\r\n25\r\n$9\r\nretry-num\r\n$1\r\n1\r\n"
           "*10\r\n$4\r\nargv\r\n*3\r\n$4\r\n/h/n\r\n$13\r\n+reset-master\r\n"
           "$27\r\nmaster orders 10.0.0.1 6379\r\n$5\r\nflags\r\n$9\r\nscheduled\r\n"
           "$3\r\npid\r\n$1\r\n0\r\n$9\r\nrun-delay\r\n$2\r\n45\r\n$9\r\nretry-num\r\n$1\r\n0\r\n");
    CU_ASSERT(contains(ask(f, "INFO sentinel"), "sentinel_running_scripts:1\r\n"
                                                "sentinel_scripts_queue_length:2\r\n"));
    ask(f, "HELLO 3");
    CU_ASSERT(contains(ask(f, "SENTINEL PENDING-SCRIPTS"), "*2\r\n%5\r\n$4\r\nargv\r\n*3\r\n"));
    tear_down(f);
}

static void test_other_changes(void)
{
    struct fixture *f = set_up_group();
    EXPECT(f, "SENTINEL RESET ord*", ":1\r\n");
    EXPECT(f, "SENTINEL RESET x*", ":0\r\n");
    EXPECT(f, "SENTINEL FLUSHCONFIG", "+OK\r\n");
    EXPECT(f, "SENTINEL FAILOVER orders", "-NOGOODSLAVE No suitable replica to promote\r\n");
    EXPECT(f, "SENTINEL FAILOVER orders Coordinated",
           "-NOGOODSLAVE No suitable replica to promote\r\n");
    EXPECT(f, "SENTINEL FAILOVER orders now", "-ERR Unknown failover option specified\r\n");
    EXPECT(f, "SENTINEL FAILOVER nosuch now", "-ERR No such master with that name\r\n");
    f->full = true;
    EXPECT(f, "SENTINEL FLUSHCONFIG", "-ERR too many requests are waiting for their reply\r\n");
    tear_down(f);
}

static void test_reply_codes(void)
{
    static const char *const texts[] = {
        [REPLY_OK] = "+OK\r\n",
        [REPLY_NO_SUCH_GROUP] = "-ERR No such master with that name\r\n",
        [REPLY_DUPLICATE_GROUP] = "-ERR Duplicate master name.\r\n",
        [REPLY_IN_PROGRESS] = "-INPROG Failover already in progress\r\n",
        [REPLY_NO_GOOD_REPLICA] = "-NOGOODSLAVE No suitable replica to promote\r\n",
        [REPLY_NO_SUCH_REPLICA] = "-ERR No such replica of that master\r\n",
        [REPLY_NO_QUORUM] = "-NOQUORUM Too few supervisors can be reached to elect a leader\r\n",
        [REPLY_PAUSED] = "-PAUSED The group is paused: PICKET RESUME it first\r\n",
        [REPLY_NO_SUCH_NODE] = "-ERR No such node of that master\r\n",
        [REPLY_NO_SUCH_PEER] = "-ERR No such supervisor of that master\r\n",
        [REPLY_IS_PRIMARY] =
            "-ISPRIMARY It is the primary: hand the group over to another node first\r\n",
        [REPLY_STILL_THERE] =
            "-STILLTHERE It is there and would be found again at once: stop it first\r\n",
        [REPLY_FULL] = "-ERR Too many masters are watched\r\n",
    };
    struct fixture *f = set_up();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reply reply = { .code = (enum reply_code)i };
        admin_reply(f->admin, &f->client, REQUEST_FAILOVER, &reply);
        CU_ASSERT_STRING_EQUAL(buf_text(&f->client.out), texts[i]);
        buf_reset(&f->client.out);
    }
    tear_down(f);
}

/* --- peers ---------------------------------------------------------------------------------- */

static void test_ask(void)
{
    struct fixture *f = set_up_group();
    const char *bad = "-ERR value is not an integer or out of range\r\n";
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 x 0 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 -1 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 18446744073709551616 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 18446744073709551615 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 1 me",
           "-ERR Invalid run id: allowed are 40 letters or digits, or *\r\n");
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 99999 1 *",
           "*3\r\n:0\r\n$1\r\n*\r\n:0\r\n");
    CU_ASSERT_EQUAL(f->messages, 0);

    struct slice argv[] = { slice_str("SENTINEL"), slice_str("is-master-down-by-addr"),
                            slice_str("10.0.0.1"), slice_str("6379"),
                            slice_str("5"),        slice_str(PEER) };
    admin_request(f->admin, &f->client, 6, argv);
    CU_ASSERT(f->client.flags & CLIENT_BLOCKED);
    CU_ASSERT_EQUAL(buf_used(&f->client.out), 0);
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_ASK);
    CU_ASSERT_EQUAL(f->message.ticket, f->ticket);
    CU_ASSERT_EQUAL(f->message.u.ask.epoch, 5);
    CU_ASSERT_EQUAL(f->message.u.ask.primary.port, 6379);
    CU_ASSERT_STRING_EQUAL(f->message.u.ask.candidate, PEER);

    struct message answer = { .kind = MESSAGE_ANSWER,
                              .u.answer = { .down = true, .leader = PEER, .leader_epoch = 5 } };
    admin_answer(f->admin, &f->client, &answer);
    CU_ASSERT_STRING_EQUAL(buf_text(&f->client.out), "*3\r\n:1\r\n$40\r\n" PEER "\r\n:5\r\n");
    client_resume(&f->client);
    tear_down(f);
}

static void test_claim(void)
{
    static const struct {
        const char *text, *field;
    } bad[] = {
        { "PICKET CLAIM x orders 10.0.0.1 6379 1 5000 0", "runid" },
        { "PICKET CLAIM " PEER " a,b 10.0.0.1 6379 1 5000 0", "group" },
        { "PICKET CLAIM " PEER " orders a,b 6379 1 5000 0", "ip" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 0 1 5000 0", "port" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 -1 5000 0", "epoch" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 1 0 0", "ms" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 1 x 0", "ms" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 1 5000 -1", "over" },
    };
    struct fixture *f = set_up();
    char wanted[80];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(wanted, sizeof(wanted), "-ERR Invalid %s for PICKET CLAIM\r\n", bad[i].field);
        EXPECT(f, bad[i].text, wanted);
    }

    struct slice argv[] = { slice_str("PICKET"), slice_str("claim"),    slice_str(PEER),
                            slice_str("orders"), slice_str("10.0.0.1"), slice_str("6379"),
                            slice_str("3"),      slice_str("5000"),     slice_str("7") };
    admin_request(f->admin, &f->client, 9, argv);
    CU_ASSERT(f->client.flags & CLIENT_BLOCKED);
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_CLAIM);
    CU_ASSERT_EQUAL(f->message.ticket, f->ticket);
    CU_ASSERT_STRING_EQUAL(f->message.u.claim.runid, PEER);
    CU_ASSERT_STRING_EQUAL(f->message.u.claim.group, "orders");
    CU_ASSERT_EQUAL(f->message.u.claim.stake.addr.port, 6379);
    CU_ASSERT_EQUAL(f->message.u.claim.stake.epoch, 3);
    CU_ASSERT_EQUAL(f->message.u.claim.stake.ms, 5000);
    CU_ASSERT_EQUAL(f->message.u.claim.stake.over, 7);

    struct message pledge = {
        .kind = MESSAGE_PLEDGE,
        .u.pledge = { .ms = 40, .serial = 9, .addr = { .host = "10.0.0.2", .port = 6380 } }
    };
    admin_answer(f->admin, &f->client, &pledge);
    CU_ASSERT_STRING_EQUAL(buf_text(&f->client.out),
                           "*5\r\n:0\r\n:40\r\n:9\r\n$8\r\n10.0.0.2\r\n:6380\r\n");
    client_resume(&f->client);
    tear_down(f);
}

static void test_opinion(void)
{
    static const struct {
        const char *words, *field;
    } bad[] = {
        { "PICKET OPINION x orders 10.0.0.1 6379 1 1 0", "runid" },
        { "PICKET OPINION " PEER " a,b 10.0.0.1 6379 1 1 0", "group" },
        { "PICKET OPINION " PEER " orders a,b 6379 1 1 0", "ip" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 0 1 1 0", "port" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 99999 1 1 0", "port" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 6379 -1 1 0", "config-epoch" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 6379 1 2 0", "down" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 6379 1 1 x", "leading-epoch" },
    };
    struct fixture *f = set_up_group();
    char wanted[128];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(wanted, sizeof(wanted), "-ERR Invalid %s for PICKET OPINION\r\n", bad[i].field);
        EXPECT(f, bad[i].words, wanted);
    }
    CU_ASSERT_EQUAL(f->messages, 0);
    EXPECT(f, "PICKET OPINION " PEER " orders 10.0.0.1 6379 3 1 9", "+OK\r\n");
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_OPINION);
    CU_ASSERT_STRING_EQUAL(f->message.u.opinion.runid, PEER);
    CU_ASSERT_STRING_EQUAL(f->message.u.opinion.group, "orders");
    CU_ASSERT_EQUAL(f->message.u.opinion.primary.port, 6379);
    CU_ASSERT_EQUAL(f->message.u.opinion.config_epoch, 3);
    CU_ASSERT(f->message.u.opinion.down);
    CU_ASSERT_EQUAL(f->message.u.opinion.leading_epoch, 9);
    tear_down(f);
}

static void test_publish(void)
{
    struct fixture *f = set_up_group();
    EXPECT(f, "PUBLISH news x", "-ERR Only HELLO messages are accepted by Sentinel instances.\r\n");
    EXPECT(f, "PUBLISH __sentinel__:hello garbage", ":1\r\n");
    CU_ASSERT_EQUAL(f->messages, 0);
    EXPECT(f, "PUBLISH __sentinel__:hello 10.0.0.8,26379," PEER ",4,orders,10.0.0.1,6379,2",
           ":1\r\n");
    CU_ASSERT_EQUAL(f->messages, 1);
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_HELLO);
    CU_ASSERT_EQUAL(f->message.node, 0);
    CU_ASSERT_EQUAL(f->message.u.hello.current_epoch, 4);
    tear_down(f);
}

/* What shows the groups is held while a change of them is not durable, and what comes behind it on
 * the connection with it; nothing else is. With a disk that stalls there is an error at once. */
static void test_held(void)
{
    struct fixture *f = set_up();

    f->pending = true;
    ask(f, "PING");
    CU_ASSERT_EQUAL(f->client.hold_at, CLIENT_HOLD_NOTHING);
    ask(f, "SENTINEL MYID");
    CU_ASSERT_EQUAL(f->client.hold_at, CLIENT_HOLD_NOTHING);
    uint64_t from = client_reply_at(&f->client);

    ask(f, "SENTINEL get-master-addr-by-name orders");
    CU_ASSERT_EQUAL(f->client.hold_at, from);
    ask(f, "SENTINEL masters");
    CU_ASSERT_EQUAL(f->client.hold_at, from); /* not later than before */
    client_hold(&f->client, CLIENT_HOLD_NOTHING);
    f->core->disk_stalled = true;
    CU_ASSERT_STRING_EQUAL(ask(f, "SENTINEL masters"),
                           "-TRYAGAIN a change of the groups is not on the disk yet\r\n");
    f->pending = false;
    CU_ASSERT_NOT_EQUAL(ask(f, "SENTINEL masters")[0], '-');
    CU_ASSERT_EQUAL(f->client.hold_at, CLIENT_HOLD_NOTHING);
    tear_down(f);
}

/* All of them, without the secrets. */
static void test_picket_settings(void)
{
    struct fixture *f = set_up_group();
    const char *reply = ask(f, "PICKET SETTINGS orders");
    char size[16];

    snprintf(size, sizeof size, "*%zu\r\n", 2 * group_table.n);
    CU_ASSERT_EQUAL(strncmp(reply, size, strlen(size)), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(reply, "$7\r\nfencing\r\n$4\r\nauto\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(reply, "$9\r\nauth-pass\r\n$0\r\n\r\n"));
    snprintf(core_find_group(f->core, "orders")->conf.auth_pass, CONF_TEXT_MAX, "hush");
    reply = ask(f, "PICKET SETTINGS orders");
    CU_ASSERT_PTR_NOT_NULL(strstr(reply, "$9\r\nauth-pass\r\n$6\r\n******\r\n"));
    CU_ASSERT_PTR_NULL(strstr(reply, "hush"));
    CU_ASSERT_EQUAL(ask(f, "PICKET SETTINGS nosuch")[0], '-');
    tear_down(f);
}

/* Behind a number, a few of them, or the last ones. */
static void test_events(void)
{
    struct fixture *f = set_up();
    struct event event = { .kind = EVENT_TILT };

    EXPECT(f, "PICKET EVENTS", "*3\r\n:1000000001\r\n:1000000000\r\n*0\r\n");
    ring_stamp(f->ring, &event, 1234);
    event.kind = EVENT_UNTILT;
    ring_stamp(f->ring, &event, 1235);
#define EVENT(n, at, name, text)                                                                   \
    "*6\r\n:100000000" #n "\r\n:" #at "\r\n$5\r\n" name "\r\n$7\r\nwarning\r\n$0\r\n\r\n" text
#define FIRST  EVENT(1, 1234, "+tilt", "$18\r\n#tilt mode entered\r\n")
#define SECOND EVENT(2, 1235, "-tilt", "$17\r\n#tilt mode exited\r\n")
#define BOUNDS "*3\r\n:1000000001\r\n:1000000002\r\n"
    EXPECT(f, "PICKET EVENTS", BOUNDS "*2\r\n" FIRST SECOND);
    EXPECT(f, "PICKET EVENTS COUNT 1", BOUNDS "*1\r\n" SECOND);
    EXPECT(f, "PICKET EVENTS SINCE 0 COUNT 1", BOUNDS "*1\r\n" FIRST);
    EXPECT(f, "PICKET EVENTS SINCE 1000000001", BOUNDS "*1\r\n" SECOND);
    EXPECT(f, "PICKET EVENTS SINCE 1000000002", BOUNDS "*0\r\n");
    EXPECT(f, "PICKET EVENTS SINCE 9223372036854775807", BOUNDS "*0\r\n");
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS SINCE -1")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS COUNT 0")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS SINCE")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS BEFORE 3")[0], '-');
    tear_down(f);
}

/* An outage of GROUP that ends, and a switchover that is under way. */
static void fill_history(struct fixture *f)
{
    struct event event = { .kind = EVENT_SDOWN, .type = INSTANCE_MASTER, .group = "orders" };

    addr_set(&event.primary, "10.0.0.1", 6379);
    event.addr = event.primary;
    history_take(f->history, &event, 5000, 1000);
    event.kind = EVENT_SUP;
    history_take(f->history, &event, 5025, 1025);
    event.kind = EVENT_TRY_FAILOVER;
    snprintf(event.group, sizeof event.group, "cache");
    snprintf(event.detail, sizeof event.detail, "somebody");
    history_take(f->history, &event, 6000, 2000);
}

static void test_history(void)
{
    struct fixture *f = set_up();

    EXPECT(f, "PICKET HISTORY", "*0\r\n");
    fill_history(f);
    const char *all = ask(f, "PICKET HISTORY");

    CU_ASSERT_TRUE(contains(all, "*2\r\n*28\r\n$2\r\nid\r\n$1\r\n2\r\n"));
    CU_ASSERT_TRUE(contains(all, "$4\r\nkind\r\n$10\r\nswitchover\r\n"));
    CU_ASSERT_TRUE(contains(all, "$8\r\nasked-by\r\n$8\r\nsomebody\r\n"));
    CU_ASSERT_TRUE(contains(all, "$7\r\noutcome\r\n$9\r\nrecovered\r\n"));
    CU_ASSERT_TRUE(contains(all, "$8\r\nended-ms\r\n$4\r\n5025\r\n"));
    CU_ASSERT_TRUE(contains(all, "$13\r\nbytes-at-risk\r\n$2\r\n-1\r\n"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET HISTORY COUNT 1"), "*1\r\n*28\r\n"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET HISTORY orders COUNT 9"), "*1\r\n*28\r\n"));
    EXPECT(f, "PICKET HISTORY nobody", "*0\r\n");
    CU_ASSERT_EQUAL(ask(f, "PICKET HISTORY COUNT 0")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET HISTORY orders FROM 2")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET HISTORY COUNT 1 COUNT 1")[0], '-');
    CU_ASSERT_TRUE(contains(ask(f, "PICKET WHY 1"),
                            "$5\r\nsteps\r\n*2\r\n*3\r\n$1\r\n0\r\n$6\r\n+sdown\r\n"
                            "$13\r\n10.0.0.1:6379\r\n*3\r\n$2\r\n25\r\n"));
    EXPECT(f, "SENTINEL MONITOR orders 10.0.0.1 6379 2", "+OK\r\n");
    const char *now = ask(f, "PICKET WHY orders");

    CU_ASSERT_TRUE(contains(now, "$4\r\nheld\r\n$2\r\nno\r\n$3\r\nwhy\r\n"));
    CU_ASSERT_TRUE(contains(now, "$4\r\nlast\r\n*32\r\n$2\r\nid\r\n$1\r\n1\r\n"));
    CU_ASSERT_EQUAL(ask(f, "PICKET WHY 3")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET WHY nobody")[0], '-');
    tear_down(f);
}

static void test_hooks(void)
{
    struct fixture *f = set_up();

    EXPECT(f, "PICKET HOOKS", "*0\r\n");
    hook_init(&f->hook);
    strcpy(f->hook.events, "+sdown");
    strcpy(f->hook.target, "/bin/tell");
    EXPECT(f, "PICKET HOOKS",
           "*1\r\n*16\r\n$3\r\nrun\r\n$9\r\n/bin/tell\r\n$6\r\nevents\r\n$6\r\n+sdown\r\n"
           "$6\r\ngroups\r\n$1\r\n*\r\n$7\r\nrunning\r\n:0\r\n$7\r\nwaiting\r\n:0\r\n$4\r\n"
           "done\r\n:0\r\n$6\r\nfailed\r\n:0\r\n$7\r\ndropped\r\n:0\r\n");
    tear_down(f);
}

/* What is simulated spoils the core: each is asked once. */
static void expect_simulated(const char *words, const char *role, const char *outcome,
                             const char *more)
{
    struct fixture *f = set_up_group();
    char part[64];
    const char *reply = ask(f, words);

    snprintf(part, sizeof part, "$4\r\nrole\r\n$7\r\n%s\r\n", role);
    CU_ASSERT_TRUE(contains(reply, part));
    snprintf(part, sizeof part, "$7\r\noutcome\r\n$%zu\r\n%s\r\n", strlen(outcome), outcome);
    CU_ASSERT_TRUE(contains(reply, part));
    CU_ASSERT_TRUE(contains(reply, more));
    tear_down(f);
}

static void test_simulate(void)
{
    expect_simulated("PICKET SIMULATE FAIL 10.0.0.1:6379", "primary", "switched",
                     "$7\r\nprimary\r\n$13\r\n10.0.0.2:6380\r\n");
    expect_simulated("PICKET SIMULATE FAIL 10.0.0.1:6379 HANG", "primary", "switched",
                     "+promoted-slave");
    expect_simulated("PICKET SIMULATE FAIL 10.0.0.2:6380", "replica", "nothing",
                     "$17\r\nthe primary is up\r\n");
    /* Hooks that are asked have no objection. */
    struct fixture *f = set_up_group();

    f->core->questions.failover_ms = 5000;
    const char *reply = ask(f, "PICKET SIMULATE FAIL 10.0.0.1:6379 HANG");

    CU_ASSERT_TRUE(contains(reply, "+question-asked"));
    CU_ASSERT_TRUE(contains(reply, "+switch-master"));
    CU_ASSERT_PTR_NULL(strstr(reply, "-question-unanswered"));
    tear_down(f);

    f = set_up_group();
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.9:6379"), "-ERR No node"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.1"), "-ERR Invalid address"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FIRE 10.0.0.1:6379"), "-ERR syntax"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.1:6379 ALL"), "-ERR syntax"));
    f->apart_is_busy = true;
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.1:6379"), "-TRYAGAIN"));
    tear_down(f);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "PICKET SIMULATE", test_simulate },
        { "PICKET HISTORY, WHY", test_history },
        { "PICKET HOOKS", test_hooks },
        { "PICKET EVENTS", test_events },
        { "the connection", test_session },
        { "PICKET SETTINGS", test_picket_settings },
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
        { "MONITOR, REMOVE", test_monitor },
        { "SET is all or nothing", test_set },
        { "SET of rename-command", test_set_renames },
        { "SET of scripts", test_set_scripts },
        { "PENDING-SCRIPTS", test_pending_scripts },
        { "RESET, FLUSHCONFIG, FAILOVER", test_other_changes },
        { "each reply of the core", test_reply_codes },
        { "IS-MASTER-DOWN-BY-ADDR", test_ask },
        { "PICKET CLAIM", test_claim },
        { "PICKET OPINION", test_opinion },
        { "PUBLISH of hello", test_publish },
        { "held until durable", test_held },
    };
    return unit_main("admin", cases, sizeof(cases) / sizeof(cases[0]));
}
