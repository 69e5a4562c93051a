#include "sentinel/config_io.h"

#include <assert.h>
#include <libconfig.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/script_io.h"
#include "sentinel/config_text_io.h"
#include "sentinel/config_value_io.h"
#include "sentinel/model.h"

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 26379

/* --- sections ----------------------------------------------------------------------------- */

static bool read_section(struct config_reader *rd, const config_setting_t *setting,
                         const struct config_option *option, void *into);
static bool read_groups(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into);

static const struct config_option listen_options[] = {
    { "host", config_read_host, 0, 0, 0, NULL },
    { "port", config_read_port, 0, 1, 65535, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

static const struct config_option root_options[] = {
    { "listen", read_section, offsetof(struct config, listen), 0, 0, listen_options },
    { "announce", read_section, offsetof(struct config, announce), 0, 0, listen_options },
    { "state_dir", config_read_path, offsetof(struct config, state_dir), 1, CONFIG_PATH_MAX, NULL },
    { "log_level", config_read_level, offsetof(struct config, log_level), 0, 0, NULL },
    { "maxclients", config_read_size, offsetof(struct config, clients_max), 1, CONFIG_CLIENTS_MAX,
      NULL },
    { "deny_scripts_reconfig", config_read_bool, offsetof(struct config, deny_scripts_reconfig), 0,
      0, NULL },
    { "groups", read_groups, 0, 0, 0, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

/* Besides these each group has those of group_options. */
static const struct config_option group_base_options[] = {
    { "name", config_read_group_name, offsetof(struct group_decl, name), 0, 0, NULL },
    { "host", config_read_host, offsetof(struct group_decl, addr), 0, 0, NULL },
    { "port", config_read_port, offsetof(struct group_decl, addr), 1, 65535, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

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
                         const struct config_option *options, bool of_group)
{
    char known[CONFIG_ALLOWED_MAX] = "";
    size_t n = 0;
    for (const struct config_option *o = options; o->name && n < sizeof(known); o++)
        n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n ? ", " : "", o->name);
    for (size_t i = 0; of_group && i < group_options_count && n < sizeof(known); i++)
        n += (size_t)snprintf(known + n, sizeof(known) - n, ", %s", group_options[i].file_name);
    return config_fail(rd, setting, "is no option here, allowed are %s", known);
}

/* { name = value; ... } with the options that the table names. */
static bool read_section(struct config_reader *rd, const config_setting_t *setting,
                         const struct config_option *option, void *into)
{
    if (!config_setting_is_group(setting))
        return config_fail(rd, setting, "is %s, allowed is a section: { name = value; ... }",
                           config_type_name(setting));
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *member = config_setting_get_elem(setting, (unsigned)i);
        const struct config_option *found = find_option(option->section, member->name);
        if (!found)
            return fail_unknown(rd, member, option->section, false);
        if (!found->read(rd, member, found, (char *)into + option->offset))
            return false;
    }
    return true;
}

/* --- groups ------------------------------------------------------------------------------- */

/* What the values of a group's option are, for errors. */
static void describe_allowed(const struct conf_option *option, char *ret_text, size_t size)
{
    if (option->type == CONF_NUMBER)
        snprintf(ret_text, size, "whole numbers from %lld to %lld", (long long)option->min,
                 (long long)option->max);
    else if (option->type == CONF_CHOICE)
        snprintf(ret_text, size, "\"%s\" and \"%s\"", option->words[0], option->words[1]);
    else
        snprintf(ret_text, size, "strings of at most %d bytes without control characters",
                 CONF_TEXT_MAX);
}

/* Hooks are run at the worst of times: one that cannot be run is better found before. */
static bool check_script(struct config_reader *rd, const config_setting_t *setting,
                         const struct conf_option *option, const char *value)
{
    if (value[0] == '\0' || (option->offset != offsetof(struct group_conf, notification_script) &&
                             option->offset != offsetof(struct group_conf, client_reconfig_script)))
        return true;
    const char *fault = script_io_fault(value);
    if (fault)
        return config_fail(rd, setting,
                           "\"%s\": %s, allowed is the path of a program that can be executed",
                           value, fault);
    return true;
}

static bool read_group_option(struct config_reader *rd, const config_setting_t *setting,
                              const struct conf_option *option, struct group_conf *conf)
{
    char allowed[CONFIG_ALLOWED_MAX];
    char digits[32];
    const char *value = digits;

    describe_allowed(option, allowed, sizeof(allowed));
    if (option->type == CONF_NUMBER) {
        int64_t number = 0;
        if (!config_get_number(rd, setting, option->min, option->max, &number))
            return false;
        snprintf(digits, sizeof(digits), "%lld", (long long)number);
    } else if (!(value = config_get_text(rd, setting, allowed))) {
        return false;
    }
    if (!option_set(conf, option, value))
        return config_fail(rd, setting, "%s%s%s is not allowed, allowed are %s",
                           option->secret ? "" : "\"", option->secret ? "this value" : value,
                           option->secret ? "" : "\"", allowed);
    return check_script(rd, setting, option, value);
}

static bool read_group_member(struct config_reader *rd, const config_setting_t *member,
                              struct group_decl *group)
{
    const struct config_option *base = find_option(group_base_options, member->name);
    if (base)
        return base->read(rd, member, base, group);
    const struct conf_option *option = group_option_by_file_name(member->name);
    if (option)
        return read_group_option(rd, member, option, &group->conf);
    return fail_unknown(rd, member, group_base_options, true);
}

static bool read_group(struct config_reader *rd, const config_setting_t *setting,
                       struct group_decl *group)
{
    if (!config_setting_is_group(setting))
        return config_fail(rd, setting,
                           "is %s, allowed is a section: { name = ...; host = ...; ... }",
                           config_type_name(setting));
    group->line = (int)config_text_origin(rd->text, config_setting_source_line(setting)).file_line;
    group_conf_init(&group->conf);
    for (int i = 0; i < config_setting_length(setting); i++)
        if (!read_group_member(rd, config_setting_get_elem(setting, (unsigned)i), group))
            return false;
    for (const struct config_option *o = group_base_options; o->name; o++)
        if (!config_setting_get_member(setting, o->name))
            return config_fail(rd, setting, "%s is missing, name, host and port must be there",
                               o->name);
    return true;
}

/* No name and no address twice. */
static bool check_unique(struct config_reader *rd, const config_setting_t *setting,
                         const struct config *config, size_t i)
{
    char text[ADDR_TEXT_MAX];
    const struct group_decl *group = &config->groups[i];
    for (size_t k = 0; k < i; k++) {
        const struct group_decl *other = &config->groups[k];
        if (strcmp(other->name, group->name) == 0)
            return config_fail(
                rd, config_setting_get_member(setting, "name"),
                "\"%s\" is the name of groups[%zu] too, allowed are names that differ", group->name,
                k);
        if (addr_equal(&other->addr, &group->addr))
            return config_fail(
                rd, config_setting_get_member(setting, "host"),
                "%s is the primary of groups[%zu] too, allowed is one group for an address",
                addr_format(&group->addr, text), k);
    }
    return true;
}

static bool read_groups(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into)
{
    struct config *config = into;
    (void)option;
    if (!config_setting_is_list(setting))
        return config_fail(rd, setting, "is %s, allowed is a list: ( { ... }, { ... } )",
                           config_type_name(setting));
    int n = config_setting_length(setting);
    if (n > GROUPS_MAX)
        return config_fail(rd, setting, "are %d, allowed are at most %d", n, GROUPS_MAX);
    config->groups = calloc((size_t)n + 1, sizeof(*config->groups));
    if (!config->groups)
        return config_fail(rd, setting, "memory is out");

    for (int i = 0; i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
        if (!read_group(rd, element, &config->groups[i]))
            return false;
        config->n_groups++;
        if (!check_unique(rd, element, config, (size_t)i))
            return false;
    }
    return true;
}

/* --- the whole ---------------------------------------------------------------------------- */

static void set_defaults(struct config *config)
{
    memset(config, 0, sizeof(*config));
    bool done = addr_set(&config->listen, DEFAULT_HOST, DEFAULT_PORT);
    assert(done);
    (void)done;
    config->log_level = LOG_LEVEL_NOTICE;
    config->clients_max = CONFIG_CLIENTS_DEFAULT;
    config->deny_scripts_reconfig = true;
}

static bool read_root(struct config_reader *rd, const config_setting_t *root, struct config *config)
{
    const struct config_option whole = { "", read_section, 0, 0, 0, root_options };
    if (!read_section(rd, root, &whole, config))
        return false;
    if (!config->state_dir[0])
        return config_fail(rd, root, "state_dir: is missing, allowed is the path of a folder");
    if (config->announce.port == 0)
        config->announce.port = config->listen.port;
    return true;
}

#ifdef __SANITIZE_ADDRESS__
/* libconfig loses the string that it was reading when the syntax is wrong. That is a few bytes for
 * each bad file, and nothing that we could free: the leak checker shall not end a test for it. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig\n";
}
#endif

/* libconfig's own complaint in our form. */
static void fail_parse(struct config_reader *rd, const config_t *parsed)
{
    struct config_origin origin = config_text_origin(rd->text, (unsigned)parsed->error_line);
    snprintf(rd->error, CONFIG_ERROR_MAX, "%s:%u: %s, allowed is name = value; (each name once)",
             origin.file, origin.file_line, config_error_text(parsed));
}

int config_load(struct config *ret_config, const char *path, char ret_error[CONFIG_ERROR_MAX])
{
    struct config config;
    struct config_text text;
    config_t parsed;
    struct config_reader rd = { &text, ret_error };

    if (config_text_read(&text, path, ret_error) != 0)
        return -1;
    set_defaults(&config);
    config_init(&parsed);
    if (!config_read_string(&parsed, buf_data(&text.bytes))) {
        fail_parse(&rd, &parsed);
        goto failed;
    }
    if (!read_root(&rd, config_root_setting(&parsed), &config))
        goto failed;
    config_destroy(&parsed);
    config_text_done(&text);
    *ret_config = config;
    return 0;

failed:
    config_destroy(&parsed);
    config_text_done(&text);
    config_done(&config);
    return -1;
}

void config_done(struct config *config)
{
    free(config->groups);
    memset(config, 0, sizeof(*config));
}
