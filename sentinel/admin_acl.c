#include "sentinel/admin_acl.h"

#include "sentinel/admin_own.h"
#include "wire/acl.h"
#include "wire/acl_reply.h"
#include "wire/client.h"

/* What admin_defer is told: 0, or one more than the number that is the reply. */
#define ASKED_OK        0
#define ASKED_NUMBER(n) ((int)(n) + 1)

void admin_acl_join(struct admin *admin, const struct admin_acl_ops *ops, void *arg)
{
    admin->acl_ops = *ops;
    admin->acl_arg = arg;
}

struct acl *admin_acl(struct admin *admin)
{
    return admin->gate.acl;
}

void admin_acl_done(struct admin *admin, struct client *client, int asked, const char *fault)
{
    if (fault)
        resp_errorf(&client->reply, "ERR %s", fault);
    else if (asked == ASKED_OK)
        resp_ok(&client->reply);
    else
        resp_int(&client->reply, asked - 1);
    if (!acl_gate_may_stay(&admin->gate, client))
        client_close_after_reply(client);
}

void admin_client_opened(struct admin *admin, struct client *client)
{
    client->pubsub = admin->pubsub;
    acl_gate_greet(&admin->gate, client);
}

/* Whoever brought the change about is to have the reply first: see admin_acl_done. */
static void enforce_on(void *ctx, struct client *c)
{
    struct admin *admin = ctx;

    if (c != admin->acl_asks && !(c->flags & CLIENT_CLOSE_AFTER_REPLY) &&
        !acl_gate_may_stay(&admin->gate, c))
        client_close(c);
}

void admin_acl_enforce(struct admin *admin)
{
    admin->ops.each_client(admin->arg, enforce_on, admin);
}

/* The users have changed: answer when that is durable. */
static void changed(struct admin *admin, struct client *c, int asked)
{
    uint64_t ticket = 0;

    if (admin->acl_ops.store)
        ticket = admin_defer(admin, c, asked);
    else
        admin_acl_done(admin, c, asked, NULL);
    admin->acl_asks = c;
    admin_acl_enforce(admin);
    admin->acl_asks = NULL;
    if (admin->acl_ops.store)
        admin->acl_ops.store(admin->acl_arg, ticket);
}

void admin_acl_setuser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    if (acl_reply_set(&c->reply, admin->gate.acl, argc, argv))
        changed(admin, c, ASKED_OK);
}

void admin_acl_deluser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    size_t removed;

    if (!acl_reply_remove(&c->reply, admin->gate.acl, argc, argv, &removed))
        return;
    if (removed > 0)
        changed(admin, c, ASKED_NUMBER(removed));
    else
        resp_int(&c->reply, 0);
}

void admin_acl_getuser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    (void)argc;
    acl_reply_getuser(&c->reply, admin->gate.acl, argv[2]);
}

void admin_acl_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    (void)argc, (void)argv;
    acl_reply_list(&c->reply, admin->gate.acl);
}

void admin_acl_users(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    (void)argc, (void)argv;
    acl_reply_users(&c->reply, admin->gate.acl);
}

void admin_acl_cat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    acl_reply_cat(&c->reply, admin->table, argc, argv);
}

void admin_acl_genpass(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    acl_reply_genpass(&c->reply, admin->acl_ops.random, admin->acl_arg, argc, argv);
}

void admin_acl_log(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    acl_reply_log(&c->reply, &admin->gate.log, admin_facts(admin).wall_ms, argc, argv);
}

void admin_acl_dryrun(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    acl_reply_dryrun(&c->reply, admin->gate.acl, argc, argv);
}

void admin_acl_whoami(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)argc, (void)argv;
    resp_bulk_str(&c->reply, client_user(c));
}

/* SAVE and LOAD: the shell does them, if there is a file. */
static void use_file(struct admin *admin, struct client *c, void (*run)(void *arg, uint64_t ticket))
{
    uint64_t ticket = 0;

    if (!run) {
        resp_error(&c->reply, ACL_NO_FILE);
        return;
    }
    ticket = admin_defer(admin, c, ASKED_OK);
    if (ticket != 0)
        run(admin->acl_arg, ticket);
}

void admin_acl_save(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    (void)argc, (void)argv;
    use_file(admin, c, admin->acl_ops.save);
}

void admin_acl_load(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    (void)argc, (void)argv;
    use_file(admin, c, admin->acl_ops.load);
}
