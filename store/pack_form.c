#include "store/pack_form.h"

#include <string.h>

size_t pack_put_tail(unsigned char *p, size_t data)
{
    size_t n = pack_tail_bytes(data);

    for (size_t i = 0; i < n; i++) {
        unsigned char bits = (unsigned char)(data >> (7 * (n - 1 - i))) & 127;
        p[i] = i == 0 ? bits : bits | 128;
    }
    return n;
}

/* An integer in an n-byte form. */
static void code_wide_int(struct pack_coded *ret, unsigned form, int64_t v)
{
    ret->lead[0] = (unsigned char)form;
    pack_save(ret->lead + 1, (uint64_t)v, pack_int_bytes(form));
    ret->lead_n = 1 + pack_int_bytes(form);
}

static void code_int(struct pack_coded *ret, int64_t v)
{
    if (v >= 0 && v <= 127) {
        ret->lead[0] = (unsigned char)v;
        ret->lead_n = 1;
    } else if (v >= -4096 && v <= 4095) {
        ret->lead[0] = (unsigned char)(0xc0 | (((uint64_t)v >> 8) & 0x1f));
        ret->lead[1] = (unsigned char)v;
        ret->lead_n = 2;
    } else if (v >= INT16_MIN && v <= INT16_MAX) {
        code_wide_int(ret, PACK_FORM_INT_16, v);
    } else if (v >= -(1 << 23) && v < 1 << 23) {
        code_wide_int(ret, PACK_FORM_INT_24, v);
    } else if (v >= INT32_MIN && v <= INT32_MAX) {
        code_wide_int(ret, PACK_FORM_INT_32, v);
    } else {
        code_wide_int(ret, PACK_FORM_INT_64, v);
    }
}

static void code_string(struct pack_coded *ret, struct slice bytes)
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
        ret->lead[0] = PACK_FORM_STRING_32;
        pack_save(ret->lead + 1, bytes.n, 4);
        ret->lead_n = 5;
    }
}

void pack_code(struct pack_coded *ret, struct slice bytes)
{
    int64_t number;

    ret->body.p = NULL;
    ret->body.n = 0;
    if (slice_to_int64(bytes, &number))
        code_int(ret, number);
    else
        code_string(ret, bytes);
    ret->tail_n = pack_put_tail(ret->tail, ret->lead_n + ret->body.n);
}

size_t pack_coded_bytes(const struct pack_coded *c)
{
    return c->lead_n + c->body.n + c->tail_n;
}

void pack_put_coded(unsigned char *p, const struct pack_coded *c)
{
    memcpy(p, c->lead, c->lead_n);
    if (c->body.n > 0)
        memcpy(p + c->lead_n, c->body.p, c->body.n);
    memcpy(p + c->lead_n + c->body.n, c->tail, c->tail_n);
}
