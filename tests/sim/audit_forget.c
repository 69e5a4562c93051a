/* Who is gone for good does not come back by hearsay: a node when the group's primary itself names
 * it, or when it is the primary; a supervisor when it is there. One that is there all the time is
 * not forgotten. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

/* Whether the supervisor is in touch with the node, and was told that it follows the primary. */
bool audit_is_there(const struct world *w, const struct sup *s, int engine)
{
    const struct heard *heard = &w->audit.heard[s->index][engine];
    const struct group *group =
        core_find_group(s->core, world_group_name(w->engines[engine].group));
    struct addr primary = group != NULL ? group_primary_addr(group) : (struct addr){ 0 };

    return group != NULL && heard->cmd_up && heard->has_info &&
           heard->info.info.role == ROLE_REPLICA &&
           world_engine_by_addr(w, &heard->info.info.primary) == world_engine_by_addr(w, &primary);
}

/* From here on it may be so, whether the answer gets out or not. */
void audit_forget_asked(struct world *w, const struct sup *s, int group, int engine,
                        uint64_t ticket)
{
    if (engine >= 0) {
        w->audit.forgetting[s->index][engine] = ticket;
        return;
    }
    w->audit.fewer_asked[s->index][group] = true;
    w->audit.fewer_life[s->index][group] = w->sups[w->plan.forget_sup].life;
}

/* Unless it was found again before the answer got out, or asked for once more. */
void audit_forget_answered(struct world *w, const struct sup *s, const struct ticket *ticket)
{
    if (ticket->engine < 0) {
        w->audit.fewer[s->index][ticket->group] = w->audit.fewer_asked[s->index][ticket->group];
        return;
    }
    if (ticket->is_there)
        world_fail(w, "%s forgets %s, which is there", s->name, w->engines[ticket->engine].name);
    w->audit.forgotten[s->index][ticket->engine] =
        w->audit.forgetting[s->index][ticket->engine] == (uint64_t)(ticket - w->tickets) + 1;
}

/* A node is found again. */
static void find(struct world *w, const struct sup *s, int engine)
{
    w->audit.forgotten[s->index][engine] = false;
    w->audit.forgetting[s->index][engine] = 0;
}

void audit_forget_dropped(struct world *w, const struct sup *s, int group)
{
    w->audit.fewer[s->index][group] = w->audit.fewer_asked[s->index][group] = false;
    for (int i = 0; i < w->n_engines; i++)
        if (w->engines[i].group == group)
            find(w, s, i);
}

void audit_forget_info(struct world *w, const struct sup *s, int engine,
                       const struct info_reply *info)
{
    const struct group *group =
        core_find_group(s->core, world_group_name(w->engines[engine].group));

    if (group == NULL || info->info.role != ROLE_PRIMARY ||
        world_engine_by_addr(w, &group->primary->addr) != engine)
        return;
    for (int i = 0; i < info->n_lines; i++)
        find(w, s, info->lines[i].engine);
}

static void check_node(struct world *w, const struct sup *s, const struct group *group,
                       const struct node *node)
{
    int engine = world_engine_by_addr(w, &node->addr);

    if (engine < 0 || !w->audit.forgotten[s->index][engine] || node->rumoured ||
        world_group_by_name(group->name) != w->engines[engine].group)
        return;
    if (node == group->primary)
        find(w, s, engine);
    else
        world_fail(w, "%s has %s again, which is gone for good", s->name, w->engines[engine].name);
}

static void check_peers(struct world *w, const struct sup *s, const struct group *group, int g)
{
    const struct sup *gone = &w->sups[w->plan.forget_sup];

    for (size_t i = 0; i < group->n_members; i++) {
        if (world_sup_by_runid(w, group->members[i].peer->runid) != gone->index)
            continue;
        if (w->audit.fewer[s->index][g] && !gone->alive &&
            gone->life == w->audit.fewer_life[s->index][g])
            world_fail(w, "%s counts %s again, which is gone for good", s->name, gone->name);
        w->audit.fewer[s->index][g] = w->audit.fewer_asked[s->index][g] = false;
    }
}

void audit_forget_check(struct world *w, const struct sup *s)
{
    for (int g = 0; g < w->plan.n_groups; g++) {
        const struct group *group = core_find_group(s->core, world_group_name(g));
        if (group == NULL)
            continue;
        for (size_t i = 0; i < group->n_nodes; i++)
            check_node(w, s, group, group->nodes[i]);
        if (w->audit.fewer_asked[s->index][g])
            check_peers(w, s, group, g);
    }
}

void audit_forget_order(struct world *w, const struct sup *s, const struct order *order, int engine)
{
    bool about_role =
        order->kind == ORDER_FOLLOW || order->kind == ORDER_PROMOTE || order->kind == ORDER_DEMOTE;

    if (about_role && w->audit.forgotten[s->index][engine])
        world_fail(w, "%s gives orders to %s, which is gone for good", s->name,
                   w->engines[engine].name);
}

int audit_majority(const struct world *w, const struct sup *s, int group)
{
    return (w->plan.n_sups - w->audit.fewer_asked[s->index][group]) / 2 + 1;
}
