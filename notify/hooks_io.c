#include "notify/hooks_io.h"

#include <stdlib.h>
#include <string.h>

#include "notify/event.h"
#include "notify/event_json_io.h"
#include "notify/hook.h"
#include "notify/hook_env_io.h"
#include "notify/pending_io.h"
#include "notify/script_io.h"
#include "notify/webhook_io.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

/* A hook that is configured, or that was and still runs. */
struct entry {
    struct entry *next;
    struct hooks *hooks;
    struct hook hook;
    uint64_t key;
    struct script_queue *queue;
    char **env; /* of the last call */
};

struct hooks {
    uv_loop_t *loop;
    struct script_io *io;
    const char *dir;
    const char *supervisor;
    scripts_tell_fn *tell;
    void *arg;
    struct entry *entries; /* in the order of the file */
    struct pending *pending;
    struct webhooks *webhooks; /* NULL: nothing was ever posted */
    uint64_t last_tag;
    bool loaded; /* what a former life left has been brought back */
};

/* --- calls --- */

static void tell(void *arg, const struct event *event)
{
    const struct entry *entry = arg;

    entry->hooks->tell(entry->hooks->arg, event);
}

static void gone(void *arg, uint64_t tag)
{
    const struct entry *entry = arg;

    if (entry->hooks->pending != NULL)
        pending_drop(entry->hooks->pending, tag);
}

static char **environment(void *arg, const struct scripts_step *step)
{
    struct entry *entry = arg;

    hook_env_free(entry->env);
    entry->env = hook_env(&entry->hook, step->body);
    return entry->env;
}

static void posted(void *arg, uint64_t id, long status)
{
    const struct entry *entry = arg;
    bool good = status >= 200 && status < 300;

    script_io_ended(entry->queue, id, good ? 0 : status != 0 ? (int)status : 1, 0);
}

static bool post(void *arg, const struct scripts_step *step)
{
    struct entry *entry = arg;
    struct hooks *hooks = entry->hooks;
    const struct webhook webhook = { .url = entry->hook.target,
                                     .shown = step->argv[0],
                                     .secret = entry->hook.secret,
                                     .body = step->body,
                                     .timeout_ms = entry->hook.timeout_ms,
                                     .id = step->id,
                                     .done = posted,
                                     .arg = entry };

    if (hooks->webhooks == NULL)
        hooks->webhooks = webhooks_new(hooks->loop);
    return hooks->webhooks != NULL && webhooks_post(hooks->webhooks, &webhook);
}

static void released(void *arg)
{
    struct entry *entry = arg;

    hook_env_free(entry->env);
    free(entry);
}

/* Queue BODY for it; TAG is how the file knows it. */
static void call(struct entry *entry, uint64_t tag, const char *group, const char *body)
{
    const char *argv[HOOK_ARGS_MAX + 1];
    char shown[HOOK_TARGET_MAX + 1];
    struct scripts_call made = { .tag = tag, .group = group, .argv = argv, .body = body };

    _Static_assert(HOOK_ARGS_MAX + 1 <= SCRIPTS_ARGS_MAX, "a hook's arguments fit");
    argv[made.argc++] = hook_shown(&entry->hook, shown);
    for (size_t i = 0; i < entry->hook.n_args; i++)
        argv[made.argc++] = entry->hook.args[i];
    scripts_add(script_io_queue(entry->queue), loop_now_ms(), &made);
}

static void call_anew(struct entry *entry, const char *group, const char *body)
{
    struct hooks *hooks = entry->hooks;
    struct pending_call kept = { ++hooks->last_tag, entry->key, group, body };

    if (hooks->pending != NULL)
        pending_add(hooks->pending, &kept);
    call(entry, kept.tag, group, body);
}

void hooks_event(struct hooks *hooks, const struct event *event)
{
    char *body = NULL;

    for (struct entry *entry = hooks->entries; entry != NULL; entry = entry->next) {
        if (!hook_wants(&entry->hook, event))
            continue;
        if (body == NULL)
            body = event_json_text(event, hooks->supervisor);
        if (body == NULL)
            return;
        call_anew(entry, event->group, body);
    }
    if (body != NULL)
        script_io_kick(hooks->io);
    free(body);
}

/* --- the list --- */

static struct entry *find(const struct hooks *hooks, uint64_t key)
{
    struct entry *entry = hooks->entries;

    while (entry != NULL && entry->key != key)
        entry = entry->next;
    return entry;
}

/* NULL: memory. */
static struct entry *entry_new(struct hooks *hooks, const struct hook *hook)
{
    struct entry *entry = calloc(1, sizeof *entry);
    struct scripts_policy policy = hook_policy(hook);
    const struct script_maker maker = { .environment = environment,
                                        .start = hook->kind == HOOK_POST ? post : NULL,
                                        .released = released,
                                        .arg = entry };

    if (entry == NULL)
        return NULL;
    *entry = (struct entry){ .hooks = hooks, .hook = *hook, .key = hook_key(hook) };
    struct scripts *scripts = scripts_new_for(&policy, tell, gone, entry);

    if (scripts != NULL)
        entry->queue = script_io_add(hooks->io, scripts, &maker);
    if (entry->queue != NULL)
        return entry;
    scripts_free(scripts);
    free(entry);
    return NULL;
}

/* The entry of that hook as it is now, taken out of the list; a new one if there was none. */
static struct entry *take(struct hooks *hooks, const struct hook *hook)
{
    struct entry *entry = find(hooks, hook_key(hook));
    struct scripts_policy policy = hook_policy(hook);

    if (entry == NULL)
        return entry_new(hooks, hook);
    struct entry **link = &hooks->entries;

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    entry->next = NULL;
    entry->hook = *hook;
    scripts_set_policy(script_io_queue(entry->queue), &policy);
    return entry;
}

/* They live until nothing of theirs runs any more. */
static void drop_all(struct entry *entry)
{
    while (entry != NULL) {
        struct entry *next = entry->next;

        script_io_drop(entry->queue);
        entry = next;
    }
}

static void bring_back(void *arg, const struct pending_call *kept)
{
    struct hooks *hooks = arg;
    struct entry *entry = find(hooks, kept->key);

    if (kept->tag > hooks->last_tag)
        hooks->last_tag = kept->tag;
    if (entry != NULL)
        call(entry, kept->tag, kept->group, kept->body);
    else
        pending_drop(hooks->pending, kept->tag);
}

/* Only who has hooks has the file. */
static void load(struct hooks *hooks)
{
    char error[PENDING_ERROR_MAX];

    if (hooks->loaded)
        return;
    hooks->loaded = true;
    hooks->pending = pending_open(hooks->loop, hooks->dir, error);
    if (hooks->pending == NULL)
        log_warning("%s; notifications that wait will not survive a restart", error);
    else
        pending_load(hooks->pending, bring_back, hooks);
}

void hooks_set(struct hooks *hooks, const struct hook *list, size_t n)
{
    struct entry *fresh = NULL, **end = &fresh;

    for (size_t i = 0; i < n; i++) {
        struct entry *entry = take(hooks, &list[i]);

        if (entry == NULL) {
            log_error("hook %s: no memory", list[i].target);
            continue;
        }
        *end = entry;
        end = &entry->next;
    }
    drop_all(hooks->entries);
    hooks->entries = fresh;
    if (fresh != NULL)
        load(hooks);
    script_io_kick(hooks->io);
}

bool hooks_show(const struct hooks *hooks, size_t i, struct hook_view *ret_view)
{
    const struct entry *entry = hooks->entries;

    for (; entry != NULL && i > 0; i--)
        entry = entry->next;
    if (entry == NULL)
        return false;
    *ret_view = (struct hook_view){ &entry->hook, script_io_queue(entry->queue) };
    return true;
}

/* --- life --- */

struct hooks *hooks_new(uv_loop_t *loop, struct script_io *scripts, const char *dir,
                        const char *supervisor, scripts_tell_fn *tell_fn, void *arg)
{
    struct hooks *hooks = calloc(1, sizeof *hooks);

    if (hooks == NULL)
        return NULL;
    *hooks = (struct hooks){ .loop = loop,
                             .io = scripts,
                             .dir = dir,
                             .supervisor = supervisor,
                             .tell = tell_fn,
                             .arg = arg };
    return hooks;
}

void hooks_stop(struct hooks *hooks)
{
    if (hooks == NULL)
        return;
    pending_stop(hooks->pending);
    webhooks_stop(hooks->webhooks);
    free(hooks);
}
