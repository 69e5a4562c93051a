/* The append-only log: its commands are run, all that there are; the data must be sound at the end.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "store/aof_read.h"
#include "tests/fuzz/world.h"

static bool in_multi(const struct world *w)
{
    return (w->client.flags & CLIENT_IN_MULTI) != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct aof_reader r = { .at = 0 };
    struct resp_request req;
    char *in = fuzz_copy(data, n);
    size_t at = 0;
    struct world w;
    enum aof_item item;
    size_t used;

    world_init(&w);
    aof_reader_begin(&r, 0);
    do {
        item = aof_read(&r, in + at, n - at, &req, &used);
        FUZZ_CHECK(used <= n - at, "used more than there was");
        if (item == AOF_ITEM_COMMAND)
            world_run(&w, req.argc, req.argv);
        at += used;
        aof_reader_advance(&r, used, in_multi(&w));
        FUZZ_CHECK(r.whole <= r.at && r.at <= n, "offsets");
    } while (item != AOF_ITEM_MORE && item != AOF_ITEM_BROKEN);
    if (item == AOF_ITEM_BROKEN)
        FUZZ_CHECK(r.error != NULL, "no reason");
    world_check(&w);
    aof_reader_done(&r);
    free(in);
    world_done(&w);
    return 0;
}
