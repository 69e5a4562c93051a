#include "sentinel/config_io.h"

#include <assert.h>
#include <libconfig.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/log_io.h"
#include "sentinel/config_hooks_io.h"
#include "sentinel/config_seed_io.h"
#include "sentinel/config_table_io.h"
#include "sentinel/config_text_io.h"
#include "sentinel/config_value_io.h"
#include "sentinel/model.h"
#include "sentinel/seed_io.h"

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 26379
#define HTTP_PORT    26380

/* --- the tables --------------------------------------------------------------------------- */

static bool read_announce(struct config_reader *rd, const config_setting_t *setting,
                          const struct config_option *option, void *into);
static bool read_secret(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into);
static bool read_http(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into);
static bool read_log_format(struct config_reader *rd, const config_setting_t *setting,
                            const struct config_option *option, void *into);
static bool read_voters(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into);
static bool read_groups(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into);

static const struct config_option listen_options[] = {
    { "host", config_read_host, 0, 0, 0, NULL },
    { "port", config_read_port, 0, 1, 65535, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

static const struct config_option http_options[] = {
    { "host", config_read_host, offsetof(struct config_http, listen), 0, 0, NULL },
    { "port", config_read_port, offsetof(struct config_http, listen), 1, 65535, NULL },
    { "token", read_secret, offsetof(struct config_http, token), 0, CONF_TEXT_MAX, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

/* Besides these the file has those of global_table. */
static const struct config_option root_options[] = {
    { "listen", config_read_section, offsetof(struct config, listen), 0, 0, listen_options },
    { "announce", read_announce, 0, 0, 0, listen_options },
    { "state_dir", config_read_path, offsetof(struct config, state_dir), 1, CONFIG_PATH_MAX, NULL },
    { "maxclients", config_read_size, offsetof(struct config, clients_max), 1, CONFIG_CLIENTS_MAX,
      NULL },
    { "deny_scripts_reconfig", config_read_bool, offsetof(struct config, deny_scripts_reconfig), 0,
      0, NULL },
    { "requirepass", read_secret, offsetof(struct config, requirepass), 0, CONF_TEXT_MAX, NULL },
    { "http", read_http, offsetof(struct config, http), 0, 0, http_options },
    { "acl_file", config_read_path, offsetof(struct config, acl_file), 1, CONFIG_PATH_MAX, NULL },
    { "trace", config_read_path, offsetof(struct config, trace), 1, CONFIG_PATH_MAX, NULL },
    { "log_format", read_log_format, offsetof(struct config, log_format), 0, 0, NULL },
    { "voters", read_voters, 0, 0, 0, NULL },
    { "groups", read_groups, 0, 0, 0, NULL },
    { "hooks", config_read_hooks, offsetof(struct config, hooks), 0, 0, NULL },
    { "seed", config_read_seed, offsetof(struct config, seed), 0, 0, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

/* Besides these each group has those of group_table. */
static const struct config_option group_base_options[] = {
    { "name", config_read_group_name, offsetof(struct group_decl, name), 0, 0, NULL },
    { "host", config_read_host, offsetof(struct group_decl, addr), 0, 0, NULL },
    { "port", config_read_port, offsetof(struct group_decl, addr), 1, 65535, NULL },
    { "hooks", config_read_hooks, offsetof(struct group_decl, hooks), 0, 0, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

/* What stands in every group. */
static const struct config_option group_needed_options[] = {
    { "name", NULL, 0, 0, 0, NULL },
    { "host", NULL, 0, 0, 0, NULL },
    { "port", NULL, 0, 0, 0, NULL },
    { NULL, NULL, 0, 0, 0, NULL },
};

/* --- other supervisors -------------------------------------------------------------------- */

/* announce = { host; port; }: another way to write announce_ip and announce_port. */
static bool read_announce(struct config_reader *rd, const config_setting_t *setting,
                          const struct config_option *option, void *into)
{
    struct config *config = into;
    struct addr announce = { "", 0 };
    const struct config_option whole = { "", config_read_section, 0, 0, 0, option->section };

    if (config_setting_get_member(setting->parent, "announce_ip") ||
        config_setting_get_member(setting->parent, "announce_port"))
        return config_fail(rd, setting,
                           "means the same as announce_ip and announce_port, allowed is one way");
    if (!config_read_section(rd, setting, &whole, &announce))
        return false;
    memcpy(config->global.announce_ip, announce.host, sizeof(announce.host));
    config->global.announce_port = announce.port;
    return true;
}

/* http = { host; port; token; }: off unless it is there. */
static bool read_http(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    struct config *config = into;
    bool done = addr_set(&config->http.listen, DEFAULT_HOST, HTTP_PORT);

    assert(done);
    (void)done;
    return config_read_section(rd, setting, option, into);
}

/* A password: no error shows it. */
static bool read_secret(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into)
{
    const char *text = config_get_text(rd, setting, "a string");
    size_t n = text ? strlen(text) : 0;

    if (!text)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return config_fail(rd, setting,
                               "this value is not allowed, allowed are strings "
                               "without control characters");
    if (n > (size_t)option->max)
        return config_fail(rd, setting, "this value is too long, allowed are %lld bytes",
                           (long long)option->max);
    memcpy((char *)into + option->offset, text, n + 1);
    return true;
}

static bool read_log_format(struct config_reader *rd, const config_setting_t *setting,
                            const struct config_option *option, void *into)
{
    const char *allowed = "\"text\", \"logfmt\" and \"json\"";
    const char *text = config_get_text(rd, setting, allowed);
    enum log_format format;

    if (!text)
        return false;
    if (!log_format_parse(text, &format))
        return config_fail(rd, setting, "\"%s\" is not allowed, allowed are %s", text, allowed);
    *(int *)(void *)((char *)into + option->offset) = (int)format;
    return true;
}

/* "run id" or "host:port" */
static bool read_voter(struct config_reader *rd, const config_setting_t *element, void *item)
{
    const char *allowed = "a string with a run id or with host:port";
    struct voter *voter = item;
    const char *text = config_get_text(rd, element, allowed);

    if (!text)
        return false;
    if (peer_runid_valid(text, strlen(text)))
        memcpy(voter->runid, text, sizeof(voter->runid));
    else if (!addr_parse(&voter->addr, text) || voter->addr.port == 0)
        return config_fail(rd, element, "\"%s\" is no supervisor, allowed is %s", text, allowed);
    return true;
}

static bool read_voters(struct config_reader *rd, const config_setting_t *setting,
                        const struct config_option *option, void *into)
{
    struct config *config = into;
    void *items = NULL;
    size_t n = 0;
    (void)option;
    bool done =
        config_read_list(rd, setting, PEERS_MAX + 1, sizeof(struct voter), &items, &n, read_voter);
    config->voters = items;
    config->n_voters = (uint32_t)n;
    return done;
}

/* --- groups ------------------------------------------------------------------------------- */

static bool read_group(struct config_reader *rd, const config_setting_t *setting,
                       struct group_decl *group)
{
    group->line = (int)config_text_origin(rd->text, config_setting_source_line(setting)).file_line;
    group_conf_init(&group->conf);
    return config_read_mixed(rd, setting, group_base_options, group, &group_table, &group->conf) &&
           config_need_all(rd, setting, group_needed_options, "name, host and port");
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
        config->n_groups++; /* what it owns is given up with it */
        if (!read_group(rd, element, &config->groups[i]))
            return false;
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
    global_conf_init(&config->global);
    config->clients_max = CONFIG_CLIENTS_DEFAULT;
    config->deny_scripts_reconfig = true;
}

/* A name for a primary needs leave to look names up. */
static bool check_names(struct config_reader *rd, const config_setting_t *root,
                        const struct config *config)
{
    const config_setting_t *groups = config_setting_get_member(root, "groups");

    for (size_t i = 0; i < config->n_groups && !config->global.resolve_hostnames; i++) {
        const struct addr *addr = &config->groups[i].addr;
        const config_setting_t *group = config_setting_get_elem(groups, (unsigned)i);
        if (!addr_is_numeric(addr))
            return config_fail(rd, config_setting_get_member(group, "host"),
                               "\"%s\" is a name, allowed are addresses while resolve_hostnames "
                               "is off",
                               addr->host);
    }
    return true;
}

/* All hooks into one list. */
static bool join_hooks(struct config_reader *rd, const config_setting_t *root,
                       struct config *config)
{
    const config_setting_t *groups = config_setting_get_member(root, "groups");

    for (size_t i = 0; i < config->n_groups; i++) {
        struct group_decl *group = &config->groups[i];
        const config_setting_t *section = config_setting_get_elem(groups, (unsigned)i);

        if (group->hooks.n > 0 &&
            !config_join_hooks(rd, config_setting_get_member(section, "hooks"), &config->hooks,
                               &group->hooks, group->name))
            return false;
    }
    return true;
}

static bool read_root(struct config_reader *rd, const config_setting_t *root, struct config *config)
{
    if (!config_read_mixed(rd, root, root_options, config, &global_table, &config->global))
        return false;
    if (!config->state_dir[0])
        return config_fail(rd, root, "state_dir: is missing, allowed is the path of a folder");
    return check_names(rd, root, config) && join_hooks(rd, root, config) &&
           config_check_seed(rd, root, config);
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
    seed_free(config->seed);
    for (size_t i = 0; i < config->n_groups; i++)
        free(config->groups[i].hooks.hooks);
    free(config->hooks.hooks);
    free(config->voters);
    free(config->groups);
    memset(config, 0, sizeof(*config));
}
