#include "sentinel/tell.h"

#include <stdio.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/model.h"
#include "sentinel/places.h"
#include "sentinel/select.h"
#include "wire/addr.h"

#define PLACE_TEXT_MAX 32

void tell_try(struct core *core, const struct group *group)
{
    struct event *event = emit_group_event(core, EVENT_TRY_FAILOVER, group);

    if (group->failover.forced)
        event_detail(event, "%s", group->failover.asked_by);
}

void tell_not_begun(struct core *core, const struct group *group)
{
    event_detail(emit_group_event(core, EVENT_ABORT_NOT_ELECTED, group),
                 "%s asked for it, but it could not begin in time", group->failover.asked_by);
}

/* Whether MEMBER gave us its vote in the election of EPOCH. */
static bool has_voted(const struct core *core, const struct member *member, uint64_t epoch)
{
    return member->leader_epoch == epoch && strcmp(member->leader, core->runid) == 0;
}

void tell_elected(struct core *core, const struct group *group)
{
    uint64_t epoch = group->failover.epoch;
    struct event *event = emit_group_event(core, EVENT_ELECTED_LEADER, group);
    char names[EVENT_DETAIL_MAX / 2] = "", name[ADDR_TEXT_MAX];
    uint32_t votes = 1;
    size_t n = 0;

    for (size_t i = 0; i < group->n_members; i++) {
        if (!has_voted(core, &group->members[i], epoch))
            continue;
        votes++;
        if (n < sizeof names)
            n += (size_t)snprintf(names + n, sizeof names - n, ", %s",
                                  addr_format(&group->members[i].peer->addr, name));
    }
    event->epoch = epoch;
    event_detail(event, "epoch %llu, %u of %u votes, %u needed: own%s", (unsigned long long)epoch,
                 votes, group_voters(group), group_needed(group), names);
}

/* The offset of NODE where it can be compared with that of CHOSEN: in the same history. */
static uint64_t comparable_offset(const struct node *node, const struct node *chosen)
{
    const struct node_info *own = &node->info, *other = &chosen->info;
    bool same = node->probe.info_seen_at != MSEC_NEVER && own->replid[0] != '\0' &&
                strcmp(own->replid, other->replid) == 0;

    return same ? own->repl_offset : 0;
}

/* Where operators have a preference. */
static const char *say_place(const struct node *node, char text[PLACE_TEXT_MAX])
{
    const char *places = node->group->conf.prefer;

    text[0] = '\0';
    if (places[0] != '\0')
        snprintf(text, PLACE_TEXT_MAX, "place %u, ", places_rank(places, node) + 1);
    return text;
}

void tell_selected(struct core *core, const struct node *node)
{
    const struct group *group = node->group;
    struct event *event = emit_node_event(core, EVENT_SELECTED_SLAVE, node);
    const struct node *most = node;
    size_t others = 0;
    char name[ADDR_TEXT_MAX], place[PLACE_TEXT_MAX];

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *other = group->nodes[i];

        others += other != node && other != group->primary &&
                  select_refusal(core, other, group->failover.started_at) == NULL;
        if (comparable_offset(other, node) > comparable_offset(most, node))
            most = other;
    }
    event->bytes_known = comparable_offset(group->primary, node) > 0;
    event->bytes = comparable_offset(most, node) - comparable_offset(node, node);
    event_detail(event, "%spriority %lld, offset %llu; %zu other%s could be chosen; %s",
                 say_place(node, place), (long long)node->info.priority,
                 (unsigned long long)node->info.repl_offset, others, others == 1 ? "" : "s",
                 event->bytes == 0 ? "nobody is known to have more" : "most has ");
    if (event->bytes > 0)
        snprintf(event->detail + strlen(event->detail),
                 sizeof event->detail - strlen(event->detail), "%s, %llu bytes more",
                 addr_format(&most->addr, name), (unsigned long long)event->bytes);
}
