#include "store/zset_table.h"

#include <assert.h>
#include <string.h>

#include "store/mem.h"
#include "store/members.h"

double zset_table_score(const struct member *x)
{
    double score;

    assert(x->value_len == sizeof(score));
    memcpy(&score, member_value(x).p, sizeof(score));
    return score;
}

/* A score as the value of a member. */
static struct slice score_bytes(const double *score)
{
    struct slice s = { (const char *)score, sizeof(*score) };

    return s;
}

static struct scored scored_of(const struct member *x)
{
    struct scored s = { zset_table_score(x), x };

    return s;
}

struct zset *zset_table_new(const struct hash_key *hash_key)
{
    struct zset *z = mem_alloc(sizeof(*z));

    z->members = members_new(hash_key);
    score_tree_init(&z->order);
    return z;
}

struct zset *zset_table_copy(const struct zset *z)
{
    struct zset *copy = zset_table_new(&z->members->hash_key);
    struct score_walk walk;
    struct scored x;

    score_walk_start(&walk, &z->order, 0);
    while (score_walk_next(&walk, &x))
        zset_table_add(copy, member_name(x.member), x.score);
    return copy;
}

bool zset_table_free_some(struct zset *z, size_t *left)
{
    if (z->members != NULL && !members_free_some(z->members, left))
        return false;
    z->members = NULL;
    if (!score_tree_free_some(&z->order, left))
        return false;
    mem_free(z, sizeof(*z));
    return true;
}

size_t zset_table_bytes(const struct zset *z, size_t samples)
{
    return mem_block_bytes(sizeof(*z)) + members_bytes(z->members, samples) +
           score_tree_bytes(&z->order);
}

void zset_table_add(struct zset *z, struct slice name, double score)
{
    struct scored x = { score, members_add(z->members, name, score_bytes(&score)) };

    score_tree_insert(&z->order, x);
}

void zset_table_move(struct zset *z, const struct member *x, double score)
{
    score_tree_move(&z->order, scored_of(x), score);
    members_overwrite(z->members, x, score_bytes(&score));
}

void zset_table_delete(struct zset *z, const struct member *x)
{
    score_tree_remove(&z->order, scored_of(x));
    members_delete(z->members, member_name(x));
}

size_t zset_table_rank(const struct zset *z, const struct member *x)
{
    return score_tree_rank(&z->order, scored_of(x));
}

const struct member *zset_table_at(const struct zset *z, size_t place)
{
    struct score_walk walk;
    struct scored x;
    bool there;

    score_walk_start(&walk, &z->order, place);
    there = score_walk_next(&walk, &x);
    assert(there);
    return x.member;
}

static bool before_score(const void *arg, struct scored x)
{
    return zset_bound_is_behind_score(arg, x.score);
}

static bool before_name(const void *arg, struct scored x)
{
    return zset_bound_is_behind_name(arg, member_name(x.member));
}

size_t zset_table_count_before(const struct zset *z, const struct zset_bound *bound)
{
    return score_tree_count(&z->order, bound->by_name ? before_name : before_score, bound);
}
