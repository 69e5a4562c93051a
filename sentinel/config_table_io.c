#include "sentinel/config_table_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/script_io.h"
#include "sentinel/group_conf.h"
#include "sentinel/option_check.h"

/* --- sections ----------------------------------------------------------------------------- */

static const struct config_option *find_option(const struct config_option *options,
                                               const char *name)
{
    for (; options->name; options++)
        if (strcmp(options->name, name) == 0)
            return options;
    return NULL;
}

/* An option that there is not: name those that there are. */
static bool fail_unknown(struct config_reader *rd, const config_setting_t *setting,
                         const struct config_option *options, const struct conf_table *table)
{
    char known[CONFIG_ALLOWED_MAX] = "";
    size_t n = 0;
    for (const struct config_option *o = options; o->name && n < sizeof(known); o++)
        n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n ? ", " : "", o->name);
    for (size_t i = 0; table && i < table->n && n < sizeof(known); i++)
        n += (size_t)snprintf(known + n, sizeof(known) - n, ", %s", table->options[i].file_name);
    return config_fail(rd, setting, "is no option here, allowed are %s", known);
}

/* --- settings that the wire has as well --------------------------------------------------- */

/* "a", "b" and "c" */
static void describe_words(const struct conf_option *option, char *ret_text, size_t size)
{
    size_t n = 0;
    for (int64_t i = 0; i <= option->max && n < size; i++)
        n += (size_t)snprintf(ret_text + n, size - n, "%s\"%s\"",
                              i == 0             ? ""
                              : i == option->max ? " and "
                                                 : ", ",
                              option->words[i]);
}

static void describe_allowed(const struct conf_option *option, char *ret_text, size_t size)
{
    if (option->type == CONF_NUMBER)
        snprintf(ret_text, size, "whole numbers from %lld to %lld", (long long)option->min,
                 (long long)option->max);
    else if (option->type == CONF_CHOICE)
        describe_words(option, ret_text, size);
    else
        snprintf(ret_text, size, "%s", option_form(option));
}

/* Hooks are run at the worst of times: one that cannot be run is better found before. */
static bool check_script(struct config_reader *rd, const config_setting_t *setting,
                         const struct conf_option *option, const char *value)
{
    const char *fault = option_is_script(option) && value[0] ? script_io_fault(value) : NULL;
    if (fault)
        return config_fail(rd, setting,
                           "\"%s\": %s, allowed is the path of a program that can be executed",
                           value, fault);
    return true;
}

/* The value as text; NULL: it is of the wrong type. */
static const char *value_text(struct config_reader *rd, const config_setting_t *setting,
                              const struct conf_option *option, const char *allowed,
                              char digits[32])
{
    if (option->type == CONF_NUMBER) {
        int64_t number = 0;
        if (!config_get_number(rd, setting, option->min, option->max, &number))
            return NULL;
        snprintf(digits, 32, "%lld", (long long)number);
        return digits;
    }
    if (option_is_no_yes(option) && config_setting_type(setting) == CONFIG_TYPE_BOOL)
        return option->words[config_setting_get_bool(setting) != 0];
    return config_get_text(rd, setting, allowed);
}

static bool read_conf(struct config_reader *rd, const config_setting_t *setting,
                      const struct conf_option *option, void *conf)
{
    char allowed[CONFIG_ALLOWED_MAX];
    char digits[32];

    describe_allowed(option, allowed, sizeof(allowed));
    const char *value = value_text(rd, setting, option, allowed, digits);
    if (!value)
        return false;
    if (!option_allows(option, value) || !option_set(conf, option, value))
        return config_fail(rd, setting, "%s%s%s is not allowed, allowed are %s",
                           option->secret ? "" : "\"", option->secret ? "this value" : value,
                           option->secret ? "" : "\"", allowed);
    return check_script(rd, setting, option, value);
}

/* --- readers ------------------------------------------------------------------------------ */

static bool read_member(struct config_reader *rd, const config_setting_t *member,
                        const struct config_option *options, void *into,
                        const struct conf_table *table, void *conf)
{
    const struct config_option *own = find_option(options, member->name);
    if (own)
        return own->read(rd, member, own, into);
    const struct conf_option *option = table ? option_by_file_name(table, member->name) : NULL;
    if (option)
        return read_conf(rd, member, option, conf);
    return fail_unknown(rd, member, options, table);
}

bool config_read_mixed(struct config_reader *rd, const config_setting_t *setting,
                       const struct config_option *options, void *into,
                       const struct conf_table *table, void *conf)
{
    if (!config_setting_is_group(setting))
        return config_fail(rd, setting, "is %s, allowed is a section: { name = value; ... }",
                           config_type_name(setting));
    for (int i = 0; i < config_setting_length(setting); i++)
        if (!read_member(rd, config_setting_get_elem(setting, (unsigned)i), options, into, table,
                         conf))
            return false;
    return true;
}

bool config_read_section(struct config_reader *rd, const config_setting_t *setting,
                         const struct config_option *option, void *into)
{
    return config_read_mixed(rd, setting, option->section, (char *)into + option->offset, NULL,
                             NULL);
}

bool config_need_all(struct config_reader *rd, const config_setting_t *setting,
                     const struct config_option *options, const char *all)
{
    for (const struct config_option *o = options; o->name; o++)
        if (!config_setting_get_member(setting, o->name))
            return config_fail(rd, setting, "%s is missing, %s must be there", o->name, all);
    return true;
}

bool config_read_list(struct config_reader *rd, const config_setting_t *setting, size_t max,
                      size_t size, void **ret_items, size_t *ret_n,
                      bool (*fn)(struct config_reader *rd, const config_setting_t *element,
                                 void *item))
{
    if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
        return config_fail(rd, setting, "is %s, allowed is a list: ( ..., ... )",
                           config_type_name(setting));
    size_t n = (size_t)config_setting_length(setting);
    if (n > max)
        return config_fail(rd, setting, "are %zu, allowed are at most %zu", n, max);
    char *items = calloc(n + 1, size);
    if (!items)
        return config_fail(rd, setting, "memory is out");
    *ret_items = items;
    for (*ret_n = 0; *ret_n < n; ++*ret_n)
        if (!fn(rd, config_setting_get_elem(setting, (unsigned)*ret_n), items + *ret_n * size))
            return false;
    return true;
}
