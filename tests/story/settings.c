/* Commands that say how the world is made. */
#include <string.h>

#include "sentinel/options.h"
#include "tests/sim/plan.h"
#include "tests/story/words.h"

bool do_supervisors(struct story *st, const struct words *a)
{
    int64_t n = 0;

    if (!words_number(st, a->word[1], &n) || n < 1 || n >= PLAN_SUPS_MAX)
        return words_fail(st, "1 to %d supervisors", PLAN_SUPS_MAX - 1);
    st->plan.n_sups = (int)n;
    return true;
}

bool do_groups(struct story *st, const struct words *a)
{
    int64_t n = 0;

    if (!words_number(st, a->word[1], &n) || n < 1 || n > PLAN_GROUPS_MAX)
        return words_fail(st, "1 to %d groups", PLAN_GROUPS_MAX);
    st->plan.n_groups = (int)n;
    return true;
}

bool do_nodes(struct story *st, const struct words *a)
{
    int64_t n = 0;

    if (!words_number(st, a->word[1], &n) || n < 1 || n > PLAN_REPLICA_MAX + 1)
        return words_fail(st, "1 to %d nodes", PLAN_REPLICA_MAX + 1);
    for (int i = 0; i < PLAN_GROUPS_MAX; i++)
        st->plan.n_nodes[i] = (int)n;
    return true;
}

bool do_option(struct story *st, const struct words *a)
{
    const struct conf_option *option = option_by_file_name(&group_table, a->word[1]);

    for (int i = 0; i < PLAN_GROUPS_MAX; i++)
        if (option == NULL || !option_set(&st->plan.conf[i], option, a->word[2]))
            return words_fail(st, "no such option, or no such value");
    return true;
}

bool do_stock(struct story *st, const struct words *a)
{
    int i;

    if (!words_numbered(a->word[1], 's', st->plan.n_sups, &i))
        return words_fail(st, "'%s' is no supervisor", a->word[1]);
    st->plan.stock[i] = true;
    return true;
}

bool do_hooks(struct story *st, const struct words *a)
{
    static const char *const answers[] = { "", "yes", "no", "lost", "silence" };
    bool planned = strcmp(a->word[1], "switchover") == 0;
    int64_t ms = 0;

    for (int i = ANSWER_YES; i <= ANSWER_SILENCE; i++)
        if (strcmp(answers[i], a->word[2]) == 0)
            st->plan.answer = (enum sim_answer)i;
    if (st->plan.answer == ANSWER_DRAWN || !words_number(st, a->word[3], &ms))
        return words_fail(st, "yes, no, lost or silence, and a number");
    *(planned ? &st->plan.questions.switchover_ms : &st->plan.questions.failover_ms) = 500;
    st->plan.answer_ms = ms;
    return true;
}

/* Ranges of the plan that a story gives as one fixed number. */
bool do_fixed(struct story *st, const struct words *a)
{
    struct plan *plan = &st->plan;
    int64_t value = 0;

    if (!words_number(st, a->word[1], &value) || value < 0)
        return words_fail(st, "a number from 0");
    if (strcmp(a->word[0], "latency") == 0)
        plan->latency_min_ms = plan->latency_max_ms = value;
    else if (strcmp(a->word[0], "disk_ms") == 0)
        plan->disk_min_ms = plan->disk_max_ms = value;
    else if (strcmp(a->word[0], "write_rate") == 0)
        plan->write_rate = (uint32_t)value;
    else if (strcmp(a->word[0], "write_lease_ms") == 0)
        for (int i = 0; i < PLAN_GROUPS_MAX; i++)
            plan->write_lease_ms[i] = value;
    else
        plan->full_sync_ms = value;
    return true;
}
