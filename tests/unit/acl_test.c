#include "wire/acl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/sha256.h"
#include "tests/unit/unit.h"
#include "wire/acl_category.h"
#include "wire/acl_log.h"
#include "wire/buf.h"
#include "wire/command.h"
#include "wire/command_keys.h"
#include "wire/prng.h"
#include "wire/resp_write.h"

#define WORDS_MAX 16
#define HASH_P    "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940" /* of "p" */

static void run_nothing(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)c, (void)argc, (void)argv;
}

#define ADMIN COMMAND_ADMIN
#define CONN  COMMAND_IN_CONNECTION

static const struct command_keys first_key[] = {
    COMMAND_KEY_AT(COMMAND_KEY_RO | COMMAND_KEY_ACCESS, 1), { 0 }
};
static const struct command_keys first_looked_at[] = { COMMAND_KEY_AT(COMMAND_KEY_RO, 1), { 0 } };
static const struct command_keys first_changed[] = {
    COMMAND_KEY_AT(COMMAND_KEY_RW | COMMAND_KEY_ACCESS | COMMAND_KEY_UPDATE, 1), { 0 }
};
static const struct command_keys every_second[] = {
    COMMAND_KEY_FROM(COMMAND_KEY_OW | COMMAND_KEY_UPDATE, 1, -1, 2), { 0 }
};

static const struct command sentinel_rows[] = {
    { "masters", 2, ADMIN, run_nothing, "", NULL, NULL },
    { "master", 3, ADMIN, run_nothing, "", NULL, NULL },
    { "help", 2, 0, run_nothing, "", NULL, NULL },
    { 0 },
};
static const struct command client_rows[] = {
    { "id", 2, CONN, run_nothing, "", NULL, NULL },
    { "kill", -3, CONN | ADMIN, run_nothing, "", NULL, NULL },
    { 0 },
};
static const struct command command_rows[] = {
    { "count", 2, CONN, run_nothing, "", NULL, NULL },
    { 0 },
};
static const struct command rows[] = {
    { "auth", -2, CONN | COMMAND_FAST | COMMAND_NO_AUTH, run_nothing, "", NULL, NULL },
    { "client", -2, 0, NULL, "", client_rows, NULL },
    { "command", -1, CONN, run_nothing, "", command_rows, NULL },
    { "get", 2, COMMAND_READONLY | COMMAND_FAST, run_nothing, "", NULL, first_key },
    { "exists", 2, COMMAND_READONLY, run_nothing, "", NULL, first_looked_at },
    { "getset", 3, COMMAND_WRITE, run_nothing, "", NULL, first_changed },
    { "mset", -3, COMMAND_WRITE, run_nothing, "", NULL, every_second },
    { "ping", -1, CONN | COMMAND_FAST, run_nothing, "", NULL, NULL },
    { "psubscribe", -2, COMMAND_PUBSUB, run_nothing, "", NULL, NULL },
    { "publish", 3, COMMAND_PUBSUB | COMMAND_FAST, run_nothing, "", NULL, NULL },
    { "role", 1, COMMAND_FAST | COMMAND_IN_ADMIN | COMMAND_IN_DANGEROUS, run_nothing, "", NULL,
      NULL },
    { "sentinel", -2, ADMIN, NULL, "", sentinel_rows, NULL },
    { "subscribe", -2, COMMAND_PUBSUB, run_nothing, "", NULL, NULL },
    { 0 },
};

static struct command_table *table;
static struct acl *acl;
static char error[ACL_ERROR_MAX];

/* A fresh set of users. */
static void begin(void)
{
    acl_free(acl);
    acl = acl_new(table, sha256_hex);
    CU_ASSERT_PTR_NOT_NULL_FATAL(acl);
}

/* Words that stand between bars. */
static size_t words_of(const char *text, struct slice words[WORDS_MAX])
{
    size_t n = 0;
    for (const char *at = text; n < WORDS_MAX && *text != '\0';) {
        const char *end = strchr(at, ';');
        words[n++] = (struct slice){ at, end ? (size_t)(end - at) : strlen(at) };
        if (!end)
            break;
        at = end + 1;
    }
    return n;
}

static bool set(const char *name, const char *rules)
{
    struct slice words[WORDS_MAX];
    size_t n = words_of(rules, words);
    error[0] = '\0';
    return acl_set(acl, slice_str(name), n, words, error);
}

/* What ACL LIST shows of a user behind its name. */
static const char *shown(const char *name)
{
    static struct buf text;
    buf_reset(&text);
    const struct acl_user *user = acl_find(acl, slice_str(name));
    if (user)
        acl_user_write_rules(user, &text);
    return buf_text(&text);
}

static enum acl_verdict check(const char *name, const char *request, size_t *ret_arg)
{
    struct slice words[WORDS_MAX];
    struct command_match m;
    size_t argc = words_of(request, words);
    CU_ASSERT_FATAL(command_find(table, argc, words, &m));
    return acl_user_check(acl_find(acl, slice_str(name)), &m, argc, words, ret_arg);
}

/* --- rules ------------------------------------------------------------------------------------ */

/* Rules, and what they come to: what redis-sentinel 7.0.15 shows for the same. */
static void test_rules(void)
{
    static const struct {
        const char *rules, *shown;
    } table_of[] = {
        { "", "off resetchannels -@all" },
        { "on", "on resetchannels -@all" },
        { "ON;Nopass", "on nopass resetchannels -@all" },
        { ">p", "off #" HASH_P " resetchannels -@all" },
        { ">p;>p", "off #" HASH_P " resetchannels -@all" },
        { ">p;<p", "off resetchannels -@all" },
        { ">p;nopass", "off nopass resetchannels -@all" },
        { "nopass;>p", "off #" HASH_P " resetchannels -@all" },
        { "#" HASH_P ";!" HASH_P, "off resetchannels -@all" },
        { ">p;resetpass", "off resetchannels -@all" },
        { "reset", "off sanitize-payload resetchannels -@all" },
        { "skip-sanitize-payload", "off skip-sanitize-payload resetchannels -@all" },
        { "on;nopass;+@all;~*;&*;reset", "off sanitize-payload resetchannels -@all" },
        { "+ping", "off resetchannels -@all +ping" },
        { "+PING", "off resetchannels -@all +ping" },
        { "-ping", "off resetchannels -@all" },
        { "+@all", "off resetchannels +@all" },
        { "allcommands;nocommands", "off resetchannels -@all" },
        { "+@all;-@admin", "off resetchannels +@all -@admin" },
        { "+@all;-ping", "off resetchannels +@all -ping" },
        { "+@all;+ping", "off resetchannels +@all" },
        { "+@all;-ping;+ping", "off resetchannels +@all" },
        { "+@ADMIN", "off resetchannels -@all +@admin" },
        { "+@admin;-@admin", "off resetchannels -@all" },
        { "+@pubsub;-publish", "off resetchannels -@all +@pubsub -publish" },
        { "+@admin;+sentinel|masters;-@admin", "off resetchannels -@all" },
        { "+sentinel|masters", "off resetchannels -@all +sentinel|masters" },
        { "+sentinel|masters;+sentinel", "off resetchannels -@all +sentinel" },
        { "+sentinel;-sentinel|masters", "off resetchannels -@all +sentinel -sentinel|masters" },
        { "+sentinel;-sentinel", "off resetchannels -@all" },
        { "+client|id;+client|kill", "off resetchannels -@all +client|id +client|kill" },
        { "+@all;-client|kill", "off resetchannels +@all -client|kill" },
        { "+ping|x", "off resetchannels -@all +ping|x" },
        { "+ping|x;+ping", "off resetchannels -@all +ping" },
        { "+ping|x;-ping", "off resetchannels -@all" },
        { "+ping;+ping|x", "off resetchannels -@all +ping" },
        { "~a*;~b", "off ~a* ~b resetchannels -@all" },
        { "allkeys", "off ~* resetchannels -@all" },
        { "~*;resetkeys;~b", "off ~b resetchannels -@all" },
        { "%R~a", "off %R~a resetchannels -@all" },
        { "%R~a;%W~a", "off ~a resetchannels -@all" },
        { "%RW~a", "off ~a resetchannels -@all" },
        { "%R", "off %R~ resetchannels -@all" },
        { "&a*;&b", "off resetchannels &a* &b -@all" },
        { "allchannels", "off &* -@all" },
        { "&*;resetchannels;&b", "off resetchannels &b -@all" },
        { "()", "off resetchannels -@all (resetchannels -@all)" },
        { "(+ping;~a)", "off resetchannels -@all (~a resetchannels -@all +ping)" },
        { "(   +ping    ~a  )", "off resetchannels -@all (~a resetchannels -@all +ping)" },
        { "(+ping);(+role)",
          "off resetchannels -@all (resetchannels -@all +ping) (resetchannels -@all +role)" },
        { "(+ping);clearselectors", "off resetchannels -@all" },
    };

    for (size_t i = 0; i < sizeof(table_of) / sizeof(table_of[0]); i++) {
        begin();
        CU_ASSERT(set("u", table_of[i].rules));
        if (strcmp(shown("u"), table_of[i].shown) != 0)
            printf("%s: %s\n", table_of[i].rules, shown("u"));
        CU_ASSERT_STRING_EQUAL(shown("u"), table_of[i].shown);
    }
    CU_ASSERT_STRING_EQUAL(shown("default"), "on nopass ~* &* +@all");
}

static void test_faults(void)
{
#define MODIFIER "Error in ACL SETUSER modifier '"
#define UNKNOWN  "': Unknown command or category name in ACL"
#define NO_HASH                                                                                    \
    "******': The password hash must be exactly 64 characters and contain only lowercase "         \
    "hexadecimal characters"
    static const struct {
        const char *rules, *error;
    } table_of[] = {
        { "<q",
          MODIFIER "<******': The password you are trying to remove from the user does not exist" },
        { "#abc", MODIFIER "#" NO_HASH },
        { "!", MODIFIER "!" NO_HASH },
        { "#ABCDEF0000000000000000000000000000000000000000000000000000000000",
          MODIFIER "#" NO_HASH },
        { "+nosuch", MODIFIER "+nosuch" UNKNOWN },
        { "-@nosuch", MODIFIER "-@nosuch" UNKNOWN },
        { "+", MODIFIER "+" UNKNOWN },
        { "-@", MODIFIER "-@" UNKNOWN },
        { "+sentinel|bogus", MODIFIER "+sentinel|bogus" UNKNOWN },
        { "+sentinel|", MODIFIER "+sentinel|" UNKNOWN },
        { "+|masters", MODIFIER "+|masters" UNKNOWN },
        { "-ping|x", MODIFIER "-ping|x" UNKNOWN },
        { "+sentinel|masters|x", MODIFIER "+sentinel|masters|x': Allowing first-arg of a "
                                          "subcommand is not supported" },
        { "~*;~a", MODIFIER "~a': Adding a pattern after the * pattern (or the 'allkeys' flag) is "
                            "not valid and does not have any effect. Try 'resetkeys' to start with "
                            "an empty list of patterns" },
        { "&*;&a", MODIFIER "&a': Adding a pattern after the * pattern (or the 'allchannels' flag) "
                            "is not valid and does not have any effect. Try 'resetchannels' to "
                            "start with an empty list of channels" },
        { "%", MODIFIER "%': Syntax error" },
        { "%~a", MODIFIER "%~a': Syntax error" },
        { "%X~a", MODIFIER "%X~a': Syntax error" },
        { "%RR~a", MODIFIER "%RR~a': Syntax error" },
        { "~a b", MODIFIER "~a b': Syntax error" },
        { "bogus", MODIFIER "bogus': Syntax error" },
        { ")", MODIFIER ")': Syntax error" },
        { "(", "Unmatched parenthesis in acl selector starting at '('." },
        { "(+ping;~a", "Unmatched parenthesis in acl selector starting at '(+ping'." },
        { "(on)", MODIFIER "(on)': Syntax error" },
        { "(>p)", MODIFIER "(>p)': Syntax error" },
        { "(reset)", MODIFIER "(reset)': Syntax error" },
        { "(+ping ~a (+x))", MODIFIER "(+ping ~a (+x))': Syntax error" },
        { "(~a) +ping)", MODIFIER "(~a) +ping)': Syntax error" },
        { "~a\x01", MODIFIER "~a\x01': Control characters are not allowed" },
    };

    for (size_t i = 0; i < sizeof(table_of) / sizeof(table_of[0]); i++) {
        begin();
        CU_ASSERT_FALSE(set("u", table_of[i].rules));
        CU_ASSERT_STRING_EQUAL(error, table_of[i].error);
        CU_ASSERT_PTR_NULL(acl_find(acl, slice_str("u")));
    }
}

/* All rules or none; and a password that was mistyped is not repeated. */
static void test_atomic(void)
{
    begin();
    CU_ASSERT(set("u", "on;>p;+ping"));
    CU_ASSERT_FALSE(set("u", "off;resetpass;-@all;#topsecret"));
    CU_ASSERT_PTR_NULL(strstr(error, "topsecret"));
    CU_ASSERT_STRING_EQUAL(shown("u"), "on #" HASH_P " resetchannels -@all +ping");
}

static void test_names(void)
{
    char longest[ACL_NAME_BYTES_MAX + 2];
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    begin();
    CU_ASSERT_FALSE(set(longest, "on"));
    CU_ASSERT_FALSE(set("", "on"));
    CU_ASSERT_FALSE(set("a b", "on"));
    CU_ASSERT_STRING_EQUAL(error, "Usernames can't contain spaces or null characters");
    CU_ASSERT_FALSE(set("a\nb", "on"));
    CU_ASSERT_FALSE(acl_set(acl, (struct slice){ "a\0b", 3 }, 0, NULL, error));
    CU_ASSERT(set(longest + 1, "on"));
    CU_ASSERT(set("b", "on"));
    CU_ASSERT(set("a", "on"));
    CU_ASSERT(set("ab", "on"));
    CU_ASSERT_EQUAL(acl_count(acl), 5);
    static const char *const order[] = { "a", "ab", "b", "default" };
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_STRING_EQUAL(acl_at(acl, i)->name, order[i]);
    CU_ASSERT(acl_remove(acl, slice_str("ab")));
    CU_ASSERT_FALSE(acl_remove(acl, slice_str("ab")));
    CU_ASSERT_EQUAL(acl_count(acl), 4);
}

/* --- logging in ------------------------------------------------------------------------------- */

static bool logs_in(const char *name, const char *password)
{
    return acl_log_in(acl, slice_str(name), slice_str(password)) != NULL;
}

static void test_log_in(void)
{
    begin();
    CU_ASSERT(acl_is_open(acl));
    CU_ASSERT(logs_in("default", "whatever"));
    CU_ASSERT_FALSE(logs_in("nobody", "whatever"));
    CU_ASSERT(set("u", ">p;>q"));
    CU_ASSERT_FALSE(logs_in("u", "p")); /* off */
    CU_ASSERT(set("u", "on"));
    CU_ASSERT(logs_in("u", "p"));
    CU_ASSERT(logs_in("u", "q"));
    CU_ASSERT_FALSE(logs_in("u", "P"));
    CU_ASSERT_FALSE(logs_in("u", ""));
    CU_ASSERT_FALSE(logs_in("u", HASH_P)); /* the digest is no password */
    CU_ASSERT(set("u", "<p"));
    CU_ASSERT_FALSE(logs_in("u", "p"));
    CU_ASSERT(set("u", "resetpass"));
    CU_ASSERT_FALSE(logs_in("u", "q"));
    CU_ASSERT(acl_require(acl, slice_str("se cret")));
    CU_ASSERT_FALSE(acl_is_open(acl));
    CU_ASSERT(logs_in("default", "se cret"));
    CU_ASSERT_FALSE(logs_in("default", "other"));
    CU_ASSERT(acl_require(acl, slice_str("other")));
    CU_ASSERT_FALSE(logs_in("default", "se cret"));
    CU_ASSERT(acl_require(acl, slice_str("")));
    CU_ASSERT(acl_is_open(acl));
    CU_ASSERT(set("default", "off"));
    CU_ASSERT_FALSE(acl_is_open(acl));
    CU_ASSERT_FALSE(logs_in("default", "x"));
}

/* --- rights ------------------------------------------------------------------------------------
 */

static void test_rights(void)
{
#define C ACL_DENIED_COMMAND
#define K ACL_DENIED_KEY
#define H ACL_DENIED_CHANNEL
#define A ACL_ALLOWED
    static const struct {
        const char *rules, *request;
        enum acl_verdict verdict;
        size_t arg;
    } table_of[] = {
        { "", "ping", C, 0 },
        { "", "auth;x", A, 0 }, /* whoever logs in has no rights yet */
        { "+ping", "ping", A, 0 },
        { "+ping", "role", C, 0 },
        { "+ping|x", "ping", C, 0 },
        { "+ping|x", "ping;X", A, 0 },
        { "+ping|x", "ping;y", C, 0 },
        { "+ping|x;-@fast", "ping;x", C, 0 },
        { "+sentinel", "sentinel;masters", A, 0 },
        { "+sentinel;-sentinel|masters", "sentinel;masters", C, 0 },
        { "+sentinel;-sentinel|masters", "sentinel;master;x", A, 0 },
        { "-sentinel|masters;+sentinel", "sentinel;masters", A, 0 },
        { "+sentinel|masters", "sentinel;masters", A, 0 },
        { "+sentinel|masters", "sentinel;master;x", C, 0 },
        { "+@admin", "sentinel;masters", A, 0 },
        { "+@admin", "sentinel;help", C, 0 },
        { "+@admin", "role", A, 0 },
        { "+@connection", "client;id", A, 0 },
        { "+@connection;-@dangerous", "client;kill;x", C, 0 },
        { "+@all;-@dangerous", "role", C, 0 },
        { "+@all;-@dangerous;+role", "role", A, 0 },
        { "+command|count", "command", C, 0 },
        { "+command|count", "command;count", A, 0 },
        { "+command", "command;count", A, 0 },
        { "+get", "get;a", K, 1 },
        { "+get;~b*", "get;a", K, 1 },
        { "+get;~b*", "get;bc", A, 0 },
        { "+get;%R~a", "get;a", A, 0 },
        { "+get;%W~a", "get;a", K, 1 },
        { "+mset;~a", "mset;a;1;b;2", K, 3 },
        { "+mset;~a;~b", "mset;a;1;b;2", A, 0 },
        { "+mset;%W~a", "mset;a;1", A, 0 }, /* what was there is not read */
        { "+mset;%R~a", "mset;a;1", K, 1 },
        { "+getset;%W~a", "getset;a;1", K, 1 },
        { "+getset;%R~a;%W~a", "getset;a;1", A, 0 },
        { "+getset;%R~a*;%W~*a", "getset;a;1", K, 1 }, /* one pattern must grant both */
        { "+exists;%W~a", "exists;a", A, 0 },          /* any right will do */
        { "+exists;%W~a", "exists;b", K, 1 },
        { "+mset;%R~a*;%W~*b", "mset;ab;1", A, 0 },
        { "+publish", "publish;a;x", H, 1 },
        { "+publish;&a", "publish;a;x", A, 0 }, /* the text is no channel */
        { "+subscribe;&a*", "subscribe;a;b", H, 2 },
        { "+subscribe;&a*", "subscribe;a;ab", A, 0 },
        { "+psubscribe;&a*", "psubscribe;a", H, 1 },
        { "+psubscribe;&a*", "psubscribe;a*", A, 0 },
        { "+psubscribe;&a*", "psubscribe;ab*", H, 1 },
        { "+psubscribe;&*", "psubscribe;ab*", A, 0 },
        { "+get;~a;(+mset ~b)", "get;b", K, 1 },
        { "+get;~a;(+mset ~b)", "mset;b;1", A, 0 },
        { "+get;~a;(+mset ~b)", "mset;a;1", K, 1 },
        { "+get;(+publish)", "publish;a;b", H, 1 }, /* the one that got furthest is named */
    };

    for (size_t i = 0; i < sizeof(table_of) / sizeof(table_of[0]); i++) {
        size_t arg = 99;
        begin();
        CU_ASSERT(set("u", table_of[i].rules));
        if (check("u", table_of[i].request, &arg) != table_of[i].verdict)
            printf("%s: %s\n", table_of[i].rules, table_of[i].request);
        CU_ASSERT_EQUAL(check("u", table_of[i].request, &arg), table_of[i].verdict);
        CU_ASSERT_EQUAL(arg, table_of[i].arg);
    }
}

static void test_categories(void)
{
    unsigned seen = 0;
    CU_ASSERT_EQUAL(acl_category_find(slice_str("DANGEROUS")), ACL_CATEGORY_DANGEROUS);
    CU_ASSERT_EQUAL(acl_category_find(slice_str("all")), -1);
    CU_ASSERT_EQUAL(acl_category_find(slice_str("")), -1);
    for (const struct command *row = rows; row->name; row++) {
        unsigned set_of = acl_categories(row);
        CU_ASSERT_NOT_EQUAL(set_of >> ACL_CATEGORY_FAST & 1, set_of >> ACL_CATEGORY_SLOW & 1);
        seen |= set_of;
    }
    CU_ASSERT_EQUAL(seen >> ACL_CATEGORY_BLOCKING & 1, 0);
    CU_ASSERT_EQUAL(seen >> ACL_CATEGORY_CONNECTION & 1, 1);
}

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

/* --- replies -----------------------------------------------------------------------------------
 */

static struct buf out;

static void check_out(const char *expected)
{
    CU_ASSERT_STRING_EQUAL(buf_text(&out), expected);
    buf_reset(&out);
}

static void test_replies(void)
{
    struct resp_writer w2 = { .out = &out, .proto = 2 }, w3 = { .out = &out, .proto = 3 };
    begin();
    CU_ASSERT(set("u", "on;nopass;+ping;%R~a;&b;(+role)"));
    acl_user_reply(acl_find(acl, slice_str("u")), &w2);
    check_out("*12\r\n$5\r\nflags\r\n*2\r\n$2\r\non\r\n$6\r\nnopass\r\n$9\r\npasswords\r\n*0\r\n"
              "$8\r\ncommands\r\n$11\r\n-@all +ping\r\n$4\r\nkeys\r\n$4\r\n%R~a\r\n"
              "$8\r\nchannels\r\n$2\r\n&b\r\n$9\r\nselectors\r\n*1\r\n*6\r\n$8\r\ncommands\r\n"
              "$11\r\n-@all +role\r\n$4\r\nkeys\r\n$0\r\n\r\n$8\r\nchannels\r\n$0\r\n\r\n");
    CU_ASSERT(set("v", ">p"));
    acl_user_reply(acl_find(acl, slice_str("v")), &w3);
    check_out("%6\r\n$5\r\nflags\r\n~1\r\n$3\r\noff\r\n$9\r\npasswords\r\n*1\r\n$64\r\n" HASH_P
              "\r\n$8\r\ncommands\r\n$5\r\n-@all\r\n$4\r\nkeys\r\n$0\r\n\r\n$8\r\nchannels\r\n"
              "$0\r\n\r\n$9\r\nselectors\r\n*0\r\n");
}

static void test_log(void)
{
    static struct acl_log log;
    struct resp_writer w3 = { .out = &out, .proto = 3 };
    struct slice user = slice_str("u"), client = slice_str("id=1");
    acl_log_add(&log, ACL_REASON_COMMAND, false, slice_str("ping"), user, client, 1000);
    acl_log_add(&log, ACL_REASON_AUTH, false, slice_str("AUTH"), user, client, 2000);
    acl_log_add(&log, ACL_REASON_COMMAND, false, slice_str("ping"), user, slice_str("id=2"), 3000);
    CU_ASSERT_EQUAL(log.n, 2);
    acl_log_reply(&log, &w3, 1, 3500);
    check_out("*1\r\n%10\r\n$5\r\ncount\r\n:2\r\n$6\r\nreason\r\n$7\r\ncommand\r\n$7\r\ncontext\r\n"
              "$8\r\ntoplevel\r\n$6\r\nobject\r\n$4\r\nping\r\n$8\r\nusername\r\n$1\r\nu\r\n"
              "$11\r\nage-seconds\r\n,0.5\r\n$11\r\nclient-info\r\n$4\r\nid=2\r\n$8\r\nentry-id\r\n"
              ":0\r\n$17\r\ntimestamp-created\r\n:1000\r\n$22\r\ntimestamp-last-updated\r\n:3000"
              "\r\n");
    acl_log_add(&log, ACL_REASON_COMMAND, false, slice_str("ping"), user, client,
                3001 + ACL_LOG_SAME_MS);
    CU_ASSERT_EQUAL(log.n, 3);
    for (int i = 0; i < 2 * ACL_LOG_MAX; i++) {
        char object[400];
        snprintf(object, sizeof(object), "%d%0390d", i, 0);
        acl_log_add(&log, ACL_REASON_KEY, false, slice_str(object), user, client, 4000);
    }
    CU_ASSERT_EQUAL(log.n, ACL_LOG_MAX);
    CU_ASSERT_EQUAL(strlen(log.entries[0]->object), ACL_LOG_TEXT_MAX);
    acl_log_clear(&log);
    CU_ASSERT_EQUAL(log.n, 0);
}

static const struct unit_case cases[] = {
    { "rules, and what is shown of them", test_rules },
    { "faults, in Redis's words", test_faults },
    { "all rules or none", test_atomic },
    { "names", test_names },
    { "logging in", test_log_in },
    { "who may do what", test_rights },
    { "categories", test_categories },
    { "users as text", test_texts },
    { "random rules are written and read again", test_random_rules },
    { "the last rule about a command decides", test_order },
    { "every prefix of every rule", test_prefixes },
    { "garbage", test_garbage },
    { "limits", test_limits },
    { "replies", test_replies },
    { "the log", test_log },
};

int main(void)
{
    table = command_table_new(rows);
    int status = unit_main("acl", cases, sizeof(cases) / sizeof(cases[0]));
    acl_free(acl);
    buf_done(&out);
    command_table_free(table);
    return status;
}
