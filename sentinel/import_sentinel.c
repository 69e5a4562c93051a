#include <string.h>

#include "sentinel/import_own.h"
#include "sentinel/model.h"

struct directive;
typedef void directive_fn(struct import *im, const struct slice *values,
                          const struct directive *directive);

/* A directive that does not speak of a group that is there already. */
struct directive {
    const char *name;
    enum import_pass pass;
    size_t n_values;
    directive_fn *apply;
    const char *option; /* its name on the wire here; NULL = no option */
};

/* --- the process -------------------------------------------------------------------------- */

static void take_global(struct import *im, const struct slice *values,
                        const struct directive *directive)
{
    import_take_option(im, &im->global, option_by_wire_name(&global_table, directive->option),
                       values[0]);
}

/* The address told to peers; the empty one is none. */
static void take_announce_ip(struct import *im, const struct slice *values,
                             const struct directive *directive)
{
    struct addr addr;

    if (values[0].n > 0 && !addr_set_slice(&addr, values[0].p, values[0].n, 1))
        import_refuse(im, "\"%s\" can be no host", import_shown(values[0]));
    else
        take_global(im, values, directive);
}

static void take_deny_scripts(struct import *im, const struct slice *values,
                              const struct directive *directive)
{
    (void)directive;
    im->scripts_free = slice_is_nocase(values[0], "no");
    if (!im->scripts_free && !slice_is_nocase(values[0], "yes"))
        import_refuse(im, "\"%s\" is not allowed, allowed are yes, no", import_shown(values[0]));
}

static void take_current_epoch(struct import *im, const struct slice *values,
                               const struct directive *directive)
{
    uint64_t epoch;

    (void)directive;
    if (import_take_epoch(im, values[0], &epoch) && epoch > im->current_epoch)
        im->current_epoch = epoch;
}

static void take_myid(struct import *im, const struct slice *values,
                      const struct directive *directive)
{
    (void)directive;
    import_take_runid(im, values[0], im->myid);
}

/* --- monitor ------------------------------------------------------------------------------ */

struct import_group *import_find_group(struct import *im, struct slice name)
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
    else if (import_find_group(im, name) != NULL)
        import_refuse(im, "\"%s\" is monitored already, at %s:%u", import_shown(name),
                      import_find_group(im, name)->from->file,
                      import_find_group(im, name)->from->number);
    else if (im->n_groups == GROUPS_MAX)
        import_refuse(im, "too many groups, allowed are %d", GROUPS_MAX);
    else
        return true;
    return false;
}

/* monitor NAME HOST PORT QUORUM */
static void take_monitor(struct import *im, const struct slice *values,
                         const struct directive *directive)
{
    struct addr addr;
    struct group_conf conf;

    group_conf_init(&conf);
    if (!may_add(im, values[0]) || !import_take_addr(im, values + 1, &addr) ||
        !import_take_option(im, &conf, group_option_by_wire_name(directive->option), values[3]))
        return;
    struct import_group *more =
        import_grow(im, im->groups, im->n_groups, &im->cap_groups, sizeof(*more));
    if (!more)
        return;
    im->groups = more;
    struct import_group *group = &im->groups[im->n_groups++];
    memcpy(group->name, values[0].p, values[0].n);
    group->addr = addr;
    group->conf = conf;
    group->from = im->at;
}

/* --- the table ---------------------------------------------------------------------------- */

static const struct directive directives[] = {
    { "announce-ip", IMPORT_PASS_PROCESS, 1, take_announce_ip, "announce-ip" },
    { "announce-port", IMPORT_PASS_PROCESS, 1, take_global, "announce-port" },
    { "sentinel-user", IMPORT_PASS_PROCESS, 1, take_global, "sentinel-user" },
    { "sentinel-pass", IMPORT_PASS_PROCESS, 1, take_global, "sentinel-pass" },
    { "resolve-hostnames", IMPORT_PASS_PROCESS, 1, take_global, "resolve-hostnames" },
    { "announce-hostnames", IMPORT_PASS_PROCESS, 1, take_global, "announce-hostnames" },
    { "deny-scripts-reconfig", IMPORT_PASS_PROCESS, 1, take_deny_scripts, NULL },
    { "current-epoch", IMPORT_PASS_PROCESS, 1, take_current_epoch, NULL },
    { "myid", IMPORT_PASS_PROCESS, 1, take_myid, NULL },

    { "monitor", IMPORT_PASS_MONITOR, 4, take_monitor, "quorum" },
};

static const struct directive *find_directive(struct slice name)
{
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
        if (slice_is_nocase(name, directives[i].name))
            return &directives[i];
    return NULL;
}

void import_sentinel_line(struct import *im, enum import_pass pass)
{
    const struct import_words *words = &im->at->words;
    const struct directive *directive = words->n > 1 ? find_directive(words->list[1]) : NULL;

    if (directive && directive->pass == pass && words->n - 2 != directive->n_values)
        import_refuse_count(im, directive->n_values, words->n - 2);
    else if (directive && directive->pass == pass)
        directive->apply(im, words->list + 2, directive);
    else if (!directive && pass == IMPORT_PASS_GROUP && words->n > 1 &&
             import_group_knows(words->list[1]))
        import_group_line(im);
    else if (!directive && pass == IMPORT_PASS_GROUP)
        import_refuse(im, "Sentinel has no such directive");
}
