#include "store/rdb_write.h"

#include <stdio.h>

#include "store/keyspace.h"
#include "store/rdb.h"
#include "store/rdb_value.h"

static void put_aux(struct rdb_out *o, const char *name, const char *value)
{
    rdb_out_byte(o, RDB_OP_AUX);
    rdb_out_string(o, slice_str(name));
    rdb_out_string(o, slice_str(value));
}

static void put_aux_int(struct rdb_out *o, const char *name, int64_t value)
{
    char text[ENTRY_INT_TEXT_MAX] = { 0 };

    entry_int_text(value, text);
    put_aux(o, name, text);
}

static void put_head(struct rdb_out *o, const struct rdb_info *info,
                     const struct rdb_write_options *options)
{
    char head[RDB_HEADER_BYTES + 1];

    snprintf(head, sizeof(head), RDB_MAGIC "%04d", RDB_VERSION_WRITTEN);
    rdb_out_bytes(o, head, RDB_HEADER_BYTES);
    put_aux(o, "redis-ver", "7.0.15");
    put_aux(o, "redis-bits", "64");
    put_aux_int(o, "ctime", options->now_s);
    put_aux_int(o, "used-mem", (int64_t)options->used_bytes);
    if (info->has_repl) {
        put_aux_int(o, "repl-stream-db", info->stream_db);
        put_aux(o, "repl-id", info->repl_id);
        put_aux_int(o, "repl-offset", info->repl_offset);
    }
    put_aux(o, "aof-base", options->aof_base ? "1" : "0");
}

static void put_entry(struct rdb_out *o, const struct db *db, const struct entry *e, bool idle)
{
    int64_t at_ms = entry_expires_at(e);

    if (at_ms >= 0) {
        rdb_out_byte(o, RDB_OP_EXPIRE_MS);
        rdb_out_word(o, (uint64_t)at_ms, 8);
    }
    if (idle) {
        rdb_out_byte(o, RDB_OP_IDLE);
        rdb_out_length(o, entry_idle_s(e, db->keyspace->access_clock));
    }
    rdb_out_byte(o, rdb_value_type(e));
    rdb_out_string(o, entry_key(e));
    rdb_value_write(o, e);
}

static void put_db(struct rdb_out *o, const struct db *db, const struct rdb_write_options *options)
{
    struct dict_walk walk;
    struct dict_node *node;

    if (keyspace_count(db) == 0)
        return;
    rdb_out_byte(o, RDB_OP_SELECT_DB);
    rdb_out_length(o, db->id);
    rdb_out_byte(o, RDB_OP_RESIZE_DB);
    rdb_out_length(o, keyspace_count(db));
    rdb_out_length(o, keyspace_count_volatile(db));
    dict_walk_start(&walk, &db->dict);
    while (!o->failed && (node = dict_walk_next(&walk)) != NULL) {
        put_entry(o, db, (const struct entry *)node, options->idle);
        if (options->keys_done != NULL)
            ++*options->keys_done;
    }
}

bool rdb_write(const struct keyspace *ks, const struct rdb_info *info,
               const struct rdb_write_options *options, rdb_sink_fn *sink, void *arg)
{
    struct rdb_out *o = rdb_out_new(options->compress, options->checksum, sink, arg);
    bool ok;

    if (o == NULL)
        return false;
    put_head(o, info, options);
    for (unsigned i = 0; i < DATABASES_MAX; i++)
        put_db(o, &ks->dbs[i], options);
    rdb_out_byte(o, RDB_OP_EOF);
    rdb_out_flush(o);
    rdb_out_word(o, o->crc, RDB_CRC_BYTES);
    rdb_out_flush(o);
    ok = !o->failed;
    rdb_out_free(o);
    return ok;
}
