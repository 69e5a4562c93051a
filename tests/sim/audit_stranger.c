/* A primary that says another history than the group's, while a replica has that one and was in
 * step until the primary was lost: it is called down at once, whatever it holds. */
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

#define FRESH_MS 1500 /* later, it may be that nobody could be promoted */

void audit_stranger_heard(struct world *w, const struct sup *s, struct heard *heard,
                          const struct node_info *info)
{
    const struct node_info *last = &heard->info.info;
    const struct node *node = core_find_node(s->core, heard->id);

    if (!heard->has_info || strcmp(last->runid, info->runid) == 0)
        return;
    heard->reborn = last->role == ROLE_PRIMARY && info->role == ROLE_PRIMARY && !heard->reborn &&
                    node != NULL && node == node->group->primary;
    heard->reborn_at = audit_clock(w, s);
    heard->left_for = heard->reborn_at - heard->lost_at;
    heard->silent_for = heard->reborn_at - heard->info_at;
    heard->left_offset = last->primary_offset;
    memcpy(heard->left_replid, last->replid, sizeof heard->left_replid);
}

static bool are_kin(const struct node_info *a, const struct node_info *b)
{
    return strcmp(a->replid, b->replid) == 0 || strcmp(a->replid, b->replid2) == 0 ||
           strcmp(b->replid, a->replid2) == 0 ||
           (a->replid2[0] != '\0' && strcmp(a->replid2, b->replid2) == 0);
}

/* Whether NODE has said, since the primary is back, that it still has what the group had. */
static bool is_witness(const struct world *w, const struct sup *s, const struct group *group,
                       const struct node *node, const struct heard *primary)
{
    int engine = world_engine_by_addr(w, &node->addr);
    const struct heard *heard = engine >= 0 ? &w->audit.heard[s->index][engine] : NULL;
    const struct node_info *info = heard != NULL ? &heard->info.info : NULL;

    return info != NULL && heard->id == node->id && node != group->primary && !node->sdown &&
           !node->rumoured && !hold_is_maintained(node) && heard->has_info &&
           heard->info_at > primary->reborn_at && info->role == ROLE_REPLICA && !info->loading &&
           info->priority != 0 && strcmp(info->replid, group->lineage.replids[0]) == 0 &&
           strcmp(info->replid, primary->left_replid) == 0 && !are_kin(info, &primary->info.info) &&
           info->repl_offset >= primary->left_offset &&
           (info->link_up ||
            (info->link_down_ms >= 0 &&
             info->link_down_ms <= audit_clock(w, s) - primary->reborn_at + primary->left_for));
}

static void check_group(struct world *w, const struct sup *s, const struct group *group)
{
    int engine = world_engine_by_addr(w, &group->primary->addr);
    const struct heard *own = engine >= 0 ? &w->audit.heard[s->index][engine] : NULL;

    if (own == NULL || own->id != group->primary->id || !own->reborn || own->info.info.loading ||
        own->info.info.role != ROLE_PRIMARY || group->primary->info.role != ROLE_PRIMARY ||
        group->primary->sdown || own->silent_for > group->conf.down_after_ms ||
        own->lost_at > own->info_at || s->core->now > own->reborn_at + FRESH_MS)
        return; /* (lost since: the replica may have what the next process has) */
    for (size_t i = 0; i < group->n_nodes; i++)
        if (is_witness(w, s, group, group->nodes[i], own))
            world_fail(w, "%s takes %s for the primary that it had, but %s has what that wrote",
                       s->name, w->engines[engine].name, group->nodes[i]->addr.host);
}

void audit_stranger_check(struct world *w, const struct sup *s)
{
    for (size_t i = 0; i < s->core->n_groups; i++)
        check_group(w, s, s->core->groups[i]);
}
