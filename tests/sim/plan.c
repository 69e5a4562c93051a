#include "tests/sim/plan.h"

#include <string.h>

#include "probes/order_part.h"
#include "wire/prng.h"

#define LEN(a) (sizeof(a) / sizeof(a)[0])

/* One of a list of N numbers. */
static int64_t pick(struct prng *prng, const int64_t *list, size_t n)
{
    return list[prng_below(prng, n)];
}
#define PICK(prng, ...)                                                                            \
    pick(prng, (const int64_t[]){ __VA_ARGS__ }, LEN(((const int64_t[]){ __VA_ARGS__ })))

static bool chance(struct prng *prng, unsigned percent)
{
    return prng_below(prng, 100) < percent;
}

int plan_majority(const struct plan *plan)
{
    return plan->n_sups / 2 + 1;
}

const char *fault_name(enum fault fault)
{
    static const char *const names[] = {
#define X(id, name) name,
        FAULTS(X)
#undef X
    };
    return names[fault];
}

/* Every process on a host of its own: supervisors first, then nodes. */
static void spread_hosts(struct plan *plan)
{
    for (int i = 0; i < PLAN_SUPS_MAX; i++)
        plan->sup_host[i] = (uint8_t)i;
    for (int i = 0; i < PLAN_ENGINES_MAX; i++)
        plan->node_host[i] = (uint8_t)(PLAN_SUPS_MAX + i);
}

void plan_init(struct plan *plan)
{
    memset(plan, 0, sizeof *plan);
    plan->n_sups = 3;
    plan->n_groups = 1;
    for (int i = 0; i < PLAN_GROUPS_MAX; i++) {
        plan->n_nodes[i] = 3;
        group_conf_init(&plan->conf[i]);
        plan->conf[i].down_after_ms = 1000;
        plan->conf[i].failover_timeout_ms = 60000;
    }
    for (int i = 0; i < PLAN_ENGINES_MAX; i++)
        plan->priority[i] = 100;
    plan->latency_min_ms = plan->latency_max_ms = 1;
    plan->disk_min_ms = plan->disk_max_ms = 2;
    plan->user_timeout_ms = 30000;
    plan->write_rate = 1000;
    plan->full_sync_ms = 500;
    plan->backlog = 1 << 20;
    plan->repl_timeout_ms = 60000;
    plan->serve_stale = true;
    plan->tick_first = true;
    plan->forget_sup = -1;
    spread_hosts(plan);
}

static void draw_topology(struct plan *plan, struct prng *prng)
{
    plan->n_sups = (int)PICK(prng, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7);
    plan->n_groups = (int)PICK(prng, 1, 1, 1, 1, 1, 1, 2, 2, 3);
    if (plan->n_sups > 5)
        plan->n_groups = 1;
    for (int i = 0; i < plan->n_groups; i++)
        plan->n_nodes[i] =
            1 + (int)PICK(prng, 0, 1, 1, 2, 2, 2, 2, 3, 3, plan->n_groups > 1 ? 2 : 5);
    if (chance(prng, 30)) /* supervisors live beside the first nodes */
        for (int i = 0; i < plan->n_sups && i < plan->n_nodes[0]; i++)
            plan->sup_host[i] = plan->node_host[i];
}

static void draw_conf(struct plan *plan, struct prng *prng)
{
    bool majority = chance(prng, 45);
    msec down_after = PICK(prng, 300, 500, 500, 1000, 1000, 2000);

    for (int i = 0; i < plan->n_groups; i++) {
        struct group_conf *conf = &plan->conf[i];

        conf->quorum =
            majority ? plan_majority(plan) : 1 + (int64_t)prng_below(prng, (uint64_t)plan->n_sups);
        conf->down_after_ms = down_after;
        conf->failover_timeout_ms = PICK(prng, 1000, 3000, 10000, 60000, 180000);
        conf->fencing = PICK(prng, FENCING_OFF, FENCING_AUTO, FENCING_AUTO, FENCING_STRICT);
        conf->durability = PICK(prng, DURABILITY_ASYNC, DURABILITY_ASYNC, DURABILITY_BOUNDED);
        conf->lease_ms = PICK(prng, 2000, 3000, 5000);
        conf->min_replicas = plan->n_nodes[i] > 2 ? PICK(prng, 1, 1, plan->n_nodes[i] - 1) : 1;
        conf->max_lag_s = PICK(prng, 1, 2, 5);
        conf->switchover_timeout_ms = PICK(prng, 100, 300, 3000, 8000);
        conf->parallel_syncs = PICK(prng, 1, 1, 2, 3, 10);
        conf->priority_max_lag_bytes = PICK(prng, 65536, 65536, 1000, 0, 10000000);
        conf->flap_failovers = PICK(prng, 0, 0, 1, 2, 3);
        conf->flap_window_ms = PICK(prng, 2000, 10000, 20000);
        conf->flap_cool_down_ms = PICK(prng, 300, 1000, 3000);
        conf->write_probe_ms = PICK(prng, 0, 0, 100, 500);
        conf->write_down_after_ms = PICK(prng, 500, 1000, 2000);
        conf->loading_max_ms = PICK(prng, 0, 300, 1000, 2000, 10000);
        conf->crash_detection = chance(prng, 75) ? 1 : 0;
        if (conf->quorum < plan_majority(plan))
            plan->meet_first = true;
    }
}

/* From a stream of its own: what else a seed draws stays as it was. */
static void draw_quorum(struct plan *plan)
{
    struct prng prng;

    prng_seed(&prng, plan->seed * UINT64_C(0x9e3779b97f4a7c15) + 3);
    for (int i = 0; i < plan->n_groups; i++) {
        plan->conf[i].sync_replicas = PICK(&prng, 1, 1, 2, 3);
        if (chance(&prng, 35))
            plan->conf[i].durability = DURABILITY_QUORUM;
    }
}

/* A supervisor is added during the chaos: then the quorum must hold a majority of the final
 * number, since only known voters count. */
static void draw_late(struct plan *plan, struct prng *prng)
{
    if (plan->n_sups < 2 || plan->n_sups > 7 || plan->meet_first || !chance(prng, 25))
        return;
    plan->n_sups++;
    plan->n_late = 1;
    for (int i = 0; i < plan->n_groups; i++)
        if (plan->conf[i].quorum < plan_majority(plan))
            plan->conf[i].quorum = plan_majority(plan);
}

static void draw_habits(struct plan *plan, struct prng *prng)
{
    plan->meet_first = plan->meet_first || chance(prng, 50);
    plan->names = chance(prng, 20);
    plan->own_hellos = chance(prng, 20);
    plan->anonymous = chance(prng, 20);
    plan->tick_first = chance(prng, 70);
    if (chance(prng, 25))
        for (int i = 0; i < plan->n_sups; i++)
            plan->stock[i] = chance(prng, 50);
    plan->write_rate = (uint32_t)PICK(prng, 0, 1000, 10000, 100000, 1000000);
    plan->full_sync_ms = PICK(prng, 50, 200, 500, 2000);
    plan->backlog = (uint64_t)PICK(prng, 1000, 100000, 1 << 20, 1 << 24);
    plan->repl_timeout_ms = PICK(prng, 2000, 5000, 60000);
    plan->serve_stale = chance(prng, 80);
}

static void draw_world(struct plan *plan, struct prng *prng)
{
    msec down_after = plan->conf[0].down_after_ms;

    plan->latency_min_ms = PICK(prng, 0, 0, 1, 2);
    plan->latency_max_ms = plan->latency_min_ms + PICK(prng, 0, 1, 3, 10, down_after / 20);
    plan->loss_pm = (unsigned)PICK(prng, 0, 0, 1, 5, 20);
    plan->dup_pm = (unsigned)PICK(prng, 0, 0, 10, 50);
    plan->user_timeout_ms = PICK(prng, 2000, 5000, 30000);
    plan->disk_min_ms = PICK(prng, 0, 1, 5);
    plan->disk_max_ms = plan->disk_min_ms + PICK(prng, 0, 2, 10, 40);
    plan->timer_slack_ms = PICK(prng, 0, 0, 1, 3);
}

/* Each seed has its own mixture of faults: an even one would hardly ever get
 * deep into what only comes from several of the same kind. */
static void draw_chaos(struct plan *plan, struct prng *prng)
{
    plan->chaos_ms = prng_between(prng, 3000, 8000) + 6 * plan->conf[0].down_after_ms;
    plan->gap_ms = PICK(prng, 150, 300, 700, 700, 1500);
    plan->aim_pm = (unsigned)PICK(prng, 0, 0, 20, 100, 300);
    for (int i = 0; i < FAULT_COUNT; i++)
        plan->weight[i] =
            i < FAULT_OP_HOLD && chance(prng, 40) ? (unsigned)prng_between(prng, 1, 5) : 0;
    plan->weight[FAULT_KILL] += 2;
    if (plan->weight[FAULT_LAG] > 0) /* it matters most to a preferred one */
        plan->weight[FAULT_PRIORITY] += 3;
    plan->weight[FAULT_OP_FAILOVER] += chance(prng, 50);
    plan->finale =
        (enum finale)PICK(prng, FINALE_NONE, FINALE_KILL, FINALE_POWER, FINALE_HANG, FINALE_ROW);
    for (int i = 0; i < plan->n_groups; i++) /* rather nobody than the wrong one */
        if (plan->finale == FINALE_ROW && (plan->conf[i].fencing == FENCING_STRICT ||
                                           plan->conf[i].durability == DURABILITY_QUORUM))
            plan->finale = FINALE_KILL;
    if (plan->meet_first == false || plan->n_sups == 1)
        return;
    for (int i = 0; i < plan->n_groups; i++)
        if (plan->conf[i].quorum < plan_majority(plan))
            plan->weight[FAULT_OP_RESET] = plan->weight[FAULT_OP_REMOVE] = 0;
}

/* Nodes that refuse a part of each order, all their lives. */
static void draw_picky(struct plan *plan, struct prng *prng)
{
    if (!chance(prng, 20))
        return;
    for (int i = 0; i < PLAN_ENGINES_MAX; i++)
        plan->picky[i] = (uint8_t)PICK(prng, 0, 0, 0, PART_REWRITE, PART_KILL,
                                       PART_REWRITE | PART_KILL, PART_MULTI);
}

/* Behind all else, so that what was drawn before it stays as it was. */
static void draw_salvage(struct plan *plan, struct prng *prng)
{
    for (int i = 0; i < plan->n_groups; i++) {
        plan->conf[i].salvage = chance(prng, 30);
        plan->conf[i].salvage_max_bytes = PICK(prng, 67108864, 67108864, 1024);
    }
}

/* By chance of its own, so that all else is as without it. */
static void draw_questions(struct plan *plan, uint64_t seed)
{
    struct prng prng;

    prng_seed(&prng, seed * UINT64_C(0x9e3779b97f4a7c15) + 7);
    if (!chance(&prng, 25))
        return;
    plan->questions.switchover_ms = PICK(&prng, 0, 50, 500, 5000);
    plan->questions.failover_ms = PICK(&prng, 0, 0, 50, 300);
}

/* By chance of its own, too. */
static void draw_strangers(struct plan *plan, uint64_t seed)
{
    struct prng prng;

    prng_seed(&prng, seed * UINT64_C(0x9e3779b97f4a7c15) + 11);
    plan->strangers = chance(&prng, 20);
}

/* Nodes that take writes only with a lease; the same. */
static void draw_lease(struct plan *plan)
{
    struct prng prng;

    prng_seed(&prng, plan->seed * UINT64_C(0x9e3779b97f4a7c15) + 19);
    for (int i = 0; i < plan->n_groups; i++)
        if (chance(&prng, 30))
            plan->write_lease_ms[i] = PICK(&prng, 1000, 2000, 10000);
    for (int i = 0; i < PLAN_ENGINES_MAX; i++)
        plan->drift_pm[i] = (int)PICK(&prng, 0, 0, 0, -40, 40);
}

/* The same. */
static void draw_catch_up(struct plan *plan, uint64_t seed)
{
    struct prng prng, zones;

    prng_seed(&zones, seed * UINT64_C(0x9e3779b97f4a7c15) + 31);
    prng_seed(&prng, seed * UINT64_C(0x9e3779b97f4a7c15) + 29);
    for (int i = 0; i < plan->n_groups; i++)
        plan->conf[i].catch_up_ms = PICK(&prng, 0, 200, 3000, 3000, 10000);
    if (!chance(&prng, 40))
        return;
    for (int i = 0; i < PLAN_ENGINES_MAX; i++) {
        plan->no_pause[i] = chance(&prng, 15);
        plan->priority[i] = (int)PICK(&prng, 1, 50, 100, 100);
        plan->zone[i] = (uint8_t)prng_below(&zones, 3);
        plan->lag_ms[i] = plan->priority[i] < 100 ? PICK(&prng, 10, 100, 1000, 3000) : 0;
    }
    for (int i = 0; i < plan->n_groups; i++)
        if (chance(&zones, 40))
            strcpy(plan->conf[i].prefer, PLAN_PREFER);
}

/* Picket-stores; the same. */
static void draw_picket(struct plan *plan, uint64_t seed)
{
    struct prng prng;

    prng_seed(&prng, seed * UINT64_C(0x9e3779b97f4a7c15) + 17);
    for (int i = 0; i < plan->n_groups; i++)
        plan->picket[i] = chance(&prng, 25);
}

/* Operators who give up nodes and supervisors; the same. One supervisor at most is given up: then
 * any two majorities have somebody in common still, whoever knows of it. */
static void draw_forget(struct plan *plan, uint64_t seed)
{
    struct prng prng;
    bool steady = plan->n_late == 0 && plan->weight[FAULT_OP_RESET] == 0 &&
                  plan->weight[FAULT_OP_REMOVE] == 0 && plan->weight[FAULT_OP_VOTERS] == 0;

    prng_seed(&prng, seed * UINT64_C(0x9e3779b97f4a7c15) + 41);
    plan->weight[FAULT_OP_FORGET] = !plan->names && chance(&prng, 6) ? 3 : 0;
    if (steady && plan->n_sups > 2 && chance(&prng, 60))
        plan->forget_sup = (int)prng_below(&prng, (uint64_t)plan->n_sups);
}

/* A tool that fights the supervisors; the same. */
static void draw_tool(struct plan *plan, uint64_t seed)
{
    struct prng prng;

    prng_seed(&prng, seed * UINT64_C(0x9e3779b97f4a7c15) + 37);
    if (chance(&prng, 4))
        plan->tool_turns = (int)prng_between(&prng, 3, PLAN_TURNS_MAX);
}

void plan_draw(struct plan *plan, uint64_t seed)
{
    struct prng prng;

    plan_init(plan);
    plan->seed = seed;
    prng_seed(&prng, seed * UINT64_C(0x2545f4914f6cdd1d) + 1);
    draw_topology(plan, &prng);
    draw_conf(plan, &prng);
    draw_quorum(plan);
    draw_late(plan, &prng);
    draw_habits(plan, &prng);
    draw_world(plan, &prng);
    draw_chaos(plan, &prng);
    draw_picky(plan, &prng);
    draw_salvage(plan, &prng);
    plan->weight[FAULT_OP_HOLD] = chance(&prng, 35) ? 2 : 0; /* it keeps others from happening */
    draw_questions(plan, seed);
    draw_strangers(plan, seed);
    draw_lease(plan);
    draw_catch_up(plan, seed);
    draw_picket(plan, seed);
    draw_tool(plan, seed);
    draw_forget(plan, seed);
}
