#include "sentinel/requests.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "probes/renames.h"
#include "sentinel/campaign.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/forget.h"
#include "sentinel/flap.h"
#include "sentinel/groups.h"
#include "sentinel/hold.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/peers.h"
#include "sentinel/removed.h"
#include "sentinel/select.h"
#include "wire/glob.h"

/* A group of the file that was removed: what the file said then and says still is older than this
 * MONITOR, and does not win over it. */
static void take_back(struct core *core, struct group *group)
{
    struct removed *removed = removed_find(core, group->name);

    if (removed == NULL)
        return;
    group->base = removed->conf;
    group->base_addr = removed->addr;
    group->from_file = true;
    removed_forget(core, removed);
}

static enum reply_code monitor(struct core *core, const struct request *request)
{
    struct group *group;

    if (core_find_group(core, request->name) != NULL)
        return REPLY_DUPLICATE_GROUP;
    group = group_add(core, request->name, &request->addr);
    if (group == NULL)
        return REPLY_FULL;
    group->conf = group->base = request->conf;
    group->announced = true;
    take_back(core, group);
    group_settings_changed(core, group);
    emit_group_row(core, group);
    group_bar_old_epochs(core, group);
    emit_group_event(core, EVENT_MONITOR, group)->count = (uint32_t)group->conf.quorum;
    return REPLY_OK;
}

static void unmonitor(struct core *core, struct group *group)
{
    event_detail(emit_group_event(core, EVENT_UNMONITOR, group), "%s",
                 group->conf.notification_script);
    group_remove(core, group, 1);
}

static enum reply_code remove_group(struct core *core, struct group *group,
                                    const struct request *request)
{
    struct removed removed = { .addr = group->base_addr, .conf = group->base };
    bool from_file = group->from_file;

    memcpy(removed.name, request->name, sizeof removed.name);
    unmonitor(core, group);
    if (from_file)
        removed_add(core, &removed);
    return REPLY_OK;
}

static void emit_set(struct core *core, const struct group *group, const struct conf_option *option)
{
    char value[CONF_TEXT_MAX + 1];

    option_get(&group->conf, option, value);
    event_detail(emit_group_event(core, EVENT_SET, group), "%s %s", option->wire_name,
                 option->secret ? "******" : value);
}

static bool is_renames(const struct conf_option *option)
{
    return option->offset == offsetof(struct group_conf, rename_commands);
}

/* An event for each pair of FROM that is not so in TO. GONE: for each command that TO has no name
 * for, told as Sentinel does, with its own name. */
static void emit_renames(struct core *core, const struct group *group,
                         const struct conf_option *option, const char *from, const char *to,
                         bool gone)
{
    char command[CONF_TEXT_MAX + 1], name[CONF_TEXT_MAX + 1], other[CONF_TEXT_MAX + 1];

    while (renames_next(&from, command, name, sizeof command)) {
        const char *there = renames_find(to, command, other, sizeof other);

        if (gone ? there == command : strcmp(there, name) != 0)
            event_detail(emit_group_event(core, EVENT_SET, group), "%s %s %s", option->wire_name,
                         command, gone ? command : name);
    }
}

/* What a link is opened with, and keeps. */
static bool is_of_links(const struct conf_option *option)
{
    return option->secret || is_renames(option);
}

/* Take over the options of which the bit is set; with their events if TELL. */
static void change_settings(struct core *core, struct group *group, const struct group_conf *conf,
                            uint64_t set, bool tell)
{
    bool reopen = false;

    for (size_t i = 0; i < group_options_count; i++) {
        const struct conf_option *option = &group_options[i];

        if (!(set >> i & 1))
            continue;
        reopen = reopen || (is_of_links(option) && !option_equal(&group->conf, conf, option));
        if (tell && is_renames(option)) {
            const char *before = group->conf.rename_commands, *after = conf->rename_commands;

            emit_renames(core, group, option, after, before, false);
            emit_renames(core, group, option, before, after, true);
        }
        option_copy(&group->conf, conf, option);
        if (tell && !is_renames(option))
            emit_set(core, group, option);
    }
    group_settings_changed(core, group);
    for (size_t i = 0; reopen && i < group->n_nodes; i++)
        node_reopen(core, group->nodes[i]);
}

static enum reply_code set_options(struct core *core, struct group *group,
                                   const struct request *request)
{
    change_settings(core, group, &request->conf, request->set, true);
    emit_group_row(core, group);
    group_run(core, group);
    return REPLY_OK;
}

/* Whether REQUEST has somebody to promote: a replica, or, where an operator says that a loss is
 * better than to wait, the primary itself, which has been made a replica. */
static bool has_candidate(struct core *core, struct group *group, const struct request *request)
{
    return select_replica(core, group, group->config_at, false) != NULL ||
           (request->hasty && !addr_is_set(&request->addr) && failover_can_restore(group));
}

static enum reply_code force_failover(struct core *core, struct group *group,
                                      const struct request *request)
{
    const struct node *to = NULL;

    if (!failover_takes_wish(group, request->hasty))
        return REPLY_IN_PROGRESS;
    if (hold_is_paused(group))
        return REPLY_PAUSED;
    if (!has_candidate(core, group, request))
        return REPLY_NO_GOOD_REPLICA;
    if (addr_is_set(&request->addr) &&
        ((to = node_find(group, &request->addr)) == NULL || to == group->primary || to->rumoured))
        return REPLY_NO_SUCH_REPLICA;
    if (campaign_reachable(group) < group_needed(group))
        return REPLY_NO_QUORUM;
    failover_force(core, group, to != NULL ? to->id : 0, request->hasty, request->asked_by);
    group_run(core, group);
    return REPLY_OK;
}

static enum reply_code config_set(struct core *core, const struct request *request)
{
    bool credentials = false;

    for (size_t i = 0; i < global_table.n; i++) {
        const struct conf_option *option = &global_table.options[i];

        if (!(request->set >> i & 1))
            continue;
        credentials = credentials || strncmp(option->file_name, "sentinel_", 9) == 0;
        option_copy(&core->global, &request->global, option);
    }
    if (credentials)
        peers_reopen(core);
    emit_global_row(core);
    return REPLY_OK;
}

/* The file's word on the settings of the process; as for groups, what it changes wins. */
static enum reply_code configure_global(struct core *core, const struct request *request)
{
    struct request change = { .kind = REQUEST_CONFIG_SET, .global = request->global };

    change.set = options_differ(&global_table, &core->global_base, &request->global);
    if (change.set == 0)
        return REPLY_OK;
    core->global_base = request->global;
    return config_set(core, &change);
}

static enum reply_code debug(struct core *core, const struct request *request)
{
    for (size_t i = 0; i < tunable_table.n; i++) {
        if (request->set >> i & 1)
            option_copy(&core->tunables, &request->tunables, &tunable_table.options[i]);
    }
    core->pace = (struct pace){ .ping_ms = core->tunables.ping_period,
                                .info_ms = core->tunables.info_period,
                                .hello_ms = core->tunables.publish_period };
    return REPLY_OK;
}

static enum reply_code set_voters(struct core *core, const struct request *request)
{
    assert(request->n_voters <= PEERS_MAX + 1);
    free(core->voters);
    core->voters = NULL;
    core->n_voters = request->n_voters;
    if (core->n_voters > 0) {
        core->voters = malloc(core->n_voters * sizeof *core->voters);
        assert(core->voters != NULL);
        memcpy(core->voters, request->voters, core->n_voters * sizeof *core->voters);
    }
    members_sift(core);
    return REPLY_OK;
}

static enum reply_code set_questions(struct core *core, const struct request *request)
{
    core->questions = request->questions;
    return REPLY_OK;
}

static enum reply_code flush(struct core *core, const struct request *request)
{
    (void)core;
    (void)request;
    return REPLY_OK; /* a reply waits for all rows before it */
}

/* Forget what is known of all groups that match, but not in the middle of a
 * promotion: that would leave a promoted node to nobody. */
static uint32_t reset_groups(struct core *core, const char *pattern)
{
    uint32_t count = 0;

    for (size_t i = 0; i < core->n_groups; i++) {
        struct group *group = core->groups[i];

        if (!glob_match(slice_str(pattern), slice_str(group->name), false) ||
            failover_is_changing(group))
            continue;
        emit_group_event(core, EVENT_RESET_MASTER, group);
        group_reset(core, group);
        group_run(core, group);
        count++;
    }
    return count;
}

/* A group that the file adds. */
static struct group *configure_new(struct core *core, const struct request *request)
{
    struct group *group = group_add(core, request->name, &request->addr);

    if (group == NULL)
        return NULL;
    group->conf = request->conf;
    group_settings_changed(core, group);
    group_bar_old_epochs(core, group);
    return group;
}

/* Whether the group was removed, and the file says of it what it said then. */
static bool stays_away(struct core *core, const struct request *request)
{
    struct removed *removed = removed_find(core, request->name);

    if (removed == NULL)
        return false;
    if (!removed_is_same(removed, request)) {
        removed_forget(core, removed);
        return false;
    }
    removed->configured = true;
    event_detail(emit_core_event(core, EVENT_STAYS_AWAY),
                 "%s: SENTINEL REMOVE took it away; SENTINEL MONITOR or another text in the file "
                 "brings it back",
                 request->name);
    return true;
}

/* The file's word on a group: what it changes wins over what was set at run time,
 * what it does not change leaves that alone. Its address counts only when the
 * file changes it: the one in force may come from a failover. */
static enum reply_code configure(struct core *core, const struct request *request)
{
    struct group *group = core_find_group(core, request->name);
    bool changed = true;

    if (group == NULL && stays_away(core, request))
        return REPLY_OK;
    if (group == NULL) {
        group = configure_new(core, request);
        if (group == NULL)
            return REPLY_FULL;
    } else {
        uint64_t set = options_differ(&group_table, &group->base, &request->conf);
        bool moved = !addr_equal(&group->base_addr, &request->addr);

        changed = set != 0 || moved || !group->from_file;
        if (moved && !node_is_at(group->primary, &request->addr))
            group_readdress(core, group, &request->addr);
        change_settings(core, group, &request->conf, set, group->announced);
        if (set != 0)
            group_run(core, group); /* what they ask for begins now */
    }
    group->base = request->conf;
    group->base_addr = request->addr;
    group->from_file = group->configured = true;
    if (changed)
        emit_group_row(core, group);
    return REPLY_OK;
}

/* The file has been read to its end: what stood in it before and no longer does
 * goes; what has not been announced yet is. */
static enum reply_code retain(struct core *core, const struct request *request)
{
    (void)request;
    for (size_t i = core->n_groups; i-- > 0;) {
        struct group *group = core->groups[i];

        if (group->from_file && !group->configured)
            unmonitor(core, group);
    }
    for (size_t i = 0; i < core->n_groups; i++) {
        struct group *group = core->groups[i];

        group->configured = false;
        if (!group->announced)
            emit_group_event(core, EVENT_MONITOR, group)->count = (uint32_t)group->conf.quorum;
        group->announced = true;
    }
    removed_retain(core);
    return REPLY_OK;
}

/* Failovers in short succession are no concern any more: what waits for that goes on. */
static enum reply_code acknowledge(struct core *core, struct group *group,
                                   const struct request *request)
{
    (void)request;
    flap_clear(core, group);
    group_run(core, group);
    return REPLY_OK;
}

/* Requests about one group that must exist, and requests about the whole. */
static enum reply_code take(struct core *core, const struct request *request)
{
    static enum reply_code (*const by_group[REQUEST_COUNT])(struct core *, struct group *,
                                                            const struct request *) = {
        [REQUEST_REMOVE] = remove_group,     [REQUEST_SET] = set_options,
        [REQUEST_FAILOVER] = force_failover, [REQUEST_HOLD] = hold_take,
        [REQUEST_FORGET] = forget_take,      [REQUEST_ACK] = acknowledge,
    };
    static enum reply_code (*const general[REQUEST_COUNT])(struct core *,
                                                           const struct request *) = {
        [REQUEST_MONITOR] = monitor,
        [REQUEST_FLUSH] = flush,
        [REQUEST_CONFIG_SET] = config_set,
        [REQUEST_DEBUG] = debug,
        [REQUEST_CONFIGURE_GLOBAL] = configure_global,
        [REQUEST_QUESTIONS] = set_questions,
        [REQUEST_VOTERS] = set_voters,
        [REQUEST_CONFIGURE] = configure,
        [REQUEST_RETAIN] = retain,
    };
    struct group *group;

    assert(request->kind < REQUEST_COUNT);
    if (general[request->kind] != NULL)
        return general[request->kind](core, request);
    group = core_find_group(core, request->name);
    return group != NULL ? by_group[request->kind](core, group, request) : REPLY_NO_SUCH_GROUP;
}

void requests_take(struct core *core, const struct request *request)
{
    uint32_t count = 0;
    enum reply_code code = REPLY_OK;

    if (request->kind == REQUEST_RESET)
        count = reset_groups(core, request->name);
    else
        code = take(core, request);
    if (request->ticket != 0)
        output_reply(&core->output, request->ticket, code)->count = count;
}
