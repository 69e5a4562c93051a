#include "quorum/epoch.h"
#include "quorum/message.h"
#include "sentinel/admin_own.h"
#include "wire/client.h"

#define NOT_INTEGER "ERR value is not an integer or out of range"

/* What admin_defer is told about an ASK or a CLAIM; the answer comes back by a way of its own. */
#define ASKED_OPINION (-1)

static void write_answer(struct client *c, bool down, const char *leader, uint64_t epoch)
{
    resp_array(&c->reply, 3);
    resp_int(&c->reply, down);
    resp_bulk_str(&c->reply, leader[0] ? leader : "*");
    resp_int(&c->reply, (int64_t)epoch);
}

static void write_pledge(struct client *c, const struct pledge *pledge)
{
    resp_array(&c->reply, 5);
    resp_int(&c->reply, pledge->given);
    resp_int(&c->reply, pledge->ms);
    resp_int(&c->reply, (int64_t)pledge->serial);
    resp_bulk_str(&c->reply, pledge->addr.host);
    resp_int(&c->reply, pledge->addr.port);
}

void admin_answer(struct admin *admin, struct client *client, const struct message *message)
{
    const struct answer *answer = &message->u.answer;

    (void)admin;
    if (message->kind == MESSAGE_PLEDGE)
        write_pledge(client, &message->u.pledge);
    else
        write_answer(client, answer->down, answer->leader, answer->leader_epoch);
}

/* SENTINEL IS-MASTER-DOWN-BY-ADDR ip port epoch runid|* */
void admin_sentinel_is_down(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct message message = { .kind = MESSAGE_ASK };
    struct ask *ask = &message.u.ask;
    int64_t port;
    (void)argc;

    /* A reply carries an epoch as a signed number: none beyond that is taken in. */
    if (!slice_to_int64(argv[3], &port) || !epoch_parse(&ask->epoch, argv[4].p, argv[4].n) ||
        ask->epoch > INT64_MAX) {
        resp_error(&c->reply, NOT_INTEGER);
        return;
    }
    if (!slice_is(argv[5], "*")) {
        if (!peer_runid_valid(argv[5].p, argv[5].n)) {
            resp_error(&c->reply, "ERR Invalid run id: allowed are 40 letters or digits, or *");
            return;
        }
        slice_copy(argv[5], ask->candidate, sizeof(ask->candidate));
    }
    /* What can be no address is no master of ours either. */
    if (!addr_set_slice(&ask->primary, argv[2].p, argv[2].n, port)) {
        write_answer(c, false, "", 0);
        return;
    }
    message.ticket = admin_defer(admin, c, ASKED_OPINION);
    if (message.ticket != 0)
        admin->ops.message(admin->arg, &message);
}

/* --- PICKET OPINION -----------------------------------------------------------------------------
 */

static bool read_flag(struct slice text, bool *ret)
{
    if (!slice_is(text, "0") && !slice_is(text, "1"))
        return false;
    *ret = slice_is(text, "1");
    return true;
}

static bool read_addr(struct slice ip, struct slice port, struct addr *ret)
{
    int64_t number;
    return slice_to_int64(port, &number) && number > 0 && addr_set_slice(ret, ip.p, ip.n, number);
}

/* runid group ip port config_epoch down leading_epoch; the name of the first bad one, or NULL. */
static const char *read_opinion(const struct slice *argv, struct opinion *ret)
{
    if (!peer_runid_valid(argv[2].p, argv[2].n))
        return "runid";
    if (!group_name_valid(argv[3].p, argv[3].n))
        return "group";
    if (!read_addr(argv[4], slice_str("1"), &ret->primary))
        return "ip";
    if (!read_addr(argv[4], argv[5], &ret->primary))
        return "port";
    if (!epoch_parse(&ret->config_epoch, argv[6].p, argv[6].n))
        return "config-epoch";
    if (!read_flag(argv[7], &ret->down))
        return "down";
    if (!epoch_parse(&ret->leading_epoch, argv[8].p, argv[8].n))
        return "leading-epoch";
    slice_copy(argv[2], ret->runid, sizeof(ret->runid));
    slice_copy(argv[3], ret->group, sizeof(ret->group));
    return NULL;
}

void admin_picket_opinion(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct message message = { .kind = MESSAGE_OPINION };
    const char *bad = read_opinion(argv, &message.u.opinion);
    (void)argc;
    if (bad) {
        resp_errorf(&c->reply, "ERR Invalid %s for PICKET OPINION", bad);
        return;
    }
    admin->ops.message(admin->arg, &message);
    resp_ok(&c->reply);
}

/* --- PICKET CLAIM -------------------------------------------------------------------------------
 */

/* runid group ip port epoch ms over; the name of the first bad one, or NULL. */
static const char *read_claim(const struct slice *argv, struct claim *ret)
{
    if (!peer_runid_valid(argv[2].p, argv[2].n))
        return "runid";
    if (!group_name_valid(argv[3].p, argv[3].n))
        return "group";
    if (!read_addr(argv[4], slice_str("1"), &ret->stake.addr))
        return "ip";
    if (!read_addr(argv[4], argv[5], &ret->stake.addr))
        return "port";
    if (!epoch_parse(&ret->stake.epoch, argv[6].p, argv[6].n))
        return "epoch";
    if (!slice_to_int64(argv[7], &ret->stake.ms) || ret->stake.ms <= 0)
        return "ms";
    if (!epoch_parse(&ret->stake.over, argv[8].p, argv[8].n))
        return "over";
    slice_copy(argv[2], ret->runid, sizeof(ret->runid));
    slice_copy(argv[3], ret->group, sizeof(ret->group));
    return NULL;
}

void admin_picket_claim(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct message message = { .kind = MESSAGE_CLAIM };
    const char *bad = read_claim(argv, &message.u.claim);
    (void)argc;
    if (bad) {
        resp_errorf(&c->reply, "ERR Invalid %s for PICKET CLAIM", bad);
        return;
    }
    message.ticket = admin_defer(admin, c, ASKED_OPINION);
    if (message.ticket != 0)
        admin->ops.message(admin->arg, &message);
}

/* --- PUBLISH ------------------------------------------------------------------------------------
 */

/* A hello that came to us directly. What is none gets the same reply: Redis Sentinel tells nobody
 * either. */
void admin_publish(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct message message = { .kind = MESSAGE_HELLO };
    (void)argc;
    if (!slice_is(argv[1], HELLO_CHANNEL)) {
        resp_error(&c->reply, "ERR Only HELLO messages are accepted by Sentinel instances.");
        return;
    }
    if (hello_parse(&message.u.hello, argv[2].p, argv[2].n))
        admin->ops.message(admin->arg, &message);
    resp_int(&c->reply, 1);
}
