#include "notify/phases.h"

#include <assert.h>
#include <string.h>

#include "notify/event.h"

const msec phase_bounds_ms[PHASE_BOUND_COUNT] = {
#define X(ms) ms,
    PHASE_BUCKETS(X)
#undef X
};

static const struct {
    const char *name, *help;
} texts[PHASE_COUNT] = {
#define X(id, name, help) { name, help },
    PHASES(X)
#undef X
};

const char *phase_name(enum phase phase)
{
    assert(phase < PHASE_COUNT);
    return texts[phase].name;
}

const char *phase_help(enum phase phase)
{
    assert(phase < PHASE_COUNT);
    return texts[phase].help;
}

/* The time from SINCE to NOW, if there is one. */
static void measure(struct phases *phases, enum phase phase, msec since, msec now)
{
    struct histogram *histogram = &phases->histograms[phase];
    size_t i = 0;

    if (since == MSEC_NEVER || since > now)
        return;
    while (i < PHASE_BOUND_COUNT && now - since > phase_bounds_ms[i])
        i++;
    histogram->in[i]++;
    histogram->count++;
    histogram->sum_ms += (uint64_t)(now - since);
}

static struct phase_group *find(struct phases *phases, const char *name)
{
    for (size_t i = 0; i < phases->n_groups; i++) {
        if (strcmp(phases->groups[i].name, name) == 0)
            return &phases->groups[i];
    }
    return NULL;
}

/* The group, taken in if it is new; NULL: no place is left. */
static struct phase_group *take(struct phases *phases, const char *name)
{
    struct phase_group *group = find(phases, name);

    if (group != NULL || name[0] == '\0')
        return group;
    group = find(phases, "");
    if (group == NULL && phases->n_groups < PHASES_GROUPS_MAX)
        group = &phases->groups[phases->n_groups++];
    if (group == NULL)
        return NULL;
    *group = (struct phase_group){ "", MSEC_NEVER, MSEC_NEVER, MSEC_NEVER };
    memcpy(group->name, name, strlen(name) + 1);
    return group;
}

static void drop(struct phases *phases, const char *name)
{
    struct phase_group *group = find(phases, name);

    if (group != NULL)
        group->name[0] = '\0';
}

/* What begins something; false: the event is none of these. */
static bool begins(struct phases *phases, const struct event *event, msec now, msec silent_at)
{
    bool silent = event->kind == EVENT_SDOWN && event->type == INSTANCE_MASTER;
    struct phase_group *group;

    if (!silent && event->kind != EVENT_TRY_FAILOVER &&
        event->kind != EVENT_STATE_SEND_SLAVEOF_NOONE)
        return false;
    group = take(phases, event->group);
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

void phases_event(struct phases *phases, const struct event *event, msec now, msec silent_at)
{
    const struct phase_group *group;

    if (begins(phases, event, now, silent_at))
        return;
    group = event->group[0] != '\0' ? find(phases, event->group) : NULL;
    if (group == NULL)
        return;
    switch (event->kind) {
    case EVENT_ODOWN:
        measure(phases, PHASE_DETECTION, group->silent_at, now);
        break;
    case EVENT_ELECTED_LEADER:
        measure(phases, PHASE_ELECTION, group->try_at, now);
        break;
    case EVENT_PROMOTED_SLAVE:
        measure(phases, PHASE_PROMOTION, group->order_at, now);
        break;
    case EVENT_SWITCH_MASTER:
        measure(phases, PHASE_SWITCH,
                group->silent_at != MSEC_NEVER ? group->silent_at : group->try_at, now);
        drop(phases, event->group);
        break;
    case EVENT_SUP:
        if (event->type == INSTANCE_MASTER)
            drop(phases, event->group);
        break;
    case EVENT_RESET_MASTER:
    case EVENT_UNMONITOR:
    case EVENT_ABORT_SWITCHOVER:
        drop(phases, event->group);
        break;
    default:
        break;
    }
}
