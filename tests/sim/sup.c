#include "tests/sim/sup.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "sentinel/outbox.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

#define COMMIT_LATE_MS      1000 /* as the shell has it */
#define COMMIT_RETRY_MIN_MS 50
#define COMMIT_RETRY_MAX_MS 1000

void sup_init(struct world *w, int index)
{
    struct sup *s = &w->sups[index];
    char id[RUNID_LEN + 1];

    *s = (struct sup){
        .index = (uint8_t)index, .endpoint = (uint8_t)index, .host_on = true, .unlisted = -1
    };
    snprintf(s->name, sizeof s->name, "s%d", index + 1);
    snprintf(s->host, sizeof s->host, "s%d", index + 1);
    repl_id_format(id, w->plan.seed * 16 + (uint64_t)index + 1);
    memcpy(s->runid, id, sizeof s->runid);
    s->disk.min_ms = w->plan.disk_min_ms;
    s->disk.max_ms = w->plan.disk_max_ms;
    s->offset = w->plan.seed ? world_between(w, 0, 1000000) : 0;
}

static void clear_inbox(struct world *w, struct sup *s)
{
    for (int i = 0; i < s->n_inbox; i++)
        packet_free(w, s->inbox[i].packet);
    s->n_inbox = 0;
}

/* What a process holds in memory. */
static void forget(struct world *w, struct sup *s)
{
    core_free(s->core);
    outbox_free(s->outbox);
    s->core = NULL;
    s->outbox = NULL;
    s->n_links = 0;
    s->committing = s->commit_late = s->commit_waits = s->stalled = false;
    s->stalled_ms = 0;
    s->aim = AIM_NONE;
    s->wake_at = s->armed_at = MSEC_NEVER;
    s->wake_gen++;
    s->commit_gen++;
    clear_inbox(w, s);
}

void sup_done(struct world *w, struct sup *s)
{
    forget(w, s);
    free(s->links);
    free(s->inbox);
    free(s->disk.rows);
}

static void configure(struct world *w, struct sup *s, int group)
{
    struct request request = { .kind = REQUEST_CONFIGURE };

    strcpy(request.name, world_group_name(group));
    request.addr = world_primary_addr(w, group);
    request.conf = w->plan.conf[group];
    sup_request(w, s, &request);
}

void sup_list_voters(struct world *w, struct sup *s)
{
    struct voter voters[PLAN_SUPS_MAX];
    struct request request = { .kind = REQUEST_VOTERS, .voters = voters };

    for (int i = 0; s->listed && i < w->plan.n_sups; i++) {
        struct voter *voter = &voters[request.n_voters];
        if (i == s->unlisted)
            continue;
        memset(voter, 0, sizeof *voter);
        if ((i + s->index) % 2 == 0)
            memcpy(voter->runid, w->sups[i].runid, sizeof voter->runid);
        else
            strcpy(voter->addr.host, w->sups[i].host);
        voter->addr.port = WORLD_PORT_SUP;
        request.n_voters++;
    }
    sup_request(w, s, &request);
}

/* How much of a hold is left is found out when it is loaded; all wall clocks are right. */
static void restore(const struct world *w, struct sup *s, struct row row)
{
    row.left_ms = msec_max(row.until_wall_ms - w->now, 0);
    core_restore(s->core, &row);
}

void sup_start(struct world *w, struct sup *s)
{
    struct addr self = { .port = WORLD_PORT_SUP };
    struct request retain = { .kind = REQUEST_RETAIN };

    assert(!s->alive);
    if (!w->plan.anonymous)
        strcpy(self.host, s->host);
    s->present = s->alive = s->host_on = true;
    s->life++;
    s->wake_at = s->armed_at = MSEC_NEVER;
    s->bad_at = w->now;
    if (w->plan.seed && world_chance(w, 300))
        s->offset = world_between(w, 0, 1000000); /* the host was started again */
    trace_note(w, "%s starts", s->name);
    s->core = core_new(s->runid, &self, w->plan.seed * 1000 + s->index * 100 + s->life,
                       audit_clock(w, s));
    s->outbox = outbox_new();
    audit_started(w, s);
    for (int groups = 1; groups >= 0; groups--) /* a group comes before what belongs to it */
        for (int i = 0; i < s->disk.n; i++)
            if ((s->disk.rows[i].kind == ROW_GROUP) == groups)
                restore(w, s, s->disk.rows[i]);

    uint32_t life = s->life;
    if (s->listed)
        sup_list_voters(w, s);
    if ((w->plan.questions.switchover_ms > 0 || w->plan.questions.failover_ms > 0) && s->alive &&
        s->life == life)
        sup_request(w, s,
                    &(struct request){ .kind = REQUEST_QUESTIONS, .questions = w->plan.questions });
    for (int g = 0; g < w->plan.n_groups && s->alive && s->life == life; g++)
        configure(w, s, g);
    if (s->alive && s->life == life)
        sup_request(w, s, &retain);
}

void sup_kill(struct world *w, struct sup *s, bool host_off)
{
    assert(s->alive);
    trace_note(w, "%s dies%s", s->name, host_off ? ", its host is off" : "");
    w->stats.crashes++;
    /* A commit that was running may have reached the disk, or not. */
    if (s->committing && !s->disk.failing && world_chance(w, 500)) {
        disk_apply(&s->disk, s->commit_rows, s->n_commit);
        audit_durable(w, s, s->commit_rows, s->n_commit);
    }
    s->alive = false;
    s->host_on = !host_off;
    s->bad_at = w->now;
    forget(w, s);
    net_drop_process(w, s->endpoint, host_off);
}

void sup_stall(struct world *w, struct sup *s)
{
    trace_note(w, "%s stands still", s->name);
    s->stalled = true;
    s->stalled_at = s->bad_at = w->now;
}

static void tick(struct world *w, struct sup *s)
{
    struct input input = { .kind = INPUT_TICK };

    s->wake_at = s->armed_at = MSEC_NEVER;
    s->wake_gen++;
    sup_feed(w, s, &input);
}

/* One timer: the earliest time asked for is in the queue; when it comes and a
 * later one is wanted meanwhile, it is put in again. */
static void arm(struct world *w, struct sup *s, msec wake)
{
    msec at = wake == MSEC_NEVER ? MSEC_NEVER : msec_max(wake - s->offset, w->now);

    s->wake_at = at;
    if (at < s->armed_at && at != MSEC_NEVER) {
        s->armed_at = at;
        world_later(w, at - w->now + world_between(w, 0, w->plan.timer_slack_ms), H_WAKE, s->index,
                    0, ++s->wake_gen);
    }
}

/* What came in while the process stood still. */
static void drain_inbox(struct world *w, struct sup *s)
{
    uint32_t life = s->life;

    while (s->n_inbox > 0 && s->alive && s->life == life) {
        struct request_in in = s->inbox[0];
        struct conn *conn = net_find(w, in.conn, in.serial);
        memmove(s->inbox, s->inbox + 1, (size_t)--s->n_inbox * sizeof *s->inbox);
        if (conn == NULL)
            packet_free(w, in.packet);
        else
            receive_packet(w, s, conn, in.dir, in.packet);
    }
}

void sup_resume(struct world *w, struct sup *s)
{
    uint32_t life = s->life;

    trace_note(w, "%s goes on", s->name);
    s->stalled = false;
    s->stalled_ms += w->now - s->stalled_at;
    s->bad_at = w->now;
    if (w->plan.tick_first && s->wake_at <= w->now)
        tick(w, s);
    if (s->alive && s->life == life)
        drain_inbox(w, s);
    if (s->alive && s->life == life && s->wake_at <= w->now)
        tick(w, s);
    else if (s->alive && s->life == life && s->wake_at != MSEC_NEVER)
        arm(w, s, s->wake_at + s->offset);
    if (s->alive && s->life == life && s->commit_waits) {
        s->commit_waits = false;
        sup_committed(w, s, s->commit_gen);
    }
}

void sup_wake(struct world *w, struct sup *s, uint64_t gen)
{
    if (!s->alive || gen != s->wake_gen)
        return;
    s->armed_at = MSEC_NEVER;
    if (s->stalled)
        return;
    if (s->wake_at <= w->now) {
        tick(w, s);
    } else if (s->wake_at != MSEC_NEVER) {
        arm(w, s, s->wake_at + s->offset);
    }
}

static bool counts_as_spinning(struct world *w, struct sup *s)
{
    if (s->step_at != w->now)
        s->steps = 0;
    s->step_at = w->now;
    return ++s->steps > SUP_STEPS_MAX;
}

/* Whether this step ends in a crash, and at which point of its way out. */
static void draw_aim(struct world *w, struct sup *s)
{
    if (!w->chaos || s->aim != AIM_NONE || !world_chance(w, w->plan.aim_pm))
        return;
    s->aim = (enum aim)world_between(w, AIM_BEFORE_COMMIT, AIM_COUNT - 1);
    w->stats.aimed++;
    trace_note(w, "%s will crash: aim %d", s->name, s->aim);
}

static void crash(struct world *w, struct sup *s)
{
    uint32_t life = s->life;

    sup_kill(w, s, false);
    if (w->plan.chaos_ms > 0) /* a story says itself when */
        world_later(w, world_between(w, 10, 3000), H_SUP_START, s->index, 0, life);
}

void sup_feed(struct world *w, struct sup *s, struct input *input)
{
    assert(s->alive && !s->stalled);
    input->now = audit_clock(w, s);
    w->stats.steps++;
    if (counts_as_spinning(w, s))
        world_fail(w, "%s takes more than %d steps in a millisecond", s->name, SUP_STEPS_MAX);
    trace_input(w, s, input);

    const struct output *output = core_step(s->core, input);
    size_t n_rows = output->n_rows;
    trace_output(w, s, output);
    audit_output(w, s, output);
    outbox_take(s->outbox, output);
    arm(w, s, output->wake);
    if (n_rows > 0)
        draw_aim(w, s);
    if (s->aim == AIM_BEFORE_COMMIT)
        crash(w, s);
    else
        sup_pump(w, s);
}

void sup_request(struct world *w, struct sup *s, struct request *request)
{
    struct input input = { .kind = INPUT_REQUEST };

    s->asked_at = w->now;
    input.u.request = *request;
    sup_feed(w, s, &input);
}

static void start_commit(struct world *w, struct sup *s)
{
    uint64_t commit;

    if (s->committing)
        return;
    s->commit_rows = outbox_commit(s->outbox, &s->n_commit, &commit);
    if (s->commit_rows == NULL)
        return;
    s->committing = true;
    s->commit_gen++;
    s->commit_retry_ms = COMMIT_RETRY_MIN_MS;

    msec takes = world_between(w, s->disk.min_ms, s->disk.max_ms);
    world_later(w, takes, H_COMMIT, s->index, 0, s->commit_gen);
    if (takes > COMMIT_LATE_MS)
        world_later(w, COMMIT_LATE_MS, H_COMMIT_LATE, s->index, 0, s->commit_gen);
    if (s->aim == AIM_IN_COMMIT)
        crash(w, s);
}

void sup_pump(struct world *w, struct sup *s)
{
    struct parcel parcel;
    uint32_t life = s->life;

    start_commit(w, s);
    while (s->alive && s->life == life && outbox_next(s->outbox, &parcel))
        carry_parcel(w, s, &parcel);
    if (s->alive && s->life == life && outbox_dropped(s->outbox) > 0)
        world_fail(w, "%s dropped %llu parcels", s->name,
                   (unsigned long long)outbox_dropped(s->outbox));
}

/* Orders that still wait for the disk are too old when it is back. */
static void recall_orders(struct world *w, struct sup *s)
{
    struct order order;

    while (outbox_recall(s->outbox, &order)) {
        audit_order_lost(w, s, &order);
        world_later(w, 0, H_LOST, s->index, s->life, order.ticket);
    }
}

static void tell_disk(struct world *w, struct sup *s, bool ok, const char *error)
{
    struct input input = { .kind = INPUT_SETTLED };
    uint32_t life = s->life;

    s->commit_late = !ok;
    input.u.settled.kind = SETTLED_DISK;
    input.u.settled.ok = ok;
    snprintf(input.u.settled.error, sizeof input.u.settled.error, "%s", error);
    sup_feed(w, s, &input);
    if (!ok && s->alive && s->life == life)
        recall_orders(w, s);
}

void sup_commit_late(struct world *w, struct sup *s, uint64_t gen)
{
    if (s->alive && !s->stalled && s->committing && s->commit_gen == gen && !s->commit_late)
        tell_disk(w, s, false, "a commit takes long");
}

void sup_commit_retry(struct world *w, struct sup *s, uint64_t gen)
{
    if (s->alive && s->commit_gen == gen)
        sup_committed(w, s, gen);
}

static void commit_failed(struct world *w, struct sup *s)
{
    world_later(w, s->commit_retry_ms, H_COMMIT_RETRY, s->index, 0, s->commit_gen);
    s->commit_retry_ms = msec_min(s->commit_retry_ms * 2, COMMIT_RETRY_MAX_MS);
    if (!s->commit_late)
        tell_disk(w, s, false, "disk is full");
}

void sup_committed(struct world *w, struct sup *s, uint64_t gen)
{
    uint32_t life = s->life;

    if (!s->alive || !s->committing || s->commit_gen != gen)
        return;
    if (s->stalled) {
        s->commit_waits = true;
        return;
    }
    if (s->disk.failing) {
        commit_failed(w, s);
        return;
    }
    disk_apply(&s->disk, s->commit_rows, s->n_commit);
    audit_durable(w, s, s->commit_rows, s->n_commit);
    s->committing = false;
    if (s->aim == AIM_BEFORE_SEND) {
        crash(w, s);
        return;
    }
    bool dies = s->aim == AIM_AFTER_SEND;
    outbox_committed(s->outbox);
    sup_pump(w, s);
    if (!s->alive || s->life != life)
        return;
    if (dies)
        crash(w, s);
    else if (s->commit_late && !outbox_busy(s->outbox))
        tell_disk(w, s, true, "");
}
