/* The reader of data files: whole and in pieces it must say the same, and what it takes must be
 * sound. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "store/keyspace.h"
#include "store/rdb_read.h"
#include "tests/fuzz/world.h"
#include "wire/buf.h"

#define RESERVE_MAX 1024 /* what is promised wrongly only costs time */

static const unsigned char hash_seed[HASH_KEY_SIZE] = "0123456789abcde";

/* Reads in pieces of so many bytes; what is not used comes again. */
static enum rdb_read_status read_pieces(struct rdb_reader *r, const char *data, size_t n,
                                        size_t piece)
{
    enum rdb_read_status status = RDB_READ_MORE;
    size_t from = 0, to = 0, used;

    while (status == RDB_READ_MORE && to < n) {
        to = n - to < piece ? n : to + piece;
        status = rdb_read(r, data + from, to - from, &used);
        FUZZ_CHECK(used <= to - from, "used more than there was");
        from += used;
    }
    if (status == RDB_READ_MORE) {
        rdb_read_cut(r);
        status = RDB_READ_BROKEN;
    }
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct rdb_reader whole, parts;
    struct keyspace a, b;
    enum rdb_read_status status;
    size_t piece = n > 0 ? 1 + data[n - 1] % 64 : 1;

    keyspace_init(&a, hash_seed);
    keyspace_init(&b, hash_seed);
    rdb_reader_init(&whole, &a, -1);
    rdb_reader_init(&parts, &b, -1);
    whole.reserve_left = parts.reserve_left = RESERVE_MAX;
    status = read_pieces(&whole, (const char *)data, n, n > 0 ? n : 1);
    if (n < 4096)
        FUZZ_CHECK(read_pieces(&parts, (const char *)data, n, piece) == status,
                   "another end in pieces of %zu: %s / %s", piece, whole.error, parts.error);
    if (status == RDB_READ_DONE)
        world_check_data(&a);
    else
        FUZZ_CHECK(whole.error[0] != '\0', "no reason");
    rdb_reader_done(&whole);
    rdb_reader_done(&parts);
    keyspace_done(&a);
    keyspace_done(&b);
    return 0;
}
