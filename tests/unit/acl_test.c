/* Rules, logging in, rights, and what is replied and logged. */
#include "tests/unit/acl_drive.h"
#include "wire/acl_category.h"
#include "wire/acl_log.h"
#include "wire/resp_write.h"

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
