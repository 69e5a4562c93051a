#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "quorum/epoch.h"
#include "sentinel/import_own.h"
#include "sentinel/model.h"

enum pass { PASS_PROCESS, PASS_MONITOR, PASS_GROUP };

_Static_assert(PASS_GROUP + 1 == IMPORT_PASSES, "a pass each");

struct directive;

/* GROUP is NULL in the first two passes; VALUES stand behind the group's name. */
typedef void directive_fn(struct import *im, struct import_group *group, const struct slice *values,
                          const struct directive *directive);

struct directive {
    const char *name;
    enum pass pass;
    size_t n_values;
    directive_fn *apply;
    const char *option; /* its name on the wire here; NULL = no option */
};

/* --- values ------------------------------------------------------------------------------- */

static bool take_epoch(struct import *im, struct slice value, uint64_t *ret)
{
    uint64_t epoch;

    if (!epoch_parse(&epoch, value.p, value.n)) {
        import_refuse(im, "\"%s\" is no epoch, allowed are whole numbers from 0 on",
                      import_shown(value));
        return false;
    }
    if (epoch > IMPORT_EPOCH_MAX) {
        import_refuse(im,
                      "%s was not reached by elections but forged, and leaves no room for them: "
                      "lower it in the files of all Sentinels",
                      import_shown(value));
        return false;
    }
    *ret = epoch;
    return true;
}

static bool take_addr(struct import *im, const struct slice *values, struct addr *ret)
{
    int64_t port;

    if (!import_take_number(im, values[1], 1, 65535, &port))
        return false;
    if (addr_set_slice(ret, values[0].p, values[0].n, port))
        return true;
    import_refuse(im, "\"%s\" can be no host", import_shown(values[0]));
    return false;
}

static bool take_runid(struct import *im, struct slice value, char ret[PEER_RUNID_LEN + 1])
{
    if (!peer_runid_valid(value.p, value.n)) {
        import_refuse(im, "\"%s\" is no run id, allowed are %d letters and digits",
                      import_shown(value), PEER_RUNID_LEN);
        return false;
    }
    memcpy(ret, value.p, value.n);
    ret[value.n] = '\0';
    return true;
}

/* --- the process -------------------------------------------------------------------------- */

static void take_global(struct import *im, struct import_group *group, const struct slice *values,
                        const struct directive *directive)
{
    (void)group;
    import_take_option(im, &im->global, option_by_wire_name(&global_table, directive->option),
                       values[0]);
}

/* The address told to peers; the empty one is none. */
static void take_announce_ip(struct import *im, struct import_group *group,
                             const struct slice *values, const struct directive *directive)
{
    struct addr addr;

    if (values[0].n > 0 && !addr_set_slice(&addr, values[0].p, values[0].n, 1))
        import_refuse(im, "\"%s\" can be no host", import_shown(values[0]));
    else
        take_global(im, group, values, directive);
}

static void take_deny_scripts(struct import *im, struct import_group *group,
                              const struct slice *values, const struct directive *directive)
{
    (void)group;
    (void)directive;
    im->scripts_free = slice_is_nocase(values[0], "no");
    if (!im->scripts_free && !slice_is_nocase(values[0], "yes"))
        import_refuse(im, "\"%s\" is not allowed, allowed are yes, no", import_shown(values[0]));
}

static void take_current_epoch(struct import *im, struct import_group *group,
                               const struct slice *values, const struct directive *directive)
{
    uint64_t epoch;

    (void)group;
    (void)directive;
    if (take_epoch(im, values[0], &epoch) && epoch > im->current_epoch)
        im->current_epoch = epoch;
}

static void take_myid(struct import *im, struct import_group *group, const struct slice *values,
                      const struct directive *directive)
{
    (void)group;
    (void)directive;
    take_runid(im, values[0], im->myid);
}

/* --- monitor ------------------------------------------------------------------------------ */

static struct import_group *find_group(struct import *im, struct slice name)
{
    for (size_t i = 0; i < im->n_groups; i++) {
        size_t at = (im->found + i) % im->n_groups;
        if (!slice_is(name, im->groups[at].name))
            continue;
        im->found = at;
        return &im->groups[at];
    }
    return NULL;
}

/* Whether there may be a group of that name now; else an error. */
static bool may_add(struct import *im, struct slice name)
{
    if (!group_name_valid(name.p, name.n))
        import_refuse(im,
                      "\"%s\" can be no group's name, allowed are 1 to %d printable characters "
                      "without space, comma and quotes",
                      import_shown(name), GROUP_NAME_MAX);
    else if (find_group(im, name) != NULL)
        import_refuse(im, "\"%s\" is monitored already, at %s:%u", import_shown(name),
                      find_group(im, name)->from->file, find_group(im, name)->from->number);
    else if (im->n_groups == GROUPS_MAX)
        import_refuse(im, "too many groups, allowed are %d", GROUPS_MAX);
    else
        return true;
    return false;
}

/* monitor NAME HOST PORT QUORUM */
static void take_monitor(struct import *im, struct import_group *group, const struct slice *values,
                         const struct directive *directive)
{
    struct addr addr;
    struct group_conf conf;

    (void)group;
    group_conf_init(&conf);
    if (!may_add(im, values[0]) || !take_addr(im, values + 1, &addr) ||
        !import_take_option(im, &conf, group_option_by_wire_name(directive->option), values[3]))
        return;
    struct import_group *more =
        import_grow(im, im->groups, im->n_groups, &im->cap_groups, sizeof(*more));
    if (!more)
        return;
    im->groups = more;
    group = &im->groups[im->n_groups++];
    memcpy(group->name, values[0].p, values[0].n);
    group->addr = addr;
    group->conf = conf;
    group->from = im->at;
}

/* --- the groups --------------------------------------------------------------------------- */

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
    take_epoch(im, values[0], &group->config_epoch);
}

static void take_leader_epoch(struct import *im, struct import_group *group,
                              const struct slice *values, const struct directive *directive)
{
    (void)directive;
    take_epoch(im, values[0], &group->leader_epoch);
}

/* A name of a command that can stand in "OLD=new OLD2=new2". */
static bool is_command_name(struct slice name)
{
    for (size_t i = 0; i < name.n; i++)
        if (strchr(" =,\"'", name.p[i]) != NULL)
            return false;
    return name.n > 0;
}

/* Whether "OLD=new ..." has a new name for OLD. */
static bool is_renamed(const char *pairs, struct slice old)
{
    for (const char *p = pairs; *p; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, "=") == old.n && strncasecmp(p, old.p, old.n) == 0)
            return true;
    return false;
}

/* rename-command NAME OLD NEW: one more pair. */
static void take_rename(struct import *im, struct import_group *group, const struct slice *values,
                        const struct directive *directive)
{
    char *pairs = group->conf.rename_commands;
    size_t used = strlen(pairs), need = values[0].n + values[1].n + 1 + (used > 0);
    char text[CONF_TEXT_MAX + 1];

    (void)directive;
    if (!import_take_text(im, values[0], false, text, sizeof(text)) ||
        !import_take_text(im, values[1], true, text, sizeof(text)))
        return;
    if (!is_command_name(values[0]) || !is_command_name(values[1])) {
        import_refuse(im, "these can be no names of commands, allowed are such without space, "
                          "comma, = and quotes");
        return;
    }
    if (is_renamed(pairs, values[0])) {
        import_refuse(im, "\"%s\" has been renamed already", import_shown(values[0]));
        return;
    }
    if (used + need > CONF_TEXT_MAX) {
        import_refuse(im, "too many, allowed are %d bytes of names", CONF_TEXT_MAX);
        return;
    }
    if (used > 0)
        pairs[used++] = ' ';
    memcpy(pairs + used, values[0].p, values[0].n);
    pairs[used + values[0].n] = '=';
    memcpy(pairs + used + values[0].n + 1, values[1].p, values[1].n);
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
    if (!take_addr(im, values, &addr))
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
    if (!take_addr(im, values, &peer.addr) || !take_runid(im, values[2], peer.runid))
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
    { "announce-ip", PASS_PROCESS, 1, take_announce_ip, "announce-ip" },
    { "announce-port", PASS_PROCESS, 1, take_global, "announce-port" },
    { "sentinel-user", PASS_PROCESS, 1, take_global, "sentinel-user" },
    { "sentinel-pass", PASS_PROCESS, 1, take_global, "sentinel-pass" },
    { "resolve-hostnames", PASS_PROCESS, 1, take_global, "resolve-hostnames" },
    { "announce-hostnames", PASS_PROCESS, 1, take_global, "announce-hostnames" },
    { "deny-scripts-reconfig", PASS_PROCESS, 1, take_deny_scripts, NULL },
    { "current-epoch", PASS_PROCESS, 1, take_current_epoch, NULL },
    { "myid", PASS_PROCESS, 1, take_myid, NULL },

    { "monitor", PASS_MONITOR, 4, take_monitor, "quorum" },

    { "down-after-milliseconds", PASS_GROUP, 1, take_option, "down-after-milliseconds" },
    { "failover-timeout", PASS_GROUP, 1, take_option, "failover-timeout" },
    { "parallel-syncs", PASS_GROUP, 1, take_option, "parallel-syncs" },
    { "auth-user", PASS_GROUP, 1, take_option, "auth-user" },
    { "auth-pass", PASS_GROUP, 1, take_option, "auth-pass" },
    { "master-reboot-down-after-period", PASS_GROUP, 1, take_option,
      "master-reboot-down-after-period" },
    { "primary-reboot-down-after-period", PASS_GROUP, 1, take_option,
      "master-reboot-down-after-period" },
    { "notification-script", PASS_GROUP, 1, take_script, "notification-script" },
    { "client-reconfig-script", PASS_GROUP, 1, take_script, "client-reconfig-script" },
    { "rename-command", PASS_GROUP, 2, take_rename, NULL },
    { "config-epoch", PASS_GROUP, 1, take_config_epoch, NULL },
    { "leader-epoch", PASS_GROUP, 1, take_leader_epoch, NULL },
    { "known-replica", PASS_GROUP, 2, take_replica, NULL },
    { "known-slave", PASS_GROUP, 2, take_replica, NULL },
    { "known-sentinel", PASS_GROUP, 3, take_peer, NULL },
};

static const struct directive *find_directive(struct slice name)
{
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
        if (slice_is_nocase(name, directives[i].name))
            return &directives[i];
    return NULL;
}

/* A directive of one group. */
static void take_group_line(struct import *im, const struct directive *directive,
                            const struct slice *values, size_t n)
{
    struct import_group *group = find_group(im, values[0]);

    if (!group)
        import_refuse(im, "no group \"%s\" is monitored", import_shown(values[0]));
    else if (directive->apply == take_peer && n == directive->n_values)
        import_note(im, im->at, false, "it has no run id; the supervisor will be found again");
    else
        directive->apply(im, group, values + 1, directive);
}

void import_sentinel_line(struct import *im, int pass)
{
    const struct import_words *words = &im->at->words;
    const struct directive *directive = words->n > 1 ? find_directive(words->list[1]) : NULL;

    /* What there is not is told once. */
    if (!directive && pass == PASS_PROCESS)
        import_refuse(im, "Sentinel has no such directive");
    if (!directive || directive->pass != (enum pass)pass)
        return;

    size_t n = words->n - 2;
    size_t wanted = directive->n_values + (pass == PASS_GROUP);
    bool legacy = directive->apply == take_peer && n + 1 == wanted;
    if (n != wanted && !legacy)
        import_refuse(im, "takes %zu values, here are %zu; one with spaces needs quotes", wanted,
                      n);
    else if (pass == PASS_GROUP)
        take_group_line(im, directive, words->list + 2, n);
    else
        directive->apply(im, NULL, words->list + 2, directive);
}
