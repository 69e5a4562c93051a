#include "store/zset.h"

#include <assert.h>
#include <math.h>

#include "store/mem.h"
#include "store/members.h"
#include "store/number.h"
#include "store/value.h"
#include "store/zset_pack.h"
#include "store/zset_table.h"

static bool is_pack(const struct entry *e)
{
    assert(e->type == VALUE_ZSET);
    return e->encoding == COLLECTION_PACK;
}

void zset_start(struct entry *e)
{
    assert(e->type == VALUE_STRING && e->encoding == STRING_SMALL);
    e->type = VALUE_ZSET;
    e->encoding = COLLECTION_PACK;
    e->value.pack = pack_new();
}

/* Gives the sorted set its large form. */
static void convert(struct entry *e, const struct hash_key *hash_key)
{
    struct zset *z = zset_table_new(hash_key);
    struct zset_walk walk;

    zset_walk_start(&walk, e, 0, false);
    while (zset_walk_next(&walk))
        zset_table_add(z, walk.name.bytes, walk.score);
    pack_free(e->value.pack);
    e->encoding = COLLECTION_TABLE;
    e->value.zset = z;
}

bool zset_adopt(struct entry *e, unsigned char *pack, const struct value_limits *limits,
                const struct hash_key *hash_key)
{
    if (!zset_pack_check(pack, hash_key))
        return false;
    assert(e->type == VALUE_STRING && e->encoding == STRING_SMALL);
    e->type = VALUE_ZSET;
    e->encoding = COLLECTION_PACK;
    e->value.pack = pack;
    if (zset_count(e) > limits->zset_entries)
        convert(e, hash_key);
    return true;
}

void zset_start_table(struct entry *e, const struct hash_key *hash_key)
{
    assert(e->type == VALUE_STRING && e->encoding == STRING_SMALL);
    e->type = VALUE_ZSET;
    e->encoding = COLLECTION_TABLE;
    e->value.zset = zset_table_new(hash_key);
}

/* True when a pack of it is within the limits. */
static bool fits_pack(const struct entry *e, const struct value_limits *limits)
{
    struct zset_walk walk;
    size_t bytes = 0;

    if (zset_count(e) > limits->zset_entries)
        return false;
    zset_walk_start(&walk, e, 0, false);
    while (zset_walk_next(&walk)) {
        bytes += walk.name.bytes.n + 2 * SCORE_TEXT_MAX;
        if (walk.name.bytes.n > limits->zset_value || bytes > PACK_BYTES_MAX)
            return false;
    }
    return true;
}

void zset_compact(struct entry *e, const struct value_limits *limits)
{
    unsigned char *pack;
    struct zset_walk walk;
    size_t all = SIZE_MAX;

    if (is_pack(e) || !fits_pack(e, limits))
        return;
    pack = pack_new();
    zset_walk_start(&walk, e, 0, false);
    while (zset_walk_next(&walk))
        pack = zset_pack_insert(pack, walk.name.bytes, walk.score);
    zset_table_free_some(e->value.zset, &all);
    e->encoding = COLLECTION_PACK;
    e->value.pack = pack;
}

size_t zset_count(const struct entry *e)
{
    return is_pack(e) ? pack_count(e->value.pack) / 2 : members_count(e->value.zset->members);
}

bool zset_score(const struct entry *e, struct slice name, double *ret)
{
    if (is_pack(e)) {
        unsigned char *p = zset_pack_find(e->value.pack, name);

        if (p != NULL)
            *ret = zset_pack_score(pack_next(p));
        return p != NULL;
    } else {
        const struct member *x = members_find(e->value.zset->members, name);

        if (x != NULL)
            *ret = zset_table_score(x);
        return x != NULL;
    }
}

bool zset_rank(const struct entry *e, struct slice name, size_t *ret_place, double *ret_score)
{
    if (is_pack(e)) {
        unsigned char *p = zset_pack_find(e->value.pack, name);

        if (p == NULL)
            return false;
        *ret_place = zset_pack_place(e->value.pack, p);
        *ret_score = zset_pack_score(pack_next(p));
    } else {
        const struct member *x = members_find(e->value.zset->members, name);

        if (x == NULL)
            return false;
        *ret_place = zset_table_rank(e->value.zset, x);
        *ret_score = zset_table_score(x);
    }
    return true;
}

/* What becomes of a member that has a score: MOVED, or why not. */
static enum zset_change judge(double old, unsigned rules, double *score)
{
    if (rules & ZSET_NX)
        return ZSET_NONE;
    if (rules & ZSET_INCR)
        *score += old;
    if (isnan(*score))
        return ZSET_NAN;
    if (((rules & ZSET_GT) && *score <= old) || ((rules & ZSET_LT) && *score >= old))
        return ZSET_NONE;
    return *score == old ? ZSET_SAME : ZSET_MOVED;
}

/* A member that is new to the pack, which it may make a table. */
static void add_to_pack(struct entry *e, struct slice name, double score,
                        const struct value_limits *limits, const struct hash_key *hash_key)
{
    if (zset_count(e) + 1 > limits->zset_entries || name.n > limits->zset_value ||
        pack_bytes(e->value.pack) + name.n + SCORE_TEXT_MAX > PACK_BYTES_MAX) {
        convert(e, hash_key);
        zset_table_add(e->value.zset, name, score);
        return;
    }
    e->value.pack = zset_pack_insert(e->value.pack, name, score);
}

/* Gives the member whose name is at p another score. */
static void move_in_pack(struct entry *e, unsigned char *p, struct slice name, double score)
{
    e->value.pack = pack_delete(e->value.pack, p, 2);
    e->value.pack = zset_pack_insert(e->value.pack, name, score);
}

enum zset_change zset_set(struct entry *e, struct slice name, double score, unsigned rules,
                          const struct value_limits *limits, const struct hash_key *hash_key,
                          double *ret)
{
    unsigned char *p = is_pack(e) ? zset_pack_find(e->value.pack, name) : NULL;
    const struct member *x = is_pack(e) ? NULL : members_find(e->value.zset->members, name);
    enum zset_change change = rules & ZSET_XX ? ZSET_NONE : ZSET_ADDED;

    assert(!isnan(score));
    if (p != NULL)
        change = judge(zset_pack_score(pack_next(p)), rules, &score);
    else if (x != NULL)
        change = judge(zset_table_score(x), rules, &score);
    if (change == ZSET_ADDED && is_pack(e))
        add_to_pack(e, name, score, limits, hash_key);
    else if (change == ZSET_ADDED)
        zset_table_add(e->value.zset, name, score);
    else if (change == ZSET_MOVED && is_pack(e))
        move_in_pack(e, p, name, score);
    else if (change == ZSET_MOVED)
        zset_table_move(e->value.zset, x, score);
    if (change != ZSET_NONE && change != ZSET_NAN)
        *ret = score;
    return change;
}

bool zset_delete(struct entry *e, struct slice name)
{
    if (is_pack(e)) {
        unsigned char *p = zset_pack_find(e->value.pack, name);

        if (p != NULL)
            e->value.pack = pack_delete(e->value.pack, p, 2);
        return p != NULL;
    } else {
        const struct member *x = members_find(e->value.zset->members, name);

        if (x != NULL)
            zset_table_delete(e->value.zset, x);
        return x != NULL;
    }
}

void zset_delete_places(struct entry *e, size_t place, size_t n)
{
    assert(place + n <= zset_count(e));
    if (n > 0 && is_pack(e)) {
        e->value.pack = pack_delete(e->value.pack, pack_seek(e->value.pack, 2 * place), 2 * n);
        return;
    }
    for (; n > 0; n--)
        zset_table_delete(e->value.zset, zset_table_at(e->value.zset, place));
}

size_t zset_count_before(const struct entry *e, const struct zset_bound *bound)
{
    if (is_pack(e))
        return zset_pack_count_before(e->value.pack, bound);
    return zset_table_count_before(e->value.zset, bound);
}

void zset_walk_start(struct zset_walk *w, const struct entry *e, size_t place, bool back)
{
    w->entry = e;
    w->back = back;
    if (!is_pack(e))
        score_walk_start(&w->order, &e->value.zset->order, place);
    else
        w->p = place < zset_count(e) ? pack_seek(e->value.pack, 2 * place) : NULL;
}

static bool next_in_pack(struct zset_walk *w)
{
    unsigned char *pack = w->entry->value.pack, *score;

    if (w->p == NULL)
        return false;
    score = pack_next(w->p);
    pack_get(w->p, &w->name);
    w->score = zset_pack_score(score);
    if (!w->back) {
        w->p = pack_next(score);
    } else {
        w->p = pack_prev(pack, w->p);
        w->p = w->p != NULL ? pack_prev(pack, w->p) : NULL;
    }
    return true;
}

bool zset_walk_next(struct zset_walk *w)
{
    struct scored x;

    if (is_pack(w->entry))
        return next_in_pack(w);
    if (!(w->back ? score_walk_back(&w->order, &x) : score_walk_next(&w->order, &x)))
        return false;
    w->name.bytes = member_name(x.member);
    w->score = x.score;
    return true;
}

/* --- as a type of value ---------------------------------------------------------------------- */

static const char *encoding_name(const struct entry *e)
{
    return is_pack(e) ? "listpack" : "skiplist";
}

static size_t blocks(const struct entry *e)
{
    return is_pack(e) ? 1 : zset_count(e);
}

static size_t size_in_bytes(const struct entry *e, size_t samples)
{
    if (is_pack(e))
        return mem_block_bytes(pack_bytes(e->value.pack));
    return zset_table_bytes(e->value.zset, samples);
}

static bool free_some(struct entry *e, size_t *left)
{
    if (!is_pack(e))
        return zset_table_free_some(e->value.zset, left);
    pack_free(e->value.pack);
    return true;
}

static void copy_value(struct entry *to, const struct entry *from)
{
    to->type = VALUE_ZSET;
    to->encoding = from->encoding;
    if (is_pack(from))
        to->value.pack = pack_copy(from->value.pack);
    else
        to->value.zset = zset_table_copy(from->value.zset);
}

const struct value_ops zset_value_ops = {
    .encoding_name = encoding_name,
    .count = zset_count,
    .blocks = blocks,
    .bytes = size_in_bytes,
    .free_some = free_some,
    .copy = copy_value,
};
