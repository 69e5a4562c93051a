#include "probes/guard_io.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/link_io.h"
#include "wire/slice.h"

#define REPLICAS "min-replicas-to-write"
#define LAG      "min-replicas-max-lag"
#define SYNC     "sync-replicas"

enum step { STEP_SET, STEP_REWRITE, STEP_REPLICAS, STEP_LAG };

/* A question or a setting under way. */
struct guard {
    order_settled_fn *settled;
    void *arg;
    unsigned replies_due, values;
    bool set;
    bool blind;                      /* what is in force is not asked for: as SET was answered */
    bool refused;                    /* SET */
    int64_t min_replicas, max_lag_s; /* SET: what it shall be */
    struct order_result result;
};

static void keep_error(struct guard *guard, const char *text)
{
    if (guard->result.error[0] == '\0')
        snprintf(guard->result.error, sizeof guard->result.error, "%s", text);
}

/* [name, value] */
static void read_value(struct guard *guard, const redisReply *reply, int64_t *ret_value)
{
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
        reply->element[1]->type == REDIS_REPLY_STRING &&
        slice_to_int64(slice_str(reply->element[1]->str), ret_value))
        guard->values++;
}

static void settle(struct guard *guard)
{
    struct order_result *result = &guard->result;
    bool as_wanted = !guard->set || (result->min_replicas == guard->min_replicas &&
                                     result->max_lag_s == guard->max_lag_s);

    result->ok =
        !result->lost && (guard->blind ? !guard->refused : guard->values == 2 && as_wanted);
    if (!result->ok && !result->lost)
        keep_error(guard, "unexpected reply to CONFIG");
    guard->settled(guard->arg, result);
    free(guard);
}

static void release(struct guard *guard)
{
    if (--guard->replies_due == 0)
        settle(guard);
}

static void replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct guard *guard = ctx;

    if (reply == NULL)
        guard->result.lost = true;
    else if (reply->type == REDIS_REPLY_ERROR)
        keep_error(guard, reply->str);
    else if (tag == STEP_REPLICAS)
        read_value(guard, reply, &guard->result.min_replicas);
    else if (tag == STEP_LAG)
        read_value(guard, reply, &guard->result.max_lag_s);
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR && tag == STEP_REWRITE)
        guard->result.refused |= PART_REWRITE;
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR && tag == STEP_SET)
        guard->refused = true;
    release(guard);
}

static void send_step(struct guard *guard, struct link_set *set, enum step step,
                      const char *const *words)
{
    if (link_send(set, guard->result.id, LINK_CMD, words, replied, guard, step))
        guard->replies_due++;
    else
        guard->result.lost = true;
}

static struct guard *guard_new(uint32_t id, uint64_t ticket, order_settled_fn *settled, void *arg)
{
    struct guard *guard = calloc(1, sizeof *guard);

    if (guard == NULL) {
        settled(arg, &(struct order_result){ .id = id, .ticket = ticket, .lost = true });
        return NULL;
    }
    guard->settled = settled;
    guard->arg = arg;
    guard->result = (struct order_result){ .id = id, .ticket = ticket };
    guard->replies_due = 1; /* our own, so that it lives until all is sent */
    return guard;
}

static void ask(struct guard *guard, struct link_set *set)
{
    send_step(guard, set, STEP_REPLICAS, (const char *[]){ "CONFIG", "GET", REPLICAS, NULL });
    send_step(guard, set, STEP_LAG, (const char *[]){ "CONFIG", "GET", LAG, NULL });
    release(guard);
}

void order_guard_ask(struct link_set *set, uint32_t id, uint64_t ticket, order_settled_fn *settled,
                     void *arg)
{
    struct guard *guard = guard_new(id, ticket, settled, arg);

    if (guard != NULL)
        ask(guard, set);
}

static void set_one(struct guard *guard, struct link_set *set, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, value);
    send_step(guard, set, STEP_SET, (const char *[]){ "CONFIG", "SET", name, text, NULL });
}

void order_guard_set(struct link_set *set, uint32_t id, uint64_t ticket, int64_t min_replicas,
                     int64_t max_lag_s, bool rewrite, order_settled_fn *settled, void *arg)
{
    struct guard *guard = guard_new(id, ticket, settled, arg);

    if (guard == NULL)
        return;
    guard->set = true;
    guard->min_replicas = min_replicas;
    guard->max_lag_s = max_lag_s;
    set_one(guard, set, REPLICAS, min_replicas); /* one by one: Redis 6.2 takes no more */
    set_one(guard, set, LAG, max_lag_s);
    if (rewrite)
        send_step(guard, set, STEP_REWRITE, (const char *[]){ "CONFIG", "REWRITE", NULL });
    ask(guard, set);
}

void order_sync_set(struct link_set *set, uint32_t id, uint64_t ticket, int64_t k,
                    order_settled_fn *settled, void *arg)
{
    struct guard *guard = guard_new(id, ticket, settled, arg);

    if (guard == NULL)
        return;
    guard->blind = true;
    set_one(guard, set, SYNC, k);
    send_step(guard, set, STEP_REWRITE, (const char *[]){ "CONFIG", "REWRITE", NULL });
    release(guard);
}
