/* Bringing replicas over: no more at a time than the group allows, and never the node away that
 * most supervisors hold for the primary. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

#define ORDER_AGE_MS  1100 /* so long may an order have waited for the disk */
#define REDIRECTED_MS 1000 /* after the order; what INFO says before may be older than that */

static struct account *account_of(struct world *w, const struct sup *s, int engine)
{
    return &w->audit.accounts[s->index][w->engines[engine].group];
}

static uint32_t bit(int engine)
{
    return 1u << engine;
}

/* Whether it has died in its maintenance, which nobody is told (seed 6703). */
static bool is_quietly_down(const struct world *w, const struct sup *s, int engine)
{
    const struct group *group =
        core_find_group(s->core, world_group_name(w->engines[engine].group));

    return group != NULL && audit_is_maintained(w, s, engine) &&
           audit_clock(w, s) - w->audit.heard[s->index][engine].valid_at >=
               group->conf.down_after_ms;
}

/* Replicas under way, by what this supervisor itself ordered and has seen since. */
static int count_coming(const struct world *w, const struct sup *s, struct account *account)
{
    int n = 0;

    for (int i = 0; i < w->n_engines; i++) {
        if (!(account->coming & bit(i)))
            continue;
        if (w->now - account->coming_at[i] >= s->core->tunables.slave_reconf_timeout ||
            is_quietly_down(w, s, i))
            account->coming &= ~bit(i);
        else
            n++;
    }
    return n;
}

void audit_follow(struct world *w, struct sup *s, const struct group *group,
                  const struct node *node)
{
    struct addr addr = node_shown_addr(node);
    int engine = world_engine_by_addr(w, &addr);
    bool replica = node->info.role == ROLE_REPLICA && !node->owed;
    struct account *account;

    if (engine < 0 || world_group_by_name(group->name) != w->engines[engine].group)
        return;
    account = account_of(w, s, engine);
    account->coming &= ~bit(engine); /* it may be told again */
    if (replica && count_coming(w, s, account) >= group->conf.parallel_syncs)
        world_fail(w, "%s brings over more than %lld replicas of %s at a time", s->name,
                   (long long)group->conf.parallel_syncs, group->name);
    account->coming |= bit(engine);
    account->came &= ~bit(engine);
    account->coming_at[engine] = w->now;
}

void audit_follow_ended(struct world *w, struct sup *s, int engine)
{
    account_of(w, s, engine)->coming &= ~bit(engine);
}

/* It has come over, or does something else by now. */
void audit_follow_seen(struct world *w, struct sup *s, int engine, const struct node_info *info)
{
    struct account *account = account_of(w, s, engine);
    const struct group *group =
        core_find_group(s->core, world_group_name(w->engines[engine].group));
    bool here = group != NULL && world_engine_by_addr(w, &info->primary) ==
                                     world_engine_by_addr(w, &group->primary->addr);
    bool elsewhere =
        group != NULL && !here &&
        ((account->came & bit(engine)) || w->now - account->coming_at[engine] >= REDIRECTED_MS);

    if (here)
        account->came |= bit(engine);
    if (info->role != ROLE_REPLICA || info->link_up || elsewhere)
        audit_follow_ended(w, s, engine);
}

void audit_order_lost(struct world *w, struct sup *s, const struct order *order)
{
    const struct node *node = core_find_node(s->core, order->id);
    struct addr addr;
    int engine;

    if (node == NULL)
        return;
    addr = node_shown_addr(node);
    engine = world_engine_by_addr(w, &addr);
    if (engine >= 0)
        audit_follow_ended(w, s, engine);
}

/* Whether most supervisors have this node as the primary, in a newer configuration than EPOCH. */
static bool is_held_by_most(struct world *w, int engine, uint64_t epoch)
{
    const char *name = world_group_name(w->engines[engine].group);
    int n = 0;

    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct group *group =
            w->sups[i].alive ? core_find_group(w->sups[i].core, name) : NULL;
        if (group == NULL || group->config_epoch <= epoch ||
            w->now - account_of(w, &w->sups[i], engine)->switched_at < ORDER_AGE_MS)
            continue;
        struct addr addr = group_primary_addr(group);
        n += world_engine_by_addr(w, &addr) == engine;
    }
    return n >= plan_majority(&w->plan);
}

/* Whether the supervisor has an excuse: forged epochs make majorities of their own. */
static bool is_excused(const struct world *w, const struct sup *s, const struct order *order)
{
    return w->plan.weight[FAULT_FORGE] > 0 || core_find_node(s->core, order->id) == NULL;
}

/* An order that leaves: nobody demotes the primary that most others have moved on to. */
void audit_follow_leaves(struct world *w, struct sup *s, const struct order *order, int engine)
{
    const struct group *group =
        core_find_group(s->core, world_group_name(w->engines[engine].group));

    if (group != NULL && !is_excused(w, s, order) &&
        world_engine_by_addr(w, &order->addr) != engine &&
        w->engines[engine].role == ROLE_PRIMARY && is_held_by_most(w, engine, group->config_epoch))
        world_fail(w, "%s demotes %s, the primary that most supervisors have", s->name,
                   w->engines[engine].name);
}
