#include "sentinel/admin_acl.h"
#include "sentinel/admin_own.h"
#include "wire/acl.h"
#include "wire/acl_log.h"
#include "wire/client.h"

#define WRONGPASS "WRONGPASS invalid username-password pair or user is disabled."
#define NOAUTH    "NOAUTH Authentication required."

void admin_client_opened(struct admin *admin, struct client *client)
{
    if (acl_is_open(admin->acl))
        client->flags |= CLIENT_AUTHENTICATED;
}

bool admin_is_known(const struct admin *admin, const struct client *c)
{
    return (c->flags & CLIENT_AUTHENTICATED) || acl_is_open(admin->acl);
}

/* What was refused goes to ACL LOG. */
static void note(struct admin *admin, const struct client *c, enum acl_reason reason,
                 struct slice object, struct slice user)
{
    struct admin_facts facts = admin_facts(admin);
    struct buf line = { 0 };

    client_describe(c, facts.now, &line);
    acl_log_add(&admin->acl_log, reason, object, user, buf_slice(&line), facts.wall_ms);
    buf_done(&line);
}

bool admin_log_in(struct admin *admin, struct client *c, struct slice said, struct slice name,
                  struct slice password)
{
    const struct acl_user *user = acl_log_in(admin->acl, name, password);

    if (user && client_log_in(c, user->name))
        return true;
    if (!user)
        note(admin, c, ACL_REASON_AUTH, said, name);
    resp_error(&c->reply, user ? "ERR memory is out" : WRONGPASS);
    return false;
}

/* The object of a refusal: what it is about, as ACL LOG names it. */
static struct slice object_of(enum acl_verdict verdict, const struct command_match *m,
                              const struct slice *argv, size_t arg)
{
    return verdict == ACL_DENIED_COMMAND ? slice_str(admin_full_name(m)) : argv[arg];
}

bool admin_allows(struct admin *admin, struct client *c, const struct command_match *m, size_t argc,
                  const struct slice *argv)
{
    static const enum acl_reason reasons[] = { [ACL_DENIED_COMMAND] = ACL_REASON_COMMAND,
                                               [ACL_DENIED_KEY] = ACL_REASON_KEY,
                                               [ACL_DENIED_CHANNEL] = ACL_REASON_CHANNEL };
    const struct acl_user *user = acl_find(admin->acl, slice_str(client_user(c)));
    size_t arg = 0;

    if (m->command->flags & COMMAND_NO_AUTH)
        return true;
    if (!user || !admin_is_known(admin, c)) {
        resp_error(&c->reply, NOAUTH);
        return false;
    }
    enum acl_verdict verdict = acl_user_check(user, m, argc, argv, &arg);
    if (verdict == ACL_ALLOWED)
        return true;
    note(admin, c, reasons[verdict], object_of(verdict, m, argv, arg), slice_str(user->name));
    if (verdict == ACL_DENIED_COMMAND)
        resp_errorf(&c->reply, "NOPERM User %s has no permissions to run the '%s' command",
                    user->name, admin_full_name(m));
    else
        resp_errorf(&c->reply, "NOPERM No permissions to access a %s",
                    verdict == ACL_DENIED_KEY ? "key" : "channel");
    return false;
}

/* --- rights that went --------------------------------------------------------------------------
 */

struct subscriptions {
    const struct acl_user *user;
    bool pattern;
    bool refused;
};

static void look_at(void *ctx, struct slice topic)
{
    struct subscriptions *subs = ctx;
    subs->refused |= !acl_user_allows_channel(subs->user, topic, subs->pattern);
}

bool admin_may_stay(const struct admin *admin, const struct client *c)
{
    const struct acl_user *user = acl_find(admin->acl, slice_str(client_user(c)));
    struct subscriptions subs = { .user = user };

    if (!user)
        return false;
    pubsub_each_topic(&c->subs, PUBSUB_CHANNEL, look_at, &subs);
    subs.pattern = true;
    pubsub_each_topic(&c->subs, PUBSUB_PATTERN, look_at, &subs);
    return !subs.refused;
}

/* Whoever brought the change about is to have the reply first: see admin_acl_done. */
static void enforce_on(void *ctx, struct client *c)
{
    struct admin *admin = ctx;

    if (c != admin->acl_asks && !(c->flags & CLIENT_CLOSE_AFTER_REPLY) && !admin_may_stay(admin, c))
        client_close(c);
}

void admin_acl_enforce(struct admin *admin)
{
    admin->ops.each_client(admin->arg, enforce_on, admin);
}
