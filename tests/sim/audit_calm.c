/* Liveness: what has to be so when nothing has gone wrong for a while. */
#include <stdio.h>

#include "sentinel/core.h"
#include "sentinel/fight.h"
#include "sentinel/guard.h"
#include "sentinel/model.h"
#include "sentinel/outbox.h"
#include "tests/sim/world.h"

/* The bound, term by term: each is the longest that this part of the work may
 * wait, by the settings and by the limits named in the core. */
#define RECONNECT_MS     (NET_RETRY_MAX_MS + 1000 + 1000) /* sent again, back-off, opening */
#define ROLE_PATIENCE_MS 4000                             /* a primary that says it is a replica */
#define HOLD_MS          10000                            /* a vote given to a dead leader */
#define BACKOFF_MS       16000                            /* between two attempts that failed */
#define PROMOTE_MS       10000                            /* an order that nobody takes */
#define DISCOVER_MS      (10000 + 2000)                   /* INFO of an idle group, and a hello */
#define REPAIR_MS        (60000 + 10000) /* between two orders, and until one counts as lost */

/* Operators may have changed it. */
static msec longest_down_after(const struct world *w)
{
    msec longest = w->plan.conf[0].down_after_ms;

    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct core *core = w->sups[i].core;
        for (size_t g = 0; core != NULL && g < core->n_groups; g++)
            longest = msec_max(longest, core->groups[g]->conf.down_after_ms);
    }
    return longest;
}

/* After too many failovers the next one waits. */
static msec longest_cool_down(const struct world *w)
{
    msec longest = 0;

    for (int g = 0; g < w->plan.n_groups; g++)
        if (w->plan.conf[g].flap_failovers > 0)
            longest = msec_max(longest, w->plan.conf[g].flap_window_ms);
    return longest;
}

msec audit_settle_bound(const struct world *w)
{
    msec bound = RECONNECT_MS + ROLE_PATIENCE_MS + HOLD_MS + BACKOFF_MS + PROMOTE_MS +
                 2 * DISCOVER_MS + REPAIR_MS;

    bound += 3 * longest_down_after(w) + longest_cool_down(w);
    if (w->audit.quarrel.turn > 0)
        bound += FIGHT_PAUSE_MAX_MS + FIGHT_CALM_MS;
    return bound + w->plan.full_sync_ms * PLAN_REPLICA_MAX;
}

/* One failover and nothing else: silence, a vote that is held, lost elections, and all replicas
 * brought over one by one. A quorum above the majority needs votes that others may hold for
 * candidates who have lost, 5 s each if those do not say so (stock Sentinels). */
#define ELECTIONS_MS      10000
#define HARD_ELECTIONS_MS 60000

msec audit_failover_bound(const struct world *w)
{
    msec bound = RECONNECT_MS + HOLD_MS + DISCOVER_MS + ELECTIONS_MS;

    for (int g = 0; g < w->plan.n_groups; g++)
        if (w->plan.conf[g].quorum > plan_majority(&w->plan)) {
            bound += HARD_ELECTIONS_MS;
            break;
        }
    bound += 3 * longest_down_after(w) + longest_cool_down(w);
    return bound + w->plan.full_sync_ms * PLAN_REPLICA_MAX;
}

static char reason[200];

#define UNSETTLED(...) (snprintf(reason, sizeof reason, __VA_ARGS__), reason)

static int count_present(const struct world *w)
{
    int n = 0;

    for (int i = 0; i < w->plan.n_sups; i++)
        n += w->sups[i].present;
    return n;
}

static const char *unsettled_members(struct world *w, struct sup *s, const struct group *group)
{
    if ((int)group->n_members != count_present(w) - 1)
        return UNSETTLED("%s knows %zu others for %s", s->name, group->n_members, group->name);
    for (size_t i = 0; i < group->n_members; i++) {
        const struct member *member = &group->members[i];
        if (member->sdown)
            return UNSETTLED("%s thinks that a peer is down", s->name);
        if (disk_find(&s->disk, ROW_PEER, group->name, member->peer->runid) == NULL)
            return UNSETTLED("%s has not stored a peer", s->name);
    }
    return NULL;
}

/* Whether a node is not there any more. */
static bool is_lost(struct world *w, const struct node *node)
{
    struct addr addr = node_shown_addr(node);
    int engine = world_engine_by_addr(w, &addr);

    return engine >= 0 && (!w->engines[engine].alive || w->engines[engine].hung);
}

bool audit_can_fail_over(struct world *w, int group)
{
    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct group *known =
            w->sups[i].alive ? core_find_group(w->sups[i].core, world_group_name(group)) : NULL;
        size_t n = 0;
        for (size_t j = 0; known != NULL && j < known->n_nodes; j++)
            n += known->nodes[j] != known->primary && !is_lost(w, known->nodes[j]);
        if (n == 0)
            return false;
    }
    return true;
}

static const char *unsettled_group(struct world *w, struct sup *s, const struct group *group)
{
    if (group->failover.state != FAILOVER_IDLE)
        return UNSETTLED("%s is in a failover of %s: %s", s->name, group->name,
                         failover_state_name(group->failover.state));
    if (group->odown || group->rumour.active)
        return UNSETTLED("%s: odown %d, rumour %d", s->name, group->odown, group->rumour.active);
    for (size_t i = 0; i < group->n_nodes; i++)
        if (group->nodes[i]->rumoured)
            return UNSETTLED("%s keeps %.50s, which it knows from a rumour that is over", s->name,
                             group->nodes[i]->addr.host);
    for (size_t i = 0; i < group->n_nodes; i++)
        if ((group->nodes[i]->sdown || group->nodes[i]->owed) && !is_lost(w, group->nodes[i]))
            return UNSETTLED("%s thinks that %.50s is %s", s->name, group->nodes[i]->addr.host,
                             group->nodes[i]->sdown ? "down" : "still to be demoted");
    return unsettled_members(w, s, group);
}

/* Whether any supervisor knows this node. */
static bool is_known(struct world *w, const struct engine *e)
{
    struct addr addr = world_engine_addr(e);

    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct group *group =
            w->sups[i].alive ? core_find_group(w->sups[i].core, world_group_name(e->group)) : NULL;
        for (size_t j = 0; group != NULL && j < group->n_nodes; j++) {
            struct addr shown = node_shown_addr(group->nodes[j]);
            if (addr_equal(&shown, &addr))
                return true;
        }
    }
    return false;
}

static const char *unsettled_nodes(struct world *w, int g, int primary)
{
    const struct engine *p = &w->engines[primary];

    if (!p->alive || p->hung || p->role != ROLE_PRIMARY)
        return UNSETTLED("%s is no primary", p->name);
    if (lease_is_over(w, p) && lease_is_possible(w, g))
        return UNSETTLED("%s has no lease", p->name);
    for (int i = 0; i < w->n_engines; i++) {
        const struct engine *e = &w->engines[i];
        if (e->group == g && e->alive && e->min_replicas >= GUARD_FENCED && is_known(w, e))
            return UNSETTLED("%s has no writes", e->name);
        if (e->group == g && e->alive && !e->hung && is_known(w, e) &&
            audit_tune_unsettled(w, e) != NULL)
            return UNSETTLED("%s: %s", e->name, audit_tune_unsettled(w, e));
        if (e->group != g || i == primary || !e->alive || e->hung || !is_known(w, e))
            continue;
        if (e->role != ROLE_REPLICA || e->master != primary || e->link != REPL_UP)
            return UNSETTLED("%s is %s of n%d, link %d", e->name, node_role_name(e->role),
                             e->master + 1, e->link);
    }
    return NULL;
}

/* All supervisors on one group: the same primary, in the same configuration. */
static const char *unsettled_in(struct world *w, int g)
{
    const struct group *first = NULL;
    const char *why;
    int primary = -1;

    for (int i = 0; i < w->plan.n_sups; i++) {
        struct sup *s = &w->sups[i];
        if (!s->present)
            continue;
        if (!s->alive || s->stalled)
            return UNSETTLED("%s is not there", s->name);
        const struct group *group = core_find_group(s->core, world_group_name(g));
        if (group == NULL)
            return UNSETTLED("%s does not know %s", s->name, world_group_name(g));
        struct addr addr = group_primary_addr(group);
        int engine = world_engine_by_addr(w, &addr);
        if (first != NULL && (engine != primary || group->config_epoch != first->config_epoch))
            return UNSETTLED("%s has n%d in epoch %llu, another n%d in %llu", s->name, engine + 1,
                             (unsigned long long)group->config_epoch, primary + 1,
                             (unsigned long long)first->config_epoch);
        why = unsettled_group(w, s, group);
        if (why != NULL)
            return why;
        first = group;
        primary = engine;
    }
    return first != NULL ? unsettled_nodes(w, g, primary) : "nobody is there";
}

/* Requests and asks of processes that live still must have been answered. */
static const char *unanswered(struct world *w)
{
    for (uint64_t i = 0; i < w->n_tickets; i++) {
        const struct ticket *ticket = &w->tickets[i];
        const struct sup *s = &w->sups[ticket->sup];
        if (!ticket->replied && s->alive && s->life == ticket->life)
            return UNSETTLED("%s has not answered %s", s->name,
                             ticket->is_ask ? "a peer" : "an operator");
    }
    return NULL;
}

const char *audit_unsettled(struct world *w)
{
    const char *why = NULL;

    for (int i = 0; i < w->plan.n_sups; i++)
        if (w->sups[i].alive && outbox_busy(w->sups[i].outbox))
            return UNSETTLED("%s is writing", w->sups[i].name);
    for (int g = 0; why == NULL && g < w->plan.n_groups; g++)
        why = unsettled_in(w, g);
    if (why == NULL)
        why = audit_fight_unsettled(w);
    return why != NULL ? why : unanswered(w);
}
