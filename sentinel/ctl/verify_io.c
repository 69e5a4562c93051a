#include "sentinel/ctl/verify_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/apply_io.h"

bool verify_init(struct verify *v, const struct node *from, const struct node *to)
{
    memset(v, 0, sizeof(*v));
    v->from = from;
    v->to = to;
    v->db = -1;
    v->from_link = node_connect(from);
    v->to_link = v->from_link ? node_connect(to) : NULL;
    return v->to_link != NULL;
}

void verify_done(struct verify *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->keys[i].name);
    if (v->from_link)
        redisFree(v->from_link);
    if (v->to_link)
        redisFree(v->to_link);
}

static bool select_one(redisContext *link, const struct node *node, int db)
{
    char number[16];
    const char *argv[] = { "SELECT", number };

    snprintf(number, sizeof(number), "%d", db);
    redisReply *reply = node_call(link, node, 2, argv);
    freeReplyObject(reply);
    return reply != NULL;
}

static bool select_both(struct verify *v, int db)
{
    if (v->db == db)
        return true;
    v->db = db;
    return select_one(v->from_link, v->from, db) && select_one(v->to_link, v->to, db);
}

/* One key by chance; a database may be empty by now. */
static bool draw_one(struct verify *v, int db)
{
    const char *argv[] = { "RANDOMKEY" };
    struct verify_key *k = &v->keys[v->count];
    redisReply *reply = node_call(v->from_link, v->from, 1, argv);

    if (reply && reply->type == REDIS_REPLY_STRING) {
        k->name = malloc((size_t)reply->len + 1);
        if (k->name) {
            memcpy(k->name, reply->str, (size_t)reply->len + 1);
            k->len = (size_t)reply->len;
            k->db = db;
            v->count++;
        }
    }
    freeReplyObject(reply);
    return reply != NULL;
}

bool verify_draw(struct verify *v)
{
    uint64_t keys[NODE_DATABASES_MAX], total = 0;

    if (!node_key_counts(v->from_link, v->from, keys))
        return false;
    for (int db = 0; db < NODE_DATABASES_MAX; db++)
        total += keys[db];
    for (int db = 0; db < NODE_DATABASES_MAX; db++) {
        uint64_t n = total > 0 ? (keys[db] * (VERIFY_SAMPLES_MAX - NODE_DATABASES_MAX)) / total : 0;

        if (keys[db] == 0)
            continue;
        if (!select_both(v, db))
            return false;
        for (uint64_t i = 0; i <= n && v->count < VERIFY_SAMPLES_MAX; i++)
            if (!draw_one(v, db))
                return false;
    }
    return true;
}

static bool compare_key(struct verify *v, struct verify_key *k)
{
    struct slice name = { k->name, k->len };
    uint64_t from = 0, to = 0;
    bool in_from, in_to;

    if (!select_both(v, k->db) || !apply_digest(v->from_link, v->from, name, &in_from, &from) ||
        !apply_digest(v->to_link, v->to, name, &in_to, &to))
        return false;
    k->same = in_from == in_to && from == to;
    k->moving = !k->same && (!k->looked || k->last != from);
    k->looked = true;
    k->last = from;
    return true;
}

static bool compare_counts(struct verify *v)
{
    uint64_t from[NODE_DATABASES_MAX], to[NODE_DATABASES_MAX];

    if (!node_key_counts(v->from_link, v->from, from) || !node_key_counts(v->to_link, v->to, to))
        return false;
    v->from_keys = v->to_keys = 0;
    for (int db = 0; db < NODE_DATABASES_MAX; db++) {
        v->from_keys += from[db];
        v->to_keys += to[db];
    }
    v->counts_same = memcmp(from, to, sizeof(from)) == 0;
    return true;
}

bool verify_look(struct verify *v)
{
    v->different = v->moving = 0;
    for (size_t i = 0; i < v->count; i++) {
        if (!v->keys[i].same && !compare_key(v, &v->keys[i]))
            return false;
        v->different += !v->keys[i].same && !v->keys[i].moving;
        v->moving += v->keys[i].moving;
    }
    return compare_counts(v);
}
