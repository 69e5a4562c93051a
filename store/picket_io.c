#include "store/picket_io.h"

#include "store/exec.h"
#include "store/guard_io.h"
#include "store/shell_io.h"
#include "wire/buf.h"
#include "wire/log_io.h"

/* --- what there is to tell ------------------------------------------------------------------- */

/* A field of INFO and STATUS: a number, or a text. */
struct field {
    const char *name;
    int64_t (*number)(struct shell *sh);
    const char *(*text)(struct shell *sh);
};

static const char *start_gate(struct shell *sh)
{
    if (sh->store.guard.gate == GUARD_CLOSED)
        return "closed";
    return option_number(&sh->store.options, OPT_START_GATE) != 0 ? "open" : "off";
}

static int64_t write_lease_ms(struct shell *sh)
{
    return option_number(&sh->store.options, OPT_WRITE_LEASE);
}

static int64_t lease_left_ms(struct shell *sh)
{
    return guard_left_ms(&sh->store.guard, guard_clock_ms());
}

static int64_t lease_epoch(struct shell *sh)
{
    return sh->store.guard.epoch;
}

static const char *lease_holder(struct shell *sh)
{
    return sh->store.guard.holder;
}

static int64_t lease_clock_ms(struct shell *sh)
{
    (void)sh;
    return guard_clock_ms();
}

static int64_t sync_replicas(struct shell *sh)
{
    return option_number(&sh->store.options, OPT_SYNC_REPLICAS);
}

static int64_t sync_online(struct shell *sh)
{
    return (int64_t)sh->store.online_replicas;
}

static int64_t sync_waiting(struct shell *sh)
{
    return (int64_t)sh->store.held.count;
}

static int64_t sync_failed(struct shell *sh)
{
    return (int64_t)sh->store.held.failed;
}

/* In INFO replication, and in STATUS. */
static const struct field guard_fields[] = {
    { .name = "start_gate", .text = start_gate },
    { .name = "write_lease_ms", .number = write_lease_ms },
    { .name = "lease_left_ms", .number = lease_left_ms },
    { .name = "lease_epoch", .number = lease_epoch },
    { .name = "lease_holder", .text = lease_holder },
    { .name = "lease_clock_ms", .number = lease_clock_ms },
    { .name = "sync_replicas", .number = sync_replicas },
    { .name = "sync_replicas_online", .number = sync_online },
    { .name = "sync_replicas_waiting", .number = sync_waiting },
    { .name = "sync_replicas_failed", .number = sync_failed },
};

static const char *role(struct shell *sh)
{
    return store_is_replica(&sh->store) ? "slave" : "master";
}

static const char *run_id(struct shell *sh)
{
    return sh->run_id;
}

static const char *replid(struct shell *sh)
{
    return sh->store.repl.id;
}

static int64_t repl_offset(struct shell *sh)
{
    return sh->store.repl.offset;
}

static int64_t keys(struct shell *sh)
{
    return (int64_t)keyspace_count_all(&sh->store.data);
}

/* Why a write would be refused now, in one word. */
static const char *writes(struct shell *sh)
{
    static const char *const words[] = {
        [OBSTACLE_NONE] = "yes",
        [OBSTACLE_REPLICA] = "replica",
        [OBSTACLE_GATE] = "gate",
        [OBSTACLE_LEASE] = "lease",
        [OBSTACLE_SAVE] = "save",
        [OBSTACLE_LOG] = "append-only",
        [OBSTACLE_MIN_REPLICAS] = "min-replicas",
        [OBSTACLE_SYNC_REPLICAS] = "sync-replicas",
    };
    const struct store *s = &sh->store;
    enum write_obstacle obstacle = exec_write_obstacle(s);

    if (s->phase == STORE_LOADING)
        return "loading";
    return obstacle == OBSTACLE_NONE && store_is_paused(s, true) ? "paused" : words[obstacle];
}

static const struct field status_fields[] = {
    { .name = "role", .text = role },
    { .name = "run_id", .text = run_id },
    { .name = "master_replid", .text = replid },
    { .name = "master_repl_offset", .number = repl_offset },
    { .name = "keys", .number = keys },
    { .name = "writes", .text = writes },
};

#define COUNT(fields) (sizeof(fields) / sizeof(fields[0]))

static void put_reply(struct shell *sh, struct client *c, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        resp_bulk_str(&c->reply, fields[i].name);
        if (fields[i].text != NULL)
            resp_bulk_str(&c->reply, fields[i].text(sh));
        else
            resp_int(&c->reply, fields[i].number(sh));
    }
}

void picket_put_info(struct shell *sh, struct buf *b)
{
    for (size_t i = 0; i < COUNT(guard_fields); i++) {
        const struct field *f = &guard_fields[i];

        if (f->text != NULL)
            buf_printf(b, "%s:%s\r\n", f->name, f->text(sh));
        else
            buf_printf(b, "%s:%lld\r\n", f->name, (long long)f->number(sh));
    }
}

void cmd_picket_status(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);

    (void)argc;
    (void)argv;
    shell_set_clock(sh);
    resp_map(&c->reply, COUNT(status_fields) + COUNT(guard_fields));
    put_reply(sh, c, status_fields, COUNT(status_fields));
    put_reply(sh, c, guard_fields, COUNT(guard_fields));
}

/* --- who may speak --------------------------------------------------------------------------- */

/*
 * The epoch and id of a supervisor: known, or new and now durable. False after the error was
 * written; *ret_valid says whether it was the disk's fault only.
 */
static bool take_epoch(struct shell *sh, struct client *c, const struct slice *argv,
                       bool *ret_valid)
{
    const struct guard *g = &sh->store.guard;
    char error[FILE_ERROR_TEXT_MAX];
    int64_t epoch;

    *ret_valid = false;
    if (!slice_to_int64(argv[0], &epoch) || epoch < 0) {
        resp_error(&c->reply, "ERR epoch is not an integer or out of range");
        return false;
    }
    if (!guard_holder_is_valid(argv[1])) {
        resp_errorf(&c->reply, "ERR supervisor-id must be 1 to %d printable characters",
                    GUARD_HOLDER_MAX);
        return false;
    }
    switch (guard_judge(g, epoch, argv[1])) {
    case GUARD_STALE:
        resp_errorf(&c->reply, "STALEEPOCH epoch %lld has been seen, from %s", (long long)g->epoch,
                    g->holder);
        return false;
    case GUARD_FOREIGN:
        resp_errorf(&c->reply, "STALEEPOCH epoch %lld belongs to %s", (long long)g->epoch,
                    g->holder);
        return false;
    case GUARD_NEW:
        *ret_valid = true;
        if (guard_save(sh, epoch, argv[1], error))
            return true;
        resp_errorf(&c->reply, "ERR the epoch cannot be kept: %s", error);
        return false;
    case GUARD_SAME:
        break;
    }
    *ret_valid = true;
    return true;
}

/* --- LEASE ----------------------------------------------------------------------------------- */

/* FROM: the reading of our clock from which the lease counts; without it, now. */
static bool take_from(struct client *c, size_t argc, const struct slice *argv, int64_t now_ms,
                      int64_t *ret_from_ms)
{
    *ret_from_ms = now_ms;
    if (argc == 5)
        return true;
    if (argc != 7 || !slice_is_nocase(argv[5], "FROM")) {
        resp_error(&c->reply, store_error_syntax);
        return false;
    }
    if (!slice_to_int64(argv[6], ret_from_ms) || *ret_from_ms < 0) {
        resp_error(&c->reply, "ERR clock-ms is not an integer or out of range");
        return false;
    }
    if (*ret_from_ms <= now_ms)
        return true;
    resp_errorf(&c->reply, "BADCLOCK the clock of this node says %lld", (long long)now_ms);
    return false;
}

/* No more than write-lease-ms at a time. */
static int64_t cut_to_option(const struct store *s, int64_t ms)
{
    int64_t most = option_number(&s->options, OPT_WRITE_LEASE);

    return most > 0 && ms > most ? most : ms;
}

void cmd_picket_lease(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    int64_t ms, from_ms, now_ms = guard_clock_ms(), left_ms = 0;
    bool valid, known;

    if (!slice_to_int64(argv[2], &ms) || ms < 0 || ms > GUARD_LEASE_MS_MAX) {
        resp_errorf(&c->reply, "ERR ms must be between 0 and %d", GUARD_LEASE_MS_MAX);
        return;
    }
    if (!take_from(c, argc, argv, now_ms, &from_ms))
        return;
    known = take_epoch(sh, c, argv + 3, &valid);
    /* A word against writing holds even when the disk cannot keep it. */
    if (valid && ms == 0)
        guard_revoke(&s->guard);
    if (!known)
        return;
    if (ms > 0 && !store_is_replica(s))
        left_ms = guard_renew(&s->guard, from_ms, cut_to_option(s, ms), now_ms);
    shell_set_clock(sh);
    resp_array(&c->reply, 2);
    resp_int(&c->reply, left_ms);
    resp_int(&c->reply, now_ms);
}

/* --- CONFIRM --------------------------------------------------------------------------------- */

void cmd_picket_confirm(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    bool valid;

    if (argc != 2 && argc != 4) {
        resp_error(&c->reply, store_error_syntax);
        return;
    }
    if (argc == 4 && !take_epoch(shell_of(s), c, argv + 2, &valid))
        return;
    if (s->guard.gate == GUARD_CLOSED)
        log_notice("the start gate is open, as client %s asked", c->addr);
    s->guard.gate = GUARD_OPEN;
    resp_ok(&c->reply);
}
