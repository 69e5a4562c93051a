#include "store/members.h"

#include <assert.h>
#include <string.h>

#include "store/mem.h"
#include "store/pack.h"

#define COMPARED_MAX 32 /* elements up to which each is compared with each other */

static size_t size_of(size_t name_len, size_t value_len)
{
    size_t size = offsetof(struct member, bytes) + name_len + value_len;

    return size < sizeof(struct member) ? sizeof(struct member) : size;
}

static void free_member(struct dict_node *node)
{
    struct member *x = (struct member *)node;

    mem_free(x, size_of(x->node.key_len, x->value_len));
}

struct members *members_new(const struct hash_key *hash_key)
{
    struct members *m = mem_alloc(sizeof(*m));

    m->hash_key = *hash_key;
    dict_init(&m->dict, &m->hash_key, offsetof(struct member, bytes));
    return m;
}

bool members_free_some(struct members *m, size_t *left)
{
    while (*left > 0) {
        struct dict_node *node = dict_pop(&m->dict);

        (*left)--;
        if (node != NULL) {
            size_t more = mem_steps(((struct member *)node)->value_len) - 1;

            *left -= more < *left ? more : *left;
            free_member(node);
            continue;
        }
        dict_done(&m->dict);
        mem_free(m, sizeof(*m));
        return true;
    }
    return false;
}

void members_free(struct members *m)
{
    size_t all = SIZE_MAX;

    if (m != NULL)
        members_free_some(m, &all);
}

size_t members_bytes(const struct members *m, size_t samples)
{
    size_t sum = 0, seen = 0;
    struct dict_walk walk;
    struct dict_node *node;

    dict_walk_start(&walk, &m->dict);
    while ((samples == 0 || seen < samples) && (node = dict_walk_next(&walk)) != NULL) {
        sum += mem_block_bytes(size_of(node->key_len, ((const struct member *)node)->value_len));
        seen++;
    }
    if (seen > 0)
        sum = (size_t)((double)sum / (double)seen * (double)members_count(m));
    return sum + mem_block_bytes(sizeof(*m)) + dict_overhead_bytes(&m->dict);
}

const struct member *members_find(const struct members *m, struct slice name)
{
    struct dict_node **link =
        dict_find(&m->dict, name.p, name.n, dict_hash(&m->dict, name.p, name.n));

    return link != NULL ? (const struct member *)*link : NULL;
}

/* Puts another value behind the name of the member at a link. */
static void set_value(struct dict_node **link, struct slice value)
{
    struct member *x = (struct member *)*link;
    size_t name_len = x->node.key_len;

    if (x->value_len != value.n) {
        x = mem_resize(x, size_of(name_len, x->value_len), size_of(name_len, value.n));
        x->value_len = (uint32_t)value.n;
        dict_replace(link, &x->node);
    }
    if (value.n > 0)
        memcpy(x->bytes + name_len, value.p, value.n);
}

static const struct member *add(struct members *m, struct slice name, struct slice value,
                                uint32_t hash)
{
    struct member *x = mem_alloc(size_of(name.n, value.n));

    assert(name.n <= UINT32_MAX && value.n <= UINT32_MAX);
    x->node.key_len = (uint32_t)name.n;
    x->value_len = (uint32_t)value.n;
    if (name.n > 0)
        memcpy(x->bytes, name.p, name.n);
    if (value.n > 0)
        memcpy(x->bytes + name.n, value.p, value.n);
    dict_insert(&m->dict, &x->node, hash);
    return x;
}

const struct member *members_add(struct members *m, struct slice name, struct slice value)
{
    return add(m, name, value, dict_hash(&m->dict, name.p, name.n));
}

void members_overwrite(struct members *m, const struct member *x, struct slice value)
{
    (void)m; /* whoever may change the table may change its members */
    assert(x->value_len == value.n);
    memcpy((char *)x->bytes + x->node.key_len, value.p, value.n);
}

bool members_set(struct members *m, struct slice name, struct slice value)
{
    uint32_t hash = dict_hash(&m->dict, name.p, name.n);
    struct dict_node **link = dict_find(&m->dict, name.p, name.n, hash);

    if (link != NULL)
        set_value(link, value);
    else
        add(m, name, value, hash);
    return link == NULL;
}

bool members_delete(struct members *m, struct slice name)
{
    struct dict_node **link =
        dict_find(&m->dict, name.p, name.n, dict_hash(&m->dict, name.p, name.n));

    if (link == NULL)
        return false;
    free_member(dict_remove(&m->dict, link));
    return true;
}

struct members *members_copy(const struct members *m)
{
    struct members *copy = members_new(&m->hash_key);
    struct dict_walk walk;
    struct dict_node *node;

    dict_walk_start(&walk, &m->dict);
    while ((node = dict_walk_next(&walk)) != NULL) {
        const struct member *x = (const struct member *)node;
        add(copy, member_name(x), member_value(x), node->hash);
    }
    return copy;
}

bool members_distinct(unsigned char *pack, size_t step, const struct hash_key *hash_key)
{
    struct members *seen = pack_count(pack) / step > COMPARED_MAX ? members_new(hash_key) : NULL;
    struct slice none = { NULL, 0 };
    bool ok = true;

    for (unsigned char *p = pack_first(pack), *next; p != NULL && ok; p = next) {
        struct pack_item item;
        struct slice name = pack_get(p, &item);

        next = p;
        for (size_t i = 0; i < step; i++)
            next = pack_next(next);
        ok = seen != NULL ? members_set(seen, name, none) : pack_find(next, name, step) == NULL;
    }
    members_free(seen);
    return ok;
}
