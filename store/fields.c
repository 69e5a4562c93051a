#include "store/fields.h"

#include <assert.h>

#include "store/mem.h"
#include "store/members.h"
#include "store/value.h"

static bool is_pack(const struct entry *e)
{
    assert(e->type == VALUE_HASH);
    return e->encoding == COLLECTION_PACK;
}

void fields_start(struct entry *e)
{
    assert(e->type == VALUE_STRING && e->encoding == STRING_SMALL);
    e->type = VALUE_HASH;
    e->encoding = COLLECTION_PACK;
    e->value.pack = pack_new();
}

/* Gives the hash its large form. */
static void convert(struct entry *e, const struct hash_key *hash_key)
{
    struct members *m = members_new(hash_key);
    struct fields_walk walk;

    fields_walk_start(&walk, e);
    while (fields_walk_next(&walk))
        members_set(m, walk.field.bytes, walk.value.bytes);
    pack_free(e->value.pack);
    e->encoding = COLLECTION_TABLE;
    e->value.members = m;
}

bool fields_adopt(struct entry *e, unsigned char *pack, const struct value_limits *limits,
                  const struct hash_key *hash_key)
{
    size_t count = pack_count(pack);

    if (count % 2 != 0 || !members_distinct(pack, 2, hash_key))
        return false;
    assert(e->type == VALUE_STRING && e->encoding == STRING_SMALL);
    e->type = VALUE_HASH;
    e->encoding = COLLECTION_PACK;
    e->value.pack = pack;
    if (count / 2 > limits->hash_entries)
        convert(e, hash_key);
    return true;
}

size_t fields_count(const struct entry *e)
{
    return is_pack(e) ? pack_count(e->value.pack) / 2 : members_count(e->value.members);
}

bool fields_get(const struct entry *e, struct slice field, struct pack_item *ret)
{
    if (is_pack(e)) {
        unsigned char *p = pack_find(pack_first(e->value.pack), field, 2);

        if (p != NULL)
            pack_get(pack_next(p), ret);
        return p != NULL;
    } else {
        const struct member *x = members_find(e->value.members, field);

        if (x != NULL)
            ret->bytes = member_value(x);
        return x != NULL;
    }
}

/* Sets a field in the pack; true when it is new. */
static bool set_in_pack(struct entry *e, struct slice field, struct slice value)
{
    unsigned char *p = pack_find(pack_first(e->value.pack), field, 2);

    if (p != NULL) {
        e->value.pack = pack_replace(e->value.pack, pack_next(p), value);
        return false;
    }
    e->value.pack = pack_append(pack_append(e->value.pack, field), value);
    return true;
}

bool fields_set(struct entry *e, struct slice field, struct slice value,
                const struct value_limits *limits, const struct hash_key *hash_key)
{
    bool added;

    if (is_pack(e) && (field.n > limits->hash_value || value.n > limits->hash_value ||
                       pack_bytes(e->value.pack) + field.n + value.n > PACK_BYTES_MAX))
        convert(e, hash_key);
    if (!is_pack(e))
        return members_set(e->value.members, field, value);
    added = set_in_pack(e, field, value);
    if (pack_count(e->value.pack) / 2 > limits->hash_entries)
        convert(e, hash_key);
    return added;
}

bool fields_delete(struct entry *e, struct slice field)
{
    unsigned char *p;

    if (!is_pack(e))
        return members_delete(e->value.members, field);
    p = pack_find(pack_first(e->value.pack), field, 2);
    if (p != NULL)
        e->value.pack = pack_delete(e->value.pack, p, 2);
    return p != NULL;
}

void fields_walk_start(struct fields_walk *walk, const struct entry *e)
{
    walk->entry = e;
    if (is_pack(e))
        walk->p = pack_first(e->value.pack);
    else
        dict_walk_start(&walk->table, &e->value.members->dict);
}

bool fields_walk_next(struct fields_walk *walk)
{
    const struct member *x;

    if (is_pack(walk->entry)) {
        unsigned char *value;

        if (walk->p == NULL)
            return false;
        pack_get(walk->p, &walk->field);
        value = pack_next(walk->p);
        pack_get(value, &walk->value);
        walk->p = pack_next(value);
        return true;
    }
    x = (const struct member *)dict_walk_next(&walk->table);
    if (x == NULL)
        return false;
    walk->field.bytes = member_name(x);
    walk->value.bytes = member_value(x);
    return true;
}

static const char *encoding_name(const struct entry *e)
{
    return is_pack(e) ? "listpack" : "hashtable";
}

static size_t blocks(const struct entry *e)
{
    return is_pack(e) ? 1 : members_count(e->value.members);
}

static size_t size_in_bytes(const struct entry *e, size_t samples)
{
    return is_pack(e) ? mem_block_bytes(pack_bytes(e->value.pack))
                      : members_bytes(e->value.members, samples);
}

static bool free_some(struct entry *e, size_t *left)
{
    if (!is_pack(e))
        return members_free_some(e->value.members, left);
    pack_free(e->value.pack);
    return true;
}

static void copy_value(struct entry *to, const struct entry *from)
{
    to->type = VALUE_HASH;
    to->encoding = from->encoding;
    if (is_pack(from))
        to->value.pack = pack_copy(from->value.pack);
    else
        to->value.members = members_copy(from->value.members);
}

const struct value_ops hash_value_ops = {
    .encoding_name = encoding_name,
    .count = fields_count,
    .blocks = blocks,
    .bytes = size_in_bytes,
    .free_some = free_some,
    .copy = copy_value,
};
