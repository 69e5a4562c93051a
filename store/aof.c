#include "store/aof.h"

#include <assert.h>

#include "store/keyspace.h"
#include "store/stream.h"

#define REMARK_ID "#ID "
#define REMARK_AT "#AT "

_Static_assert(sizeof(REMARK_ID) + REPL_ID_LEN + 2 <= AOF_REMARK_MAX, "Redis takes the lines");

void aof_done(struct aof *a)
{
    buf_done(&a->bytes);
}

void aof_begin(struct aof *a)
{
    buf_reset(&a->bytes);
    a->on = true;
    a->db = -1;
    a->has_commands = false;
    memset(&a->noted, 0, sizeof(a->noted));
}

void aof_end(struct aof *a)
{
    a->on = false;
    a->has_commands = false;
    buf_done(&a->bytes);
}

void aof_put_command(struct aof *a, int db, size_t argc, const struct slice *argv)
{
    stream_put_command(&a->bytes, &a->db, db, argc, argv);
    a->has_commands = true;
    a->noted.repl_offset = -1;
}

void aof_put_history(struct aof *a, const struct rdb_info *now)
{
    struct rdb_info *noted = &a->noted;

    if (!now->has_repl)
        return;
    if (!noted->has_repl || memcmp(noted->repl_id, now->repl_id, REPL_ID_LEN) != 0)
        buf_printf(&a->bytes, REMARK_ID "%.*s\r\n", REPL_ID_LEN, now->repl_id);
    else if (noted->repl_offset == now->repl_offset && noted->stream_db == now->stream_db)
        return;
    buf_printf(&a->bytes, REMARK_AT "%lld %d\r\n", (long long)now->repl_offset, now->stream_db);
    assert(!a->bytes.overflow);
    *noted = *now;
}

static bool begins(struct slice line, const char *with, struct slice *ret_rest)
{
    size_t n = strlen(with);

    if (line.n < n || memcmp(line.p, with, n) != 0)
        return false;
    ret_rest->p = line.p + n;
    ret_rest->n = line.n - n;
    return true;
}

/* "<offset> <database>" */
static void take_position(struct slice text, struct rdb_info *info)
{
    const char *space = memchr(text.p, ' ', text.n);
    struct slice offset, db;
    int64_t at, number;

    if (space == NULL)
        return;
    offset = (struct slice){ text.p, (size_t)(space - text.p) };
    db = (struct slice){ space + 1, text.n - offset.n - 1 };
    if (!slice_to_int64(offset, &at) || at < 0 || !slice_to_int64(db, &number) || number < 0 ||
        number >= DATABASES_MAX)
        return;
    info->repl_offset = at;
    info->stream_db = (int)number;
    info->has_repl = info->repl_id[0] != '\0';
}

void aof_take_remark(struct slice line, struct rdb_info *info)
{
    struct slice rest;

    if (begins(line, REMARK_ID, &rest)) {
        info->has_repl = false;
        if (!repl_id_set(info->repl_id, rest))
            info->repl_id[0] = '\0';
    } else if (begins(line, REMARK_AT, &rest)) {
        take_position(rest, info);
    }
}
