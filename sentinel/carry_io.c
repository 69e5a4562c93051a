#include "sentinel/carry_io.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "notify/ring.h"
#include "notify/script_io.h"
#include "probes/command_io.h"
#include "probes/guard_io.h"
#include "probes/lease_io.h"
#include "probes/link_io.h"
#include "probes/pause_io.h"
#include "quorum/peer_io.h"
#include "sentinel/model.h"
#include "sentinel/outbox.h"
#include "sentinel/recorder_io.h"
#include "sentinel/salvage_io.h"
#include "sentinel/shell_io.h"
#include "wire/loop_io.h"

static void order_open(const struct carry *carry, const struct order *order)
{
    const struct node *node = core_find_node(carry->core, order->id);
    const struct global_conf *global = &carry->core->global;
    struct link_login login = { global->sentinel_user, global->sentinel_pass, NULL };

    if (global->sentinel_pass[0] == '\0')
        login = (struct link_login){ "", carry->requirepass, NULL };
    if (node != NULL)
        login = (struct link_login){ node->group->conf.auth_user, node->group->conf.auth_pass,
                                     node->group->conf.rename_commands };
    link_open(carry->links, order->id, order->link, &order->addr, &login);
}

static void order_hello(const struct carry *carry, const struct order *order)
{
    char text[HELLO_TEXT_MAX];

    if (peer_hello_text(carry->peers, order->id, &order->hello, text))
        order_publish(carry->links, order->id, HELLO_CHANNEL, text);
}

/* End what a node is busy with. */
static void order_kill(const struct carry *carry, const struct order *order)
{
    const char *what = order->kind == ORDER_SCRIPT_KILL ? "SCRIPT" : "FUNCTION";

    order_command(carry->links, order->id, LINK_CMD, order->ticket,
                  (const char *[]){ what, "KILL", NULL }, carry->settled, carry->settled_arg);
}

/* To every rule about writes a write; it changes nothing. */
static void order_write(const struct carry *carry, const struct order *order)
{
    order_command(carry->links, order->id, LINK_WRITE, order->ticket,
                  (const char *[]){ "SETRANGE", WRITE_PROBE_KEY, "0", "", NULL }, carry->settled,
                  carry->settled_arg);
}

/* One holder for all supervisors of a group. */
static struct lease_grant lease_of(const struct carry *carry, const struct order *order)
{
    const struct node *node = core_find_node(carry->core, order->id);

    return (struct lease_grant){ .ms = order->lease.ms,
                                 .epoch = order->lease.epoch,
                                 .clock_ms = order->lease.clock_ms,
                                 .holder = node != NULL ? node->group->name : "" };
}

/* A change of role over the node's command link, or over what FENCE takes. */
static void order_change(const struct carry *carry, const struct order *order)
{
    struct lease_grant lease = lease_of(carry, order);
    struct role_change change = { .primary = order->kind == ORDER_PROMOTE ? NULL : &order->addr,
                                  .min_replicas = order->min_replicas,
                                  .lease = order->lease.wanted ? &lease : NULL,
                                  .without = order->without };

    if (order->kind == ORDER_FENCE)
        order_fence(carry->links, carry->given, order->id, order->ticket, &change, carry->settled,
                    carry->settled_arg);
    else
        order_role(carry->links, order->id, order->ticket, &change, carry->settled,
                   carry->settled_arg);
}

/* Nobody was told it. */
static void order_lost(const struct carry *carry, const struct order *order)
{
    const struct order_result result = { .id = order->id, .ticket = order->ticket, .lost = true };

    carry->settled(carry->settled_arg, &result);
}

static void order_renew(const struct carry *carry, const struct order *order)
{
    struct lease_grant lease = lease_of(carry, order);

    order_lease(carry->links, order->id, order->ticket, &lease, carry->settled, carry->settled_arg);
}

/* The wall clock, as the name of a file has it. */
static void note_time(char text[SALVAGE_TIME_MAX + 1])
{
    time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc) == NULL ||
        strftime(text, SALVAGE_TIME_MAX + 1, "%Y%m%dT%H%M%SZ", &utc) == 0)
        strcpy(text, "0");
}

/* Over a connection of its own, which logs in as the links do. */
static void order_fetch(const struct carry *carry, const struct order *order)
{
    const struct node *node = core_find_node(carry->core, order->id);
    struct salvage_job job = { .id = order->id, .ticket = order->ticket };
    struct salvage_head *head = &job.head;

    if (node == NULL)
        return; /* nobody waits for it any more */
    head->addr = order->addr;
    head->from = order->from;
    head->until = order->until;
    memcpy(head->replid, order->replid, sizeof head->replid);
    memcpy(head->group, node->group->name, sizeof head->group);
    note_time(head->time);
    memcpy(job.user, node->group->conf.auth_user, sizeof job.user);
    memcpy(job.pass, node->group->conf.auth_pass, sizeof job.pass);
    memcpy(job.renames, node->group->conf.rename_commands, sizeof job.renames);
    salvage_io_fetch(carry->salvage, &job);
}

/* May that one take the primary's place? */
static void order_question(const struct carry *carry, const struct order *order)
{
    const struct node *node = core_find_node(carry->core, order->id);
    struct addr primary;

    if (node == NULL)
        return; /* then nobody waits for it */
    primary = node_shown_addr(node);
    const struct hooks_question question = {
        .name = order->planned ? HOOK_PRE_SWITCHOVER : HOOK_PRE_FAILOVER,
        .group = node->group->name,
        .primary = &primary,
        .candidate = &order->addr,
        .ticket = order->ticket,
        .limit_ms = order->limit_ms,
    };

    hooks_ask(carry->hooks, &question, carry->answered, carry->settled_arg);
}

static void carry_order(const struct carry *carry, const struct order *order)
{
    switch (order->kind) {
    case ORDER_OPEN:
        order_open(carry, order);
        break;
    case ORDER_CLOSE:
        link_close(carry->links, order->id, order->link);
        break;
    case ORDER_FORGET:
        link_forget(carry->given, order->id);
        link_forget(carry->links, order->id);
        break;
    case ORDER_PING:
        order_ping(carry->links, order->id, order->link);
        break;
    case ORDER_INFO:
        order_info(carry->links, order->id);
        break;
    case ORDER_HELLO:
        order_hello(carry, order);
        break;
    case ORDER_FOLLOW:
    case ORDER_DEMOTE:
    case ORDER_DETACH:
    case ORDER_PROMOTE:
    case ORDER_HOLD:
    case ORDER_FENCE:
        order_change(carry, order);
        break;
    case ORDER_LEASE:
        order_renew(carry, order);
        break;
    case ORDER_FETCH:
        order_fetch(carry, order);
        break;
    case ORDER_SCRIPT_KILL:
    case ORDER_FUNCTION_KILL:
        order_kill(carry, order);
        break;
    case ORDER_WRITE:
        order_write(carry, order);
        break;
    case ORDER_DISARM:
        link_forget(carry->given, order->id);
        break;
    case ORDER_GUARD_ASK:
        order_guard_ask(carry->links, order->id, order->ticket, carry->settled, carry->settled_arg);
        break;
    case ORDER_GUARD_SET:
        order_guard_set(carry->links, order->id, order->ticket, order->min_replicas,
                        order->max_lag_s, order->rewrite, carry->settled, carry->settled_arg);
        break;
    case ORDER_SYNC:
        order_sync_set(carry->links, order->id, order->ticket, order->min_replicas, carry->settled,
                       carry->settled_arg);
        break;
    case ORDER_CONFIRM:
        order_command(carry->links, order->id, LINK_CMD, order->ticket,
                      (const char *[]){ "PICKET", "CONFIRM", NULL }, carry->settled,
                      carry->settled_arg);
        break;
    case ORDER_PAUSE:
        order_pause(carry->links, order->id, order->ticket, order->pause_ms, carry->settled,
                    carry->settled_arg);
        break;
    case ORDER_UNPAUSE:
        order_unpause(carry->links, order->id);
        break;
    case ORDER_ROLE:
        order_ask_role(carry->links, order->id, order->ticket, carry->settled, carry->settled_arg);
        break;
    case ORDER_QUESTION:
        order_question(carry, order);
        break;
    case ORDER_COUNT:
        assert(!"order of no kind");
    }
}

static void carry_message(const struct carry *carry, const struct message *message)
{
    if (message->kind == MESSAGE_ANSWER || message->kind == MESSAGE_PLEDGE)
        carry->ops->answer(carry->ops_arg, message);
    else if (carry->links != NULL)
        peer_send(carry->peers, message);
}

/* SENTINEL DEBUG changes both. */
static void follow_tunables(const struct carry *carry)
{
    const struct tunables *tunables = &carry->core->tunables;
    struct scripts_times times = { tunables->script_max_runtime, tunables->script_retry_delay };

    script_io_set_times(carry->scripts, &times);
}

void carry_tell(const struct carry *carry, struct event *event)
{
    ring_stamp(carry->ring, event, loop_wall_ms());
    recorder_event(carry->recorder, event);
    carry->ops->event(carry->ops_arg, event);
}

/* A group that is watched no longer has left its script in the event. */
static void carry_event(const struct carry *carry, const struct event *event)
{
    const struct group *group = core_find_group(carry->core, event->group);
    struct scripts_paths paths = { NULL, NULL };
    struct event told = *event;

    if (event->kind == EVENT_UNMONITOR)
        paths.notification = event->detail;
    else if (group != NULL)
        paths = (struct scripts_paths){ group->conf.notification_script,
                                        group->conf.client_reconfig_script };
    carry_tell(carry, &told);
    script_io_event(carry->scripts, &told, &paths);
    hooks_event(carry->hooks, &told);
}

void carry_out(const struct carry *carry, const struct parcel *parcel)
{
    switch (parcel->kind) {
    case PARCEL_MESSAGE:
        carry_message(carry, &parcel->u.message);
        break;
    case PARCEL_ORDER:
        if (carry->links == NULL)
            break;
        if (parcel->stale)
            order_lost(carry, &parcel->u.order);
        else
            carry_order(carry, &parcel->u.order);
        break;
    case PARCEL_EVENT:
        carry_event(carry, &parcel->u.event);
        break;
    case PARCEL_REPLY:
        follow_tunables(carry);
        carry->ops->reply(carry->ops_arg, &parcel->u.reply);
        break;
    }
}
