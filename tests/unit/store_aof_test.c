/* The append-only log's pure parts: the manifest, what is logged, how a file is taken apart. */
#include "tests/unit/unit.h"

#include <string.h>

#include "store/aof.h"
#include "store/aof_manifest.h"
#include "store/aof_read.h"

static const char repl_id[] = "0123456789abcdef0123456789abcdef01234567";
static char error[AOF_MANIFEST_ERROR_MAX];

static bool parse(struct aof_manifest *m, const char *text)
{
    memset(m, 0, sizeof(*m));
    error[0] = '\0';
    return aof_manifest_parse(m, slice_str(text), error);
}

static void check_refused(const char *text, const char *why)
{
    struct aof_manifest m;

    CU_ASSERT_FALSE(parse(&m, text));
    CU_ASSERT_STRING_EQUAL(error, why);
    aof_manifest_done(&m);
}

static void test_manifest(void)
{
    static const char text[] = "file appendonly.aof.2.base.rdb seq 2 type b\n"
                               "file appendonly.aof.1.incr.aof seq 1 type h\n"
                               "file \"with \\\"quotes\\\" \\x01\" seq 2 type i\n"
                               "file appendonly.aof.4.incr.aof seq 4 type i\n";
    struct aof_manifest m;
    struct buf out = { 0 };

    CU_ASSERT(parse(&m, "# a remark\nseq 4 type i file appendonly.aof.4.incr.aof\n"));
    CU_ASSERT_EQUAL(aof_manifest_last(&m, AOF_INCR)->seq, 4);
    CU_ASSERT_PTR_NULL(aof_manifest_last(&m, AOF_BASE));
    aof_manifest_done(&m);
    CU_ASSERT_FATAL(parse(&m, text));
    CU_ASSERT_EQUAL(m.count, 4);
    CU_ASSERT_STRING_EQUAL(m.files[2].name, "with \"quotes\" \x01");
    aof_manifest_write(&m, &out);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), text);
    buf_done(&out);
    aof_manifest_done(&m);
}

static void test_manifest_refused(void)
{
    check_refused("", "line 1: there is no file in it");
    check_refused("# nothing\n", "line 1: there is no file in it");
    check_refused("file a seq 1 type b", "line 1: it has no end");
    check_refused("file a seq 1\n", "line 1: it must say file, seq and type");
    check_refused("file a seq 1 type\n", "line 1: it must say file, seq and type");
    check_refused("file a/b seq 1 type b\n", "line 1: the file must be a name without a path");
    check_refused("file .. seq 1 type b\n", "line 1: the file must be a name without a path");
    check_refused("file a seq 0 type b\n", "line 1: seq must be a number from 1 on");
    check_refused("file a seq x type b\n", "line 1: seq must be a number from 1 on");
    check_refused("file a seq 1 type x\n", "line 1: type must be b, i or h");
    check_refused("file a seq 1 type b\nfile b seq 2 type b\n", "line 2: there is a second base");
    check_refused("file a seq 2 type i\nfile b seq 2 type i\n", "line 2: seq does not rise");
    check_refused("file \"a seq 2 type i\n", "line 1: unbalanced quotes");
    check_refused("*1\n", "line 1: it must say file, seq and type");
}

/* A rewrite: a new file of commands, then a new base, and what was before is history. */
static void test_manifest_changes(void)
{
    struct aof_manifest m = { NULL, 0 }, copy;
    int64_t seq;

    aof_manifest_add(&m, "log", AOF_BASE);
    aof_manifest_add(&m, "log", AOF_INCR);
    CU_ASSERT_STRING_EQUAL(m.files[0].name, "log.1.base.rdb");
    seq = aof_manifest_add(&m, "log", AOF_INCR)->seq;
    CU_ASSERT_STRING_EQUAL(m.files[2].name, "log.2.incr.aof");
    aof_manifest_copy(&copy, &m);
    aof_manifest_add(&copy, "log", AOF_BASE);
    aof_manifest_retire(&copy, seq);
    CU_ASSERT_EQUAL(m.files[0].kind, AOF_BASE);
    CU_ASSERT_EQUAL(copy.files[0].kind, AOF_HISTORY);
    CU_ASSERT_EQUAL(copy.files[1].kind, AOF_HISTORY);
    CU_ASSERT_EQUAL(copy.files[2].kind, AOF_INCR);
    CU_ASSERT_STRING_EQUAL(aof_manifest_last(&copy, AOF_BASE)->name, "log.2.base.rdb");
    aof_manifest_drop_history(&copy);
    CU_ASSERT_EQUAL(copy.count, 2);
    /* No name is used again while a file of that name may be there. */
    CU_ASSERT_EQUAL(aof_manifest_add(&copy, "log", AOF_INCR)->seq, 3);
    aof_manifest_done(&m);
    aof_manifest_done(&copy);
}

static void put(struct aof *a, int db, const char *word)
{
    struct slice argv[1] = { slice_str(word) };

    aof_put_command(a, db, 1, argv);
}

static void test_feed(void)
{
    struct aof a = { .on = false };
    struct rdb_info now = { .has_repl = true, .repl_offset = 7, .stream_db = 2 };

    memcpy(now.repl_id, repl_id, sizeof(repl_id));
    aof_begin(&a);
    put(&a, 0, "A");
    put(&a, 0, "B");
    put(&a, -1, "EXEC");
    CU_ASSERT_STRING_EQUAL(buf_text(&a.bytes), "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*1\r\n$1\r\nA\r\n"
                                               "*1\r\n$1\r\nB\r\n*1\r\n$4\r\nEXEC\r\n");
    buf_reset(&a.bytes);
    put(&a, 15, "C");
    CU_ASSERT_STRING_EQUAL(buf_text(&a.bytes),
                           "*2\r\n$6\r\nSELECT\r\n$2\r\n15\r\n*1\r\n$1\r\nC\r\n");
    buf_reset(&a.bytes);
    aof_put_history(&a, &now);
    CU_ASSERT_STRING_EQUAL(buf_text(&a.bytes),
                           "#ID 0123456789abcdef0123456789abcdef01234567\r\n#AT 7 2\r\n");
    buf_reset(&a.bytes);
    aof_put_history(&a, &now);
    CU_ASSERT_EQUAL(buf_used(&a.bytes), 0);
    now.repl_offset = 9;
    aof_put_history(&a, &now);
    CU_ASSERT_STRING_EQUAL(buf_text(&a.bytes), "#AT 9 2\r\n");
    aof_begin(&a);
    aof_put_history(&a, &now);
    CU_ASSERT(buf_used(&a.bytes) > 40); /* a new file says it all again */
    aof_end(&a);
    aof_done(&a);
}

/* The next item of a text, which is moved forward. */
static enum aof_item next(struct aof_reader *r, char **text, bool in_multi)
{
    struct resp_request req;
    size_t used;
    enum aof_item item = aof_read(r, *text, strlen(*text), &req, &used);

    *text += used;
    aof_reader_advance(r, used, in_multi);
    return item;
}

static void test_read(void)
{
    char text[] =
        "#TS:1\r\n*1\r\n$1\r\nA\r\n#ID 0123456789abcdef0123456789abcdef01234567\r\n#AT 5 3\r\n"
        "*1\r\n$1\r\nB\r\n#AT 6 3\r\n*1\r\n$1\r\n";
    struct aof_reader r = { .at = 0 };
    char *p = text;

    aof_reader_begin(&r, 0);
    CU_ASSERT_EQUAL(next(&r, &p, false), AOF_ITEM_REMARK);
    CU_ASSERT_EQUAL(next(&r, &p, false), AOF_ITEM_COMMAND);
    CU_ASSERT_FALSE(r.info.has_repl);
    CU_ASSERT_EQUAL(next(&r, &p, false), AOF_ITEM_REMARK);
    CU_ASSERT_EQUAL(next(&r, &p, false), AOF_ITEM_REMARK);
    CU_ASSERT(r.info.has_repl && r.info.repl_offset == 5 && r.info.stream_db == 3);
    CU_ASSERT_STRING_EQUAL(r.info.repl_id, repl_id);
    CU_ASSERT_EQUAL(next(&r, &p, false), AOF_ITEM_COMMAND);
    CU_ASSERT_FALSE(r.info.has_repl);
    CU_ASSERT_EQUAL(next(&r, &p, true), AOF_ITEM_REMARK);
    CU_ASSERT(r.info.has_repl && r.info.repl_offset == 6);
    CU_ASSERT_EQUAL(r.at, (uint64_t)(p - text));
    CU_ASSERT(r.whole < r.at);
    CU_ASSERT_EQUAL(next(&r, &p, false), AOF_ITEM_MORE);
    CU_ASSERT_STRING_EQUAL(p, "*1\r\n$1\r\n");
    aof_reader_done(&r);
}

static void check_broken(const char *text, size_t n, enum aof_item wanted)
{
    struct aof_reader r = { .at = 0 };
    struct resp_request req;
    char copy[64];
    size_t used;

    memcpy(copy, text, n);
    aof_reader_begin(&r, 100);
    CU_ASSERT_EQUAL(aof_read(&r, copy, n, &req, &used), wanted);
    CU_ASSERT_EQUAL(r.whole, 100);
    aof_reader_done(&r);
}

static void test_read_broken(void)
{
    check_broken("SET a b\r\n", 9, AOF_ITEM_BROKEN);
    check_broken("\r\n", 2, AOF_ITEM_BROKEN);
    check_broken("*x\r\n", 4, AOF_ITEM_BROKEN);
    check_broken("*1\r\nA\r\n", 7, AOF_ITEM_BROKEN);
    check_broken("*1\r\n$1\r\nAB\r\n", 12, AOF_ITEM_BROKEN);
    check_broken("\0\0\0*", 4, AOF_ITEM_BROKEN);
    check_broken("\0\0\0\0", 4, AOF_ITEM_ZEROES);
    check_broken("", 0, AOF_ITEM_MORE);
    check_broken("*", 1, AOF_ITEM_MORE);
    check_broken("#AT 5", 5, AOF_ITEM_MORE);
}

/* Remarks that are not ours, or not right, say nothing. */
static void test_remarks(void)
{
    static const char *const useless[] = { "",      "#",        "#AT 5 3", "#ID 0123", "#AT x 3",
                                           "#AT 5", "#AT -1 0", "#AT 5 x", "#AT 5 16" };
    struct rdb_info info;

    for (size_t i = 0; i < sizeof(useless) / sizeof(useless[0]); i++) {
        memset(&info, 0, sizeof(info));
        aof_take_remark(slice_str(useless[i]), &info);
        CU_ASSERT_FALSE(info.has_repl);
    }
    memset(&info, 0, sizeof(info));
    aof_take_remark(slice_str("#ID 0123456789abcdef0123456789abcdef01234567"), &info);
    aof_take_remark(slice_str("#AT 5 16"), &info);
    CU_ASSERT_FALSE(info.has_repl);
    aof_take_remark(slice_str("#AT 5 15"), &info);
    CU_ASSERT(info.has_repl);
    aof_take_remark(slice_str("#ID 0123"), &info);
    aof_take_remark(slice_str("#AT 6 15"), &info);
    CU_ASSERT_FALSE(info.has_repl);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "the manifest", test_manifest },
        { "manifests that are refused", test_manifest_refused },
        { "changes of the manifest", test_manifest_changes },
        { "what is logged", test_feed },
        { "a file taken apart", test_read },
        { "what is no log", test_read_broken },
        { "remarks", test_remarks },
    };

    return unit_main("store_aof", cases, sizeof(cases) / sizeof(cases[0]));
}
