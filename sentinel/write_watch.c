#include "sentinel/write_watch.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/select.h"

#define REOPEN_MS      1000 /* between two attempts to connect */
#define OPEN_MAX_MS    5000 /* for one to come up */
#define HELD_MIN_MS    500  /* without an answer it counts as held back */
#define SEEN_MARGIN_MS 1000 /* what was seen longer ago than two questions counts no more */
#define HELD_MARGIN_MS 1000 /* beyond the longest pause of our own */
#define ROOM_PART      20   /* a replica must have 1 in so many of its memory free */
#define CONNECTIONS    2    /* on so many it must be held back */
#define SUCCESSOR_MS   2000 /* a replica that could take over counts for so long after it was seen \
                             */

static const struct {
    const char *word, *text;
} faults[WRITE_FAULT_COUNT] = {
#define X(id, word, text) { word, text },
    WRITE_FAULTS(X)
#undef X
};

void write_watch_init(struct write_watch *watch)
{
    *watch = (struct write_watch){ .bad_at = MSEC_NEVER, .successor_at = MSEC_NEVER };
}

static bool is_on(const struct group *group)
{
    return group->conf.write_probe_ms > 0;
}

static void note_end(struct core *core, struct node *node);

/* --- the link ------------------------------------------------------------------------------ */

static void move(struct core *core, struct write_watch *watch, enum write_link to)
{
    watch->link = to;
    watch->link_at = core->now;
    watch->ticket = 0;
}

void write_watch_close(struct core *core, struct node *node)
{
    if (node->write.link != WRITE_CLOSED)
        output_order(&core->output, ORDER_CLOSE, node->id)->link = LINK_WRITE;
    move(core, &node->write, WRITE_CLOSED);
    node->write.ask_at = core->now;
}

void write_watch_restart(struct core *core, struct node *node)
{
    write_watch_close(core, node);
    if (node->write.fault == WRITE_FAULT_HELD)
        note_end(core, node);
}

static void open(struct core *core, struct node *node)
{
    struct order *order = output_order(&core->output, ORDER_OPEN, node->id);

    order->link = LINK_WRITE;
    order->addr = node->addr;
    move(core, &node->write, WRITE_OPENING);
}

void write_watch_observe(struct core *core, struct node *node, const struct observation *seen)
{
    struct write_watch *watch = &node->write;

    if (watch->link == WRITE_CLOSED)
        return;
    if (seen->evidence == EVIDENCE_CONNECTED) {
        move(core, watch, WRITE_UP);
        watch->ask_at = core->now;
    } else if (evidence_class(seen->evidence) == EVIDENCE_CLASS_DOWN) {
        move(core, watch, WRITE_CLOSED);
        watch->ask_at = core->now + REOPEN_MS;
        if (watch->fault == WRITE_FAULT_HELD)
            note_end(core, node); /* nothing holds it back any more, as far as we know */
    }
}

/* --- what is known ------------------------------------------------------------------------- */

/* A write is possible, or whether one is is not known any more. */
static void note_end(struct core *core, struct node *node)
{
    struct write_watch *watch = &node->write;

    if (watch->told)
        emit_node_event(core, EVENT_WRITE_OK, node);
    watch->told = false;
    watch->fault = WRITE_FAULT_NONE;
    watch->bad_at = watch->successor_at = MSEC_NEVER;
    watch->connections = 0;
}

/* No write was possible at AT. */
static void note_fault(struct core *core, struct node *node, enum write_fault fault, msec at)
{
    struct write_watch *watch = &node->write;

    if (watch->fault != fault) {
        watch->bad_at = at;
        watch->connections = 0;
    }
    watch->fault = fault;
    watch->seen_at = core->now;
}

/* How long it must last. */
static msec patience(const struct group *group)
{
    msec patience = group->conf.write_down_after_ms;

    if (group->primary->write.fault != WRITE_FAULT_HELD)
        return patience;
    return msec_max(patience, group->conf.switchover_timeout_ms + HELD_MARGIN_MS);
}

/* When it has lasted long enough; MSEC_NEVER while nothing ails it. */
static msec over_at(const struct group *group)
{
    const struct write_watch *watch = &group->primary->write;

    if (watch->bad_at == MSEC_NEVER || !is_on(group))
        return MSEC_NEVER;
    if (watch->fault == WRITE_FAULT_HELD && watch->connections < CONNECTIONS)
        return MSEC_NEVER;
    return watch->bad_at + patience(group);
}

const char *write_watch_fault(const struct group *group)
{
    return over_at(group) <= group->core->now ? faults[group->primary->write.fault].text : "";
}

/* Whether it ails the primary now, and a failover might help. */
static bool is_curable(const struct group *group)
{
    const struct node *primary = group->primary;
    enum write_fault fault = primary->write.fault;

    return (fault == WRITE_FAULT_OOM || fault == WRITE_FAULT_MISCONF ||
            fault == WRITE_FAULT_HELD) &&
           group->core->now - primary->write.seen_at <=
               2 * group->conf.write_probe_ms + SEEN_MARGIN_MS &&
           probe_is_up(&primary->probe) && primary->info.role == ROLE_PRIMARY &&
           !primary->info.loading;
}

bool write_watch_is_held(const struct node *node)
{
    return node->write.fault == WRITE_FAULT_HELD;
}

/* When a successor that is not seen any more counts no longer. */
static msec successor_until(const struct group *group)
{
    msec at = group->primary->write.successor_at;

    return at == MSEC_NEVER ? 0 : at + SUCCESSOR_MS;
}

bool write_watch_is_down(struct core *core, struct group *group)
{
    struct write_watch *watch = &group->primary->write;

    if (over_at(group) > core->now || !is_curable(group))
        return false;
    if (select_successor(core, group, watch->bad_at) != NULL) {
        watch->successor_at = core->now;
        return true;
    }
    return group->primary->sdown && core->now < successor_until(group);
}

bool write_watch_excludes(const struct node *node)
{
    const struct group *group = node->group;
    const struct node_info *info = &node->info;
    uint64_t room = info->max_memory / ROOM_PART;

    if (!is_on(group) || group->primary->write.bad_at == MSEC_NEVER || group->primary->crashed ||
        probe_is_silent(&group->primary->probe, group->core->now))
        return false; /* when it is gone, better one of these than nobody */
    switch (group->primary->write.fault) {
    case WRITE_FAULT_OOM:
        return info->used_memory == 0 ||
               (info->max_memory != 0 && info->used_memory > info->max_memory - room);
    case WRITE_FAULT_MISCONF:
        return info->save_failed || info->append_failed;
    default:
        return false;
    }
}

/* --- asking -------------------------------------------------------------------------------- */

static void ask(struct core *core, struct group *group)
{
    struct node *primary = group->primary;

    primary->write.ticket = core_ticket(core, primary->id);
    primary->write.asked_at = core->now;
    primary->write.ask_at = core->now + group->conf.write_probe_ms;
    output_order(&core->output, ORDER_WRITE, primary->id)->ticket = primary->write.ticket;
}

/* From when on the question in flight counts as held back. */
static msec held_at(const struct group *group)
{
    return group->primary->write.asked_at + msec_max(group->conf.write_probe_ms, HELD_MIN_MS);
}

/* It may be the connection, even one to a process that is gone: when the question is asked again on
 * a new one. */
static msec remake_at(const struct group *group)
{
    return group->primary->write.asked_at + patience(group) / 2;
}

/* The question in flight has no answer yet. */
static void look_at_silence(struct core *core, struct group *group)
{
    struct node *primary = group->primary;
    struct write_watch *watch = &primary->write;

    if (core->now < held_at(group))
        return;
    note_fault(core, primary, WRITE_FAULT_HELD, watch->asked_at);
    if (watch->held_ticket != watch->ticket)
        watch->connections++;
    watch->held_ticket = watch->ticket;
    if (core->now < remake_at(group))
        return;
    write_watch_close(core, primary);
    open(core, primary);
}

/* When there is something to do about the link. */
static msec link_due(const struct group *group)
{
    const struct node *primary = group->primary;
    const struct write_watch *watch = &primary->write;

    if (!is_on(group) || !probe_is_up(&primary->probe) || drain_holds(primary))
        return MSEC_NEVER;
    if (watch->link == WRITE_OPENING)
        return watch->link_at + OPEN_MAX_MS;
    if (watch->ticket == 0)
        return watch->ask_at;
    return watch->held_ticket == watch->ticket ? remake_at(group) : held_at(group);
}

static void run_link(struct core *core, struct group *group)
{
    struct node *primary = group->primary;

    if (link_due(group) > core->now)
        return;
    if (primary->write.link == WRITE_CLOSED) {
        open(core, primary);
    } else if (primary->write.link == WRITE_OPENING) {
        write_watch_close(core, primary);
        primary->write.ask_at = core->now + REOPEN_MS;
    } else if (primary->write.ticket == 0) {
        ask(core, group);
    } else {
        look_at_silence(core, group);
    }
}

/* Nobody asks NODE any more. */
static void leave(struct core *core, struct node *node)
{
    if (node->write.link != WRITE_CLOSED)
        write_watch_close(core, node);
    note_end(core, node);
}

void write_watch_run(struct core *core, struct group *group)
{
    struct write_watch *watch = &group->primary->write;

    for (size_t i = 0; i < group->n_nodes; i++) {
        if (group->nodes[i] != group->primary || !is_on(group))
            leave(core, group->nodes[i]);
    }
    run_link(core, group);
    if (watch->fault == WRITE_FAULT_HELD && watch->ticket != 0)
        watch->seen_at = core->now;
    if (watch->told || over_at(group) > core->now)
        return;
    watch->told = true;
    event_detail(emit_group_event(core, EVENT_WRITE_FAULT, group), "%s, for %lld ms",
                 faults[watch->fault].text, (long long)(core->now - watch->bad_at));
}

msec write_watch_next(const struct core *core, const struct group *group)
{
    msec over = over_at(group), until = successor_until(group);
    msec next = msec_min(link_due(group), over > core->now ? over : MSEC_NEVER);

    return until > core->now ? msec_min(next, until) : next;
}

/* The first word of an error, and nothing more. */
static bool begins_with(const char *error, const char *word)
{
    size_t len = strlen(word);

    return strncmp(error, word, len) == 0 && (error[len] == ' ' || error[len] == '\0');
}

static enum write_fault fault_of(const char *error)
{
    for (int i = 0; i < WRITE_FAULT_COUNT; i++) {
        if (faults[i].word[0] != '\0' && begins_with(error, faults[i].word))
            return (enum write_fault)i;
    }
    return WRITE_FAULT_NONE;
}

/* It does not let us ask: told once, until it does. */
static void note_denied(struct core *core, struct node *node, const char *error)
{
    static const char *const words[] = { "NOPERM", "NOAUTH", "WRONGPASS", "ERR" };
    bool denied = false;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        denied = denied || begins_with(error, words[i]);
    if (denied && !node->write.denied)
        event_detail(emit_node_event(core, EVENT_WRITE_DENIED, node), "%.160s", error);
    node->write.denied = denied;
}

void write_watch_settled(struct core *core, struct node *node, const struct settled *settled)
{
    struct write_watch *watch = &node->write;
    enum write_fault fault = settled->ok ? WRITE_FAULT_NONE : fault_of(settled->error);

    if (watch->ticket == 0 || watch->ticket != settled->ticket)
        return;
    watch->ticket = 0;
    if (settled->lost)
        return; /* the link tells */
    note_denied(core, node, settled->ok ? "" : settled->error);
    if (fault == WRITE_FAULT_NONE)
        note_end(core, node);
    else
        note_fault(core, node, fault, watch->asked_at);
}
