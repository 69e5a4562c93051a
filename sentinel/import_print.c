#include <stdio.h>
#include <string.h>

#include "sentinel/import_own.h"

/* "text", escaped as libconfig wants it; there are no control characters in it. */
static void put_text(struct buf *to, const char *text)
{
    buf_append_str(to, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_append_str(to, "\\");
        buf_append(to, text, 1);
    }
    buf_append_str(to, "\"");
}

static void put_named_text(struct buf *to, const char *indent, const char *name, const char *text)
{
    buf_printf(to, "%s%s = ", indent, name);
    put_text(to, text);
    buf_append_str(to, ";\n");
}

/* One setting. */
static void put_option(struct buf *to, const char *indent, const struct conf_option *option,
                       const void *conf)
{
    char text[CONF_TEXT_MAX + 1];

    option_get(conf, option, text);
    if (option->type == CONF_NUMBER)
        buf_printf(to, "%s%s = %s;\n", indent, option->file_name, text);
    else if (option->type == CONF_CHOICE && option->words == option_no_yes)
        buf_printf(to, "%s%s = %s;\n", indent, option->file_name,
                   strcmp(text, "yes") == 0 ? "true" : "false");
    else
        put_named_text(to, indent, option->file_name, text);
}

/* --- the process -------------------------------------------------------------------------- */

static void print_listen(const struct import *im, struct buf *to)
{
    buf_append_str(to, "listen = { host = ");
    put_text(to, im->listen.host);
    buf_printf(to, "; port = %u; };\n", (unsigned)im->listen.port);
}

static void print_announce(const struct global_conf *global, struct buf *to)
{
    if (!global->announce_ip[0] && global->announce_port == 0)
        return;
    buf_append_str(to, "announce = { ");
    if (global->announce_ip[0]) {
        buf_append_str(to, "host = ");
        put_text(to, global->announce_ip);
        buf_append_str(to, "; ");
    }
    if (global->announce_port != 0)
        buf_printf(to, "port = %lld; ", (long long)global->announce_port);
    buf_append_str(to, "};\n");
}

/* What the process says to peers: Sentinel falls back on its own password. */
static void print_peer_password(const struct import *im, struct buf *to)
{
    if (im->global.sentinel_pass[0]) {
        if (im->global.sentinel_user[0])
            put_named_text(to, "", "sentinel_user", im->global.sentinel_user);
        put_named_text(to, "", "sentinel_pass", im->global.sentinel_pass);
    } else if (im->requirepass[0]) {
        buf_append_str(to, "# Sentinel shows its peers its own password when it has no other.\n");
        put_named_text(to, "", "sentinel_pass", im->requirepass);
    }
}

/* The settings of global_table that are not printed by the functions above. */
static void print_global(const struct import *im, struct buf *to)
{
    struct global_conf preset;

    global_conf_init(&preset);
    memcpy(preset.announce_ip, im->global.announce_ip, sizeof(preset.announce_ip));
    preset.announce_port = im->global.announce_port;
    memcpy(preset.sentinel_user, im->global.sentinel_user, sizeof(preset.sentinel_user));
    memcpy(preset.sentinel_pass, im->global.sentinel_pass, sizeof(preset.sentinel_pass));
    for (size_t i = 0; i < global_table.n; i++)
        if (!option_equal(&im->global, &preset, &global_table.options[i]))
            put_option(to, "", &global_table.options[i], &im->global);
    if (im->clients_max > 0)
        buf_printf(to, "maxclients = %lld;\n", (long long)im->clients_max);
    if (im->scripts_free)
        buf_append_str(to, "deny_scripts_reconfig = false;\n");
    if (im->requirepass[0])
        put_named_text(to, "", "requirepass", im->requirepass);
    if (im->acl_file[0])
        put_named_text(to, "", "acl_file", im->acl_file);
}

/* --- groups ------------------------------------------------------------------------------- */

static void print_group(const struct import_group *group, struct buf *to)
{
    static const char indent[] = "        ";
    struct group_conf preset;

    group_conf_init(&preset);
    preset.quorum = 0; /* shown whatever it is */
    buf_append_str(to, "    {\n");
    put_named_text(to, indent, "name", group->name);
    put_named_text(to, indent, "host", group->addr.host);
    buf_printf(to, "%sport = %u;\n", indent, (unsigned)group->addr.port);
    for (size_t i = 0; i < group_options_count; i++)
        if (!option_equal(&group->conf, &preset, &group_options[i]))
            put_option(to, indent, &group_options[i], &group->conf);
    buf_append_str(to, "    }");
}

static void print_groups(const struct import *im, struct buf *to)
{
    buf_append_str(to, "\ngroups = (\n");
    for (size_t i = 0; i < im->n_groups; i++) {
        print_group(&im->groups[i], to);
        buf_append_str(to, i + 1 < im->n_groups ? ",\n" : "\n");
    }
    buf_append_str(to, ");\n");
}

/* --- the seed ----------------------------------------------------------------------------- */

static bool group_has_past(const struct import_group *group)
{
    return group->config_epoch > 0 || group->leader_epoch > 0 || group->n_replicas > 0 ||
           group->n_peers > 0;
}

/* Whether Sentinel has ever run with this file. */
static bool has_past(const struct import *im)
{
    for (size_t i = 0; i < im->n_groups; i++)
        if (group_has_past(&im->groups[i]))
            return true;
    return im->myid[0] || im->current_epoch > 0;
}

/* The highest epoch that was seen anywhere in the file. */
static uint64_t highest_epoch(const struct import *im)
{
    uint64_t epoch = im->current_epoch;

    for (size_t i = 0; i < im->n_groups; i++) {
        const struct import_group *group = &im->groups[i];
        epoch = group->config_epoch > epoch ? group->config_epoch : epoch;
        epoch = group->leader_epoch > epoch ? group->leader_epoch : epoch;
    }
    return epoch;
}

static void print_replicas(const struct import_group *group, struct buf *to)
{
    char text[ADDR_TEXT_MAX];

    buf_append_str(to, "            replicas = (");
    for (size_t i = 0; i < group->n_replicas; i++) {
        buf_append_str(to, i ? ", " : " ");
        put_text(to, addr_format(&group->replicas[i], text));
    }
    buf_append_str(to, " );\n");
}

static void print_peers(const struct import_group *group, struct buf *to)
{
    buf_append_str(to, "            sentinels = (");
    for (size_t i = 0; i < group->n_peers; i++) {
        const struct import_peer *peer = &group->peers[i];
        buf_append_str(to, i ? ",\n                { host = " : "\n                { host = ");
        put_text(to, peer->addr.host);
        buf_printf(to, "; port = %u; runid = \"%s\"; }", (unsigned)peer->addr.port, peer->runid);
    }
    buf_append_str(to, " );\n");
}

static void print_seed_group(const struct import_group *group, struct buf *to)
{
    buf_append_str(to, "        {\n");
    put_named_text(to, "            ", "name", group->name);
    buf_printf(to, "            config_epoch = \"%llu\";\n            leader_epoch = \"%llu\";\n",
               (unsigned long long)group->config_epoch, (unsigned long long)group->leader_epoch);
    print_replicas(group, to);
    print_peers(group, to);
    buf_append_str(to, "        }");
}

static void print_seed(const struct import *im, struct buf *to)
{
    if (!has_past(im))
        return;
    buf_append_str(to, "\n# What Sentinel had learnt. It is read when state_dir is empty, at the "
                       "first start, and may be deleted then.\nseed = {\n");
    if (im->myid[0])
        put_named_text(to, "    ", "myid", im->myid);
    buf_printf(to, "    current_epoch = \"%llu\";\n    groups = (\n",
               (unsigned long long)highest_epoch(im));
    for (size_t i = 0; i < im->n_groups; i++) {
        print_seed_group(&im->groups[i], to);
        buf_append_str(to, i + 1 < im->n_groups ? ",\n" : "\n");
    }
    buf_append_str(to, "    );\n};\n");
}

/* --- the whole ---------------------------------------------------------------------------- */

static bool has_secrets(const struct import *im)
{
    for (size_t i = 0; i < im->n_groups; i++)
        if (im->groups[i].conf.auth_pass[0])
            return true;
    return im->requirepass[0] || im->global.sentinel_pass[0];
}

void import_print(const struct import *im, struct buf *text)
{
    buf_append_str(text, "# Made by picketd --import. Every option is explained in the sample "
                         "picketd.conf.\n");
    if (has_secrets(im))
        buf_append_str(text,
                       "# Passwords stand here: keep this file readable for picketd alone.\n");
    buf_append_str(text, "\n");
    print_listen(im, text);
    print_announce(&im->global, text);
    buf_append_str(text, "# For what is learnt and must survive a restart: Sentinel kept it in its "
                         "configuration.\nstate_dir = \"" IMPORT_STATE_DIR "\";\n");
    print_global(im, text);
    print_peer_password(im, text);
    print_groups(im, text);
    print_seed(im, text);
    if (buf_used(&im->notes) > 0) {
        buf_append_str(text, "\n");
        buf_append(text, buf_data(&im->notes), buf_used(&im->notes));
    }
}
