#include "sentinel/ctl/link_io.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/ctl/ctl.h"

static struct timeval timeval_of(long ms)
{
    struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };
    return tv;
}

redisContext *ctl_connect(const char *host, int port)
{
    redisContext *link = redisConnectWithTimeout(host, port, timeval_of(CTL_CONNECT_MS));
    if (link && !link->err && redisSetTimeout(link, timeval_of(CTL_REPLY_MS)) == REDIS_OK)
        return link;
    fprintf(stderr, "picketctl: %s:%d: %s\n", host, port, link ? link->errstr : "memory is out");
    if (link)
        redisFree(link);
    return NULL;
}

/* Logs in when there is something to log in with. */
static bool log_in(redisContext *link, const struct ctl *ctl)
{
    redisReply *reply;

    if (ctl->password[0] == '\0')
        return true;
    reply = ctl->user[0] != '\0' ? CTL_CALL(link, "AUTH", ctl->user, ctl->password)
                                 : CTL_CALL(link, "AUTH", ctl->password);
    freeReplyObject(reply);
    return reply != NULL;
}

redisContext *ctl_open_at(const struct ctl *ctl, const char *host, int port)
{
    redisContext *link = ctl_connect(host, port);

    if (!link || log_in(link, ctl))
        return link;
    redisFree(link);
    return NULL;
}

redisContext *ctl_open(const struct ctl *ctl)
{
    redisContext *link = NULL;

    for (size_t i = 0; i < ctl->n_supervisors && !link; i++)
        link = ctl_open_at(ctl, ctl->supervisors[i].host, ctl->supervisors[i].port);
    if (!link)
        fprintf(stderr, "  what to do: start picketd there, or name other supervisors: -s "
                        "HOST:PORT,..., or PICKETCTL_SUPERVISORS in the environment\n");
    return link;
}

void ctl_close(redisContext *link)
{
    if (link)
        redisFree(link);
}

void ctl_print(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

/* Let errors through to nobody but the operator. */
static redisReply *checked(redisContext *link, redisReply *reply)
{
    if (!reply) {
        fprintf(stderr, "picketctl: no reply: %s\n", link->errstr);
        return NULL;
    }
    if (reply->type != REDIS_REPLY_ERROR)
        return reply;
    fprintf(stderr, "picketctl: %s\n", reply->str);
    freeReplyObject(reply);
    return NULL;
}

redisReply *ctl_call(redisContext *link, int argc, const char *const *argv)
{
    /* hiredis 0.14 takes the words as pointers that may be written to; it does not. */
    return checked(link, redisCommandArgv(link, argc, (const char **)argv, NULL));
}

bool ctl_ask_runid(redisContext *link, char ret_runid[PEER_RUNID_LEN + 1])
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "MYID");
    bool ok = reply && reply->type == REDIS_REPLY_STRING && reply->len == PEER_RUNID_LEN;

    if (ok)
        memcpy(ret_runid, reply->str, PEER_RUNID_LEN + 1);
    freeReplyObject(reply);
    return ok;
}

redisReply *ctl_wait(redisContext *link)
{
    void *reply = NULL;
    if (redisSetTimeout(link, timeval_of(0)) != REDIS_OK || redisGetReply(link, &reply) != REDIS_OK)
        reply = NULL;
    return checked(link, reply);
}

redisReply *ctl_wait_for(redisContext *link, int ms, bool *ret_late)
{
    void *reply = NULL;

    *ret_late = false;
    if (redisGetReplyFromReader(link, &reply) == REDIS_OK && !reply) {
        struct pollfd fd = { .fd = link->fd, .events = POLLIN };
        *ret_late = poll(&fd, 1, ms) == 0;
        if (*ret_late)
            return NULL;
        if (redisBufferRead(link) != REDIS_OK || redisGetReplyFromReader(link, &reply) != REDIS_OK)
            reply = NULL;
        *ret_late = !reply && !link->err; /* a part of one */
    }
    return reply || !*ret_late ? checked(link, reply) : NULL;
}

bool ctl_is_event(const redisReply *reply, const char **ret_event, const char **ret_payload)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 4)
        return false;
    for (size_t i = 0; i < reply->elements; i++)
        if (reply->element[i]->type != REDIS_REPLY_STRING)
            return false;
    *ret_event = reply->element[2]->str;
    *ret_payload = reply->element[3]->str;
    return strcmp(reply->element[0]->str, "pmessage") == 0;
}

const redisReply *ctl_value(const redisReply *map, const char *name)
{
    for (size_t i = 0; map->type == REDIS_REPLY_ARRAY && i + 1 < map->elements; i += 2) {
        if (map->element[i]->type == REDIS_REPLY_STRING && strcmp(map->element[i]->str, name) == 0)
            return map->element[i + 1];
    }
    return NULL;
}

const char *ctl_field(const redisReply *map, const char *name)
{
    const redisReply *value = ctl_value(map, name);

    return value && value->type == REDIS_REPLY_STRING ? value->str : "";
}

bool ctl_has_word(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = list; *p; p += strcspn(p, ","), p += *p == ',')
        if (strncmp(p, word, len) == 0 && (p[len] == ',' || p[len] == '\0'))
            return true;
    return false;
}
