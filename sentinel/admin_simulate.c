#include <string.h>

#include "notify/history.h"
#include "sentinel/admin_own.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/whatif.h"
#include "wire/client.h"

/* What is asked; read in the copy, too. */
struct question {
    struct admin *admin;
    uint32_t node;
    enum whatif_how how;
    bool primary;
    msec now;
    int proto;
};

static void write_text(struct resp_writer *w, const char *name, const char *text)
{
    resp_bulk_str(w, name);
    resp_bulk_str(w, text);
}

static void write_result(struct resp_writer *w, const struct question *question, const char *node,
                         const struct whatif *result)
{
    const struct attempt *attempt = history_at(result->history, 0);
    char to[ADDR_TEXT_MAX];

    resp_map(w, attempt ? 8 : 7);
    write_text(w, "node", node);
    write_text(w, "role", question->primary ? "primary" : "replica");
    write_text(w, "how", question->how == WHATIF_HANG ? "hang" : "crash");
    write_text(w, "outcome", result->switched ? "switched" : "nothing");
    write_text(w, "primary", result->switched ? addr_format(&result->to, to) : "");
    resp_bulk_str(w, "after-ms");
    resp_bulk_int(w, result->took_ms);
    write_text(w, "why", result->why);
    if (attempt) {
        resp_bulk_str(w, "attempt");
        admin_write_attempt(w, attempt, true);
    }
}

/* In a copy of the process, whose core may be spoilt. */
static void simulate(void *arg, struct buf *to)
{
    const struct question *question = arg;
    struct core *core = (struct core *)(uintptr_t)admin_core(question->admin);
    struct node *node = core_find_node(core, question->node);
    struct addr addr = node_shown_addr(node);
    struct resp_writer writer = { .out = to, .proto = question->proto };
    struct whatif result;
    char name[ADDR_TEXT_MAX];

    whatif_fail(core, node, question->how, msec_max(question->now, core->now), &result);
    write_result(&writer, question, addr_format(&addr, name), &result);
    whatif_done(&result);
}

/* The node at ADDR in any of the groups; NULL: none. */
static const struct node *find(const struct core *core, const struct addr *addr)
{
    const struct node *node = NULL;

    for (size_t i = 0; !node && i < core->n_groups; i++)
        node = node_find(core->groups[i], addr);
    return node;
}

/* FAIL host:port [HANG]; the error, or NULL. */
static const char *read_words(const struct core *core, size_t argc, const struct slice *argv,
                              struct question *ret)
{
    char text[ADDR_TEXT_MAX];
    struct addr addr;

    if (!slice_is_nocase(argv[0], "fail") || argc > 3 ||
        (argc == 3 && !slice_is_nocase(argv[2], "hang")))
        return "ERR syntax error, allowed is FAIL <host>:<port> [HANG]";
    if (!slice_copy(argv[1], text, sizeof(text)) || !addr_parse(&addr, text))
        return "ERR Invalid address, allowed is host:port, or [v6]:port";
    const struct node *node = find(core, &addr);

    if (!node)
        return "ERR No node of any group has that address";
    ret->node = node->id;
    ret->primary = node == node->group->primary;
    ret->how = argc == 3 ? WHATIF_HANG : WHATIF_CRASH;
    return NULL;
}

void admin_picket_simulate(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct question question = { .admin = admin, .proto = c->reply.proto };
    const char *error = read_words(admin_core(admin), argc - 2, argv + 2, &question);

    if (error) {
        resp_error(&c->reply, error);
        return;
    }
    question.now = admin_facts(admin).now;
    if (!admin->ops.apart(admin->arg, c, simulate, &question))
        resp_error(&c->reply, "TRYAGAIN another simulation runs, or there is no room for it");
}

void admin_apart_done(struct client *c, bool ok, struct slice reply)
{
    if (ok && reply.n > 0)
        resp_raw(&c->reply, reply.p, reply.n);
    else
        resp_error(&c->reply, "ERR the simulation came to no end");
}
