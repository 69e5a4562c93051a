/* doctor_seen_io: the supervisors, and what they know of groups. */
#include "sentinel/ctl/doctor_seen_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/doctor_link_io.h"
#include "sentinel/ctl/link_io.h"
#include "wire/loop_io.h"

#define SUPERVISORS_MAX 256
#define GROUPS_MAX      4096
#define NODES_MAX       256 /* of one group */

/* Room for one more at the end of an array; the program ends when memory is out. */
static void *grow(void *array, size_t n, size_t size)
{
    void *more = realloc(array, (n + 1) * size);

    if (!more) {
        fprintf(stderr, "picketctl: memory is out\n");
        exit(EXIT_FAILURE);
    }
    memset((char *)more + n * size, 0, size);
    return more;
}

#define GROW(array, n) ((array) = grow((array), (n), sizeof(*(array))), &(array)[(n)++])

/* --- which supervisors there are --- */

/* Adds one whose address is not there yet. */
static void add_supervisor(struct doctor_facts *facts, const struct addr *addr)
{
    for (size_t i = 0; i < facts->n_supervisors; i++)
        if (addr_equal(&facts->supervisors[i].addr, addr))
            return;
    if (facts->n_supervisors < SUPERVISORS_MAX)
        GROW(facts->supervisors, facts->n_supervisors)->addr = *addr;
}

/* ip and port of an entry; false: it has none. */
static bool read_addr(const redisReply *map, struct addr *ret)
{
    return addr_set(ret, ctl_field(map, "ip"), strtoll(ctl_field(map, "port"), NULL, 10)) &&
           ret->port != 0;
}

/* Those that a supervisor knows for a group. */
static void add_peers(struct doctor_facts *facts, struct doctor_link *link, const char *group)
{
    redisReply *reply = DOCTOR_ASK(link, "SENTINEL", "SENTINELS", group);
    struct addr addr;

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        if (read_addr(reply->element[i], &addr))
            add_supervisor(facts, &addr);
    freeReplyObject(reply);
}

/* --- what one supervisor says --- */

static void look_at_process(struct doctor_link *link, struct doctor_supervisor *supervisor)
{
    int64_t before = loop_wall_ms();
    redisReply *reply = DOCTOR_ASK(link, "INFO");
    int64_t after = loop_wall_ms();
    const char *info = doctor_text(reply);
    int64_t time_us = doctor_number(info, "server_time_usec", -1);

    doctor_word(info, "run_id", supervisor->runid, sizeof(supervisor->runid));
    if (*doctor_word(info, "picket_version", supervisor->version, sizeof(supervisor->version)) ==
        '\0')
        doctor_word(info, "redis_version", supervisor->version, sizeof(supervisor->version));
    supervisor->tilted = doctor_number(info, "sentinel_tilt", 0) == 1;
    supervisor->clock_known = time_us >= 0;
    supervisor->clock_off_ms = time_us / 1000 - (before + after) / 2;
    supervisor->clock_error_ms = after - before;
    supervisor->free_bytes = doctor_number(info, "state_free_bytes", -1);
    supervisor->commit_worst_ms = doctor_number(info, "state_commit_worst_ms", -1);
    supervisor->disk_stalled = doctor_number(info, "state_stalled", 0) == 1;
    supervisor->reached = supervisor->runid[0] != '\0';
    if (!supervisor->reached)
        snprintf(supervisor->error, sizeof(supervisor->error), "%s",
                 reply && reply->type == REDIS_REPLY_ERROR ? reply->str : link->error);
    freeReplyObject(reply);
}

static void add_setting(struct doctor_view *view, const char *name, const char *value)
{
    if (view->n_settings == DOCTOR_SETTINGS_MAX)
        return;
    struct doctor_setting *setting = &view->settings[view->n_settings++];
    snprintf(setting->name, sizeof(setting->name), "%s", name);
    snprintf(setting->value, sizeof(setting->value), "%s", value);
}

/* PICKET SETTINGS where that is known, else those that SENTINEL MASTERS shows. */
static void look_at_settings(struct doctor_link *link, struct doctor_view *view, const char *group,
                             const redisReply *map)
{
    static const char *const shown[] = { "quorum", "down-after-milliseconds", "failover-timeout",
                                         "parallel-syncs" };
    redisReply *reply = DOCTOR_ASK(link, "PICKET", "SETTINGS", group);

    if (reply && reply->type == REDIS_REPLY_ARRAY)
        for (size_t i = 0; i + 1 < reply->elements; i += 2)
            add_setting(view, doctor_text(reply->element[i]), doctor_text(reply->element[i + 1]));
    else
        for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
            add_setting(view, shown[i], ctl_field(map, shown[i]));
    freeReplyObject(reply);
}

static void look_at_quorum(struct doctor_link *link, struct doctor_view *view, const char *group)
{
    redisReply *reply = DOCTOR_ASK(link, "SENTINEL", "CKQUORUM", group);

    if (reply && reply->type == REDIS_REPLY_ERROR)
        snprintf(view->ckquorum, sizeof(view->ckquorum), "%s", reply->str);
    freeReplyObject(reply);
}

/* --- groups --- */

static struct doctor_group *find_group(struct doctor_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->n_groups; i++)
        if (strcmp(facts->groups[i].name, name) == 0)
            return &facts->groups[i];
    return NULL;
}

static struct doctor_node *add_node(struct doctor_group *group, const redisReply *map, bool primary)
{
    struct addr addr;

    if (group->n_nodes == NODES_MAX || !read_addr(map, &addr))
        return NULL;
    struct doctor_node *node = GROW(group->nodes, group->n_nodes);
    node->addr = addr;
    node->primary = primary;
    node->down = ctl_has_word(ctl_field(map, "flags"), "s_down");
    node->quarantine = strtoll(ctl_field(map, "quarantine"), NULL, 10);
    node->maintained = ctl_has_word(ctl_field(map, "flags"), "maintenance");
    return node;
}

/* The nodes, as the first supervisor that knows the group names them. */
static void look_at_nodes(struct doctor_link *link, struct doctor_group *group,
                          const redisReply *map)
{
    redisReply *reply = DOCTOR_ASK(link, "SENTINEL", "REPLICAS", group->name);

    add_node(group, map, true);
    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        add_node(group, reply->element[i], false);
    freeReplyObject(reply);
}

/* One group as one supervisor sees it. */
static void look_at_group(struct doctor_facts *facts, size_t supervisor, struct doctor_link *link,
                          const redisReply *map)
{
    const char *name = ctl_field(map, "name");
    struct doctor_group *group = find_group(facts, name);

    if (!group && (facts->n_groups == GROUPS_MAX || strlen(name) > DOCTOR_NAME_MAX))
        return;
    if (!group) {
        group = GROW(facts->groups, facts->n_groups);
        snprintf(group->name, sizeof(group->name), "%s", name);
        look_at_nodes(link, group, map);
    }
    struct doctor_view *view = GROW(group->views, group->n_views);
    view->supervisor = supervisor;
    read_addr(map, &view->primary);
    view->quorum = strtoll(ctl_field(map, "quorum"), NULL, 10);
    view->others = strtoll(ctl_field(map, "num-other-sentinels"), NULL, 10);
    view->config_epoch = strtoll(ctl_field(map, "config-epoch"), NULL, 10);
    view->down = ctl_has_word(ctl_field(map, "flags"), "s_down");
    view->cool_down_ms = strtoll(ctl_field(map, "cool-down"), NULL, 10);
    view->paused = ctl_has_word(ctl_field(map, "flags"), "paused");
    look_at_settings(link, view, name, map);
    look_at_quorum(link, view, name);
    add_peers(facts, link, name);
}

/* Whether it is one that was asked at another address. */
static bool is_known(const struct doctor_facts *facts, size_t supervisor)
{
    for (size_t i = 0; i < supervisor; i++)
        if (facts->supervisors[i].reached &&
            strcmp(facts->supervisors[i].runid, facts->supervisors[supervisor].runid) == 0)
            return true;
    return false;
}

static void look_at_groups(struct doctor_facts *facts, size_t supervisor, struct doctor_link *link,
                           const char *only)
{
    redisReply *reply = DOCTOR_ASK(link, "SENTINEL", "MASTERS");

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        if (!only || strcmp(ctl_field(reply->element[i], "name"), only) == 0)
            look_at_group(facts, supervisor, link, reply->element[i]);
    freeReplyObject(reply);
}

/* Returns false when the supervisor is one that is known under another address. */
static bool look_at_supervisor(struct doctor_facts *facts, size_t i, const struct ctl *ctl,
                               const char *only)
{
    struct doctor_supervisor *supervisor = &facts->supervisors[i];
    struct doctor_link link;
    bool kept = true;

    supervisor->free_bytes = supervisor->commit_worst_ms = -1;
    if (doctor_connect(&link, &supervisor->addr, ctl->user, ctl->password))
        look_at_process(&link, supervisor);
    else
        snprintf(supervisor->error, sizeof(supervisor->error), "%s", link.error);
    supervisor->lookup_ms = link.lookup_ms;
    if (supervisor->reached && !is_known(facts, i))
        look_at_groups(facts, i, &link, only);
    else
        kept = !supervisor->reached;
    doctor_close(&link);
    return kept;
}

bool doctor_look(struct doctor_facts *ret_facts, const struct ctl *ctl, const char *group)
{
    struct doctor_facts *facts = ret_facts;
    bool reached = false;

    *facts = (struct doctor_facts){ 0 };
    for (size_t i = 0; i < ctl->n_supervisors; i++)
        add_supervisor(facts, &ctl->supervisors[i]);
    for (size_t i = 0; i < facts->n_supervisors; i++) {
        if (look_at_supervisor(facts, i, ctl, group)) {
            reached |= facts->supervisors[i].reached;
            continue;
        }
        facts->n_supervisors--;
        memmove(&facts->supervisors[i], &facts->supervisors[i + 1],
                (facts->n_supervisors - i) * sizeof(facts->supervisors[0]));
        i--;
    }
    return reached;
}

void doctor_facts_done(struct doctor_facts *facts)
{
    for (size_t i = 0; i < facts->n_groups; i++) {
        free(facts->groups[i].views);
        free(facts->groups[i].nodes);
    }
    free(facts->groups);
    free(facts->supervisors);
}
