/* Questions to hooks, and what their answers come to. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "notify/event_json_io.h"
#include "notify/hooks_parts_io.h"
#include "notify/json_put_io.h"
#include "notify/script_io.h"
#include "wire/loop_io.h"

#define WHO_MAX 160 /* bytes of which hook said no */

/* A question that is not answered yet. */
struct hooks_asking {
    struct hooks_asking *next;
    uint64_t ticket;
    size_t awaited;
    enum hook_answer answer;
    char who[WHO_MAX];
    hooks_answer_fn *fn;
    void *arg;
};

static void answer(struct hooks *hooks, struct hooks_asking *asking)
{
    struct hooks_asking **link = &hooks->asking;

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
static void take_answer(struct hooks_asking *asking, const struct hook *hook,
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
    const struct hooks_lane *lane = arg;
    struct hooks_asking *asking = lane->entry->hooks->asking;

    while (asking != NULL && asking->ticket != ticket)
        asking = asking->next;
    if (asking == NULL)
        return; /* the answer is there already */
    take_answer(asking, &lane->entry->hook, end);
    if (--asking->awaited == 0 || asking->answer == HOOK_NO)
        answer(lane->entry->hooks, asking);
}

/* False: memory. */
static bool ask(struct hooks_entry *entry, const struct hooks_question *question, const char *body)
{
    msec limit_ms = msec_max(1, msec_min(question->limit_ms, entry->hook.timeout_ms));
    const struct scripts_policy policy = { .times = { limit_ms, limit_ms },
                                           .attempts_max = 1,
                                           .running_max = SCRIPTS_RUNNING_MAX,
                                           .ends_itself = entry->hook.kind == HOOK_POST };

    if (entry->questions.queue == NULL &&
        !hooks_lane_open(&entry->questions, entry, &policy, question_gone))
        return false;
    scripts_set_policy(script_io_queue(entry->questions.queue), &policy);
    hooks_lane_call(&entry->questions, question->ticket, question->group, body);
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
    struct hooks_asking *asking = calloc(1, sizeof *asking);
    char *body = question_body(hooks, question);

    if (asking == NULL || body == NULL) {
        free(asking);
        free(body);
        fn(arg, question->ticket, HOOK_NO_ANSWER, "no memory to ask the hooks");
        return;
    }
    *asking = (struct hooks_asking){ .next = hooks->asking,
                                     .ticket = question->ticket,
                                     .answer = HOOK_YES,
                                     .awaited = 1, /* until all have been asked */
                                     .fn = fn,
                                     .arg = arg };
    hooks->asking = asking;
    for (struct hooks_entry *entry = hooks->entries; entry != NULL; entry = entry->next) {
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

void hooks_ask_stop(struct hooks *hooks)
{
    while (hooks->asking != NULL) {
        struct hooks_asking *asking = hooks->asking;

        hooks->asking = asking->next;
        free(asking);
    }
}
