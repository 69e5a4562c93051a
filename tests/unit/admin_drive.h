/*
 * admin_drive: the commands of a supervisor without a world. All of it is inline.
 */
#ifndef TESTS_UNIT_ADMIN_DRIVE_H
#define TESTS_UNIT_ADMIN_DRIVE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/event.h"
#include "notify/history.h"
#include "notify/hook.h"
#include "notify/ring.h"
#include "notify/scripts.h"
#include "sentinel/admin.h"
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

static inline const struct core *get_core(void *arg)
{
    return ((struct fixture *)arg)->core;
}

static inline uint64_t defer(void *arg, struct client *client, int asked)
{
    struct fixture *f = arg;
    if (f->full)
        return 0;
    client_block(client);
    f->asked = asked;
    return ++f->ticket;
}

/* Step the core, and give its replies back as the shell would. */
static inline void submit(void *arg, const struct request *request)
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

static inline void message(void *arg, const struct message *msg)
{
    struct fixture *f = arg;
    f->message = *msg;
    f->messages++;
}

static inline void stop(void *arg)
{
    ((struct fixture *)arg)->stopped++;
}

static inline void each_client(void *arg, void (*fn)(void *ctx, struct client *client), void *ctx)
{
    struct fixture *f = arg;
    fn(ctx, &f->client);
    fn(ctx, &f->other);
}

static inline size_t kill_clients(void *arg, const struct client_filter *filter,
                                  struct client *asks)
{
    struct fixture *f = arg;
    CU_ASSERT_PTR_EQUAL(asks, &f->client);
    return (size_t)client_filter_matches(filter, &f->client) +
           client_filter_matches(filter, &f->other);
}

static inline void facts(void *arg, struct admin_facts *ret_facts)
{
    struct fixture *f = arg;
    ret_facts->now = f->now;
    ret_facts->port = 26379;
    ret_facts->clients_max = 10000;
    ret_facts->clients = 2;
}

static inline const struct scripts *get_scripts(void *arg)
{
    return ((struct fixture *)arg)->scripts;
}

static inline const struct ring *get_events(void *arg)
{
    return ((struct fixture *)arg)->ring;
}

static inline const struct history *get_history(void *arg)
{
    return ((struct fixture *)arg)->history;
}

/* One hook, if any. */
static inline bool get_hook(void *arg, size_t i, struct hook_view *ret_view)
{
    struct fixture *f = arg;

    *ret_view = (struct hook_view){ &f->hook, f->scripts };
    return i == 0 && f->hook.events[0] != '\0';
}

/* Not in a copy: nobody needs the core afterwards. */
static inline bool run_apart(void *arg, struct client *client,
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
static inline struct slice get_node_info(void *arg, uint32_t id)
{
    const struct group *group = core_find_group(((struct fixture *)arg)->core, "orders");
    return group->primary->id == id ? slice_str("# Server\r\nx:1\r\n") : (struct slice){ NULL, 0 };
}

static inline enum admin_script check_script(void *arg, const char *path)
{
    struct fixture *f = arg;
    return path[0] || f->script == ADMIN_SCRIPT_DENIED ? f->script : ADMIN_SCRIPT_ALLOWED;
}

static inline void hear_script(void *arg, const struct event *event)
{
    (void)arg, (void)event;
}

static inline bool groups_durable(void *arg)
{
    return !((struct fixture *)arg)->pending;
}

static inline struct fixture *set_up(void)
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

static inline void tear_down(struct fixture *f)
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
static inline const char *ask(struct fixture *f, const char *words)
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

static inline bool contains(const char *text, const char *part)
{
    if (strstr(text, part))
        return true;
    printf("\"%s\" is not in \"%s\"\n", part, text);
    return false;
}

/* The node of the group "orders" at that port. */
static inline struct node *node_at(struct fixture *f, uint16_t port)
{
    struct group *group = core_find_group(f->core, "orders");
    for (size_t i = 0; group && i < group->n_nodes; i++)
        if (group->nodes[i]->addr.port == port)
            return group->nodes[i];
    return NULL;
}

/* Let the core see INFO of a node. */
static inline void see_info(struct fixture *f, struct node *node, const char *text)
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

static inline void hear_hello(struct fixture *f, const char *runid, const char *host)
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
static inline void see_candidate(struct fixture *f)
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
static inline struct fixture *set_up_group(void)
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

#endif
