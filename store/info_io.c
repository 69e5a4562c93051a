#include "store/admin_io.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "store/failover_io.h"
#include "store/memory_io.h"
#include "store/picket_io.h"
#include "store/primary_io.h"
#include "store/save_io.h"
#include "store/shell_io.h"
#include "store/stats_text.h"
#include "wire/pubsub.h"

#ifndef PICKET_VERSION
#define PICKET_VERSION "unknown"
#endif

#define SECONDS_PER_DAY 86400

static void put(struct buf *b, const char *name, long long value)
{
    buf_printf(b, "%s:%lld\r\n", name, value);
}

static void put_text(struct buf *b, const char *name, const char *value)
{
    buf_printf(b, "%s:%s\r\n", name, value);
}

static void put_human(struct buf *b, const char *name, size_t bytes)
{
    static const char units[] = "BKMGT";
    double v = (double)bytes;
    size_t u = 0;

    for (; v >= 1024 && u + 2 < sizeof(units); u++)
        v /= 1024;
    if (u == 0)
        buf_printf(b, "%s:%zuB\r\n", name, bytes);
    else
        buf_printf(b, "%s:%.2f%c\r\n", name, v, units[u]);
}

/* --- sections -------------------------------------------------------------------------------- */

static void put_server(struct shell *sh, struct buf *b)
{
    const struct store *s = &sh->store;
    int64_t up_s = (s->mono_ms - sh->started_ms) / 1000;
    struct utsname os;

    put_text(b, "redis_version", STORE_REDIS_VERSION);
    put_text(b, "picket_store_version", PICKET_VERSION);
    put_text(b, "redis_mode", "standalone");
    if (uname(&os) == 0)
        buf_printf(b, "os:%s %s %s\r\n", os.sysname, os.release, os.machine);
    put(b, "arch_bits", 64);
    put_text(b, "multiplexing_api", "epoll");
    put(b, "process_id", getpid());
    put_text(b, "run_id", sh->run_id);
    put(b, "tcp_port", server_port(sh->server));
    put(b, "server_time_usec", s->now_us);
    put(b, "uptime_in_seconds", up_s);
    put(b, "uptime_in_days", up_s / SECONDS_PER_DAY);
    put(b, "hz", 1000 / SHELL_TICK_MS);
    put(b, "configured_hz", 1000 / SHELL_TICK_MS);
    put(b, "lru_clock", s->now_ms / 1000 % (1 << 24));
    put_text(b, "executable", "picket-store");
    put_text(b, "availability_zone", option_text(&s->options, OPT_ZONE));
    put_text(b, "config_file", "");
}

/* As Valkey 8 and Redis 8 have it: a supervisor wants to know who paused what, and for how long. */
static void put_pause(const struct store *s, struct buf *b)
{
    bool by_client = s->paused_until_ms > s->mono_ms, writes = store_is_paused(s, true);
    const char *what = store_is_paused(s, false) ? "all" : "write";

    put_text(b, "paused_reason",
             s->failover != FAILOVER_NONE ? "failover_in_progress"
             : by_client                  ? "client_pause"
                                          : "none");
    put_text(b, "paused_actions", writes ? what : "none");
    put(b, "paused_timeout_milliseconds", by_client ? s->paused_until_ms - s->mono_ms : 0);
}

static void put_clients(struct shell *sh, struct buf *b)
{
    put(b, "connected_clients", (long long)(server_count(sh->server) - sh->replicas.count));
    put(b, "cluster_connections", 0);
    put(b, "maxclients", option_number(&sh->store.options, OPT_MAXCLIENTS));
    put(b, "blocked_clients", (long long)server_stats(sh->server)->blocked);
    put(b, "tracking_clients", 0);
    put_pause(&sh->store, b);
}

/* A count of bytes, and the same again in a unit; name without "_human". */
static void put_bytes(struct buf *b, const char *name, size_t bytes)
{
    char human[64];

    put(b, name, (long long)bytes);
    snprintf(human, sizeof(human), "%s_human", name);
    put_human(b, human, bytes);
}

static double percent(size_t part, size_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void put_memory(struct shell *sh, struct buf *b)
{
    const struct options *o = &sh->store.options;
    struct memory_facts f;

    memory_facts(sh, &f);
    put_bytes(b, "used_memory", f.total);
    put_bytes(b, "used_memory_rss", f.resident);
    put_bytes(b, "used_memory_peak", f.peak);
    buf_printf(b, "used_memory_peak_perc:%.2f%%\r\n", percent(f.total, f.peak));
    put(b, "used_memory_overhead", (long long)f.overhead);
    put(b, "used_memory_startup", (long long)f.startup);
    put(b, "used_memory_dataset", (long long)f.dataset);
    buf_printf(b, "used_memory_dataset_perc:%.2f%%\r\n", percent(f.dataset, f.total - f.startup));
    put_bytes(b, "total_system_memory",
              (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE));
    put_bytes(b, "maxmemory", (size_t)option_number(o, OPT_MAXMEMORY));
    put_text(b, "maxmemory_policy", option_text(o, OPT_MAXMEMORY_POLICY));
    buf_printf(b, "mem_fragmentation_ratio:%.2f\r\n",
               (double)f.resident / (double)(f.total > 0 ? f.total : 1));
    put(b, "mem_fragmentation_bytes", (long long)f.resident - (long long)f.total);
    put(b, "mem_not_counted_for_evict", (long long)f.backlog);
    put(b, "mem_replication_backlog", (long long)f.backlog);
    put(b, "mem_aof_buffer", (long long)sh->store.aof.bytes.cap);
    put(b, "mem_clients_slaves", (long long)f.replicas);
    put(b, "mem_clients_normal", (long long)f.clients);
    put_text(b, "mem_allocator", "libc");
    put(b, "lazyfree_pending_objects", sh->store.data.graves != NULL);
}

static void put_loading(struct shell *sh, struct buf *b)
{
    const struct loader *v = &sh->loader;
    uint64_t size = v->bytes_total, loaded = load_bytes(v),
             left = size > loaded ? size - loaded : 0;
    int64_t took_s = sh->store.now_ms / 1000 - v->started_s;

    put(b, "loading_start_time", v->started_s);
    put(b, "loading_total_bytes", (long long)size);
    put(b, "loading_loaded_bytes", (long long)loaded);
    buf_printf(b, "loading_loaded_perc:%.2f\r\n",
               size > 0 ? 100.0 * (double)loaded / (double)size : 0.0);
    put(b, "loading_eta_seconds",
        loaded > 0 ? (long long)((double)took_s * (double)left / (double)loaded) : 1);
}

static void put_persistence(struct shell *sh, struct buf *b)
{
    const struct saver *v = &sh->saver;
    const struct store *s = &sh->store;
    bool saving = saver_does(v, CHILD_SAVE);
    bool child = (saving || saver_does(v, CHILD_REWRITE)) && v->keys_done != NULL;

    put(b, "loading", s->phase == STORE_LOADING);
    put(b, "async_loading", s->phase == STORE_READY && primary_is_syncing(sh->primary));
    put(b, "current_save_keys_processed", child ? (long long)*v->keys_done : 0);
    put(b, "current_save_keys_total", child ? (long long)v->keys_wanted : 0);
    put(b, "rdb_changes_since_last_save", (long long)store_unsaved(s));
    put(b, "rdb_bgsave_in_progress", saving);
    put(b, "rdb_last_save_time", v->last_save_s);
    put_text(b, "rdb_last_bgsave_status", s->save_failed ? "err" : "ok");
    put(b, "rdb_last_bgsave_time_sec", v->last_took_s);
    put(b, "rdb_current_bgsave_time_sec", saving ? s->now_ms / 1000 - v->started_s : -1);
    put(b, "rdb_saves", (long long)s->stats.rdb_saves);
    put(b, "rdb_last_cow_size", v->last_cow_bytes);
    put(b, "rdb_last_load_keys_expired", (long long)sh->loader.keys_expired);
    put(b, "rdb_last_load_keys_loaded", (long long)sh->loader.keys_loaded);
    aof_describe(sh, b);
    if (s->phase == STORE_LOADING)
        put_loading(sh, b);
}

static void count_channel(void *arg, struct slice channel, size_t subscribers)
{
    size_t *n = arg;

    (void)channel;
    (void)subscribers;
    ++*n;
}

static void put_stats(struct shell *sh, struct buf *b)
{
    const struct server_stats *net = server_stats(sh->server);
    const struct store_stats *st = &sh->store.stats;
    size_t channels = 0;

    pubsub_each_channel(sh->store.pubsub, count_channel, &channels);
    put(b, "total_connections_received", (long long)net->accepted);
    put(b, "total_commands_processed", (long long)st->commands);
    put(b, "instantaneous_ops_per_sec", (long long)sh->ops_per_s);
    put(b, "total_net_input_bytes", (long long)net->bytes_in);
    put(b, "total_net_output_bytes", (long long)net->bytes_out);
    put(b, "total_net_repl_input_bytes", (long long)st->repl_bytes_in);
    put(b, "total_net_repl_output_bytes", (long long)st->repl_bytes_out);
    put(b, "rejected_connections", (long long)net->rejected);
    put(b, "sync_full", (long long)st->sync_full);
    put(b, "sync_partial_ok", (long long)st->sync_partial_ok);
    put(b, "sync_partial_err", (long long)st->sync_partial_err);
    put(b, "expired_keys", (long long)st->expired_keys);
    put(b, "evicted_keys", (long long)st->evicted_keys);
    put(b, "keyspace_hits", (long long)st->keyspace_hits);
    put(b, "keyspace_misses", (long long)st->keyspace_misses);
    put(b, "pubsub_channels", (long long)channels);
    put(b, "pubsub_patterns", (long long)pubsub_patterns(sh->store.pubsub));
    put(b, "latest_fork_usec", st->fork_us);
    put(b, "total_forks", (long long)st->forks);
    put(b, "total_error_replies", (long long)sh->store.error_stats.sum);
}

static void put_primary_link(struct shell *sh, struct buf *b)
{
    const struct store *s = &sh->store;
    bool up = s->link == LINK_CONNECTED, syncing = primary_is_syncing(sh->primary);

    put_text(b, "master_host", s->options.primary.host);
    put(b, "master_port", s->options.primary.port);
    put_text(b, "master_link_status", up ? "up" : "down");
    put(b, "master_last_io_seconds_ago", primary_silent_s(sh->primary));
    put(b, "master_sync_in_progress", syncing);
    put(b, "slave_read_repl_offset", s->repl.offset);
    put(b, "slave_repl_offset", s->repl.offset);
    if (syncing) {
        put(b, "master_sync_read_bytes", (long long)primary_sync_bytes(sh->primary));
        put(b, "master_sync_last_io_seconds_ago", primary_down_s(sh->primary));
    }
    if (!up)
        put(b, "master_link_down_since_seconds", primary_down_s(sh->primary));
    put(b, "slave_priority", option_number(&s->options, OPT_REPLICA_PRIORITY));
    put(b, "slave_read_only", option_number(&s->options, OPT_REPLICA_READ_ONLY));
    put(b, "replica_announced", option_number(&s->options, OPT_REPLICA_ANNOUNCED));
}

static void put_replicas(struct shell *sh, struct buf *b)
{
    size_t n = 0;

    put(b, "connected_slaves", (long long)sh->replicas.count);
    if (option_number(&sh->store.options, OPT_MIN_REPLICAS) > 0 &&
        option_number(&sh->store.options, OPT_MIN_REPLICAS_LAG) > 0)
        put(b, "min_slaves_good_slaves", (long long)sh->store.good_replicas);
    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        struct addr addr;
        int64_t lag_s = replica_lag_s(sh, r);

        if (r->phase == REPLICA_NEW)
            continue;
        replica_addr(sh, r, &addr);
        buf_printf(b, "slave%zu:ip=%s,port=%u,state=%s,offset=%lld,lag=%lld\r\n", n++, addr.host,
                   addr.port, replica_state_name(r), (long long)r->acked,
                   (long long)(lag_s < 0 ? 0 : lag_s));
    }
}

static void put_replication(struct shell *sh, struct buf *b)
{
    const struct store *s = &sh->store;
    const struct backlog *log = &s->repl.backlog;

    put_text(b, "role", store_is_replica(s) ? "slave" : "master");
    if (store_is_replica(s))
        put_primary_link(sh, b);
    put_replicas(sh, b);
    put_text(b, "master_failover_state", failover_state_name(sh));
    put_text(b, "master_replid", s->repl.id);
    put_text(b, "master_replid2", s->repl.id2);
    put(b, "master_repl_offset", s->repl.offset);
    put(b, "second_repl_offset", s->repl.second_offset);
    put(b, "repl_backlog_active", log->mem != NULL);
    put(b, "repl_backlog_size", option_number(&s->options, OPT_BACKLOG_SIZE));
    put(b, "repl_backlog_first_byte_offset", log->mem != NULL ? backlog_first(log) : 0);
    put(b, "repl_backlog_histlen", (long long)log->held);
    picket_put_info(sh, b);
}

static void put_time(struct buf *b, const char *name, struct timeval t)
{
    buf_printf(b, "%s:%lld.%06lld\r\n", name, (long long)t.tv_sec, (long long)t.tv_usec);
}

static void put_cpu(struct shell *sh, struct buf *b)
{
    struct rusage self, children, thread;

    (void)sh;
    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &children);
    getrusage(RUSAGE_THREAD, &thread);
    put_time(b, "used_cpu_sys", self.ru_stime);
    put_time(b, "used_cpu_user", self.ru_utime);
    put_time(b, "used_cpu_sys_children", children.ru_stime);
    put_time(b, "used_cpu_user_children", children.ru_utime);
    put_time(b, "used_cpu_sys_main_thread", thread.ru_stime);
    put_time(b, "used_cpu_user_main_thread", thread.ru_utime);
}

static void put_nothing(struct shell *sh, struct buf *b)
{
    (void)sh;
    (void)b;
}

static void put_cluster(struct shell *sh, struct buf *b)
{
    (void)sh;
    put(b, "cluster_enabled", 0);
}

/* The mean of the times left, estimated from the keys that expire first, would mislead: Redis's
 * field stays 0. */
static void put_keyspace(struct shell *sh, struct buf *b)
{
    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        const struct db *db = &sh->store.data.dbs[i];

        if (keyspace_count(db) > 0)
            buf_printf(b, "db%u:keys=%zu,expires=%zu,avg_ttl=0\r\n", i, keyspace_count(db),
                       keyspace_count_volatile(db));
    }
}

/* The commands that were called or refused; those of a container by its name and theirs. */
static void put_commandstats(struct shell *sh, struct buf *b)
{
    const struct command_stats *all = &sh->store.command_stats;

    for (size_t i = 0; i < all->count; i++) {
        const struct command_group *g = &all->groups[i];

        for (size_t k = 0; k < g->count; k++) {
            const struct command_stat *x = &g->stats[k];
            double us = (double)x->ns / 1000;

            if (x->calls + x->rejected == 0)
                continue;
            buf_printf(b, "cmdstat_%s%s%s:calls=%llu,usec=%.0f,usec_per_call=%.2f,",
                       g->parent != NULL ? g->parent->name : "", g->parent != NULL ? "|" : "",
                       g->rows[k].name, (unsigned long long)x->calls, us,
                       x->calls > 0 ? us / (double)x->calls : 0.0);
            buf_printf(b, "rejected_calls=%llu,failed_calls=%llu\r\n",
                       (unsigned long long)x->rejected, (unsigned long long)x->failed);
        }
    }
}

static void put_errorstats(struct shell *sh, struct buf *b)
{
    stats_text_errors(&sh->store.error_stats, b);
}

static void put_latencystats(struct shell *sh, struct buf *b)
{
    stats_text_latency(&sh->store.command_stats, b);
}

/* --- the command ----------------------------------------------------------------------------- */

static const struct section {
    const char *name;  /* as it is asked for */
    const char *title; /* as it is headed */
    void (*put)(struct shell *sh, struct buf *b);
    bool by_default;
} sections[] = {
    { "server", "Server", put_server, true },
    { "clients", "Clients", put_clients, true },
    { "memory", "Memory", put_memory, true },
    { "persistence", "Persistence", put_persistence, true },
    { "stats", "Stats", put_stats, true },
    { "replication", "Replication", put_replication, true },
    { "cpu", "CPU", put_cpu, true },
    { "modules", "Modules", put_nothing, true },
    { "commandstats", "Commandstats", put_commandstats, false },
    { "errorstats", "Errorstats", put_errorstats, true },
    { "latencystats", "Latencystats", put_latencystats, false },
    { "cluster", "Cluster", put_cluster, true },
    { "keyspace", "Keyspace", put_keyspace, true },
};

#define SECTIONS (sizeof(sections) / sizeof(sections[0]))

static bool is_wanted(const struct section *section, size_t argc, const struct slice *argv)
{
    if (argc == 1)
        return section->by_default;
    for (size_t i = 1; i < argc; i++) {
        if (slice_is_nocase(argv[i], section->name) || slice_is_nocase(argv[i], "all") ||
            slice_is_nocase(argv[i], "everything") ||
            (slice_is_nocase(argv[i], "default") && section->by_default))
            return true;
    }
    return false;
}

void cmd_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);
    struct buf text = { 0 };

    for (size_t i = 0; i < SECTIONS; i++) {
        if (!is_wanted(&sections[i], argc, argv))
            continue;
        buf_printf(&text, "%s# %s\r\n", buf_used(&text) > 0 ? "\r\n" : "", sections[i].title);
        sections[i].put(sh, &text);
    }
    resp_verbatim(&c->reply, "txt", buf_slice(&text));
    buf_done(&text);
}
