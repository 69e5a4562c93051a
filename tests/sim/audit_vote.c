/* Votes, leaders, epochs: what must be unique, and what must never fall. */
#include <assert.h>
#include <stdlib.h>

#include "quorum/epoch.h"
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

static const char *const shown_names[] = { "vote", "leader", "primary", "promotion" };

void audit_show(struct world *w, int kind, int sup, int group, uint64_t epoch, int what)
{
    struct audit *audit = &w->audit;

    for (int i = audit->n_shown - 1; i >= 0; i--) {
        const struct shown *shown = &audit->shown[i];
        if (shown->kind != kind || shown->sup != sup || shown->group != group ||
            shown->epoch != epoch)
            continue;
        if (shown->what != (uint8_t)what)
            world_fail(w, "two %ss in %s, epoch %llu%s%s: %d and %d", shown_names[kind],
                       world_group_name(group), (unsigned long long)epoch,
                       kind == SHOWN_VOTE ? ", by " : "",
                       kind == SHOWN_VOTE ? w->sups[sup].name : "", shown->what + 1, what + 1);
        return;
    }
    if (audit->n_shown == audit->cap_shown) {
        audit->cap_shown = audit->cap_shown ? audit->cap_shown * 2 : 64;
        audit->shown = realloc(audit->shown, (size_t)audit->cap_shown * sizeof *audit->shown);
        assert(audit->shown != NULL);
    }
    audit->shown[audit->n_shown++] =
        (struct shown){ (uint8_t)kind, (uint8_t)sup, (uint8_t)group, (uint8_t)what, epoch };
}

bool audit_was_promoted(const struct world *w, int group, int engine)
{
    for (int i = 0; i < w->audit.n_shown; i++) {
        const struct shown *shown = &w->audit.shown[i];
        if (shown->kind == SHOWN_PROMOTED && shown->group == group && shown->what == engine)
            return true;
    }
    return false;
}

void audit_hello(struct world *w, struct sup *s, const struct hello *hello)
{
    int group = world_group_by_name(hello->group);
    int engine = world_engine_by_addr(w, &hello->primary);

    if (group < 0 || engine < 0) {
        world_fail(w, "%s says hello for group '%s' and primary %s", s->name, hello->group,
                   hello->primary.host);
        return;
    }
    struct account *account = &w->audit.accounts[s->index][group];
    uint64_t *shown_epoch = &w->audit.shown_epoch[s->index];

    /* Within one step messages go before orders that may have been made earlier in it. */
    if (hello->current_epoch < *shown_epoch && w->now > w->audit.shown_epoch_at[s->index])
        world_fail(w, "%s: its epoch falls from %llu to %llu", s->name,
                   (unsigned long long)*shown_epoch, (unsigned long long)hello->current_epoch);
    if (hello->config_epoch < account->shown_config_epoch)
        world_fail(w, "%s: config epoch of %s falls from %llu to %llu", s->name, hello->group,
                   (unsigned long long)account->shown_config_epoch,
                   (unsigned long long)hello->config_epoch);
    if (hello->config_epoch > hello->current_epoch)
        world_fail(w, "%s: config epoch of %s is above its epoch", s->name, hello->group);
    if (hello->current_epoch > EPOCH_JUMP_MAX)
        world_fail(w, "%s took over a forged epoch", s->name);
    if (hello->current_epoch > *shown_epoch) {
        *shown_epoch = hello->current_epoch;
        w->audit.shown_epoch_at[s->index] = w->now;
    }
    account->shown_config_epoch = hello->config_epoch;
    if (engine >= 0)
        w->audit.told[engine] = true;
    if (hello->config_epoch > 0)
        audit_show(w, SHOWN_PRIMARY, 0, group, hello->config_epoch, engine);
    audit_disk_hello(w, s, hello);
}

static int count_bits(uint32_t bits)
{
    int n = 0;

    for (; bits != 0; bits &= bits - 1)
        n++;
    return n;
}

/* An election is won by votes that were delivered, its own included: more than half of ALL
 * supervisors there are, but for who is gone for good, and the quorum. */
void audit_vote_output(struct world *w, struct sup *s, const struct event *event)
{
    if (event->kind != EVENT_ELECTED_LEADER)
        return;
    int g = world_group_by_name(event->group);
    const struct group *group = core_find_group(s->core, event->group);
    const struct account *account = &w->audit.accounts[s->index][g];
    uint64_t epoch = event->epoch != 0 ? event->epoch : group->failover.epoch;
    int votes = 1;

    if (account->votes_epoch == epoch)
        votes += count_bits(account->voters & ~(1u << s->index));
    w->stats.elections++;
    audit_show(w, SHOWN_LEADER, 0, g, epoch, s->index);
    if (votes < audit_majority(w, s, g) || votes < group->conf.quorum)
        world_fail(w, "%s is elected in %s, epoch %llu, with %d votes of %d, quorum %lld", s->name,
                   event->group, (unsigned long long)epoch, votes, w->plan.n_sups,
                   (long long)group->conf.quorum);
}
