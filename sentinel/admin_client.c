#include <string.h>

#include "sentinel/admin_own.h"
#include "wire/client.h"
#include "wire/client_filter.h"

#define BAD_TEXT "cannot contain spaces, newlines or special characters."

/* Of CLIENT LIST ID; each costs a walk over all connections. */
#define LIST_IDS_MAX 100

bool admin_set_client_name(struct client *c, struct slice name)
{
    if (client_set_field(&c->name, name))
        return true;
    resp_error(&c->reply, "ERR Client names " BAD_TEXT);
    return false;
}

void admin_client_setname(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    if (admin_set_client_name(c, argv[2]))
        resp_ok(&c->reply);
}

void admin_client_getname(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_bulk_str(&c->reply, c->name);
}

void admin_client_setinfo(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const char *option = slice_is_nocase(argv[2], "lib-name")  ? "lib-name"
                         : slice_is_nocase(argv[2], "lib-ver") ? "lib-ver"
                                                               : NULL;
    (void)app;
    (void)argc;
    if (!option) {
        resp_errorf(&c->reply, "ERR Unrecognized option '%.*s'", admin_quoted(argv[2]), argv[2].p);
        return;
    }
    char **field = strcmp(option, "lib-name") == 0 ? &c->lib_name : &c->lib_ver;
    if (client_set_field(field, argv[3]))
        resp_ok(&c->reply);
    else
        resp_errorf(&c->reply, "ERR %s " BAD_TEXT, option);
}

void admin_client_id(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_int(&c->reply, (int64_t)c->id);
}

/* A listing on its way into a buffer. */
struct listing {
    struct buf lines;
    struct client_filter filter;
    msec now;
};

static void list_one(void *ctx, struct client *client)
{
    struct listing *listing = ctx;
    if (!client_filter_matches(&listing->filter, client))
        return;
    client_describe(client, listing->now, &listing->lines);
    buf_append_str(&listing->lines, "\n");
}

static void write_listing(struct client *c, struct listing *listing)
{
    resp_verbatim(&c->reply, "txt", buf_slice(&listing->lines));
    buf_done(&listing->lines);
}

void admin_client_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct listing listing = { .filter = { .type = -1 }, .now = admin_facts(app).now };
    (void)argc;
    (void)argv;
    list_one(&listing, c);
    write_listing(c, &listing);
}

/* LIST ID id [id ...]: in the order asked for. */
static bool list_ids(struct admin *admin, struct client *c, size_t argc, const struct slice *argv,
                     struct listing *listing)
{
    if (argc - 3 > LIST_IDS_MAX) {
        resp_errorf(&c->reply, "ERR too many client IDs, allowed are %d", LIST_IDS_MAX);
        return false;
    }
    for (size_t i = 3; i < argc; i++) {
        if (!slice_to_uint64(argv[i], &listing->filter.id) || listing->filter.id == 0) {
            resp_error(&c->reply, "ERR Invalid client ID");
            return false;
        }
        admin->ops.each_client(admin->arg, list_one, listing);
    }
    return true;
}

static bool list_type(struct admin *admin, struct client *c, const struct slice *argv,
                      struct listing *listing)
{
    listing->filter.type = client_class_parse(argv[3]);
    if (listing->filter.type < 0) {
        resp_errorf(&c->reply, "ERR Unknown client type '%.*s'", admin_quoted(argv[3]), argv[3].p);
        return false;
    }
    admin->ops.each_client(admin->arg, list_one, listing);
    return true;
}

void admin_client_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct listing listing = { .filter = { .type = -1 }, .now = admin_facts(admin).now };
    bool done = true;

    if (argc == 2)
        admin->ops.each_client(admin->arg, list_one, &listing);
    else if (argc == 4 && slice_is_nocase(argv[2], "type"))
        done = list_type(admin, c, argv, &listing);
    else if (argc >= 4 && slice_is_nocase(argv[2], "id"))
        done = list_ids(admin, c, argc, argv, &listing);
    else
        done = (resp_error(&c->reply, "ERR syntax error"), false);
    if (done)
        write_listing(c, &listing);
    else
        buf_done(&listing.lines);
}

void admin_client_kill(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct client_filter filter;
    if (!client_filter_parse_users(&filter, &c->reply, c->id, admin->gate.acl, argc, argv))
        return;
    size_t killed = admin->ops.kill_clients(admin->arg, &filter, c);
    if (!filter.old_form)
        resp_int(&c->reply, (int64_t)killed);
    else if (killed > 0)
        resp_ok(&c->reply);
    else
        resp_error(&c->reply, "ERR No such client");
}

/* --- how replies come ------------------------------------------------------------------------- */

void admin_client_reply(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    if (slice_is_nocase(argv[2], "on")) {
        client_reply_mode(c, CLIENT_REPLY_MODE_ON);
        resp_ok(&c->reply);
    } else if (slice_is_nocase(argv[2], "off")) {
        client_reply_mode(c, CLIENT_REPLY_MODE_OFF);
    } else if (slice_is_nocase(argv[2], "skip")) {
        client_reply_mode(c, CLIENT_REPLY_MODE_SKIP);
    } else {
        resp_error(&c->reply, "ERR syntax error");
    }
}

/* Nobody is evicted here: what counts is that it can be said. */
void admin_client_no_evict(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool on = slice_is_nocase(argv[2], "on");
    (void)app;
    (void)argc;
    if (!on && !slice_is_nocase(argv[2], "off")) {
        resp_error(&c->reply, "ERR syntax error");
        return;
    }
    c->flags &= ~(unsigned)CLIENT_NO_EVICT;
    c->flags |= on ? CLIENT_NO_EVICT : 0;
    resp_ok(&c->reply);
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
