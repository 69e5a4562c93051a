/* After flap_failovers failovers in short succession a supervisor waits before it begins the next
 * one by itself, whatever became of its process meanwhile. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

/* Whether the supervisor itself has called the old primary down, and lately. */
static bool is_unplanned(const struct world *w, const struct sup *s, const struct event *event)
{
    int old = world_engine_by_addr(w, &event->primary);
    const struct heard *heard = old >= 0 ? &w->audit.heard[s->index][old] : NULL;

    return heard != NULL && heard->called_down &&
           !w->audit.accounts[s->index][world_group_by_name(event->group)].forced;
}

/* How long the next one waits after the last. */
static msec cool_down(const struct account *account, const struct group_conf *conf)
{
    msec wait = conf->flap_cool_down_ms;

    if (conf->flap_failovers == 0 || account->flaps < conf->flap_failovers)
        return 0;
    for (int i = account->flaps; i > conf->flap_failovers && wait < conf->flap_window_ms; i--)
        wait *= 2;
    return msec_min(wait, conf->flap_window_ms);
}

void audit_flap_output(struct world *w, struct sup *s, const struct event *event)
{
    const struct group *group = core_find_group(s->core, event->group);
    struct account *account;

    if (group == NULL)
        return;
    account = &w->audit.accounts[s->index][world_group_by_name(event->group)];
    if (event->kind == EVENT_SWITCH_MASTER) {
        if (is_unplanned(w, s, event)) {
            account->flaps_coming++;
            account->flap_coming_at = w->now;
        }
    } else if (event->kind == EVENT_RESET_MASTER) {
        account->flaps = account->flaps_coming = 0;
    } else if (event->kind == EVENT_TRY_FAILOVER && !account->forced &&
               !group->failover.preference && /* audit_catch_up.c */
               w->now - account->flapped_at < group->conf.flap_window_ms &&
               w->now - account->flapped_at < cool_down(account, &group->conf)) {
        world_fail(w, "%s begins a failover %lld ms after the last, the %dth in short succession",
                   s->name, (long long)(w->now - account->flapped_at), account->flaps + 1);
    }
}

/* An operator says so: of those that the disk holds back, too (seed 3693). */
void audit_flap_ended(struct world *w, const struct sup *s, int group)
{
    struct account *account = &w->audit.accounts[s->index][group];

    account->flaps = account->flaps_coming = 0;
}

void audit_flap_event(struct world *w, struct sup *s, const struct event *event)
{
    struct account *account;
    const struct group *group = core_find_group(s->core, event->group);

    if (event->kind != EVENT_SWITCH_MASTER || group == NULL)
        return;
    account = &w->audit.accounts[s->index][world_group_by_name(event->group)];
    if (account->flaps_coming == 0)
        return;
    account->flaps_coming--;
    if (w->now - account->flapped_at >= group->conf.flap_window_ms)
        account->flaps = 0;
    account->flaps++;
    account->flapped_at = account->flap_coming_at;
}
