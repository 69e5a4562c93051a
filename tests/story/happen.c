/* Commands that make something happen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/event.h"
#include "tests/sim/act.h"
#include "tests/sim/world.h"
#include "tests/story/words.h"

#define SETTLE_STEP_MS 50
#define SETTLE_TO_MS   1000 /* a settled story goes on at the next full second */

static bool run_to(struct story *st, msec at)
{
    world_run_until(st->world, at);
    return st->world->failed ? words_fail(st, "%s", st->world->failure) : true;
}

bool do_run(struct story *st, const struct words *a)
{
    int64_t ms = 0;

    return words_number(st, a->word[1], &ms) && run_to(st, st->world->now + ms);
}

bool do_settle(struct story *st, const struct words *a)
{
    struct world *w = st->world;
    msec limit = w->now + STORY_WAIT_MS;
    const char *why;

    (void)a;
    do {
        if (!run_to(st, w->now + SETTLE_STEP_MS))
            return false;
        why = audit_unsettled(w);
    } while (why != NULL && w->now < limit);
    if (why != NULL)
        return words_fail(st, "not settled: %s", why);
    if (!run_to(st, (w->now / SETTLE_TO_MS + 1) * SETTLE_TO_MS))
        return false;
    st->zero = w->now;
    free(story_take_trace(st));
    return true;
}

bool do_until(struct story *st, const struct words *a)
{
    struct world *w = st->world;
    msec limit = w->now + STORY_WAIT_MS;
    const char *name = a->word[a->n - 1];
    struct sup *s = a->n > 2 ? words_sup(st, a->word[1]) : NULL;

    if (a->n > 2 && s == NULL)
        return false;
    st->awaited_sup = s != NULL ? s->index : -1;
    snprintf(st->awaited, sizeof st->awaited, "%s", name);
    st->seen = false;
    while (!st->seen && w->now < limit && world_step(w))
        ;
    st->awaited[0] = '\0';
    if (w->failed)
        return words_fail(st, "%s", w->failure);
    return st->seen ? true : words_fail(st, "%s never came", name);
}

bool do_kill(struct story *st, const struct words *a)
{
    struct engine *e;

    if (a->word[1][0] == 's') {
        struct sup *s = words_sup(st, a->word[1]);
        if (s == NULL || !s->alive)
            return words_fail(st, "it is dead");
        sup_kill(st->world, s, words_end(a, "power"));
        return true;
    }
    e = words_node(st, a->word[1]);
    if (e == NULL)
        return false;
    act_kill(st->world, e, words_end(a, "power"));
    return true;
}

bool do_start(struct story *st, const struct words *a)
{
    int64_t loading = 0;

    if (a->word[1][0] == 's') {
        struct sup *s = words_sup(st, a->word[1]);
        if (s == NULL || s->alive)
            return words_fail(st, "it is alive");
        sup_start(st->world, s);
        return true;
    }
    struct engine *e = words_node(st, a->word[1]);
    enum rebirth rebirth = REBIRTH_AS_WAS;
    for (int i = 2; e != NULL && i < a->n; i++) {
        if (strcmp(a->word[i], "empty") == 0)
            rebirth = REBIRTH_EMPTY;
        else if (strcmp(a->word[i], "primary") == 0)
            rebirth = REBIRTH_PRIMARY;
        else if (strcmp(a->word[i], "renamed") == 0)
            rebirth = REBIRTH_RENAMED;
        else if (strcmp(a->word[i], "stranger") == 0)
            rebirth = REBIRTH_STRANGER;
        else if (!words_number(st, a->word[i], &loading))
            return false;
    }
    if (e == NULL)
        return false;
    act_start(st->world, e, rebirth, loading);
    return true;
}

bool do_hang(struct story *st, const struct words *a)
{
    bool on = strcmp(a->word[0], "hang") == 0;

    if (a->word[1][0] == 's') {
        struct sup *s = words_sup(st, a->word[1]);
        if (s == NULL)
            return false;
        if (s->stalled == on)
            return words_fail(st, "it does already");
        if (on)
            sup_stall(st->world, s);
        else
            sup_resume(st->world, s);
        return true;
    }
    struct engine *e = words_node(st, a->word[1]);
    if (e == NULL)
        return false;
    if (on)
        act_hang(st->world, e);
    else
        act_resume(st->world, e);
    return true;
}

/* Properties of a node that are just a number or a switch. */
bool do_node(struct story *st, const struct words *a)
{
    struct engine *e = words_node(st, a->word[1]);
    const char *name = a->word[0];
    int64_t value = 0;

    if (e == NULL || !words_number(st, a->word[2], &value))
        return false;
    if (strcmp(name, "deny") == 0)
        e->denied = value != 0;
    else if (strcmp(name, "misconf") == 0)
        e->misconf = value != 0;
    else if (strcmp(name, "full") == 0)
        act_full(st->world, e, value != 0 ? 1 : -1);
    else if (strcmp(name, "hold") == 0)
        act_hold(st->world, e, value != 0 ? 1 : -1);
    else if (strcmp(name, "refuse") == 0)
        e->refusing = value != 0;
    else if (strcmp(name, "picky") == 0)
        e->picky = (unsigned)value;
    else if (strcmp(name, "priority") == 0)
        e->priority = (int)value;
    else if (strcmp(name, "lag") == 0)
        act_lag(st->world, e, value);
    else
        act_slow(st->world, e, value);
    return true;
}

/* REPLICAOF by hand. */
bool do_role(struct story *st, const struct words *a)
{
    struct engine *e = words_node(st, a->word[1]), *of = NULL;

    if (e == NULL || (a->n > 2 && (of = words_node(st, a->word[2])) == NULL))
        return false;
    if (of != NULL)
        act_follow(st->world, e, of);
    else
        act_promote(st->world, e);
    return true;
}

bool do_script(struct story *st, const struct words *a)
{
    struct engine *e = words_node(st, a->word[1]);

    if (e == NULL)
        return false;
    if (words_end(a, "end"))
        act_script_end(st->world, e);
    else
        act_script(st->world, e,
                   words_end(a, "unkillable") ? RUNS_FOREVER
                   : words_end(a, "function") ? RUNS_FUNCTION
                                              : RUNS_SCRIPT);
    return true;
}

bool do_cut(struct story *st, const struct words *a)
{
    int x = words_host(st, a->word[1]), y = words_host(st, a->word[2]);
    bool cut = strcmp(a->word[0], "cut") == 0;

    if (x < 0 || y < 0)
        return false;
    for (int way = 0; way < (words_end(a, "one-way") ? 1 : 2); way++) {
        int from = way ? y : x, to = way ? x : y;
        if (cut)
            act_cut(st->world, from, to, false);
        else
            act_heal(st->world, from, to);
    }
    return true;
}

bool do_isolate(struct story *st, const struct words *a)
{
    int host = words_host(st, a->word[1]);

    if (host < 0)
        return false;
    act_isolate(st->world, host, strcmp(a->word[0], "isolate") == 0);
    return true;
}

bool do_disk(struct story *st, const struct words *a)
{
    struct sup *s = words_sup(st, a->word[1]);
    int64_t ms = 0;

    if (s == NULL)
        return false;
    s->disk.failing = words_end(a, "fails");
    if (!s->disk.failing && !words_number(st, a->word[2], &ms))
        return false;
    s->disk.min_ms = s->disk.max_ms = ms;
    return true;
}

/* Where the supervisor dies on the way out of its next step with rows. */
bool do_aim(struct story *st, const struct words *a)
{
    static const char *const points[AIM_COUNT] = { "", "before-commit", "in-commit", "before-send",
                                                   "after-send" };
    struct sup *s = words_sup(st, a->word[1]);

    for (int i = AIM_BEFORE_COMMIT; s != NULL && i < AIM_COUNT; i++)
        if (strcmp(a->word[2], points[i]) == 0) {
            s->aim = (enum aim)i;
            return true;
        }
    return words_fail(st, "before-commit, in-commit, before-send or after-send");
}

bool do_request(struct story *st, const struct words *a)
{
    struct sup *s = words_sup(st, a->word[1]);
    int group = s != NULL ? words_group(st, a->word[2]) : -1;
    const char *name = a->word[0];

    if (group < 0)
        return false;
    if (strcmp(name, "set") == 0)
        return a->n == 5 && act_set(st->world, s, group, a->word[3], a->word[4])
                   ? true
                   : words_fail(st, "set s1 g1 OPTION VALUE");
    act_request(st->world, s,
                strcmp(name, "reset") == 0    ? REQUEST_RESET
                : strcmp(name, "remove") == 0 ? REQUEST_REMOVE
                : strcmp(name, "ack") == 0    ? REQUEST_ACK
                                              : REQUEST_MONITOR,
                group);
    return true;
}

bool do_failover(struct story *st, const struct words *a)
{
    struct sup *s = words_sup(st, a->word[1]);
    int group = s != NULL ? words_group(st, a->word[2]) : -1;
    struct engine *to = NULL;
    bool hasty = false;

    if (group < 0)
        return false;
    for (int i = 3; i < a->n; i++) {
        if (strcmp(a->word[i], "force") == 0)
            hasty = true;
        else if ((to = words_node(st, a->word[i])) == NULL)
            return false;
    }
    act_failover(st->world, s, group, to, hasty);
    return true;
}

bool do_forge(struct story *st, const struct words *a)
{
    struct sup *s = words_sup(st, a->word[1]);
    struct engine *e = s != NULL ? words_node(st, a->word[2]) : NULL;

    if (e == NULL)
        return false;
    act_forge(st->world, e, s, strtoull(a->word[3], NULL, 10), e);
    return true;
}

bool do_hold(struct story *st, const struct words *a)
{
    struct sup *s = words_sup(st, a->word[1]);
    bool of_node = strcmp(a->word[0], "maintain") == 0;
    struct engine *node = of_node && s != NULL ? words_node(st, a->word[2]) : NULL;
    int group = of_node ? (node != NULL ? node->group : -1) : words_group(st, a->word[2]);
    int64_t ms = 0;

    if (s == NULL || group < 0 || !words_number(st, a->word[3], &ms))
        return false;
    act_hold_back(st->world, s, group, node, ms);
    return true;
}
