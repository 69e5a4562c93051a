#include "store/cmd.h"

#include <ctype.h>
#include <stdio.h>

#include "store/session.h"
#include "store/store.h"
#include "wire/client_pubsub.h"
#include "wire/command_reply.h"

static const char bad_name[] =
    "ERR Client names cannot contain spaces, newlines or special characters.";

static void upper(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text[i] = (char)toupper((unsigned char)text[i]);
}

void cmd_ping(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    if (argc > 2)
        resp_error(&c->reply, "ERR wrong number of arguments for 'ping' command");
    else
        client_ping(c, argc, argv);
}

void cmd_echo(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    resp_bulk(&c->reply, argv[1]);
}

void cmd_time(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    resp_array(&c->reply, 2);
    resp_bulk_int(&c->reply, s->now_us / 1000000);
    resp_bulk_int(&c->reply, s->now_us % 1000000);
}

void cmd_quit(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_ok(&c->reply);
    client_close_after_reply(c);
}

void cmd_reset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    if (c->flags & (CLIENT_IS_REPLICA | CLIENT_IS_MASTER)) {
        resp_error(&c->reply, "ERR can only reset normal client connections");
        return;
    }
    session_discard(s, c);
    pubsub_leave(s->pubsub, &c->subs);
    client_set_field(&c->name, slice_str(""));
    c->flags &= ~(unsigned)CLIENT_NO_EVICT;
    client_reply_mode(c, CLIENT_REPLY_MODE_ON);
    c->reply.proto = 2;
    c->db = 0;
    acl_gate_greet(&s->gate, c);
    resp_simple(&c->reply, "RESET");
}

void cmd_auth(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    acl_gate_auth(&s->gate, c, argc, argv);
}

static void hello_reply(struct store *s, struct client *c)
{
    struct resp_writer *w = &c->reply;

    resp_map(w, 7);
    resp_bulk_str(w, "server");
    resp_bulk_str(w, "redis");
    resp_bulk_str(w, "version");
    resp_bulk_str(w, STORE_REDIS_VERSION);
    resp_bulk_str(w, "proto");
    resp_int(w, w->proto);
    resp_bulk_str(w, "id");
    resp_int(w, (int64_t)c->id);
    resp_bulk_str(w, "mode");
    resp_bulk_str(w, "standalone");
    resp_bulk_str(w, "role");
    resp_bulk_str(w, store_is_replica(s) ? "replica" : "master");
    resp_bulk_str(w, "modules");
    resp_array(w, 0);
}

void cmd_hello(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    if (acl_gate_hello(&s->gate, c, argc, argv))
        hello_reply(s, c);
}

void cmd_client_setname(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    if (client_set_field(&c->name, argv[2]))
        resp_ok(&c->reply);
    else
        resp_error(&c->reply, bad_name);
}

void cmd_client_getname(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_bulk_str(&c->reply, c->name);
}

void cmd_client_id(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_int(&c->reply, (int64_t)c->id);
}

void cmd_client_no_evict(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    if (slice_is_nocase(argv[2], "ON")) {
        c->flags |= CLIENT_NO_EVICT;
    } else if (slice_is_nocase(argv[2], "OFF")) {
        c->flags &= ~(unsigned)CLIENT_NO_EVICT;
    } else {
        resp_error(&c->reply, store_error_syntax);
        return;
    }
    resp_ok(&c->reply);
}

void cmd_client_setinfo(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool is_name = slice_is_nocase(argv[2], "LIB-NAME");

    (void)app;
    (void)argc;
    if (!is_name && !slice_is_nocase(argv[2], "LIB-VER"))
        resp_errorf(&c->reply, "ERR Unrecognized option '%.*s'",
                    (int)(argv[2].n < 128 ? argv[2].n : 128), argv[2].p);
    else if (!client_set_field(is_name ? &c->lib_name : &c->lib_ver, argv[3]))
        resp_errorf(&c->reply, "ERR %s cannot contain spaces, newlines or special characters.",
                    is_name ? "lib-name" : "lib-ver");
    else
        resp_ok(&c->reply);
}

void cmd_client_reply(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    if (slice_is_nocase(argv[2], "ON")) {
        client_reply_mode(c, CLIENT_REPLY_MODE_ON);
        resp_ok(&c->reply);
    } else if (slice_is_nocase(argv[2], "OFF")) {
        client_reply_mode(c, CLIENT_REPLY_MODE_OFF);
    } else if (slice_is_nocase(argv[2], "SKIP")) {
        client_reply_mode(c, CLIENT_REPLY_MODE_SKIP);
    } else {
        resp_error(&c->reply, store_error_syntax);
    }
}

/* What the subcommands of a container are, in upper case as they are documented. */
void cmd_help(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct command_match m = command_find_name(s->commands, argv[0]);
    size_t mark = resp_hold(&c->reply), lines = 1;
    char line[2 * COMMAND_NAME_MAX + 80];

    (void)argc;
    snprintf(line, sizeof(line),
             "%s <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", m.command->name);
    upper(line, strlen(m.command->name));
    resp_simple(&c->reply, line);
    for (const struct command *sub = m.command->subs; sub->name != NULL; sub++) {
        snprintf(line, sizeof(line), "%s", sub->name);
        upper(line, strlen(line));
        resp_simple(&c->reply, line);
        snprintf(line, sizeof(line), "    %s.", sub->summary);
        resp_simple(&c->reply, line);
        lines += 2;
    }
    resp_array_at(&c->reply, mark, lines);
}

void cmd_command(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    command_reply_all(&c->reply, s->commands);
}

void cmd_command_count(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    command_reply_count(&c->reply, s->commands);
}

void cmd_command_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    command_reply_list(&c->reply, s->commands, argc, argv);
}

void cmd_command_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    command_reply_info(&c->reply, s->commands, argc, argv);
}

void cmd_command_docs(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    command_reply_docs(&c->reply, s->commands, argc, argv);
}

void cmd_command_getkeys(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    command_reply_getkeys(&c->reply, s->commands, false, argc, argv);
}

void cmd_command_getkeysandflags(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    command_reply_getkeys(&c->reply, s->commands, true, argc, argv);
}
