#include "notify/hooks_io.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "notify/event.h"
#include "notify/event_json_io.h"
#include "notify/json_put_io.h"
#include "notify/hook_env_io.h"
#include "notify/pending_io.h"
#include "notify/script_io.h"
#include "notify/webhook_io.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

#define WHO_MAX 160 /* bytes of which hook said no */

struct entry;

/* One of the two queues of a hook. */
struct lane {
    struct entry *entry;
    struct script_queue *queue; /* NULL: it is not there */
    char **env;                 /* of the last call */
};

/* A hook that is configured, or that was and still runs. */
struct entry {
    struct entry *next;
    struct hooks *hooks;
    struct hook hook;
    uint64_t key;
    struct lane events, questions;
    int lanes; /* that are in use */
};

/* A question that is not answered yet. */
struct asking {
    struct asking *next;
    uint64_t ticket;
    size_t awaited;
    enum hook_answer answer;
    char who[WHO_MAX];
    hooks_answer_fn *fn;
    void *arg;
};

struct hooks {
    uv_loop_t *loop;
    struct script_io *io;
    const char *dir;
    const char *supervisor;
    scripts_tell_fn *tell;
    void *arg;
    struct entry *entries; /* in the order of the file */
    struct asking *asking;
    struct pending *pending;
    struct webhooks *webhooks; /* NULL: nothing was ever posted */
    uint64_t last_tag;
    bool loaded; /* what a former life left has been brought back */
};

/* --- how calls are made --- */

/* A hook that says no has not failed. */
static void tell(void *arg, const struct event *event)
{
    const struct lane *lane = arg;
    const struct entry *entry = lane->entry;

    if (lane == &entry->questions && event->kind == EVENT_SCRIPT_ERROR)
        return;
    entry->hooks->tell(entry->hooks->arg, event);
}

static void event_gone(void *arg, uint64_t tag, const struct scripts_end *end)
{
    const struct lane *lane = arg;
    struct hooks *hooks = lane->entry->hooks;

    (void)end;
    if (hooks->pending != NULL)
        pending_drop(hooks->pending, tag);
}

static char **environment(void *arg, const struct scripts_step *step)
{
    struct lane *lane = arg;

    hook_env_free(lane->env);
    lane->env = hook_env(&lane->entry->hook, step->body);
    return lane->env;
}

static void posted(void *arg, uint64_t id, long status)
{
    const struct lane *lane = arg;
    bool good = status >= 200 && status < 300;

    script_io_ended(lane->queue, id, good ? 0 : status != 0 ? (int)status : 1, 0);
}

static bool post(void *arg, const struct scripts_step *step)
{
    struct lane *lane = arg;
    struct entry *entry = lane->entry;
    struct hooks *hooks = entry->hooks;
    const struct scripts *scripts = script_io_queue(lane->queue);
    const struct webhook webhook = { .url = entry->hook.target,
                                     .shown = step->argv[0],
                                     .secret = entry->hook.secret,
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
    struct lane *lane = arg;

    hook_env_free(lane->env);
    if (--lane->entry->lanes == 0)
        free(lane->entry);
}

/* False: memory. */
static bool lane_open(struct lane *lane, struct entry *entry, const struct scripts_policy *policy,
                      scripts_gone_fn *gone)
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

/* --- calls --- */

/* Queue BODY for it; TAG is how the file knows it. */
static void call(struct entry *entry, const struct lane *lane, uint64_t tag, const char *group,
                 const char *body)
{
    const char *argv[HOOK_ARGS_MAX + 1];
    char shown[HOOK_TARGET_MAX + 1];
    struct scripts_call made = { .tag = tag, .group = group, .argv = argv, .body = body };

    _Static_assert(HOOK_ARGS_MAX + 1 <= SCRIPTS_ARGS_MAX, "a hook's arguments fit");
    argv[made.argc++] = hook_shown(&entry->hook, shown);
    for (size_t i = 0; i < entry->hook.n_args; i++)
        argv[made.argc++] = entry->hook.args[i];
    scripts_add(script_io_queue(lane->queue), loop_now_ms(), &made);
}

static void call_anew(struct entry *entry, const char *group, const char *body)
{
    struct hooks *hooks = entry->hooks;
    struct pending_call kept = { ++hooks->last_tag, entry->key, group, body };

    if (hooks->pending != NULL)
        pending_add(hooks->pending, &kept);
    call(entry, &entry->events, kept.tag, group, body);
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

/* --- questions --- */

static void answer(struct hooks *hooks, struct asking *asking)
{
    struct asking **link = &hooks->asking;

    while (*link != asking)
        link = &(*link)->next;
    *link = asking->next;
    asking->fn(asking->arg, asking->ticket, asking->answer, asking->who);
    free(asking);
}

/* What a hook's end was, in words. */
static void describe(const struct hook *hook, const struct scripts_end *end, char *ret_text,
                     size_t size)
{
    if (hook_answer_of(hook, end) == HOOK_NO)
        snprintf(ret_text, size, "no");
    else if (end == NULL || end->signal != 0 || (hook->kind == HOOK_POST && end->code == 1))
        snprintf(ret_text, size, "no answer");
    else
        snprintf(ret_text, size, "no answer, but status %d", end->code);
}

/* Worse answers count more: no, no answer, yes. */
static void take_answer(struct asking *asking, const struct hook *hook,
                        const struct scripts_end *end)
{
    enum hook_answer fresh = hook_answer_of(hook, end);
    char shown[HOOK_TARGET_MAX + 1], what[40];

    if (fresh == HOOK_YES || asking->answer == HOOK_NO || fresh == asking->answer)
        return;
    asking->answer = fresh;
    describe(hook, end, what, sizeof what);
    snprintf(asking->who, sizeof asking->who, "%.110s: %s", hook_shown(hook, shown), what);
}

static void question_gone(void *arg, uint64_t ticket, const struct scripts_end *end)
{
    const struct lane *lane = arg;
    struct asking *asking = lane->entry->hooks->asking;

    while (asking != NULL && asking->ticket != ticket)
        asking = asking->next;
    if (asking == NULL)
        return; /* the answer is there already */
    take_answer(asking, &lane->entry->hook, end);
    if (--asking->awaited == 0 || asking->answer == HOOK_NO)
        answer(lane->entry->hooks, asking);
}

/* False: memory. */
static bool ask(struct entry *entry, const struct hooks_question *question, const char *body)
{
    msec limit_ms = msec_max(1, msec_min(question->limit_ms, entry->hook.timeout_ms));
    const struct scripts_policy policy = { .times = { limit_ms, limit_ms },
                                           .attempts_max = 1,
                                           .running_max = SCRIPTS_RUNNING_MAX,
                                           .ends_itself = entry->hook.kind == HOOK_POST };

    if (entry->questions.queue == NULL &&
        !lane_open(&entry->questions, entry, &policy, question_gone))
        return false;
    scripts_set_policy(script_io_queue(entry->questions.queue), &policy);
    call(entry, &entry->questions, question->ticket, question->group, body);
    return true;
}

/* To be freed; NULL: memory. */
static char *question_body(const struct hooks *hooks, const struct hooks_question *question)
{
    char time[EVENT_TIME_MAX], primary[ADDR_TEXT_MAX], candidate[ADDR_TEXT_MAX];

    event_json_time(loop_wall_ms(), time);
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:o?, s:s, s:s}", "time", time, "event", question->name,
                  "supervisor", hooks->supervisor, "group", json_text(question->group), "primary",
                  addr_format(question->primary, primary), "candidate",
                  addr_format(question->candidate, candidate));
    char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    return text;
}

void hooks_ask(struct hooks *hooks, const struct hooks_question *question, hooks_answer_fn *fn,
               void *arg)
{
    struct asking *asking = calloc(1, sizeof *asking);
    char *body = question_body(hooks, question);

    if (asking == NULL || body == NULL) {
        free(asking);
        free(body);
        fn(arg, question->ticket, HOOK_NO_ANSWER, "no memory to ask the hooks");
        return;
    }
    *asking = (struct asking){ .next = hooks->asking,
                               .ticket = question->ticket,
                               .answer = HOOK_YES,
                               .awaited = 1, /* until all have been asked */
                               .fn = fn,
                               .arg = arg };
    hooks->asking = asking;
    for (struct entry *entry = hooks->entries; entry != NULL; entry = entry->next) {
        if (!hook_is_asked(&entry->hook, question->name, question->group))
            continue;
        if (ask(entry, question, body))
            asking->awaited++;
        else
            take_answer(asking, &entry->hook, NULL);
    }
    free(body);
    script_io_kick(hooks->io);
    if (--asking->awaited == 0)
        answer(hooks, asking);
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

    if (entry == NULL)
        return NULL;
    entry->hooks = hooks;
    entry->hook = *hook;
    entry->key = hook_key(hook);
    if (lane_open(&entry->events, entry, &policy, event_gone))
        return entry;
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
    scripts_set_policy(script_io_queue(entry->events.queue), &policy);
    return entry;
}

/* They live until nothing of theirs runs any more. */
static void drop_all(struct entry *entry)
{
    while (entry != NULL) {
        struct entry *next = entry->next;

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
    struct entry *entry = find(hooks, kept->key);

    if (kept->tag > hooks->last_tag)
        hooks->last_tag = kept->tag;
    if (entry != NULL)
        call(entry, &entry->events, kept->tag, kept->group, kept->body);
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
    while (hooks->asking != NULL) {
        struct asking *asking = hooks->asking;

        hooks->asking = asking->next;
        free(asking);
    }
    free(hooks);
}
