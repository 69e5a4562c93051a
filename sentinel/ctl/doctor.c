#include "sentinel/ctl/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CLOCK_OFF_MAX_MS   1000
#define LOOKUP_MAX_MS      100
#define COMMIT_MAX_MS      250
#define FREE_LOW_BYTES     (INT64_C(256) * 1024 * 1024)
#define FREE_TOO_LOW_BYTES (INT64_C(16) * 1024 * 1024)

/* What a check is about; only one of the last two is set. */
struct scene {
    const struct doctor_facts *facts;
    const struct doctor *doctor;
    const struct doctor_supervisor *supervisor;
    const struct doctor_group *group;
};

struct check {
    enum doctor_severity severity;
    void (*look)(const struct scene *scene, const struct check *check);
    const char *remedy;
};

void doctor_tell(const struct doctor *doctor, enum doctor_severity severity, const char *where,
                 const char *remedy, const char *format, ...)
{
    struct doctor_finding finding = { .severity = severity };
    va_list args;

    snprintf(finding.where, sizeof(finding.where), "%s", where);
    snprintf(finding.remedy, sizeof(finding.remedy), "%s", remedy);
    va_start(args, format);
    vsnprintf(finding.what, sizeof(finding.what), format, args);
    va_end(args);
    doctor->found(doctor->arg, &finding);
}

/* A finding about what the scene is about. */
#define tell(scene, check, ...)                                                                    \
    doctor_tell((scene)->doctor, (check)->severity,                                                \
                where_of(scene, (char[DOCTOR_VALUE_MAX]){ 0 }), (check)->remedy, __VA_ARGS__)

static const char *where_of(const struct scene *scene, char text[DOCTOR_VALUE_MAX])
{
    char addr[ADDR_TEXT_MAX];

    if (scene->group)
        snprintf(text, DOCTOR_VALUE_MAX, "%s", scene->group->name);
    else
        snprintf(text, DOCTOR_VALUE_MAX, "supervisor %.200s",
                 addr_format(&scene->supervisor->addr, addr));
    return text;
}

const char *doctor_setting(const struct doctor_group *group, const char *name)
{
    const struct doctor_view *view = group->n_views > 0 ? &group->views[0] : NULL;

    for (size_t i = 0; view && i < view->n_settings; i++)
        if (strcmp(view->settings[i].name, name) == 0)
            return view->settings[i].value;
    return NULL;
}

/* --- supervisors --- */

/* Whether it is there, and does not let us in. */
static bool is_shut(const struct doctor_supervisor *supervisor)
{
    static const char *const codes[] = { "NOAUTH", "WRONGPASS", "NOPERM" };

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strncmp(supervisor->error, codes[i], strlen(codes[i])) == 0)
            return true;
    return false;
}

static void look_shut(const struct scene *s, const struct check *check)
{
    if (!s->supervisor->reached && is_shut(s->supervisor))
        tell(s, check, "it does not let picketctl in: %s", s->supervisor->error);
}

static void look_reached(const struct scene *s, const struct check *check)
{
    if (!s->supervisor->reached && !is_shut(s->supervisor))
        tell(s, check, "it cannot be asked: %s", s->supervisor->error);
}

static void look_tilt(const struct scene *s, const struct check *check)
{
    if (s->supervisor->tilted)
        tell(s, check, "it has stood still or its clock has jumped (TILT)");
}

static void look_clock(const struct scene *s, const struct check *check)
{
    int64_t off = s->supervisor->clock_off_ms;
    int64_t sure = (off < 0 ? -off : off) - s->supervisor->clock_error_ms;

    if (s->supervisor->clock_known && sure > CLOCK_OFF_MAX_MS)
        tell(s, check, "its clock is %lld ms %s ours", (long long)(off < 0 ? -off : off),
             off < 0 ? "behind" : "ahead of");
}

static void look_lookup(const struct scene *s, const struct check *check)
{
    if (s->supervisor->lookup_ms > LOOKUP_MAX_MS)
        tell(s, check, "looking up its name took %lld ms", (long long)s->supervisor->lookup_ms);
}

static void look_stalled(const struct scene *s, const struct check *check)
{
    if (s->supervisor->disk_stalled)
        tell(s, check, "the disk of its state_dir does not take what it writes");
}

static void look_commit(const struct scene *s, const struct check *check)
{
    if (s->supervisor->commit_worst_ms > COMMIT_MAX_MS)
        tell(s, check, "a commit to its state_dir took %lld ms: votes wait for that",
             (long long)s->supervisor->commit_worst_ms);
}

static void look_full(const struct scene *s, const struct check *check)
{
    int64_t free_bytes = s->supervisor->free_bytes;
    int64_t limit = check->severity == DOCTOR_ERROR ? FREE_TOO_LOW_BYTES : FREE_LOW_BYTES;
    int64_t least = check->severity == DOCTOR_ERROR ? 0 : FREE_TOO_LOW_BYTES;

    if (free_bytes >= least && free_bytes < limit)
        tell(s, check, "the disk of its state_dir has only %lld MiB left",
             (long long)(free_bytes / 1024 / 1024));
}

static void look_version(const struct scene *s, const struct check *check)
{
    const struct doctor_supervisor *first = &s->facts->supervisors[0];

    if (s->supervisor->reached && first->reached &&
        strcmp(first->version, s->supervisor->version) != 0)
        tell(s, check, "it runs %s, the first one %s", s->supervisor->version, first->version);
}

static const struct check supervisor_checks[] = {
    { DOCTOR_ERROR, look_shut,
      "log in: --user NAME before the command, and PICKETCTL_SENTINEL_AUTH in the environment" },
    { DOCTOR_ERROR, look_reached,
      "start it again; or, when it is gone for good, let the others forget it, since it counts "
      "for the majority: picketctl forget" },
    { DOCTOR_ERROR, look_tilt,
      "look for swapping, a paused virtual machine, a time daemon that makes steps" },
    { DOCTOR_WARNING, look_clock,
      "run a time daemon there: elections do not need it, but whoever compares logs does" },
    { DOCTOR_WARNING, look_lookup, "use addresses, or a name server that is near" },
    { DOCTOR_ERROR, look_stalled,
      "see its log; it neither votes nor leads until that disk works again" },
    { DOCTOR_ERROR, look_full, "make room: a supervisor that cannot store a vote gives none" },
    { DOCTOR_WARNING, look_full, "make room: a supervisor that cannot store a vote gives none" },
    { DOCTOR_WARNING, look_commit, "put state_dir on a faster disk, or one with less to do" },
    { DOCTOR_NOTE, look_version, "bring all to one release, one after the other" },
};

/* --- groups --- */

static int64_t voters_of(const struct doctor_group *group)
{
    return group->views[0].others + 1;
}

static void look_quorum(const struct scene *s, const struct check *check)
{
    if (s->group->views[0].quorum > voters_of(s->group))
        tell(s, check, "the quorum is %lld, but there are only %lld supervisors",
             (long long)s->group->views[0].quorum, (long long)voters_of(s->group));
}

static void look_ckquorum(const struct scene *s, const struct check *check)
{
    if (s->group->views[0].ckquorum[0] != '\0')
        tell(s, check, "no failover is possible: %s", s->group->views[0].ckquorum);
}

static void look_few(const struct scene *s, const struct check *check)
{
    if (voters_of(s->group) < 3)
        tell(s, check, "%s: when one fails there is no failover",
             voters_of(s->group) == 1 ? "there is one supervisor only"
                                      : "there are two supervisors only");
}

static void look_even(const struct scene *s, const struct check *check)
{
    int64_t n = voters_of(s->group);

    if (n > 2 && n % 2 == 0)
        tell(s, check, "%lld supervisors stand no more failures than %lld", (long long)n,
             (long long)n - 1);
}

static void look_low_quorum(const struct scene *s, const struct check *check)
{
    if (s->group->views[0].quorum == 1 && voters_of(s->group) > 1)
        tell(s, check,
             "the quorum is 1: a single supervisor that does not reach the primary asks "
             "for a failover");
}

/* How many of the group's supervisors are on the host of view I. */
static int64_t count_on_host(const struct scene *s, size_t i)
{
    const struct doctor_group *group = s->group;
    const char *host = s->facts->supervisors[group->views[i].supervisor].addr.host;
    int64_t n = 0;

    for (size_t k = 0; k < group->n_views; k++)
        n += strcmp(s->facts->supervisors[group->views[k].supervisor].addr.host, host) == 0;
    return n;
}

static void look_one_host(const struct scene *s, const struct check *check)
{
    int64_t n = voters_of(s->group), needed = n / 2 + 1;

    for (size_t i = 0; n > 1 && i < s->group->n_views; i++) {
        int64_t together = count_on_host(s, i);
        if (together < 2 || n - together >= needed)
            continue;
        tell(s, check,
             "%lld of %lld supervisors are on one host, %s: without it there is no "
             "majority",
             (long long)together, (long long)n,
             s->facts->supervisors[s->group->views[i].supervisor].addr.host);
        return;
    }
}

static void look_agreed(const struct scene *s, const struct check *check)
{
    const struct doctor_view *first = &s->group->views[0];
    char one[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX], who[ADDR_TEXT_MAX];

    for (size_t i = 1; i < s->group->n_views; i++) {
        const struct doctor_view *view = &s->group->views[i];
        if (!addr_equal(&view->primary, &first->primary))
            tell(s, check,
                 "supervisor %s holds %s to be the primary (epoch %lld), the first one %s "
                 "(epoch %lld)",
                 addr_format(&s->facts->supervisors[view->supervisor].addr, who),
                 addr_format(&view->primary, one), (long long)view->config_epoch,
                 addr_format(&first->primary, other), (long long)first->config_epoch);
    }
}

static void look_primary(const struct scene *s, const struct check *check)
{
    char text[ADDR_TEXT_MAX];

    if (s->group->views[0].down)
        tell(s, check, "the primary %s is down", addr_format(&s->group->views[0].primary, text));
}

static void look_paused(const struct scene *s, const struct check *check)
{
    char who[ADDR_TEXT_MAX];

    for (size_t i = 0; i < s->group->n_views; i++)
        if (s->group->views[i].paused)
            tell(s, check, "failovers are paused at supervisor %s",
                 addr_format(&s->facts->supervisors[s->group->views[i].supervisor].addr, who));
}

static void look_cool_down(const struct scene *s, const struct check *check)
{
    if (s->group->views[0].cool_down_ms > 0)
        tell(s, check, "no failover for %lld s more: there were several in short succession",
             (long long)(s->group->views[0].cool_down_ms + 999) / 1000);
}

static void look_known(const struct scene *s, const struct check *check)
{
    const struct doctor_view *first = &s->group->views[0];
    char who[ADDR_TEXT_MAX];

    for (size_t i = 1; i < s->group->n_views; i++) {
        const struct doctor_view *view = &s->group->views[i];
        if (view->others != first->others)
            tell(s, check, "supervisor %s knows %lld others, the first one %lld",
                 addr_format(&s->facts->supervisors[view->supervisor].addr, who),
                 (long long)view->others, (long long)first->others);
    }
}

/* The value of a setting at a view; NULL: it has no such setting. */
static const char *value_at(const struct doctor_view *view, const char *name)
{
    for (size_t i = 0; i < view->n_settings; i++)
        if (strcmp(view->settings[i].name, name) == 0)
            return view->settings[i].value;
    return NULL;
}

static void look_settings(const struct scene *s, const struct check *check)
{
    const struct doctor_view *first = &s->group->views[0];
    char who[ADDR_TEXT_MAX];

    for (size_t i = 1; i < s->group->n_views; i++) {
        const struct doctor_view *view = &s->group->views[i];
        for (size_t k = 0; k < first->n_settings; k++) {
            const struct doctor_setting *here = &first->settings[k];
            const char *there = value_at(view, here->name);
            if (there && strcmp(there, here->value) != 0)
                tell(s, check, "%s is \"%.80s\" at supervisor %s, \"%.80s\" at the first one",
                     here->name, there,
                     addr_format(&s->facts->supervisors[view->supervisor].addr, who), here->value);
        }
    }
}

static void look_replicas(const struct scene *s, const struct check *check)
{
    if (s->group->n_nodes < 2)
        tell(s, check, "there is no replica: nothing can take over");
}

static void look_promotable(const struct scene *s, const struct check *check)
{
    for (size_t i = 1; i < s->group->n_nodes; i++)
        if (s->group->nodes[i].priority != 0)
            return;
    if (s->group->n_nodes > 1)
        tell(s, check, "all replicas have priority 0: none of them may be promoted");
}

static const struct check group_checks[] = {
    { DOCTOR_ERROR, look_primary,
      "picketctl status and picketctl events tell what is done about it" },
    { DOCTOR_WARNING, look_paused, "picketctl resume GROUP, when the work is done" },
    { DOCTOR_WARNING, look_cool_down,
      "find out why primaries fail (picketctl history); then picketctl ack GROUP" },
    { DOCTOR_ERROR, look_quorum, "start more supervisors, or set a lower quorum at each of them" },
    { DOCTOR_ERROR, look_ckquorum, "start the supervisors that are missing" },
    { DOCTOR_WARNING, look_few, "run three supervisors or more, on different hosts" },
    { DOCTOR_WARNING, look_even, "run an odd number: one more, or one less" },
    { DOCTOR_NOTE, look_low_quorum,
      "set a quorum of 2 or more; the election needs a majority anyhow" },
    { DOCTOR_WARNING, look_one_host, "spread the supervisors over three hosts or more" },
    { DOCTOR_ERROR, look_agreed,
      "it passes within seconds, unless they do not reach one another: check the network and the "
      "logins between them" },
    { DOCTOR_WARNING, look_known,
      "one that is gone is to be forgotten (picketctl forget); one that is missing is not reached "
      "or may not log in" },
    { DOCTOR_WARNING, look_settings,
      "make it the same at all of them: picketctl set, or the file" },
    { DOCTOR_WARNING, look_replicas, "add a replica" },
    { DOCTOR_ERROR, look_promotable, "CONFIG SET replica-priority 100 at one of them" },
};

/* --- all of it --- */

static void run(const struct scene *scene, const struct check *checks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        checks[i].look(scene, &checks[i]);
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

size_t doctor_check(const struct doctor_facts *facts, const struct doctor *doctor)
{
    size_t n = 0;

    for (size_t i = 0; i < facts->n_supervisors; i++, n += COUNT(supervisor_checks)) {
        const struct scene scene = { facts, doctor, &facts->supervisors[i], NULL };
        run(&scene, supervisor_checks, COUNT(supervisor_checks));
    }
    for (size_t i = 0; i < facts->n_groups; i++, n += COUNT(group_checks)) {
        const struct doctor_group *group = &facts->groups[i];
        const struct scene scene = { facts, doctor, NULL, group };
        run(&scene, group_checks, COUNT(group_checks));
        for (size_t k = 0; k < group->n_nodes; k++)
            n += doctor_check_node(group, &group->nodes[k], doctor);
    }
    return n;
}
