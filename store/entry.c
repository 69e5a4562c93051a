#include "store/entry.h"

#include <assert.h>
#include <string.h>

#include "store/mem.h"
#include "store/value.h"

enum { GROWTH_SPARE_MAX = 1024 * 1024, REUSE_WASTE_MAX = 4, FREE_SAMPLES = 5 };

static size_t size_of_entry(size_t key_len, bool is_volatile)
{
    size_t size = offsetof(struct entry, key) + key_len;

    if (is_volatile)
        size = ((size + 7) & ~(size_t)7) + sizeof(struct entry_expiry);
    return size < sizeof(struct entry) ? sizeof(struct entry) : size;
}

/* Bytes with room to spare were extended in place, which Redis does to no short form. */
static const char *string_encoding_name(const struct entry *e)
{
    if (e->encoding == STRING_INT)
        return "int";
    if (e->encoding == STRING_SMALL)
        return "embstr";
    return e->value.bytes->cap <= ENTRY_EMBEDDED_MAX && e->value.bytes->cap == e->value.bytes->len
               ? "embstr"
               : "raw";
}

struct entry *entry_new(struct slice key, bool is_volatile)
{
    struct entry *e = mem_alloc(size_of_entry(key.n, is_volatile));

    e->node.next = NULL;
    e->node.key_len = (uint32_t)key.n;
    e->type = VALUE_STRING;
    e->encoding = STRING_SMALL;
    e->small_len = 0;
    e->flags = is_volatile ? ENTRY_VOLATILE : 0;
    e->access = 0;
    if (key.n > 0)
        memcpy(e->key, key.p, key.n);
    return e;
}

/* The entry's value is an empty string, whatever was there. */
static void forget_value(struct entry *e)
{
    e->type = VALUE_STRING;
    e->encoding = STRING_SMALL;
    e->small_len = 0;
}

/* Frees what the value holds outside the entry. */
static void drop_value(struct entry *e)
{
    size_t all = SIZE_MAX;

    if (e->type != VALUE_STRING || e->encoding == STRING_BYTES)
        value_ops_of(e)->free_some(e, &all);
    forget_value(e);
}

void entry_free(struct entry *e)
{
    if (e == NULL)
        return;
    drop_value(e);
    mem_free(e, size_of_entry(e->node.key_len, entry_is_volatile(e)));
}

struct entry *entry_resize(struct entry *e, bool is_volatile)
{
    size_t old = size_of_entry(e->node.key_len, entry_is_volatile(e));

    e = mem_resize(e, old, size_of_entry(e->node.key_len, is_volatile));
    e->flags = is_volatile ? ENTRY_VOLATILE : 0;
    return e;
}

size_t entry_int_text(int64_t value, char text[ENTRY_INT_TEXT_MAX])
{
    char reversed[ENTRY_INT_TEXT_MAX];
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t n = 0, at = 0;

    do {
        reversed[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        text[at++] = '-';
    while (n > 0)
        text[at++] = reversed[--n];
    return at;
}

void entry_set_int(struct entry *e, int64_t value)
{
    drop_value(e);
    e->encoding = STRING_INT;
    e->value.integer = value;
}

/* Puts long bytes of a string into a block, the present one if they fit without much waste. */
static void set_bytes(struct entry *e, struct slice value)
{
    struct bytes *b = e->encoding == STRING_BYTES ? e->value.bytes : NULL;

    if (b == NULL || b->cap < value.n || b->cap / REUSE_WASTE_MAX > value.n) {
        drop_value(e);
        b = mem_alloc(sizeof(*b) + value.n);
        b->cap = (uint32_t)value.n;
        e->encoding = STRING_BYTES;
        e->value.bytes = b;
    }
    b->len = (uint32_t)value.n;
    memmove(b->data, value.p, value.n);
}

void entry_set_string(struct entry *e, struct slice value)
{
    int64_t number;

    assert(value.n <= UINT32_MAX);
    if (e->type != VALUE_STRING)
        drop_value(e);
    if (slice_to_int64(value, &number)) {
        entry_set_int(e, number);
    } else if (value.n <= ENTRY_SMALL_MAX) {
        drop_value(e);
        if (value.n > 0)
            memcpy(e->value.small, value.p, value.n);
        e->small_len = value.n & 0xf;
    } else {
        set_bytes(e, value);
    }
}

struct slice entry_string(const struct entry *e, char text[ENTRY_INT_TEXT_MAX])
{
    struct slice s = { NULL, 0 };

    switch ((enum string_encoding)e->encoding) {
    case STRING_INT:
        s.p = text;
        s.n = entry_int_text(e->value.integer, text);
        break;
    case STRING_SMALL:
        s.p = e->value.small;
        s.n = e->small_len;
        break;
    case STRING_BYTES:
        s.p = e->value.bytes->data;
        s.n = e->value.bytes->len;
        break;
    }
    return s;
}

size_t entry_string_len(const struct entry *e)
{
    char text[ENTRY_INT_TEXT_MAX];

    return entry_string(e, text).n;
}

bool entry_string_int(const struct entry *e, int64_t *ret)
{
    char text[ENTRY_INT_TEXT_MAX];

    if (e->encoding == STRING_INT) {
        *ret = e->value.integer;
        return true;
    }
    return slice_to_int64(entry_string(e, text), ret);
}

char *entry_string_extend(struct entry *e, size_t len)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice old = entry_string(e, text);
    struct bytes *b = e->encoding == STRING_BYTES ? e->value.bytes : NULL;

    if (len < old.n)
        len = old.n;
    assert(len <= UINT32_MAX / 2);
    if (b == NULL || b->cap < len) {
        size_t cap = len + (len < GROWTH_SPARE_MAX ? len : GROWTH_SPARE_MAX);
        struct bytes *grown = mem_resize(b, b != NULL ? sizeof(*b) + b->cap : 0, sizeof(*b) + cap);

        if (b == NULL)
            memcpy(grown->data, old.p, old.n);
        grown->cap = (uint32_t)cap;
        b = grown;
    }
    memset(b->data + old.n, 0, len - old.n);
    b->len = (uint32_t)len;
    e->encoding = STRING_BYTES;
    e->value.bytes = b;
    return b->data;
}

void entry_move_value(struct entry *to, struct entry *from)
{
    drop_value(to);
    to->type = from->type;
    to->encoding = from->encoding;
    to->small_len = from->small_len;
    to->value = from->value;
    forget_value(from);
}

void entry_copy_value(struct entry *to, const struct entry *from)
{
    drop_value(to);
    value_ops_of(from)->copy(to, from);
}

/* By the number of its blocks, or by what a few of them say of their sizes. */
bool entry_is_large(const struct entry *e)
{
    const struct value_ops *ops = value_ops_of(e);

    if (e->type == VALUE_STRING && e->encoding != STRING_BYTES)
        return false;
    return ops->blocks(e) > ENTRY_FREE_MAX ||
           (e->type != VALUE_STRING &&
            ops->bytes(e, FREE_SAMPLES) > ENTRY_FREE_MAX * MEM_STEP_BYTES);
}

struct entry *entry_take_large(struct entry *e)
{
    struct slice no_key = { NULL, 0 };
    struct entry *husk;

    if (!entry_is_large(e))
        return NULL;
    husk = entry_new(no_key, false);
    entry_move_value(husk, e);
    return husk;
}

size_t entry_bytes(const struct entry *e, size_t samples)
{
    return mem_block_bytes(size_of_entry(e->node.key_len, entry_is_volatile(e))) +
           value_ops_of(e)->bytes(e, samples);
}

bool entry_free_some(struct entry *e, size_t *left)
{
    if (!value_ops_of(e)->free_some(e, left))
        return false;
    forget_value(e);
    entry_free(e);
    return true;
}

static size_t string_blocks(const struct entry *e)
{
    return e->encoding == STRING_BYTES ? mem_steps(e->value.bytes->cap) : 1;
}

static size_t string_count(const struct entry *e)
{
    (void)e;
    return 1;
}

static size_t string_bytes(const struct entry *e, size_t samples)
{
    (void)samples;
    return e->encoding == STRING_BYTES ? mem_block_bytes(sizeof(struct bytes) + e->value.bytes->cap)
                                       : 0;
}

/* A string is one block, but giving back all of a large one's pages at once takes long: it goes in
 * pieces. */
static bool string_free_some(struct entry *e, size_t *left)
{
    struct bytes *b = e->value.bytes;
    void *p = b;
    size_t rest;

    if (e->encoding != STRING_BYTES)
        return true;
    rest = mem_free_some(&p, sizeof(*b) + b->cap, left);
    if (rest == 0)
        return true;
    e->value.bytes = b = p;
    b->cap = (uint32_t)(rest - sizeof(*b));
    return false;
}

/* A copy goes by the string's bytes, so that it keeps no room to spare. */
static void string_copy(struct entry *to, const struct entry *from)
{
    char text[ENTRY_INT_TEXT_MAX];

    entry_set_string(to, entry_string(from, text));
}

const struct value_ops string_value_ops = {
    .encoding_name = string_encoding_name,
    .count = string_count,
    .blocks = string_blocks,
    .bytes = string_bytes,
    .free_some = string_free_some,
    .copy = string_copy,
};
