#include "store/stream.h"

#include <assert.h>

#include "store/entry.h"
#include "wire/buf.h"
#include "wire/resp_write.h"

/* Appends one array of strings. */
static void put(struct buf *to, size_t argc, const struct slice *argv)
{
    struct resp_writer w = { .out = to, .proto = 2 };

    resp_array(&w, argc);
    for (size_t i = 0; i < argc; i++)
        resp_bulk(&w, argv[i]);
}

void stream_put_command(struct buf *to, int *selected, int db, size_t argc,
                        const struct slice *argv)
{
    if (db >= 0 && db != *selected) {
        char digits[ENTRY_INT_TEXT_MAX];
        struct slice select[2] = { slice_str("SELECT"), { digits, entry_int_text(db, digits) } };

        put(to, 2, select);
        *selected = db;
    }
    put(to, argc, argv);
    assert(!to->overflow);
}
