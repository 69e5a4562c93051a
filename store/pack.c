#include "store/pack.h"

#include <assert.h>
#include <string.h>

#include "store/mem.h"

/*
 *     [ bytes u32 | elements u16 | element ... | 0xff ]
 *     element: [ form, with or before the data | length of that, readable from its end ]
 */
enum {
    HEAD_BYTES = 6,
    COUNT_UNKNOWN = 0xffff, /* too many for the head: to be counted */
    END = 0xff,
    FORM_STRING_32 = 0xf0,
    FORM_INT_16 = 0xf1,
    FORM_INT_24 = 0xf2,
    FORM_INT_32 = 0xf3,
    FORM_INT_64 = 0xf4,
    LEAD_BYTES_MAX = 9, /* the largest form without the bytes of a string */
    TAIL_BYTES_MAX = 5
};

/* An element about to be written. */
struct coded {
    unsigned char lead[LEAD_BYTES_MAX];
    unsigned char tail[TAIL_BYTES_MAX];
    size_t lead_n, tail_n;
    struct slice body; /* of a string */
};

static uint64_t load(const unsigned char *p, size_t bytes)
{
    uint64_t v = 0;

    for (size_t i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static void save(unsigned char *p, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

/* Bytes of an integer form behind its first byte; 0: it is none of those. */
static size_t int_bytes(unsigned form)
{
    switch (form) {
    case FORM_INT_16:
        return 2;
    case FORM_INT_24:
        return 3;
    case FORM_INT_32:
        return 4;
    case FORM_INT_64:
        return 8;
    default:
        return 0;
    }
}

/* Bytes of the head of the form at p, which tell the rest; 0: there is no such form. */
static size_t form_bytes(unsigned form)
{
    if (form < 0xc0)
        return 1; /* small integer, short string */
    if (form < 0xf0)
        return 2; /* 13-bit integer, 12-bit string */
    if (form == FORM_STRING_32)
        return 5;
    return int_bytes(form) > 0 ? 1 : 0;
}

/* Length of the element at p without its tail. */
static size_t data_bytes(const unsigned char *p)
{
    unsigned form = p[0];

    if (form < 0x80)
        return 1;
    if (form < 0xc0)
        return 1 + (size_t)(form & 0x3f);
    if (form < 0xe0)
        return 2;
    if (form < 0xf0)
        return 2 + ((size_t)(form & 0x0f) << 8 | p[1]);
    if (form == FORM_STRING_32)
        return 5 + (size_t)load(p + 1, 4);
    return 1 + int_bytes(form);
}

static size_t tail_bytes(size_t data)
{
    return data <= 127 ? 1 : data < 16383 ? 2 : data < 2097151 ? 3 : data < 268435455 ? 4 : 5;
}

/* The length, seven bits a byte, to be read backwards: each but the leftmost is marked. */
static size_t put_tail(unsigned char *p, size_t data)
{
    size_t n = tail_bytes(data);

    for (size_t i = 0; i < n; i++) {
        unsigned char bits = (unsigned char)(data >> (7 * (n - 1 - i))) & 127;
        p[i] = i == 0 ? bits : bits | 128;
    }
    return n;
}

static size_t element_bytes(const unsigned char *p)
{
    size_t data = data_bytes(p);

    return data + tail_bytes(data);
}

/* An integer in an n-byte form. */
static void code_wide_int(struct coded *ret, unsigned form, int64_t v)
{
    ret->lead[0] = (unsigned char)form;
    save(ret->lead + 1, (uint64_t)v, int_bytes(form));
    ret->lead_n = 1 + int_bytes(form);
}

static void code_int(struct coded *ret, int64_t v)
{
    if (v >= 0 && v <= 127) {
        ret->lead[0] = (unsigned char)v;
        ret->lead_n = 1;
    } else if (v >= -4096 && v <= 4095) {
        ret->lead[0] = (unsigned char)(0xc0 | (((uint64_t)v >> 8) & 0x1f));
        ret->lead[1] = (unsigned char)v;
        ret->lead_n = 2;
    } else if (v >= INT16_MIN && v <= INT16_MAX) {
        code_wide_int(ret, FORM_INT_16, v);
    } else if (v >= -(1 << 23) && v < 1 << 23) {
        code_wide_int(ret, FORM_INT_24, v);
    } else if (v >= INT32_MIN && v <= INT32_MAX) {
        code_wide_int(ret, FORM_INT_32, v);
    } else {
        code_wide_int(ret, FORM_INT_64, v);
    }
}

static void code_string(struct coded *ret, struct slice bytes)
{
    ret->body = bytes;
    if (bytes.n < 64) {
        ret->lead[0] = (unsigned char)(0x80 | bytes.n);
        ret->lead_n = 1;
    } else if (bytes.n < 4096) {
        ret->lead[0] = (unsigned char)(0xe0 | bytes.n >> 8);
        ret->lead[1] = (unsigned char)bytes.n;
        ret->lead_n = 2;
    } else {
        ret->lead[0] = FORM_STRING_32;
        save(ret->lead + 1, bytes.n, 4);
        ret->lead_n = 5;
    }
}

static void code(struct coded *ret, struct slice bytes)
{
    int64_t number;

    ret->body.p = NULL;
    ret->body.n = 0;
    if (slice_to_int64(bytes, &number))
        code_int(ret, number);
    else
        code_string(ret, bytes);
    ret->tail_n = put_tail(ret->tail, ret->lead_n + ret->body.n);
}

static size_t coded_bytes(const struct coded *c)
{
    return c->lead_n + c->body.n + c->tail_n;
}

static void put_coded(unsigned char *p, const struct coded *c)
{
    memcpy(p, c->lead, c->lead_n);
    if (c->body.n > 0)
        memcpy(p + c->lead_n, c->body.p, c->body.n);
    memcpy(p + c->lead_n + c->body.n, c->tail, c->tail_n);
}

size_t pack_bytes(const unsigned char *pack)
{
    return (size_t)load(pack, 4);
}

/* Makes the run of `old` bytes at an offset `size` bytes long; returns the pack's new place. */
static unsigned char *reshape(unsigned char *pack, size_t at, size_t old, size_t size)
{
    size_t total = pack_bytes(pack), grown = total - old + size;

    assert(grown <= UINT32_MAX);
    if (size > old)
        pack = mem_resize(pack, total, grown);
    memmove(pack + at + size, pack + at + old, total - at - old);
    if (size < old)
        pack = mem_resize(pack, total, grown);
    save(pack, grown, 4);
    return pack;
}

static void set_count(unsigned char *pack, size_t count)
{
    save(pack + 4, count < COUNT_UNKNOWN ? count : COUNT_UNKNOWN, 2);
}

static size_t count_all(const unsigned char *pack)
{
    size_t n = 0;

    for (const unsigned char *p = pack + HEAD_BYTES; *p != END; p += element_bytes(p))
        n++;
    return n;
}

unsigned char *pack_new(void)
{
    unsigned char *pack = mem_alloc(HEAD_BYTES + 1);

    save(pack, HEAD_BYTES + 1, 4);
    save(pack + 4, 0, 2);
    pack[HEAD_BYTES] = END;
    return pack;
}

unsigned char *pack_take(const unsigned char *bytes, size_t n)
{
    unsigned char *pack = mem_alloc(n);

    memcpy(pack, bytes, n);
    return pack;
}

unsigned char *pack_copy(const unsigned char *pack)
{
    return pack_take(pack, pack_bytes(pack));
}

void pack_free(unsigned char *pack)
{
    if (pack != NULL)
        mem_free(pack, pack_bytes(pack));
}

bool pack_free_some(unsigned char **pack, size_t *left)
{
    void *p = *pack;
    size_t rest = mem_free_some(&p, pack_bytes(*pack), left);

    *pack = p;
    if (rest > 0)
        save(*pack, rest, 4);
    return rest == 0;
}

size_t pack_count(const unsigned char *pack)
{
    size_t count = (size_t)load(pack + 4, 2);

    return count != COUNT_UNKNOWN ? count : count_all(pack);
}

bool pack_check(const unsigned char *bytes, size_t n, size_t *ret_count)
{
    size_t at = HEAD_BYTES, count = 0, said;

    if (n < HEAD_BYTES + 1 || pack_bytes(bytes) != n || bytes[n - 1] != END)
        return false;
    while (at < n - 1) {
        unsigned char tail[TAIL_BYTES_MAX];
        size_t left = n - 1 - at, head = form_bytes(bytes[at]), data, tail_n;

        if (head == 0 || head > left)
            return false;
        data = data_bytes(bytes + at);
        if (data > left || tail_bytes(data) > left - data)
            return false;
        tail_n = put_tail(tail, data);
        if (memcmp(bytes + at + data, tail, tail_n) != 0)
            return false;
        at += data + tail_n;
        count++;
    }
    said = (size_t)load(bytes + 4, 2);
    *ret_count = count;
    return said == COUNT_UNKNOWN || said == count;
}

unsigned char *pack_first(unsigned char *pack)
{
    return pack[HEAD_BYTES] != END ? pack + HEAD_BYTES : NULL;
}

unsigned char *pack_next(unsigned char *p)
{
    p += element_bytes(p);
    return *p != END ? p : NULL;
}

/* The element that ends before `end`, by its tail. */
static unsigned char *element_before(unsigned char *end)
{
    size_t data = 0, n = 0;

    do {
        data |= (size_t)(end[-1 - (ptrdiff_t)n] & 127) << (7 * n);
    } while (end[-1 - (ptrdiff_t)n++] & 128);
    return end - n - data;
}

unsigned char *pack_last(unsigned char *pack)
{
    return pack[HEAD_BYTES] != END ? element_before(pack + pack_bytes(pack) - 1) : NULL;
}

unsigned char *pack_prev(unsigned char *pack, unsigned char *p)
{
    return p > pack + HEAD_BYTES ? element_before(p) : NULL;
}

unsigned char *pack_seek(unsigned char *pack, size_t index)
{
    size_t count = pack_count(pack);
    unsigned char *p;

    assert(index < count);
    if (index < count / 2) {
        for (p = pack + HEAD_BYTES; index > 0; index--)
            p += element_bytes(p);
    } else {
        for (p = pack + pack_bytes(pack) - 1; index < count; index++)
            p = element_before(p);
    }
    return p;
}

/* The integer at p, if the element is one. */
bool pack_int(const unsigned char *p, int64_t *ret)
{
    unsigned form = p[0];
    size_t n = int_bytes(form);
    unsigned shift;

    if (form < 0x80) {
        *ret = (int64_t)form;
        return true;
    }
    if (form >= 0xc0 && form < 0xe0) {
        int64_t v = (int64_t)(form & 0x1f) << 8 | p[1];
        *ret = v >= 4096 ? v - 8192 : v;
        return true;
    }
    if (n == 0)
        return false;
    shift = 64 - 8 * (unsigned)n;
    *ret = (int64_t)(load(p + 1, n) << shift) >> shift;
    return true;
}

struct slice pack_get(const unsigned char *p, struct pack_item *ret)
{
    int64_t number;

    if (pack_int(p, &number)) {
        ret->bytes.p = ret->text;
        ret->bytes.n = entry_int_text(number, ret->text);
    } else {
        size_t head = form_bytes(p[0]);
        ret->bytes.p = (const char *)p + head;
        ret->bytes.n = data_bytes(p) - head;
    }
    return ret->bytes;
}

void pack_needle_set(struct pack_needle *needle, struct slice bytes)
{
    needle->bytes = bytes;
    needle->is_int = slice_to_int64(bytes, &needle->number);
}

/* An integer may also stand there as a string. */
bool pack_is(const unsigned char *p, const struct pack_needle *needle)
{
    size_t head, data;
    int64_t number;

    if (pack_int(p, &number))
        return needle->is_int && number == needle->number;
    head = form_bytes(p[0]);
    data = data_bytes(p);
    return data - head == needle->bytes.n && memcmp(p + head, needle->bytes.p, data - head) == 0;
}

/* What most elements are, small integers and short strings, is told by the first byte; and names
 * that begin alike differ in the last one. */
static inline bool matches(const unsigned char *p, const struct pack_needle *needle, unsigned lead,
                           unsigned last)
{
    unsigned form = p[0];
    size_t n = needle->bytes.n;

    if (form < 0x80)
        return needle->is_int && needle->number == (int64_t)form;
    if (form < 0xc0)
        return form == lead && p[n] == last && memcmp(p + 1, needle->bytes.p, n) == 0;
    return pack_is(p, needle);
}

static inline size_t step_bytes(const unsigned char *p)
{
    unsigned form = p[0];

    if (form < 0x80)
        return 2;
    return form < 0xc0 ? 2 + (size_t)(form & 0x3f) : element_bytes(p);
}

unsigned char *pack_find(unsigned char *p, struct slice bytes, size_t step)
{
    struct pack_needle needle;
    unsigned lead = bytes.n < 64 ? 0x80 | (unsigned)bytes.n : 0;
    unsigned last = bytes.n > 0 ? (unsigned char)bytes.p[bytes.n - 1] : lead;

    pack_needle_set(&needle, bytes);
    if (p == NULL)
        return NULL;
    while (*p != END) {
        if (matches(p, &needle, lead, last))
            return p;
        for (size_t i = 0; i < step && *p != END; i++)
            p += step_bytes(p);
    }
    return NULL;
}

unsigned char *pack_insert(unsigned char *pack, unsigned char *p, struct slice bytes)
{
    size_t count = pack_count(pack), at = p != NULL ? (size_t)(p - pack) : pack_bytes(pack) - 1;
    struct coded c;

    code(&c, bytes);
    pack = reshape(pack, at, 0, coded_bytes(&c));
    put_coded(pack + at, &c);
    set_count(pack, count + 1);
    return pack;
}

unsigned char *pack_append(unsigned char *pack, struct slice bytes)
{
    return pack_insert(pack, NULL, bytes);
}

unsigned char *pack_replace(unsigned char *pack, unsigned char *p, struct slice bytes)
{
    size_t at = (size_t)(p - pack);
    struct coded c;

    code(&c, bytes);
    pack = reshape(pack, at, element_bytes(p), coded_bytes(&c));
    put_coded(pack + at, &c);
    return pack;
}

unsigned char *pack_delete(unsigned char *pack, unsigned char *p, size_t n)
{
    size_t at = (size_t)(p - pack), size = 0, count = pack_count(pack);

    for (size_t i = 0; i < n; i++)
        size += element_bytes(p + size);
    pack = reshape(pack, at, size, 0);
    set_count(pack, count - n);
    return pack;
}

unsigned char *pack_split(unsigned char **pack, unsigned char *p)
{
    size_t at = (size_t)(p - *pack), size = pack_bytes(*pack) - at, count = pack_count(*pack);
    unsigned char *rest = mem_alloc(HEAD_BYTES + size);
    size_t n;

    memcpy(rest + HEAD_BYTES, p, size);
    save(rest, HEAD_BYTES + size, 4);
    n = count_all(rest);
    set_count(rest, n);
    *pack = reshape(*pack, at, size - 1, 0);
    set_count(*pack, count - n);
    return rest;
}
