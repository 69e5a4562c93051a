#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quorum/hello.h"
#include "wire/prng.h"

#define RUNID "0123456789abcdef0123456789abcdefABCDEFGH"
#define GOOD  "10.0.0.9,26379," RUNID ",7,orders,10.0.0.1,6379,3"

static bool parse(struct hello *hello, const char *text)
{
    return hello_parse(hello, text, strlen(text));
}

static void test_parse(void)
{
    struct hello hello;

    CU_ASSERT(parse(&hello, GOOD));
    CU_ASSERT_STRING_EQUAL(hello.sender.host, "10.0.0.9");
    CU_ASSERT_EQUAL(hello.sender.port, 26379);
    CU_ASSERT_STRING_EQUAL(hello.runid, RUNID);
    CU_ASSERT_EQUAL(hello.current_epoch, 7);
    CU_ASSERT_STRING_EQUAL(hello.group, "orders");
    CU_ASSERT_STRING_EQUAL(hello.primary.host, "10.0.0.1");
    CU_ASSERT_EQUAL(hello.primary.port, 6379);
    CU_ASSERT_EQUAL(hello.config_epoch, 3);
}

/* Each field in turn is replaced by what it must not be. */
static void test_each_field_malformed(void)
{
    static const char *const good[] = { "10.0.0.9", "26379", RUNID,  "7",
                                        "orders",   "::1",   "6379", "3" };
    static const struct {
        int field;
        const char *value;
    } bad[] = {
        { 0, "" },
        { 0, "a b" },
        { 0, "\"x\"" },
        { 1, "" },
        { 1, "0" },
        { 1, "65536" },
        { 1, "-1" },
        { 1, "26379x" },
        { 1, "026379" },
        { 2, "" },
        { 2, RUNID "x" },
        { 2, "0123" },
        { 2, "0123456789abcdef0123456789abcdef0123456-" },
        { 3, "" },
        { 3, "-1" },
        { 3, "+1" },
        { 3, "1.5" },
        { 3, "18446744073709551616" },
        { 4, "" },
        { 4, "two words" },
        { 4, "it's" },
        { 4, "a\nb" },
        { 4, "\xc3\xa4" },
        { 5, "" },
        { 5, "x y" },
        { 6, "" },
        { 6, "0" },
        { 6, "70000" },
        { 6, "x" },
        { 7, "" },
        { 7, "-1" },
        { 7, "18446744073709551616" },
        { 7, "3 " },
        { 7, "3,4" },
        { 0, "x,y" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct hello hello, before;
        char text[HELLO_TEXT_MAX] = "";

        for (int field = 0; field < 8; field++) {
            strcat(text, field == bad[i].field ? bad[i].value : good[field]);
            strcat(text, field < 7 ? "," : "");
        }
        memset(&hello, 0x5a, sizeof hello);
        before = hello;
        if (parse(&hello, text))
            printf("taken: %s\n", text);
        CU_ASSERT(memcmp(&hello, &before, sizeof hello) == 0);
    }
}

/* No prefix of a good payload is one, but those that only shorten the last number. */
static void test_prefixes(void)
{
    struct hello hello;
    size_t len = strlen(GOOD);

    for (size_t n = 0; n < len; n++) {
        char *exact = malloc(n + 1); /* so that a read beyond N is seen */

        memcpy(exact, GOOD, n);
        CU_ASSERT_FALSE(hello_parse(&hello, exact, n));
        free(exact);
    }
    CU_ASSERT(hello_parse(&hello, GOOD "4", len + 1));
    CU_ASSERT_EQUAL(hello.config_epoch, 34);
    CU_ASSERT_FALSE(parse(&hello, GOOD ","));
    CU_ASSERT_FALSE(parse(&hello, GOOD ",x"));
}

/* The longest of everything fits and comes back as it was. */
static void test_longest_round_trip(void)
{
    struct hello hello = { .current_epoch = UINT64_MAX, .config_epoch = UINT64_MAX }, again;
    char text[HELLO_TEXT_MAX];
    size_t n;

    memset(hello.sender.host, 'h', HOST_LEN_MAX);
    memset(hello.primary.host, ':', HOST_LEN_MAX);
    memset(hello.runid, 'Z', PEER_RUNID_LEN);
    memset(hello.group, '~', GROUP_NAME_MAX);
    hello.sender.port = hello.primary.port = 65535;
    n = hello_format(&hello, text);
    CU_ASSERT_EQUAL(n, strlen(text));
    CU_ASSERT_FATAL(hello_parse(&again, text, n));
    CU_ASSERT(memcmp(&hello, &again, sizeof hello) == 0);
}

static void test_format(void)
{
    struct hello hello;
    char text[HELLO_TEXT_MAX];

    CU_ASSERT(parse(&hello, GOOD));
    CU_ASSERT_EQUAL(hello_format(&hello, text), strlen(GOOD));
    CU_ASSERT_STRING_EQUAL(text, GOOD);
}

/* A payload that is too long is refused before it is looked at. */
static void test_too_long(void)
{
    struct hello hello;
    char text[HELLO_TEXT_MAX + 1];

    memset(text, '1', sizeof text);
    memcpy(text, GOOD, strlen(GOOD));
    CU_ASSERT_FALSE(hello_parse(&hello, text, HELLO_TEXT_MAX));
    CU_ASSERT_FALSE(hello_parse(&hello, text, HELLO_TEXT_MAX - 1)); /* the epoch is too large */
    CU_ASSERT_FALSE(hello_parse(&hello, text, 0));
}

/* Random bytes and random damage: never a crash, and what is taken can be
 * written and read again as the same. */
static void test_random_bytes(void)
{
    struct prng prng;
    unsigned taken = 0;

    prng_seed(&prng, 1);
    for (int i = 0; i < 50000; i++) {
        size_t n = strlen(GOOD);
        char *text = malloc(n), formed[HELLO_TEXT_MAX];
        struct hello hello, again;

        memcpy(text, GOOD, n);
        for (uint64_t k = 1 + prng_below(&prng, i % 2 ? 3 : n); k > 0; k--)
            text[prng_below(&prng, n)] = (char)prng_below(&prng, 256);
        if (hello_parse(&hello, text, n)) {
            taken++;
            CU_ASSERT(hello_parse(&again, formed, hello_format(&hello, formed)));
            CU_ASSERT(memcmp(&hello, &again, sizeof hello) == 0);
        }
        free(text);
    }
    CU_ASSERT(taken > 100 && taken < 25000); /* else the damage tests nothing */
}

static void test_names(void)
{
    char name[GROUP_NAME_MAX + 2];

    memset(name, 'g', sizeof name);
    CU_ASSERT(group_name_valid(name, GROUP_NAME_MAX));
    CU_ASSERT_FALSE(group_name_valid(name, GROUP_NAME_MAX + 1));
    CU_ASSERT_FALSE(group_name_valid(name, 0));
    CU_ASSERT(group_name_valid("a.b-c_d:1!", 10));
    for (int c = 0; c < 256; c++) {
        char byte = (char)c;
        bool good = c > ' ' && c < 127 && c != ',' && c != '"' && c != '\'';

        CU_ASSERT_EQUAL(group_name_valid(&byte, 1), good);
    }
    CU_ASSERT(peer_runid_valid(RUNID, 40));
    CU_ASSERT_FALSE(peer_runid_valid(RUNID, 39));
    CU_ASSERT_FALSE(peer_runid_valid(RUNID "1", 41));
    CU_ASSERT_FALSE(peer_runid_valid("0123456789 bcdef0123456789abcdef01234567", 40));
}

static const struct unit_case cases[] = {
    { "parse", test_parse },
    { "each field malformed", test_each_field_malformed },
    { "prefixes", test_prefixes },
    { "the longest of everything", test_longest_round_trip },
    { "format", test_format },
    { "too long", test_too_long },
    { "random bytes", test_random_bytes },
    { "names and run ids", test_names },
};

int main(void)
{
    return unit_main("hello", cases, sizeof cases / sizeof *cases);
}
