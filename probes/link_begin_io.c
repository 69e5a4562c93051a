/* How a link begins: connecting and logging in, until it is up; and what it hears. */
#include <assert.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/link_parts_io.h"
#include "probes/renames.h"

#define NAME_MAX_LEN 32 /* of a connection */

void line_drop_beginnings(struct line *line)
{
    free(line->user);
    free(line->pass);
    free(line->addresses);
    line->user = line->pass = NULL;
    line->addresses = NULL;
    line->n_addresses = line->next_address = 0;
}

static enum evidence evidence_of_errno(int error, bool established)
{
    switch (error) {
    case ECONNREFUSED:
        return established ? EVIDENCE_RESET : EVIDENCE_REFUSED;
    case ETIMEDOUT:
        return EVIDENCE_TIMEOUT;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
        return EVIDENCE_UNREACHABLE;
    default: /* end of file, reset, broken pipe, not the protocol; no descriptor, no memory */
        return established ? EVIDENCE_RESET : EVIDENCE_UNREACHABLE;
    }
}

static void connect_next(struct line *line, enum evidence last);

static void stream_ended(void *arg, int error, bool established)
{
    struct line *line = arg;
    enum evidence evidence = evidence_of_errno(error, established);

    line->stream = NULL;
    if (established)
        line_fail(line, evidence);
    else
        connect_next(line, evidence);
}

static bool is_text(const redisReply *reply, const char *text)
{
    size_t len = strlen(text);

    return reply->type == REDIS_REPLY_STRING && reply->len == len &&
           memcmp(reply->str, text, len) == 0;
}

/* Messages on the channel come between replies. */
static bool stream_pushed(void *arg, const redisReply *reply)
{
    struct line *line = arg;
    struct link_set *set = line->set;

    if (line->kind != LINK_PUBSUB || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3 ||
        !is_text(reply->element[0], "message"))
        return false;
    if (is_text(reply->element[1], set->channel) && reply->element[2]->type == REDIS_REPLY_STRING)
        set->ops.heard(set->arg, line->id, reply->element[2]->str, reply->element[2]->len);
    return true;
}

static const struct stream_ops stream_ops = { stream_pushed, stream_ended };

static void come_up(struct line *line)
{
    char ip[HOST_LEN_MAX + 1] = "";
    struct link_report report = { line->id, line->kind, EVIDENCE_CONNECTED, ip, NULL };

    line->up = true;
    line_drop_beginnings(line);
    stream_remote_host(line->stream, ip);
    link_tell(line->set, &report);
}

/* A reply of the login: what it says is of no account, only that all have come. */
static void login_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct line *line = reply != NULL ? link_find(ctx, tag) : NULL;

    if (line != NULL && --line->replies_due == 0)
        come_up(line);
}

const char *const *line_rename(const struct line *line, const char *const *words,
                               const char *ret_words[LINK_WORDS_MAX + 1], char *name)
{
    size_t n = 0;

    if (line->renames == NULL)
        return words;
    for (; words[n] != NULL; n++) {
        assert(n < LINK_WORDS_MAX);
        ret_words[n] = words[n];
    }
    ret_words[n] = NULL;
    ret_words[0] = renames_find(line->renames, words[0], name, LINK_COMMAND_MAX);
    return ret_words;
}

static void login_send(struct line *line, const char *const *words)
{
    const char *renamed[LINK_WORDS_MAX + 1];
    char name[LINK_COMMAND_MAX];

    words = line_rename(line, words, renamed, name);
    if (stream_send(line->stream, words, login_replied, line->set, link_tag(line->id, line->kind)))
        line->replies_due++;
}

/* Queue all that has to be said first; it leaves when the connection is there. */
static void login(struct line *line)
{
    char name[NAME_MAX_LEN];

    line->replies_due = 0;
    if (line->pass != NULL && line->user != NULL)
        login_send(line, (const char *[]){ "AUTH", line->user, line->pass, NULL });
    else if (line->pass != NULL)
        login_send(line, (const char *[]){ "AUTH", line->pass, NULL });
    snprintf(name, sizeof name, "sentinel-%s-%s", line->set->runid, link_kind_name(line->kind));
    login_send(line, (const char *[]){ "CLIENT", "SETNAME", name, NULL });
    if (line->kind == LINK_PUBSUB)
        login_send(line, (const char *[]){ "SUBSCRIBE", line->set->channel, NULL });
}

/* Try the next address of the name; LAST is what became of the one before. When there is none left
 * the link has failed: as refused, if any of them refused it, for then the host is there. */
static void connect_next(struct line *line, enum evidence last)
{
    int error;

    line->refused |= last == EVIDENCE_REFUSED;
    while (line->next_address < line->n_addresses) {
        line->stream = stream_open(line->set->pool, &line->addresses[line->next_address++],
                                   &stream_ops, line, &error);
        if (line->stream != NULL) {
            login(line);
            return;
        }
        last = evidence_of_errno(error, false);
        line->refused |= last == EVIDENCE_REFUSED;
    }
    line_fail(line, line->refused ? EVIDENCE_REFUSED : last);
}

void line_connect(struct line *line, const struct sockaddr_storage *addresses, size_t n)
{
    line->addresses = n > 0 ? malloc(n * sizeof *addresses) : NULL;
    if (line->addresses != NULL) {
        memcpy(line->addresses, addresses, n * sizeof *addresses);
        line->n_addresses = n;
    }
    connect_next(line, EVIDENCE_UNREACHABLE);
}

void line_looked_up(void *arg, const struct sockaddr_storage *addresses, size_t n)
{
    struct line *line = arg;

    line->resolve = NULL;
    line_connect(line, addresses, n);
}
