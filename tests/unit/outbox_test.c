#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "sentinel/outbox.h"
#include "wire/prng.h"

static struct outbox *outbox;
static struct output step;

static void begin(void)
{
    outbox = outbox_new();
    output_init(&step);
}

static void end(void)
{
    outbox_free(outbox);
    output_done(&step);
}

/* Hand the step over and begin another. */
static void take(void)
{
    outbox_take(outbox, &step);
    output_clear(&step);
}

static void row(uint64_t epoch)
{
    output_row(&step, ROW_EPOCH)->epoch = epoch;
}

/* The next parcel is an event of COUNT; COUNT 0: there is none. */
static void event_is(uint32_t count)
{
    struct parcel parcel;
    bool got = outbox_next(outbox, &parcel);

    CU_ASSERT_EQUAL(got, count != 0);
    if (got && count != 0) {
        CU_ASSERT_EQUAL(parcel.kind, PARCEL_EVENT);
        CU_ASSERT_EQUAL(parcel.u.event.count, count);
    }
}

static void event(uint32_t count)
{
    output_event(&step, EVENT_SDOWN)->count = count;
}

/* Begin the next commit, which has to be NUMBER with N rows; N 0: there is none. */
static const struct row *commit_is(uint64_t number, size_t n)
{
    size_t got_n = 0;
    uint64_t got = 0;
    const struct row *rows = outbox_commit(outbox, &got_n, &got);

    CU_ASSERT_EQUAL(rows != NULL, n != 0);
    if (rows != NULL) {
        CU_ASSERT_EQUAL(got, number);
        CU_ASSERT_EQUAL(got_n, n);
    }
    return rows;
}

static void test_without_rows_nothing_waits(void)
{
    begin();
    event(1);
    take();
    CU_ASSERT_FALSE(outbox_busy(outbox));
    commit_is(0, 0);
    event_is(1);
    event_is(0);
    end();
}

static void test_waits_for_its_commit(void)
{
    begin();
    row(1);
    event(1);
    take();
    CU_ASSERT(outbox_busy(outbox));
    event_is(0);
    commit_is(1, 1);
    event_is(0); /* it runs, it is not durable */
    commit_is(0, 0);
    outbox_committed(outbox);
    event_is(1);
    CU_ASSERT_FALSE(outbox_busy(outbox));
    end();
}

/* Rows of steps that come while a commit runs form one commit; what was said
 * between them waits for exactly the rows before it. */
static void test_grouping(void)
{
    const struct row *rows;

    begin();
    row(1);
    event(1);
    take();
    commit_is(1, 1);
    event(2); /* no row of its own, but behind commit 1 */
    take();
    row(2);
    row(3);
    event(3);
    take();
    row(4);
    event(4);
    take();
    outbox_committed(outbox);
    event_is(1);
    event_is(2);
    event_is(0);
    rows = commit_is(2, 3);
    CU_ASSERT(rows != NULL && rows[0].epoch == 2 && rows[1].epoch == 3 && rows[2].epoch == 4);
    row(5); /* must not disturb the rows that are being committed */
    take();
    CU_ASSERT(rows != NULL && rows[0].epoch == 2 && rows[2].epoch == 4);
    outbox_committed(outbox);
    event_is(3);
    event_is(4);
    event_is(0);
    commit_is(3, 1);
    outbox_committed(outbox);
    CU_ASSERT_FALSE(outbox_busy(outbox));
    end();
}

/* Orders that only look leave at once and first; those that promise wait. */
static void test_free_orders(void)
{
    static const enum order_kind at_once[] = { ORDER_OPEN,  ORDER_PING,        ORDER_INFO,
                                               ORDER_CLOSE, ORDER_SCRIPT_KILL, ORDER_FORGET };
    static const enum order_kind later[] = { ORDER_PROMOTE, ORDER_HELLO, ORDER_FOLLOW };
    struct parcel parcel;

    begin();
    event(1);
    take();
    row(1);
    for (uint32_t i = 0; i < 3; i++)
        output_order(&step, later[i], i);
    for (uint32_t i = 0; i < 6; i++)
        output_order(&step, at_once[i], 10 + i);
    take();
    for (uint32_t i = 0; i < 6; i++) {
        CU_ASSERT(outbox_next(outbox, &parcel) && parcel.kind == PARCEL_ORDER);
        CU_ASSERT(parcel.u.order.kind == at_once[i] && parcel.u.order.id == 10 + i);
        CU_ASSERT_EQUAL(parcel.after, 0);
    }
    event_is(1);
    event_is(0);
    commit_is(1, 1);
    outbox_committed(outbox);
    for (uint32_t i = 0; i < 3; i++) {
        CU_ASSERT(outbox_next(outbox, &parcel) && parcel.kind == PARCEL_ORDER);
        CU_ASSERT(parcel.u.order.kind == later[i] && parcel.u.order.id == i);
        CU_ASSERT_EQUAL(parcel.after, 1);
    }
    event_is(0);
    end();
}

/* Within a step: messages, orders, events, replies. */
static void test_order_of_kinds(void)
{
    struct parcel parcel;

    begin();
    output_reply(&step, 4, REPLY_OK);
    output_event(&step, EVENT_SET);
    output_order(&step, ORDER_PROMOTE, 2);
    output_message(&step, MESSAGE_ASK, 1);
    row(1);
    take();
    commit_is(1, 1);
    outbox_committed(outbox);
    CU_ASSERT(outbox_next(outbox, &parcel) && parcel.kind == PARCEL_MESSAGE);
    CU_ASSERT(parcel.u.message.kind == MESSAGE_ASK && parcel.u.message.peer == 1);
    CU_ASSERT(outbox_next(outbox, &parcel) && parcel.kind == PARCEL_ORDER);
    CU_ASSERT(outbox_next(outbox, &parcel) && parcel.kind == PARCEL_EVENT);
    CU_ASSERT(outbox_next(outbox, &parcel) && parcel.kind == PARCEL_REPLY);
    CU_ASSERT(parcel.u.reply.ticket == 4);
    CU_ASSERT_FALSE(outbox_next(outbox, &parcel));
    end();
}

/* Steps, commits and departures at random: each event leaves once, in order, and
 * never before the rows that stood before it. */
static void run_at_random(uint64_t seed)
{
    uint64_t rows = 0, running = 0, durable = 0; /* counted in rows handed out */
    uint64_t needs[4000];
    uint32_t said = 0, heard = 0;
    struct prng prng;
    struct parcel parcel;
    uint64_t number;
    size_t n;

    begin();
    prng_seed(&prng, seed);
    for (int i = 0; i < 6000 && said < 3900; i++) {
        uint64_t choice = prng_below(&prng, 4);

        if (choice == 0) {
            for (uint64_t k = prng_below(&prng, 4); k > 0; k--)
                row(++rows);
            for (uint64_t k = prng_below(&prng, 3); k > 0; k--) {
                event(++said);
                needs[said] = rows;
            }
            take();
        } else if (choice == 1 && outbox_commit(outbox, &n, &number) != NULL) {
            CU_ASSERT_EQUAL_FATAL(running, durable);
            running = durable + n;
            CU_ASSERT_EQUAL_FATAL(running, rows);
        } else if (choice == 2 && running > durable) {
            outbox_committed(outbox);
            durable = running;
        } else if (choice == 3) {
            bool got = outbox_next(outbox, &parcel);

            CU_ASSERT_EQUAL_FATAL(got, heard < said && needs[heard + 1] <= durable);
            if (got)
                CU_ASSERT_EQUAL_FATAL(parcel.u.event.count, ++heard);
        }
    }
    CU_ASSERT(heard > 100);
    end();
}

static void test_at_random(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
        run_at_random(seed);
}

/* With a dead disk messages beyond the bound are dropped and counted; what the
 * clients wait for, and the probes' orders, are not. */
static void test_bound(void)
{
    struct parcel parcel;
    size_t messages = 0, others = 0;

    begin();
    row(1);
    take();
    for (int i = 0; i < OUTBOX_PARCELS_MAX + 10; i++) {
        output_message(&step, MESSAGE_ASK, 1);
        take();
    }
    CU_ASSERT_EQUAL(outbox_dropped(outbox), 10);
    output_reply(&step, 1, REPLY_OK);
    output_order(&step, ORDER_PING, 1);
    take();
    CU_ASSERT(outbox_next(outbox, &parcel) && parcel.u.order.kind == ORDER_PING);
    commit_is(1, 1);
    outbox_committed(outbox);
    while (outbox_next(outbox, &parcel)) {
        messages += parcel.kind == PARCEL_MESSAGE;
        others += parcel.kind != PARCEL_MESSAGE;
    }
    CU_ASSERT_EQUAL(messages, OUTBOX_PARCELS_MAX);
    CU_ASSERT_EQUAL(others, 1);
    CU_ASSERT_EQUAL(outbox_dropped(outbox), 10);
    end();
    outbox_free(NULL);
}

static void order(enum order_kind kind, uint32_t id)
{
    output_order(&step, kind, id)->link = LINK_CMD;
}

/* What waits for a command link that is opened anew meanwhile must not reach whoever is at its end
 * now. */
static void test_stale(void)
{
    static const struct {
        enum order_kind kind;
        uint32_t id;
        bool stale;
    } left[] = { { ORDER_PROMOTE, 1, true },
                 { ORDER_PROMOTE, 2, false },
                 { ORDER_FENCE, 1, false } };
    struct parcel parcel;

    begin();
    row(1);
    order(ORDER_HELLO, 1);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        order(left[i].kind, left[i].id);
    take();
    commit_is(1, 1);
    order(ORDER_OPEN, 1);
    take();
    outbox_committed(outbox);
    CU_ASSERT(outbox_next(outbox, &parcel) && parcel.u.order.kind == ORDER_OPEN);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        CU_ASSERT_FATAL(outbox_next(outbox, &parcel));
        CU_ASSERT_EQUAL(parcel.u.order.kind, left[i].kind);
        CU_ASSERT_EQUAL(parcel.u.order.id, left[i].id);
        CU_ASSERT_EQUAL(parcel.stale, left[i].stale);
    }
    CU_ASSERT_FALSE(outbox_next(outbox, &parcel));
    end();
}

/* A change of a group is not durable before its own commit is, whatever else is written. */
static void test_groups_durable(void)
{
    begin();
    CU_ASSERT(outbox_groups_durable(outbox));
    row(1);
    take();
    CU_ASSERT(outbox_groups_durable(outbox));
    commit_is(1, 1);
    output_row(&step, ROW_GROUP);
    take();
    CU_ASSERT_FALSE(outbox_groups_durable(outbox));
    outbox_committed(outbox);
    CU_ASSERT_FALSE(outbox_groups_durable(outbox));
    commit_is(2, 1);
    row(2);
    take();
    outbox_committed(outbox);
    CU_ASSERT(outbox_groups_durable(outbox));
    end();
}

static const struct unit_case cases[] = {
    { "without rows nothing waits", test_without_rows_nothing_waits },
    { "waits for its commit", test_waits_for_its_commit },
    { "rows are grouped", test_grouping },
    { "free orders leave at once", test_free_orders },
    { "order of kinds", test_order_of_kinds },
    { "at random", test_at_random },
    { "bound", test_bound },
    { "changes of groups", test_groups_durable },
    { "stale", test_stale },
};

int main(void)
{
    return unit_main("outbox", cases, sizeof cases / sizeof *cases);
}
