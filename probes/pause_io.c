#include "probes/pause_io.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/link_io.h"

#define REPLICA_STATE  3 /* where ROLE of a replica has the state of its link, */
#define REPLICA_OFFSET 4 /* and its offset; */
#define PRIMARY_OFFSET 1 /* a primary has the offset here */

enum step { STEP_PAUSE, STEP_ROLE };

/* A question under way. */
struct ask {
    order_settled_fn *settled;
    void *arg;
    unsigned replies_due;
    bool paused; /* CLIENT PAUSE was taken, or not asked for */
    struct order_result result;
};

static const redisReply *element(const redisReply *reply, size_t i, int type)
{
    return i < reply->elements && reply->element[i]->type == type ? reply->element[i] : NULL;
}

static uint64_t read_offset(const redisReply *reply, size_t i)
{
    const redisReply *offset = element(reply, i, REDIS_REPLY_INTEGER);

    return offset != NULL && offset->integer > 0 ? (uint64_t)offset->integer : 0;
}

/* ["master", offset, [...]] or ["slave", host, port, state of its link, offset]. */
static void read_role(struct order_result *result, const redisReply *reply)
{
    const redisReply *name = NULL, *state = NULL;

    if (reply->type == REDIS_REPLY_ARRAY) {
        name = element(reply, 0, REDIS_REPLY_STRING);
        state = element(reply, REPLICA_STATE, REDIS_REPLY_STRING);
    }
    if (name != NULL && strcmp(name->str, "master") == 0) {
        result->role = ROLE_PRIMARY;
        result->offset = read_offset(reply, PRIMARY_OFFSET);
    } else if (name != NULL && strcmp(name->str, "slave") == 0) {
        result->role = ROLE_REPLICA;
        if (state != NULL && strcmp(state->str, "connected") == 0)
            result->offset = read_offset(reply, REPLICA_OFFSET);
    }
}

static void keep_error(struct ask *ask, const char *text)
{
    if (ask->result.error[0] == '\0')
        snprintf(ask->result.error, sizeof ask->result.error, "%s", text);
}

/* One reply less to wait for. */
static void release(struct ask *ask)
{
    struct order_result *result = &ask->result;

    if (--ask->replies_due > 0)
        return;
    result->ok = !result->lost && ask->paused && result->role != ROLE_UNKNOWN;
    if (!result->ok && !result->lost)
        keep_error(ask, "unexpected reply to ROLE");
    ask->settled(ask->arg, result);
    free(ask);
}

static void replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct ask *ask = ctx;

    if (reply == NULL)
        ask->result.lost = true;
    else if (reply->type == REDIS_REPLY_ERROR)
        keep_error(ask, reply->str);
    else if (tag == STEP_PAUSE)
        ask->paused = reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0;
    else
        read_role(&ask->result, reply);
    release(ask);
}

static void send_step(struct ask *ask, struct link_set *set, enum step step,
                      const char *const *words)
{
    if (link_send(set, ask->result.id, LINK_CMD, words, replied, ask, step))
        ask->replies_due++;
    else
        ask->result.lost = true;
}

/* PAUSE_MS < 0: only ask. */
static void start(struct link_set *set, uint32_t id, uint64_t ticket, msec pause_ms,
                  order_settled_fn *settled, void *arg)
{
    struct ask *ask = calloc(1, sizeof *ask);
    char number[24];

    if (ask == NULL) {
        settled(arg, &(struct order_result){ .id = id, .ticket = ticket, .lost = true });
        return;
    }
    ask->settled = settled;
    ask->arg = arg;
    ask->result = (struct order_result){ .id = id, .ticket = ticket, .role = ROLE_UNKNOWN };
    ask->paused = pause_ms < 0;
    ask->replies_due = 1; /* our own, so that it lives until all is sent */
    snprintf(number, sizeof number, "%lld", (long long)pause_ms);
    if (pause_ms >= 0)
        send_step(ask, set, STEP_PAUSE,
                  (const char *[]){ "CLIENT", "PAUSE", number, "WRITE", NULL });
    send_step(ask, set, STEP_ROLE, (const char *[]){ "ROLE", NULL });
    release(ask);
}

void order_pause(struct link_set *set, uint32_t id, uint64_t ticket, msec pause_ms,
                 order_settled_fn *settled, void *arg)
{
    start(set, id, ticket, pause_ms, settled, arg);
}

void order_ask_role(struct link_set *set, uint32_t id, uint64_t ticket, order_settled_fn *settled,
                    void *arg)
{
    start(set, id, ticket, -1, settled, arg);
}

static void nothing_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

void order_unpause(struct link_set *set, uint32_t id)
{
    link_send(set, id, LINK_CMD, (const char *[]){ "CLIENT", "UNPAUSE", NULL }, nothing_replied,
              NULL, 0);
}
