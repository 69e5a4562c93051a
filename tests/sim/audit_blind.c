/* Strict fencing: who never learnt what the old primary needs for a write, and cannot ask it, could
 * promote nobody. He leaves the failover to those who may know, for a time, and if he leads one
 * gives it up soon. */
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/fence.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

#define LATER_MS   2000 /* so much he begins after he could */
#define PATIENT_MS 1000 /* so long he leads at most, */
#define LATE_MS    500  /* however late he is */

static struct heard *heard_of(struct world *w, const struct sup *s, const struct node *node)
{
    int engine = world_engine_by_addr(w, &node->addr);
    struct heard *heard = engine >= 0 ? &w->audit.heard[s->index][engine] : NULL;

    return heard != NULL && heard->id == node->id ? heard : NULL;
}

/* What its disk has of the node counts as if the node had said it. */
void audit_blind_opened(struct world *w, const struct sup *s, int engine)
{
    const char *group = world_group_name(w->engines[engine].group);
    struct heard *heard = &w->audit.heard[s->index][engine];

    for (int i = 0; i < s->disk.n; i++) {
        const struct row *row = &s->disk.rows[i];

        if (row->kind != ROW_NODE || strcmp(row->group, group) != 0 ||
            world_engine_by_addr(w, &row->addr) != engine)
            continue;
        heard->knows_need = heard->knows_need || row->min_replicas >= 1;
        heard->leased = heard->leased || row->leased;
    }
}

/* Whatever was ever told of this process counts: the supervisor may have had it from an earlier
 * order. */
void audit_blind_settled(struct world *w, const struct sup *s, const struct conn *conn,
                         const struct packet *packet)
{
    struct heard *heard = &w->audit.heard[s->index][conn->server - PLAN_SUPS_MAX];

    if (packet->u.settled.ok && packet->u.settled.min_replicas >= 1)
        heard->knows_need = true;
}

static bool is_blind(struct world *w, const struct sup *s, const struct group *group,
                     const struct node *old)
{
    const struct heard *heard = heard_of(w, s, old);

    return group->conf.fencing == FENCING_STRICT && heard != NULL && !heard->knows_need &&
           !heard->cmd_up &&
           !(heard->has_info ? heard->info.info.write_lease_ms > 0 : heard->leased);
}

void audit_blind_output(struct world *w, const struct sup *s, const struct event *event)
{
    struct account *account = &w->audit.accounts[s->index][world_group_by_name(event->group)];
    const struct group *group = core_find_group(s->core, event->group);

    if (event->kind == EVENT_ODOWN)
        account->odown_at = audit_clock(w, s);
    if (event->kind != EVENT_TRY_FAILOVER || group == NULL || group->failover.forced)
        return;
    if (is_blind(w, s, group, group->primary) && audit_clock(w, s) - account->odown_at < LATER_MS)
        world_fail(w, "%s begins a failover of %s, and cannot know when another may be promoted",
                   s->name, event->group);
}

static void check_group(struct world *w, const struct sup *s, const struct group *group)
{
    struct account *account = &w->audit.accounts[s->index][world_group_by_name(group->name)];

    if (group->failover.state != FAILOVER_FENCE || !is_blind(w, s, group, fence_old(group))) {
        account->blind_since = MSEC_NEVER;
        return;
    }
    if (account->blind_since == MSEC_NEVER) {
        account->blind_since = audit_clock(w, s);
        account->blind_stalled = s->stalled_ms;
    }
    if (audit_clock(w, s) - account->blind_since - (s->stalled_ms - account->blind_stalled) >
        PATIENT_MS + LATE_MS)
        world_fail(w, "%s goes on with a failover of %s in which it can promote nobody", s->name,
                   group->name);
}

void audit_blind_check(struct world *w, const struct sup *s)
{
    for (size_t i = 0; i < s->core->n_groups; i++)
        check_group(w, s, s->core->groups[i]);
}
