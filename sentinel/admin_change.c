#include <stdio.h>

#include "probes/renames.h"
#include "sentinel/admin_own.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/option_check.h"
#include "wire/client.h"

/* Hand a request over; the reply comes with its ticket. */
static void submit(struct admin *admin, struct client *c, struct request *request)
{
    request->ticket = admin_defer(admin, c, (int)request->kind);
    if (request->ticket != 0)
        admin->ops.submit(admin->arg, request);
}

/* Who asks for a failover, for the history. */
static void sign(const struct client *c, struct request *request)
{
    snprintf(request->asked_by, sizeof(request->asked_by), "%s at %s%s%.64s", client_user(c),
             c->addr, c->name ? ", " : "", c->name ? c->name : "");
}

/* A request about the group that argv[2] names; the core says when there is none. */
static void submit_about(struct admin *admin, struct client *c, enum request_kind kind,
                         struct slice name)
{
    struct request request = { .kind = kind };
    if (!admin_find_group(admin, c, name))
        return;
    slice_copy(name, request.name, sizeof(request.name));
    sign(c, &request);
    submit(admin, c, &request);
}

/* COORDINATED asks for what is done in any case: nothing is lost while the primary works. */
void admin_sentinel_failover(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    if (!admin_find_group(app, c, argv[2]))
        return;
    for (size_t i = 3; i < argc; i++)
        if (!slice_is_nocase(argv[i], "coordinated")) {
            resp_error(&c->reply, "ERR Unknown failover option specified");
            return;
        }
    submit_about(app, c, REQUEST_FAILOVER, argv[2]);
}

/* [TO host port] [FORCE]; the error, or NULL. */
static const char *read_switchover(size_t argc, const struct slice *argv,
                                   struct request *ret_request)
{
    int64_t port;

    for (size_t i = 0; i < argc; i++) {
        if (slice_is_nocase(argv[i], "force")) {
            ret_request->hasty = true;
        } else if (slice_is_nocase(argv[i], "to") && argc - i > 2) {
            if (!slice_to_int64(argv[i + 2], &port) || port < 1 || port > UINT16_MAX)
                return "ERR Invalid port number.";
            if (!addr_set_slice(&ret_request->addr, argv[i + 1].p, argv[i + 1].n, port))
                return "ERR Invalid IP address or hostname specified";
            i += 2;
        } else {
            return "ERR syntax error, allowed are TO <host> <port> and FORCE";
        }
    }
    return NULL;
}

void admin_picket_switchover(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_FAILOVER };
    const char *error;

    if (!admin_find_group(app, c, argv[2]))
        return;
    slice_copy(argv[2], request.name, sizeof(request.name));
    sign(c, &request);
    error = read_switchover(argc - 3, argv + 3, &request);
    if (error)
        resp_error(&c->reply, error);
    else
        submit(app, c, &request);
}

void admin_picket_ack(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    submit_about(app, c, REQUEST_ACK, argv[2]);
}

void admin_sentinel_remove(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    submit_about(app, c, REQUEST_REMOVE, argv[2]);
}

void admin_sentinel_flushconfig(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_FLUSH };
    (void)argc;
    (void)argv;
    submit(app, c, &request);
}

void admin_sentinel_reset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_RESET };
    (void)argc;
    if (!slice_copy(argv[2], request.name, sizeof(request.name)))
        resp_errorf(&c->reply, "ERR Invalid pattern, allowed are %d bytes", GROUP_NAME_MAX);
    else
        submit(app, c, &request);
}

/* --- MONITOR ---------------------------------------------------------------------------------- */

/* The checks in Redis Sentinel's order, with its words. NULL: all is well. */
static const char *check_monitor(const struct slice *argv, bool names, struct request *ret_request)
{
    int64_t quorum, port;
    if (!slice_to_int64(argv[5], &quorum))
        return "ERR Invalid quorum";
    if (!slice_to_int64(argv[4], &port))
        return "ERR Invalid port";
    if (quorum <= 0)
        return "ERR Quorum must be 1 or greater.";
    const struct conf_option *option = group_option_by_wire_name("quorum");
    if (quorum > option->max)
        return "ERR Invalid quorum";
    ret_request->conf.quorum = quorum;
    if (!addr_set_slice(&ret_request->addr, argv[3].p, argv[3].n, 1) ||
        !(names || addr_is_numeric(&ret_request->addr)))
        return "ERR Invalid IP address or hostname specified";
    /* A port of 0 can never be reached. */
    if (port < 1 || port > UINT16_MAX)
        return "ERR Invalid port number.";
    ret_request->addr.port = (uint16_t)port;
    if (!group_name_valid(argv[2].p, argv[2].n))
        return "ERR Invalid master name: allowed are 1 to 128 printable characters without space, "
               "comma and quotes";
    slice_copy(argv[2], ret_request->name, sizeof(ret_request->name));
    return NULL;
}

void admin_sentinel_monitor(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_MONITOR };
    if (!admin_refuse_controls(c, argc, argv, 2, "SENTINEL MONITOR"))
        return;
    const struct core *core = admin_core(app);
    group_conf_init(&request.conf);
    request.conf.down_after_ms = core->tunables.default_down_after;
    request.conf.failover_timeout_ms = core->tunables.default_failover_timeout;
    bool names = core->global.resolve_hostnames != 0;
    const char *error = check_monitor(argv, names, &request);
    if (error)
        resp_error(&c->reply, error);
    else
        submit(app, c, &request);
}

/* --- SET -------------------------------------------------------------------------------------- */

#define DENIED                                                                                     \
    "ERR Reconfiguration of scripts path is denied for security reasons. Check the "               \
    "deny-scripts-reconfig configuration directive in your Sentinel configuration"

/* Options whose value is the path of a script, and what is said of a bad one. */
static const struct script_option {
    size_t offset;
    const char *unusable;
} script_options[] = {
    { offsetof(struct group_conf, notification_script),
      "ERR Notification script seems non existing or non executable" },
    { offsetof(struct group_conf, client_reconfig_script),
      "ERR Client reconfiguration script seems non existing or non executable" },
};

/* What speaks against that value of the option, when it is a script; NULL: nothing. */
static const char *check_script(const struct admin *admin, const struct conf_option *option,
                                const char *path)
{
    for (size_t i = 0; i < sizeof(script_options) / sizeof(script_options[0]); i++) {
        if (script_options[i].offset != option->offset)
            continue;
        enum admin_script found = admin->ops.check_script(admin->arg, path);
        if (found != ADMIN_SCRIPT_ALLOWED)
            return found == ADMIN_SCRIPT_DENIED ? DENIED : script_options[i].unusable;
    }
    return NULL;
}

/* A value that the option does not take. Returns false. */
static bool refuse_value(struct client *c, const struct conf_option *option, struct slice value)
{
    struct slice shown = option->secret ? slice_str("******") : value;
    resp_errorf(&c->reply, "ERR Invalid argument '%.*s' for SENTINEL SET '%s'", admin_quoted(shown),
                shown.p, option->wire_name);
    return false;
}

/* rename-command OLD NEW: a pair of the text that the option holds. */
static bool read_rename(struct client *c, const struct conf_option *option,
                        const struct slice *words, struct request *request)
{
    char command[CONF_TEXT_MAX + 1], name[CONF_TEXT_MAX + 1], text[CONF_TEXT_MAX + 1];

    if (!slice_copy(words[1], command, sizeof(command)) ||
        !renames_edit("", command, "x", text, sizeof(text)))
        return refuse_value(c, option, words[1]);
    if (!slice_copy(words[2], name, sizeof(name)) ||
        !renames_edit(request->conf.rename_commands, command, name, text, sizeof(text)))
        return refuse_value(c, option, words[2]);
    return option_set(&request->conf, option, text);
}

/* OPTION VALUE. False: the error has been written. */
static bool read_value(const struct admin *admin, struct client *c,
                       const struct conf_option *option, struct slice value,
                       struct request *request)
{
    char text[CONF_TEXT_MAX + 1];

    if (!slice_copy(value, text, sizeof(text)) || !option_allows(option, text) ||
        !option_set(&request->conf, option, text))
        return refuse_value(c, option, value);
    const char *fault = check_script(admin, option, text);
    if (fault)
        resp_error(&c->reply, fault);
    return !fault;
}

/* The option of that name, or of the one that Valkey has for it; NULL: there is none. */
static const struct conf_option *find_option(struct slice word)
{
    char name[64];

    if (slice_is_nocase(word, "primary-reboot-down-after-period"))
        word = slice_str("master-reboot-down-after-period");
    return slice_copy(word, name, sizeof(name)) ? group_option_by_wire_name(name) : NULL;
}

/* Take one option with its values into the request; returns how many words it took. 0: the error
 * has been written. */
static size_t read_option(const struct admin *admin, struct client *c, size_t left,
                          const struct slice *words, struct request *request)
{
    const struct conf_option *option = find_option(words[0]);
    bool rename = option && option->offset == offsetof(struct group_conf, rename_commands);
    size_t wanted = rename ? 3 : 2;

    if (!option || left < wanted) {
        resp_errorf(&c->reply, "ERR Unknown option or number of arguments for SENTINEL SET '%.*s'",
                    admin_quoted(words[0]), words[0].p);
        return 0;
    }
    if (!(rename ? read_rename(c, option, words, request)
                 : read_value(admin, c, option, words[1], request)))
        return 0;
    request->set |= UINT64_C(1) << (option - group_options);
    return wanted;
}

/* All of them are read before anything is changed; of an option named twice the last value counts.
 */
void admin_sentinel_set(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_SET };
    const struct group *group = admin_find_group(app, c, argv[2]);

    if (!group || !admin_refuse_controls(c, argc, argv, 3, "SENTINEL SET"))
        return;
    slice_copy(argv[2], request.name, sizeof(request.name));
    request.conf = group->conf;
    for (size_t i = 3; i < argc;) {
        size_t took = read_option(app, c, argc - i, argv + i, &request);
        if (took == 0)
            return;
        i += took;
    }
    submit(app, c, &request);
}

/* --- replies ---------------------------------------------------------------------------------- */

void admin_reply(struct admin *admin, struct client *client, int asked, const struct reply *reply)
{
    static const char *const errors[] = {
        [REPLY_NO_SUCH_GROUP] = "ERR No such master with that name",
        [REPLY_DUPLICATE_GROUP] = "ERR Duplicate master name.",
        [REPLY_IN_PROGRESS] = "INPROG Failover already in progress",
        [REPLY_NO_GOOD_REPLICA] = "NOGOODSLAVE No suitable replica to promote",
        [REPLY_NO_SUCH_REPLICA] = "ERR No such replica of that master",
        [REPLY_NO_QUORUM] = "NOQUORUM Too few supervisors can be reached to elect a leader",
        [REPLY_PAUSED] = "PAUSED The group is paused: PICKET RESUME it first",
        [REPLY_NO_SUCH_NODE] = "ERR No such node of that master",
        [REPLY_NO_SUCH_PEER] = "ERR No such supervisor of that master",
        [REPLY_IS_PRIMARY] =
            "ISPRIMARY It is the primary: hand the group over to another node first",
        [REPLY_STILL_THERE] =
            "STILLTHERE It is there and would be found again at once: stop it first",
        [REPLY_FULL] = "ERR Too many masters are watched",
    };
    (void)admin;
    if (reply->code != REPLY_OK)
        resp_error(&client->reply, errors[reply->code]);
    else if (asked == REQUEST_RESET)
        resp_int(&client->reply, reply->count);
    else
        resp_ok(&client->reply);
}
