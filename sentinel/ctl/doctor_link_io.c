#include "sentinel/ctl/doctor_link_io.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/link_io.h"
#include "wire/loop_io.h"

#define WORDS_MAX 8

static void keep_error(struct doctor_link *link, const char *text)
{
    snprintf(link->error, sizeof(link->error), "%s", text);
}

/* The numeric address of a name, with how long that took; false: it has none. */
static bool look_up(struct doctor_link *link, const struct addr *addr, char ret[NI_MAXHOST])
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    int64_t begin = loop_now_ms();

    link->lookup_ms = -1;
    snprintf(ret, NI_MAXHOST, "%s", addr->host);
    if (addr_is_numeric(addr))
        return true;
    int error = getaddrinfo(addr->host, NULL, &hints, &found);
    if (error == 0)
        error = getnameinfo(found->ai_addr, found->ai_addrlen, ret, NI_MAXHOST, NULL, 0,
                            NI_NUMERICHOST);
    if (found)
        freeaddrinfo(found);
    link->lookup_ms = loop_now_ms() - begin;
    if (error != 0)
        keep_error(link, gai_strerror(error));
    return error == 0;
}

static bool log_in(struct doctor_link *link, const char *user, const char *password)
{
    redisReply *reply;

    if (password[0] == '\0')
        return true;
    reply = user[0] != '\0' ? DOCTOR_ASK(link, "AUTH", user, password)
                            : DOCTOR_ASK(link, "AUTH", password);
    bool ok = reply && reply->type != REDIS_REPLY_ERROR;
    if (reply && !ok)
        keep_error(link, reply->str);
    freeReplyObject(reply);
    return ok;
}

bool doctor_connect(struct doctor_link *link, const struct addr *addr, const char *user,
                    const char *password)
{
    const struct timeval connect_s = { CTL_CONNECT_MS / 1000, 0 },
                         reply_s = { CTL_REPLY_MS / 1000, 0 };
    char host[NI_MAXHOST];

    *link = (struct doctor_link){ 0 };
    if (!look_up(link, addr, host))
        return false;
    link->redis = redisConnectWithTimeout(host, addr->port, connect_s);
    if (link->redis && !link->redis->err && redisSetTimeout(link->redis, reply_s) == REDIS_OK &&
        log_in(link, user, password))
        return true;
    if (link->error[0] == '\0')
        keep_error(link, link->redis ? link->redis->errstr : "memory is out");
    doctor_close(link);
    return false;
}

void doctor_close(struct doctor_link *link)
{
    if (link->redis)
        redisFree(link->redis);
    link->redis = NULL;
}

redisReply *doctor_ask(struct doctor_link *link, const char *const *words)
{
    const char *argv[WORDS_MAX];
    int n = 0;

    while (n < WORDS_MAX && words[n]) {
        argv[n] = words[n];
        n++;
    }
    redisReply *reply = redisCommandArgv(link->redis, n, argv, NULL);
    if (!reply)
        keep_error(link, link->redis->errstr);
    return reply;
}

const char *doctor_text(const redisReply *reply)
{
    return reply && (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS)
               ? reply->str
               : "";
}

/* Behind the colon of the field; NULL: there is none. */
static const char *find_field(const char *info, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = info; p && *p; p = strchr(p, '\n'), p += p != NULL)
        if (strncmp(p, name, len) == 0 && p[len] == ':')
            return p + len + 1;
    return NULL;
}

int64_t doctor_number(const char *info, const char *name, int64_t preset)
{
    const char *value = find_field(info, name);
    char *end;

    if (!value)
        return preset;
    int64_t number = strtoll(value, &end, 10);
    return end != value ? number : preset;
}

const char *doctor_word(const char *info, const char *name, char *ret, size_t size)
{
    const char *value = find_field(info, name);

    snprintf(ret, size, "%.*s", value ? (int)strcspn(value, "\r\n") : 0, value ? value : "");
    return ret;
}
