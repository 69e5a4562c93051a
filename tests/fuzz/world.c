#include "tests/fuzz/world.h"

#include <string.h>

#include "store/aof_read.h"
#include "store/exec.h"
#include "store/rdb_read.h"
#include "store/rdb_write.h"
#include "store/session.h"
#include "store/table_io.h"
#include "tests/fuzz/fuzz.h"

#define NOW_US    1800000000000000LL
#define WORDS_MAX 16

static const unsigned char hash_seed[HASH_KEY_SIZE] = "0123456789abcde";
static const struct store_ops ops = { .option_changed = NULL };

void world_init(struct world *w)
{
    char error[OPTION_ERROR_TEXT_MAX];

    memset(w, 0, sizeof(*w));
    store_init(&w->store, table_commands, 1, hash_seed);
    FUZZ_CHECK(options_set(&w->store.options, OPT_BULK_MAX, slice_str("1mb"), error), "%s", error);
    w->store.ops = &ops;
    store_set_clock(&w->store, NOW_US, 1000);
    w->store.phase = STORE_LOADING;
    client_init(&w->client, 0, NULL, 1000);
    w->client.flags |= CLIENT_IS_MASTER | CLIENT_AUTHENTICATED;
    session_open(&w->store, &w->client);
}

void world_done(struct world *w)
{
    session_close(&w->store, &w->client);
    client_done(&w->client);
    store_done(&w->store);
}

void world_run(struct world *w, size_t argc, const struct slice *argv)
{
    struct command_match m;

    if (command_find(w->store.commands, argc, argv, &m) && !aof_may_hold(m.command))
        return;
    buf_reset(&w->client.out);
    exec_request(&w->store, &w->client, argc, argv);
}

void world_ask(struct world *w, const char *line)
{
    struct slice argv[WORDS_MAX];
    size_t argc = 0;

    for (const char *p = line; *p != '\0' && argc < WORDS_MAX; p += *p == ' ') {
        argv[argc] = (struct slice){ p, strcspn(p, " ") };
        p += argv[argc++].n;
    }
    buf_reset(&w->client.out);
    exec_request(&w->store, &w->client, argc, argv);
}

static bool put(void *arg, const void *bytes, size_t n)
{
    return buf_append(arg, bytes, n);
}

void world_check_data(struct keyspace *ks)
{
    const struct rdb_write_options options = { .compress = true, .checksum = true };
    const struct rdb_info info = { .has_repl = false };
    struct rdb_reader reader;
    struct keyspace copy;
    struct buf text = { 0 };
    size_t used;

    FUZZ_CHECK(rdb_write(ks, &info, &options, put, &text), "cannot be written");
    keyspace_init(&copy, hash_seed);
    rdb_reader_init(&reader, &copy, -1);
    FUZZ_CHECK(rdb_read(&reader, buf_data(&text), buf_used(&text), &used) == RDB_READ_DONE,
               "what was written cannot be read: %s", reader.error);
    FUZZ_CHECK(keyspace_count_all(ks) == keyspace_count_all(&copy), "%zu keys became %zu",
               keyspace_count_all(ks), keyspace_count_all(&copy));
    rdb_reader_done(&reader);
    keyspace_done(&copy);
    buf_done(&text);
}

void world_check(struct world *w)
{
    world_check_data(&w->store.data);
}
