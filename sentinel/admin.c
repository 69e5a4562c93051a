#include "sentinel/admin.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "notify/channel.h"
#include "sentinel/admin_own.h"
#include "sentinel/model.h"
#include "wire/client.h"
#include "wire/client_pubsub.h"
#include "wire/sha256.h"

static struct acl_when when(void *arg)
{
    struct admin_facts facts = admin_facts(arg);
    return (struct acl_when){ facts.now, facts.wall_ms };
}

struct admin *admin_new(const struct admin_ops *ops, void *arg, const char *version)
{
    struct admin *admin = calloc(1, sizeof(*admin));
    if (!admin)
        return NULL;
    admin->ops = *ops;
    admin->arg = arg;
    admin->version = version;
    admin->table = command_table_new(admin_commands);
    admin->pubsub = pubsub_new();
    if (!admin->table || !admin->pubsub ||
        !acl_gate_init(&admin->gate, admin->table, sha256_hex, when, admin))
        goto failed;
    return admin;

failed:
    admin_free(admin);
    return NULL;
}

void admin_free(struct admin *admin)
{
    if (!admin)
        return;
    if (admin->pubsub)
        pubsub_free(admin->pubsub);
    acl_gate_done(&admin->gate);
    if (admin->table)
        command_table_free(admin->table);
    free(admin);
}

const struct core *admin_core(const struct admin *admin)
{
    return admin->ops.core(admin->arg);
}

struct admin_facts admin_facts(const struct admin *admin)
{
    struct admin_facts facts;
    memset(&facts, 0, sizeof(facts));
    admin->ops.facts(admin->arg, &facts);
    return facts;
}

const struct group *admin_look_up(const struct admin *admin, struct slice name)
{
    char text[GROUP_NAME_MAX + 1];
    if (!slice_copy(name, text, sizeof(text)))
        return NULL;
    return core_find_group(admin_core(admin), text);
}

const struct group *admin_find_group(const struct admin *admin, struct client *c, struct slice name)
{
    const struct group *group = admin_look_up(admin, name);
    if (!group)
        resp_error(&c->reply, "ERR No such master with that name");
    return group;
}

/* Bytes of an argument that an error quotes. */
#define QUOTED_MAX 128

int admin_quoted(struct slice word)
{
    return (int)(word.n < QUOTED_MAX ? word.n : QUOTED_MAX);
}

uint64_t admin_defer(struct admin *admin, struct client *c, int asked)
{
    uint64_t ticket = admin->ops.defer(admin->arg, c, asked);
    if (ticket == 0)
        resp_error(&c->reply, "ERR too many requests are waiting for their reply");
    return ticket;
}

bool admin_refuse_controls(struct client *c, size_t argc, const struct slice *argv, size_t from,
                           const char *command)
{
    for (size_t i = from; i < argc; i++) {
        for (size_t k = 0; k < argv[i].n; k++) {
            unsigned char byte = (unsigned char)argv[i].p[k];
            if (byte >= 0x20 && byte != 0x7f)
                continue;
            resp_errorf(&c->reply,
                        "ERR Invalid argument at index %zu for %s: control characters are not "
                        "allowed",
                        i, command);
            return false;
        }
    }
    return true;
}

/* Show the groups, or a part of them: to be sent as soon as it is durable. A disk that does not
 * come back is no reason to keep a client waiting who could ask another supervisor. */
static void show(struct admin *admin, struct client *client, const struct command *command,
                 size_t argc, const struct slice *argv)
{
    bool durable = admin->ops.groups_durable(admin->arg);
    uint64_t from = client_reply_at(client);

    if (!durable && admin_core(admin)->disk_stalled) {
        resp_error(&client->reply, "TRYAGAIN a change of the groups is not on the disk yet");
        return;
    }
    command->run(admin, client, argc, argv);
    if (!durable && from < client->hold_at)
        client_hold(client, from);
}

void admin_request(struct admin *admin, struct client *client, size_t argc,
                   const struct slice *argv)
{
    struct command_match match;
    if (!command_find(admin->table, argc, argv, &match)) {
        command_write_error(&client->reply, &match, argc, argv);
        return;
    }
    client->command = admin_full_name(&match);
    const char *refusal = acl_gate_refusal(&admin->gate, client, &match, argc, argv);
    if (refusal)
        resp_error(&client->reply, refusal);
    else if (!client_pubsub_allows(client, &match))
        return;
    else if (match.command->flags & COMMAND_SHOWS)
        show(admin, client, match.command, argc, argv);
    else
        match.command->run(admin, client, argc, argv);
}

void admin_client_gone(struct admin *admin, struct client *client)
{
    pubsub_leave(admin->pubsub, &client->subs);
}

void admin_event(struct admin *admin, const struct event *event)
{
    channel_publish(admin->pubsub, event);
}
