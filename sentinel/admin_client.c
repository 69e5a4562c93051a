#include "sentinel/admin_own.h"
#include "wire/client.h"
#include "wire/client_filter.h"
#include "wire/client_list.h"

static void each_client(void *arg, void (*fn)(void *ctx, struct client *client), void *ctx)
{
    struct admin *admin = arg;
    admin->ops.each_client(admin->arg, fn, ctx);
}

void admin_client_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    client_list(c, admin_facts(app).now, each_client, app, argc, argv);
}

void admin_client_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    (void)argv;
    client_info(c, admin_facts(app).now);
}

void admin_client_kill(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct client_filter filter;
    if (!client_filter_parse(&filter, &c->reply, c->id, admin->gate.acl, argc, argv))
        return;
    size_t killed = admin->ops.kill_clients(admin->arg, &filter, c);
    if (!filter.old_form)
        resp_int(&c->reply, (int64_t)killed);
    else if (killed > 0)
        resp_ok(&c->reply);
    else
        resp_error(&c->reply, "ERR No such client");
}

static bool too_many(struct client *c, size_t argc, const struct slice *argv)
{
    if (argc <= 4)
        return false;
    resp_errorf(&c->reply,
                "ERR unknown subcommand or wrong number of arguments for '%.*s'. Try CLIENT HELP.",
                admin_quoted(argv[1]), argv[1].p);
    return true;
}

/* Checked as Redis does, but nothing is paused: peers and clients that get no answer would take
 * this supervisor for a dead one. */
void admin_client_pause(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t timeout_ms;
    (void)app;
    if (too_many(c, argc, argv))
        return;
    if (argc == 4 && !slice_is_nocase(argv[3], "write") && !slice_is_nocase(argv[3], "all"))
        resp_error(&c->reply, "ERR CLIENT PAUSE mode must be WRITE or ALL");
    else if (!slice_to_int64(argv[2], &timeout_ms))
        resp_error(&c->reply, "ERR timeout is not an integer or out of range");
    else if (timeout_ms < 0)
        resp_error(&c->reply, "ERR timeout is negative");
    else
        resp_ok(&c->reply);
}

void admin_client_unpause(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_ok(&c->reply);
}

/* No command blocks: who waits gets its reply in any case. */
void admin_client_unblock(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t id;
    (void)app;
    if (too_many(c, argc, argv))
        return;
    if (argc == 4 && !slice_is_nocase(argv[3], "timeout") && !slice_is_nocase(argv[3], "error"))
        resp_error(&c->reply, "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    else if (!slice_to_int64(argv[2], &id))
        resp_error(&c->reply, "ERR value is not an integer or out of range");
    else
        resp_int(&c->reply, 0);
}
