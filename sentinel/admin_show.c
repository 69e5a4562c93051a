#include <stdio.h>

#include "notify/scripts.h"
#include "sentinel/admin_map.h"
#include "sentinel/admin_own.h"
#include "sentinel/model.h"
#include "wire/client.h"

#define CKQUORUM_TEXT_MAX 160

#define REACHED     "Quorum and failover authorization can be reached"
#define NO_QUORUM   "Not enough available Sentinels to reach the specified quorum for this master"
#define NO_MAJORITY "Not enough available Sentinels to reach the majority and authorize a failover"

void admin_sentinel_masters(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct core *core = admin_core(app);
    (void)argc;
    (void)argv;
    resp_array(&c->reply, core->n_groups);
    for (size_t i = 0; i < core->n_groups; i++)
        admin_map_primary(&c->reply, core, core->groups[i]);
}

void admin_sentinel_master(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct group *group = admin_find_group(app, c, argv[2]);
    (void)argc;
    if (group)
        admin_map_primary(&c->reply, admin_core(app), group);
}

/* A replica that asks not to be announced is watched, and may be promoted, but not shown. */
static bool is_shown(const struct node *node)
{
    return admin_is_replica(node) && node->info.announced;
}

void admin_sentinel_replicas(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct group *group = admin_find_group(app, c, argv[2]);
    size_t n = 0;
    (void)argc;
    if (!group)
        return;
    size_t mark = resp_hold(&c->reply);
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (!is_shown(group->nodes[i]))
            continue;
        admin_map_replica(&c->reply, admin_core(app), group->nodes[i]);
        n++;
    }
    resp_array_at(&c->reply, mark, n);
}

void admin_sentinel_sentinels(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct group *group = admin_find_group(app, c, argv[2]);
    (void)argc;
    if (!group)
        return;
    resp_array(&c->reply, group->n_members);
    for (size_t i = 0; i < group->n_members; i++)
        admin_map_peer(&c->reply, admin_core(app), group, &group->members[i]);
}

void admin_sentinel_get_addr(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct group *group = admin_look_up(app, argv[2]);
    (void)argc;
    if (!group) {
        resp_null_array(&c->reply);
        return;
    }
    struct addr addr = group_primary_addr(group);
    resp_array(&c->reply, 2);
    resp_bulk_str(&c->reply, addr.host);
    resp_bulk_int(&c->reply, addr.port);
}

void admin_sentinel_myid(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    (void)argv;
    resp_bulk_str(&c->reply, admin_core(app)->runid);
}

/* Two questions: can the quorum say "down", and can a majority of all that are known elect. */
void admin_sentinel_ckquorum(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct group *group = admin_find_group(app, c, argv[2]);
    (void)argc;
    if (!group)
        return;
    uint32_t usable = group_usable(group);
    bool quorum = usable >= group->conf.quorum;
    bool majority = usable >= group_voters(group) / 2 + 1;
    char text[CKQUORUM_TEXT_MAX];

    if (quorum && majority) {
        snprintf(text, sizeof(text), "OK %u usable Sentinels. " REACHED, usable);
        resp_simple(&c->reply, text);
        return;
    }
    resp_errorf(&c->reply, "NOQUORUM %u usable Sentinels. %s%s%s", usable, quorum ? "" : NO_QUORUM,
                quorum || majority ? "" : ". ", majority ? "" : NO_MAJORITY);
}

static void write_script(struct resp_writer *w, const struct scripts_view *script)
{
    resp_map(w, 5);
    resp_bulk_str(w, "argv");
    resp_array(w, script->argc);
    for (size_t i = 0; i < script->argc; i++)
        resp_bulk_str(w, script->argv[i]);
    resp_bulk_str(w, "flags");
    resp_bulk_str(w, script->running ? "running" : "scheduled");
    resp_bulk_str(w, "pid");
    resp_bulk_int(w, script->pid);
    resp_bulk_str(w, script->running ? "run-time" : "run-delay");
    resp_bulk_int(w, script->time_ms);
    resp_bulk_str(w, "retry-num");
    resp_bulk_int(w, script->attempts);
}

void admin_sentinel_pending_scripts(void *app, struct client *c, size_t argc,
                                    const struct slice *argv)
{
    const struct admin *admin = app;
    const struct scripts *scripts = admin->ops.scripts(admin->arg);
    size_t n = scripts_count(scripts);
    msec now = admin_facts(admin).now;
    (void)argc;
    (void)argv;

    resp_array(&c->reply, n);
    for (size_t i = 0; i < n; i++) {
        struct scripts_view script = scripts_show(scripts, i, now);
        write_script(&c->reply, &script);
    }
}

/* --- INFO-CACHE ------------------------------------------------------------------------------- */

static void write_info(const struct admin *admin, struct client *c, const struct node *node)
{
    msec seen_at = node->probe.info_seen_at;
    struct slice text = admin->ops.node_info(admin->arg, node->id);
    msec age = seen_at == MSEC_NEVER ? 0 : admin_core(admin)->now - seen_at;

    resp_array(&c->reply, 2);
    resp_int(&c->reply, age);
    if (text.p)
        resp_bulk(&c->reply, text);
    else
        resp_null(&c->reply);
}

/* The primary first, then its replicas. */
static void write_infos(const struct admin *admin, struct client *c, const struct group *group)
{
    resp_bulk_str(&c->reply, group->name);
    resp_array(&c->reply, 1 + admin_count_replicas(group));
    write_info(admin, c, group->primary);
    for (size_t i = 0; i < group->n_nodes; i++)
        if (admin_is_replica(group->nodes[i]))
            write_info(admin, c, group->nodes[i]);
}

/* Names that are none, and those said before, are passed over. */
void admin_sentinel_info_cache(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    size_t mark = resp_hold(&c->reply);
    size_t n = 0;

    for (size_t i = 2; i < argc; i++) {
        const struct group *group = admin_look_up(app, argv[i]);
        for (size_t k = 2; group && k < i; k++)
            if (slice_equal(argv[k], argv[i]))
                group = NULL;
        if (!group)
            continue;
        write_infos(app, c, group);
        n += 2;
    }
    resp_array_at(&c->reply, mark, n);
}
