#include <stdlib.h>
#include <string.h>

#include "probes/renames.h"
#include "sentinel/import_own.h"
#include "sentinel/model.h"

struct directive;

/* VALUES stand behind the group's name. */
typedef void directive_fn(struct import *im, struct import_group *group, const struct slice *values,
                          const struct directive *directive);

struct directive {
    const char *name;
    size_t n_values;
    directive_fn *apply;
    const char *option; /* its name on the wire here; NULL = no option */
};

static void take_option(struct import *im, struct import_group *group, const struct slice *values,
                        const struct directive *directive)
{
    import_take_option(im, &group->conf, group_option_by_wire_name(directive->option), values[0]);
}

static void take_script(struct import *im, struct import_group *group, const struct slice *values,
                        const struct directive *directive)
{
    char path[IMPORT_PATH_MAX + 1];

    if (import_take_path(im, values[0], path))
        import_take_option(im, &group->conf, group_option_by_wire_name(directive->option),
                           slice_str(path));
}

static void take_config_epoch(struct import *im, struct import_group *group,
                              const struct slice *values, const struct directive *directive)
{
    (void)directive;
    import_take_epoch(im, values[0], &group->config_epoch);
}

static void take_leader_epoch(struct import *im, struct import_group *group,
                              const struct slice *values, const struct directive *directive)
{
    (void)directive;
    import_take_epoch(im, values[0], &group->leader_epoch);
}

/* rename-command NAME OLD NEW: one more pair. The new name may be a secret. */
static void take_rename(struct import *im, struct import_group *group, const struct slice *values,
                        const struct directive *directive)
{
    char old[CONF_TEXT_MAX + 1], name[CONF_TEXT_MAX + 1], pairs[CONF_TEXT_MAX + 1];

    (void)directive;
    if (!import_take_text(im, values[0], false, old, sizeof(old)) ||
        !import_take_text(im, values[1], true, name, sizeof(name)))
        return;
    if (renames_find(group->conf.rename_commands, old, pairs, sizeof(pairs)) != old)
        import_refuse(im, "\"%s\" has been renamed already", import_shown(values[0]));
    else if (!renames_edit(group->conf.rename_commands, old, name, pairs, sizeof(pairs)))
        import_refuse(im, "allowed are names without space and =, %d bytes for all together",
                      CONF_TEXT_MAX);
    else
        memcpy(group->conf.rename_commands, pairs, strlen(pairs) + 1);
}

static bool has_replica(const struct import_group *group, const struct addr *addr)
{
    for (size_t i = 0; i < group->n_replicas; i++)
        if (addr_equal(&group->replicas[i], addr))
            return true;
    return false;
}

/* known-replica NAME HOST PORT. Valkey has been seen to write one twice, and then not to start. */
static void take_replica(struct import *im, struct import_group *group, const struct slice *values,
                         const struct directive *directive)
{
    struct addr addr;

    (void)directive;
    if (!import_take_addr(im, values, &addr))
        return;
    if (has_replica(group, &addr)) {
        import_note(im, im->at, false, "merged with the line that says the same");
        return;
    }
    if (addr_equal(&addr, &group->addr)) {
        import_note(im, im->at, false, "this is the primary");
        return;
    }
    if (group->n_replicas == NODES_MAX - 1) {
        import_refuse(im, "too many replicas of \"%s\", allowed are %d", group->name,
                      NODES_MAX - 1);
        return;
    }
    if (!group->replicas)
        group->replicas = calloc(NODES_MAX - 1, sizeof(*group->replicas));
    if (!group->replicas)
        im->no_memory = true;
    else
        group->replicas[group->n_replicas++] = addr;
}

/* The peer of that run id, or NULL. */
static const struct import_peer *find_peer(const struct import_group *group, const char *runid)
{
    for (size_t i = 0; i < group->n_peers; i++)
        if (strcmp(group->peers[i].runid, runid) == 0)
            return &group->peers[i];
    return NULL;
}

/* known-sentinel NAME HOST PORT RUNID */
static void take_peer(struct import *im, struct import_group *group, const struct slice *values,
                      const struct directive *directive)
{
    struct import_peer peer;

    (void)directive;
    if (!import_take_addr(im, values, &peer.addr) || !import_take_runid(im, values[2], peer.runid))
        return;
    const struct import_peer *known = find_peer(group, peer.runid);
    if (strcmp(peer.runid, im->myid) == 0)
        import_note(im, im->at, false, "this is the supervisor itself");
    else if (known && addr_equal(&known->addr, &peer.addr))
        import_note(im, im->at, false, "merged with the line that says the same");
    else if (known)
        import_refuse(im, "the run id %s has two addresses", peer.runid);
    else if (group->n_peers == PEERS_MAX)
        import_refuse(im, "too many supervisors of \"%s\", allowed are %d", group->name, PEERS_MAX);
    else if (!group->peers && !(group->peers = calloc(PEERS_MAX, sizeof(*group->peers))))
        im->no_memory = true;
    else
        group->peers[group->n_peers++] = peer;
}

/* --- the table ---------------------------------------------------------------------------- */

static const struct directive directives[] = {
    { "down-after-milliseconds", 1, take_option, "down-after-milliseconds" },
    { "failover-timeout", 1, take_option, "failover-timeout" },
    { "parallel-syncs", 1, take_option, "parallel-syncs" },
    { "auth-user", 1, take_option, "auth-user" },
    { "auth-pass", 1, take_option, "auth-pass" },
    { "master-reboot-down-after-period", 1, take_option, "master-reboot-down-after-period" },
    { "primary-reboot-down-after-period", 1, take_option, "master-reboot-down-after-period" },
    { "notification-script", 1, take_script, "notification-script" },
    { "client-reconfig-script", 1, take_script, "client-reconfig-script" },
    { "rename-command", 2, take_rename, NULL },
    { "config-epoch", 1, take_config_epoch, NULL },
    { "leader-epoch", 1, take_leader_epoch, NULL },
    { "known-replica", 2, take_replica, NULL },
    { "known-slave", 2, take_replica, NULL },
    { "known-sentinel", 3, take_peer, NULL },
};

static const struct directive *find_directive(struct slice name)
{
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
        if (slice_is_nocase(name, directives[i].name))
            return &directives[i];
    return NULL;
}

bool import_group_knows(struct slice name)
{
    return find_directive(name) != NULL;
}

void import_group_line(struct import *im)
{
    const struct slice *words = im->at->words.list;
    const struct directive *directive = find_directive(words[1]);
    size_t n = im->at->words.n - 2;

    if (!directive)
        return;
    bool legacy = directive->apply == take_peer && n == directive->n_values;
    if (n != directive->n_values + 1 && !legacy) {
        import_refuse_count(im, directive->n_values + 1, n);
        return;
    }
    struct import_group *group = import_find_group(im, words[2]);
    if (!group)
        import_refuse(im, "no group \"%s\" is monitored", import_shown(words[2]));
    else if (legacy)
        import_note(im, im->at, false, "it has no run id; the supervisor will be found again");
    else
        directive->apply(im, group, words + 3, directive);
}
