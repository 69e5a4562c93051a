#include "sentinel/config_hooks_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify/hook.h"
#include "notify/script_io.h"
#include "sentinel/config_io.h"
#include "sentinel/config_table_io.h"
#include "sentinel/config_value_io.h"

/* A text of option->min to option->max bytes. */
static bool read_text(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    const char *text = config_get_text(rd, setting, "a string");
    size_t len = text != NULL ? strlen(text) : 0;

    if (text == NULL)
        return false;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return config_fail(rd, setting, "control characters are not allowed");
    }
    if (len < (size_t)option->min || len > (size_t)option->max)
        return config_fail(rd, setting, "is %s, allowed are %lld to %lld bytes",
                           len == 0 ? "empty" : "too long", (long long)option->min,
                           (long long)option->max);
    memcpy((char *)into + option->offset, text, len + 1);
    return true;
}

static bool read_number(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into)
{
    return config_get_number(rd, setting, option->min, option->max,
                             (int64_t *)(void *)((char *)into + option->offset));
}

static bool read_run(struct config_reader *rd, const config_setting_t *setting,
                     const struct config_option *option, void *into)
{
    struct hook *hook = into;

    if (!read_text(rd, setting, option, into))
        return false;
    const char *fault = script_io_fault(hook->target);

    if (fault != NULL)
        return config_fail(rd, setting,
                           "\"%s\": %s, allowed is the path of a program that can be executed",
                           hook->target, fault);
    return true;
}

/* A URL may hold a password: no error shows it. */
static bool read_url(struct config_reader *rd, const config_setting_t *setting,
                     const struct config_option *option, void *into)
{
    struct hook *hook = into;

    hook->kind = HOOK_POST;
    if (!read_text(rd, setting, option, into))
        return false;
    if (strncmp(hook->target, "http://", 7) != 0 && strncmp(hook->target, "https://", 8) != 0)
        return config_fail(rd, setting, "is no URL, allowed are http://... and https://...");
    return true;
}

/* The path of a file that can be read. */
static bool read_file(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    const char *path = (const char *)into + option->offset;

    if (!read_text(rd, setting, option, into))
        return false;
    if (access(path, R_OK) != 0)
        return config_fail(rd, setting, "\"%s\": %s, allowed is a file that can be read", path,
                           strerror(errno));
    return true;
}

/* A list of strings into an array of texts of HOOK_TEXT_MAX bytes. */
static bool read_texts(struct config_reader *rd, const config_setting_t *setting, size_t max,
                       char (*texts)[HOOK_TEXT_MAX + 1], size_t *ret_n)
{
    const struct config_option item = { .min = 0, .max = HOOK_TEXT_MAX };

    if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
        return config_fail(rd, setting, "is %s, allowed is a list: ( \"...\", \"...\" )",
                           config_type_name(setting));
    size_t n = (size_t)config_setting_length(setting);

    if (n > max)
        return config_fail(rd, setting, "are %zu, allowed are at most %zu", n, max);
    for (*ret_n = 0; *ret_n < n; ++*ret_n) {
        if (!read_text(rd, config_setting_get_elem(setting, (unsigned)*ret_n), &item,
                       texts[*ret_n]))
            return false;
    }
    return true;
}

static bool read_args(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    struct hook *hook = into;

    (void)option;
    return read_texts(rd, setting, HOOK_ARGS_MAX, hook->args, &hook->n_args);
}

static bool read_environment(struct config_reader *rd, const config_setting_t *setting,
                             const struct config_option *option, void *into)
{
    struct hook *hook = into;

    (void)option;
    return read_texts(rd, setting, HOOK_VARIABLES_MAX, hook->variables, &hook->n_variables);
}

#define AT(field) offsetof(struct hook, field)

static const struct config_option hook_options[] = {
    { "events", read_text, AT(events), 1, HOOK_TEXT_MAX, NULL },
    { "groups", read_text, AT(groups), 1, HOOK_TEXT_MAX, NULL },
    { "run", read_run, AT(target), 1, HOOK_TARGET_MAX, NULL },
    { "url", read_url, AT(target), 1, HOOK_TARGET_MAX, NULL },
    { "secret", read_text, AT(secret), 0, HOOK_TEXT_MAX, NULL },
    { "ca_file", read_file, AT(ca_file), 1, HOOK_TARGET_MAX, NULL },
    { "args", read_args, 0, 0, 0, NULL },
    { "environment", read_environment, 0, 0, 0, NULL },
    { "timeout_ms", read_number, AT(timeout_ms), 1, HOOK_TIMEOUT_MAX_MS, NULL },
    { "retries", read_number, AT(retries), 0, HOOK_RETRIES_MAX, NULL },
    { "backoff_ms", read_number, AT(backoff_ms), 1, SCRIPTS_RETRY_MAX_MS, NULL },
    { "concurrency", read_number, AT(concurrency), 1, SCRIPTS_RUNNING_MAX, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

/* What goes together, and what does not. */
static bool check_hook(struct config_reader *rd, const config_setting_t *element,
                       const struct hook *hook)
{
    bool program = config_setting_get_member(element, "run") != NULL;
    bool url = config_setting_get_member(element, "url") != NULL;

    if (hook->events[0] == '\0')
        return config_fail(rd, element, "events is missing, allowed are names of events");
    if (program == url)
        return config_fail(rd, element, "%s, allowed is one of run and url",
                           program ? "run and url are there" : "run or url is missing");
    if (url && hook->n_args + hook->n_variables > 0)
        return config_fail(rd, element, "args and environment are for programs, not for a url");
    if (program && hook->secret[0] != '\0')
        return config_fail(rd, element, "secret is for a url, not for programs");
    if (hook->ca_file[0] != '\0' && strncmp(hook->target, "https://", 8) != 0)
        return config_fail(rd, element, "ca_file is for a url that begins with https://");
    return true;
}

static bool read_hook(struct config_reader *rd, const config_setting_t *element, void *item)
{
    struct hook *hook = item;

    hook_init(hook);
    return config_read_mixed(rd, element, hook_options, hook, NULL, NULL) &&
           check_hook(rd, element, hook);
}

/* Two of a kind could not be told apart after a restart: SETTING is where the one at place I
 * stands.
 */
static bool check_unique(struct config_reader *rd, const config_setting_t *setting,
                         const struct hook_list *list, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (hook_key(&list->hooks[k]) == hook_key(&list->hooks[i]))
            return config_fail(rd, setting, "stands there twice, allowed are hooks that differ");
    }
    return true;
}

bool config_read_hooks(struct config_reader *rd, const config_setting_t *setting,
                       const struct config_option *option, void *into)
{
    struct hook_list *list = (struct hook_list *)(void *)((char *)into + option->offset);
    void *items = NULL;
    bool ok =
        config_read_list(rd, setting, HOOKS_MAX, sizeof(struct hook), &items, &list->n, read_hook);

    list->hooks = items;
    for (size_t i = 0; ok && i < list->n; i++)
        ok = check_unique(rd, config_setting_get_elem(setting, (unsigned)i), list, i);
    return ok;
}

bool config_join_hooks(struct config_reader *rd, const config_setting_t *setting,
                       struct hook_list *whole, struct hook_list *of_group, const char *group)
{
    struct hook *all = realloc(whole->hooks, (whole->n + of_group->n + 1) * sizeof *all);

    if (all == NULL)
        return config_fail(rd, setting, "memory is out");
    whole->hooks = all;
    if (whole->n + of_group->n > HOOKS_MAX)
        return config_fail(rd, setting, "are %zu in all, allowed are at most %d",
                           whole->n + of_group->n, HOOKS_MAX);
    for (size_t i = 0; i < of_group->n; i++) {
        all[whole->n] = of_group->hooks[i];
        strcpy(all[whole->n++].group, group);
    }
    free(of_group->hooks);
    *of_group = (struct hook_list){ NULL, 0 };
    return true;
}
