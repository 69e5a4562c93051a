#include "store/intset.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "store/mem.h"

/*
 *     [ bytes of a member u32 | members u32 | member ... ]          all of them little-endian
 */
enum { HEAD_BYTES = 8 };

static inline uint32_t load_word(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return le32toh(v);
}

static void save_word(unsigned char *p, uint32_t v)
{
    v = htole32(v);
    memcpy(p, &v, sizeof(v));
}

static size_t width_of(const unsigned char *set)
{
    return load_word(set);
}

size_t intset_count(const unsigned char *set)
{
    return load_word(set + 4);
}

static size_t bytes_for(size_t width, size_t count)
{
    return HEAD_BYTES + width * count;
}

size_t intset_bytes(const unsigned char *set)
{
    return bytes_for(width_of(set), intset_count(set));
}

static inline int64_t load(const unsigned char *set, size_t width, size_t place)
{
    const unsigned char *p = set + HEAD_BYTES + width * place;
    uint16_t two;
    uint64_t eight;

    if (width == 4)
        return (int32_t)load_word(p);
    if (width == 2) {
        memcpy(&two, p, sizeof(two));
        return (int16_t)le16toh(two);
    }
    memcpy(&eight, p, sizeof(eight));
    return (int64_t)le64toh(eight);
}

static void save(unsigned char *set, size_t width, size_t place, int64_t value)
{
    uint64_t v = htole64((uint64_t)value);

    memcpy(set + HEAD_BYTES + width * place,
           (unsigned char *)&v + (BYTE_ORDER == BIG_ENDIAN ? 8 - width : 0), width);
}

static size_t width_for(int64_t value)
{
    if (value >= INT16_MIN && value <= INT16_MAX)
        return 2;
    return value >= INT32_MIN && value <= INT32_MAX ? 4 : 8;
}

unsigned char *intset_new(void)
{
    unsigned char *set = mem_alloc(HEAD_BYTES);

    save_word(set, 2);
    save_word(set + 4, 0);
    return set;
}

unsigned char *intset_take(const unsigned char *bytes, size_t n)
{
    unsigned char *set = mem_alloc(n);

    memcpy(set, bytes, n);
    return set;
}

unsigned char *intset_copy(const unsigned char *set)
{
    return intset_take(set, intset_bytes(set));
}

void intset_free(unsigned char *set)
{
    if (set != NULL)
        mem_free(set, intset_bytes(set));
}

bool intset_check(const unsigned char *bytes, size_t n)
{
    size_t width, count;

    if (n < HEAD_BYTES)
        return false;
    width = width_of(bytes);
    count = intset_count(bytes);
    if ((width != 2 && width != 4 && width != 8) || count > INTSET_COUNT_MAX ||
        bytes_for(width, count) != n)
        return false;
    for (size_t i = 1; i < count; i++) {
        if (load(bytes, width, i - 1) >= load(bytes, width, i))
            return false;
    }
    return true;
}

int64_t intset_get(const unsigned char *set, size_t place)
{
    assert(place < intset_count(set));
    return load(set, width_of(set), place);
}

/* The number of members below a value. Each step is an addition, not a jump: which way a search
 * goes is nothing that a processor could guess. */
static inline size_t count_below(const unsigned char *set, size_t width, size_t n, int64_t value)
{
    size_t base = 0;

    if (n == 0)
        return 0;
    for (; n > 1; n -= n / 2)
        base += load(set, width, base + n / 2 - 1) < value ? n / 2 : 0;
    return base + (load(set, width, base) < value);
}

bool intset_find(const unsigned char *set, int64_t value, size_t *ret_place)
{
    size_t width = width_of(set), n = intset_count(set), place;

    if (width == 2)
        place = count_below(set, 2, n, value);
    else if (width == 4)
        place = count_below(set, 4, n, value);
    else
        place = count_below(set, 8, n, value);
    if (ret_place != NULL)
        *ret_place = place;
    return place < n && load(set, width, place) == value;
}

/* Gives each member more bytes, from the last one on. */
static unsigned char *widen(unsigned char *set, size_t width)
{
    size_t old = width_of(set), count = intset_count(set);

    set = mem_resize(set, bytes_for(old, count), bytes_for(width, count));
    for (size_t i = count; i > 0; i--)
        save(set, width, i - 1, load(set, old, i - 1));
    save_word(set, (uint32_t)width);
    return set;
}

unsigned char *intset_insert(unsigned char *set, size_t place, int64_t value)
{
    size_t count = intset_count(set), width;

    assert(count < INTSET_COUNT_MAX && place <= count);
    if (width_for(value) > width_of(set))
        set = widen(set, width_for(value));
    width = width_of(set);
    set = mem_resize(set, bytes_for(width, count), bytes_for(width, count + 1));
    memmove(set + bytes_for(width, place + 1), set + bytes_for(width, place),
            width * (count - place));
    save(set, width, place, value);
    save_word(set + 4, (uint32_t)count + 1);
    return set;
}

unsigned char *intset_delete(unsigned char *set, size_t place)
{
    size_t count = intset_count(set), width = width_of(set);

    assert(place < count);
    memmove(set + bytes_for(width, place), set + bytes_for(width, place + 1),
            width * (count - place - 1));
    save_word(set + 4, (uint32_t)count - 1);
    return mem_resize(set, bytes_for(width, count), bytes_for(width, count - 1));
}
