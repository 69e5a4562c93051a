/*
 * Durable before visible, on a real file; the disk "fails" while another connection holds its lock.
 */
#include "sentinel/disk_io.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sentinel/outbox.h"
#include "sentinel/output.h"
#include "sentinel/row.h"
#include "sentinel/state_io.h"
#include "tests/unit/unit.h"

#define LIMIT_MS 10000

static struct {
    char dir[64];
    uv_loop_t loop;
    struct state *state;
    struct outbox *outbox;
    struct disk *disk;
    size_t durable, failed, good;
    uint64_t epoch;
    bool late;
} world;

static void on_durable(void *arg)
{
    (void)arg;
    world.durable++;
}

static void on_settled(void *arg, bool ok, const char *reason)
{
    (void)arg;
    CU_ASSERT(reason[0] != '\0');
    if (ok)
        world.good++;
    else
        world.failed++;
}

static void begin(void)
{
    static const struct disk_ops ops = { on_durable, on_settled };
    char error[STATE_ERROR_MAX];

    memset(&world, 0, sizeof world);
    snprintf(world.dir, sizeof world.dir, "/tmp/picket-disk-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(world.dir));
    CU_ASSERT_EQUAL_FATAL(state_open(&world.state, world.dir, error), 0);
    uv_loop_init(&world.loop);
    world.outbox = outbox_new();
    world.disk = disk_new(&world.loop, world.state, world.outbox, &ops, NULL);
}

static void finish(void)
{
    char command[128];

    disk_free(world.disk);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&world.loop), 0);
    outbox_free(world.outbox);
    state_close(world.state);
    snprintf(command, sizeof command, "rm -r '%s'", world.dir);
    CU_ASSERT_EQUAL(system(command), 0);
}

static void on_late(uv_timer_t *timer)
{
    (void)timer;
    world.late = true;
}

static void await(const size_t *count, size_t n)
{
    uv_timer_t late;

    uv_timer_init(&world.loop, &late);
    uv_timer_start(&late, on_late, LIMIT_MS, 0);
    while (*count < n && !world.late)
        uv_run(&world.loop, UV_RUN_ONCE);
    CU_ASSERT_FALSE(world.late);
    uv_close((uv_handle_t *)&late, NULL);
    uv_run(&world.loop, UV_RUN_NOWAIT);
}

/* A step that raises the epoch and says so in an event and a PING that does not wait. */
static void step(uint64_t epoch)
{
    struct output output;

    output_init(&output);
    output_row(&output, ROW_EPOCH)->epoch = epoch;
    output_event(&output, EVENT_NEW_EPOCH)->epoch = epoch;
    output_order(&output, ORDER_PING, 1);
    outbox_take(world.outbox, &output);
    output_done(&output);
    disk_kick(world.disk);
}

/* Parcels of that kind that may leave now. */
static size_t released(enum parcel_kind kind)
{
    struct parcel parcel;
    size_t n = 0;

    while (outbox_next(world.outbox, &parcel))
        n += parcel.kind == kind;
    return n;
}

static void take_row(void *arg, const struct row *row)
{
    (void)arg;
    if (row->kind == ROW_EPOCH)
        world.epoch = row->epoch;
}

/* The epoch on the disk; 0 = none. */
static uint64_t stored_epoch(void)
{
    char error[STATE_ERROR_MAX];

    world.epoch = 0;
    CU_ASSERT_EQUAL(state_load(world.state, take_row, NULL, error), 0);
    return world.epoch;
}

static sqlite3 *lock_database(void)
{
    char path[128];
    sqlite3 *db = NULL;

    snprintf(path, sizeof path, "%s/" STATE_FILE, world.dir);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void test_durable_first(void)
{
    begin();
    step(5);
    CU_ASSERT_FALSE(disk_idle(world.disk));
    CU_ASSERT_EQUAL(released(PARCEL_ORDER), 1);
    CU_ASSERT_EQUAL(released(PARCEL_EVENT), 0);
    await(&world.durable, 1);
    CU_ASSERT_EQUAL(released(PARCEL_EVENT), 1);
    CU_ASSERT_EQUAL(stored_epoch(), 5);
    CU_ASSERT(disk_idle(world.disk) && world.failed == 0 && world.good == 0);
    finish();
}

static void test_grouped(void)
{
    begin();
    for (uint64_t epoch = 1; epoch <= 10; epoch++)
        step(epoch);
    await(&world.durable, 1);
    CU_ASSERT_EQUAL(released(PARCEL_EVENT), 1);
    await(&world.durable, 2); /* the nine that came meanwhile are one commit */
    CU_ASSERT_EQUAL(released(PARCEL_EVENT), 9);
    CU_ASSERT_EQUAL(stored_epoch(), 10);
    CU_ASSERT(disk_idle(world.disk));
    finish();
}

static void test_fails_and_recovers(void)
{
    begin();
    sqlite3 *db = lock_database();

    step(5);
    await(&world.failed, 1);
    step(6);
    CU_ASSERT_EQUAL(world.durable, 0);
    CU_ASSERT_EQUAL(released(PARCEL_EVENT), 0);
    CU_ASSERT_FALSE(disk_idle(world.disk));
    sqlite3_close(db); /* rolls back: the lock is gone */
    await(&world.good, 1);
    CU_ASSERT(disk_idle(world.disk) && world.durable == 2 && world.failed == 1);
    CU_ASSERT_EQUAL(released(PARCEL_EVENT), 2);
    CU_ASSERT_EQUAL(stored_epoch(), 6);
    finish();
}

static const struct unit_case cases[] = {
    { "nothing that waits leaves before it is durable", test_durable_first },
    { "what comes during a commit is the next one", test_grouped },
    { "a failed commit is told, tried again, and told", test_fails_and_recovers },
};

int main(void)
{
    return unit_main("disk", cases, sizeof(cases) / sizeof(cases[0]));
}
