#include "store/cmd.h"

#include "store/store.h"
#include "wire/acl.h"
#include "wire/acl_reply.h"

/* CONFIG REWRITE will write the users, and connections that may be no more are closed. */
static void changed(struct store *s, struct client *c)
{
    s->options.values[OPT_USER].changed = true;
    if (s->ops->users_changed != NULL)
        s->ops->users_changed(s, c);
}

void cmd_acl_setuser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    if (!acl_reply_set(&c->reply, s->gate.acl, argc, argv))
        return;
    resp_ok(&c->reply);
    changed(s, c);
}

void cmd_acl_deluser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    size_t removed;

    if (!acl_reply_remove(&c->reply, s->gate.acl, argc, argv, &removed))
        return;
    resp_int(&c->reply, (int64_t)removed);
    if (removed > 0)
        changed(s, c);
}

void cmd_acl_getuser(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    acl_reply_getuser(&c->reply, s->gate.acl, argv[2]);
}

void cmd_acl_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    acl_reply_list(&c->reply, s->gate.acl);
}

void cmd_acl_users(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    acl_reply_users(&c->reply, s->gate.acl);
}

void cmd_acl_whoami(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_bulk_str(&c->reply, client_user(c));
}

void cmd_acl_cat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    acl_reply_cat(&c->reply, s->commands, argc, argv);
}

void cmd_acl_genpass(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    acl_reply_genpass(&c->reply, s->ops->random, NULL, argc, argv);
}

void cmd_acl_log(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    acl_reply_log(&c->reply, &s->gate.log, s->now_ms, argc, argv);
}

void cmd_acl_dryrun(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    acl_reply_dryrun(&c->reply, s->gate.acl, argc, argv);
}
