/* Hooks that are asked before a primary is replaced, in the chaos by chance and in stories by their
 * word; and the check that nobody is promoted against their word or before it. */
#include <stdio.h>

#include "sentinel/core.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/outbox.h"
#include "tests/sim/sup.h"
#include "tests/sim/world.h"

#define CALM_ANSWER_MS 20

static struct asked *asked_of(struct world *w, const struct sup *s, int group)
{
    return &w->asked[s->index][group];
}

static enum sim_answer draw_answer(struct world *w)
{
    uint64_t n = prng_below(&w->answer_prng, 10);

    if (w->plan.answer != ANSWER_DRAWN)
        return w->plan.answer;
    if (w->calm_at != MSEC_NEVER || n < 6)
        return ANSWER_YES;
    return n < 8 ? ANSWER_NO : n == 8 ? ANSWER_LOST : ANSWER_SILENCE;
}

static msec draw_delay(struct world *w, msec limit_ms)
{
    if (w->plan.answer != ANSWER_DRAWN)
        return w->plan.answer_ms;
    if (w->calm_at != MSEC_NEVER)
        return CALM_ANSWER_MS;
    return prng_between(&w->answer_prng, 0, limit_ms + limit_ms / 2);
}

/* What the core does: an attempt begins, and then hooks are asked. One that never left (the disk
 * stood still) counts like one that nobody answers. */
void question_output(struct world *w, const struct sup *s, const struct output *output)
{
    for (size_t i = 0; i < output->n_events; i++) {
        int group = world_group_by_name(output->events[i].group);

        if (group >= 0 && output->events[i].kind == EVENT_TRY_FAILOVER)
            asked_of(w, s, group)->state = ASKED_NOT;
    }
    for (size_t i = 0; i < output->n_orders; i++) {
        const struct order *order = &output->orders[i];
        const struct node *primary = core_find_node(s->core, order->id);

        if (order->kind == ORDER_QUESTION && primary != NULL)
            *asked_of(w, s, world_group_by_name(primary->group->name)) =
                (struct asked){ .state = ASKED_OPEN,
                                .ticket = order->ticket,
                                .planned = order->planned,
                                .until = audit_clock(w, s) + order->limit_ms };
    }
}

void question_carry(struct world *w, struct sup *s, const struct order *order)
{
    enum sim_answer answer = draw_answer(w);

    if (answer == ANSWER_SILENCE)
        return;
    int kind = answer == ANSWER_YES ? H_ANSWER_YES : answer == ANSWER_NO ? H_ANSWER_NO : H_LOST;

    world_later(w, draw_delay(w, order->limit_ms), kind, s->index, s->life, order->ticket);
}

/* What is heard in time counts. */
static void note(struct world *w, const struct sup *s, uint64_t ticket, enum asked_state state)
{
    for (int g = 0; g < w->plan.n_groups; g++) {
        struct asked *asked = asked_of(w, s, g);

        if (asked->state == ASKED_OPEN && asked->ticket == ticket &&
            audit_clock(w, s) < asked->until)
            asked->state = state;
    }
}

void question_answered(struct world *w, struct sup *s, int kind, uint64_t ticket)
{
    struct input input = { .kind = INPUT_SETTLED };

    if (s->stalled) {
        world_later(w, 50, kind, s->index, s->life, ticket);
        return;
    }
    input.u.settled.kind = SETTLED_ORDER;
    input.u.settled.ticket = ticket;
    input.u.settled.ok = kind == H_ANSWER_YES;
    snprintf(input.u.settled.error, sizeof input.u.settled.error, "%s",
             kind == H_ANSWER_YES ? "" : "the hook says no");
    note(w, s, ticket, kind == H_ANSWER_YES ? ASKED_YES : ASKED_NO);
    sup_feed(w, s, &input);
}

void question_lost(struct world *w, const struct sup *s, uint64_t ticket)
{
    note(w, s, ticket, ASKED_LOST);
}

/* One who gave up was told, as events say; nobody promotes after that without a new attempt. */
void question_check_promote(struct world *w, const struct sup *s, int engine)
{
    const struct engine *promoted = &w->engines[engine];
    const struct group *group = core_find_group(s->core, world_group_name(promoted->group));
    const struct asked *asked = asked_of(w, s, promoted->group);
    struct addr addr;

    if (group == NULL)
        return;
    addr = group_primary_addr(group);
    if (world_engine_by_addr(w, &addr) == engine)
        return; /* it stays, or becomes one again */
    if (asked->state == ASKED_NO)
        world_fail(w, "%s promotes %s although a hook said no", s->name, promoted->name);
    if (asked->planned && asked->state == ASKED_LOST)
        world_fail(w, "%s promotes %s in a switchover that no hook agreed to", s->name,
                   promoted->name);
    if (asked->state == ASKED_OPEN && (asked->planned || audit_clock(w, s) < asked->until))
        world_fail(w, "%s promotes %s before a hook has answered", s->name, promoted->name);
    if (asked->state == ASKED_NOT && w->plan.questions.failover_ms > 0 && !group->failover.forced)
        world_fail(w, "%s promotes %s and has asked no hook", s->name, promoted->name);
}
