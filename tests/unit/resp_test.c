#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"
#include "wire/resp_read.h"
#include "wire/resp_write.h"

/* --- the reader ---------------------------------------------------------------------------- */

/* Says how many of the bytes that are left the next piece has. */
typedef size_t split_fn(size_t left, size_t arg);

static size_t split_none(size_t left, size_t arg)
{
    (void)arg;
    return left;
}

static size_t split_bytes(size_t left, size_t arg)
{
    (void)left;
    return arg;
}

static size_t split_random(size_t left, size_t arg)
{
    size_t n = 1 + (size_t)rand() % arg;
    return n < left ? n : left;
}

/* Writes down a request: its words between bars, one line. */
static void note_request(struct buf *transcript, const struct resp_request *request)
{
    for (size_t i = 0; i < request->argc; i++) {
        buf_append(transcript, "|", 1);
        buf_append(transcript, request->argv[i].p, request->argv[i].n);
    }
    buf_append_str(transcript, "|\n");
}

struct feeding {
    struct resp_reader reader;
    char *unread; /* exactly as large as its content, so that a sanitizer sees each step too far */
    size_t unread_n;
    size_t used; /* in all */
    bool broken;
    struct buf transcript;
};

/* Appends a piece, moving all bytes to new memory, and reads what can be read. */
static void feed_piece(struct feeding *f, const char *piece, size_t n)
{
    char *all = malloc(f->unread_n + n);
    memcpy(all, f->unread, f->unread_n);
    memcpy(all + f->unread_n, piece, n);
    free(f->unread);
    f->unread = all;
    f->unread_n += n;
    while (!f->broken) {
        struct resp_request request;
        size_t used = 0;
        enum resp_status status =
            resp_reader_next(&f->reader, f->unread, f->unread_n, &request, &used);
        if (status == RESP_REQUEST)
            note_request(&f->transcript, &request);
        if (status == RESP_BROKEN) {
            f->broken = true;
            buf_printf(&f->transcript, "!%s\n", f->reader.error);
        }
        CU_ASSERT_FATAL(used <= f->unread_n);
        memmove(f->unread, f->unread + used, f->unread_n - used);
        f->unread_n -= used;
        f->used += used;
        if (status != RESP_REQUEST)
            break;
    }
}

/* Feeds bytes in pieces; returns the transcript, to be freed with buf_done. */
static struct buf feed(const char *bytes, size_t n, const struct resp_limits *limits,
                       split_fn *split, size_t arg)
{
    struct feeding f = { .unread = malloc(1) };
    resp_reader_init(&f.reader, limits);
    for (size_t at = 0; at < n;) {
        size_t piece = split(n - at, arg);
        feed_piece(&f, bytes + at, piece);
        at += piece;
    }
    if (!f.broken)
        CU_ASSERT_EQUAL(f.used + f.unread_n, n);
    buf_printf(&f.transcript, "%zu left", f.broken ? 0 : f.unread_n);
    free(f.unread);
    resp_reader_done(&f.reader);
    return f.transcript;
}

/* The bytes give this transcript whole, byte by byte, and in many random splits. */
static void check_bytes(const char *bytes, size_t n, const struct resp_limits *limits,
                        const char *expected)
{
    for (int i = 0; i < 12; i++) {
        struct buf got = i == 0   ? feed(bytes, n, limits, split_none, 0)
                         : i == 1 ? feed(bytes, n, limits, split_bytes, 1)
                                  : feed(bytes, n, limits, split_random, 1 + (size_t)i * (size_t)i);
        bool same = strcmp(buf_text(&got), expected) == 0;
        if (!same)
            printf("split %d of %.60s\n got: %s\nwant: %s\n", i, bytes, buf_text(&got), expected);
        CU_ASSERT(same);
        buf_done(&got);
        if (!same)
            return;
    }
}

static void check(const char *bytes, const char *expected)
{
    check_bytes(bytes, strlen(bytes), NULL, expected);
}

static void test_multibulk(void)
{
    check("*1\r\n$4\r\nPING\r\n", "|PING|\n0 left");
    check("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n", "|SET|k||\n0 left");
    check("*2\r\n$1\r\na\r\n$4\r\n\r\n\r\n\r\n*1\r\n$1\r\nb\r\n", "|a|\r\n\r\n|\n|b|\n0 left");
    check("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPI", "|PING|\n10 left");
    check("*0\r\n*-1\r\n\r\n\n*1\r\n$1\r\na\r\n*0\r\n", "|a|\n0 left");
    check("*12\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n$1\r\n6\r\n$1\r\n7\r\n$"
          "1\r\n8\r\n"
          "$1\r\n9\r\n$1\r\n0\r\n$1\r\n1\r\n$1\r\n2\r\n",
          "|1|2|3|4|5|6|7|8|9|0|1|2|\n0 left");
}

static void test_inline(void)
{
    check("PING\r\n", "|PING|\n0 left");
    check("PING\n", "|PING|\n0 left");
    check("PING\r\n\n", "|PING|\n0 left");
    check("  set  k\tv \r\n", "|set|k|v|\n0 left");
    check("set k \"a b\\n\\x41\\\"\\\\\\q\"\r\n", "|set|k|a b\nA\"\\q|\n0 left");
    check("set 'a \\' \\n' \"\"\r\n", "|set|a ' \\n||\n0 left");
    check("foo\"bar baz\" 'x'\r\n", "|foobar baz|x|\n0 left");
    check("a \"\\x4\"\n", "|a|x4|\n0 left");
    check("PING", "4 left");
    check("a\r\n*1\r\n$1\r\nb\r\nc\r\n", "|a|\n|b|\n|c|\n0 left");
    check_bytes("a b\0c d\nx\n", 10, NULL, "|a|b|\n|x|\n0 left");
}

static void test_broken(void)
{
    static const struct {
        const char *bytes, *error;
    } cases[] = {
        { "*x\r\n", "invalid multibulk length" },
        { "*1048577\r\n", "invalid multibulk length" },
        { "*99999999999999999999999999\r\n", "invalid multibulk length" },
        { "*01\r\n", "invalid multibulk length" },
        { "*\r\n", "invalid multibulk length" },
        { "*1\rx", "invalid multibulk length" },
        { "*1\r\nx", "expected '$', got 'x'" },
        { "*1\r\n:1\r\n", "expected '$', got ':'" },
        { "*1\r\n\x01", "expected '$', got '?'" },
        { "*1\r\n$-1\r\n", "invalid bulk length" },
        { "*1\r\n$x\r\n", "invalid bulk length" },
        { "*1\r\n$536870913\r\n", "invalid bulk length" },
        { "*1\r\n$1\r\nabc", "argument is not followed by CRLF" },
        { "a \"b\r\n", "unbalanced quotes in request" },
        { "a 'b\r\n", "unbalanced quotes in request" },
        { "a \"b\"c\r\n", "unbalanced quotes in request" },
        { "a \"b\\\"\r\n", "unbalanced quotes in request" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char expected[120];
        snprintf(expected, sizeof(expected), "!Protocol error: %s\n0 left", cases[i].error);
        check(cases[i].bytes, expected);
    }
    check("PING\r\n*x\r\nPING\r\n", "|PING|\n!Protocol error: invalid multibulk length\n0 left");
}

static void test_limits(void)
{
    const struct resp_limits small = { 3, 10, 20, false };
    const struct resp_limits *unauth = &resp_limits_unauth;
    const char *at_limit = "*3\r\n$10\r\n0123456789\r\n$1\r\na\r\n$1\r\nb\r\n";
    const char *many = "*4\r\n", *large = "*1\r\n$11\r\n";
    check_bytes(at_limit, strlen(at_limit), &small, "|0123456789|a|b|\n0 left");
    check_bytes(many, strlen(many), &small, "!Protocol error: invalid multibulk length\n0 left");
    check_bytes(large, strlen(large), &small, "!Protocol error: invalid bulk length\n0 left");
    check_bytes("a b c d\n", 8, &small,
                "!Protocol error: too many arguments in inline request\n0 left");
    check_bytes("0123456789012345678901", 22, &small,
                "!Protocol error: too big inline request\n0 left");
    check_bytes("01234567890123456789\n", 21, &small, "|01234567890123456789|\n0 left");
    check_bytes("*1111111111111111111111111111", 29, &small,
                "!Protocol error: too big mbulk count string\n0 left");
    check_bytes("*1\r\n$1111111111111111111111111111", 33, &small,
                "!Protocol error: too big bulk count string\n0 left");
    check_bytes("*11\r\n", 5, unauth, "!Protocol error: unauthenticated multibulk length\n0 left");
    check_bytes("*1\r\n$16385\r\n", 12, unauth,
                "!Protocol error: unauthenticated bulk length\n0 left");
}

/* A bulk of a megabyte: the reader says what is missing, so that memory is reserved once. */
static void test_missing(void)
{
    struct resp_reader r;
    struct resp_request request;
    size_t used = 0;
    char head[] = "*1\r\n$1000000\r\nabc";
    resp_reader_init(&r, NULL);
    CU_ASSERT_EQUAL(resp_reader_next(&r, head, 8, &request, &used), RESP_MORE);
    CU_ASSERT_EQUAL(resp_reader_missing(&r, 8), 0);
    CU_ASSERT_EQUAL(resp_reader_next(&r, head, 17, &request, &used), RESP_MORE);
    CU_ASSERT_EQUAL(used, 0);
    CU_ASSERT_EQUAL(resp_reader_missing(&r, 17), 1000000 - 3 + 2);
    resp_reader_reset(&r);
    char ping[] = "PING\n";
    CU_ASSERT_EQUAL(resp_reader_next(&r, ping, 5, &request, &used), RESP_REQUEST);
    CU_ASSERT_EQUAL(used, 5);
    CU_ASSERT_EQUAL(request.wire.n, 5);
    resp_reader_done(&r);
}

/* Many arguments: room grows with what came, and goes back afterwards. */
static void test_many_arguments(void)
{
    struct buf bytes = { 0 };
    struct resp_reader r;
    struct resp_request request;
    size_t used = 0;
    resp_reader_init(&r, NULL);
    char promise[] = "*1000000\r\n";
    CU_ASSERT_EQUAL(resp_reader_next(&r, promise, 10, &request, &used), RESP_MORE);
    CU_ASSERT(r.argv_cap < 100);
    resp_reader_reset(&r);
    buf_printf(&bytes, "*5000\r\n");
    for (int i = 0; i < 5000; i++)
        buf_printf(&bytes, "$4\r\n%04d\r\n", i);
    CU_ASSERT_EQUAL(resp_reader_next(&r, buf_data(&bytes), buf_used(&bytes), &request, &used),
                    RESP_REQUEST);
    CU_ASSERT_EQUAL_FATAL(request.argc, 5000);
    CU_ASSERT(slice_is(request.argv[4999], "4999"));
    CU_ASSERT_EQUAL(used, buf_used(&bytes));
    CU_ASSERT_EQUAL(resp_reader_next(&r, promise, 0, &request, &used), RESP_MORE);
    CU_ASSERT(r.argv_cap < 5000);
    resp_reader_done(&r);
    buf_done(&bytes);
}

/* Any bytes: the same transcript whole and in pieces; with a sanitizer, no step outside. */
static void test_noise(void)
{
    static const char *const seeds[] = {
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n*1\r\n$4\r\nPING\r\n",
        "set k \"a b\\n\\x41\" 'it\\'s'\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
        "*-1\r\n\r\n*0\r\n*2\r\n$0\r\n\r\n$2\r\n\r\n\r\n",
    };
    srand(7);
    for (int round = 0; round < 3000; round++) {
        char bytes[128];
        const char *seed = seeds[round % 3];
        size_t n = strlen(seed);
        memcpy(bytes, seed, n);
        for (int i = rand() % 4; i >= 0; i--)
            bytes[(size_t)rand() % n] = "*$\r\n0129-\"' \\xa\xff"[rand() % 17];
        struct buf whole = feed(bytes, n, NULL, split_none, 0);
        struct buf pieces = feed(bytes, n, NULL, split_random, 4);
        CU_ASSERT_FATAL(slice_equal(buf_slice(&whole), buf_slice(&pieces)));
        buf_done(&whole);
        buf_done(&pieces);
    }
}

/* --- the writer ---------------------------------------------------------------------------- */

static struct buf out;
static struct resp_writer w2 = { .out = &out, .proto = 2 };
static struct resp_writer w3 = { .out = &out, .proto = 3 };

/* What was written since the last call is this. */
static void wrote(const char *expected)
{
    bool same = slice_is(buf_slice(&out), expected);
    if (!same)
        printf("wrote %.*s, not %s\n", (int)buf_used(&out), buf_data(&out), expected);
    CU_ASSERT(same);
    buf_done(&out);
}

static void test_write_plain(void)
{
    resp_simple(&w2, "OK\r\nfoo"), wrote("+OK  foo\r\n");
    resp_ok(&w3), wrote("+OK\r\n");
    resp_error(&w2, "ERR bad\nline"), wrote("-ERR bad line\r\n");
    resp_errorf(&w2, "ERR %d of '%s'", 3, "x\r\ny"), wrote("-ERR 3 of 'x  y'\r\n");
    resp_int(&w2, 0), wrote(":0\r\n");
    resp_int(&w2, INT64_MAX), wrote(":9223372036854775807\r\n");
    resp_int(&w2, INT64_MIN), wrote(":-9223372036854775808\r\n");
    resp_bulk(&w2, slice_str("a\r\nb")), wrote("$4\r\na\r\nb\r\n");
    resp_bulk_str(&w2, ""), wrote("$0\r\n\r\n");
    resp_bulk_int(&w2, -42), wrote("$3\r\n-42\r\n");
    resp_bulkf(&w2, "%s:%d", "h", 1), wrote("$3\r\nh:1\r\n");
    resp_raw(&w2, "+X\r\n", 4), wrote("+X\r\n");
}

static void test_write_protocols(void)
{
    resp_null(&w2), wrote("$-1\r\n");
    resp_null(&w3), wrote("_\r\n");
    resp_bulk_str(&w3, NULL), wrote("_\r\n");
    resp_null_array(&w2), wrote("*-1\r\n");
    resp_null_array(&w3), wrote("_\r\n");
    resp_array(&w2, 2), wrote("*2\r\n");
    resp_array(&w3, 0), wrote("*0\r\n");
    resp_map(&w2, 3), wrote("*6\r\n");
    resp_map(&w3, 3), wrote("%3\r\n");
    resp_set(&w2, 3), wrote("*3\r\n");
    resp_set(&w3, 3), wrote("~3\r\n");
    resp_push(&w2, 3), wrote("*3\r\n");
    resp_push(&w3, 3), wrote(">3\r\n");
    resp_double(&w2, 1.5), wrote("$3\r\n1.5\r\n");
    resp_double(&w3, 1.5), wrote(",1.5\r\n");
    resp_double(&w3, 0.1), wrote(",0.10000000000000001\r\n");
    resp_double(&w2, 0), wrote("$1\r\n0\r\n");
    resp_double(&w2, -0.0), wrote("$2\r\n-0\r\n");
    resp_double(&w2, -17), wrote("$3\r\n-17\r\n");
    resp_double(&w3, 999999999999999), wrote(",999999999999999\r\n");
    resp_double(&w3, 1e15), wrote(",1000000000000000\r\n");
    resp_double(&w3, 1e17), wrote(",1e+17\r\n");
    resp_double(&w2, -INFINITY), wrote("$4\r\n-inf\r\n");
    resp_double(&w3, INFINITY), wrote(",inf\r\n");
    resp_verbatim(&w2, "txt", slice_str("hi")), wrote("$2\r\nhi\r\n");
    resp_verbatim(&w3, "txt", slice_str("hi")), wrote("=6\r\ntxt:hi\r\n");
}

static void test_write_later(void)
{
    resp_ok(&w2);
    size_t mark = resp_hold(&w2);
    resp_int(&w2, 1);
    resp_int(&w2, 2);
    resp_array_at(&w2, mark, 2);
    wrote("+OK\r\n*2\r\n:1\r\n:2\r\n");
    mark = resp_hold(&w3);
    resp_map_at(&w3, mark, 0), wrote("%0\r\n");
    mark = resp_hold(&w2);
    resp_map_at(&w2, mark, 4), wrote("*8\r\n");
    mark = resp_hold(&w3);
    resp_set_at(&w3, mark, 1), wrote("~1\r\n");
}

static void test_write_muted(void)
{
    struct resp_writer muted = { .out = &out, .proto = 3, .muted = true };
    resp_ok(&muted);
    resp_int(&muted, 1);
    resp_bulk_str(&muted, "x");
    resp_bulkf(&muted, "x");
    resp_verbatim(&muted, "txt", slice_str("x"));
    resp_map_at(&muted, resp_hold(&muted), 1);
    resp_errorf(&muted, "x");
    wrote("");
}

static void test_write_limits(void)
{
    char text[6000];
    buf_init(&out, 64);
    resp_bulk_bytes(&w2, text, 100);
    CU_ASSERT(out.overflow);
    resp_ok(&w2);
    CU_ASSERT_EQUAL(buf_used(&out), 0);
    buf_done(&out);
    buf_init(&out, 0);
    memset(text, 'e', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    resp_error(&w2, text);
    CU_ASSERT_EQUAL(buf_used(&out), RESP_ERROR_BYTES_MAX + 3);
    buf_done(&out);
}

static const struct unit_case cases[] = {
    { "multibulk requests, whole and in pieces", test_multibulk },
    { "inline requests and their quoting", test_inline },
    { "what is not the protocol", test_broken },
    { "limits, of unauthenticated clients too", test_limits },
    { "missing bytes of a large argument", test_missing },
    { "many arguments", test_many_arguments },
    { "noise reads alike whole and in pieces", test_noise },
    { "replies common to both protocols", test_write_plain },
    { "replies that differ in protocol 3", test_write_protocols },
    { "heads put in later", test_write_later },
    { "a muted writer", test_write_muted },
    { "limits of the writer", test_write_limits },
};

int main(void)
{
    return unit_main("resp", cases, sizeof(cases) / sizeof(cases[0]));
}
