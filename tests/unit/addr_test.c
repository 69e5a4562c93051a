#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "wire/addr.h"

/* An address that a failed call must not touch. */
static const struct addr before = { "before", 1 };

static void test_set_takes_hosts(void)
{
    static const char *const hosts[] = { "a", "127.0.0.1", "::1", "fe80::1%eth0", "db-1.example" };

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct addr addr = before;

        CU_ASSERT(addr_set(&addr, hosts[i], 65535));
        CU_ASSERT_STRING_EQUAL(addr.host, hosts[i]);
        CU_ASSERT_EQUAL(addr.port, 65535);
        CU_ASSERT(addr_is_set(&addr));
    }
}

static void test_set_refuses(void)
{
    static const struct {
        const char *host;
        long long port;
    } bad[] = {
        { "", 1 },     { "a b", 1 },    { "a,b", 1 },       { "a\"", 1 },
        { "'a'", 1 },  { "[::1]", 1 },  { "a\\b", 1 },      { "a\n", 1 },
        { "\x01", 1 }, { "\x7f", 1 },   { "a", -1 },        { "a", 65536 },
        { "a\tb", 1 }, { "a", -65535 }, { "a", 1LL << 32 }, { "a", 1LL << 62 },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct addr addr = before;

        if (addr_set(&addr, bad[i].host, bad[i].port))
            printf("taken: %s %lld\n", bad[i].host, bad[i].port);
        CU_ASSERT(memcmp(&addr, &before, sizeof addr) == 0);
    }
}

static void test_length_limit(void)
{
    char host[HOST_LEN_MAX + 2];
    struct addr addr = before;

    memset(host, 'x', sizeof host);
    host[HOST_LEN_MAX + 1] = '\0';
    CU_ASSERT_FALSE(addr_set(&addr, host, 1));
    CU_ASSERT(addr_equal(&addr, &before));
    host[HOST_LEN_MAX] = '\0';
    CU_ASSERT(addr_set(&addr, host, 1));
    CU_ASSERT_EQUAL(strlen(addr.host), HOST_LEN_MAX);
}

/* The length counts, not a NUL; a NUL within it is no part of a host. */
static void test_set_slice(void)
{
    struct addr addr = before;

    CU_ASSERT(addr_set_slice(&addr, "hostile", 4, 6379));
    CU_ASSERT_STRING_EQUAL(addr.host, "host");
    CU_ASSERT_FALSE(addr_set_slice(&addr, "a\0b", 3, 6379));
    CU_ASSERT_FALSE(addr_set_slice(&addr, NULL, 0, 6379));
    CU_ASSERT_STRING_EQUAL(addr.host, "host");
}

/* A shorter host leaves nothing of a longer one behind: rows are compared as bytes. */
static void test_set_clears_the_rest(void)
{
    struct addr a, b;

    memset(&a, 0xff, sizeof a);
    memset(&b, 0, sizeof b);
    CU_ASSERT(addr_set(&a, "a-long-host-name", 1) && addr_set(&a, "x", 2));
    CU_ASSERT(addr_set(&b, "x", 2));
    CU_ASSERT(memcmp(a.host, b.host, sizeof a.host) == 0);
}

static void test_parse(void)
{
    static const struct {
        const char *text, *host;
        unsigned port;
    } good[] = {
        { "127.0.0.1:6379", "127.0.0.1", 6379 }, { "h:0", "h", 0 },
        { "[::1]:26379", "::1", 26379 },         { "[fe80::1%lo]:1", "fe80::1%lo", 1 },
        { "name:65535", "name", 65535 },         { "[name]:7", "name", 7 },
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct addr addr = before;

        CU_ASSERT(addr_parse(&addr, good[i].text));
        CU_ASSERT_STRING_EQUAL(addr.host, good[i].host);
        CU_ASSERT_EQUAL(addr.port, good[i].port);
    }
}

static void test_parse_refuses(void)
{
    static const char *const bad[] = {
        "",      ":",     ":1",      "h",        "h:",   "h:65536", "h:-1",
        "h:+1",  "h: 1",  "h:1 ",    "h:1x",     "::1",  "::1:1",   "[]:1",
        "[:1",   "]:1",   "[a:1",    "a]:1",     "h:1:", "[::1]",   "[::1]1",
        "h:0x1", "a b:1", "[a b]:1", "h:100000", "a,:1", "[[a]]:1", "h:000001",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct addr addr = before;

        if (addr_parse(&addr, bad[i]))
            printf("taken: %s\n", bad[i]);
        CU_ASSERT(memcmp(&addr, &before, sizeof addr) == 0);
    }
}

static void test_equal(void)
{
    struct addr a, b;

    addr_set(&a, "Db.Example", 1);
    addr_set(&b, "dB.eXAMPLE", 1);
    CU_ASSERT(addr_equal(&a, &b));
    b.port = 2;
    CU_ASSERT_FALSE(addr_equal(&a, &b));
    addr_set(&b, "db.example.", 1);
    CU_ASSERT_FALSE(addr_equal(&a, &b));
}

static void test_is_set(void)
{
    struct addr addr = { .port = 6379 };

    CU_ASSERT_FALSE(addr_is_set(&addr));
    addr_set(&addr, "h", 0);
    CU_ASSERT(addr_is_set(&addr));
}

static void test_is_numeric(void)
{
    static const char *const numeric[] = { "10.0.0.1", "0.0.0.0", "255.255.255.255", "::1",
                                           "fe80::1" };
    static const char *const names[] = { "localhost",  "10.0.0",     "10.0.0.1.",
                                         "10.0.0.256", "1.2.3.4.5",  "10..0.1",
                                         "1.2.3.x",    "0010.0.0.1", "db1.net" };
    struct addr addr;

    for (size_t i = 0; i < sizeof numeric / sizeof *numeric; i++) {
        CU_ASSERT(addr_set(&addr, numeric[i], 1));
        CU_ASSERT(addr_is_numeric(&addr));
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CU_ASSERT(addr_set(&addr, names[i], 1));
        CU_ASSERT(!addr_is_numeric(&addr));
    }
}

/* What is written can be read back, at the longest as well. */
static void test_format_round_trip(void)
{
    static const char *const texts[] = { "10.0.0.1:6379", "[::1]:26379", "h:0" };
    char text[ADDR_TEXT_MAX], host[HOST_LEN_MAX + 1];
    struct addr addr, again;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CU_ASSERT(addr_parse(&addr, texts[i]));
        CU_ASSERT_PTR_EQUAL(addr_format(&addr, text), text);
        CU_ASSERT_STRING_EQUAL(text, texts[i]);
    }
    memset(host, ':', HOST_LEN_MAX);
    host[HOST_LEN_MAX] = '\0';
    CU_ASSERT(addr_set(&addr, host, 65535));
    CU_ASSERT(addr_parse(&again, addr_format(&addr, text)));
    CU_ASSERT(addr_equal(&addr, &again));
}

static const struct unit_case cases[] = {
    { "set takes hosts", test_set_takes_hosts },
    { "set refuses what breaks protocols", test_set_refuses },
    { "hosts have a longest length", test_length_limit },
    { "set from a slice", test_set_slice },
    { "set clears the rest", test_set_clears_the_rest },
    { "parse", test_parse },
    { "parse refuses", test_parse_refuses },
    { "equal without regard to case", test_equal },
    { "the empty host is not known", test_is_set },
    { "numeric hosts", test_is_numeric },
    { "format round trip", test_format_round_trip },
};

int main(void)
{
    return unit_main("addr", cases, sizeof cases / sizeof *cases);
}
