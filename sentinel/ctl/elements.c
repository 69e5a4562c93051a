#include "sentinel/ctl/elements.h"

#include <stdio.h>

#include "store/dump.h"
#include "store/entry.h"
#include "store/fields.h"
#include "store/keyspace.h"
#include "store/limits.h"
#include "store/list.h"
#include "store/set.h"
#include "store/zset.h"

#define SCORE_TEXT_MAX 40

/* Digests of both sides are made here: the key is no secret, but must be the same. */
static const unsigned char seed[HASH_KEY_SIZE] = "picketctl counts";

static bool each_string(const struct entry *e, elements_fn *visit, void *arg)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice word = entry_string(e, text);

    return visit(arg, &word, 1);
}

static bool each_field(const struct entry *e, elements_fn *visit, void *arg)
{
    struct fields_walk walk;

    fields_walk_start(&walk, e);
    while (fields_walk_next(&walk)) {
        const struct slice words[] = { walk.field.bytes, walk.value.bytes };

        if (!visit(arg, words, 2))
            return false;
    }
    return true;
}

static bool each_of_list(const struct entry *e, elements_fn *visit, void *arg)
{
    struct list_place place;
    struct pack_item item;

    if (!list_seek(e, 0, &place))
        return true;
    do {
        struct slice word = list_get(&place, &item);

        if (!visit(arg, &word, 1))
            return false;
    } while (list_step(&place, LIST_TAIL));
    return true;
}

static bool each_scored(const struct entry *e, elements_fn *visit, void *arg)
{
    struct zset_walk walk;
    char score[SCORE_TEXT_MAX];

    zset_walk_start(&walk, e, 0, false);
    while (zset_walk_next(&walk)) {
        int n = snprintf(score, sizeof(score), "%.17g", walk.score);
        const struct slice words[] = { { score, (size_t)n }, walk.name.bytes };

        if (!visit(arg, words, 2))
            return false;
    }
    return true;
}

static bool each_member(const struct entry *e, elements_fn *visit, void *arg)
{
    struct set_walk walk;

    set_walk_start(&walk, e);
    while (set_walk_next(&walk)) {
        if (!visit(arg, &walk.item.bytes, 1))
            return false;
    }
    return true;
}

static const struct {
    const char *verb;
    bool (*each)(const struct entry *e, elements_fn *visit, void *arg);
} types[VALUE_TYPE_COUNT] = {
    [VALUE_STRING] = { "SET", each_string },  [VALUE_HASH] = { "HSET", each_field },
    [VALUE_LIST] = { "RPUSH", each_of_list }, [VALUE_ZSET] = { "ZADD", each_scored },
    [VALUE_SET] = { "SADD", each_member },
};

bool elements_each(const struct entry *e, elements_fn *visit, void *arg)
{
    return types[e->type].each(e, visit, arg);
}

const char *elements_verb(const struct entry *e)
{
    return types[e->type].verb;
}

struct digest {
    struct hash_key key;
    bool ordered;
    uint64_t sum, count;
};

/* Sums do not depend on the order; in a list, the place is part of an element. */
static bool add(void *arg, const struct slice *words, size_t n)
{
    struct digest *d = arg;
    uint64_t parts[ELEMENT_WORDS_MAX + 1] = { 0 };

    for (size_t i = 0; i < n; i++)
        parts[i] = hash_bytes(&d->key, words[i].p, words[i].n);
    parts[ELEMENT_WORDS_MAX] = d->ordered ? d->count : 0;
    d->sum += hash_bytes(&d->key, parts, sizeof(parts));
    d->count++;
    return true;
}

uint64_t elements_digest(const struct entry *e)
{
    struct digest d = { .ordered = e->type == VALUE_LIST };
    uint64_t whole[3];

    hash_key_set(&d.key, seed);
    elements_each(e, add, &d);
    whole[0] = e->type;
    whole[1] = d.count;
    whole[2] = d.sum;
    return hash_bytes(&d.key, whole, sizeof(whole));
}

bool elements_digest_payload(struct slice payload, uint64_t *ret)
{
    struct keyspace ks;
    struct entry *e;

    if (!dump_check(payload))
        return false;
    keyspace_init(&ks, seed);
    e = dump_read(payload, slice_str(""), &value_limits_default, &ks);
    if (e)
        *ret = elements_digest(e);
    entry_free(e);
    keyspace_done(&ks);
    return e != NULL;
}
