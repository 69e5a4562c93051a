/*
 * pack_form: how a pack and its elements are laid out. For store/pack*.c alone. What walking needs
 * is inline: it is done for each element.
 */
#ifndef STORE_PACK_FORM_H
#define STORE_PACK_FORM_H

#include "store/pack.h"

/*
 *     [ bytes u32 | elements u16 | element ... | 0xff ]
 *     element: [ form, with or before the data | length of that, readable from its end ]
 */
enum {
    PACK_HEAD_BYTES = 6,
    PACK_COUNT_UNKNOWN = 0xffff, /* too many for the head: to be counted */
    PACK_END = 0xff,
    PACK_FORM_STRING_32 = 0xf0,
    PACK_FORM_INT_16 = 0xf1,
    PACK_FORM_INT_24 = 0xf2,
    PACK_FORM_INT_32 = 0xf3,
    PACK_FORM_INT_64 = 0xf4,
    PACK_LEAD_BYTES_MAX = 9, /* the largest form without the bytes of a string */
    PACK_TAIL_BYTES_MAX = 5
};

/* An element about to be written. */
struct pack_coded {
    unsigned char lead[PACK_LEAD_BYTES_MAX];
    unsigned char tail[PACK_TAIL_BYTES_MAX];
    size_t lead_n, tail_n;
    struct slice body; /* of a string */
};

static inline uint64_t pack_load(const unsigned char *p, size_t bytes)
{
    uint64_t v = 0;

    for (size_t i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static inline void pack_save(unsigned char *p, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

/* Bytes of an integer form behind its first byte; 0: it is none of those. */
static inline size_t pack_int_bytes(unsigned form)
{
    switch (form) {
    case PACK_FORM_INT_16:
        return 2;
    case PACK_FORM_INT_24:
        return 3;
    case PACK_FORM_INT_32:
        return 4;
    case PACK_FORM_INT_64:
        return 8;
    default:
        return 0;
    }
}

/* Bytes of the head of the form at p, which tell the rest; 0: there is no such form. */
static inline size_t pack_form_bytes(unsigned form)
{
    if (form < 0xc0)
        return 1; /* small integer, short string */
    if (form < 0xf0)
        return 2; /* 13-bit integer, 12-bit string */
    if (form == PACK_FORM_STRING_32)
        return 5;
    return pack_int_bytes(form) > 0 ? 1 : 0;
}

/* Length of the element at p without its tail. */
static inline size_t pack_data_bytes(const unsigned char *p)
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
    if (form == PACK_FORM_STRING_32)
        return 5 + (size_t)pack_load(p + 1, 4);
    return 1 + pack_int_bytes(form);
}

static inline size_t pack_tail_bytes(size_t data)
{
    return data <= 127 ? 1 : data < 16383 ? 2 : data < 2097151 ? 3 : data < 268435455 ? 4 : 5;
}

static inline size_t pack_element_bytes(const unsigned char *p)
{
    size_t data = pack_data_bytes(p);

    return data + pack_tail_bytes(data);
}

/* Writes the length of an element's data, seven bits a byte, to be read backwards: each but the
 * leftmost is marked. Returns the bytes that takes. */
size_t pack_put_tail(unsigned char *p, size_t data);

/* BYTES as an element, which borrows them; strings that are integers become integers. */
void pack_code(struct pack_coded *ret, struct slice bytes);
size_t pack_coded_bytes(const struct pack_coded *c);
void pack_put_coded(unsigned char *p, const struct pack_coded *c);

#endif
