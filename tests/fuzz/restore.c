/* Payloads of RESTORE, with the footer put right: what is taken must be sound, and what DUMP makes
 * of it must be taken too. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "store/crc64.h"
#include "tests/fuzz/world.h"

#define FOOTER_BYTES 10
#define VERSION      10

/* Whatever it is now: one of each family fits, the others are told so. */
static const char *const uses[] = {
    "TYPE key",
    "OBJECT ENCODING key",
    "MEMORY USAGE key",
    "DUMP key",
    "COPY key other",
    "APPEND key x",
    "GETRANGE key 0 -1",
    "HGETALL key",
    "HSET key field value",
    "HDEL key field",
    "HRANDFIELD key 5 WITHVALUES",
    "HSCAN key 0 COUNT 100",
    "SMEMBERS key",
    "SADD key 1 x",
    "SREM key 1",
    "SRANDMEMBER key 5",
    "SSCAN key 0",
    "SPOP key 2",
    "LRANGE key 0 -1",
    "LPUSH key a",
    "RPUSH key b",
    "LINSERT key AFTER a c",
    "LSET key 1 z",
    "LREM key 0 a",
    "LPOS key b",
    "LTRIM key 1 -2",
    "RPOP key 2",
    "ZRANGE key 0 -1 WITHSCORES",
    "ZADD key 1.5 member",
    "ZRANK key member",
    "ZREM key member",
    "ZRANGEBYLEX key - +",
    "ZSCAN key 0",
    "ZPOPMIN key 2",
    "SORT key ALPHA",
    "PEXPIREAT key 1900000000000",
    "RENAME other key",
    "DEL key",
};

/* Version and checksum behind a value. */
static void seal(struct buf *b)
{
    uint64_t crc;
    unsigned char footer[FOOTER_BYTES] = { VERSION };

    crc = crc64_update(crc64_update(0, buf_data(b), buf_used(b)), footer, 2);
    for (int i = 0; i < 8; i++)
        footer[2 + i] = (unsigned char)(crc >> (8 * i));
    buf_append(b, footer, sizeof(footer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf payload = { 0 };
    struct slice argv[5] = {
        slice_str("RESTORE"), slice_str("key"), slice_str("0"), { NULL, 0 }, slice_str("REPLACE")
    };
    struct world w;
    char *exact;

    world_init(&w);
    buf_append(&payload, data, n > FOOTER_BYTES ? n - FOOTER_BYTES : n);
    seal(&payload);
    exact = fuzz_copy(buf_data(&payload), buf_used(&payload));
    argv[3] = (struct slice){ exact, buf_used(&payload) };
    world_run(&w, 5, argv);
    world_check(&w);
    for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
        world_ask(&w, uses[i]);
    world_check(&w);
    buf_done(&payload);
    free(exact);
    world_done(&w);
    return 0;
}
