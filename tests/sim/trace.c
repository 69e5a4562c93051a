#include "tests/sim/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/input.h"
#include "sentinel/output.h"
#include "tests/sim/world.h"

static void mix(struct world *w, uint64_t value)
{
    w->hash = (w->hash ^ value) * UINT64_C(0x100000001b3);
    w->hash ^= w->hash >> 29;
}

static void line(const struct world *w, const char *who, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void line(const struct world *w, const char *who, const char *format, ...)
{
    va_list args;

    printf("[%6lld] %s ", (long long)w->now, who);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

void trace_note(struct world *w, const char *format, ...)
{
    va_list args;

    mix(w, (uint64_t)w->now);
    if (!w->verbose)
        return;
    printf("[%6lld] ** ", (long long)w->now);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

/* A run id as its supervisor's name. */
static const char *short_id(const struct world *w, const char *runid)
{
    int i = world_sup_by_runid(w, runid);

    return i >= 0 ? w->sups[i].name : runid[0] ? "someone" : "*";
}

void trace_event_text(const struct world *w, const struct event *event,
                      char ret_text[TRACE_LINE_MAX])
{
    char payload[EVENT_PAYLOAD_MAX];
    size_t n = (size_t)snprintf(ret_text, TRACE_LINE_MAX, "%s ", event_name(event->kind));

    event_format(event, payload);
    for (const char *p = payload; *p && n < TRACE_LINE_MAX - 1;) {
        char id[PEER_RUNID_LEN + 1];
        snprintf(id, sizeof id, "%.*s", PEER_RUNID_LEN, p);
        int i = world_sup_by_runid(w, id);
        if (i >= 0) {
            n += (size_t)snprintf(ret_text + n, TRACE_LINE_MAX - n, "%s", w->sups[i].name);
            p += PEER_RUNID_LEN;
        } else {
            ret_text[n++] = *p++;
        }
    }
    ret_text[n] = '\0';
}

static void hello_text(const struct world *w, const struct hello *hello, char *ret_text, size_t n)
{
    snprintf(ret_text, n, "%s says %s: %s:%u epoch %llu, current %llu", short_id(w, hello->runid),
             hello->group, hello->primary.host, hello->primary.port,
             (unsigned long long)hello->config_epoch, (unsigned long long)hello->current_epoch);
}

static void message_text(const struct world *w, const struct message *m, char *ret_text, size_t n)
{
    const char *kind = message_kind_name(m->kind);
    char text[512];

    switch (m->kind) {
    case MESSAGE_HELLO:
        hello_text(w, &m->u.hello, text, sizeof text);
        snprintf(ret_text, n, "%s peer %u node %u: %s", kind, m->peer, m->node, text);
        break;
    case MESSAGE_ASK:
        snprintf(ret_text, n, "%s peer %u #%llu: %s epoch %llu vote for %s", kind, m->peer,
                 (unsigned long long)m->ticket, m->u.ask.primary.host,
                 (unsigned long long)m->u.ask.epoch, short_id(w, m->u.ask.candidate));
        break;
    case MESSAGE_ANSWER:
        snprintf(ret_text, n, "%s peer %u #%llu: down %d, voted for %s in %llu", kind, m->peer,
                 (unsigned long long)m->ticket, m->u.answer.down, short_id(w, m->u.answer.leader),
                 (unsigned long long)m->u.answer.leader_epoch);
        break;
    case MESSAGE_OPINION:
        snprintf(ret_text, n, "%s peer %u: %s says %s %s epoch %llu down %d leading %llu", kind,
                 m->peer, short_id(w, m->u.opinion.runid), m->u.opinion.group,
                 m->u.opinion.primary.host, (unsigned long long)m->u.opinion.config_epoch,
                 m->u.opinion.down, (unsigned long long)m->u.opinion.leading_epoch);
        break;
    case MESSAGE_WHERE:
        snprintf(ret_text, n, "%s peer %u #%llu: %s", kind, m->peer, (unsigned long long)m->ticket,
                 m->u.group);
        break;
    case MESSAGE_THERE:
        snprintf(ret_text, n, "%s peer %u #%llu: %s", kind, m->peer, (unsigned long long)m->ticket,
                 m->u.there.addr.host);
        break;
    case MESSAGE_CLAIM:
        snprintf(ret_text, n, "%s peer %u #%llu: %s %s epoch %llu for %lld ms, over %llu", kind,
                 m->peer, (unsigned long long)m->ticket, m->u.claim.group,
                 m->u.claim.stake.addr.host, (unsigned long long)m->u.claim.stake.epoch,
                 (long long)m->u.claim.stake.ms, (unsigned long long)m->u.claim.stake.over);
        break;
    case MESSAGE_PLEDGE:
        snprintf(ret_text, n, "%s peer %u #%llu: given %d, %lld ms, lock %llu of %s", kind, m->peer,
                 (unsigned long long)m->ticket, m->u.pledge.given, (long long)m->u.pledge.ms,
                 (unsigned long long)m->u.pledge.serial, m->u.pledge.addr.host);
        break;
    case MESSAGE_COUNT:
    case MESSAGE_STOCK:
        snprintf(ret_text, n, "%s peer %u", kind, m->peer);
        break;
    }
}

static void info_text(const struct node_info *info, char *ret_text, size_t n)
{
    snprintf(ret_text, n, "%s%s of %s link %s%s prio %d offset %llu replid %.6s/%.6s, %u replicas",
             node_role_name(info->role), info->loading ? " loading" : "",
             info->primary.host[0] ? info->primary.host : "-", info->link_up ? "up" : "down",
             info->syncing ? " syncing" : "", info->priority, (unsigned long long)info->repl_offset,
             info->replid, info->replid2, info->n_replicas);
}

static const char *request_name(enum request_kind kind)
{
    static const char *const names[] = {
        [REQUEST_MONITOR] = "monitor",
        [REQUEST_REMOVE] = "remove",
        [REQUEST_SET] = "set",
        [REQUEST_RESET] = "reset",
        [REQUEST_FAILOVER] = "failover",
        [REQUEST_FLUSH] = "flush",
        [REQUEST_CONFIG_SET] = "config-set",
        [REQUEST_DEBUG] = "debug",
        [REQUEST_QUESTIONS] = "questions",
        [REQUEST_VOTERS] = "voters",
        [REQUEST_CONFIGURE_GLOBAL] = "configure-global",
        [REQUEST_CONFIGURE] = "configure",
        [REQUEST_RETAIN] = "retain",
    };

    return names[kind];
}

static void mix_input(struct world *w, const struct sup *s, const struct input *input)
{
    mix(w, (uint64_t)w->now << 8 | s->index << 4 | (unsigned)input->kind);
    switch (input->kind) {
    case INPUT_OBSERVATION:
        mix(w, (uint64_t)input->u.observation.id << 8 | (unsigned)input->u.observation.evidence);
        break;
    case INPUT_MESSAGE:
        mix(w, (uint64_t)input->u.message.kind << 32 | input->u.message.peer);
        break;
    case INPUT_SETTLED:
        mix(w, input->u.settled.ticket << 2 | (unsigned)input->u.settled.ok);
        break;
    default:
        break;
    }
}

static void print_input(struct world *w, const struct sup *s, const struct input *input)
{
    char text[800];
    const struct observation *o = &input->u.observation;

    switch (input->kind) {
    case INPUT_TICK:
        line(w, s->name, "< tick");
        break;
    case INPUT_OBSERVATION:
        text[0] = '\0';
        if (o->info != NULL)
            info_text(o->info, text, sizeof text);
        line(w, s->name, "< #%u %s %s %s", o->id, link_kind_name(o->link),
             evidence_name(o->evidence), text);
        break;
    case INPUT_MESSAGE:
        message_text(w, &input->u.message, text, sizeof text);
        line(w, s->name, "< %s", text);
        break;
    case INPUT_REQUEST:
        line(w, s->name, "< request %s %s", request_name(input->u.request.kind),
             input->u.request.name);
        break;
    case INPUT_SETTLED:
        line(w, s->name, "< settled %s #%llu %s %s %s",
             input->u.settled.kind == SETTLED_DISK ? "disk" : "order",
             (unsigned long long)input->u.settled.ticket,
             input->u.settled.ok     ? "ok"
             : input->u.settled.lost ? "lost"
                                     : "failed",
             node_role_name(input->u.settled.role), input->u.settled.error);
        break;
    }
}

void trace_input(struct world *w, const struct sup *s, const struct input *input)
{
    mix_input(w, s, input);
    if (w->verbose)
        print_input(w, s, input);
}

static void print_output(struct world *w, const struct sup *s, const struct output *out)
{
    char text[TRACE_LINE_MAX];

    for (size_t i = 0; i < out->n_rows; i++)
        line(w, s->name, "> row %s %s %s %s epoch %llu%s", row_kind_name(out->rows[i].kind),
             out->rows[i].group, out->rows[i].addr.host, short_id(w, out->rows[i].runid),
             (unsigned long long)out->rows[i].epoch, out->rows[i].owed ? " owed" : "");
    for (size_t i = 0; i < out->n_messages; i++) {
        message_text(w, &out->messages[i], text, sizeof text);
        line(w, s->name, "> %s", text);
    }
    for (size_t i = 0; i < out->n_orders; i++) {
        text[0] = '\0';
        if (out->orders[i].kind == ORDER_HELLO)
            hello_text(w, &out->orders[i].hello, text, sizeof text);
        line(w, s->name, "> order %s #%u %s %s%s", order_kind_name(out->orders[i].kind),
             out->orders[i].id, link_kind_name(out->orders[i].link), out->orders[i].addr.host,
             text);
    }
    for (size_t i = 0; i < out->n_events; i++) {
        trace_event_text(w, &out->events[i], text);
        line(w, s->name, "> event %s", text);
    }
    for (size_t i = 0; i < out->n_replies; i++)
        line(w, s->name, "> reply #%llu code %d", (unsigned long long)out->replies[i].ticket,
             (int)out->replies[i].code);
}

void trace_output(struct world *w, const struct sup *s, const struct output *out)
{
    mix(w, out->n_rows << 24 ^ out->n_messages << 16 ^ out->n_orders << 8 ^ out->n_events);
    mix(w, out->wake == MSEC_NEVER ? 0 : (uint64_t)(out->wake - s->offset));
    for (size_t i = 0; i < out->n_events; i++)
        mix(w, (uint64_t)out->events[i].kind << 32 | out->events[i].id);
    if (w->verbose)
        print_output(w, s, out);
}
