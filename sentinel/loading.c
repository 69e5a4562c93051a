#include "sentinel/loading.h"

#include "sentinel/emit.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/select.h"

void loading_note(struct core *core, struct node *node, const struct node_info *info)
{
    if (!info->loading) {
        if (node->loading.since != MSEC_NEVER)
            node->fix_at = core->now; /* what it is to be told has waited for this */
        node->loading.since = MSEC_NEVER;
        node->loading.told = false;
    } else if (node->loading.since == MSEC_NEVER) {
        node->loading.since = core->now;
    }
}

void loading_ended(struct core *core, struct node *node)
{
    if (node->loading.since != MSEC_NEVER)
        node_want_info(core, node, core->now);
}

/* When the primary's loading is too long; MSEC_NEVER when it is not loading, as far as is known. */
static msec too_long_at(const struct group *group)
{
    const struct node *primary = group->primary;
    const struct probe *probe = &primary->probe;
    msec at = primary->loading.since;

    if (at == MSEC_NEVER || group->conf.loading_max_ms == 0 || !probe_is_up(probe) ||
        probe->last_ok >= at || primary->info.role != ROLE_PRIMARY)
        return MSEC_NEVER;
    at += group->conf.loading_max_ms;
    if (primary->info.loading_left_ms >= 0 &&
        probe->info_seen_at + primary->info.loading_left_ms > at)
        at = probe->info_seen_at;
    return at;
}

static void tell(struct core *core, struct group *group, const struct node *node)
{
    char text[ADDR_TEXT_MAX];

    group->primary->loading.told = true;
    event_detail(emit_group_event(core, EVENT_LOADING_LONG, group),
                 "loading for %lld ms, and %lld ms more; %.128s can take over",
                 (long long)(core->now - group->primary->loading.since),
                 (long long)group->primary->info.loading_left_ms, addr_format(&node->addr, text));
}

bool loading_is_too_long(struct core *core, struct group *group)
{
    const struct node *node;

    if (core->now < too_long_at(group))
        return false;
    node = select_successor(core, group, group->primary->loading.since);
    if (node != NULL && !group->primary->loading.told)
        tell(core, group, node);
    return node != NULL;
}

msec loading_next(const struct core *core, const struct group *group)
{
    (void)core;
    return too_long_at(group);
}
