#include "store/memory_io.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/mem.h"
#include "store/shell_io.h"

#define SMALL_BYTES        (5 * 1024 * 1024) /* below, ratios say nothing */
#define PEAK_RATIO_MAX     1.5
#define RESIDENT_RATIO_MAX 1.4

static size_t resident_bytes(void)
{
    long long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (f == NULL)
        return 0;
    if (fscanf(f, "%lld %lld", &pages, &resident) != 2)
        resident = 0;
    fclose(f);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

size_t memory_note(struct shell *sh)
{
    size_t total = mem_used() + sh->store.repl.backlog.size;

    if (total > sh->memory_peak)
        sh->memory_peak = total;
    return total;
}

static void add_client(void *arg, struct client *c)
{
    struct memory_facts *f = arg;

    if (c->flags & CLIENT_IS_REPLICA)
        f->replicas += client_unsent_bytes(c);
    else
        f->clients += client_unsent_bytes(c) + c->query_bytes;
}

static size_t table_bytes(const struct db *db)
{
    return dict_overhead_bytes(&db->dict);
}

static size_t heap_bytes(const struct db *db)
{
    return expiry_bytes(&db->expiry);
}

void memory_facts(struct shell *sh, struct memory_facts *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->total = memory_note(sh);
    ret->startup = sh->memory_startup;
    ret->peak = sh->memory_peak;
    ret->resident = resident_bytes();
    ret->backlog = sh->store.repl.backlog.size;
    for (unsigned i = 0; i < DATABASES_MAX; i++)
        ret->tables += table_bytes(&sh->store.data.dbs[i]) + heap_bytes(&sh->store.data.dbs[i]);
    ret->overhead = ret->startup + ret->backlog + ret->tables;
    ret->dataset = ret->total > ret->overhead ? ret->total - ret->overhead : 0;
    ret->keys = keyspace_count_all(&sh->store.data);
    server_each(sh->server, add_client, ret);
}

static double percent(size_t part, size_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static double ratio(size_t a, size_t b)
{
    return b > 0 ? (double)a / (double)b : 0;
}

static void put(struct client *c, const char *name, size_t value)
{
    resp_bulk_str(&c->reply, name);
    resp_int(&c->reply, (int64_t)value);
}

static void put_double(struct client *c, const char *name, double value)
{
    resp_bulk_str(&c->reply, name);
    resp_double(&c->reply, value);
}

/* The databases that hold keys; returns how many those are. */
static size_t put_databases(struct shell *sh, struct client *c)
{
    size_t n = 0;

    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        const struct db *db = &sh->store.data.dbs[i];

        if (keyspace_count(db) == 0)
            continue;
        resp_bulkf(&c->reply, "db.%u", i);
        resp_map(&c->reply, 2);
        put(c, "overhead.hashtable.main", table_bytes(db));
        put(c, "overhead.hashtable.expires", heap_bytes(db));
        n++;
    }
    return n;
}

void cmd_memory_stats(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);
    size_t mark = resp_hold(&c->reply), n = 15;
    struct memory_facts f;

    (void)argc;
    (void)argv;
    memory_facts(sh, &f);
    put(c, "peak.allocated", f.peak);
    put(c, "total.allocated", f.total);
    put(c, "startup.allocated", f.startup);
    put(c, "replication.backlog", f.backlog);
    put(c, "clients.slaves", f.replicas);
    put(c, "clients.normal", f.clients);
    n += put_databases(sh, c);
    put(c, "overhead.total", f.overhead);
    put(c, "keys.count", f.keys);
    put(c, "keys.bytes-per-key", f.keys > 0 ? (f.total - f.startup) / f.keys : 0);
    put(c, "dataset.bytes", f.dataset);
    put_double(c, "dataset.percentage", percent(f.dataset, f.total - f.startup));
    put_double(c, "peak.percentage", percent(f.total, f.peak));
    put(c, "allocator.resident", f.resident);
    put_double(c, "fragmentation", ratio(f.resident, f.total));
    put(c, "fragmentation.bytes", f.resident > f.total ? f.resident - f.total : 0);
    resp_map_at(&c->reply, mark, n);
}

void cmd_memory_doctor(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct memory_facts f;
    struct buf text = { 0 };

    (void)argc;
    (void)argv;
    memory_facts(shell_of(app), &f);
    if (f.total < SMALL_BYTES)
        buf_printf(&text, "The data are too few for their memory to say anything.\n");
    else if (ratio(f.peak, f.total) > PEAK_RATIO_MAX)
        buf_printf(&text,
                   "At its peak the data took %.2f times the memory that they take now. What is "
                   "resident beyond may be memory that the allocator kept; MEMORY PURGE gives it "
                   "back.\n",
                   ratio(f.peak, f.total));
    else if (ratio(f.resident, f.total) > RESIDENT_RATIO_MAX)
        buf_printf(&text,
                   "The process holds %.2f times the memory of its data: free memory in pieces, "
                   "buffers of clients (%zu bytes now), or a child that shares it.\n",
                   ratio(f.resident, f.total), f.clients + f.replicas);
    else
        buf_printf(&text, "Nothing is out of the ordinary.\n");
    resp_verbatim(&c->reply, "txt", buf_slice(&text));
    buf_done(&text);
}

void cmd_memory_malloc_stats(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct mallinfo2 info = mallinfo2();
    struct buf text = { 0 };

    (void)app;
    (void)argc;
    (void)argv;
    buf_printf(&text, "arena: %zu\nmapped: %zu in %zu blocks\nin use: %zu\nfree: %zu\n", info.arena,
               info.hblkhd, info.hblks, info.uordblks, info.fordblks);
    resp_verbatim(&c->reply, "txt", buf_slice(&text));
    buf_done(&text);
}

/* Gives free memory back to the kernel. Takes its time on a large heap. */
void cmd_memory_purge(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    malloc_trim(0);
    resp_ok(&c->reply);
}
