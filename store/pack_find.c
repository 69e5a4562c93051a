/* Reading elements of a pack, and finding some. */
#include <string.h>

#include "store/pack_form.h"

/* The integer at p, if the element is one. */
bool pack_int(const unsigned char *p, int64_t *ret)
{
    unsigned form = p[0];
    size_t n = pack_int_bytes(form);
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
    *ret = (int64_t)(pack_load(p + 1, n) << shift) >> shift;
    return true;
}

struct slice pack_get(const unsigned char *p, struct pack_item *ret)
{
    int64_t number;

    if (pack_int(p, &number)) {
        ret->bytes.p = ret->text;
        ret->bytes.n = entry_int_text(number, ret->text);
    } else {
        size_t head = pack_form_bytes(p[0]);
        ret->bytes.p = (const char *)p + head;
        ret->bytes.n = pack_data_bytes(p) - head;
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
    head = pack_form_bytes(p[0]);
    data = pack_data_bytes(p);
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
    return form < 0xc0 ? 2 + (size_t)(form & 0x3f) : pack_element_bytes(p);
}

unsigned char *pack_find(unsigned char *p, struct slice bytes, size_t step)
{
    struct pack_needle needle;
    unsigned lead = bytes.n < 64 ? 0x80 | (unsigned)bytes.n : 0;
    unsigned last = bytes.n > 0 ? (unsigned char)bytes.p[bytes.n - 1] : lead;

    pack_needle_set(&needle, bytes);
    if (p == NULL)
        return NULL;
    while (*p != PACK_END) {
        if (matches(p, &needle, lead, last))
            return p;
        for (size_t i = 0; i < step && *p != PACK_END; i++)
            p += step_bytes(p);
    }
    return NULL;
}
