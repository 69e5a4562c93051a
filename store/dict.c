#include "store/dict.h"

#include <string.h>

#include "store/mem.h"

enum {
    SEGMENT_BITS = 12,
    SEGMENT_BUCKETS = 1 << SEGMENT_BITS,
    BUCKETS_MIN = 4,
    SHRINK_RATIO = 4, /* buckets are joined while there are more than this many per node */
};

/* The place of bucket b in its segment. */
static inline struct dict_node **bucket_at(const struct dict *d, size_t b)
{
    return &d->segments[b >> SEGMENT_BITS][b & (SEGMENT_BUCKETS - 1)];
}

/* Buckets below the split line are already addressed with one more bit of the hash. */
static inline size_t bucket_of(const struct dict *d, uint32_t hash)
{
    size_t b = hash & (2 * d->level - 1);

    return b < d->buckets ? b : (hash & (d->level - 1));
}

static inline const char *key_of(const struct dict *d, const struct dict_node *node)
{
    return (const char *)node + d->key_at;
}

void dict_init(struct dict *d, const struct hash_key *hash_key, size_t key_at)
{
    memset(d, 0, sizeof(*d));
    d->hash_key = hash_key;
    d->key_at = key_at;
}

/* What a segment takes; only the first one can be a small one. */
static size_t segment_bytes(const struct dict *d, size_t i)
{
    return (i == 0 ? d->first_cap : SEGMENT_BUCKETS) * sizeof(struct dict_node *);
}

void dict_done(struct dict *d)
{
    size_t segments = (d->buckets + SEGMENT_BUCKETS - 1) >> SEGMENT_BITS;

    for (size_t i = 0; i < segments; i++)
        mem_free(d->segments[i], segment_bytes(d, i));
    mem_free(d->segments, d->segments_cap * sizeof(*d->segments));
    dict_init(d, d->hash_key, d->key_at);
}

/* Makes room for bucket number d->buckets: within segment 0 by doubling, else by a new segment. */
static void reserve_bucket(struct dict *d)
{
    size_t seg = d->buckets >> SEGMENT_BITS;

    if (seg >= d->segments_cap) {
        size_t cap = d->segments_cap > 0 ? d->segments_cap * 2 : 1;
        d->segments = mem_resize(d->segments, d->segments_cap * sizeof(*d->segments),
                                 cap * sizeof(*d->segments));
        memset(d->segments + d->segments_cap, 0, (cap - d->segments_cap) * sizeof(*d->segments));
        d->segments_cap = cap;
    }
    if (seg == 0 && d->buckets == d->first_cap) {
        size_t cap = d->first_cap > 0 ? d->first_cap * 2 : BUCKETS_MIN;
        d->segments[0] = mem_resize(d->segments[0], d->first_cap * sizeof(struct dict_node *),
                                    cap * sizeof(struct dict_node *));
        memset(d->segments[0] + d->first_cap, 0, (cap - d->first_cap) * sizeof(struct dict_node *));
        d->first_cap = cap;
    } else if (seg > 0 && (d->buckets & (SEGMENT_BUCKETS - 1)) == 0) {
        d->segments[seg] = mem_alloc_zero(SEGMENT_BUCKETS * sizeof(struct dict_node *));
    }
}

/* Divides the bucket at the split line in two by the next bit of the hash. */
static void split_one(struct dict *d)
{
    struct dict_node **from, **to, *node, *next;
    size_t level = d->level;

    reserve_bucket(d);
    from = bucket_at(d, d->buckets - level);
    to = bucket_at(d, d->buckets);
    node = *from;
    *from = NULL;
    d->buckets++;
    if (d->buckets == 2 * level)
        d->level = d->buckets;
    for (; node != NULL; node = next) {
        struct dict_node **home = (node->hash & level) ? to : from;
        next = node->next;
        node->next = *home;
        *home = node;
    }
}

/* The reverse of a split: the last bucket goes back to the one it came from. */
static void join_one(struct dict *d)
{
    struct dict_node **last, **home, *node;

    if (d->buckets == d->level)
        d->level /= 2;
    d->buckets--;
    last = bucket_at(d, d->buckets);
    home = bucket_at(d, d->buckets - d->level);
    while ((node = *last) != NULL) {
        *last = node->next;
        node->next = *home;
        *home = node;
    }
    if (d->buckets >= SEGMENT_BUCKETS && (d->buckets & (SEGMENT_BUCKETS - 1)) == 0) {
        size_t seg = d->buckets >> SEGMENT_BITS;
        mem_free(d->segments[seg], segment_bytes(d, seg));
        d->segments[seg] = NULL;
    }
}

/* The first buckets of an empty dict. */
static void start(struct dict *d)
{
    reserve_bucket(d);
    d->level = BUCKETS_MIN;
    d->buckets = BUCKETS_MIN;
}

struct dict_node **dict_find(const struct dict *d, const void *key, size_t len, uint32_t hash)
{
    struct dict_node **link;

    if (d->used == 0)
        return NULL;
    for (link = bucket_at(d, bucket_of(d, hash)); *link != NULL; link = &(*link)->next) {
        struct dict_node *node = *link;
        if (node->hash == hash && node->key_len == len && memcmp(key_of(d, node), key, len) == 0)
            return link;
    }
    return NULL;
}

struct dict_node **dict_find_node(const struct dict *d, const struct dict_node *node, uint32_t hash)
{
    struct dict_node **link;

    if (d->used == 0)
        return NULL;
    for (link = bucket_at(d, bucket_of(d, hash)); *link != NULL; link = &(*link)->next) {
        if (*link == node)
            return link;
    }
    return NULL;
}

struct dict_node **dict_insert(struct dict *d, struct dict_node *node, uint32_t hash)
{
    struct dict_node **bucket;

    if (d->buckets == 0)
        start(d);
    else if (d->used >= d->buckets)
        split_one(d);
    bucket = bucket_at(d, bucket_of(d, hash));
    node->hash = hash;
    node->next = *bucket;
    *bucket = node;
    d->used++;
    return bucket;
}

void dict_reserve(struct dict *d, size_t nodes)
{
    if (nodes > BUCKETS_MIN && d->buckets == 0)
        start(d);
    while (d->buckets > 0 && d->buckets < nodes)
        split_one(d);
}

struct dict_node *dict_remove(struct dict *d, struct dict_node **link)
{
    struct dict_node *node = *link;

    *link = node->next;
    node->next = NULL;
    d->used--;
    for (int i = 0;
         i < SHRINK_RATIO && d->buckets > BUCKETS_MIN && d->buckets > d->used * SHRINK_RATIO; i++)
        join_one(d);
    return node;
}

struct dict_node *dict_pop(struct dict *d)
{
    while (d->used > 0) {
        struct dict_node **last = bucket_at(d, d->buckets - 1);
        if (*last != NULL) {
            struct dict_node *node = *last;
            *last = node->next;
            d->used--;
            return node;
        }
        join_one(d);
    }
    return NULL;
}

static void visit_bucket(const struct dict *d, size_t b,
                         void (*visit)(void *arg, struct dict_node *node), void *arg)
{
    struct dict_node *next;

    for (struct dict_node *node = *bucket_at(d, b); node != NULL; node = next) {
        next = node->next;
        visit(arg, node);
    }
}

static uint64_t reverse_bits(uint64_t v)
{
    v = ((v >> 1) & 0x5555555555555555ULL) | ((v & 0x5555555555555555ULL) << 1);
    v = ((v >> 2) & 0x3333333333333333ULL) | ((v & 0x3333333333333333ULL) << 2);
    v = ((v >> 4) & 0x0f0f0f0f0f0f0f0fULL) | ((v & 0x0f0f0f0f0f0f0f0fULL) << 4);
    return __builtin_bswap64(v);
}

/* The cursor counts with its bits reversed: the buckets that one bucket splits into later are those
 * that share its low bits, so a cursor keeps its meaning at every size. A bucket below the split
 * line is visited together with its other half. */
uint64_t dict_scan(const struct dict *d, uint64_t cursor,
                   void (*visit)(void *arg, struct dict_node *node), void *arg)
{
    size_t b;

    if (d->used == 0)
        return 0;
    b = cursor & (d->level - 1);
    visit_bucket(d, b, visit, arg);
    if (b + d->level < d->buckets)
        visit_bucket(d, b + d->level, visit, arg);
    cursor |= ~(uint64_t)(d->level - 1);
    return reverse_bits(reverse_bits(cursor) + 1);
}

struct dict_node *dict_random(const struct dict *d, uint64_t chance)
{
    struct dict_node *node = NULL, *at;
    size_t b = 0, length = 0, pick;

    if (d->used == 0)
        return NULL;
    /* A fresh stride from the chance at each empty bucket: no run of empty buckets gives its
     * neighbour more than its share. */
    for (uint64_t x = chance; node == NULL;
         x = x * 6364136223846793005ULL + 1442695040888963407ULL) {
        b = (size_t)((x >> 16) % d->buckets);
        node = *bucket_at(d, b);
    }
    for (at = node; at != NULL; at = at->next)
        length++;
    for (pick = (size_t)(chance >> 40) % length; pick > 0; pick--)
        node = node->next;
    return node;
}

void dict_walk_start(struct dict_walk *walk, const struct dict *d)
{
    walk->dict = d;
    walk->bucket = 0;
    walk->node = NULL;
}

struct dict_node *dict_walk_next(struct dict_walk *walk)
{
    if (walk->node != NULL)
        walk->node = walk->node->next;
    while (walk->node == NULL && walk->bucket < walk->dict->buckets)
        walk->node = *bucket_at(walk->dict, walk->bucket++);
    return walk->node;
}

size_t dict_overhead_bytes(const struct dict *d)
{
    size_t buckets = d->buckets < SEGMENT_BUCKETS ? d->first_cap : d->buckets;

    return buckets * sizeof(struct dict_node *) + d->segments_cap * sizeof(*d->segments);
}
