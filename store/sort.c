#include "store/sort.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS_MIN = 64, CHUNK_BYTES = 64 * 1024, NUMBER_BYTES_MAX = 512 };

struct sort_chunk {
    struct sort_chunk *next;
    size_t used, cap;
    char bytes[];
};

void sort_done(struct sort *x)
{
    struct sort_chunk *next;

    for (struct sort_chunk *k = x->chunks; k != NULL; k = next) {
        next = k->next;
        free(k);
    }
    free(x->items);
    x->items = NULL;
    x->chunks = NULL;
    x->count = x->cap = 0;
}

/* A copy of bytes that lives as long as all the rest. */
static struct slice keep(struct sort *x, struct slice s)
{
    struct sort_chunk *k = x->chunks;
    struct slice copy;

    if (k == NULL || k->cap - k->used < s.n) {
        size_t cap = s.n > CHUNK_BYTES ? s.n : CHUNK_BYTES;

        k = malloc(sizeof(*k) + cap);
        assert(k != NULL);
        k->used = 0;
        k->cap = cap;
        k->next = x->chunks;
        x->chunks = k;
    }
    copy.p = k->bytes + k->used;
    copy.n = s.n;
    if (s.n > 0)
        memcpy(k->bytes + k->used, s.p, s.n);
    k->used += s.n;
    return copy;
}

void sort_add(struct sort *x, struct slice element)
{
    struct sort_item *item;

    if (x->count == x->cap) {
        x->cap = x->cap > 0 ? x->cap * 2 : ITEMS_MIN;
        x->items = realloc(x->items, x->cap * sizeof(*x->items));
        assert(x->items != NULL);
    }
    item = &x->items[x->count++];
    item->sort = x;
    item->element = keep(x, element);
    item->weight = item->element;
    item->score = 0;
}

void sort_weigh_bytes(struct sort *x, size_t i, const struct slice *weight)
{
    struct slice none = { NULL, 0 };

    x->items[i].weight = weight != NULL ? keep(x, *weight) : none;
}

/* Infinity that nobody wrote: the number was too large. */
static bool is_too_large(double v, const char *text)
{
    return isinf(v) && strpbrk(text, "nN") == NULL;
}

/* As the C library reads numbers: blanks in front, up to a zero byte, and nothing at all is 0. */
bool sort_weigh_number(struct sort *x, size_t i, const struct slice *weight)
{
    char text[NUMBER_BYTES_MAX], *end;
    int64_t number;
    double v;

    x->items[i].score = 0;
    if (weight == NULL)
        return true;
    if (slice_to_int64(*weight, &number)) {
        x->items[i].score = (double)number;
        return true;
    }
    if (weight->n >= sizeof(text))
        return false;
    slice_copy(*weight, text, sizeof(text));
    v = strtod(text, &end);
    if (*end != '\0' || isnan(v) || is_too_large(v, text))
        return false;
    x->items[i].score = v;
    return true;
}

static int compare_bytes(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_weights(const struct sort_item *a, const struct sort_item *b)
{
    if (!a->sort->by_bytes)
        return (a->score > b->score) - (a->score < b->score);
    if (a->weight.p == NULL || b->weight.p == NULL)
        return (a->weight.p != NULL) - (b->weight.p != NULL);
    return compare_bytes(a->weight, b->weight);
}

static int compare(const void *one, const void *other)
{
    const struct sort_item *a = one, *b = other;
    int order = compare_weights(a, b);

    if (order == 0)
        order = compare_bytes(a->element, b->element);
    return a->sort->descending ? -order : order;
}

void sort_run(struct sort *x)
{
    if (x->count > 1)
        qsort(x->items, x->count, sizeof(*x->items), compare);
}

void sort_reverse(struct sort *x)
{
    for (size_t i = 0, k = x->count; i + 1 < k; i++) {
        struct sort_item item = x->items[i];

        x->items[i] = x->items[--k];
        x->items[k] = item;
    }
}
