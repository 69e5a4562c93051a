#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "store/backlog.h"
#include "store/follow.h"
#include "store/repl.h"
#include "wire/buf.h"
#include "wire/prng.h"

#define UNKNOWN "ffffffffffffffffffffffffffffffffffffffff"
#define PROMISE "0123456789abcdef0123456789abcdef01234567"

static struct prng prng;

static bool reads(const struct backlog *b, int64_t offset, const char *expected)
{
    struct slice runs[2];
    size_t n, at = 0;

    if (!backlog_holds(b, offset))
        return false;
    n = backlog_read(b, offset, runs);
    for (size_t i = 0; i < n; i++) {
        if (strncmp(expected + at, runs[i].p, runs[i].n) != 0)
            return false;
        at += runs[i].n;
    }
    return expected[at] == '\0';
}

static void test_backlog_holds_the_newest(void)
{
    struct backlog b = { 0 };
    char *model = malloc(200000);
    size_t written = 0;

    backlog_start(&b, 1, 1);
    CU_ASSERT_EQUAL(b.size, BACKLOG_BYTES_MIN);
    CU_ASSERT(backlog_holds(&b, 1) && !backlog_holds(&b, 0) && !backlog_holds(&b, 2));
    prng_seed(&prng, 1);
    for (int i = 0; i < 200; i++) {
        size_t n = prng_below(&prng, 900) + 1;
        size_t oldest;

        for (size_t k = 0; k < n; k++)
            model[written + k] = (char)('a' + (written + k) % 26);
        backlog_append(&b, model + written, n);
        written += n;
        model[written] = '\0';
        oldest = written > b.size ? written - b.size : 0;
        CU_ASSERT_EQUAL(b.next, (int64_t)written + 1);
        CU_ASSERT_EQUAL(backlog_first(&b), (int64_t)oldest + 1);
        CU_ASSERT(reads(&b, (int64_t)oldest + 1, model + oldest));
        CU_ASSERT(reads(&b, (int64_t)written + 1, ""));
        CU_ASSERT(!backlog_holds(&b, (int64_t)oldest));
    }
    free(model);
    backlog_done(&b);
}

static void test_backlog_larger_than_itself(void)
{
    struct backlog b = { 0 };
    size_t n = BACKLOG_BYTES_MIN * 3 + 5;
    char *bytes = malloc(n + 1);

    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)('a' + i % 26);
    bytes[n] = '\0';
    backlog_start(&b, BACKLOG_BYTES_MIN, 100);
    backlog_append(&b, bytes, n);
    CU_ASSERT_EQUAL(b.next, (int64_t)(100 + n));
    CU_ASSERT(reads(&b, (int64_t)(100 + n - b.size), bytes + n - b.size));
    free(bytes);
    backlog_done(&b);
}

static void test_backlog_resize(void)
{
    struct backlog b = { 0 };
    char bytes[BACKLOG_BYTES_MIN * 2 + 1];
    size_t n = sizeof(bytes) - 1;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)('a' + i % 26);
    bytes[n] = '\0';
    backlog_start(&b, n, 1);
    backlog_append(&b, bytes, n);
    backlog_resize(&b, n * 2);
    CU_ASSERT(reads(&b, 1, bytes));
    backlog_resize(&b, BACKLOG_BYTES_MIN);
    CU_ASSERT_EQUAL(b.next, (int64_t)n + 1);
    CU_ASSERT(reads(&b, (int64_t)(n - BACKLOG_BYTES_MIN) + 1, bytes + n - BACKLOG_BYTES_MIN));
    CU_ASSERT(!backlog_holds(&b, 1));
    backlog_done(&b);
}

static enum repl_answer decide(const struct repl *r, const char *id, int64_t offset)
{
    return repl_decide(r, slice_str(id), offset);
}

static void feed_text(struct repl *r, const char *text)
{
    repl_feed_bytes(r, text, strlen(text));
}

static void test_decisions(void)
{
    struct repl r;
    char old[REPL_ID_SIZE];

    prng_seed(&prng, 1);
    repl_init(&r, &prng, BACKLOG_BYTES_MIN);
    CU_ASSERT_EQUAL(decide(&r, "?", -1), REPL_FULL_ASKED);
    CU_ASSERT_EQUAL(decide(&r, r.id, 1), REPL_FULL_NO_BACKLOG);
    memcpy(old, r.id, sizeof(old));
    repl_need_backlog(&r, &prng);
    /* What was written before the backlog was not counted: the old id must not lead anybody here.
     */
    CU_ASSERT_STRING_NOT_EQUAL(old, r.id);
    CU_ASSERT_EQUAL(decide(&r, old, 1), REPL_FULL_ID);
    feed_text(&r, "0123456789");
    CU_ASSERT_EQUAL(r.offset, 10);
    CU_ASSERT_EQUAL(decide(&r, r.id, 1), REPL_CONTINUE);
    CU_ASSERT_EQUAL(decide(&r, r.id, 11), REPL_CONTINUE);
    CU_ASSERT_EQUAL(decide(&r, r.id, 12), REPL_FULL_OFFSET);
    CU_ASSERT_EQUAL(decide(&r, r.id, 0), REPL_FULL_OFFSET);
    CU_ASSERT_EQUAL(decide(&r, r.id, -5), REPL_FULL_OFFSET);
    CU_ASSERT_EQUAL(decide(&r, UNKNOWN, 5), REPL_FULL_ID);
    CU_ASSERT_EQUAL(decide(&r, "short", 5), REPL_FULL_ID);
    repl_done(&r);
}

/* A replica is promoted at 10; its sibling has 8, a former primary has 12. */
static void test_promotion(void)
{
    struct repl r;
    char old[REPL_ID_SIZE], mine[REPL_ID_SIZE];

    prng_seed(&prng, 1);
    repl_init(&r, &prng, BACKLOG_BYTES_MIN);
    repl_restart_at(&r, PROMISE, 0);
    feed_text(&r, "0123456789");
    memcpy(old, r.id, sizeof(old));
    repl_promote(&r, &prng);
    memcpy(mine, r.id, sizeof(mine));
    CU_ASSERT_STRING_EQUAL(r.id2, old);
    CU_ASSERT_STRING_NOT_EQUAL(r.id, old);
    CU_ASSERT_EQUAL(r.second_offset, 11);
    feed_text(&r, "new");
    CU_ASSERT_EQUAL(decide(&r, old, 9), REPL_CONTINUE);
    CU_ASSERT_EQUAL(decide(&r, old, 11), REPL_CONTINUE);
    CU_ASSERT_EQUAL(decide(&r, old, 12), REPL_FULL_ID);
    CU_ASSERT_EQUAL(decide(&r, old, 13), REPL_FULL_ID);
    CU_ASSERT_EQUAL(decide(&r, mine, 14), REPL_CONTINUE);
    /* The second promotion forgets the first history. */
    repl_promote(&r, &prng);
    CU_ASSERT_EQUAL(decide(&r, old, 9), REPL_FULL_ID);
    CU_ASSERT_EQUAL(decide(&r, mine, 14), REPL_CONTINUE);
    repl_done(&r);
}

static void test_adopting_a_new_id(void)
{
    struct repl r;

    prng_seed(&prng, 1);
    repl_init(&r, &prng, BACKLOG_BYTES_MIN);
    repl_restart_at(&r, PROMISE, 20);
    CU_ASSERT_FALSE(repl_adopt_id(&r, slice_str(PROMISE)));
    CU_ASSERT_TRUE(repl_adopt_id(&r, slice_str(UNKNOWN)));
    CU_ASSERT_STRING_EQUAL(r.id, UNKNOWN);
    CU_ASSERT_STRING_EQUAL(r.id2, PROMISE);
    CU_ASSERT_EQUAL(r.second_offset, 21);
    CU_ASSERT_EQUAL(decide(&r, PROMISE, 21), REPL_CONTINUE);
    repl_done(&r);
}

/* A primary that comes back from its file is a new history, which goes on from the old one's end.
 */
static void test_stepping_back(void)
{
    struct repl r;
    char old[REPL_ID_SIZE], name[REPL_ID_SIZE];

    repl_init(&r, &prng, 1 << 16);
    CU_ASSERT_FALSE(repl_demote(&r));
    repl_restore(&r, PROMISE, 100, true, &prng);
    memcpy(name, r.id, sizeof(name));
    CU_ASSERT(repl_demote(&r));
    CU_ASSERT_STRING_EQUAL(r.id, PROMISE);
    CU_ASSERT(r.offset == 100 && strcmp(r.id2, name) == 0 && r.second_offset == 101);
    CU_ASSERT_EQUAL(repl_decide(&r, slice_str(name), 101), REPL_CONTINUE);
    repl_promote(&r, &prng);
    memcpy(old, r.id, sizeof(old));
    repl_feed_bytes(&r, "x", 1);
    CU_ASSERT_FALSE(repl_demote(&r));
    CU_ASSERT_STRING_EQUAL(r.id, old);
    repl_done(&r);
}

static void test_restore(void)
{
    struct repl r;

    prng_seed(&prng, 1);
    repl_init(&r, &prng, BACKLOG_BYTES_MIN);
    repl_restore(&r, PROMISE, 100, true, &prng);
    CU_ASSERT_STRING_NOT_EQUAL(r.id, PROMISE);
    CU_ASSERT_EQUAL(decide(&r, PROMISE, 101), REPL_CONTINUE);
    CU_ASSERT_EQUAL(decide(&r, PROMISE, 102), REPL_FULL_ID);
    CU_ASSERT_EQUAL(decide(&r, PROMISE, 100), REPL_FULL_OFFSET);
    repl_done(&r);

    repl_init(&r, &prng, BACKLOG_BYTES_MIN);
    repl_restore(&r, PROMISE, 100, false, &prng);
    CU_ASSERT_STRING_EQUAL(r.id, PROMISE);
    CU_ASSERT_EQUAL(r.offset, 100);
    repl_done(&r);
}

static void test_commands_in_the_stream(void)
{
    struct repl r;
    struct slice set[3] = { slice_str("SET"), slice_str("k"), slice_str("v") },
                 ping = slice_str("PING");
    const char *expected =
        "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
        "*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
        "*2\r\n$6\r\nSELECT\r\n$2\r\n12\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n";

    prng_seed(&prng, 1);
    repl_init(&r, &prng, BACKLOG_BYTES_MIN);
    repl_need_backlog(&r, &prng);
    repl_feed_command(&r, 0, 3, set);
    repl_feed_command(&r, -1, 1, &ping);
    repl_feed_command(&r, 0, 3, set);
    repl_feed_command(&r, 12, 3, set);
    CU_ASSERT(reads(&r.backlog, 1, expected));
    CU_ASSERT_EQUAL(r.offset, (int64_t)strlen(expected));
    repl_done(&r);
}

struct taker {
    struct repl *repl;
    int64_t cursor;
    size_t taken;
};

static void take(void *arg)
{
    struct taker *t = arg;

    /* Nothing that was not taken may be gone. */
    CU_ASSERT(backlog_holds(&t->repl->backlog, t->cursor));
    t->taken += (size_t)(t->repl->backlog.next - t->cursor);
    t->cursor = t->repl->backlog.next;
    t->repl->unread = 0;
}

static void test_spill_before_it_is_overwritten(void)
{
    struct repl r;
    struct taker t = { .repl = &r, .cursor = 1 };
    size_t n = BACKLOG_BYTES_MIN * 5 + 3, fed = 0;
    char *bytes = calloc(1, n);

    prng_seed(&prng, 1);
    repl_init(&r, &prng, BACKLOG_BYTES_MIN);
    repl_need_backlog(&r, &prng);
    r.spill = take;
    r.spill_arg = &t;
    for (int i = 0; i < 50; i++) {
        size_t run = prng_below(&prng, n) + 1;
        repl_feed_bytes(&r, bytes, run);
        fed += run;
    }
    take(&t);
    CU_ASSERT_EQUAL(t.taken, fed);
    free(bytes);
    repl_done(&r);
}

/* --- follow ---------------------------------------------------------------------------------- */

static enum follow_phase line(struct follow *f, const char *text, struct buf *out)
{
    return follow_line(f, slice_str(text), out);
}

static void start(struct follow *f, const char *password, struct buf *out)
{
    const struct follow_self self = {
        .password = password, .port = 7000, .id = PROMISE, .offset = 42
    };

    buf_reset(out);
    follow_start(f, &self, out);
}

static bool said(struct buf *out, const char *words)
{
    bool yes = strstr(buf_text(out), words) != NULL;

    buf_reset(out);
    return yes;
}

static void test_follow_greets_and_asks(void)
{
    struct follow f;
    struct buf out = { 0 };

    start(&f, "secret", &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "AUTH\r\n$6\r\nsecret"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "listening-port\r\n$4\r\n7000"));
    CU_ASSERT(said(&out, "eof\r\n$4\r\ncapa\r\n$6\r\npsync2"));
    CU_ASSERT_EQUAL(line(&f, "-NOAUTH Authentication required.", &out), FOLLOW_GREET);
    CU_ASSERT_EQUAL(line(&f, "+OK", &out), FOLLOW_GREET);
    CU_ASSERT_EQUAL(line(&f, "-ERR Unrecognized REPLCONF option", &out), FOLLOW_GREET);
    CU_ASSERT_EQUAL(line(&f, "+OK", &out), FOLLOW_ASK);
    CU_ASSERT(said(&out, "PSYNC\r\n$40\r\n" PROMISE "\r\n$2\r\n42\r\n"));
    CU_ASSERT_EQUAL(line(&f, "", &out), FOLLOW_ASK);
    CU_ASSERT_EQUAL(line(&f, "+CONTINUE", &out), FOLLOW_STREAM);
    CU_ASSERT_FALSE(f.id_given);
    buf_done(&out);
}

/* To the point where PSYNC has been asked. */
static void greeted(struct follow *f, struct buf *out)
{
    start(f, "", out);
    line(f, "+PONG", out);
    line(f, "+OK", out);
    CU_ASSERT_EQUAL(line(f, "+OK", out), FOLLOW_ASK);
}

static void test_follow_answers(void)
{
    struct follow f;
    struct buf out = { 0 };

    greeted(&f, &out);
    CU_ASSERT_EQUAL(line(&f, "+CONTINUE " UNKNOWN, &out), FOLLOW_STREAM);
    CU_ASSERT(f.id_given && strcmp(f.id, UNKNOWN) == 0);

    greeted(&f, &out);
    CU_ASSERT_EQUAL(line(&f, "+FULLRESYNC " UNKNOWN " 77", &out), FOLLOW_PREAMBLE);
    CU_ASSERT_EQUAL(f.offset, 77);
    CU_ASSERT_EQUAL(line(&f, "", &out), FOLLOW_PREAMBLE);
    CU_ASSERT_EQUAL(line(&f, "$1234", &out), FOLLOW_DATA);
    CU_ASSERT(!f.by_mark && f.length == 1234);

    greeted(&f, &out);
    line(&f, "+FULLRESYNC " UNKNOWN " 77", &out);
    CU_ASSERT_EQUAL(line(&f, "$EOF:" PROMISE, &out), FOLLOW_DATA);
    CU_ASSERT(f.by_mark && strcmp(f.mark, PROMISE) == 0);
    buf_done(&out);
}

static void test_follow_refuses_nonsense(void)
{
    static const char *const answers[] = { "-NOMASTERLINK Can't SYNC",
                                           "-LOADING x",
                                           "-ERR unknown command",
                                           "+FULLRESYNC",
                                           ":1",
                                           "+FULLRESYNC " UNKNOWN " -1",
                                           "+FULLRESYNC abc 1",
                                           "+CONTINUE abc",
                                           "+OK",
                                           "hello" };
    static const char *const preambles[] = {
        "-ERR no", "+OK", "$", "$abc", "$-1", "$EOF:short", "$EOF:" PROMISE "x"
    };
    struct follow f;
    struct buf out = { 0 };

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        greeted(&f, &out);
        CU_ASSERT_EQUAL(line(&f, answers[i], &out), FOLLOW_FAILED);
        CU_ASSERT(f.error[0] != '\0');
    }
    for (size_t i = 0; i < sizeof(preambles) / sizeof(preambles[0]); i++) {
        greeted(&f, &out);
        line(&f, "+FULLRESYNC " UNKNOWN " 77", &out);
        CU_ASSERT_EQUAL(line(&f, preambles[i], &out), FOLLOW_FAILED);
    }
    start(&f, "", &out);
    CU_ASSERT_EQUAL(line(&f, "-NOAUTH Authentication required.", &out), FOLLOW_FAILED);
    start(&f, "wrong", &out);
    line(&f, "-NOAUTH Authentication required.", &out);
    CU_ASSERT_EQUAL(line(&f, "-WRONGPASS no", &out), FOLLOW_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.error, "WRONGPASS"));
    buf_done(&out);
}

static const struct unit_case cases[] = {
    { "backlog holds the newest", test_backlog_holds_the_newest },
    { "backlog: more than its size at once", test_backlog_larger_than_itself },
    { "backlog: resize", test_backlog_resize },
    { "decisions", test_decisions },
    { "promotion", test_promotion },
    { "adopting a new id", test_adopting_a_new_id },
    { "stepping back", test_stepping_back },
    { "restore", test_restore },
    { "commands in the stream", test_commands_in_the_stream },
    { "spill before it is overwritten", test_spill_before_it_is_overwritten },
    { "follow: greets and asks", test_follow_greets_and_asks },
    { "follow: answers", test_follow_answers },
    { "follow: refuses nonsense", test_follow_refuses_nonsense },
};

int main(void)
{
    return unit_main("store_repl", cases, sizeof(cases) / sizeof(cases[0]));
}
