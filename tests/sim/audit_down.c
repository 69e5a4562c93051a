/* Who is called down, and on what evidence. */
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

#define RECOVERY_MS      4000 /* after a fault is over: reconnecting, what is sent again */
#define BUSY_PATIENCE_MS 500  /* for a script to be ended, and FUNCTION KILL after SCRIPT KILL */

/* Whether a replica said, since the link was reset, that it lost the primary too. */
static bool has_witness(struct world *w, const struct sup *s, const struct engine *primary,
                        msec since)
{
    struct addr addr = world_engine_addr(primary);

    for (int i = 0; i < w->n_engines; i++) {
        const struct heard *heard = &w->audit.heard[s->index][i];
        if (w->engines[i].group == primary->group && heard->has_info && heard->info_at >= since &&
            heard->info.info.role == ROLE_REPLICA && !heard->info.info.link_up &&
            addr_equal(&heard->info.info.primary, &addr))
            return true;
    }
    return false;
}

static bool is_crash(struct world *w, const struct sup *s, const struct group *group,
                     const struct engine *e)
{
    const struct heard *heard = &w->audit.heard[s->index][e->index];

    return group->conf.crash_detection && heard->reset_at != MSEC_NEVER && heard->refusals >= 2 &&
           has_witness(w, s, e, heard->reset_at);
}

/* Whether it has a history that this supervisor was once told of, and the primary has none of it.
 */
static bool is_stranger_to(const struct node_info *primary, const struct node_info *replica,
                           const struct account *account)
{
    return audit_is_remembered(account, replica->replid) &&
           strcmp(replica->replid, primary->replid2) != 0 &&
           strcmp(replica->replid2, primary->replid) != 0;
}

/* The primary is another process than before, and a replica told of more than it has, or of what
 * the group has and it has not. Whether that may be held against it, the rule says; here, that
 * nobody makes it up. */
static bool is_amnesia(const struct world *w, const struct sup *s, const struct engine *e)
{
    const struct heard *own = &w->audit.heard[s->index][e->index];
    const struct account *account = &w->audit.accounts[s->index][e->group];

    if (!own->has_info || own->info.info.role != ROLE_PRIMARY || own->info.info.loading)
        return false;
    for (int i = 0; i < w->n_engines; i++) {
        const struct heard *heard = &w->audit.heard[s->index][i];
        const struct node_info *info = &heard->info.info;

        if (w->engines[i].group == e->group && heard->has_info && info->role == ROLE_REPLICA &&
            strcmp(info->replid, own->info.info.replid) != 0 &&
            (info->repl_offset >= own->info.info.second_offset ||
             info->keys > own->info.info.keys || is_stranger_to(&own->info.info, info, account)))
            return true;
    }
    return false;
}

/* It loads for longer than it may, and a replica says that it has all it needs to take over. */
static bool is_long_loading(const struct world *w, const struct sup *s, const struct group *group,
                            const struct engine *e)
{
    const struct heard *own = &w->audit.heard[s->index][e->index];
    msec limit = group->conf.loading_max_ms;

    if (!own->has_info || !own->info.info.loading || own->info.info.role != ROLE_PRIMARY ||
        limit == 0 ||
        (own->info_at + own->info.info.loading_left_ms <= own->loading_since + limit &&
         audit_clock(w, s) < own->loading_since + limit))
        return false;
    for (int i = 0; i < w->n_engines; i++) {
        const struct heard *heard = &w->audit.heard[s->index][i];
        const struct node_info *info = &heard->info.info;

        if (w->engines[i].group == e->group && heard->has_info && heard->cmd_up &&
            heard->info_at >= own->loading_since && info->role == ROLE_REPLICA && !info->loading &&
            !info->syncing && info->priority != 0)
            return true;
    }
    return false;
}

static struct heard *heard_over(struct world *w, const struct sup *s, const struct conn *conn)
{
    struct heard *heard = &w->audit.heard[s->index][conn->server - PLAN_SUPS_MAX];

    return heard->id == conn->id ? heard : NULL;
}

void audit_write_asked(struct world *w, struct sup *s, const struct conn *conn)
{
    struct heard *heard = heard_over(w, s, conn);

    if (heard != NULL && heard->write_asked_at == MSEC_NEVER)
        heard->write_asked_at = audit_clock(w, s);
}

void audit_write(struct world *w, struct sup *s, const struct conn *conn, bool ok,
                 const char *error)
{
    struct heard *heard = heard_over(w, s, conn);
    size_t len = error != NULL ? strcspn(error, " ") : 0;
    char word[sizeof heard->write_word] = "";

    if (heard == NULL)
        return;
    memcpy(word, error != NULL ? error : "", len < sizeof word ? len : 0);
    if (ok || strcmp(word, heard->write_word) != 0)
        heard->write_bad_at = ok ? MSEC_NEVER : heard->write_asked_at;
    memcpy(heard->write_word, word, sizeof word);
    heard->write_asked_at = MSEC_NEVER;
}

bool audit_is_no_better(const struct heard *heard, const char *word)
{
    const struct node_info *info = &heard->info.info;

    return strcmp(word, "OOM") == 0 ? info->used_memory >= info->max_memory
                                    : strcmp(word, "MISCONF") == 0 && info->save_failed;
}

/* It answers, but has taken no writes for long enough, and a replica says nothing against itself.
 */
static bool is_write_fault(const struct world *w, const struct sup *s, const struct group *group,
                           const struct engine *e)
{
    const struct heard *own = &w->audit.heard[s->index][e->index];
    msec now = audit_clock(w, s), limit = group->conf.write_down_after_ms;
    bool held = own->write_asked_at != MSEC_NEVER &&
                now - own->write_asked_at >= msec_max(limit, group->conf.switchover_timeout_ms);
    bool told = own->write_bad_at != MSEC_NEVER && now - own->write_bad_at >= limit &&
                (strcmp(own->write_word, "OOM") == 0 || strcmp(own->write_word, "MISCONF") == 0);

    if (group->conf.write_probe_ms == 0 || !own->cmd_up || !(held || told))
        return false;
    for (int i = 0; i < w->n_engines; i++) {
        const struct heard *heard = &w->audit.heard[s->index][i];
        const struct node_info *info = &heard->info.info;

        if (w->engines[i].group == e->group && heard->has_info && heard->cmd_up &&
            info->role == ROLE_REPLICA && !info->loading && !info->syncing && info->priority != 0 &&
            (held || !audit_is_no_better(heard, own->write_word)))
            return true;
    }
    return false;
}

/* No valid reply for down_after; the time in which we ourselves stood still must not have made
 * most of it (all of it cannot be told apart: a process with nothing to do does not notice). */
static bool is_silence(struct world *w, struct sup *s, const struct group *group,
                       const struct engine *e)
{
    const struct heard *heard = &w->audit.heard[s->index][e->index];
    msec stalled = s->stalled_ms - heard->valid_stalled;
    msec silence = audit_clock(w, s) - heard->valid_at;

    if (stalled == 0)
        return silence >= group->conf.down_after_ms;
    return silence - stalled >= group->conf.down_after_ms / 4;
}

/* When something was last wrong with the node, the supervisor or the way between them. */
static msec bad_at(struct world *w, struct sup *s, struct engine *e)
{
    msec at = msec_max(engine_bad_at(w, e), s->bad_at);

    return msec_max(at, net_bad_at(w, s->endpoint, e->endpoint));
}

/* Whether the supervisor has the node twice, under its name and its number, for the moment. */
static bool has_twin(const struct world *w, const struct group *group, int engine)
{
    int n = 0;

    for (size_t i = 0; i < group->n_nodes; i++)
        n += world_engine_by_addr(w, &group->nodes[i]->addr) == engine;
    return n > 1;
}

static void check_node_down(struct world *w, struct sup *s, const struct event *event)
{
    int engine = world_engine_by_addr(w, &event->addr);
    const struct group *group = core_find_group(s->core, event->group);

    if (engine < 0 || group == NULL || has_twin(w, group, engine) ||
        w->engines[engine].group != world_group_by_name(event->group))
        return;
    struct engine *e = &w->engines[engine];
    struct heard *heard = &w->audit.heard[s->index][engine];
    bool known = heard->called_down; /* told again, after a switch */
    if (heard->id != event->id)
        return;
    heard->called_down = event->kind == EVENT_SDOWN;
    heard->down_at = known ? heard->down_at : audit_clock(w, s);
    audit_follow_ended(w, s, engine);
    if (known || event->kind != EVENT_SDOWN || heard->unheld_at == w->now)
        return; /* what went down in maintenance is told when that ends */
    bool mismatch =
        event->type == INSTANCE_MASTER && heard->has_info && heard->info.info.role == ROLE_REPLICA;
    if (mismatch || is_crash(w, s, group, e) ||
        (event->type == INSTANCE_MASTER &&
         (is_amnesia(w, s, e) || is_long_loading(w, s, group, e) ||
          is_write_fault(w, s, group, e))))
        return;
    if (!is_silence(w, s, group, e))
        world_fail(w, "%s calls %s down without evidence: silent for %lld ms, %lld of them stalled",
                   s->name, e->name, (long long)(audit_clock(w, s) - heard->valid_at),
                   (long long)(s->stalled_ms - heard->valid_stalled));
    if (bad_at(w, s, e) + group->conf.down_after_ms + RECOVERY_MS < w->now)
        world_fail(w, "%s calls %s down, which was there all the time", s->name, e->name);
}

static bool says_down(const struct told *told, int engine, uint64_t since)
{
    for (int i = 0; i < told->n && i < AUDIT_WORDS; i++)
        if (told->words[i].engine == engine && told->words[i].config_epoch >= since &&
            told->words[i].down)
            return true;
    return false;
}

/* How many say that this primary is down, the supervisor itself included. */
static int count_down(struct world *w, const struct sup *s, int g, int engine)
{
    const struct account *account = &w->audit.accounts[s->index][g];
    int n = 1;

    for (int i = 0; i < w->plan.n_sups; i++)
        n += i != s->index && says_down(&account->told[i], engine, account->primary_epoch);
    return n;
}

/* A script that it could have ended is no reason to take a primary's role away before it tried. */
static void check_ended(struct world *w, struct sup *s, const struct group *group, int engine)
{
    const struct engine *e = &w->engines[engine];
    const struct heard *heard = &w->audit.heard[s->index][engine];

    if (heard->busy_since != MSEC_NEVER && probe_is_up(&group->primary->probe) && e->busy &&
        e->busy_at + s->offset <= heard->busy_since && /* not another one since */
        e->runs != RUNS_FOREVER && heard->called_down &&
        audit_clock(w, s) - msec_max(heard->busy_since, heard->down_at) < BUSY_PATIENCE_MS)
        world_fail(w, "%s gives %s up, and has not waited for the end of what keeps it busy",
                   s->name, e->name);
}

static void check_agreed(struct world *w, struct sup *s, const struct event *event)
{
    int g = world_group_by_name(event->group);
    const struct group *group = core_find_group(s->core, event->group);
    const struct account *account = &w->audit.accounts[s->index][g];

    if (group == NULL || (group->failover.forced && account->forced) ||
        group->failover.preference) /* audit_catch_up.c */
        return;
    int engine = world_engine_by_addr(w, &event->addr);
    int n = count_down(w, s, g, engine);
    if (event->kind == EVENT_TRY_FAILOVER)
        check_ended(w, s, group, engine);
    if (n < group->conf.quorum)
        world_fail(w, "%s begins a failover of %s: %d say down, the quorum is %lld", s->name,
                   event->group, n, (long long)group->conf.quorum);
}

void audit_down_output(struct world *w, struct sup *s, const struct event *event)
{
    if ((event->kind == EVENT_SDOWN || event->kind == EVENT_SUP) &&
        event->type != INSTANCE_SENTINEL)
        check_node_down(w, s, event);
    else if (event->kind == EVENT_TRY_FAILOVER || event->kind == EVENT_ODOWN)
        check_agreed(w, s, event);
}
