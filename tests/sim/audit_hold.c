/* What an operator holds back: from the moment that it is answered until its time is over, whatever
 * happens to the supervisor in between. */
#include "notify/event.h"
#include "tests/sim/world.h"

/* Of the group (ENGINE < 0) or of a node. */
static struct held *held_of(struct world *w, const struct sup *s, int group, int engine)
{
    return engine < 0 ? &w->audit.paused[s->index][group] : &w->audit.maintained[s->index][engine];
}

void audit_hold_asked(struct world *w, const struct sup *s, int group, int engine, msec until)
{
    *held_of(w, s, group, engine) = (struct held){ .asked_until = until };
}

/* Unless it was taken back before. */
void audit_hold_answered(struct world *w, const struct sup *s, int group, int engine, msec until)
{
    struct held *held = held_of(w, s, group, engine);

    if (held->asked_until == until)
        held->until = until;
}

void audit_hold_dropped(struct world *w, const struct sup *s, int group, bool pause)
{
    if (pause)
        *held_of(w, s, group, -1) = (struct held){ 0 };
    for (int i = 0; i < w->n_engines; i++)
        if (w->engines[i].group == group)
            *held_of(w, s, group, i) = (struct held){ 0 };
}

bool audit_is_maintained(const struct world *w, const struct sup *s, int engine)
{
    return w->audit.maintained[s->index][engine].until > w->now;
}

void audit_hold_output(struct world *w, struct sup *s, const struct event *event)
{
    int group = world_group_by_name(event->group);
    int engine = event->type == INSTANCE_SLAVE ? world_engine_by_addr(w, &event->addr) : -1;
    bool paused = w->audit.paused[s->index][group].until > w->now;

    if (event->kind == EVENT_MAINTENANCE_OVER && engine >= 0)
        w->audit.heard[s->index][engine].unheld_at = w->now;
    if (paused && event->kind == EVENT_TRY_FAILOVER)
        world_fail(w, "%s begins a failover of %s, which is paused", s->name, event->group);
    if (paused && event->kind == EVENT_VOTE_FOR_LEADER)
        world_fail(w, "%s votes in %s, which is paused", s->name, event->group);
    if (event->kind == EVENT_SDOWN && engine >= 0 && audit_is_maintained(w, s, engine))
        world_fail(w, "%s calls %s down, which is in maintenance", s->name,
                   w->engines[engine].name);
}
