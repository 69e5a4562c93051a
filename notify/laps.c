#include "notify/laps.h"

#include <assert.h>
#include <string.h>

#include "notify/event.h"

const msec lap_bounds_ms[LAP_BOUND_COUNT] = {
#define X(ms) ms,
    LAP_BUCKETS(X)
#undef X
};

static const struct {
    const char *name, *help;
} texts[LAP_COUNT] = {
#define X(id, name, help) { name, help },
    LAPS(X)
#undef X
};

const char *lap_name(enum lap lap)
{
    assert(lap < LAP_COUNT);
    return texts[lap].name;
}

const char *lap_help(enum lap lap)
{
    assert(lap < LAP_COUNT);
    return texts[lap].help;
}

/* The time from SINCE to NOW, if there is one. */
static void measure(struct laps *laps, enum lap lap, msec since, msec now)
{
    struct histogram *histogram = &laps->histograms[lap];
    size_t i = 0;

    if (since == MSEC_NEVER || since > now)
        return;
    while (i < LAP_BOUND_COUNT && now - since > lap_bounds_ms[i])
        i++;
    histogram->in[i]++;
    histogram->count++;
    histogram->sum_ms += (uint64_t)(now - since);
}

static struct lap_group *find(struct laps *laps, const char *name)
{
    for (size_t i = 0; i < laps->n_groups; i++) {
        if (strcmp(laps->groups[i].name, name) == 0)
            return &laps->groups[i];
    }
    return NULL;
}

/* The group, taken in if it is new; NULL: no place is left. */
static struct lap_group *take(struct laps *laps, const char *name)
{
    struct lap_group *group = find(laps, name);

    if (group != NULL || name[0] == '\0')
        return group;
    group = find(laps, "");
    if (group == NULL && laps->n_groups < LAPS_GROUPS_MAX)
        group = &laps->groups[laps->n_groups++];
    if (group == NULL)
        return NULL;
    *group = (struct lap_group){ "", MSEC_NEVER, MSEC_NEVER, MSEC_NEVER };
    memcpy(group->name, name, strlen(name) + 1);
    return group;
}

static void drop(struct laps *laps, const char *name)
{
    struct lap_group *group = find(laps, name);

    if (group != NULL)
        group->name[0] = '\0';
}

/* What begins something; false: the event is none of these. */
static bool begins(struct laps *laps, const struct event *event, msec now, msec silent_at)
{
    bool silent = event->kind == EVENT_SDOWN && event->type == INSTANCE_MASTER;
    struct lap_group *group;

    if (!silent && event->kind != EVENT_TRY_FAILOVER &&
        event->kind != EVENT_STATE_SEND_SLAVEOF_NOONE)
        return false;
    group = take(laps, event->group);
    if (group == NULL)
        return true;
    if (silent)
        group->silent_at = silent_at;
    else if (event->kind == EVENT_TRY_FAILOVER)
        group->try_at = now;
    else
        group->order_at = now;
    return true;
}

void laps_event(struct laps *laps, const struct event *event, msec now, msec silent_at)
{
    const struct lap_group *group;

    if (begins(laps, event, now, silent_at))
        return;
    group = event->group[0] != '\0' ? find(laps, event->group) : NULL;
    if (group == NULL)
        return;
    switch (event->kind) {
    case EVENT_ODOWN:
        measure(laps, LAP_DETECTION, group->silent_at, now);
        break;
    case EVENT_ELECTED_LEADER:
        measure(laps, LAP_ELECTION, group->try_at, now);
        break;
    case EVENT_PROMOTED_SLAVE:
        measure(laps, LAP_PROMOTION, group->order_at, now);
        break;
    case EVENT_SWITCH_MASTER:
        measure(laps, LAP_SWITCH, group->silent_at != MSEC_NEVER ? group->silent_at : group->try_at,
                now);
        drop(laps, event->group);
        break;
    case EVENT_SUP:
        if (event->type == INSTANCE_MASTER)
            drop(laps, event->group);
        break;
    case EVENT_RESET_MASTER:
    case EVENT_UNMONITOR:
    case EVENT_ABORT_VETOED:
    case EVENT_ABORT_SWITCHOVER:
        drop(laps, event->group);
        break;
    default:
        break;
    }
}
