#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"
#include "wire/slice.h"

/* True when the buffer holds exactly this text. */
static bool holds(const struct buf *b, const char *text)
{
    return slice_is(buf_slice(b), text);
}

static void test_append_consume(void)
{
    struct buf b = { 0 };
    CU_ASSERT(holds(&b, ""));
    CU_ASSERT(buf_append_str(&b, "hello "));
    CU_ASSERT(buf_append(&b, "world", 5));
    buf_consume(&b, 6);
    CU_ASSERT(holds(&b, "world"));
    CU_ASSERT(buf_append(&b, NULL, 0));
    buf_truncate(&b, 3);
    CU_ASSERT(holds(&b, "wor"));
    CU_ASSERT_STRING_EQUAL(buf_text(&b), "wor");
    buf_consume(&b, 3);
    CU_ASSERT_EQUAL(buf_used(&b), 0);
    CU_ASSERT_STRING_EQUAL(buf_text(&b), "");
    buf_done(&b);
}

/* A queue that is filled and emptied at random holds the same bytes as a plain array. */
static void test_queue_at_random(void)
{
    enum { BYTES = 200000 };
    struct buf b = { 0 };
    char *all = malloc(BYTES);
    size_t put = 0, got = 0;
    srand(1);
    for (size_t i = 0; i < BYTES; i++)
        all[i] = (char)rand();
    while (got < BYTES) {
        size_t n = (size_t)rand() % 3000;
        n = n < BYTES - put ? n : BYTES - put;
        CU_ASSERT_FATAL(buf_append(&b, all + put, n));
        put += n;
        n = (size_t)rand() % 3000;
        n = n < buf_used(&b) ? n : buf_used(&b);
        CU_ASSERT_FATAL(memcmp(buf_data(&b), all + got, n) == 0);
        buf_consume(&b, n);
        got += n;
        CU_ASSERT_FATAL(buf_used(&b) == put - got);
    }
    free(all);
    buf_done(&b);
}

static void test_limit(void)
{
    struct buf b;
    buf_init(&b, 10);
    CU_ASSERT(buf_append_str(&b, "12345"));
    CU_ASSERT_FALSE(buf_append_str(&b, "678901"));
    CU_ASSERT(b.overflow);
    CU_ASSERT(holds(&b, "12345"));
    /* Sticky: later appends that would fit must not make a reply with a hole. */
    CU_ASSERT_FALSE(buf_append_str(&b, "6"));
    CU_ASSERT_FALSE(buf_printf(&b, "6"));
    buf_reset(&b);
    CU_ASSERT(buf_append_str(&b, "1234567890"));
    CU_ASSERT_FALSE(b.overflow);
    buf_consume(&b, 4);
    CU_ASSERT(buf_append_str(&b, "abcd"));
    CU_ASSERT(holds(&b, "567890abcd"));
    CU_ASSERT_FALSE(buf_append_str(&b, "e"));
    buf_done(&b);
}

static void test_printf(void)
{
    struct buf b;
    char wide[600];
    buf_init(&b, 1000);
    CU_ASSERT(buf_printf(&b, "%d-%s", 42, "x"));
    CU_ASSERT(holds(&b, "42-x"));
    CU_ASSERT(buf_printf(&b, "%500d", 7));
    CU_ASSERT_EQUAL(buf_used(&b), 504);
    CU_ASSERT(buf_printf(&b, "%496d", 7));
    CU_ASSERT_EQUAL(buf_used(&b), 1000);
    CU_ASSERT_FALSE(buf_printf(&b, "1"));
    buf_done(&b);
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    struct buf unlimited = { 0 };
    for (int i = 0; i < 100; i++)
        CU_ASSERT(buf_printf(&unlimited, "%s", wide));
    CU_ASSERT_EQUAL(buf_used(&unlimited), 100 * (sizeof(wide) - 1));
    buf_done(&unlimited);
}

static void test_insert(void)
{
    struct buf b = { 0 };
    buf_append_str(&b, "xxbc");
    buf_consume(&b, 2);
    CU_ASSERT(buf_insert(&b, 0, "a", 1));
    CU_ASSERT(buf_insert(&b, 3, "e", 1));
    CU_ASSERT(buf_insert(&b, 3, "d", 1));
    CU_ASSERT(holds(&b, "abcde"));
    buf_done(&b);
}

/* A large content does not stay allocated once it is gone. */
static void test_gives_back(void)
{
    struct buf b = { 0 };
    CU_ASSERT_PTR_NOT_NULL_FATAL(buf_reserve(&b, 1024 * 1024));
    buf_commit(&b, 1024 * 1024);
    buf_consume(&b, 1024 * 1024);
    CU_ASSERT(b.cap <= BUF_KEEP_MAX);
    buf_done(&b);
}

static void test_integers(void)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        { "0", true, 0 },
        { "-1", true, -1 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775809", false, 0 },
        { "99999999999999999999999", false, 0 },
        { "", false, 0 },
        { "-", false, 0 },
        { "-0", false, 0 },
        { "+1", false, 0 },
        { " 1", false, 0 },
        { "1 ", false, 0 },
        { "01", false, 0 },
        { "1x", false, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t value = 0;
        CU_ASSERT_EQUAL(slice_to_int64(slice_str(cases[i].text), &value), cases[i].ok);
        CU_ASSERT_EQUAL(value, cases[i].value);
    }
    uint64_t big = 0;
    CU_ASSERT(slice_to_uint64(slice_str("18446744073709551615"), &big));
    CU_ASSERT_EQUAL(big, UINT64_MAX);
    CU_ASSERT_FALSE(slice_to_uint64(slice_str("18446744073709551616"), &big));
    CU_ASSERT_FALSE(slice_to_uint64(slice_str("-1"), &big));
}

static void test_doubles(void)
{
    static const char *const bad[] = { "", " 1", "1 ", "x", "nan", "1e", "1.5.5" };
    double value = 0;
    CU_ASSERT(slice_to_double(slice_str("-1.5e3"), &value));
    CU_ASSERT_EQUAL(value, -1500.0);
    CU_ASSERT(slice_to_double(slice_str("inf"), &value));
    CU_ASSERT(value > 1e308);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(slice_to_double(slice_str(bad[i]), &value));
    struct slice with_zero = { "1\0x", 3 };
    CU_ASSERT_FALSE(slice_to_double(with_zero, &value));
}

static void test_slices(void)
{
    char text[4];
    struct slice with_zero = { "a\0b", 3 };
    CU_ASSERT(slice_is_nocase(slice_str("GeT"), "gEt"));
    CU_ASSERT_FALSE(slice_is_nocase(slice_str("GeT"), "gets"));
    CU_ASSERT_FALSE(slice_is_nocase(slice_str("GeTs"), "get"));
    CU_ASSERT_FALSE(slice_is_nocase(slice_str("@"), "`"));
    CU_ASSERT(slice_copy(slice_str("abc"), text, sizeof(text)));
    CU_ASSERT_STRING_EQUAL(text, "abc");
    CU_ASSERT_FALSE(slice_copy(slice_str("abcd"), text, sizeof(text)));
    CU_ASSERT_STRING_EQUAL(text, "abc");
    CU_ASSERT_FALSE(slice_copy(with_zero, text, sizeof(text)));
}

static const struct unit_case cases[] = {
    { "append and consume", test_append_consume },
    { "a queue filled and emptied at random", test_queue_at_random },
    { "the limit is exact and an overflow sticks", test_limit },
    { "printf grows to what it needs", test_printf },
    { "insert", test_insert },
    { "an emptied buffer gives its memory back", test_gives_back },
    { "integers as strict as Redis's", test_integers },
    { "floating point numbers", test_doubles },
    { "slices compare and copy", test_slices },
};

int main(void)
{
    return unit_main("buf", cases, sizeof(cases) / sizeof(cases[0]));
}
