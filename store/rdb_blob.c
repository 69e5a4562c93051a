#include "store/rdb_blob.h"

#include <stdint.h>

enum {
    END = 0xff,
    WIDE = 254, /* first byte of a length of four more bytes */
    ZIPLIST_COUNT_UNKNOWN = 0xffff,
    ZIPLIST_SMALL_INT = 0xf1, /* the first form that holds the number itself */
    ZIPLIST_SMALL_INT_LAST = 0xfd
};

/* A position in the bytes; bad: they ended too early, or make no sense. */
struct blob {
    const unsigned char *p;
    size_t n;
    size_t at;
    bool bad;
};

static const unsigned char *take(struct blob *b, size_t n)
{
    const unsigned char *p = b->p + b->at;

    if (b->bad || n > b->n - b->at) {
        b->bad = true;
        return NULL;
    }
    b->at += n;
    return p;
}

static uint64_t take_word(struct blob *b, size_t bytes)
{
    const unsigned char *p = take(b, bytes);
    uint64_t v = 0;

    for (size_t i = 0; p != NULL && i < bytes; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static uint64_t take_word_swapped(struct blob *b, size_t bytes)
{
    const unsigned char *p = take(b, bytes);
    uint64_t v = 0;

    for (size_t i = 0; p != NULL && i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

static void take_bytes(struct blob *b, size_t n, struct pack_item *ret)
{
    ret->bytes.p = (const char *)take(b, n);
    ret->bytes.n = b->bad ? 0 : n;
}

static void give_int(struct pack_item *ret, int64_t v)
{
    ret->bytes.p = ret->text;
    ret->bytes.n = entry_int_text(v, ret->text);
}

static void take_int(struct blob *b, size_t bytes, struct pack_item *ret)
{
    unsigned shift = 64 - 8 * (unsigned)bytes;

    give_int(ret, (int64_t)(take_word(b, bytes) << shift) >> shift);
}

/* The value behind the length of the one before it. */
static void take_ziplist_value(struct blob *b, struct pack_item *ret)
{
    unsigned form = (unsigned)take_word(b, 1);

    switch (form >> 6) {
    case 0:
        take_bytes(b, form & 0x3f, ret);
        return;
    case 1:
        take_bytes(b, (size_t)(form & 0x3f) << 8 | (size_t)take_word(b, 1), ret);
        return;
    case 2:
        b->bad = b->bad || form != 0x80;
        take_bytes(b, (size_t)take_word_swapped(b, 4), ret);
        return;
    default:
        break;
    }
    if (form == 0xc0)
        take_int(b, 2, ret);
    else if (form == 0xd0)
        take_int(b, 4, ret);
    else if (form == 0xe0)
        take_int(b, 8, ret);
    else if (form == 0xf0)
        take_int(b, 3, ret);
    else if (form == 0xfe)
        take_int(b, 1, ret);
    else if (form >= ZIPLIST_SMALL_INT && form <= ZIPLIST_SMALL_INT_LAST)
        give_int(ret, (int64_t)form - ZIPLIST_SMALL_INT);
    else
        b->bad = true;
}

static void take_ziplist_item(struct blob *b, size_t before, struct pack_item *ret)
{
    uint64_t said = take_word(b, 1);

    if (said == WIDE)
        said = take_word(b, 4);
    b->bad = b->bad || said != before;
    take_ziplist_value(b, ret);
}

static unsigned char *read_ziplist(struct blob *b, unsigned char *pack)
{
    uint64_t bytes = take_word(b, 4), tail = take_word(b, 4), count = take_word(b, 2);
    size_t before = 0, items = 0, start = b->at;
    struct pack_item item;

    b->bad = b->bad || bytes != b->n;
    while (!b->bad && b->at < b->n && b->p[b->at] != END) {
        start = b->at;
        take_ziplist_item(b, before, &item);
        before = b->at - start;
        items++;
        if (!b->bad)
            pack = pack_append(pack, item.bytes);
    }
    b->bad = b->bad || tail != start || (count != ZIPLIST_COUNT_UNKNOWN && count != items);
    return pack;
}

static size_t take_zipmap_length(struct blob *b)
{
    size_t n = (size_t)take_word(b, 1);

    if (n < WIDE)
        return n;
    if (n > WIDE)
        b->bad = true;
    return (size_t)take_word(b, 4);
}

/* A name, and a value with bytes to spare behind it. */
static unsigned char *read_zipmap(struct blob *b, unsigned char *pack)
{
    take(b, 1);
    while (!b->bad && b->at < b->n && b->p[b->at] != END) {
        struct pack_item name, value;
        size_t n, spare;

        take_bytes(b, take_zipmap_length(b), &name);
        n = take_zipmap_length(b);
        spare = (size_t)take_word(b, 1);
        take_bytes(b, n, &value);
        take(b, spare);
        if (!b->bad)
            pack = pack_append(pack_append(pack, name.bytes), value.bytes);
    }
    return pack;
}

unsigned char *rdb_blob_to_pack(enum rdb_blob_kind kind, struct slice bytes)
{
    struct blob b = { .p = (const unsigned char *)bytes.p, .n = bytes.n };
    unsigned char *pack = pack_new();

    pack = kind == RDB_BLOB_ZIPLIST ? read_ziplist(&b, pack) : read_zipmap(&b, pack);
    if (take_word(&b, 1) == END && !b.bad && b.at == b.n)
        return pack;
    pack_free(pack);
    return NULL;
}
