#include "sentinel/emit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/model.h"

/* A copy of NAME, which fits: both ends have the same limit. */
static void copy_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

struct event *emit_core_event(struct core *core, enum event_kind kind)
{
    return output_event(&core->output, kind);
}

struct event *emit_group_event(struct core *core, enum event_kind kind, const struct group *group)
{
    struct event *event = emit_core_event(core, kind);

    event->type = INSTANCE_MASTER;
    event->id = group->primary->id;
    copy_name(event->group, group->name);
    event->addr = event->primary = group_primary_addr(group);
    event->quorum = (uint32_t)group->conf.quorum;
    return event;
}

struct event *emit_node_event(struct core *core, enum event_kind kind, const struct node *node)
{
    struct event *event = emit_group_event(core, kind, node->group);

    event->id = node->id;
    if (node != node->group->primary) {
        event->type = INSTANCE_SLAVE;
        event->addr = node_shown_addr(node);
    }
    return event;
}

struct event *emit_peer_event(struct core *core, enum event_kind kind, const struct group *group,
                              const struct peer *peer)
{
    struct event *event = emit_group_event(core, kind, group);

    event->type = INSTANCE_SENTINEL;
    event->id = peer->id;
    event->addr = peer->addr;
    copy_name(event->runid, peer->runid);
    return event;
}

void event_detail(struct event *event, const char *form, ...)
{
    va_list args;

    va_start(args, form);
    vsnprintf(event->detail, sizeof event->detail, form, args);
    va_end(args);
}

void emit_global_row(struct core *core)
{
    struct row *row = output_row(&core->output, ROW_GLOBAL);

    row->global = core->global;
    row->global_base = core->global_base;
}

static void epoch_row(struct core *core)
{
    output_row(&core->output, ROW_EPOCH)->epoch = core->current_epoch;
}

void emit_gone_row(struct core *core, enum row_kind kind, const struct group *group)
{
    copy_name(output_row(&core->output, kind)->group, group->name);
}

/* A row of GROUP, its name filled in. */
static struct row *group_row(struct core *core, enum row_kind kind, const struct group *group)
{
    struct row *row = output_row(&core->output, kind);

    copy_name(row->group, group->name);
    return row;
}

void emit_group_row(struct core *core, const struct group *group)
{
    struct row *row = group_row(core, ROW_GROUP, group);

    row->addr = group->primary->addr;
    row->epoch = group->config_epoch;
    row->conf = group->conf;
    row->base = group->base;
    row->base_addr = group->base_addr;
    row->from_file = group->from_file;
}

void emit_lineage_row(struct core *core, const struct group *group)
{
    group_row(core, ROW_LINEAGE, group)->lineage = group->lineage;
}

void emit_vote_row(struct core *core, const struct group *group)
{
    struct row *row = group_row(core, ROW_VOTE, group);

    row->epoch = group->vote.epoch;
    copy_name(row->runid, group->vote.leader);
}

void emit_node_row(struct core *core, const struct node *node)
{
    struct row *row = group_row(core, ROW_NODE, node->group);

    row->addr = node->addr;
    row->owed = node->owed;
    row->min_replicas = node->guard_at == MSEC_NEVER ? -1 : node->min_replicas;
    row->max_lag_s = node->max_lag_s;
    row->sync_set = node->tune.sync_set;
    row->leased = node->lease.needed;
    copy_name(row->runid, node->doubt.since == MSEC_NEVER ? node->runid : node->doubt.runid);
    copy_name(row->ip, node->ip);
}

void emit_flap_row(struct core *core, const struct group *group, const struct node *node)
{
    struct row *row = group_row(core, ROW_FLAP, group);

    if (node != NULL)
        row->addr = node->addr;
    row->count = node != NULL ? node->flap.count : group->flap.count;
}

void emit_peer_row(struct core *core, const struct group *group, const struct peer *peer)
{
    struct row *row = group_row(core, ROW_PEER, group);

    row->addr = peer->addr;
    copy_name(row->runid, peer->runid);
}

void core_raise_epoch(struct core *core, const struct group *group, uint64_t epoch)
{
    if (epoch <= core->current_epoch)
        return;
    core->current_epoch = epoch;
    epoch_row(core);
    emit_group_event(core, EVENT_NEW_EPOCH, group)->epoch = epoch;
}

uint64_t core_ticket(struct core *core, uint32_t id)
{
    return (uint64_t)id << 32 | (uint32_t)++core->last_ticket;
}

uint32_t ticket_id(uint64_t ticket)
{
    return (uint32_t)(ticket >> 32);
}

struct hello core_hello(const struct core *core, const struct group *group)
{
    struct hello hello = {
        .sender = core->self,
        .current_epoch = core->current_epoch,
        .primary = group_primary_addr(group),
        .config_epoch = group->config_epoch,
    };

    if (core->global.announce_ip[0] != '\0')
        copy_name(hello.sender.host, core->global.announce_ip);
    if (core->global.announce_port != 0)
        hello.sender.port = (uint16_t)core->global.announce_port;
    copy_name(hello.runid, core->runid);
    copy_name(hello.group, group->name);
    return hello;
}
