#include "wire/table.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_SLOTS 16

void table_done(struct table *t)
{
    free(t->slots);
    memset(t, 0, sizeof(*t));
}

static struct table_node **slot_of(const struct table *t, uint64_t hash)
{
    return &t->slots[hash & (t->cap - 1)];
}

/* Doubles the slots. */
static bool grow(struct table *t)
{
    struct table bigger = { .cap = t->cap ? t->cap * 2 : FIRST_SLOTS, .used = t->used };
    bigger.slots = calloc(bigger.cap, sizeof(struct table_node *));
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < t->cap; i++) {
        for (struct table_node *node = t->slots[i], *next; node; node = next) {
            struct table_node **slot = slot_of(&bigger, node->hash);
            next = node->next;
            node->next = *slot;
            *slot = node;
        }
    }
    free(t->slots);
    *t = bigger;
    return true;
}

bool table_add(struct table *t, struct table_node *node, uint64_t hash)
{
    /* A full table that cannot grow gets slower, not wrong; only the first slots are a must. */
    if (t->used >= t->cap && !grow(t) && t->cap == 0)
        return false;
    struct table_node **slot = slot_of(t, hash);
    node->hash = hash;
    node->next = *slot;
    *slot = node;
    t->used++;
    return true;
}

void table_remove(struct table *t, struct table_node *node)
{
    assert(t->used > 0);
    struct table_node **at = slot_of(t, node->hash);
    while (*at != node) {
        assert(*at);
        at = &(*at)->next;
    }
    *at = node->next;
    node->next = NULL;
    t->used--;
}

struct table_node *table_first(const struct table *t, uint64_t hash)
{
    struct table_node *node = t->cap ? *slot_of(t, hash) : NULL;
    while (node && node->hash != hash)
        node = node->next;
    return node;
}

struct table_node *table_next(const struct table_node *node)
{
    struct table_node *next = node->next;
    while (next && next->hash != node->hash)
        next = next->next;
    return next;
}

uint64_t table_hash_int(uint64_t value)
{
    /* Spreads every bit over the low ones, which choose the slot. */
    value = (value ^ (value >> 32)) * UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 29)) * UINT64_C(0xBF58476D1CE4E5B9);
    return value ^ (value >> 32);
}

uint64_t table_hash_bytes(struct slice bytes)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < bytes.n; i++)
        hash = (hash ^ (unsigned char)bytes.p[i]) * UINT64_C(1099511628211);
    return table_hash_int(hash);
}
