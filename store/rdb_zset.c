/* Sorted sets in RDB streams. */
#include <math.h>
#include <string.h>

#include "store/keyspace.h"
#include "store/number.h"
#include "store/pack.h"
#include "store/rdb_cursor.h"
#include "store/rdb_out.h"
#include "store/rdb_read.h"
#include "store/rdb_value.h"
#include "store/zset.h"

static void read_zset(struct cursor *c, unsigned type, struct entry *e)
{
    struct rdb_reader *r = c->r;
    unsigned char *pack;

    if (type == RDB_TYPE_ZSET || type == RDB_TYPE_ZSET_2) {
        r->left = cursor_take_plain_length(c, "number of members");
        if (r->left > r->limits.zset_entries)
            zset_start_table(e, &r->ks->hash_key);
        else
            zset_start(e);
        return;
    }
    pack = type == RDB_TYPE_ZSET_LISTPACK ? rdb_value_take_listpack(c) : rdb_value_take_ziplist(c);
    if (pack == NULL || zset_adopt(e, pack, &r->limits, &r->ks->hash_key))
        return;
    pack_free(pack);
    cursor_fail(c, "sorted set with a member twice or out of order, or without a score");
}

/* A length and as many digits. */
static double take_text_score(struct cursor *c)
{
    unsigned n = cursor_take_byte(c);
    struct slice text;
    double score = 0;

    if (cursor_stopped(c))
        return 0;
    if (n >= RDB_SCORE_INF)
        return n == RDB_SCORE_INF ? INFINITY : -INFINITY;
    if (n == RDB_SCORE_NAN)
        return NAN;
    text.p = (const char *)cursor_take(c, n);
    text.n = n;
    if (!cursor_stopped(c) && !number_read_score(text, &score))
        cursor_fail(c, "score is not a number");
    return score;
}

static double take_binary_score(struct cursor *c)
{
    uint64_t word = cursor_take_word(c, sizeof(word));
    double score;

    memcpy(&score, &word, sizeof(score));
    return score;
}

static void read_member(struct cursor *c)
{
    struct rdb_reader *r = c->r;
    struct text name;
    double score;

    cursor_take_text(c, &name);
    score = r->building_type == RDB_TYPE_ZSET ? take_text_score(c) : take_binary_score(c);
    if (cursor_stopped(c))
        return;
    if (isnan(score))
        cursor_fail(c, "score is not a number");
    else if (zset_set(r->building, name.bytes, score, ZSET_NX, &r->limits, &r->ks->hash_key,
                      &score) != ZSET_ADDED)
        cursor_fail(c, "sorted set with a member twice");
}

static enum rdb_type type_of(const struct entry *e)
{
    return e->encoding == COLLECTION_PACK ? RDB_TYPE_ZSET_LISTPACK : RDB_TYPE_ZSET_2;
}

/* A compact value as it is, a large one member by member. */
static void write_zset(struct rdb_out *o, const struct entry *e)
{
    struct zset_walk walk;

    if (e->encoding == COLLECTION_PACK) {
        struct slice bytes = { (const char *)e->value.pack, pack_bytes(e->value.pack) };

        rdb_out_string(o, bytes);
        return;
    }
    rdb_out_length(o, zset_count(e));
    zset_walk_start(&walk, e, 0, false);
    while (!o->failed && zset_walk_next(&walk)) {
        uint64_t word;

        memcpy(&word, &walk.score, sizeof(word));
        rdb_out_string(o, walk.name.bytes);
        rdb_out_word(o, word, sizeof(word));
    }
}

const struct rdb_ops zset_rdb_ops = {
    .types = RDB_TYPE_BIT(RDB_TYPE_ZSET) | RDB_TYPE_BIT(RDB_TYPE_ZSET_2) |
             RDB_TYPE_BIT(RDB_TYPE_ZSET_ZIPLIST) | RDB_TYPE_BIT(RDB_TYPE_ZSET_LISTPACK),
    .read = read_zset,
    .read_element = read_member,
    .type = type_of,
    .write = write_zset,
};
