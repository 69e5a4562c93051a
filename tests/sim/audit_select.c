/* The choice of a replica, judged again from what INFO said to that supervisor: an
 * independent reading of the rule. */
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

#define BALK_MS          60000
#define LINK_DOWN_FACTOR 10 /* x down_after; beyond it a refusal is a matter of taste */

static const struct heard *heard_of(const struct world *w, const struct sup *s, int engine)
{
    return &w->audit.heard[s->index][engine];
}

static bool same_id(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool audit_is_remembered(const struct account *account, const char *replid)
{
    for (int i = 0; i < account->n_lineage; i++)
        if (same_id(account->lineage[i], replid))
            return true;
    return false;
}

static void remember(struct account *account, const char *replid)
{
    if (account->n_lineage < AUDIT_LINEAGE && !audit_is_remembered(account, replid))
        memcpy(account->lineage[account->n_lineage++], replid, RUNID_LEN + 1);
}

void audit_select_heard(struct world *w, struct sup *s, int engine, const struct node_info *info)
{
    int g = w->engines[engine].group;
    const struct group *group = core_find_group(s->core, world_group_name(g));
    struct addr primary = group != NULL ? group_primary_addr(group) : (struct addr){ 0 };
    struct account *account = &w->audit.accounts[s->index][g];
    bool heir = info->link_up || audit_is_remembered(account, info->replid2);
    bool tells = info->role == ROLE_PRIMARY ? world_engine_by_addr(w, &primary) == engine
                                            : heir && world_engine_by_addr(w, &primary) ==
                                                          world_engine_by_addr(w, &info->primary);

    if (tells)
        remember(account, info->replid);
}

enum kinship { KIN_NONE, KIN_OLD, KIN_BEFORE, KIN_SAME };

/* How near its data are to the primary's, as far as both are known. */
static enum kinship kinship_of(const struct world *w, const struct sup *s, const struct heard *node,
                               const struct heard *primary, int g)
{
    const struct node_info *own = &node->info.info, *old = &primary->info.info;
    const struct account *account = &w->audit.accounts[s->index][g];

    if (!primary->has_info)
        return KIN_SAME;
    if (old->loading && own->role == ROLE_REPLICA) /* it does not know its own history yet */
        return audit_is_remembered(account, own->replid) ? KIN_OLD : KIN_NONE;
    if (same_id(own->replid2, old->replid))
        return KIN_SAME;
    if (same_id(own->replid, old->replid) &&
        (own->role == ROLE_REPLICA || old->role == ROLE_REPLICA))
        return KIN_SAME;
    if (own->role == ROLE_REPLICA && same_id(own->replid, old->replid2))
        return KIN_BEFORE;
    return audit_is_remembered(account, own->replid) || audit_is_remembered(account, own->replid2)
               ? KIN_OLD
               : KIN_NONE;
}

/* Its primary came back with less than a replica has: who is being synchronised by it still has its
 * own data. */
static bool group_forgot(const struct group *group)
{
    return group->primary->amnesia.told;
}

/* Whether the primary cannot write, and the node says that it could not either. */
static bool is_no_better(const struct world *w, const struct sup *s, int primary, int engine)
{
    const struct heard *old = heard_of(w, s, primary);
    const struct group_conf *conf = &w->plan.conf[w->engines[primary].group];
    bool held = old->write_asked_at != MSEC_NEVER &&
                audit_clock(w, s) - old->write_asked_at >= conf->write_down_after_ms;

    return old->write_bad_at != MSEC_NEVER && !held && /* that is the primary's own */
           audit_is_no_better(heard_of(w, s, engine), old->write_word);
}

/* Why this node must not be promoted; NULL if it may. */
static const char *refusal(struct world *w, struct sup *s, const struct group *group, int primary,
                           int engine)
{
    const struct heard *heard = heard_of(w, s, engine);
    const struct node_info *info = &heard->info.info;

    if (!heard->cmd_up)
        return "not connected";
    if (!heard->has_info || heard->info_at < group->failover.started_at)
        return "no fresh INFO";
    if (info->priority == 0)
        return "priority 0";
    if (audit_is_maintained(w, s, engine))
        return "maintenance";
    if (info->loading)
        return "loading";
    if (info->syncing && !group_forgot(group))
        return "synchronising";
    if (kinship_of(w, s, heard, heard_of(w, s, primary), w->engines[primary].group) == KIN_NONE)
        return "a foreign history";
    if (s->stalled_ms == heard->valid_stalled &&
        audit_clock(w, s) - heard->valid_at >= group->conf.down_after_ms)
        return "silent";
    if (is_no_better(w, s, primary, engine) && group->conf.write_probe_ms > 0 &&
        heard_of(w, s, primary)->cmd_up && group->primary->write.bad_at != MSEC_NEVER &&
        audit_clock(w, s) - heard_of(w, s, primary)->valid_at < group->conf.down_after_ms)
        return "its inability to write, as the primary's";
    return NULL;
}

/* It was chosen in vain a short time ago: whether others exist or not, it need not be considered.
 */
static bool has_balked(const struct sup *s, const struct node *node)
{
    return node->balked_at != MSEC_NEVER && s->core->now - node->balked_at < BALK_MS;
}

/* Whether a supervisor must have considered this node. */
static bool was_choice(struct world *w, struct sup *s, const struct group *group, int primary,
                       int engine)
{
    const struct node_info *info = &heard_of(w, s, engine)->info.info;
    struct addr addr = world_engine_addr(&w->engines[engine]);

    if (engine == primary || !heard_of(w, s, primary)->has_info ||
        is_no_better(w, s, primary, engine) ||
        w->engines[engine].group != w->engines[primary].group ||
        refusal(w, s, group, primary, engine) != NULL || info->role != ROLE_REPLICA ||
        (!info->link_up && info->link_down_ms > LINK_DOWN_FACTOR * group->conf.down_after_ms))
        return false;
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct addr shown = node_shown_addr(group->nodes[i]);
        if (addr_equal(&shown, &addr))
            return probe_is_up(&group->nodes[i]->probe) && !group->nodes[i]->sdown &&
                   !group->nodes[i]->rumoured && !has_balked(s, group->nodes[i]) &&
                   !hold_is_maintained(group->nodes[i]);
    }
    return false;
}

/* It lost the role again and again: it goes behind the others. */
static bool fails_often(const struct sup *s, const struct group *group, const struct world *w,
                        int engine)
{
    for (size_t i = 0; i < group->n_nodes; i++)
        if (world_engine_by_addr(w, &group->nodes[i]->addr) == engine)
            return flap_is_quarantined(s->core, group->nodes[i]);
    return false;
}

/* By PLAN_PREFER, or by the one node that a story names. */
static int place_of(const struct world *w, const struct sup *s, const struct group *group,
                    int engine)
{
    const char *zone = heard_of(w, s, engine)->info.info.zone;

    if (strcmp(group->conf.prefer, PLAN_PREFER) != 0)
        return strcmp(group->conf.prefer, w->engines[engine].name) != 0;
    return strcmp(zone, "a") == 0 ? 0 : strcmp(zone, "b") == 0 ? 1 : 2;
}

static bool is_better(const struct world *w, const struct sup *s, const struct group *group, int a,
                      int b)
{
    const struct node_info *one = &heard_of(w, s, a)->info.info;
    const struct node_info *other = &heard_of(w, s, b)->info.info;

    if (place_of(w, s, group, a) != place_of(w, s, group, b))
        return place_of(w, s, group, a) < place_of(w, s, group, b);
    if (one->priority != other->priority)
        return one->priority < other->priority;
    if (one->repl_offset != other->repl_offset)
        return one->repl_offset > other->repl_offset;
    return strcmp(one->runid, other->runid) < 0;
}

/* How far behind the most advanced one the chosen one may be: not at all, unless the primary waits
 * for it now. */
static uint64_t allowed_lag(const struct group *group)
{
    return group->failover.state == FAILOVER_DRAIN ? (uint64_t)group->conf.priority_max_lag_bytes
                                                   : 0;
}

static void check_choice(struct world *w, struct sup *s, const struct group *group, int primary,
                         int chosen)
{
    const struct heard *mine = heard_of(w, s, chosen), *old = heard_of(w, s, primary);
    const struct node_info *info = &mine->info.info;
    enum kinship kinship = kinship_of(w, s, mine, old, w->engines[primary].group);
    bool equal[PLAN_ENGINES_MAX] = { false };
    uint64_t most = info->repl_offset;

    for (int i = 0; i < w->n_engines; i++) {
        if (!was_choice(w, s, group, primary, i))
            continue;
        enum kinship other = kinship_of(w, s, heard_of(w, s, i), old, w->engines[primary].group);
        equal[i] = other == kinship && kinship != KIN_OLD;
        if (other > kinship && !group_forgot(group))
            world_fail(w, "%s chose %s, but %s has a newer history", s->name,
                       w->engines[chosen].name, w->engines[i].name);
    }
    for (int i = 0; i < w->n_engines; i++)
        if (equal[i] && heard_of(w, s, i)->info.info.repl_offset > most)
            most = heard_of(w, s, i)->info.info.repl_offset;
    if (most - info->repl_offset > allowed_lag(group))
        world_fail(w, "%s chose %s, which is %llu bytes behind the most advanced", s->name,
                   w->engines[chosen].name, (unsigned long long)(most - info->repl_offset));
    for (int i = 0; i < w->n_engines; i++) {
        const struct node_info *other = &heard_of(w, s, i)->info.info;
        if (group->failover.state == FAILOVER_DRAIN &&
            (!other->link_up || world_engine_by_addr(w, &other->primary) != primary))
            continue; /* it would never come */
        if (i != chosen && equal[i] && most - other->repl_offset <= allowed_lag(group) &&
            (fails_often(s, group, w, i) != fails_often(s, group, w, chosen)
                 ? !fails_often(s, group, w, i)
                 : is_better(w, s, group, i, chosen)))
            world_fail(w, "%s chose %s, but %s is better", s->name, w->engines[chosen].name,
                       w->engines[i].name);
    }
}

/* An operator has named one: then it need not be the best. */
static bool is_wished(const struct world *w, const struct sup *s, int engine)
{
    const struct group *group =
        core_find_group(s->core, world_group_name(w->engines[engine].group));

    return group->failover.preference ||
           w->audit.accounts[s->index][w->engines[engine].group].wished;
}

/* What the new primary told before it was known to be that. */
static void note_switch(struct world *w, struct sup *s, const struct event *event)
{
    int engine = world_engine_by_addr(w, &event->addr);

    if (engine >= 0 && heard_of(w, s, engine)->info.info.role == ROLE_PRIMARY)
        remember(&w->audit.accounts[s->index][world_group_by_name(event->group)],
                 heard_of(w, s, engine)->info.info.replid);
}

void audit_select_output(struct world *w, struct sup *s, const struct event *event)
{
    if (event->kind == EVENT_SWITCH_MASTER)
        note_switch(w, s, event);
    if (event->kind != EVENT_SELECTED_SLAVE)
        return;
    const struct group *group = core_find_group(s->core, event->group);
    struct addr addr = group_primary_addr(group);
    int primary = world_engine_by_addr(w, &addr);
    int chosen = world_engine_by_addr(w, &event->addr);
    const char *reason;

    if (chosen >= 0 && chosen == primary && heard_of(w, s, primary)->info.info.role == ROLE_REPLICA)
        return; /* made a replica by somebody, and nobody else may be promoted: it is made one again
                 */
    if (chosen < 0 || chosen == primary) {
        world_fail(w, "%s chose %s", s->name, event->addr.host);
        return;
    }
    reason = refusal(w, s, group, primary, chosen);
    if (reason != NULL)
        world_fail(w, "%s chose %s in spite of %s", s->name, w->engines[chosen].name, reason);
    else if (heard_of(w, s, chosen)->info.info.role == ROLE_REPLICA && !is_wished(w, s, chosen) &&
             group->conf.durability != DURABILITY_QUORUM && /* there audit_acked.c judges */
             group->failover.state != FAILOVER_IDLE)        /* it came to nothing at once */
        check_choice(w, s, group, primary, chosen);
}
