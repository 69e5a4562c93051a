#include "sentinel/ctl/node_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/link_io.h"

static const struct {
    const char *code, *hint;
} hints[] = {
    { "NOAUTH", "give the password in the environment (PICKETCTL_AUTH) or by --pass-file" },
    { "WRONGPASS", "check --user and the password" },
    { "NOPERM",
      "the user needs +psync +replconf +info +dump to be read from, and +restore (or +@write) "
      "on all keys to be written to" },
    { "READONLY", "the node is a replica: name its primary" },
    { "LOADING", "the node still loads its data: try again when it is done" },
    { "OOM", "raise the node's maxmemory, then start again" },
    { "MISCONF", "the node cannot save: look into its log, mend that, then start again" },
    { "NOREPLICAS", "the node waits for its replicas: bring them back, then start again" },
    { "NOLEASE", "the node has no write lease: its supervisors are not there" },
    { "NOMASTERLINK", "the node is a replica without a link to its primary: name another node" },
    { "BUSYKEY", "give --replace or --skip" },
    { "CROSSSLOT", "nodes of a cluster are not supported" },
    { "MOVED", "nodes of a cluster are not supported" },
};

void node_complain(const struct node *node, const char *text)
{
    char addr[ADDR_TEXT_MAX];
    fprintf(stderr, "picketctl: %s: ", addr_format(&node->addr, addr));
    for (; *text == '-'; text++)
        ;
    fprintf(stderr, "%.400s", text);
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        if (strncmp(text, hints[i].code, strlen(hints[i].code)) == 0)
            fprintf(stderr, "\n  what to do: %s", hints[i].hint);
    fputc('\n', stderr);
}

redisReply *node_call(redisContext *link, const struct node *node, int argc,
                      const char *const *argv)
{
    redisReply *reply = redisCommandArgv(link, argc, (const char **)argv, NULL);
    if (reply && reply->type != REDIS_REPLY_ERROR)
        return reply;
    node_complain(node, reply ? reply->str : link->errstr);
    freeReplyObject(reply);
    return NULL;
}

/* Logs in when there is something to log in with. */
static bool log_in(redisContext *link, const struct node *node)
{
    const char *argv[3] = { "AUTH", node->user, node->password };
    if (!*node->user)
        argv[1] = node->password;
    if (!*node->password)
        return true;
    redisReply *reply = node_call(link, node, *node->user ? 3 : 2, argv);
    freeReplyObject(reply);
    return reply != NULL;
}

redisContext *node_connect(const struct node *node)
{
    struct timeval limit = { NODE_REPLY_MS / 1000, 0 };
    redisContext *link = ctl_connect(node->addr.host, node->addr.port);
    if (!link)
        return NULL;
    if (redisSetTimeout(link, limit) == REDIS_OK && log_in(link, node))
        return link;
    redisFree(link);
    return NULL;
}

/* The line of INFO that begins with the name, behind its colon; NULL: there is none. */
static const char *find_line(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = text; p && *p; p = strchr(p, '\n'), p += p != NULL)
        if (strncmp(p, name, len) == 0 && p[len] == ':')
            return p + len + 1;
    return NULL;
}

static redisReply *call_info(redisContext *link, const struct node *node, const char *section)
{
    const char *argv[] = { "INFO", section };
    redisReply *reply = node_call(link, node, 2, argv);
    if (!reply || reply->type == REDIS_REPLY_STRING)
        return reply;
    node_complain(node, "INFO is answered by something else than a text");
    freeReplyObject(reply);
    return NULL;
}

bool node_info(redisContext *link, const struct node *node, const char *section, const char *field,
               char ret[NODE_FIELD_TEXT_MAX])
{
    redisReply *reply = call_info(link, node, section);
    if (!reply)
        return false;
    const char *value = find_line(reply->str, field);
    snprintf(ret, NODE_FIELD_TEXT_MAX, "%.*s", value ? (int)strcspn(value, "\r\n") : 0,
             value ? value : "");
    freeReplyObject(reply);
    return true;
}

bool node_key_counts(redisContext *link, const struct node *node, uint64_t ret[NODE_DATABASES_MAX])
{
    redisReply *reply = call_info(link, node, "keyspace");
    if (!reply)
        return false;
    for (int db = 0; db < NODE_DATABASES_MAX; db++) {
        char name[16];
        snprintf(name, sizeof(name), "db%d", db);
        const char *line = find_line(reply->str, name);
        ret[db] = line && strncmp(line, "keys=", 5) == 0 ? strtoull(line + 5, NULL, 10) : 0;
    }
    freeReplyObject(reply);
    return true;
}
