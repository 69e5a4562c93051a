#include "sentinel/metrics.h"

#include <string.h>

#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/view.h"
#include "wire/buf.h"

#define PREFIX "picket_"

/* In a label, backslash, quote and end of line are escaped. */
static void put_escaped(struct buf *buf, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '"')
            buf_append(buf, "\\", 1);
        buf_append(buf, *text == '\n' ? "\\n" : text, *text == '\n' ? 2 : 1);
    }
}

/* Whole numbers, which most are, without the cost of fractions. */
static void put_value(struct buf *buf, double value)
{
    if (value >= 0 && value < 1e15 && value == (double)(long long)value)
        buf_printf(buf, " %lld\n", (long long)value);
    else
        buf_printf(buf, " %.15g\n", value);
}

static void put_head(struct buf *buf, const char *name, const char *type, const char *help)
{
    buf_printf(buf, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

/* --- the supervisor ------------------------------------------------------------------------- */

/*   X(name, type, value, help) */
#define DAEMON_METRICS(X)                                                                          \
    X("start_time_seconds", "gauge", facts->started_s, "When the process began, since 1970.")      \
    X("cpu_seconds_total", "counter", facts->cpu_s, "Time that the process used on processors.")   \
    X("groups", "gauge", (double)core->n_groups, "Groups that are watched.")                       \
    X("supervisors", "gauge", 1.0 + (double)core->n_peers,                                         \
      "Supervisors known, this one included.")                                                     \
    X("epoch", "gauge", (double)core->current_epoch, "The highest epoch seen.")                    \
    X("tilted", "gauge", core->tilt_until != MSEC_NEVER,                                           \
      "1 while the process distrusts its clock, having stood still.")                              \
    X("disk_stalled", "gauge", core->disk_stalled, "1 while the state cannot be stored.")          \
    X("inputs_total", "counter", (double)facts->inputs, "Inputs that were decided on.")            \
    X("inputs_dropped_total", "counter", (double)facts->inputs_dropped,                            \
      "Inputs that found the queue full.")                                                         \
    X("malformed_total", "counter", (double)facts->malformed,                                      \
      "Hellos and replies of other supervisors that made no sense.")                               \
    X("http_requests_total", "counter", (double)facts->http_requests, "HTTP requests answered.")   \
    X("http_refused_total", "counter", (double)facts->http_refused,                                \
      "HTTP requests without the token, with another method, or one stream too many.")             \
    X("http_dropped_total", "counter", (double)facts->http_dropped,                                \
      "HTTP connections dropped because they were idle or too slow.")                              \
    X("http_streams", "gauge", (double)facts->http_streams, "Event streams that are open.")

static void put_daemon(struct buf *buf, const struct core *core, const struct metrics_facts *facts)
{
    put_head(buf, "build_info", "gauge", "1, with the version.");
    buf_printf(buf, PREFIX "build_info{version=\"%s\"} 1\n", facts->version);
#define X(name, type, value, help)                                                                 \
    put_head(buf, name, type, help);                                                               \
    buf_append_str(buf, PREFIX name);                                                              \
    put_value(buf, (double)(value));
    DAEMON_METRICS(X)
#undef X
}

/* --- groups and nodes ----------------------------------------------------------------------- */

static bool get_down(const struct group *group, double *ret)
{
    *ret = group->odown;
    return true;
}

static bool get_switching(const struct group *group, double *ret)
{
    char reason[VIEW_REASON_MAX];

    *ret = view_group(group, reason) == VIEW_GROUP_SWITCHING;
    return true;
}

static bool get_well(const struct group *group, double *ret)
{
    char reason[VIEW_REASON_MAX];

    *ret = view_group(group, reason) == VIEW_GROUP_OK;
    return true;
}

static bool get_paused(const struct group *group, double *ret)
{
    *ret = hold_is_paused(group);
    return true;
}

static bool get_cool_down(const struct group *group, double *ret)
{
    msec left = flap_hold_until(group) - group->core->now;

    *ret = left > 0 ? (double)left / 1000.0 : 0.0;
    return true;
}

static bool get_config_epoch(const struct group *group, double *ret)
{
    *ret = (double)group->config_epoch;
    return true;
}

static bool get_voters(const struct group *group, double *ret)
{
    *ret = group_voters(group);
    return true;
}

static bool get_usable(const struct group *group, double *ret)
{
    *ret = group_usable(group);
    return true;
}

static bool get_needed(const struct group *group, double *ret)
{
    *ret = group_needed(group);
    return true;
}

static bool get_pledges(const struct group *group, double *ret)
{
    *ret = lease_pledges(group);
    return lease_is_needed(group->primary);
}

static const struct group_metric {
    const char *name;
    bool (*get)(const struct group *group, double *ret);
    const char *help;
} group_metrics[] = {
    { "group_well", get_well, "1 while nothing is amiss in the group." },
    { "group_primary_down", get_down, "1 while the quorum says that the primary is down." },
    { "group_switching", get_switching, "1 while another primary is being chosen or promoted." },
    { "group_paused", get_paused, "1 while an operator wants no failover." },
    { "group_cool_down_seconds", get_cool_down,
      "How long the next failover waits, after several in short succession." },
    { "group_config_epoch", get_config_epoch, "The epoch in which the primary became it." },
    { "group_supervisors", get_voters, "Supervisors that have a vote." },
    { "group_supervisors_usable", get_usable, "Those of them that are in reach." },
    { "group_supervisors_needed", get_needed, "How many of them a failover needs." },
    { "group_lease_pledges", get_pledges,
      "How many of them stand behind the primary, which takes writes only with a lease." },
};

static void put_group_metric(struct buf *buf, const struct core *core,
                             const struct group_metric *metric)
{
    double value;

    put_head(buf, metric->name, "gauge", metric->help);
    for (size_t i = 0; i < core->n_groups; i++) {
        if (!metric->get(core->groups[i], &value))
            continue;
        buf_printf(buf, PREFIX "%s{group=\"", metric->name);
        put_escaped(buf, core->groups[i]->name);
        buf_append_str(buf, "\"}");
        put_value(buf, value);
    }
}

static bool get_node_up(const struct node *node, double *ret)
{
    *ret = !node->sdown;
    return true;
}

static bool get_node_primary(const struct node *node, double *ret)
{
    *ret = node == node->group->primary;
    return true;
}

static bool get_node_well(const struct node *node, double *ret)
{
    *ret = view_node(node) == VIEW_NODE_OK;
    return true;
}

static bool get_maintained(const struct node *node, double *ret)
{
    *ret = hold_is_maintained(node);
    return true;
}

static bool get_quarantined(const struct node *node, double *ret)
{
    *ret = flap_is_quarantined(node->group->core, node);
    return true;
}

static bool get_offset(const struct node *node, double *ret)
{
    *ret = (double)(node->info.role == ROLE_PRIMARY ? node->info.primary_offset
                                                    : node->info.repl_offset);
    return node->info.role != ROLE_UNKNOWN;
}

static bool get_lag_bytes(const struct node *node, double *ret)
{
    uint64_t bytes;
    msec ms;

    if (!view_lag(node, &bytes, &ms))
        return false;
    *ret = (double)bytes;
    return true;
}

static bool get_lag_seconds(const struct node *node, double *ret)
{
    uint64_t bytes;
    msec ms;

    if (!view_lag(node, &bytes, &ms))
        return false;
    *ret = (double)ms / 1000.0;
    return true;
}

static bool get_reply_age(const struct node *node, double *ret)
{
    msec age = node->group->core->now - node->probe.last_valid;

    *ret = age > 0 ? (double)age / 1000.0 : 0.0;
    return true;
}

/* None, too, when it is not known. */
static bool get_lease(const struct node *node, double *ret)
{
    int64_t left_ms = lease_left_ms(node->group->core, node);

    *ret = (double)left_ms / 1000.0;
    return lease_is_needed(node) && left_ms >= 0;
}

static const struct node_metric {
    const char *name;
    bool (*get)(const struct node *node, double *ret);
    const char *help;
} node_metrics[] = {
    { "node_up", get_node_up, "0 while this supervisor takes the node for down." },
    { "node_well", get_node_well,
      "1 while the node is what it shall be: primary, or a replica of it." },
    { "node_maintenance", get_maintained, "1 while an operator wants the node left alone." },
    { "node_quarantined", get_quarantined,
      "1 for a node that failed as a primary again and again: a candidate behind all others." },
    { "node_primary", get_node_primary, "1 for the group's primary." },
    { "node_lease_seconds", get_lease,
      "How long a node that takes writes only with a lease still has one, as it said last." },
    { "node_last_reply_seconds", get_reply_age, "Since the last valid reply." },
    { "node_replication_offset_bytes", get_offset, "Where the node was in the stream." },
    { "node_replication_lag_bytes", get_lag_bytes, "How far a replica was behind, in bytes." },
    { "node_replication_lag_seconds", get_lag_seconds, "How far a replica was behind, estimated." },
};

static void put_node(struct buf *buf, const struct node *node, const struct node_metric *metric)
{
    char text[ADDR_TEXT_MAX];
    struct addr addr = node_shown_addr(node);
    double value;

    if (node->rumoured || !metric->get(node, &value))
        return;
    buf_printf(buf, PREFIX "%s{group=\"", metric->name);
    put_escaped(buf, node->group->name);
    buf_append_str(buf, "\",node=\"");
    put_escaped(buf, addr_format(&addr, text));
    buf_append_str(buf, "\"}");
    put_value(buf, value);
}

static void put_node_metric(struct buf *buf, const struct core *core,
                            const struct node_metric *metric)
{
    put_head(buf, metric->name, "gauge", metric->help);
    for (size_t i = 0; i < core->n_groups; i++) {
        for (size_t k = 0; k < core->groups[i]->n_nodes; k++)
            put_node(buf, core->groups[i]->nodes[k], metric);
    }
}

/* --- events and laps ------------------------------------------------------------------------ */

static void put_events(struct buf *buf, const struct metrics_facts *facts)
{
    put_head(buf, "events_total", "counter", "Events told, by name.");
    for (int kind = 0; kind < EVENT_COUNT; kind++) {
        buf_append_str(buf, PREFIX "events_total{event=\"");
        put_escaped(buf, event_name((enum event_kind)kind));
        buf_printf(buf, "\"} %llu\n", (unsigned long long)facts->events[kind]);
    }
}

/* --- hooks ------------------------------------------------------------------------------------ */

/* hook="1",target="/path": two may call the same. */
static void put_hook_labels(struct buf *buf, const struct metrics_facts *facts, size_t i)
{
    char target[HOOK_TARGET_MAX + 1];

    buf_printf(buf, "{hook=\"%zu\",target=\"", i + 1);
    put_escaped(buf, hook_shown(facts->hooks[i].hook, target));
    buf_append_str(buf, "\"");
}

static void put_hooks(struct buf *buf, const struct metrics_facts *facts)
{
    put_head(buf, "hook_calls_total", "counter",
             "Calls of hooks that have ended, by what became of them.");
    for (size_t i = 0; i < facts->n_hooks; i++) {
        const struct scripts_counts *counts = scripts_counts(facts->hooks[i].scripts);
        const struct {
            const char *name;
            uint64_t n;
        } outcomes[] = {
            { "done", counts->done },
            { "failed", counts->failed },
            { "dropped", counts->dropped },
        };

        for (size_t k = 0; k < sizeof outcomes / sizeof outcomes[0]; k++) {
            buf_append_str(buf, PREFIX "hook_calls_total");
            put_hook_labels(buf, facts, i);
            buf_printf(buf, ",outcome=\"%s\"} %llu\n", outcomes[k].name,
                       (unsigned long long)outcomes[k].n);
        }
    }
    put_head(buf, "hook_queue", "gauge", "Calls of hooks that wait or run.");
    for (size_t i = 0; i < facts->n_hooks; i++) {
        buf_append_str(buf, PREFIX "hook_queue");
        put_hook_labels(buf, facts, i);
        buf_printf(buf, "} %zu\n", scripts_count(facts->hooks[i].scripts));
    }
}

static void put_lap(struct buf *buf, enum lap lap, const struct histogram *histogram)
{
    const char *name = lap_name(lap);
    unsigned long long n = 0;

    buf_printf(buf, "# HELP " PREFIX "%s_seconds %s\n# TYPE " PREFIX "%s_seconds histogram\n", name,
               lap_help(lap), name);
    for (size_t i = 0; i < LAP_BOUND_COUNT; i++) {
        n += histogram->in[i];
        buf_printf(buf, PREFIX "%s_seconds_bucket{le=\"%.15g\"} %llu\n", name,
                   (double)lap_bounds_ms[i] / 1000.0, n);
    }
    buf_printf(buf,
               PREFIX "%s_seconds_bucket{le=\"+Inf\"} %llu\n" PREFIX "%s_seconds_sum %.15g\n" PREFIX
                      "%s_seconds_count %llu\n",
               name, (unsigned long long)histogram->count, name, (double)histogram->sum_ms / 1000.0,
               name, (unsigned long long)histogram->count);
}

void metrics_write(struct buf *buf, const struct core *core, const struct metrics_facts *facts)
{
    put_daemon(buf, core, facts);
    for (size_t i = 0; i < sizeof group_metrics / sizeof group_metrics[0]; i++)
        put_group_metric(buf, core, &group_metrics[i]);
    for (size_t i = 0; i < sizeof node_metrics / sizeof node_metrics[0]; i++)
        put_node_metric(buf, core, &node_metrics[i]);
    put_events(buf, facts);
    put_hooks(buf, facts);
    for (int lap = 0; lap < LAP_COUNT; lap++)
        put_lap(buf, (enum lap)lap, &facts->laps.histograms[lap]);
}
