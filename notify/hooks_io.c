#include "notify/hooks_io.h"

#include <stdlib.h>

#include "notify/event.h"
#include "notify/event_json_io.h"
#include "notify/hooks_parts_io.h"
#include "notify/pending_io.h"
#include "notify/script_io.h"
#include "notify/webhook_io.h"
#include "wire/log_io.h"

/* --- events --- */

static void event_gone(void *arg, uint64_t tag, const struct scripts_end *end)
{
    const struct hooks_lane *lane = arg;
    struct hooks *hooks = lane->entry->hooks;

    (void)end;
    if (hooks->pending != NULL)
        pending_drop(hooks->pending, tag);
}

static void call_anew(struct hooks_entry *entry, const char *group, const char *body)
{
    struct hooks *hooks = entry->hooks;
    struct pending_call kept = { ++hooks->last_tag, entry->key, group, body };

    if (hooks->pending != NULL)
        pending_add(hooks->pending, &kept);
    hooks_lane_call(&entry->events, kept.tag, group, body);
}

void hooks_event(struct hooks *hooks, const struct event *event)
{
    char *body = NULL;

    for (struct hooks_entry *entry = hooks->entries; entry != NULL; entry = entry->next) {
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

static struct hooks_entry *find(const struct hooks *hooks, uint64_t key)
{
    struct hooks_entry *entry = hooks->entries;

    while (entry != NULL && entry->key != key)
        entry = entry->next;
    return entry;
}

/* NULL: memory. */
static struct hooks_entry *entry_new(struct hooks *hooks, const struct hook *hook)
{
    struct hooks_entry *entry = calloc(1, sizeof *entry);
    struct scripts_policy policy = hook_policy(hook);

    if (entry == NULL)
        return NULL;
    entry->hooks = hooks;
    entry->hook = *hook;
    entry->key = hook_key(hook);
    if (hooks_lane_open(&entry->events, entry, &policy, event_gone))
        return entry;
    free(entry);
    return NULL;
}

/* The entry of that hook as it is now, taken out of the list; a new one if there was none. */
static struct hooks_entry *take(struct hooks *hooks, const struct hook *hook)
{
    struct hooks_entry *entry = find(hooks, hook_key(hook));
    struct scripts_policy policy = hook_policy(hook);

    if (entry == NULL)
        return entry_new(hooks, hook);
    struct hooks_entry **link = &hooks->entries;

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    entry->next = NULL;
    entry->hook = *hook;
    scripts_set_policy(script_io_queue(entry->events.queue), &policy);
    return entry;
}

/* They live until nothing of theirs runs any more. */
static void drop_all(struct hooks_entry *entry)
{
    while (entry != NULL) {
        struct hooks_entry *next = entry->next;

        /* with the last queue it goes */
        if (entry->questions.queue != NULL)
            script_io_drop(entry->questions.queue);
        script_io_drop(entry->events.queue);
        entry = next;
    }
}

static void bring_back(void *arg, const struct pending_call *kept)
{
    struct hooks *hooks = arg;
    struct hooks_entry *entry = find(hooks, kept->key);

    if (kept->tag > hooks->last_tag)
        hooks->last_tag = kept->tag;
    if (entry != NULL)
        hooks_lane_call(&entry->events, kept->tag, kept->group, kept->body);
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
    struct hooks_entry *fresh = NULL, **end = &fresh;

    for (size_t i = 0; i < n; i++) {
        struct hooks_entry *entry = take(hooks, &list[i]);

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
    const struct hooks_entry *entry = hooks->entries;

    for (; entry != NULL && i > 0; i--)
        entry = entry->next;
    if (entry == NULL)
        return false;
    *ret_view = (struct hook_view){ &entry->hook, script_io_queue(entry->events.queue) };
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
    hooks_ask_stop(hooks);
    free(hooks);
}
