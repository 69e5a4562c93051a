#include "notify/hook.h"

#include <stdio.h>
#include <string.h>

#include "notify/event.h"
#include "wire/glob.h"

#define SEPARATORS ", "

void hook_init(struct hook *hook)
{
    memset(hook, 0, sizeof *hook);
    strcpy(hook->groups, "*");
    hook->timeout_ms = HOOK_TIMEOUT_MS;
    hook->retries = HOOK_RETRIES;
    hook->backoff_ms = HOOK_BACKOFF_MS;
    hook->concurrency = HOOK_CONCURRENCY;
}

static bool same(struct slice item, struct slice name)
{
    return item.n == name.n && memcmp(item.p, name.p, name.n) == 0;
}

static bool matches(struct slice item, struct slice name)
{
    return glob_match(item, name, false);
}

/* Whether one of the items of LIST fits. */
static bool is_in(const char *list, const char *name, bool (*fits)(struct slice, struct slice))
{
    while (*(list += strspn(list, SEPARATORS)) != '\0') {
        struct slice item = { list, strcspn(list, SEPARATORS) };

        if (fits(item, slice_str(name)))
            return true;
        list += item.n;
    }
    return false;
}

static bool concerns(const struct hook *hook, const char *group)
{
    if (hook->group[0] != '\0')
        return strcmp(hook->group, group) == 0;
    return is_in(hook->groups, group, matches);
}

bool hook_wants(const struct hook *hook, const struct event *event)
{
    return event_level(event->kind) > EVENT_DEBUG &&
           is_in(hook->events, event_name(event->kind), matches) && concerns(hook, event->group);
}

bool hook_is_asked(const struct hook *hook, const char *name, const char *group)
{
    return is_in(hook->events, name, same) && concerns(hook, group);
}

bool hook_has_question(const struct hook *hook, const char *name)
{
    return is_in(hook->events, name, same);
}

enum hook_answer hook_answer_of(const struct hook *hook, const struct scripts_end *end)
{
    int no = hook->kind == HOOK_RUN ? HOOK_EXIT_NO : HOOK_STATUS_NO;

    if (end == NULL || end->signal != 0)
        return HOOK_NO_ANSWER;
    if (end->code == 0)
        return HOOK_YES;
    return end->code == no ? HOOK_NO : HOOK_NO_ANSWER;
}

/* FNV-1a, with a mark behind each text. */
static void mix(uint64_t *key, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        *key = (*key ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
}

uint64_t hook_key(const struct hook *hook)
{
    uint64_t key = UINT64_C(14695981039346656037);

    mix(&key, hook->kind == HOOK_RUN ? "run" : "post");
    mix(&key, hook->target);
    mix(&key, hook->events);
    mix(&key, hook->groups);
    mix(&key, hook->group);
    for (size_t i = 0; i < hook->n_args; i++)
        mix(&key, hook->args[i]);
    return key;
}

struct scripts_policy hook_policy(const struct hook *hook)
{
    return (struct scripts_policy){ .times = { hook->timeout_ms, hook->backoff_ms },
                                    .attempts_max = (unsigned)hook->retries + 1,
                                    .running_max = (size_t)hook->concurrency,
                                    .is_hook = true,
                                    .ends_itself = hook->kind == HOOK_POST };
}

const char *hook_shown(const struct hook *hook, char ret_text[HOOK_TARGET_MAX + 1])
{
    const char *scheme = strstr(hook->target, "://");

    if (hook->kind == HOOK_RUN || scheme == NULL)
        return hook->target;
    const char *host = scheme + 3;
    const char *end = host + strcspn(host, "/?#");
    const char *at = memrchr(host, '@', (size_t)(end - host));

    if (at != NULL)
        host = at + 1;
    snprintf(ret_text, HOOK_TARGET_MAX + 1, "%.*s%.*s", (int)(scheme + 3 - hook->target),
             hook->target, (int)strcspn(host, "?#"), host);
    return ret_text;
}
