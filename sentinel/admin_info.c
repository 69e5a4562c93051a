#include <stdarg.h>

#include "notify/scripts.h"
#include "sentinel/admin_map.h"
#include "sentinel/admin_own.h"
#include "sentinel/model.h"
#include "wire/client.h"
#include "wire/pubsub.h"

#define DAY_S 86400

/* What a section is made from. */
struct source {
    const struct admin *admin;
    const struct core *core;
    struct admin_facts facts;
    struct buf *out;
};

static void line(const struct source *src, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void line(const struct source *src, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(src->out, format, args);
    va_end(args);
    buf_append_str(src->out, "\r\n");
}

static void server_section(const struct source *src)
{
    const struct admin_facts *facts = &src->facts;
    long long uptime_s = (long long)(facts->now - facts->started) / 1000;
    line(src, "redis_version:%s", ADMIN_REDIS_VERSION);
    line(src, "picket_version:%s", src->admin->version);
    line(src, "redis_mode:sentinel");
    line(src, "os:%s", facts->os);
    line(src, "arch_bits:%zu", sizeof(void *) * 8);
    line(src, "multiplexing_api:libuv");
    line(src, "process_id:%lld", (long long)facts->pid);
    line(src, "run_id:%s", src->core->runid);
    line(src, "tcp_port:%u", facts->port);
    line(src, "server_time_usec:%lld", (long long)facts->wall_ms * 1000);
    line(src, "uptime_in_seconds:%lld", uptime_s);
    line(src, "uptime_in_days:%lld", uptime_s / DAY_S);
    line(src, "config_file:%s", facts->config_file);
}

static void clients_section(const struct source *src)
{
    line(src, "connected_clients:%zu", src->facts.clients);
    line(src, "maxclients:%zu", src->facts.clients_max);
    line(src, "blocked_clients:%zu", src->facts.clients_blocked);
}

static void count_channel(void *ctx, struct slice channel, size_t subscribers)
{
    (void)channel;
    (void)subscribers;
    (*(size_t *)ctx)++;
}

static void stats_section(const struct source *src)
{
    const struct admin_facts *facts = &src->facts;
    size_t channels = 0;
    pubsub_each_channel(src->admin->pubsub, count_channel, &channels);
    line(src, "total_connections_received:%llu", (unsigned long long)facts->accepted);
    line(src, "total_commands_processed:%llu", (unsigned long long)facts->requests);
    line(src, "total_net_input_bytes:%llu", (unsigned long long)facts->bytes_in);
    line(src, "total_net_output_bytes:%llu", (unsigned long long)facts->bytes_out);
    line(src, "rejected_connections:%llu", (unsigned long long)facts->rejected);
    line(src, "client_query_buffer_limit_disconnections:%llu",
         (unsigned long long)facts->closed_query);
    line(src, "client_output_buffer_limit_disconnections:%llu",
         (unsigned long long)facts->closed_output);
    line(src, "pubsub_channels:%zu", channels);
    line(src, "pubsub_patterns:%zu", pubsub_patterns(src->admin->pubsub));
}

static void cpu_section(const struct source *src)
{
    line(src, "used_cpu_sys:%.6f", src->facts.cpu_system_s);
    line(src, "used_cpu_user:%.6f", src->facts.cpu_user_s);
}

static const char *status_of(const struct group *group)
{
    if (group->odown)
        return "odown";
    return group->primary->sdown ? "sdown" : "ok";
}

static void sentinel_section(const struct source *src)
{
    const struct core *core = src->core;
    const struct scripts *scripts = src->admin->ops.scripts(src->admin->arg);
    char text[ADDR_TEXT_MAX];
    bool tilted = core->tilt_until != MSEC_NEVER;

    line(src, "sentinel_masters:%zu", core->n_groups);
    line(src, "sentinel_tilt:%d", tilted);
    line(src, "sentinel_tilt_since_seconds:%lld",
         tilted ? (long long)(core->now - core->tilt_since) / 1000 : -1);
    line(src, "sentinel_running_scripts:%zu", scripts_running(scripts));
    line(src, "sentinel_scripts_queue_length:%zu", scripts_count(scripts));
    line(src, "sentinel_simulate_failure_flags:%u", src->admin->failures);
    for (size_t i = 0; i < core->n_groups; i++) {
        const struct group *group = core->groups[i];
        struct addr addr = group_primary_addr(group);
        line(src, "master%zu:name=%s,status=%s,address=%s,slaves=%zu,sentinels=%zu", i, group->name,
             status_of(group), addr_format(&addr, text), admin_count_replicas(group),
             group->n_members + 1);
    }
}

static void state_section(const struct source *src)
{
    line(src, "state_free_bytes:%lld", (long long)src->facts.state_left_bytes);
    line(src, "state_commit_worst_ms:%lld", (long long)src->facts.commit_worst_ms);
    line(src, "state_stalled:%d", src->core->disk_stalled);
}

/* In the order in which they are printed. */
static const struct section {
    const char *name;
    const char *title;
    void (*write)(const struct source *src);
} sections[] = {
    { "server", "Server", server_section },       { "clients", "Clients", clients_section },
    { "stats", "Stats", stats_section },          { "cpu", "CPU", cpu_section },
    { "sentinel", "Sentinel", sentinel_section }, { "state", "State", state_section },
};

/* Whether the request asks for this section: no name at all asks for every one. */
static bool is_wanted(const struct section *section, size_t argc, const struct slice *argv)
{
    static const char *const all[] = { "default", "all", "everything" };
    for (size_t i = 1; i < argc; i++) {
        if (slice_is_nocase(argv[i], section->name))
            return true;
        for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
            if (slice_is_nocase(argv[i], all[k]))
                return true;
    }
    return argc == 1;
}

void admin_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct buf text;
    buf_init(&text, 0);
    struct source src = { app, admin_core(app), admin_facts(app), &text };

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (!is_wanted(&sections[i], argc, argv))
            continue;
        line(&src, "%s# %s", buf_used(&text) ? "\r\n" : "", sections[i].title);
        sections[i].write(&src);
    }
    resp_bulk(&c->reply, buf_slice(&text));
    buf_done(&text);
}

void admin_role(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct core *core = admin_core(app);
    (void)argc;
    (void)argv;
    resp_array(&c->reply, 2);
    resp_bulk_str(&c->reply, "sentinel");
    resp_array(&c->reply, core->n_groups);
    for (size_t i = 0; i < core->n_groups; i++)
        resp_bulk_str(&c->reply, core->groups[i]->name);
}
