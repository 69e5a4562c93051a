/* Nothing is visible before it is durable: what leaves is compared with the rows on the disk of
 * the one who says it, at this very moment. */
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

static uint64_t pack(uint64_t epoch, int engine)
{
    return epoch << 8 | (uint8_t)engine;
}

/* Note which configurations the disk has held, one commit may bring several: what is said of an
 * older one may leave when a newer one is stored already. */
void audit_durable(struct world *w, struct sup *s, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int group = world_group_by_name(rows[i].group);
        if (group < 0)
            continue;
        struct account *account = &w->audit.accounts[s->index][group];
        account->gone = account->gone || rows[i].kind == ROW_GROUP_GONE;
        if (rows[i].kind != ROW_GROUP)
            continue;
        account->durable_configs[account->n_durable++ & 63] =
            pack(rows[i].epoch, world_engine_by_addr(w, &rows[i].addr));
    }
}

static bool was_durable(const struct world *w, const struct sup *s, int group, uint64_t epoch,
                        int engine)
{
    const struct account *account = &w->audit.accounts[s->index][group];
    int n = account->n_durable < 64 ? account->n_durable : 64;

    for (int i = 0; i < n; i++)
        if (account->durable_configs[i] == pack(epoch, engine))
            return true;
    return false;
}

/* Whether the disk holds a vote for LEADER in EPOCH, or one of a later epoch. A group that was
 * removed meanwhile leaves its promise to the epoch: when it comes back, no vote is given in it. */
static bool vote_is_stored(const struct sup *s, int group, uint64_t epoch, const char *leader)
{
    const char *name = world_group_name(group);
    const struct row *row = disk_find(&s->disk, ROW_VOTE, name, NULL);

    if (disk_find(&s->disk, ROW_GROUP, name, NULL) == NULL)
        return disk_epoch(&s->disk) >= epoch;
    return row != NULL &&
           (row->epoch > epoch ||
            (row->epoch == epoch && (row->runid[0] == '\0' || strcmp(row->runid, leader) == 0)));
}

void audit_disk_message(struct world *w, struct sup *s, const struct message *message, int group)
{
    uint64_t epoch = 0;
    const char *leader = "";

    if (message->kind == MESSAGE_ANSWER) {
        epoch = message->u.answer.leader_epoch;
        leader = message->u.answer.leader;
    } else if (message->kind == MESSAGE_ASK) {
        epoch = message->u.ask.epoch;
        leader = message->u.ask.candidate;
    }
    if (leader[0] == '\0' || group < 0)
        return;
    if (!vote_is_stored(s, group, epoch, leader))
        world_fail(w, "%s shows a vote in %s, epoch %llu, that its disk does not hold", s->name,
                   world_group_name(group), (unsigned long long)epoch);
    if (message->kind == MESSAGE_ASK && disk_epoch(&s->disk) < epoch)
        world_fail(w, "%s campaigns in epoch %llu, its disk holds %llu", s->name,
                   (unsigned long long)epoch, (unsigned long long)disk_epoch(&s->disk));
}

void audit_disk_hello(struct world *w, struct sup *s, const struct hello *hello)
{
    int group = world_group_by_name(hello->group);

    if (disk_epoch(&s->disk) < hello->current_epoch)
        world_fail(w, "%s says epoch %llu, its disk holds %llu", s->name,
                   (unsigned long long)hello->current_epoch,
                   (unsigned long long)disk_epoch(&s->disk));
    if (!was_durable(w, s, group, hello->config_epoch, world_engine_by_addr(w, &hello->primary)))
        world_fail(w, "%s says that %s is the primary of %s, epoch %llu; its disk does not",
                   s->name, hello->primary.host, hello->group,
                   (unsigned long long)hello->config_epoch);
}

static bool is_member(const struct group *group, uint32_t peer)
{
    for (size_t i = 0; i < group->n_members; i++)
        if (group->members[i].peer->id == peer)
            return true;
    return false;
}

/* The switch is told, to clients and to each peer that can be reached, before a replica is
 * repointed. */
static void check_told(struct world *w, struct sup *s, int g, const struct order *order)
{
    const struct account *account = &w->audit.accounts[s->index][g];
    const struct group *group = core_find_group(s->core, world_group_name(g));
    int target = world_engine_by_addr(w, &order->addr);

    if (account->announced != target)
        world_fail(w, "%s orders to follow %s before it told of that switch", s->name,
                   order->addr.host);
    if (group == NULL || group->failover.state != FAILOVER_REPOINT)
        return;
    for (uint32_t i = 0; i < w->n_conns; i++) {
        const struct conn *conn = w->conns[i];
        if (!conn->used || conn->client != s->endpoint || !conn->client_open || !conn->up ||
            !is_member(group, conn->id) || !(account->knew >> conn->server & 1) ||
            conn->up_at >= account->switched_at)
            continue;
        if (account->told_config[conn->server] < account->switch_epoch)
            world_fail(w, "%s repoints replicas of %s before it told %s of the switch", s->name,
                       group->name, w->sups[conn->server].name);
    }
}

void audit_disk_order(struct world *w, struct sup *s, const struct order *order, int engine)
{
    int g = w->engines[engine].group;
    const struct group *group = core_find_group(s->core, world_group_name(g));

    if (order->kind == ORDER_FOLLOW) {
        check_told(w, s, g, order);
    } else if (order->kind == ORDER_PROMOTE && group != NULL &&
               group->failover.state == FAILOVER_PROMOTE) {
        if (!vote_is_stored(s, g, group->failover.epoch, s->runid))
            world_fail(w, "%s promotes %s, its disk does not hold its own vote", s->name,
                       w->engines[engine].name);
        audit_show(w, SHOWN_LEADER, 0, g, group->failover.epoch, s->index);
        audit_show(w, SHOWN_PROMOTED, 0, g, group->failover.epoch << 8 | (unsigned)engine, engine);
    }
}

void audit_disk_event(struct world *w, struct sup *s, const struct event *event)
{
    if (event->kind != EVENT_SWITCH_MASTER)
        return;
    int group = world_group_by_name(event->group);
    int engine = world_engine_by_addr(w, &event->addr);
    struct account *account = &w->audit.accounts[s->index][group];
    int n = account->n_durable < 64 ? account->n_durable : 64;
    bool found = false;

    account->switch_epoch = 0;
    for (int i = 0; i < n; i++) {
        uint64_t epoch = account->durable_configs[i] >> 8;
        if ((account->durable_configs[i] & 0xff) != (uint64_t)engine)
            continue;
        found = true;
        if (epoch > account->switch_epoch)
            account->switch_epoch = epoch;
    }
    /* Only the file's primary, and one that was made a primary by hand, need no leader. */
    if (found && !audit_was_promoted(w, group, engine) && !world_is_first(w, engine) &&
        !w->engines[engine].strayed)
        world_fail(w, "%s switches %s to %s, which nobody has promoted", s->name, event->group,
                   event->addr.host);
    if (!found)
        world_fail(w, "%s tells of a switch to %s that its disk does not hold", s->name,
                   event->addr.host);
}
