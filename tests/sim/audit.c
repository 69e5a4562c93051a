#include "tests/sim/audit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "sentinel/outbox.h"
#include "tests/sim/world.h"

void audit_init(struct world *w)
{
    for (int s = 0; s < PLAN_SUPS_MAX; s++)
        for (int g = 0; g < PLAN_GROUPS_MAX; g++)
            w->audit.accounts[s][g].announced = -1;
    w->audit.quarrel.engine = -1;
}

void audit_done(struct world *w)
{
    free(w->audit.shown);
    free(w->audit.forks);
}

msec audit_clock(const struct world *w, const struct sup *s)
{
    return w->now + s->offset;
}

/* The engine that the disk names as a group's primary, else the file's. */
static int stored_primary(struct world *w, const struct sup *s, int group)
{
    const struct row *row = disk_find(&s->disk, ROW_GROUP, world_group_name(group), NULL);
    struct addr addr = world_primary_addr(w, group);

    return world_engine_by_addr(w, row != NULL ? &row->addr : &addr);
}

void audit_started(struct world *w, struct sup *s)
{
    memset(w->audit.heard[s->index], 0, sizeof w->audit.heard[0]);
    for (int g = 0; g < w->plan.n_groups; g++) {
        struct account *account = &w->audit.accounts[s->index][g];
        memset(account->told, 0, sizeof account->told);
        memset(account->told_config, 0, sizeof account->told_config);
        account->votes_epoch = account->voters = 0;
        account->forced = false;
        account->flaps_coming = 0;
        account->primary_id = 0;
        account->coming = 0;
        account->blind_since = MSEC_NEVER;
        account->announced = stored_primary(w, s, g);
        if (account->gone)
            account->shown_config_epoch = 0;
        account->gone = false;
    }
}

void audit_removed(struct world *w, struct sup *s, int group)
{
    struct account *account = &w->audit.accounts[s->index][group];

    account->votes_epoch = account->voters = 0;
    account->flaps = account->flaps_coming = 0;
    memset(account->told, 0, sizeof account->told);
    audit_hold_dropped(w, s, group, true);
}

/* An operator took a group away, and it is being told: the promises about it end. */
static void removed(struct world *w, struct sup *s, int group)
{
    struct account *account = &w->audit.accounts[s->index][group];

    account->shown_config_epoch = 0;
    memset(account->told_config, 0, sizeof account->told_config);
}

void audit_opened(struct world *w, struct sup *s, int engine, uint32_t id)
{
    struct heard *heard = &w->audit.heard[s->index][engine];
    const struct node *node = core_find_node(s->core, id);

    if (heard->id == id || node == NULL ||
        world_group_by_name(node->group->name) != w->engines[engine].group ||
        (node->rumoured && core_find_node(s->core, heard->id) != NULL))
        return; /* known already, under another name, or taken for a node of another group */
    /* Its silence counts from when it was learnt of, perhaps under another name. */
    *heard = (struct heard){ .id = id,
                             .valid_at = node->created_at,
                             .valid_stalled = s->stalled_ms,
                             .reset_at = MSEC_NEVER,
                             .write_asked_at = MSEC_NEVER,
                             .write_bad_at = MSEC_NEVER,
                             .busy_since = MSEC_NEVER,
                             .loading_since = MSEC_NEVER };
    audit_blind_opened(w, s, engine);
}

void audit_closed(struct world *w, struct sup *s, const struct conn *conn)
{
    struct heard *heard;

    if (conn->server < PLAN_SUPS_MAX || conn->server >= PLAN_SUPS_MAX + w->n_engines)
        return;
    heard = &w->audit.heard[s->index][conn->server - PLAN_SUPS_MAX];
    if (heard->id == conn->id && conn->link == LINK_CMD) {
        heard->lost_at = audit_clock(w, s);
        heard->cmd_up = false;
    }
}

/* A node that the supervisor had twice, under its name and its number, has turned out to be this
 * one: what it says counts again (seed 5194). */
static void take_over(struct world *w, struct sup *s, const struct conn *conn)
{
    int engine = conn->server - PLAN_SUPS_MAX;
    struct heard *heard = &w->audit.heard[s->index][engine];

    if (heard->id == conn->id || conn->link != LINK_CMD ||
        core_find_node(s->core, heard->id) != NULL)
        return;
    audit_opened(w, s, engine, conn->id);
    heard->cmd_up = heard->id == conn->id;
}

void audit_evidence(struct world *w, struct sup *s, const struct conn *conn, enum evidence evidence)
{
    if (conn->server < PLAN_SUPS_MAX || conn->server >= PLAN_SUPS_MAX + w->n_engines)
        return;
    if (evidence_class(evidence) == EVIDENCE_CLASS_VALID)
        take_over(w, s, conn);
    struct heard *heard = &w->audit.heard[s->index][conn->server - PLAN_SUPS_MAX];
    if (heard->id != conn->id)
        return;

    if (evidence == EVIDENCE_BUSY && heard->busy_since == MSEC_NEVER)
        heard->busy_since = audit_clock(w, s);
    else if (evidence == EVIDENCE_MISCONF || evidence_class(evidence) == EVIDENCE_CLASS_VALID)
        heard->busy_since = MSEC_NEVER;
    if (evidence_class(evidence) == EVIDENCE_CLASS_VALID) {
        heard->valid_at = audit_clock(w, s);
        heard->valid_stalled = s->stalled_ms;
    }
    if (conn->link != LINK_CMD)
        return;
    if (evidence == EVIDENCE_CONNECTED) {
        heard->cmd_up = true;
        heard->reset_at = MSEC_NEVER;
        heard->refusals = 0;
    } else if (evidence_class(evidence) == EVIDENCE_CLASS_DOWN) {
        if (heard->cmd_up && evidence == EVIDENCE_RESET)
            heard->reset_at = audit_clock(w, s);
        else if (evidence == EVIDENCE_REFUSED)
            heard->refusals++;
        if (heard->cmd_up)
            heard->lost_at = audit_clock(w, s);
        heard->cmd_up = false;
    }
}

void audit_info(struct world *w, struct sup *s, const struct conn *conn,
                const struct info_reply *info)
{
    struct heard *heard = &w->audit.heard[s->index][conn->server - PLAN_SUPS_MAX];

    audit_forget_info(w, s, conn->server - PLAN_SUPS_MAX, info);
    take_over(w, s, conn);
    if (heard->id != conn->id)
        return;
    audit_follow_seen(w, s, conn->server - PLAN_SUPS_MAX, &info->info);
    audit_select_heard(w, s, conn->server - PLAN_SUPS_MAX, &info->info);
    audit_stranger_heard(w, s, heard, &info->info);
    if (!info->info.loading)
        heard->loading_since = MSEC_NEVER;
    else if (heard->loading_since == MSEC_NEVER)
        heard->loading_since = audit_clock(w, s);
    if (heard->has_info && strcmp(heard->info.info.runid, info->info.runid) != 0)
        heard->knows_need = false;
    heard->has_info = true;
    heard->info_at = audit_clock(w, s);
    heard->info = *info;
}

static struct account *account_of(struct world *w, const struct sup *s, int group)
{
    return &w->audit.accounts[s->index][group];
}

/* The last word about a configuration counts, whatever was said of others meanwhile. */
static void tell(struct told *told, struct word word)
{
    for (int i = 0; i < told->n && i < AUDIT_WORDS; i++)
        if (told->words[i].engine == word.engine &&
            told->words[i].config_epoch == word.config_epoch) {
            told->words[i] = word;
            return;
        }
    told->words[told->n++ % AUDIT_WORDS] = word;
}

void audit_answer(struct world *w, struct sup *s, int from, const struct packet *packet)
{
    if (packet->group < 0)
        return;
    struct account *account = account_of(w, s, packet->group);
    const struct answer *answer = &packet->u.answer;

    tell(&account->told[from],
         (struct word){ answer->down, (uint8_t)packet->engine, packet->about });
    if (world_sup_by_runid(w, answer->leader) != s->index)
        return;
    if (answer->leader_epoch > account->votes_epoch) {
        account->votes_epoch = answer->leader_epoch;
        account->voters = 0;
    }
    if (answer->leader_epoch == account->votes_epoch)
        account->voters |= 1u << from;
}

static bool node_is_primary(const struct world *w, const struct group *group, int engine)
{
    struct addr addr = group_primary_addr(group);

    return world_engine_by_addr(w, &addr) == engine;
}

uint64_t audit_config_epoch(struct world *w, struct sup *s, const struct addr *primary)
{
    int engine = world_engine_by_addr(w, primary);
    const struct group *group =
        engine >= 0 ? core_find_group(s->core, world_group_name(w->engines[engine].group)) : NULL;

    return group != NULL && node_is_primary(w, group, engine) ? group->config_epoch : 0;
}

/* A newer epoch of the same primary does not make void what was said about it. */
static void note_primaries(struct world *w, struct sup *s)
{
    for (int g = 0; g < w->plan.n_groups; g++) {
        const struct group *group = core_find_group(s->core, world_group_name(g));
        struct account *account = account_of(w, s, g);
        if (group == NULL || group->primary->id == account->primary_id)
            continue;
        account->primary_id = group->primary->id;
        account->coming = 0;
        account->primary_epoch = group->config_epoch;
    }
}

/* Whoever counts is a supervisor, and is where it is taken to be. */
static void check_members(struct world *w, const struct sup *s, const struct group *group)
{
    for (size_t i = 0; i < group->n_members; i++) {
        const struct peer *peer = group->members[i].peer;
        int sup = world_sup_by_runid(w, peer->runid);
        if (sup < 0 || sup != world_sup_by_addr(w, &peer->addr))
            world_fail(w, "%s has %s at %.50s for a member of %s", s->name,
                       sup < 0 ? "a stranger" : w->sups[sup].name, peer->addr.host, group->name);
        if (s->listed && sup >= 0 && sup == s->unlisted)
            world_fail(w, "%s counts %s, which stands not among its voters", s->name,
                       w->sups[sup].name);
    }
}

/* Who joins later need not be told before the replicas. */
static void note_switch(struct world *w, const struct sup *s, int g)
{
    const struct group *group = core_find_group(s->core, world_group_name(g));
    struct account *account = account_of(w, s, g);

    account->switched_at = w->now;
    account->knew = 0;
    for (size_t i = 0; group != NULL && i < group->n_members; i++) {
        int sup = world_sup_by_runid(w, group->members[i].peer->runid);
        account->knew |= sup >= 0 ? 1u << sup : 0;
    }
}

void audit_output(struct world *w, struct sup *s, const struct output *output)
{
    for (size_t i = 0; i < s->core->n_groups; i++)
        check_members(w, s, s->core->groups[i]);
    for (size_t i = 0; i < output->n_events; i++) {
        const struct event *event = &output->events[i];
        int group = world_group_by_name(event->group);
        if (group < 0)
            continue;
        if (event->kind == EVENT_SWITCH_MASTER)
            note_switch(w, s, group);
        audit_vote_output(w, s, event);
        audit_hold_output(w, s, event);
        if (event->kind == EVENT_SUP ||
            account_of(w, s, group)->switched_at != w->now) /* else it is told again */
            audit_down_output(w, s, event);
        audit_select_output(w, s, event);
        audit_catch_up_output(w, s, event);
        audit_salvage_event(w, s, event);
        audit_flap_output(w, s, event);
        audit_blind_output(w, s, event);
    }
    for (size_t i = 0; i < output->n_orders; i++) {
        const struct node *node = core_find_node(s->core, output->orders[i].id);
        if (output->orders[i].kind == ORDER_FOLLOW && node != NULL)
            audit_follow(w, s, node->group, node);
    }
    question_output(w, s, output);
    note_primaries(w, s);
    audit_forget_check(w, s);
    audit_stranger_check(w, s);
    audit_blind_check(w, s);
}

void audit_message(struct world *w, struct sup *s, const struct message *message, int peer)
{
    int group = -1;

    if (message->kind == MESSAGE_ANSWER) {
        group = w->tickets[message->ticket - 1].group;
        int leader = world_sup_by_runid(w, message->u.answer.leader);
        if (message->u.answer.leader[0] && group >= 0)
            audit_show(w, SHOWN_VOTE, s->index, group, message->u.answer.leader_epoch, leader);
    } else if (message->kind == MESSAGE_ASK) {
        int engine = world_engine_by_addr(w, &message->u.ask.primary);
        group = engine >= 0 ? w->engines[engine].group : -1;
        if (message->u.ask.candidate[0] && group >= 0)
            audit_show(w, SHOWN_VOTE, s->index, group, message->u.ask.epoch,
                       world_sup_by_runid(w, message->u.ask.candidate));
    } else if (message->kind == MESSAGE_HELLO) {
        audit_hello(w, s, &message->u.hello);
        group = world_group_by_name(message->u.hello.group);
        if (peer >= 0 && group >= 0)
            account_of(w, s, group)->told_config[peer] = message->u.hello.config_epoch;
    }
    audit_disk_message(w, s, message, group);
}

void audit_order(struct world *w, struct sup *s, const struct order *order, int engine)
{
    audit_disk_order(w, s, order, engine);
    audit_forget_order(w, s, order, engine);
    if (order->kind == ORDER_FOLLOW) {
        audit_follow_leaves(w, s, order, engine);
        audit_fight_follow(w, s, engine);
        audit_salvage_follow(w, s, order, engine);
    }
    if (order->kind == ORDER_DETACH)
        audit_follow_ended(w, s, engine);
    if (order->kind == ORDER_CONFIRM)
        audit_tune_confirm(w, s, engine);
    if (order->kind == ORDER_PROMOTE) {
        audit_drain_promote(w, s, engine);
        audit_catch_up_promote(w, s, engine);
        question_check_promote(w, s, engine);
        guard_note_promote(w, s, engine);
        audit_acked_promote(w, s, engine);
    }
}

void audit_event(struct world *w, struct sup *s, const struct event *event)
{
    int group = world_group_by_name(event->group);

    if (group < 0)
        return;
    if (event->kind == EVENT_UNMONITOR)
        removed(w, s, group);
    if (event->kind == EVENT_MONITOR)
        account_of(w, s, group)->announced = world_engine_by_addr(w, &event->addr);
    audit_disk_event(w, s, event);
    audit_fight_event(w, s, event);
    audit_flap_event(w, s, event);
    if (event->kind != EVENT_SWITCH_MASTER)
        return;
    w->stats.switches++;
    account_of(w, s, group)->announced = world_engine_by_addr(w, &event->addr);
    account_of(w, s, group)->told_at = w->now;
}
