#include "wire/acl_gate.h"

#include <stdio.h>

#include "wire/acl.h"
#include "wire/client.h"
#include "wire/command.h"

#define WRONGPASS "WRONGPASS invalid username-password pair or user is disabled."
#define NOAUTH    "NOAUTH Authentication required."
#define NO_PASSWORD                                                                                \
    "ERR AUTH <password> called without any password configured for the default user. Are you "    \
    "sure your configuration is correct?"
#define NOAUTH_HELLO                                                                               \
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "      \
    "AUTH <user> <pass> option can be used to authenticate the client and select the "             \
    "RESP protocol version at the same time"
#define BAD_NAME "ERR Client names cannot contain spaces, newlines or special characters."

#define PROTO_MIN 2
#define PROTO_MAX 3

bool acl_gate_init(struct acl_gate *gate, const struct command_table *table, acl_digest_fn *digest,
                   acl_clock_fn *clock, void *clock_arg)
{
    *gate = (struct acl_gate){ .clock = clock, .clock_arg = clock_arg };
    gate->acl = acl_new(table, digest);
    return gate->acl != NULL;
}

void acl_gate_done(struct acl_gate *gate)
{
    acl_log_clear(&gate->log);
    acl_free(gate->acl);
    gate->acl = NULL;
}

void acl_gate_greet(struct acl_gate *gate, struct client *c)
{
    client_log_out(c);
    if (acl_is_open(gate->acl))
        c->flags |= CLIENT_AUTHENTICATED;
}

bool acl_gate_knows(const struct acl_gate *gate, const struct client *c)
{
    return (c->flags & CLIENT_AUTHENTICATED) || acl_is_open(gate->acl);
}

/* What was refused goes to ACL LOG. */
static void note(struct acl_gate *gate, const struct client *c, enum acl_reason reason,
                 struct slice object, struct slice user)
{
    struct acl_when when = gate->clock(gate->clock_arg);
    struct buf line = { 0 };

    client_describe(c, when.now, &line);
    acl_log_add(&gate->log, reason, (c->flags & CLIENT_IN_MULTI) != 0, object, user,
                buf_slice(&line), when.wall_ms);
    buf_done(&line);
}

/* AUTH, HELLO AUTH (SAID: which of them); false: the error has been written. */
static bool log_in(struct acl_gate *gate, struct client *c, struct slice said, struct slice name,
                   struct slice password)
{
    const struct acl_user *user = acl_log_in(gate->acl, name, password);

    if (user && client_log_in(c, user->name))
        return true;
    if (!user)
        note(gate, c, ACL_REASON_AUTH, said, name);
    resp_error(&c->reply, user ? "ERR memory is out" : WRONGPASS);
    return false;
}

void acl_gate_auth(struct acl_gate *gate, struct client *c, size_t argc, const struct slice *argv)
{
    struct slice user = argc == 3 ? argv[1] : slice_str(ACL_DEFAULT);

    if (argc > 3)
        resp_error(&c->reply, "ERR syntax error");
    else if (argc == 2 && acl_default(gate->acl)->nopass)
        resp_error(&c->reply, NO_PASSWORD);
    else if (log_in(gate, c, argv[0], user, argv[argc - 1]))
        resp_ok(&c->reply);
}

/* AUTH user password, SETNAME name. False: the error has been written. */
static bool read_hello_options(struct acl_gate *gate, struct client *c, size_t argc,
                               const struct slice *argv, struct slice *ret_name)
{
    for (size_t i = 2; i < argc; i++) {
        size_t left = argc - 1 - i;
        if (slice_is_nocase(argv[i], "auth") && left >= 2) {
            if (!log_in(gate, c, argv[0], argv[i + 1], argv[i + 2]))
                return false;
            i += 2;
        } else if (slice_is_nocase(argv[i], "setname") && left >= 1) {
            *ret_name = argv[++i];
        } else {
            resp_errorf(&c->reply, "ERR Syntax error in HELLO option '%.*s'",
                        (int)(argv[i].n < 128 ? argv[i].n : 128), argv[i].p);
            return false;
        }
    }
    return true;
}

bool acl_gate_hello(struct acl_gate *gate, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t proto = c->reply.proto;
    struct slice name = { NULL, 0 };

    if (argc > 1 && !slice_to_int64(argv[1], &proto)) {
        resp_error(&c->reply, "ERR Protocol version is not an integer or out of range");
        return false;
    }
    if (proto < PROTO_MIN || proto > PROTO_MAX) {
        resp_error(&c->reply, "NOPROTO unsupported protocol version");
        return false;
    }
    if (!read_hello_options(gate, c, argc, argv, &name))
        return false;
    if (!acl_gate_knows(gate, c)) {
        resp_error(&c->reply, NOAUTH_HELLO);
        return false;
    }
    if (name.p && !client_set_field(&c->name, name)) {
        resp_error(&c->reply, BAD_NAME);
        return false;
    }
    c->reply.proto = (int)proto;
    return true;
}

/* Redis 7.0's words. */
static const char *say(struct acl_gate *gate, enum acl_verdict verdict, const char *command)
{
    static const struct {
        const char *text, *reason;
    } words[] = {
        [ACL_DENIED_COMMAND] = { NULL, "no permission to execute the command or subcommand" },
        [ACL_DENIED_KEY] = { "access one of the keys used as arguments",
                             "no permission to touch the specified keys" },
        [ACL_DENIED_CHANNEL] = { "access one of the channels used as arguments",
                                 "no permission to access one of the channels used as arguments" },
    };

    gate->reason = words[verdict].reason;
    if (verdict == ACL_DENIED_COMMAND)
        snprintf(gate->text, sizeof(gate->text),
                 "NOPERM this user has no permissions to run the '%s' command", command);
    else
        snprintf(gate->text, sizeof(gate->text), "NOPERM this user has no permissions to %s",
                 words[verdict].text);
    return gate->text;
}

const char *acl_gate_refusal(struct acl_gate *gate, struct client *c, const struct command_match *m,
                             size_t argc, const struct slice *argv)
{
    static const enum acl_reason reasons[] = { [ACL_DENIED_COMMAND] = ACL_REASON_COMMAND,
                                               [ACL_DENIED_KEY] = ACL_REASON_KEY,
                                               [ACL_DENIED_CHANNEL] = ACL_REASON_CHANNEL };
    const struct acl_user *user = acl_find(gate->acl, slice_str(client_user(c)));
    char name[COMMAND_FULL_NAME_SIZE];
    enum acl_verdict verdict;
    size_t arg = 0;

    if (m->command->flags & COMMAND_NO_AUTH)
        return NULL;
    if (!user || !acl_gate_knows(gate, c)) {
        gate->reason = NOAUTH;
        return NOAUTH;
    }
    if (acl_user_is_free(user))
        return NULL;
    verdict = acl_user_check(user, m, argc, argv, &arg);
    if (verdict == ACL_ALLOWED)
        return NULL;
    command_full_name(m, name);
    note(gate, c, reasons[verdict], verdict == ACL_DENIED_COMMAND ? slice_str(name) : argv[arg],
         slice_str(user->name));
    return say(gate, verdict, name);
}

/* What a connection listens to, held against its user's rights. */
struct subscriptions {
    const struct acl_user *user;
    bool pattern, refused;
};

static void look_at(void *ctx, struct slice topic)
{
    struct subscriptions *subs = ctx;
    subs->refused |= !acl_user_allows_channel(subs->user, topic, subs->pattern);
}

bool acl_gate_may_stay(const struct acl_gate *gate, const struct client *c)
{
    const struct acl_user *user = acl_find(gate->acl, slice_str(client_user(c)));
    struct subscriptions subs = { .user = user };

    if (!user)
        return false;
    pubsub_each_topic(&c->subs, PUBSUB_CHANNEL, look_at, &subs);
    subs.pattern = true;
    pubsub_each_topic(&c->subs, PUBSUB_PATTERN, look_at, &subs);
    return !subs.refused;
}
