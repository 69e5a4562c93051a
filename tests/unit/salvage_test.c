/* The file that a former primary's tail is kept in: its first line, its name, its commands. */
#include <string.h>

#include "sentinel/salvage_file.h"
#include "sentinel/salvage_stream.h"
#include "tests/unit/unit.h"

static struct salvage_head head_of(const char *group, const char *host)
{
    struct salvage_head head = { .from = 101, .until = 250 };

    strcpy(head.group, group);
    addr_set(&head.addr, host, 6379);
    strcpy(head.replid, "0123456789abcdef0123456789abcdef01234567");
    strcpy(head.time, "20261122T221500Z");
    return head;
}

static void test_line(void)
{
    struct salvage_head head = head_of("orders", "10.0.0.1"), back;
    char line[SALVAGE_LINE_MAX];
    size_t n = salvage_head_format(&head, line);

    CU_ASSERT_EQUAL(n, strlen(line));
    CU_ASSERT_STRING_EQUAL(line, "# picket-salvage 1 group=orders node=10.0.0.1:6379 "
                                 "replid=0123456789abcdef0123456789abcdef01234567 from=101 "
                                 "until=250 time=20261122T221500Z\n");
    line[n - 1] = '\0';
    CU_ASSERT_TRUE_FATAL(salvage_head_parse(&back, line));
    CU_ASSERT_STRING_EQUAL(back.group, "orders");
    CU_ASSERT_TRUE(addr_equal(&back.addr, &head.addr));
    CU_ASSERT_STRING_EQUAL(back.replid, head.replid);
    CU_ASSERT_EQUAL(back.from, 101);
    CU_ASSERT_EQUAL(back.until, 250);
    CU_ASSERT_STRING_EQUAL(back.time, head.time);
}

static void test_longest_line(void)
{
    struct salvage_head head = head_of("", "h"), back;
    char line[SALVAGE_LINE_MAX];
    size_t n;

    memset(head.group, 'g', sizeof head.group - 1);
    memset(head.addr.host, 'h', sizeof head.addr.host - 1);
    head.from = head.until = INT64_MAX;
    n = salvage_head_format(&head, line);
    CU_ASSERT_TRUE_FATAL(n < SALVAGE_LINE_MAX);
    line[n - 1] = '\0';
    CU_ASSERT_TRUE(salvage_head_parse(&back, line));
    CU_ASSERT_STRING_EQUAL(back.group, head.group);
}

static void test_bad_lines(void)
{
    static const char *const bad[] = {
        "",
        "# picket-salvage 2 group=a node=h:1 replid=x from=1 until=2 time=t",
        "# picket-salvage 1 group= node=h:1 replid=x from=1 until=2 time=t",
        "# picket-salvage 1 group=a node=h replid=x from=1 until=2 time=t",
        "# picket-salvage 1 group=a node=h:1 replid=x from=-1 until=2 time=t",
        "# picket-salvage 1 group=a node=h:1 replid=x from=3 until=2 time=t",
        "# picket-salvage 1 group=a node=h:1 replid=x from=1 until=z time=t",
        "# picket-salvage 1 group=a node=h:1 from=1 until=2 time=t",
    };
    struct salvage_head head;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(salvage_head_parse(&head, bad[i]));
}

static void test_name(void)
{
    struct salvage_head head = head_of("a/../b c", "::1");
    char name[SALVAGE_NAME_MAX];

    salvage_file_name(&head, name);
    CU_ASSERT_STRING_EQUAL(name, "a_.._b_c-__1_6379-20261122T221500Z-101");
    head = head_of("..", "h");
    salvage_file_name(&head, name);
    CU_ASSERT_STRING_EQUAL(name, "_.-h_6379-20261122T221500Z-101");
}

#define STREAM                                                                                     \
    "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n\r\n\r\n"                \
    "*1\r\n$4\r\nPING\r\n*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$1\r\nm\r\n*2\r\n$3\r\nDEL\r\n$"        \
    "1\r\nk\r\n"

/* Whatever the pieces are, the same commands come. */
static void test_stream(void)
{
    const size_t len = sizeof STREAM - 1;

    for (size_t piece = 1; piece <= len; piece++) {
        struct salvage_stream stream;
        struct resp_request command;
        int commands = 0, writes = 0;

        salvage_stream_init(&stream, 0);
        for (size_t at = 0; at < len; at += piece) {
            CU_ASSERT_TRUE(
                salvage_stream_feed(&stream, STREAM + at, len - at < piece ? len - at : piece));
            while (salvage_stream_next(&stream, &command) == RESP_REQUEST) {
                commands++;
                writes += salvage_is_write(&command);
                CU_ASSERT_EQUAL(stream.db, 3);
            }
        }
        CU_ASSERT_EQUAL(commands, 5);
        CU_ASSERT_EQUAL(writes, 2);
        CU_ASSERT_EQUAL(salvage_stream_waiting(&stream), 0);
        salvage_stream_done(&stream);
    }
}

static void test_cut_and_broken(void)
{
    struct salvage_stream stream;
    struct resp_request command;

    salvage_stream_init(&stream, 0);
    salvage_stream_feed(&stream, STREAM, 20);
    CU_ASSERT_EQUAL(salvage_stream_next(&stream, &command), RESP_MORE);
    CU_ASSERT_EQUAL(salvage_stream_waiting(&stream), 20);
    salvage_stream_done(&stream);
    salvage_stream_init(&stream, 0);
    salvage_stream_feed(&stream, "*x\r\n", 4);
    CU_ASSERT_EQUAL(salvage_stream_next(&stream, &command), RESP_BROKEN);
    salvage_stream_done(&stream);
}

static const struct unit_case cases[] = {
    { "the first line says it all", test_line },
    { "the longest one fits", test_longest_line },
    { "lines that are none", test_bad_lines },
    { "a name that is one", test_name },
    { "a stream in pieces of any size", test_stream },
    { "a stream that is cut off, or none", test_cut_and_broken },
};

int main(void)
{
    return unit_main("salvage", cases, sizeof cases / sizeof *cases);
}
