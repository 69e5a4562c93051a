/* Users as text, random rules, and texts that nobody should write. */
#include "tests/unit/acl_drive.h"
#include "wire/prng.h"

/* --- texts -------------------------------------------------------------------------------------
 */

static bool read_text(const char *text)
{
    error[0] = '\0';
    return acl_read(acl, slice_str(text), error);
}

static void test_texts(void)
{
    begin();
    CU_ASSERT(read_text("# users\r\n\n  user a on >p +ping (+get ~a)\r\nuser b\n"));
    CU_ASSERT_EQUAL(acl_count(acl), 3);
    CU_ASSERT_STRING_EQUAL(shown("a"), "on #" HASH_P
                                       " resetchannels -@all +ping (~a resetchannels -@all +get)");
    CU_ASSERT(acl_is_open(acl));
    /* A line for the default user says all of it. */
    CU_ASSERT(read_text("user default on >p +ping"));
    CU_ASSERT_EQUAL(acl_count(acl), 1);
    CU_ASSERT_STRING_EQUAL(shown("default"), "on #" HASH_P " resetchannels -@all +ping");

    CU_ASSERT_FALSE(read_text("user a on\nuser b bogus\n"));
    CU_ASSERT_STRING_EQUAL(error, "2: Error in ACL SETUSER modifier 'bogus': Syntax error");
    CU_ASSERT_FALSE(read_text("user a on\nuser a off\n"));
    CU_ASSERT_STRING_EQUAL(error, "2: the user 'a' stands there twice");
    CU_ASSERT_FALSE(read_text("user default on\n\nuser default off\n"));
    CU_ASSERT_STRING_EQUAL(error, "3: the user 'default' stands there twice");
    CU_ASSERT_FALSE(read_text("usr a on\n"));
    CU_ASSERT_FALSE(read_text("user"));
    CU_ASSERT_FALSE(read_text("user a (+ping"));
    CU_ASSERT_STRING_EQUAL(error, "1: Unmatched parenthesis in acl selector starting at '(+ping'.");
    CU_ASSERT_STRING_EQUAL(shown("default"), "on #" HASH_P " resetchannels -@all +ping");
}

/* What is written can be read. A rule that an earlier one made idle may go in that, no more. */
static void check_round_trip(void)
{
    struct buf text[3] = { 0 };
    for (int i = 0; i < 3; i++) {
        acl_write(acl, &text[i]);
        CU_ASSERT(read_text(buf_text(&text[i])));
        CU_ASSERT_STRING_EQUAL(error, "");
    }
    CU_ASSERT(buf_used(&text[1]) <= buf_used(&text[0]));
    CU_ASSERT_STRING_EQUAL(buf_text(&text[1]), buf_text(&text[2]));
    for (int i = 0; i < 3; i++)
        buf_done(&text[i]);
}

static const char *const pieces[] = {
    "on",
    "off",
    "nopass",
    ">p",
    "<p",
    "#" HASH_P,
    "!" HASH_P,
    "reset",
    "+ping",
    "-ping",
    "+@all",
    "-@all",
    "+@admin",
    "-@admin",
    "+@slow",
    "-@slow",
    "+@fast",
    "+sentinel",
    "-sentinel",
    "+sentinel|masters",
    "-sentinel|masters",
    "+ping|x",
    "+role",
    "-role",
    "~a",
    "~*",
    "%R~a",
    "%W~b",
    "&a",
    "&*",
    "resetkeys",
    "resetchannels",
    "(+ping)",
    "(~a +@all -@admin)",
    "(&x %R~q)",
    "clearselectors",
    "-@dangerous",
    "+@connection",
    "-client|kill",
    "+@blocking",
    "-@blocking",
    "~a)",
    "&b)",
    "(+ping|y)",
};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

/* What each command may, as one word. */
static uint64_t rights_of(const char *name)
{
    static const char *const requests[] = {
        "ping",          "ping;x",    "role",          "sentinel;masters", "sentinel;master;a",
        "sentinel;help", "client;id", "client;kill;x", "command",          "command;count",
        "get;a",         "get;b",     "mset;a;1",      "publish;a;x",      "psubscribe;a",
    };
    uint64_t set_of = 0;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        size_t arg;
        set_of = set_of << 1 | (check(name, requests[i], &arg) == ACL_ALLOWED);
    }
    return set_of;
}

static void test_random_rules(void)
{
    struct prng prng;
    prng_seed(&prng, 7);
    for (int round = 0; round < 3000; round++) {
        begin();
        for (uint32_t i = prng_below(&prng, 12); i > 0; i--)
            set("u", pieces[prng_below(&prng, PIECES)]);
        set("u", "on");
        uint64_t before = rights_of("u");
        check_round_trip();
        CU_ASSERT_EQUAL(rights_of("u"), before);
    }
}

/* Rules that are dropped because a later one leaves nothing of them: rights are those of all rules
 * in turn. Here by brute force: the last rule that names a command decides. */
static void test_order(void)
{
    struct prng prng;
    prng_seed(&prng, 9);
    static const struct {
        const char *rule;
        bool ping, role, masters;
        bool allows;
    } ruled[] = {
        { "+@all", 1, 1, 1, 1 },
        { "-@all", 1, 1, 1, 0 },
        { "+ping", 1, 0, 0, 1 },
        { "-ping", 1, 0, 0, 0 },
        { "+@admin", 0, 1, 1, 1 },
        { "-@admin", 0, 1, 1, 0 },
        { "+@fast", 1, 1, 0, 1 },
        { "-@fast", 1, 1, 0, 0 },
        { "+@slow", 0, 0, 1, 1 },
        { "-@slow", 0, 0, 1, 0 },
        { "+sentinel", 0, 0, 1, 1 },
        { "-sentinel", 0, 0, 1, 0 },
        { "+role", 0, 1, 0, 1 },
        { "-role", 0, 1, 0, 0 },
        { "+@blocking", 0, 0, 0, 1 },
        { "+sentinel|masters", 0, 0, 1, 1 },
        { "-sentinel|masters", 0, 0, 1, 0 },
    };
    for (int round = 0; round < 3000; round++) {
        bool ping = false, role = false, masters = false;
        size_t arg;
        begin();
        set("u", "on");
        for (uint32_t i = prng_below(&prng, 14); i > 0; i--) {
            size_t k = prng_below(&prng, sizeof(ruled) / sizeof(ruled[0]));
            CU_ASSERT(set("u", ruled[k].rule));
            ping = ruled[k].ping ? ruled[k].allows : ping;
            role = ruled[k].role ? ruled[k].allows : role;
            masters = ruled[k].masters ? ruled[k].allows : masters;
        }
        CU_ASSERT_EQUAL(check("u", "ping", &arg) == ACL_ALLOWED, ping);
        CU_ASSERT_EQUAL(check("u", "role", &arg) == ACL_ALLOWED, role);
        CU_ASSERT_EQUAL(check("u", "sentinel;masters", &arg) == ACL_ALLOWED, masters);
    }
}

/* --- hostile input -----------------------------------------------------------------------------
 */

/* Each prefix of each rule, alone and in a selector: an exact copy, so that a read beyond it is
 * seen. */
static void test_prefixes(void)
{
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t n = 0; n <= strlen(pieces[i]); n++) {
            char *exact = malloc(n + 1);
            CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
            memcpy(exact, pieces[i], n);
            char *tight = realloc(exact, n > 0 ? n : 1);
            struct slice rule = { tight, n };
            struct slice selector[] = { slice_str("("), rule, slice_str(")") };
            begin();
            if (acl_set(acl, slice_str("u"), 1, &rule, error))
                check_round_trip();
            if (acl_set(acl, slice_str("v"), 3, selector, error))
                check_round_trip();
            acl_read(acl, rule, error);
            free(tight);
        }
    }
}

static void test_garbage(void)
{
    static const char letters[] = "+-~%&@|()><#!RW* \t\n\0on:ping\x01\xff";
    struct prng prng;
    prng_seed(&prng, 11);
    begin();
    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t n = prng_below(&prng, sizeof(text));
        for (size_t i = 0; i < n; i++)
            text[i] = letters[prng_below(&prng, sizeof(letters) - 1)];
        struct slice rule = { text, n };
        struct slice rules[] = { rule, slice_str("+ping"), rule };
        acl_set(acl, slice_str("u"), 1 + prng_below(&prng, 3), rules, error);
        CU_ASSERT(strlen(error) < ACL_ERROR_MAX);
        acl_set(acl, rule, 0, NULL, error);
        if (round % 100 == 0) {
            check_round_trip();
            begin();
        }
    }
    check_round_trip();
}

static void test_limits(void)
{
    char text[ACL_PATTERN_BYTES_MAX + 3];
    struct slice many[ACL_RULES_SAID_MAX + 1];
    begin();
    memset(text, 'x', sizeof(text));
    text[0] = '~';
    CU_ASSERT_FALSE(
        acl_set(acl, slice_str("u"), 1, &(struct slice){ text, ACL_PATTERN_BYTES_MAX + 2 }, error));
    CU_ASSERT(
        acl_set(acl, slice_str("u"), 1, &(struct slice){ text, ACL_PATTERN_BYTES_MAX + 1 }, error));
    for (size_t i = 0; i <= ACL_RULES_SAID_MAX; i++)
        many[i] = slice_str("+ping");
    CU_ASSERT_FALSE(acl_set(acl, slice_str("u"), ACL_RULES_SAID_MAX + 1, many, error));
    CU_ASSERT(acl_set(acl, slice_str("u"), ACL_RULES_SAID_MAX, many, error));
    bool refused = false;
    for (int i = 0; i < ACL_PATTERNS_MAX + 1 && !refused; i++) {
        snprintf(text, sizeof(text), "&c%d", i);
        refused = !set("u", text);
    }
    CU_ASSERT(refused);
    for (int i = 0; i < ACL_RULES_MAX; i++) {
        snprintf(text, sizeof(text), "+ping|w%d", i);
        set("v", text);
    }
    CU_ASSERT_FALSE(set("v", "+role"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "Too many"));
    for (int i = 0; i < ACL_PASSWORDS_MAX; i++) {
        snprintf(text, sizeof(text), ">w%d", i);
        CU_ASSERT(set("w", text));
    }
    CU_ASSERT_FALSE(set("w", ">one more"));
    for (int i = 1; i < ACL_SELECTORS_MAX; i++)
        CU_ASSERT(set("w", "(+ping)"));
    CU_ASSERT_FALSE(set("w", "(+ping)"));
    check_round_trip();
    for (int i = 0; i < ACL_USERS_MAX; i++) {
        snprintf(text, sizeof(text), "user%d", i);
        set(text, "on");
    }
    CU_ASSERT_EQUAL(acl_count(acl), ACL_USERS_MAX);
    CU_ASSERT_FALSE(set("onemore", "on"));
    begin();
}

static const struct unit_case cases[] = {
    { "users as text", test_texts },
    { "random rules are written and read again", test_random_rules },
    { "the last rule about a command decides", test_order },
    { "every prefix of every rule", test_prefixes },
    { "garbage", test_garbage },
    { "limits", test_limits },
};

int main(void)
{
    table = command_table_new(rows);
    int status = unit_main("acl_text", cases, sizeof(cases) / sizeof(cases[0]));
    acl_free(acl);
    command_table_free(table);
    return status;
}
