#include "store/zset_pack.h"

#include "store/members.h"
#include "store/number.h"
#include "store/pack.h"
#include "store/score_tree.h"

/* False when the element is no number. */
static bool read_score(const unsigned char *p, double *ret)
{
    struct pack_item item;
    int64_t number;

    if (!pack_int(p, &number))
        return number_read_score(pack_get(p, &item), ret);
    *ret = (double)number;
    return true;
}

double zset_pack_score(const unsigned char *p)
{
    double score = 0;

    read_score(p, &score);
    return score;
}

unsigned char *zset_pack_find(unsigned char *pack, struct slice name)
{
    return pack_find(pack_first(pack), name, 2);
}

/* True when a member belongs in front of the one whose name stands at p. */
static bool belongs_before(struct slice name, double score, unsigned char *p)
{
    double there = zset_pack_score(pack_next(p));
    struct pack_item item;

    if (score != there)
        return score < there;
    return score_compare_names(name, pack_get(p, &item)) < 0;
}

/* The name in front of which a member belongs, NULL: at the end, where many come in order. */
static unsigned char *find_place(unsigned char *pack, struct slice name, double score)
{
    unsigned char *last = pack_last(pack), *p;

    if (last == NULL || !belongs_before(name, score, pack_prev(pack, last)))
        return NULL;
    for (p = pack_first(pack); !belongs_before(name, score, p);)
        p = pack_next(pack_next(p));
    return p;
}

unsigned char *zset_pack_insert(unsigned char *pack, struct slice name, double score)
{
    unsigned char *p = find_place(pack, name, score);
    size_t at = p != NULL ? (size_t)(p - pack) : 0;
    char text[SCORE_TEXT_MAX];

    pack = pack_insert(pack, p, number_show_score(score, text));
    return pack_insert(pack, p != NULL ? pack + at : pack_last(pack), name);
}

size_t zset_pack_count_before(unsigned char *pack, const struct zset_bound *bound)
{
    size_t n = 0;

    for (unsigned char *p = pack_first(pack), *score; p != NULL; p = pack_next(score), n++) {
        struct pack_item item;

        score = pack_next(p);
        if (bound->by_name ? !zset_bound_is_behind_name(bound, pack_get(p, &item))
                           : !zset_bound_is_behind_score(bound, zset_pack_score(score)))
            break;
    }
    return n;
}

size_t zset_pack_place(unsigned char *pack, const unsigned char *p)
{
    size_t n = 0;

    for (unsigned char *at = pack_first(pack); at != p; at = pack_next(at))
        n++;
    return n / 2;
}

/* Pairs, the second of each a number not below the one before it. */
static bool in_order(unsigned char *pack)
{
    unsigned char *before = NULL, *score;

    for (unsigned char *p = pack_first(pack); p != NULL; before = p, p = pack_next(score)) {
        struct pack_item item;
        double v;

        score = pack_next(p);
        if (score == NULL || !read_score(score, &v) ||
            (before != NULL && belongs_before(pack_get(p, &item), v, before)))
            return false;
    }
    return true;
}

bool zset_pack_check(unsigned char *pack, const struct hash_key *hash_key)
{
    return in_order(pack) && members_distinct(pack, 2, hash_key);
}
