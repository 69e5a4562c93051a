#include "probes/lease_io.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/link_io.h"

struct renewal {
    order_settled_fn *settled;
    void *arg;
    struct order_result result;
};

/* An id has no backslash, where the name of a group may. */
static void fill_holder(char ret_text[LEASE_HOLDER_MAX + 1], const char *name)
{
    snprintf(ret_text, LEASE_HOLDER_MAX + 1, "%s", name);
    for (char *at = ret_text; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~' || *at == '\\' || *at == '"')
            *at = '_';
    }
}

void lease_words_fill(struct lease_words *words, const struct lease_grant *grant)
{
    bool from = grant != NULL && grant->ms > 0;

    *words = (struct lease_words){ .words = { NULL } };
    if (grant == NULL)
        return;
    snprintf(words->ms, sizeof words->ms, "%" PRId64, grant->ms);
    snprintf(words->epoch, sizeof words->epoch, "%" PRIu64, grant->epoch);
    snprintf(words->clock_ms, sizeof words->clock_ms, "%" PRIu64, grant->clock_ms);
    fill_holder(words->holder, grant->holder);
    memcpy(words->words,
           (const char *[]){ "PICKET", "LEASE", words->ms, words->epoch, words->holder,
                             from ? "FROM" : NULL, words->clock_ms, NULL },
           sizeof words->words);
}

static void replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct renewal *renewal = ctx;
    struct order_result *result = &renewal->result;

    (void)tag;
    if (reply == NULL) {
        result->lost = true;
    } else if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
               reply->element[0]->type == REDIS_REPLY_INTEGER &&
               reply->element[1]->type == REDIS_REPLY_INTEGER && reply->element[0]->integer >= 0 &&
               reply->element[1]->integer >= 0) {
        result->ok = true;
        result->lease_left_ms = (uint64_t)reply->element[0]->integer;
        result->lease_clock_ms = (uint64_t)reply->element[1]->integer;
    } else {
        snprintf(result->error, sizeof result->error, "%s",
                 reply->type == REDIS_REPLY_ERROR ? reply->str
                                                  : "unexpected reply to PICKET LEASE");
    }
    renewal->settled(renewal->arg, result);
    free(renewal);
}

void order_lease(struct link_set *set, uint32_t id, uint64_t ticket,
                 const struct lease_grant *grant, order_settled_fn *settled, void *arg)
{
    struct renewal *renewal = calloc(1, sizeof *renewal);
    struct order_result result = { .id = id, .ticket = ticket };
    struct lease_words words;

    if (renewal != NULL) {
        lease_words_fill(&words, grant);
        *renewal = (struct renewal){ .settled = settled, .arg = arg, .result = result };
        if (link_send(set, id, LINK_CMD, words.words, replied, renewal, 0))
            return;
    }
    free(renewal);
    result.lost = true;
    settled(arg, &result);
}
