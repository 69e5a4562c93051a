/* Whoever turns a replica away again and again is not fought all the time: as sentinel/fight.h has
 * it, the third order within the window comes after a pause, and each later one after twice as
 * long, as long as the fight is not over. When nobody turns it away any more it is put right for
 * good, and everybody who told of a fight tells of its end. */
#include <stdio.h>

#include "notify/event.h"
#include "sentinel/fight.h"
#include "tests/sim/world.h"

static struct party *party_of(struct world *w, const struct sup *s)
{
    return &w->audit.quarrel.parties[s->index];
}

void audit_fight_turned(struct world *w, int engine)
{
    struct quarrel *quarrel = &w->audit.quarrel;

    quarrel->engine = engine;
    quarrel->turn++;
    quarrel->turned_at = w->now;
}

/* How long after its last order the next may leave. It saw the node right in between, and so has
 * noticed each of the changes before the orders: at the earliest when the tool made them, and the
 * last one not before the last order. */
static msec owed_pause(const struct world *w, const struct party *party)
{
    if (party->pause_ms > 0)
        return msec_min(2 * party->pause_ms, FIGHT_PAUSE_MAX_MS);
    return party->n >= FIGHT_TIMES - 1 && w->now - party->before_at <= FIGHT_WINDOW_MS
               ? FIGHT_PAUSE_MIN_MS
               : 0;
}

void audit_fight_follow(struct world *w, struct sup *s, int engine)
{
    const struct quarrel *quarrel = &w->audit.quarrel;
    struct party *party = party_of(w, s);

    if (engine != quarrel->engine || quarrel->turn == 0 || party->turn == quarrel->turn)
        return; /* or the same once more */
    party->pause_ms = owed_pause(w, party);
    if (w->now - party->ordered_at < party->pause_ms)
        world_fail(w, "%s puts %s right %lld ms after the last time, while somebody fights it",
                   s->name, w->engines[engine].name, (long long)(w->now - party->ordered_at));
    party->before_at = party->turned_at;
    party->turned_at = quarrel->turned_at;
    party->ordered_at = w->now;
    party->turn = quarrel->turn;
    party->n++;
}

void audit_fight_event(struct world *w, struct sup *s, const struct event *event)
{
    const struct quarrel *quarrel = &w->audit.quarrel;
    struct party *party = party_of(w, s);
    int engine = world_engine_by_addr(w, &event->addr);

    if (quarrel->turn == 0)
        return;
    if (event->kind == EVENT_FIGHT) {
        if (engine != quarrel->engine)
            world_fail(w, "%s tells of a fight about %s, which there is not", s->name,
                       event->addr.host);
        party->told = true;
    } else if (event->kind == EVENT_FIGHT_OVER && engine == quarrel->engine) {
        if (w->now - party->turned_at < FIGHT_CALM_MS)
            world_fail(w, "%s calls the fight about %s over after %lld ms", s->name,
                       event->addr.host, (long long)(w->now - party->turned_at));
        *party = (struct party){ 0 };
    } else if (event->kind == EVENT_SWITCH_MASTER &&
               world_group_by_name(event->group) == w->engines[quarrel->engine].group) {
        *party = (struct party){ 0 };
    }
}

const char *audit_fight_unsettled(const struct world *w)
{
    static char reason[80];

    for (int i = 0; i < w->plan.n_sups; i++)
        if (w->audit.quarrel.parties[i].told && !w->finale) {
            snprintf(reason, sizeof reason, "%s still sees a fight", w->sups[i].name);
            return reason;
        }
    return NULL;
}
