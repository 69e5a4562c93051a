/* Commands that look at something. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"
#include "tests/story/words.h"

/* Whom each supervisor takes for the primary, and what the nodes are. */
bool do_show(struct story *st, const struct words *a)
{
    struct world *w = st->world;
    int g = words_group(st, a->word[1]);

    if (g < 0)
        return false;
    for (int i = 0; i < st->plan.n_sups; i++) {
        const struct sup *s = &w->sups[i];
        const struct group *group = s->alive ? core_find_group(s->core, world_group_name(g)) : NULL;
        if (group != NULL)
            words_record(st, "%s has %s, epoch %llu, current %llu", s->name,
                         group->primary->addr.host, (unsigned long long)group->config_epoch,
                         (unsigned long long)s->core->current_epoch);
        else
            words_record(st, "%s does not answer", s->name);
    }
    for (int i = 0; i < w->n_engines; i++) {
        const struct engine *e = &w->engines[i];
        static const char *const links[] = { "down", "synchronising", "up" };
        if (e->group != g)
            continue;
        if (!e->alive)
            words_record(st, "%s is dead", e->name);
        else if (e->role == ROLE_PRIMARY)
            words_record(st, "%s is a primary", e->name);
        else
            words_record(st, "%s follows n%d, link %s", e->name, e->master + 1, links[e->link]);
    }
    return true;
}

/* The most requests that wait on one connection to a node now. */
bool do_pending(struct story *st, const struct words *a)
{
    struct engine *e = words_node(st, a->word[1]);
    int most = 0;

    if (e == NULL)
        return false;
    for (uint32_t i = 0; i < st->world->n_conns; i++) {
        const struct conn *conn = st->world->conns[i];
        if (conn->used && conn->server == e->endpoint && conn->n_pending > most)
            most = conn->n_pending;
    }
    words_record(st, "at most %d requests wait on a connection to %s", most, e->name);
    return true;
}

bool do_waited(struct story *st, const struct words *a)
{
    struct engine *e = words_node(st, a->word[1]);

    if (e == NULL)
        return false;
    words_record(st, "%s %s what waited while it hung", e->name,
                 e->still.acknowledged ? "has acknowledged" : "has not acknowledged");
    return true;
}

bool do_expect(struct story *st, const struct words *a)
{
    (void)st;
    (void)a;
    return true; /* the teller's: tests/story/main.c */
}
