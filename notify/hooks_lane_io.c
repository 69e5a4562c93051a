/* How the calls of a hook are made: as programs, or posted. */
#include <stdlib.h>

#include "notify/event.h"
#include "notify/hook_env_io.h"
#include "notify/hooks_parts_io.h"
#include "notify/script_io.h"
#include "notify/webhook_io.h"
#include "wire/loop_io.h"

/* A hook that says no has not failed. */
static void tell(void *arg, const struct event *event)
{
    const struct hooks_lane *lane = arg;
    const struct hooks_entry *entry = lane->entry;

    if (lane == &entry->questions && event->kind == EVENT_SCRIPT_ERROR)
        return;
    entry->hooks->tell(entry->hooks->arg, event);
}

static char **environment(void *arg, const struct scripts_step *step)
{
    struct hooks_lane *lane = arg;

    hook_env_free(lane->env);
    lane->env = hook_env(&lane->entry->hook, step->body);
    return lane->env;
}

static void posted(void *arg, uint64_t id, long status)
{
    const struct hooks_lane *lane = arg;
    bool good = status >= 200 && status < 300;

    script_io_ended(lane->queue, id, good ? 0 : status != 0 ? (int)status : 1, 0);
}

static bool post(void *arg, const struct scripts_step *step)
{
    struct hooks_lane *lane = arg;
    struct hooks_entry *entry = lane->entry;
    struct hooks *hooks = entry->hooks;
    const struct scripts *scripts = script_io_queue(lane->queue);
    const struct webhook webhook = { .url = entry->hook.target,
                                     .shown = step->argv[0],
                                     .secret = entry->hook.secret,
                                     .ca_file = entry->hook.ca_file,
                                     .body = step->body,
                                     .timeout_ms = scripts_times(scripts)->run_max_ms,
                                     .id = step->id,
                                     .done = posted,
                                     .arg = lane };

    if (hooks->webhooks == NULL)
        hooks->webhooks = webhooks_new(hooks->loop);
    return hooks->webhooks != NULL && webhooks_post(hooks->webhooks, &webhook);
}

static void released(void *arg)
{
    struct hooks_lane *lane = arg;

    hook_env_free(lane->env);
    if (--lane->entry->lanes == 0)
        free(lane->entry);
}

bool hooks_lane_open(struct hooks_lane *lane, struct hooks_entry *entry,
                     const struct scripts_policy *policy, scripts_gone_fn *gone)
{
    const struct script_maker maker = { .environment = environment,
                                        .start = entry->hook.kind == HOOK_POST ? post : NULL,
                                        .released = released,
                                        .arg = lane };
    struct scripts *scripts = scripts_new_for(policy, tell, gone, lane);

    lane->entry = entry;
    if (scripts != NULL)
        lane->queue = script_io_add(entry->hooks->io, scripts, &maker);
    if (lane->queue == NULL) {
        scripts_free(scripts);
        return false;
    }
    entry->lanes++;
    return true;
}

void hooks_lane_call(const struct hooks_lane *lane, uint64_t tag, const char *group,
                     const char *body)
{
    const struct hook *hook = &lane->entry->hook;
    const char *argv[HOOK_ARGS_MAX + 1];
    char shown[HOOK_TARGET_MAX + 1];
    struct scripts_call made = { .tag = tag, .group = group, .argv = argv, .body = body };

    _Static_assert(HOOK_ARGS_MAX + 1 <= SCRIPTS_ARGS_MAX, "a hook's arguments fit");
    argv[made.argc++] = hook_shown(hook, shown);
    for (size_t i = 0; i < hook->n_args; i++)
        argv[made.argc++] = hook->args[i];
    scripts_add(script_io_queue(lane->queue), loop_now_ms(), &made);
}
