#include <string.h>

#include "notify/attempt.h"
#include "notify/history.h"
#include "sentinel/admin_own.h"
#include "sentinel/model.h"
#include "sentinel/why.h"
#include "wire/client.h"

#define COUNT_DEFAULT 20

static const struct history *history_of(const struct admin *admin)
{
    return admin->ops.history(admin->arg);
}

/* --- an attempt as a map: names and values, which are bulk strings --- */

static void write_text(struct resp_writer *w, const char *name, const char *text)
{
    resp_bulk_str(w, name);
    resp_bulk_str(w, text);
}

static void write_number(struct resp_writer *w, const char *name, int64_t value)
{
    resp_bulk_str(w, name);
    resp_bulk_int(w, value);
}

static void write_addr(struct resp_writer *w, const char *name, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];

    write_text(w, name, addr_is_set(addr) ? addr_format(addr, text) : "");
}

/* How long its parts took, those that there were. Returns how many. */
static size_t write_phases(struct resp_writer *w, const struct attempt *attempt)
{
    size_t n = 0;

    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        msec ms = attempt_phase_ms(attempt, (enum attempt_phase)phase);

        if (ms == MSEC_NEVER)
            continue;
        resp_bulkf(w, "%s-ms", attempt_phase_name((enum attempt_phase)phase));
        resp_bulk_int(w, ms);
        n++;
    }
    return n;
}

static void write_steps(struct resp_writer *w, const struct attempt *attempt)
{
    resp_bulk_str(w, "steps");
    resp_array(w, attempt->n_steps);
    for (size_t i = 0; i < attempt->n_steps; i++) {
        resp_array(w, 3);
        resp_bulk_int(w, attempt->steps[i].at_ms);
        resp_bulk_str(w, attempt->steps[i].event);
        resp_bulk_str(w, attempt->steps[i].text);
    }
}

void admin_write_attempt(struct resp_writer *w, const struct attempt *attempt, bool with_steps)
{
    size_t mark = resp_hold(w), n = 14;

    write_number(w, "id", (int64_t)attempt->id);
    write_text(w, "group", attempt->group);
    write_text(w, "kind", attempt_kind_name(attempt->kind));
    write_text(w, "outcome", attempt_outcome_name(attempt->outcome));
    write_text(w, "reason", attempt->reason);
    write_text(w, "asked-by", attempt->asked_by);
    write_number(w, "begun-ms", attempt->begun_ms);
    write_number(w, "ended-ms", attempt->ended_ms);
    write_number(w, "epoch", (int64_t)attempt->epoch);
    write_text(w, "leader", attempt->leader);
    write_text(w, "led", attempt->led ? "yes" : "no");
    write_addr(w, "from", &attempt->from);
    write_addr(w, "to", &attempt->to);
    write_number(w, "bytes-at-risk", attempt->at_risk);
    n += write_phases(w, attempt);
    if (with_steps) {
        write_steps(w, attempt);
        write_number(w, "steps-lost", (int64_t)attempt->n_lost);
        n += 2;
    }
    resp_map_at(w, mark, n);
}

/* --- PICKET HISTORY --- */

/* [group] [COUNT n]; the error, or NULL. */
static const char *read_words(size_t argc, const struct slice *argv, struct slice *ret_group,
                              int64_t *ret_count)
{
    size_t i = argc % 2;

    if (i == 1)
        *ret_group = argv[0];
    if (i == argc)
        return NULL;
    if (argc - i > 2 || !slice_is_nocase(argv[i], "count"))
        return "ERR syntax error, allowed are [<group>] [COUNT <n>]";
    if (!slice_to_int64(argv[i + 1], ret_count) || *ret_count < 1)
        return "ERR COUNT must be a number from 1 on";
    return NULL;
}

/* The last attempts, newest first. A group that is watched no longer may have some, too. */
void admin_picket_history(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct history *history = history_of(app);
    struct slice group = { NULL, 0 };
    int64_t left = COUNT_DEFAULT;
    const char *error = read_words(argc - 2, argv + 2, &group, &left);
    size_t n = 0;

    if (error) {
        resp_error(&c->reply, error);
        return;
    }
    size_t mark = resp_hold(&c->reply);

    for (size_t i = 0; i < history_count(history) && left > 0; i++) {
        const struct attempt *attempt = history_at(history, i);

        if (group.p && !slice_is(group, attempt->group))
            continue;
        admin_write_attempt(&c->reply, attempt, false);
        left--;
        n++;
    }
    resp_array_at(&c->reply, mark, n);
}

/* --- PICKET WHY --- */

/* What is the matter with the group now; and its last attempt, if there was any. */
static void write_now(struct admin *admin, struct client *c, const struct group *group)
{
    const struct history *history = history_of(admin);
    char why[WHY_TEXT_MAX];
    bool held = why_held(admin_core(admin), group, why);
    const struct attempt *last = NULL;

    for (size_t i = 0; !last && i < history_count(history); i++)
        if (strcmp(history_at(history, i)->group, group->name) == 0)
            last = history_at(history, i);
    resp_map(&c->reply, last ? 4 : 3);
    write_text(&c->reply, "group", group->name);
    write_text(&c->reply, "held", held ? "yes" : "no");
    write_text(&c->reply, "why", why);
    if (last) {
        resp_bulk_str(&c->reply, "last");
        admin_write_attempt(&c->reply, last, true);
    }
}

void admin_picket_why(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct group *group = admin_look_up(app, argv[2]);
    const struct attempt *attempt = NULL;
    int64_t id;
    (void)argc;

    if (group) {
        write_now(app, c, group);
        return;
    }
    if (slice_to_int64(argv[2], &id) && id > 0)
        attempt = history_find(history_of(app), (uint64_t)id);
    if (attempt)
        admin_write_attempt(&c->reply, attempt, true);
    else
        resp_errorf(&c->reply,
                    "ERR No attempt in the history has that id, and no group that name: '%.*s'",
                    admin_quoted(argv[2]), argv[2].p);
}
