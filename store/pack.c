#include "store/pack.h"

#include <assert.h>
#include <string.h>

#include "store/mem.h"
#include "store/pack_form.h"

size_t pack_bytes(const unsigned char *pack)
{
    return (size_t)pack_load(pack, 4);
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
    pack_save(pack, grown, 4);
    return pack;
}

static void set_count(unsigned char *pack, size_t count)
{
    pack_save(pack + 4, count < PACK_COUNT_UNKNOWN ? count : PACK_COUNT_UNKNOWN, 2);
}

static size_t count_all(const unsigned char *pack)
{
    size_t n = 0;

    for (const unsigned char *p = pack + PACK_HEAD_BYTES; *p != PACK_END;
         p += pack_element_bytes(p))
        n++;
    return n;
}

unsigned char *pack_new(void)
{
    unsigned char *pack = mem_alloc(PACK_HEAD_BYTES + 1);

    pack_save(pack, PACK_HEAD_BYTES + 1, 4);
    pack_save(pack + 4, 0, 2);
    pack[PACK_HEAD_BYTES] = PACK_END;
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
        pack_save(*pack, rest, 4);
    return rest == 0;
}

size_t pack_count(const unsigned char *pack)
{
    size_t count = (size_t)pack_load(pack + 4, 2);

    return count != PACK_COUNT_UNKNOWN ? count : count_all(pack);
}

bool pack_check(const unsigned char *bytes, size_t n, size_t *ret_count)
{
    size_t at = PACK_HEAD_BYTES, count = 0, said;

    if (n < PACK_HEAD_BYTES + 1 || pack_bytes(bytes) != n || bytes[n - 1] != PACK_END)
        return false;
    while (at < n - 1) {
        unsigned char tail[PACK_TAIL_BYTES_MAX];
        size_t left = n - 1 - at, head = pack_form_bytes(bytes[at]), data, tail_n;

        if (head == 0 || head > left)
            return false;
        data = pack_data_bytes(bytes + at);
        if (data > left || pack_tail_bytes(data) > left - data)
            return false;
        tail_n = pack_put_tail(tail, data);
        if (memcmp(bytes + at + data, tail, tail_n) != 0)
            return false;
        at += data + tail_n;
        count++;
    }
    said = (size_t)pack_load(bytes + 4, 2);
    *ret_count = count;
    return said == PACK_COUNT_UNKNOWN || said == count;
}

unsigned char *pack_first(unsigned char *pack)
{
    return pack[PACK_HEAD_BYTES] != PACK_END ? pack + PACK_HEAD_BYTES : NULL;
}

unsigned char *pack_next(unsigned char *p)
{
    p += pack_element_bytes(p);
    return *p != PACK_END ? p : NULL;
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
    return pack[PACK_HEAD_BYTES] != PACK_END ? element_before(pack + pack_bytes(pack) - 1) : NULL;
}

unsigned char *pack_prev(unsigned char *pack, unsigned char *p)
{
    return p > pack + PACK_HEAD_BYTES ? element_before(p) : NULL;
}

unsigned char *pack_seek(unsigned char *pack, size_t index)
{
    size_t count = pack_count(pack);
    unsigned char *p;

    assert(index < count);
    if (index < count / 2) {
        for (p = pack + PACK_HEAD_BYTES; index > 0; index--)
            p += pack_element_bytes(p);
    } else {
        for (p = pack + pack_bytes(pack) - 1; index < count; index++)
            p = element_before(p);
    }
    return p;
}

unsigned char *pack_insert(unsigned char *pack, unsigned char *p, struct slice bytes)
{
    size_t count = pack_count(pack), at = p != NULL ? (size_t)(p - pack) : pack_bytes(pack) - 1;
    struct pack_coded c;

    pack_code(&c, bytes);
    pack = reshape(pack, at, 0, pack_coded_bytes(&c));
    pack_put_coded(pack + at, &c);
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
    struct pack_coded c;

    pack_code(&c, bytes);
    pack = reshape(pack, at, pack_element_bytes(p), pack_coded_bytes(&c));
    pack_put_coded(pack + at, &c);
    return pack;
}

unsigned char *pack_delete(unsigned char *pack, unsigned char *p, size_t n)
{
    size_t at = (size_t)(p - pack), size = 0, count = pack_count(pack);

    for (size_t i = 0; i < n; i++)
        size += pack_element_bytes(p + size);
    pack = reshape(pack, at, size, 0);
    set_count(pack, count - n);
    return pack;
}

unsigned char *pack_split(unsigned char **pack, unsigned char *p)
{
    size_t at = (size_t)(p - *pack), size = pack_bytes(*pack) - at, count = pack_count(*pack);
    unsigned char *rest = mem_alloc(PACK_HEAD_BYTES + size);
    size_t n;

    memcpy(rest + PACK_HEAD_BYTES, p, size);
    pack_save(rest, PACK_HEAD_BYTES + size, 4);
    n = count_all(rest);
    set_count(rest, n);
    *pack = reshape(*pack, at, size - 1, 0);
    set_count(*pack, count - n);
    return rest;
}
