#include "store/dump.h"

#include "store/crc64.h"
#include "store/rdb_cursor.h"
#include "store/rdb_out.h"
#include "store/rdb_read.h"
#include "store/rdb_value.h"
#include "store/value.h"
#include "wire/buf.h"

enum { VERSION_BYTES = 2, FOOTER_BYTES = VERSION_BYTES + RDB_CRC_BYTES };
_Static_assert(DUMP_EXTRA_BYTES == FOOTER_BYTES + 1, "and the type");

static bool append(void *arg, const void *bytes, size_t n)
{
    return buf_append(arg, bytes, n);
}

bool dump_write(const struct entry *e, bool compress, struct buf *ret_payload)
{
    struct rdb_out *o = rdb_out_new(compress, true, append, ret_payload);
    bool ok;

    if (o == NULL)
        return false;
    rdb_out_byte(o, rdb_value_type(e));
    rdb_value_write(o, e);
    rdb_out_word(o, RDB_VERSION_WRITTEN, VERSION_BYTES);
    rdb_out_flush(o);
    rdb_out_word(o, o->crc, RDB_CRC_BYTES);
    rdb_out_flush(o);
    ok = !o->failed;
    rdb_out_free(o);
    return ok;
}

static uint64_t word_at(const unsigned char *p, size_t bytes)
{
    uint64_t v = 0;

    for (size_t i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* Version and checksum. */
static const unsigned char *footer_of(struct slice payload)
{
    return (const unsigned char *)payload.p + payload.n - FOOTER_BYTES;
}

bool dump_check(struct slice payload)
{
    const unsigned char *footer;

    if (payload.n < FOOTER_BYTES)
        return false;
    footer = footer_of(payload);
    return word_at(footer, VERSION_BYTES) <= RDB_VERSION_READ_MAX &&
           word_at(footer + VERSION_BYTES, RDB_CRC_BYTES) ==
               crc64_update(0, payload.p, payload.n - RDB_CRC_BYTES);
}

bool dump_is_newer(struct slice payload)
{
    return word_at(footer_of(payload), VERSION_BYTES) > RDB_VERSION_WRITTEN;
}

/* Reads head and elements; false when they are malformed, or bytes are left over. */
static bool read_value(struct rdb_reader *r, struct slice bytes)
{
    struct cursor c = { .r = r, .p = (const unsigned char *)bytes.p, .n = bytes.n };
    unsigned type = cursor_take_byte(&c);

    if (cursor_stopped(&c) || !rdb_value_known(type))
        return false;
    r->building_type = type;
    rdb_value_read(&c, type, r->building);
    for (; r->left > 0 && !cursor_stopped(&c); r->left--)
        rdb_value_read_element(&c);
    return !cursor_stopped(&c) && c.at == c.n;
}

struct entry *dump_read(struct slice payload, struct slice key, const struct value_limits *limits,
                        struct keyspace *ks)
{
    struct slice bytes = { payload.p, payload.n - FOOTER_BYTES };
    struct entry *e = NULL;
    struct rdb_reader r;

    rdb_reader_init(&r, ks, -1);
    r.limits = *limits;
    r.building = entry_new(key, false);
    if (read_value(&r, bytes) && value_ops_of(r.building)->count(r.building) > 0) {
        e = r.building;
        r.building = NULL;
    }
    rdb_reader_done(&r);
    return e;
}
