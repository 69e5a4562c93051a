#include "quorum/peer_io.h"

#include <assert.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/link_io.h"
#include "quorum/epoch.h"
#include "quorum/message.h"

#define NUMBER_MAX 24   /* a number as text */
#define UNABLE_MS  1000 /* until a peer that gave no answer to a claim is asked again */

struct peer_line {
    struct link_set *links;
    peer_heard_fn *heard;
    void *arg;
    uint64_t malformed;
};

/* An ASK or OPINION that waits for its reply. */
struct asked {
    struct peer_line *line;
    uint32_t peer;
    uint64_t ticket;
    int open;           /* WHERE: replies to come, */
    struct there there; /* and what they have said so far */
};

struct peer_line *peer_line_new(struct link_set *links, peer_heard_fn *heard, void *arg)
{
    struct peer_line *line = calloc(1, sizeof *line);

    if (line != NULL)
        *line = (struct peer_line){ .links = links, .heard = heard, .arg = arg };
    return line;
}

void peer_line_free(struct peer_line *line)
{
    free(line);
}

uint64_t peer_malformed(const struct peer_line *line)
{
    return line->malformed;
}

static char *number(char ret_text[NUMBER_MAX], uint64_t value)
{
    snprintf(ret_text, NUMBER_MAX, "%" PRIu64, value);
    return ret_text;
}

/* Send on the peer's link; WORDS end in NULL. The context goes to FN, or is freed. */
static void send_asked(struct peer_line *line, const struct message *message,
                       const char *const *words, reply_fn *fn)
{
    struct asked *asked = calloc(1, sizeof *asked);

    if (asked == NULL)
        return;
    *asked = (struct asked){ .line = line, .peer = message->peer, .ticket = message->ticket };
    if (!link_send(line->links, message->peer, LINK_CMD, words, fn, asked, 0))
        free(asked);
}

/* ":1", "$runid or *", ":epoch". False unless it is all that, epochs not negative. */
static bool parse_answer(struct answer *ret_answer, const redisReply *reply)
{
    struct answer answer = { 0 };

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 3)
        return false;
    const redisReply *down = reply->element[0];
    const redisReply *leader = reply->element[1];
    const redisReply *epoch = reply->element[2];

    if (down->type != REDIS_REPLY_INTEGER || leader->type != REDIS_REPLY_STRING ||
        epoch->type != REDIS_REPLY_INTEGER || epoch->integer < 0)
        return false;
    answer.down = down->integer != 0;
    answer.leader_epoch = (uint64_t)epoch->integer;
    if (peer_runid_valid(leader->str, leader->len))
        memcpy(answer.leader, leader->str, leader->len);
    else if (leader->len != 1 || leader->str[0] != '*')
        return false;
    *ret_answer = answer;
    return true;
}

static void ask_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct asked *asked = ctx;
    struct message message = { .kind = MESSAGE_ANSWER,
                               .peer = asked->peer,
                               .ticket = asked->ticket };

    (void)tag;
    if (reply != NULL) {
        /* an answer that says nothing is one all the same: the question is not in flight any more
         */
        asked->line->malformed += !parse_answer(&message.u.answer, reply);
        asked->line->heard(asked->line->arg, &message);
    }
    free(asked);
}

static void send_ask(struct peer_line *line, const struct message *message)
{
    const struct ask *ask = &message->u.ask;
    char port[NUMBER_MAX], epoch[NUMBER_MAX];
    const char *candidate = ask->candidate[0] != '\0' ? ask->candidate : "*";

    send_asked(line, message,
               (const char *[]){ "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", ask->primary.host,
                                 number(port, ask->primary.port), number(epoch, ask->epoch),
                                 candidate, NULL },
               ask_replied);
}

/* Whoever does not know the command is a stock sentinel. */
static void opinion_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct asked *asked = ctx;

    (void)tag;
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR &&
        strstr(reply->str, "unknown command") != NULL)
        asked->line->heard(asked->line->arg,
                           &(struct message){ .kind = MESSAGE_STOCK, .peer = asked->peer });
    free(asked);
}

static void send_opinion(struct peer_line *line, const struct message *message)
{
    const struct opinion *opinion = &message->u.opinion;
    char port[NUMBER_MAX], config_epoch[NUMBER_MAX], leading_epoch[NUMBER_MAX];

    send_asked(line, message,
               (const char *[]){
                   "PICKET", "OPINION", opinion->runid, opinion->group, opinion->primary.host,
                   number(port, opinion->primary.port), number(config_epoch, opinion->config_epoch),
                   opinion->down ? "1" : "0", number(leading_epoch, opinion->leading_epoch), NULL },
               opinion_replied);
}

/* ":given", ":ms", ":serial", "$ip", ":port". Anything else gives nothing. */
static void parse_pledge(struct pledge *ret_pledge, const redisReply *reply)
{
    ret_pledge->ms = UNABLE_MS;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 5)
        return;
    for (size_t i = 0; i < 5; i++) {
        const redisReply *part = reply->element[i];

        if (part->type != (i == 3 ? REDIS_REPLY_STRING : REDIS_REPLY_INTEGER) ||
            (i != 3 && part->integer < 0))
            return;
    }
    ret_pledge->given = reply->element[0]->integer == 1;
    ret_pledge->ms = reply->element[1]->integer;
    if (addr_set_slice(&ret_pledge->addr, reply->element[3]->str, reply->element[3]->len,
                       reply->element[4]->integer))
        ret_pledge->serial = (uint64_t)reply->element[2]->integer;
}

static void claim_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct asked *asked = ctx;
    struct message message = { .kind = MESSAGE_PLEDGE,
                               .peer = asked->peer,
                               .ticket = asked->ticket };

    (void)tag;
    if (reply != NULL) {
        parse_pledge(&message.u.pledge, reply);
        asked->line->heard(asked->line->arg, &message);
    }
    free(asked);
}

static void send_claim(struct peer_line *line, const struct message *message)
{
    const struct claim *claim = &message->u.claim;
    char port[NUMBER_MAX], epoch[NUMBER_MAX], ms[NUMBER_MAX], over[NUMBER_MAX];

    send_asked(line, message,
               (const char *[]){
                   "PICKET", "CLAIM", claim->runid, claim->group, claim->stake.addr.host,
                   number(port, claim->stake.addr.port), number(epoch, claim->stake.epoch),
                   number(ms, (uint64_t)claim->stake.ms), number(over, claim->stake.over), NULL },
               claim_replied);
}

/* The field of that name in the map of SENTINEL MASTER. */
static const redisReply *field_of(const redisReply *map, const char *name)
{
    for (size_t i = 0; map->type == REDIS_REPLY_ARRAY && i + 1 < map->elements; i += 2) {
        if (map->element[i]->type == REDIS_REPLY_STRING && strcmp(map->element[i]->str, name) == 0)
            return map->element[i + 1];
    }
    return NULL;
}

static uint64_t parse_config_epoch(const redisReply *reply)
{
    const redisReply *field = field_of(reply, "config-epoch");
    uint64_t epoch = 0;

    if (field != NULL && field->type == REDIS_REPLY_STRING)
        epoch_parse(&epoch, field->str, field->len);
    return epoch;
}

/* "$ip", "$port"; anything else means that it knows no such group. */
static void parse_there(struct addr *ret_addr, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
        reply->element[0]->type == REDIS_REPLY_STRING &&
        reply->element[1]->type == REDIS_REPLY_STRING)
        addr_set_slice(ret_addr, reply->element[0]->str, reply->element[0]->len,
                       strtoll(reply->element[1]->str, NULL, 10));
}

static void parse_runid(char ret_runid[PEER_RUNID_LEN + 1], const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_STRING && peer_runid_valid(reply->str, reply->len))
        memcpy(ret_runid, reply->str, PEER_RUNID_LEN + 1);
}

/* One of the replies to a WHERE has been read or is lost: the last one brings the answer. If not
 * all of the questions could be sent, it says less. */
static void where_done(struct asked *asked, const redisReply *reply)
{
    struct message message = { .kind = MESSAGE_THERE,
                               .peer = asked->peer,
                               .ticket = asked->ticket };

    if (--asked->open > 0)
        return;
    message.u.there = asked->there;
    if (reply != NULL)
        asked->line->heard(asked->line->arg, &message);
    free(asked);
}

static void runid_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct asked *asked = ctx;

    (void)tag;
    if (reply != NULL) {
        parse_runid(asked->there.runid, reply);
        asked->there.denied =
            reply->type == REDIS_REPLY_ERROR && evidence_of_error(reply->str) == EVIDENCE_DENIED;
    }
    where_done(asked, reply);
}

static void address_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct asked *asked = ctx;

    (void)tag;
    if (reply != NULL)
        parse_there(&asked->there.addr, reply);
    where_done(asked, reply);
}

static void epoch_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct asked *asked = ctx;

    (void)tag;
    if (reply != NULL)
        asked->there.config_epoch = parse_config_epoch(reply);
    where_done(asked, reply);
}

static void send_where(struct peer_line *line, const struct message *message)
{
    const char *const myid[] = { "SENTINEL", "MYID", NULL };
    const char *const address[] = { "SENTINEL", "GET-MASTER-ADDR-BY-NAME", message->u.group, NULL };
    const char *const epoch[] = { "SENTINEL", "MASTER", message->u.group, NULL };
    const struct {
        const char *const *words;
        reply_fn *replied;
    } questions[] = { { myid, runid_replied },
                      { address, address_replied },
                      { epoch, epoch_replied } };
    struct asked *asked = calloc(1, sizeof *asked);

    if (asked == NULL)
        return;
    *asked = (struct asked){ .line = line, .peer = message->peer, .ticket = message->ticket };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (!link_send(line->links, message->peer, LINK_CMD, questions[i].words,
                       questions[i].replied, asked, 0))
            break;
        asked->open++;
    }
    if (asked->open == 0)
        free(asked);
}

static void hello_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

bool peer_hello_text(const struct peer_line *line, uint32_t id, const struct hello *hello,
                     char ret_text[HELLO_TEXT_MAX])
{
    struct hello full = *hello;

    if (!addr_is_set(&full.sender) && !link_local_host(line->links, id, full.sender.host))
        return false;
    assert(full.sender.port != 0);
    hello_format(&full, ret_text);
    return true;
}

static void send_hello(struct peer_line *line, const struct message *message)
{
    char text[HELLO_TEXT_MAX];

    if (peer_hello_text(line, message->peer, &message->u.hello, text))
        link_send(line->links, message->peer, LINK_CMD,
                  (const char *[]){ "PUBLISH", HELLO_CHANNEL, text, NULL }, hello_replied, NULL, 0);
}

void peer_send(struct peer_line *line, const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_HELLO:
        send_hello(line, message);
        break;
    case MESSAGE_ASK:
        send_ask(line, message);
        break;
    case MESSAGE_OPINION:
        send_opinion(line, message);
        break;
    case MESSAGE_WHERE:
        send_where(line, message);
        break;
    case MESSAGE_CLAIM:
        send_claim(line, message);
        break;
    case MESSAGE_ANSWER: /* go to the client that asked */
    case MESSAGE_PLEDGE:
    case MESSAGE_STOCK:
    case MESSAGE_THERE: /* come in only */
    case MESSAGE_COUNT:
        assert(!"not for a peer's link");
    }
}
