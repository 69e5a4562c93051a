#include "wire/client_cmd.h"

#include "wire/client.h"
#include "wire/client_pubsub.h"

#define BAD_TEXT   "cannot contain spaces, newlines or special characters."
#define QUOTED_MAX 128 /* bytes of a word that an error repeats */

void client_cmd_ping(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    if (argc > 2)
        resp_error(&c->reply, "ERR wrong number of arguments for 'ping' command");
    else
        client_ping(c, argc, argv);
}

/* --- CLIENT --------------------------------------------------------------------------------------
 */

void client_cmd_setname(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)argc;
    if (client_set_field(&c->name, argv[2]))
        resp_ok(&c->reply);
    else
        resp_error(&c->reply, "ERR Client names " BAD_TEXT);
}

void client_cmd_getname(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)argc, (void)argv;
    resp_bulk_str(&c->reply, c->name);
}

void client_cmd_setinfo(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool is_name = slice_is_nocase(argv[2], "lib-name");

    (void)app, (void)argc;
    if (!is_name && !slice_is_nocase(argv[2], "lib-ver"))
        resp_errorf(&c->reply, "ERR Unrecognized option '%.*s'",
                    (int)(argv[2].n < QUOTED_MAX ? argv[2].n : QUOTED_MAX), argv[2].p);
    else if (!client_set_field(is_name ? &c->lib_name : &c->lib_ver, argv[3]))
        resp_errorf(&c->reply, "ERR %s " BAD_TEXT, is_name ? "lib-name" : "lib-ver");
    else
        resp_ok(&c->reply);
}

void client_cmd_id(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)argc, (void)argv;
    resp_int(&c->reply, (int64_t)c->id);
}

void client_cmd_reply(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)argc;
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

/* Nobody is evicted: what counts is that it can be said. */
void client_cmd_no_evict(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool on = slice_is_nocase(argv[2], "on");

    (void)app, (void)argc;
    if (!on && !slice_is_nocase(argv[2], "off")) {
        resp_error(&c->reply, "ERR syntax error");
        return;
    }
    c->flags &= ~(unsigned)CLIENT_NO_EVICT;
    c->flags |= on ? CLIENT_NO_EVICT : 0;
    resp_ok(&c->reply);
}

/* --- subscriptions -------------------------------------------------------------------------------
 */

void client_cmd_subscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    client_subscribe(c->pubsub, c, PUBSUB_CHANNEL, argc, argv);
}

void client_cmd_psubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    client_subscribe(c->pubsub, c, PUBSUB_PATTERN, argc, argv);
}

void client_cmd_unsubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    client_unsubscribe(c->pubsub, c, PUBSUB_CHANNEL, argc, argv);
}

void client_cmd_punsubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    client_unsubscribe(c->pubsub, c, PUBSUB_PATTERN, argc, argv);
}

void client_cmd_channels(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    client_pubsub_channels(c->pubsub, c, argc, argv);
}

void client_cmd_numsub(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    client_pubsub_numsub(c->pubsub, c, argc, argv);
}

void client_cmd_numpat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)argc, (void)argv;
    client_pubsub_numpat(c->pubsub, c);
}
