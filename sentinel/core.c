#include "sentinel/core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/adopt.h"
#include "sentinel/arm.h"
#include "sentinel/busy.h"
#include "sentinel/candidates.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/groups.h"
#include "sentinel/guard.h"
#include "sentinel/input.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/opinions.h"
#include "sentinel/peers.h"
#include "sentinel/repoint.h"
#include "sentinel/requests.h"
#include "sentinel/restore.h"
#include "sentinel/role_order.h"
#include "sentinel/role_watch.h"
#include "sentinel/salvage.h"
#include "sentinel/things.h"

#define BUSY_MIN_MS  30  /* a timer that comes later than this: others may have been quicker */
#define LATE_MIN_MS  50  /* a timer that comes later than this: we stood still */
#define STALL_MIN_MS 250 /* so long that what was being decided is decided anew */
#define STEADY_MS    500 /* and time to read what came in meanwhile, before roles are given */

struct core *core_new(const char *runid, const struct addr *self, uint64_t seed, msec now)
{
    struct core *core = calloc(1, sizeof *core);

    assert(core != NULL && peer_runid_valid(runid, strlen(runid)));
    memcpy(core->runid, runid, sizeof core->runid);
    core->self = *self;
    core->now = core->started_at = now;
    core->tilt_until = core->refusal_told_at = MSEC_NEVER;
    core->pace = pace_default;
    global_conf_init(&core->global);
    global_conf_init(&core->global_base);
    tunables_init(&core->tunables);
    core->first_serial = seed % LOCK_SERIAL_MAX;
    prng_seed(&core->prng, seed);
    deadlines_init(&core->deadlines);
    output_init(&core->output);
    return core;
}

void core_free(struct core *core)
{
    if (core == NULL)
        return;
    candidates_clear(core); /* first: takes deadlines out of a heap in which the nodes' stand too */
    for (size_t i = 0; i < core->n_groups; i++)
        group_free(core->groups[i]);
    for (size_t i = 0; i < core->n_peers; i++)
        free(core->peers[i]);
    free(core->removed);
    free(core->voters);
    free(core->things);
    deadlines_done(&core->deadlines);
    output_done(&core->output);
    free(core);
}

void core_restore(struct core *core, const struct row *row)
{
    restore_row(core, row);
    output_clear(&core->output); /* it stands in the state already */
}

/* We stood still for up to STALL_MS: silence that overlaps it proves nothing. */
static void forgive(struct core *core, msec stall_ms, msec late_ms)
{
    for (size_t i = 0; i < core->n_groups; i++) {
        struct group *group = core->groups[i];

        for (size_t j = 0; j < group->n_nodes; j++)
            probe_forgive(&group->nodes[j]->probe, stall_ms);
        if (late_ms >= STALL_MIN_MS)
            failover_stalled(core, group);
    }
    for (size_t i = 0; i < core->n_peers; i++)
        probe_forgive(&core->peers[i]->probe, stall_ms);
}

/* The timer comes late. When we began to stand still is not known, only that it
 * was after the step before: all of that is forgiven. */
static void note_stall(struct core *core, msec due, msec before)
{
    msec late_ms = due == MSEC_NEVER ? 0 : core->now - due;

    if (late_ms >= BUSY_MIN_MS)
        core->late_at = core->now;
    if (late_ms >= LATE_MIN_MS)
        forgive(core, core->now - before, late_ms);
    if (late_ms >= STALL_MIN_MS)
        core->steady_at = core->now + STEADY_MS;
    if (late_ms >= core->tunables.tilt_trigger) {
        if (core->tilt_until == MSEC_NEVER) {
            core->tilt_since = core->now;
            emit_core_event(core, EVENT_TILT);
        }
        core->tilt_until = core->now + core->tunables.tilt_period;
    } else if (core->now >= core->tilt_until) {
        core->tilt_until = MSEC_NEVER;
        emit_core_event(core, EVENT_UNTILT);
    }
}

static void take_observation(struct core *core, const struct observation *seen)
{
    struct node *node = core_find_node(core, seen->id);
    struct peer *peer = core_find_peer(core, seen->id);

    if (node != NULL) {
        node_observe(core, node, seen);
        group_run(core, node->group);
    } else if (peer != NULL) {
        peer_observe(core, peer, seen);
    }
}

/* The answer of a member, or of who turns out to be one. */
static void take_there(struct core *core, const struct message *message)
{
    struct hello hello;

    if (candidate_confirmed(core, message, &hello))
        adopt_hello(core, &hello);
    else
        adopt_there(core, message);
}

static void take_message(struct core *core, const struct message *message)
{
    if (message->kind == MESSAGE_HELLO)
        adopt_hello(core, &message->u.hello);
    else if (message->kind == MESSAGE_THERE)
        take_there(core, message);
    else if (message->kind == MESSAGE_CLAIM || message->kind == MESSAGE_PLEDGE)
        lease_hear(core, message);
    else
        opinions_take(core, message);
}

static void run_all(struct core *core)
{
    for (size_t i = 0; i < core->n_groups; i++)
        group_run(core, core->groups[i]);
}

static void take_disk(struct core *core, const struct settled *settled)
{
    if (core->disk_stalled == !settled->ok)
        return;
    core->disk_stalled = !settled->ok;
    event_detail(emit_core_event(core, settled->ok ? EVENT_DISK_OK : EVENT_DISK_STALLED), "%.150s",
                 settled->ok ? "state is durable again" : settled->error);
    run_all(core);
}

static void take_settled(struct core *core, const struct settled *settled)
{
    struct node *node;

    if (settled->kind == SETTLED_DISK) {
        take_disk(core, settled);
        return;
    }
    node = core_find_node(core, ticket_id(settled->ticket));
    if (node == NULL)
        return;
    struct settled told = *settled;

    role_watch_settled(core, node, settled);
    told.again = role_order_settled(core, node, settled);
    salvage_settled(core, node, &told);
    arm_settled(core, node, settled);
    failover_settled(core, node->group, &told);
    repoint_settled(core, node, &told);
    guard_settled(core, node, settled);
    lease_settled(core, node, settled);
    tune_settled(core, node, settled);
    busy_settled(core, node, settled);
    write_watch_settled(core, node, settled);
    group_run(core, node->group);
}

static void take_input(struct core *core, const struct input *input)
{
    switch (input->kind) {
    case INPUT_TICK:
        break;
    case INPUT_OBSERVATION:
        take_observation(core, &input->u.observation);
        break;
    case INPUT_MESSAGE:
        take_message(core, &input->u.message);
        break;
    case INPUT_REQUEST:
        requests_take(core, &input->u.request);
        break;
    case INPUT_SETTLED:
        take_settled(core, &input->u.settled);
        break;
    }
}

/* Do what is due. A node's wake is its group's as well: its silence may just
 * have begun to mean something. */
static void run_due(struct core *core)
{
    struct deadline *due;

    while ((due = deadlines_pop(&core->deadlines, core->now)) != NULL) {
        void *thing = thing_find(core, due->id, (enum thing_kind)due->kind);

        assert(thing != NULL);
        if (due->kind == THING_GROUP) {
            group_run(core, thing);
        } else if (due->kind == THING_PEER) {
            peer_wake(core, thing);
        } else {
            node_wake(core, thing);
            group_run(core, ((struct node *)thing)->group);
        }
    }
}

const struct output *core_step(struct core *core, const struct input *input)
{
    msec due = core->output.wake, before = core->now;

    assert(input->now >= before);
    core->now = input->now;
    output_clear(&core->output);
    note_stall(core, due, before);
    take_input(core, input);
    run_due(core);
    core->output.wake = msec_min(deadlines_next(&core->deadlines), core->tilt_until);
    return &core->output;
}
