#include "sentinel/admin_own.h"
#include "wire/client.h"
#include "wire/command_reply.h"

void admin_auth(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    acl_gate_auth(&admin->gate, c, argc, argv);
}

void admin_hello(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    if (!acl_gate_hello(&admin->gate, c, argc, argv))
        return;
    resp_map(&c->reply, 6);
    resp_bulk_str(&c->reply, "server");
    resp_bulk_str(&c->reply, "redis");
    resp_bulk_str(&c->reply, "version");
    resp_bulk_str(&c->reply, ADMIN_REDIS_VERSION);
    resp_bulk_str(&c->reply, "proto");
    resp_int(&c->reply, c->reply.proto);
    resp_bulk_str(&c->reply, "id");
    resp_int(&c->reply, (int64_t)c->id);
    resp_bulk_str(&c->reply, "mode");
    resp_bulk_str(&c->reply, "sentinel");
    resp_bulk_str(&c->reply, "modules");
    resp_array(&c->reply, 0);
}

/* Nothing is ever left to save here, so all its words mean the same; only ABORT does not. */
void admin_shutdown(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    static const char *const words[] = { "save", "nosave", "now", "force", "safe", "failover" };
    struct admin *admin = app;
    bool abort = argc == 2 && slice_is_nocase(argv[1], "abort");
    size_t known = 0;
    unsigned seen = 0;

    for (size_t i = 1; i < argc; i++)
        for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
            if (slice_is_nocase(argv[i], words[k])) {
                known++;
                seen |= 1u << k;
            }
    if (abort) {
        resp_error(&c->reply, "ERR No shutdown in progress.");
    } else if (known != argc - 1 || (seen & 3) == 3) { /* not SAVE and NOSAVE */
        resp_error(&c->reply, "ERR syntax error");
    } else {
        client_close_after_reply(c);
        admin->ops.stop(admin->arg);
    }
}

void admin_command(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    (void)argc;
    (void)argv;
    command_reply_all(&c->reply, admin->table);
}

void admin_command_count(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    (void)argc;
    (void)argv;
    command_reply_count(&c->reply, admin->table);
}

void admin_command_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    command_reply_list(&c->reply, admin->table, argc, argv);
}

void admin_command_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    command_reply_info(&c->reply, admin->table, argc, argv);
}

void admin_command_docs(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    command_reply_docs(&c->reply, admin->table, argc, argv);
}

/* No command here has keys. */
void admin_command_getkeys(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    command_reply_getkeys(&c->reply, admin->table, false, argc, argv);
}
