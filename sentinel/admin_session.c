#include "sentinel/admin_own.h"
#include "wire/acl.h"
#include "wire/client.h"
#include "wire/client_pubsub.h"
#include "wire/command_reply.h"

#define NOAUTH_HELLO                                                                               \
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "      \
    "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the "     \
    "RESP protocol version at the same time"

#define PROTO_MIN 2
#define PROTO_MAX 3

void admin_ping(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    if (argc > 2)
        resp_error(&c->reply, "ERR wrong number of arguments for 'ping' command");
    else
        client_ping(c, argc, argv);
}

void admin_auth(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct slice user = argc == 3 ? argv[1] : slice_str(ACL_DEFAULT);
    if (argc > 3)
        resp_error(&c->reply, "ERR syntax error");
    else if (argc == 2 && acl_default(admin->acl)->nopass)
        resp_error(&c->reply,
                   "ERR AUTH <password> called without any password configured for the default "
                   "user. Are you sure your configuration is correct?");
    else if (admin_log_in(admin, c, argv[0], user, argv[argc - 1]))
        resp_ok(&c->reply);
}

/* What HELLO's arguments ask for. */
struct greeting {
    int64_t proto;
    struct slice name; /* p NULL: keep it */
};

/* AUTH user password, SETNAME name. False: the error has been written. */
static bool read_hello_options(struct admin *admin, struct client *c, size_t argc,
                               const struct slice *argv, struct greeting *ret_greeting)
{
    for (size_t i = 2; i < argc; i++) {
        size_t left = argc - 1 - i;
        if (slice_is_nocase(argv[i], "auth") && left >= 2) {
            if (!admin_log_in(admin, c, argv[0], argv[i + 1], argv[i + 2]))
                return false;
            i += 2;
        } else if (slice_is_nocase(argv[i], "setname") && left >= 1) {
            ret_greeting->name = argv[++i];
        } else {
            resp_errorf(&c->reply, "ERR Syntax error in HELLO option '%.*s'",
                        (int)(argv[i].n < 128 ? argv[i].n : 128), argv[i].p);
            return false;
        }
    }
    return true;
}

static bool read_hello(struct admin *admin, struct client *c, size_t argc, const struct slice *argv,
                       struct greeting *ret_greeting)
{
    if (argc > 1 && !slice_to_int64(argv[1], &ret_greeting->proto)) {
        resp_error(&c->reply, "ERR Protocol version is not an integer or out of range");
        return false;
    }
    if (ret_greeting->proto < PROTO_MIN || ret_greeting->proto > PROTO_MAX) {
        resp_error(&c->reply, "NOPROTO unsupported protocol version");
        return false;
    }
    if (!read_hello_options(admin, c, argc, argv, ret_greeting))
        return false;
    if (admin_is_known(admin, c))
        return true;
    resp_error(&c->reply, NOAUTH_HELLO);
    return false;
}

void admin_hello(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct greeting greeting = { c->reply.proto, { NULL, 0 } };
    if (!read_hello(app, c, argc, argv, &greeting))
        return;
    if (greeting.name.p && !admin_set_client_name(c, greeting.name))
        return;
    c->reply.proto = (int)greeting.proto;

    resp_map(&c->reply, 6);
    resp_bulk_str(&c->reply, "server");
    resp_bulk_str(&c->reply, "redis");
    resp_bulk_str(&c->reply, "version");
    resp_bulk_str(&c->reply, ADMIN_REDIS_VERSION);
    resp_bulk_str(&c->reply, "proto");
    resp_int(&c->reply, greeting.proto);
    resp_bulk_str(&c->reply, "id");
    resp_int(&c->reply, (int64_t)c->id);
    resp_bulk_str(&c->reply, "mode");
    resp_bulk_str(&c->reply, "sentinel");
    resp_bulk_str(&c->reply, "modules");
    resp_array(&c->reply, 0);
}

/* Nothing is ever left to save here, so all its words mean the same; only ABORT does not. */
void admin_shutdown(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    static const char *const words[] = { "save", "nosave", "now", "force", "safe", "failover" };
    struct admin *admin = app;
    bool abort = argc == 2 && slice_is_nocase(argv[1], "abort");
    size_t known = 0;
    unsigned seen = 0;

    for (size_t i = 1; i < argc; i++)
        for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
            if (slice_is_nocase(argv[i], words[k])) {
                known++;
                seen |= 1u << k;
            }
    if (abort) {
        resp_error(&c->reply, "ERR No shutdown in progress.");
    } else if (known != argc - 1 || (seen & 3) == 3) { /* not SAVE and NOSAVE */
        resp_error(&c->reply, "ERR syntax error");
    } else {
        client_close_after_reply(c);
        admin->ops.stop(admin->arg);
    }
}

void admin_subscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    client_subscribe(admin->pubsub, c, PUBSUB_CHANNEL, argc, argv);
}

void admin_psubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    client_subscribe(admin->pubsub, c, PUBSUB_PATTERN, argc, argv);
}

void admin_unsubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    client_unsubscribe(admin->pubsub, c, PUBSUB_CHANNEL, argc, argv);
}

void admin_punsubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    client_unsubscribe(admin->pubsub, c, PUBSUB_PATTERN, argc, argv);
}

void admin_command(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    (void)argc;
    (void)argv;
    command_reply_all(&c->reply, admin->table);
}

void admin_command_count(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    (void)argc;
    (void)argv;
    command_reply_count(&c->reply, admin->table);
}

void admin_command_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    command_reply_list(&c->reply, admin->table, argc, argv);
}

void admin_command_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    command_reply_info(&c->reply, admin->table, argc, argv);
}

void admin_command_docs(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    command_reply_docs(&c->reply, admin->table, argc, argv);
}

/* GETKEYS and GETKEYSANDFLAGS: no command here has keys. */
void admin_command_getkeys(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct command_match match;
    command_find(admin->table, argc - 2, argv + 2, &match);
    resp_error(&c->reply, match.command ? "ERR The command has no key arguments"
                                        : "ERR Invalid command specified");
}
