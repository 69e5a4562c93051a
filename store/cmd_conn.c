#include "store/cmd.h"

#include <ctype.h>
#include <stdio.h>

#include "store/session.h"
#include "store/store.h"
#include "wire/command_reply.h"

static void upper(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text[i] = (char)toupper((unsigned char)text[i]);
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
