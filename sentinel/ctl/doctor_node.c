/* doctor: the checks of one node. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/doctor.h"

#define BACKLOG_MIN_S    60 /* of writes that the backlog should hold */
#define CLOCK_OFF_MAX_MS 1000
#define LOOKUP_MAX_MS    100

struct scene {
    const struct doctor_group *group;
    const struct doctor_node *node;
    const struct doctor *doctor;
};

struct check {
    enum doctor_severity severity;
    void (*look)(const struct scene *scene, const struct check *check);
    const char *remedy;
};

#define tell(scene, check, ...)                                                                    \
    doctor_tell((scene)->doctor, (check)->severity,                                                \
                where_of(scene, (char[DOCTOR_VALUE_MAX]){ 0 }), (check)->remedy, __VA_ARGS__)

static const char *where_of(const struct scene *s, char text[DOCTOR_VALUE_MAX])
{
    char addr[ADDR_TEXT_MAX];

    snprintf(text, DOCTOR_VALUE_MAX, "%.100s, %.150s", s->group->name,
             addr_format(&s->node->addr, addr));
    return text;
}

/* Whether the supervisors keep min-replicas-to-write right themselves. */
static bool is_looked_after(const struct doctor_group *group)
{
    const char *durability = doctor_setting(group, "durability");
    const char *fencing = doctor_setting(group, "fencing");

    return (durability && strcmp(durability, "async") != 0) ||
           (fencing && strcmp(fencing, "strict") == 0);
}

static void look_maintained(const struct scene *s, const struct check *check)
{
    if (s->node->maintained)
        tell(s, check, "it is in maintenance: never promoted, and not missed");
}

static void look_quarantined(const struct scene *s, const struct check *check)
{
    if (s->node->quarantine > 0)
        tell(s, check,
             "it is in quarantine, since it failed %lld times as a primary: another one is "
             "promoted if there is one",
             (long long)s->node->quarantine);
}

static void look_reached(const struct scene *s, const struct check *check)
{
    if (!s->node->reached && !s->node->maintained)
        tell(s, check, "it cannot be asked: %s", s->node->error);
}

static void look_role(const struct scene *s, const struct check *check)
{
    if (s->node->reached && s->node->primary != s->node->says_primary)
        tell(s, check, "it says that it is a %s, but is watched as a %s",
             s->node->says_primary ? "primary" : "replica",
             s->node->primary ? "primary" : "replica");
}

static void look_link(const struct scene *s, const struct check *check)
{
    if (s->node->reached && !s->node->says_primary && !s->node->link_up)
        tell(s, check, "it has no link to its primary");
}

static void look_loading(const struct scene *s, const struct check *check)
{
    if (s->node->loading)
        tell(s, check, "it is still loading its data");
}

/* Whether the group is set so that the right is needed. */
static bool is_needed(const struct doctor_group *group, const struct doctor_right_row *right)
{
    static const char *const off[] = { "", "0", "no", "off", "false" };
    const char *value = right->setting ? doctor_setting(group, right->setting) : "yes";

    for (size_t i = 0; value && i < sizeof(off) / sizeof(off[0]); i++)
        if (strcmp(value, off[i]) == 0)
            return false;
    return value != NULL;
}

static void look_rights(const struct scene *s, const struct check *check)
{
    char where[DOCTOR_VALUE_MAX];

    for (int i = 0; s->node->rights_known && i < DOCTOR_RIGHT_COUNT; i++) {
        const struct doctor_right_row *right = &doctor_rights[i];
        if (s->node->rights_missing & (UINT64_C(1) << i) && is_needed(s->group, right))
            doctor_tell(s->doctor, right->severity, where_of(s, where), check->remedy,
                        "the user has no right to %s: %s", right->rule + 1, right->without);
    }
}

static void look_kept(const struct scene *s, const struct check *check)
{
    if (s->node->save == 0 && s->node->aof == 0 && s->node->start_gate != 1)
        tell(s, check,
             "it keeps nothing on disk: restarted at once as a primary it is empty, and "
             "its replicas would follow");
}

static void look_saved(const struct scene *s, const struct check *check)
{
    if (s->node->save_failed || s->node->aof_failed)
        tell(s, check, "it could not write its %s", s->node->save_failed ? "data file" : "log");
}

static void look_locked_out(const struct scene *s, const struct check *check)
{
    if (s->node->says_primary && s->node->replicas >= 0 &&
        s->node->min_replicas > s->node->replicas)
        tell(s, check, "it refuses writes: min-replicas-to-write is %lld, %lld replicas are there",
             (long long)s->node->min_replicas, (long long)s->node->replicas);
}

static void look_lock_out(const struct scene *s, const struct check *check)
{
    int64_t left = (int64_t)s->group->n_nodes - 2;

    if (left >= 0 && s->node->min_replicas > left && !is_looked_after(s->group))
        tell(s, check,
             "min-replicas-to-write is %lld: after a failover the new primary has %lld "
             "replicas and would refuse writes",
             (long long)s->node->min_replicas, (long long)left);
}

static void look_backlog(const struct scene *s, const struct check *check)
{
    int64_t rate = s->node->written_bytes_s;

    if (s->node->says_primary && s->node->backlog_bytes > 0 && rate > 0 &&
        s->node->backlog_bytes / rate < BACKLOG_MIN_S)
        tell(s, check,
             "its backlog of %lld bytes holds %lld s of the present writes (%lld bytes/s): "
             "a replica away for longer needs all data again",
             (long long)s->node->backlog_bytes, (long long)(s->node->backlog_bytes / rate),
             (long long)rate);
}

static void look_login(const struct scene *s, const struct check *check)
{
    if (s->node->wants_password == 1 && s->node->has_password == 0)
        tell(s, check,
             "it wants a password, but has none itself (masterauth): after a failover it "
             "cannot follow the new primary");
}

static void look_writable(const struct scene *s, const struct check *check)
{
    if (s->node->read_only == 0)
        tell(s, check, "as a replica it accepts writes, which are lost");
}

static void look_priority(const struct scene *s, const struct check *check)
{
    if (!s->node->says_primary && s->node->priority == 0)
        tell(s, check, "its priority is 0: it is never promoted");
}

static void look_clock(const struct scene *s, const struct check *check)
{
    int64_t off = s->node->clock_off_ms, sure = (off < 0 ? -off : off) - s->node->clock_error_ms;

    if (s->node->clock_known && sure > CLOCK_OFF_MAX_MS)
        tell(s, check, "its clock is %lld ms %s ours: keys expire at other times after a failover",
             (long long)(off < 0 ? -off : off), off < 0 ? "behind" : "ahead of");
}

static void look_lookup(const struct scene *s, const struct check *check)
{
    if (s->node->lookup_ms > LOOKUP_MAX_MS)
        tell(s, check, "looking up its name took %lld ms", (long long)s->node->lookup_ms);
}

/* "7.0" of "7.0.15" as a number that can be compared. */
static long release_of(const char *version)
{
    char *end;
    long major = strtol(version, &end, 10);

    return major * 1000 + (*end == '.' ? strtol(end + 1, NULL, 10) : 0);
}

static void look_older(const struct scene *s, const struct check *check)
{
    const struct doctor_node *primary = &s->group->nodes[0];

    if (s->node == primary || !s->node->reached || !primary->reached ||
        s->node->store != primary->store)
        return;
    if (release_of(s->node->version) < release_of(primary->version))
        tell(s, check, "it is older (%s) than its primary (%s), and may not understand its data",
             s->node->version, primary->version);
}

static const struct check checks[] = {
    { DOCTOR_NOTE, look_maintained, "picketctl maintenance NODE off, when the work is done" },
    { DOCTOR_WARNING, look_quarantined, "find out why it fails; then picketctl ack GROUP" },
    { DOCTOR_ERROR, look_reached,
      "start it; if it wants a password, give picketd's: --user NAME, PICKETCTL_AUTH" },
    { DOCTOR_ERROR, look_role,
      "it passes within seconds, unless picketd's user lacks rights there" },
    { DOCTOR_ERROR, look_link,
      "see its log: network, password (masterauth), or the primary's limits" },
    { DOCTOR_NOTE, look_loading, "wait, and look again" },
    { DOCTOR_ERROR, look_rights, "ACL SETUSER with + and that, and ACL SAVE or CONFIG REWRITE" },
    { DOCTOR_WARNING, look_kept,
      "switch appendonly or save on; else start_gate (picket-store), or let it be restarted late" },
    { DOCTOR_ERROR, look_saved, "see its log: often the disk is full" },
    { DOCTOR_ERROR, look_locked_out, "bring the replicas back, or lower min-replicas-to-write" },
    { DOCTOR_WARNING, look_lock_out,
      "add a replica, lower it, or let picketd look after it: durability = \"bounded\"" },
    { DOCTOR_WARNING, look_backlog, "raise repl-backlog-size" },
    { DOCTOR_ERROR, look_login, "CONFIG SET masterauth (and masteruser), and CONFIG REWRITE" },
    { DOCTOR_WARNING, look_writable, "CONFIG SET replica-read-only yes" },
    { DOCTOR_NOTE, look_priority, "CONFIG SET replica-priority 100, unless that is wanted" },
    { DOCTOR_WARNING, look_clock, "run a time daemon there" },
    { DOCTOR_WARNING, look_lookup, "use addresses, or a name server that is near" },
    { DOCTOR_WARNING, look_older, "bring replicas to a new release first, the primary last" },
};

size_t doctor_check_node(const struct doctor_group *group, const struct doctor_node *node,
                         const struct doctor *doctor)
{
    const struct scene scene = { group, node, doctor };

    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
        checks[i].look(&scene, &checks[i]);
    return sizeof(checks) / sizeof(checks[0]);
}
