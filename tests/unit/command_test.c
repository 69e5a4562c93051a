#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "wire/buf.h"
#include "wire/command.h"
#include "wire/command_keys.h"
#include "wire/command_reply.h"
#include "wire/resp_write.h"

#define WORDS_MAX 200

static void run_nothing(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)c, (void)argc, (void)argv;
}

static const struct command_keys first_key[] = {
    COMMAND_KEY_AT(COMMAND_KEY_RO | COMMAND_KEY_ACCESS, 1), { 0 }
};
static const struct command_keys every_second[] = {
    COMMAND_KEY_FROM(COMMAND_KEY_OW | COMMAND_KEY_UPDATE, 1, -1, 2), { 0 }
};

static const struct command_keys counted[] = {
    COMMAND_KEY_COUNTED(COMMAND_KEY_RO | COMMAND_KEY_ACCESS, 1), { 0 }
};

static const struct command config_rows[] = {
    { "get", -3, COMMAND_ADMIN, run_nothing, "reads options", NULL, NULL },
    { "set", -4, COMMAND_ADMIN, run_nothing, "changes options", NULL, NULL },
    { 0 },
};
static const struct command sentinel_rows[] = {
    { "get-master-addr-by-name", 3, 0, run_nothing, "where the primary is", NULL, NULL },
    { "set", -5, 0, run_nothing, "changes a group", NULL, NULL },
    { 0 },
};
static const struct command rows[] = {
    { "get", 2, COMMAND_READONLY | COMMAND_FAST, run_nothing, "reads", NULL, first_key },
    { "mset", -3, COMMAND_WRITE, run_nothing, "writes", NULL, every_second },
    { "zunion", -3, COMMAND_READONLY, run_nothing, "joins", NULL, counted },
    { "config", -2, 0, NULL, "options", config_rows, NULL },
    { "sentinel", -2, 0, NULL, "supervision", sentinel_rows, NULL },
    { 0 },
};

static struct command_table *table;
static struct buf out;
static struct resp_writer w2 = { .out = &out, .proto = 2 };

/* Splits a text at its spaces. */
static size_t split(char *text, struct slice *words)
{
    size_t n = 0;
    for (char *word = strtok(text, " "); word && n < WORDS_MAX; word = strtok(NULL, " "))
        words[n++] = slice_str(word);
    return n;
}

static void check_out(const char *expected)
{
    bool same = slice_is(buf_slice(&out), expected);
    if (!same)
        printf("wrote %.*s\n not  %s\n", (int)buf_used(&out), buf_data(&out), expected);
    CU_ASSERT(same);
    buf_done(&out);
}

/* The request finds this row ("config|get"), or gets this error. */
static void check_find(const char *request, const char *name, const char *error)
{
    char text[2000], full[COMMAND_FULL_NAME_SIZE];
    struct slice words[WORDS_MAX];
    struct command_match m;
    snprintf(text, sizeof(text), "%s", request);
    size_t n = split(text, words);
    bool found = command_find(table, n, words, &m);
    CU_ASSERT_EQUAL(found, name != NULL);
    if (found && name) {
        CU_ASSERT_STRING_EQUAL(command_full_name(&m, full), name);
    } else if (!found) {
        command_write_error(&w2, &m, n, words);
        check_out(error);
    }
}

static void test_find(void)
{
    check_find("get k", "get", NULL);
    check_find("GeT k", "get", NULL);
    check_find("MSET k v k2 v2", "mset", NULL);
    check_find("config GET x", "config|get", NULL);
    check_find("SENTINEL get-master-ADDR-by-name m", "sentinel|get-master-addr-by-name", NULL);
    check_find("sentinel set m a b", "sentinel|set", NULL);
    check_find("config set a b", "config|set", NULL);
}

static void test_errors(void)
{
    check_find("get", NULL, "-ERR wrong number of arguments for 'get' command\r\n");
    check_find("get a b", NULL, "-ERR wrong number of arguments for 'get' command\r\n");
    check_find("mset a", NULL, "-ERR wrong number of arguments for 'mset' command\r\n");
    check_find("config", NULL, "-ERR wrong number of arguments for 'config' command\r\n");
    check_find("CONFIG get", NULL, "-ERR wrong number of arguments for 'config|get' command\r\n");
    check_find("config BOGUS x", NULL, "-ERR unknown subcommand 'BOGUS'. Try CONFIG HELP.\r\n");
    check_find("FOO", NULL, "-ERR unknown command 'FOO', with args beginning with: \r\n");
    check_find("FOO bar baz", NULL,
               "-ERR unknown command 'FOO', with args beginning with: 'bar' 'baz' \r\n");
    check_find("ge", NULL, "-ERR unknown command 'ge', with args beginning with: \r\n");
    check_find("getx", NULL, "-ERR unknown command 'getx', with args beginning with: \r\n");
}

/* Hostile names: any bytes, any length; the error repeats a part only, on one line. */
static void test_hostile(void)
{
    char huge[1000];
    struct command_match m;
    memset(huge, 'x', sizeof(huge));
    struct slice words[WORDS_MAX];
    for (size_t i = 0; i < WORDS_MAX; i++)
        words[i] = (struct slice){ huge, sizeof(huge) };
    CU_ASSERT_FALSE(command_find(table, WORDS_MAX, words, &m));
    command_write_error(&w2, &m, WORDS_MAX, words);
    CU_ASSERT(buf_used(&out) < 400);
    buf_done(&out);
    words[0] = slice_str("a\r\nb");
    words[1] = (struct slice){ "c\0d", 3 };
    CU_ASSERT_FALSE(command_find(table, 2, words, &m));
    command_write_error(&w2, &m, 2, words);
    check_out("-ERR unknown command 'a  b', with args beginning with: 'c' \r\n");
    words[0] = (struct slice){ "", 0 };
    CU_ASSERT_FALSE(command_find(table, 1, words, &m));
    words[0] = (struct slice){ "ge\0", 3 };
    CU_ASSERT_FALSE(command_find(table, 1, words, &m));
}

static void test_names(void)
{
    struct command_match m = command_find_name(table, slice_str("config|SET"));
    CU_ASSERT_PTR_EQUAL(m.command, &config_rows[1]);
    CU_ASSERT_PTR_EQUAL(m.parent, &rows[3]);
    CU_ASSERT_PTR_NULL(command_find_name(table, slice_str("config|nope")).command);
    CU_ASSERT_PTR_NULL(command_find_name(table, slice_str("nope|set")).command);
    CU_ASSERT_PTR_NULL(command_find_name(table, slice_str("get|set")).command);
    CU_ASSERT_PTR_EQUAL(command_find_name(table, slice_str("GET")).command, &rows[0]);
    CU_ASSERT_EQUAL(command_table_count(table), 5);
}

#define GET_KEYS                                                                                   \
    "*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n$12\r\nbegin_search\r\n*4\r\n$"            \
    "4\r\ntype\r\n"                                                                                \
    "$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n$9\r\nfind_keys\r\n*4\r\n$"           \
    "4\r\ntype\r\n"                                                                                \
    "$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$"           \
    "5\r\nlimit\r\n:0\r\n"

static void check_keys(const char *request, const char *expected)
{
    char text[256];
    struct slice words[WORDS_MAX];

    snprintf(text, sizeof(text), "COMMAND GETKEYS %s", request);
    command_reply_getkeys(&w2, table, false, split(text, words), words);
    check_out(expected);
}

static void test_keys(void)
{
    check_keys("get a", "*1\r\n$1\r\na\r\n");
    check_keys("mset a 1 b 2", "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    check_keys("zunion 2 a b x", "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    check_keys("zunion 1 2", "*1\r\n$1\r\n2\r\n");
    check_keys("zunion 3 a b", "-ERR Invalid arguments specified for command\r\n");
    check_keys("zunion 9223372036854775807 a", "-ERR Invalid arguments specified for command\r\n");
    check_keys("zunion 0 a", "-ERR Invalid arguments specified for command\r\n");
    check_keys("zunion -1 a", "-ERR Invalid arguments specified for command\r\n");
    check_keys("zunion x a", "-ERR Invalid arguments specified for command\r\n");
    check_keys("get", "-ERR Invalid number of arguments specified for command\r\n");
    check_keys("config get x", "-ERR The command has no key arguments\r\n");
    check_keys("bogus x", "-ERR Invalid command specified\r\n");
}

static void test_replies(void)
{
    struct slice list[] = { slice_str("command"), slice_str("list"), slice_str("filterby"),
                            slice_str("pattern"), slice_str("config*") };
    struct slice info[] = { slice_str("command"), slice_str("info"), slice_str("get"),
                            slice_str("nope") };
    command_reply_list(&w2, table, 5, list);
    check_out("*3\r\n$6\r\nconfig\r\n$10\r\nconfig|get\r\n$10\r\nconfig|set\r\n");
    command_reply_list(&w2, table, 3, list);
    check_out("-ERR syntax error\r\n");
    command_reply_count(&w2, table);
    check_out(":5\r\n");
    command_reply_info(&w2, table, 4, info);
    check_out("*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
              "*2\r\n+@read\r\n+@fast\r\n*0\r\n" GET_KEYS "*0\r\n$-1\r\n");
    command_reply_docs(&w2, table, 4, info);
    check_out("*2\r\n$3\r\nget\r\n*2\r\n$7\r\nsummary\r\n$5\r\nreads\r\n");
}

static const struct unit_case cases[] = {
    { "a request finds its row", test_find }, { "errors in Redis's words", test_errors },
    { "hostile names", test_hostile },        { "names as COMMAND INFO takes them", test_names },
    { "replies of COMMAND", test_replies },   { "keys of a request", test_keys },
};

int main(void)
{
    table = command_table_new(rows);
    int status = unit_main("command", cases, sizeof(cases) / sizeof(cases[0]));
    command_table_free(table);
    return status;
}
