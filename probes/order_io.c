#include "probes/order_io.h"

#include <assert.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/lease_io.h"
#include "probes/link_io.h"

/* The requests of a change of role, in the order in which they are sent and answered. */
enum step {
    STEP_MULTI,
    STEP_ROLE_CHANGE,
    STEP_LEASE,
    STEP_REWRITE,
    STEP_KILL,
    STEP_EXEC,
    STEP_ROLE,
    STEP_OFFSET,
    STEP_COUNT
};

/* Which part of the change a step is; 0 = it is none that could be left out. */
static const unsigned part_of[STEP_COUNT] = { [STEP_MULTI] = PART_MULTI,
                                              [STEP_LEASE] = PART_LEASE,
                                              [STEP_REWRITE] = PART_REWRITE,
                                              [STEP_KILL] = PART_KILL,
                                              [STEP_EXEC] = PART_MULTI };

/* A change of role under way. */
struct change {
    order_settled_fn *settled;
    void *arg;
    struct link_set *set;
    enum link_kind kind;       /* the link it goes over */
    struct role_change wanted; /* its address is valid until all is sent */
    unsigned without;          /* parts that are left out */
    unsigned replies_due;
    bool broken; /* a reply was not to be had */
    struct order_result result;
};

static void nothing_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

static bool is_status(const redisReply *reply, const char *start)
{
    return reply->type == REDIS_REPLY_STATUS && strncmp(reply->str, start, strlen(start)) == 0;
}

/* ["pong", ...] is what a subscribed connection answers. */
static bool is_pong(const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements > 0) {
        reply = reply->element[0];
        return reply->type == REDIS_REPLY_STRING && strcmp(reply->str, "pong") == 0;
    }
    return is_status(reply, "PONG");
}

static void ping_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    enum evidence evidence = EVIDENCE_ERROR;

    if (reply == NULL)
        return;
    if (is_pong(reply))
        evidence = EVIDENCE_PONG;
    else if (reply->type == REDIS_REPLY_ERROR)
        evidence = evidence_of_error(reply->str);
    link_report(ctx, link_tag_id(tag), link_tag_kind(tag), evidence, NULL);
}

void order_ping(struct link_set *set, uint32_t id, enum link_kind kind)
{
    link_send(set, id, kind, (const char *[]){ "PING", NULL }, ping_replied, set,
              link_tag(id, kind));
}

static void info_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    static struct info_replica replicas[INFO_REPLICAS_MAX]; /* large, and used on one thread only */
    struct node_info info;

    if (reply == NULL)
        return;
    bool ok = reply->type == REDIS_REPLY_STRING &&
              node_info_parse(&info, replicas, reply->str, reply->len);

    if (ok)
        link_keep_info(ctx, link_tag_id(tag), reply->str, reply->len);
    link_report(ctx, link_tag_id(tag), LINK_CMD, ok ? EVIDENCE_INFO : EVIDENCE_INFO_FAILED,
                ok ? &info : NULL);
}

void order_info(struct link_set *set, uint32_t id)
{
    link_send(set, id, LINK_CMD, (const char *[]){ "INFO", NULL }, info_replied, set,
              link_tag(id, LINK_CMD));
}

static void publish_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    if (reply != NULL)
        link_report(ctx, link_tag_id(tag), LINK_CMD, EVIDENCE_HELLO_SENT, NULL);
}

void order_publish(struct link_set *set, uint32_t id, const char *channel, const char *text)
{
    link_send(set, id, LINK_CMD, (const char *[]){ "PUBLISH", channel, text, NULL },
              publish_replied, set, link_tag(id, LINK_CMD));
}

/* Keep the first error text only: the later ones follow from it. */
static void keep_text(char text[EVIDENCE_ERROR_MAX + 1], const char *what, const char *error)
{
    if (text[0] == '\0')
        snprintf(text, EVIDENCE_ERROR_MAX + 1, "%s%s", what, error);
}

/* What a step was answered, within the transaction or by itself. */
static void read_step(struct change *change, enum step step, const redisReply *reply)
{
    static const char *const names[] = {
        [STEP_MULTI] = "MULTI: ",        [STEP_ROLE_CHANGE] = "",
        [STEP_LEASE] = "PICKET LEASE: ", [STEP_REWRITE] = "CONFIG REWRITE: ",
        [STEP_KILL] = "CLIENT KILL: ",   [STEP_EXEC] = "EXEC: "
    };

    if (step == STEP_ROLE_CHANGE && is_status(reply, "OK"))
        change->result.ok = true;
    if (reply->type != REDIS_REPLY_ERROR)
        return;
    change->result.refused |= part_of[step];
    if (step == STEP_ROLE_CHANGE)
        change->result.error[0] = '\0'; /* this matters more than any part */
    keep_text(change->result.error, names[step], reply->str);
}

/* How many replies EXEC brings. */
static size_t count_queued(const struct change *change)
{
    size_t n = 0;

    for (int step = STEP_ROLE_CHANGE; step < STEP_EXEC; step++)
        n += (change->without & part_of[step]) == 0;
    return n;
}

static void exec_refused(struct change *change, const redisReply *reply)
{
    if (strncmp(reply->str, "EXECABORT", 9) == 0) {
        keep_text(change->result.error, "", reply->str);
        return;
    }
    read_step(change, STEP_EXEC, reply);
    /* A node that takes MULTI but no EXEC is still inside the transaction. */
    link_send(change->set, change->result.id, change->kind, (const char *[]){ "DISCARD", NULL },
              nothing_replied, NULL, 0);
}

/* What the transaction brought, step by step. */
static void read_exec(struct change *change, const redisReply *reply)
{
    size_t at = 0;

    if (reply->type == REDIS_REPLY_ERROR) {
        exec_refused(change, reply);
        return;
    }
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != count_queued(change)) {
        keep_text(change->result.error, "", "unexpected reply to EXEC");
        return;
    }
    for (int step = STEP_ROLE_CHANGE; step < STEP_EXEC; step++) {
        if ((change->without & part_of[step]) == 0)
            read_step(change, (enum step)step, reply->element[at++]);
    }
}

static enum node_role read_role(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0 ||
        reply->element[0]->type != REDIS_REPLY_STRING)
        return ROLE_UNKNOWN;
    if (strcmp(reply->element[0]->str, "master") == 0)
        return ROLE_PRIMARY;
    return strcmp(reply->element[0]->str, "slave") == 0 ? ROLE_REPLICA : ROLE_UNKNOWN;
}

/* How far it got: read right behind the change, before it can have taken anything from anybody. */
static void read_offset(struct change *change, const redisReply *reply)
{
    static struct info_replica replicas[INFO_REPLICAS_MAX];
    struct node_info info;

    if (reply->type == REDIS_REPLY_STRING &&
        node_info_parse(&info, replicas, reply->str, reply->len)) {
        change->result.offset = info.repl_offset;
        memcpy(change->result.replid, info.replid, sizeof change->result.replid);
    }
}

static void settle(struct change *change)
{
    struct order_result *result = &change->result;

    if (change->broken && !result->ok && result->error[0] == '\0')
        result->lost = true;
    else if (!result->ok)
        keep_text(result->error, "", "unexpected reply to SLAVEOF");
    change->settled(change->arg, result);
    free(change);
}

/* One less to wait for. */
static void change_release(struct change *change)
{
    if (--change->replies_due == 0)
        settle(change);
}

/* Replies come in the order of the steps; TAG says which. */
static void change_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct change *change = ctx;

    if (reply == NULL)
        change->broken = true;
    else if (tag == STEP_EXEC)
        read_exec(change, reply);
    else if (tag == STEP_ROLE)
        change->result.role = read_role(reply);
    else if (tag == STEP_OFFSET)
        read_offset(change, reply);
    else /* an error: not queued, then EXEC will be refused, and this is why */
        read_step(change, (enum step)tag, reply);
    change_release(change);
}

/* Queue all steps. A link that takes only some of them would be left inside a transaction: it is
 * ended. */
static void change_send(struct change *change)
{
    const struct addr *primary = change->wanted.primary;
    int64_t min_replicas = change->wanted.min_replicas;
    char number[24] = "ONE";
    const char *host = "NO";

    if (min_replicas > 0) {
        snprintf(number, sizeof number, "%" PRId64, min_replicas);
    } else if (primary != NULL) {
        snprintf(number, sizeof number, "%u", (unsigned)primary->port);
        host = primary->host;
    }
    const char *const follow[] = { "SLAVEOF", host, number, NULL };
    struct lease_words lease;

    lease_words_fill(&lease, change->wanted.lease);
    const char *const need[] = { "CONFIG", "SET", "min-replicas-to-write", number, NULL };
    const char *const *const steps[STEP_COUNT] = {
        [STEP_MULTI] = (const char *[]){ "MULTI", NULL },
        [STEP_ROLE_CHANGE] = min_replicas > 0 ? need : follow,
        [STEP_LEASE] = lease.words,
        [STEP_REWRITE] = (const char *[]){ "CONFIG", "REWRITE", NULL },
        [STEP_KILL] = (const char *[]){ "CLIENT", "KILL", "TYPE", "normal", NULL },
        [STEP_EXEC] = (const char *[]){ "EXEC", NULL },
        [STEP_ROLE] = (const char *[]){ "ROLE", NULL },
        [STEP_OFFSET] = (const char *[]){ "INFO", "replication", NULL },
    };

    for (uint64_t step = 0; step < STEP_COUNT && !change->broken; step++) {
        if (change->without & part_of[step])
            continue;
        if (link_send(change->set, change->result.id, change->kind, steps[step], change_replied,
                      change, step))
            change->replies_due++;
        else
            change->broken = true;
    }
    if (change->broken && change->replies_due > 1)
        link_break(change->set, change->result.id, change->kind);
}

/* Change the role over a link of a certain kind. */
static void change_start(struct link_set *set, enum link_kind kind, uint32_t id, uint64_t ticket,
                         const struct role_change *wanted, order_settled_fn *settled, void *arg)
{
    struct change *change = calloc(1, sizeof *change);

    if (change == NULL) {
        settled(arg, &(struct order_result){ .id = id, .ticket = ticket, .lost = true });
        return;
    }
    change->settled = settled;
    change->arg = arg;
    change->set = set;
    change->kind = kind;
    change->wanted = *wanted;
    change->without = wanted->without | (wanted->min_replicas > 0 ? PART_REWRITE : 0) |
                      (wanted->lease == NULL ? PART_LEASE : 0);
    change->result = (struct order_result){ .id = id, .ticket = ticket, .role = ROLE_UNKNOWN };
    change->replies_due = 1; /* our own, so that it lives until all is sent */
    change_send(change);
    change_release(change);
}

void order_role(struct link_set *set, uint32_t id, uint64_t ticket,
                const struct role_change *change, order_settled_fn *settled, void *arg)
{
    change_start(set, LINK_CMD, id, ticket, change, settled, arg);
}

/* The same order on several links: the first that is taken counts. */
struct fence {
    order_settled_fn *settled;
    void *arg;
    unsigned due;
    bool told;
};

static void fence_part_settled(void *arg, const struct order_result *result)
{
    struct fence *fence = arg;

    fence->due--;
    if (!fence->told && (result->ok || fence->due == 0)) {
        fence->told = true;
        fence->settled(fence->arg, result);
    }
    if (fence->due == 0)
        free(fence);
}

void order_fence(struct link_set *set, struct link_set *given, uint32_t id, uint64_t ticket,
                 const struct role_change *change, order_settled_fn *settled, void *arg)
{
    struct fence *fence = calloc(1, sizeof *fence);
    bool pubsub = fence != NULL && link_give(set, given, id, LINK_PUBSUB);
    bool cmd = fence != NULL && link_give(set, given, id, LINK_CMD);

    if (!pubsub && !cmd) {
        free(fence);
        settled(arg, &(struct order_result){ .id = id, .ticket = ticket, .lost = true });
        return;
    }
    *fence = (struct fence){ settled, arg, (unsigned)pubsub + cmd, false };
    if (pubsub) { /* a subscribed connection takes nothing else */
        link_send(given, id, LINK_PUBSUB, (const char *[]){ "UNSUBSCRIBE", NULL }, nothing_replied,
                  NULL, 0);
        change_start(given, LINK_PUBSUB, id, ticket, change, fence_part_settled, fence);
    }
    if (cmd)
        change_start(given, LINK_CMD, id, ticket, change, fence_part_settled, fence);
}
