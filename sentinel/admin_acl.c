#include "sentinel/admin_acl.h"

#include "sentinel/admin_own.h"
#include "wire/acl.h"
#include "wire/client.h"

/* What admin_defer is told: 0, or one more than the number that is the reply. */
#define ASKED_OK        0
#define ASKED_NUMBER(n) ((int)(n) + 1)

#define NO_FILE                                                                                    \
    "ERR This Redis instance is not configured to use an ACL file. You may want to specify users " \
    "via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis "      \
    "configuration file set) in order to store users in the Redis configuration."

void admin_acl_join(struct admin *admin, const struct admin_acl_ops *ops, void *arg)
{
    admin->acl_ops = *ops;
    admin->acl_arg = arg;
}

struct acl *admin_acl(struct admin *admin)
{
    return admin->acl;
}

void admin_acl_done(struct admin *admin, struct client *client, int asked, const char *fault)
{
    if (fault)
        resp_errorf(&client->reply, "ERR %s", fault);
    else if (asked == ASKED_OK)
        resp_ok(&client->reply);
    else
        resp_int(&client->reply, asked - 1);
    if (!admin_may_stay(admin, client))
        client_close_after_reply(client);
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
    char error[ACL_ERROR_MAX];

    if (acl_set(admin->acl, argv[2], argc - 3, argv + 3, error))
        changed(admin, c, ASKED_OK);
    else
        resp_errorf(&c->reply, "ERR %s", error);
}

void admin_acl_deluser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    size_t removed = 0;

    for (size_t i = 2; i < argc; i++) {
        if (slice_is(argv[i], ACL_DEFAULT)) {
            resp_error(&c->reply, "ERR The 'default' user cannot be removed");
            return;
        }
    }
    for (size_t i = 2; i < argc; i++)
        removed += acl_remove(admin->acl, argv[i]);
    if (removed > 0)
        changed(admin, c, ASKED_NUMBER(removed));
    else
        resp_int(&c->reply, 0);
}

void admin_acl_getuser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    const struct acl_user *user = acl_find(admin->acl, argv[2]);

    (void)argc;
    if (user)
        acl_user_reply(user, &c->reply);
    else
        resp_null(&c->reply);
}

void admin_acl_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct buf line = { 0 };

    (void)argc, (void)argv;
    resp_array(&c->reply, acl_count(admin->acl));
    for (size_t i = 0; i < acl_count(admin->acl); i++) {
        buf_reset(&line);
        buf_printf(&line, "user %s ", acl_at(admin->acl, i)->name);
        acl_user_write_rules(acl_at(admin->acl, i), &line);
        resp_bulk(&c->reply, buf_slice(&line));
    }
    buf_done(&line);
}

void admin_acl_users(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    (void)argc, (void)argv;
    resp_array(&c->reply, acl_count(admin->acl));
    for (size_t i = 0; i < acl_count(admin->acl); i++)
        resp_bulk_str(&c->reply, acl_at(admin->acl, i)->name);
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
        resp_error(&c->reply, NO_FILE);
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
