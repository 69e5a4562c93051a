/* The reader of requests: the same requests whole and byte by byte, and an end. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "wire/buf.h"
#include "wire/resp_read.h"

static const struct resp_limits limits = { .args_max = 1000,
                                           .bulk_bytes_max = 65536,
                                           .inline_bytes_max = 4096 };

/* What was read, as one text: each argument with its length. */
static enum resp_status read_all(const uint8_t *data, size_t n, size_t piece, struct buf *ret)
{
    struct resp_reader reader;
    struct resp_request req;
    char *in;
    enum resp_status status = RESP_MORE;
    size_t given = 0, from = 0, start, used;

    resp_reader_init(&reader, &limits);
    while (status == RESP_MORE && given < n) {
        size_t more = n - given < piece ? n - given : piece;

        given += more;
        start = from;
        in = fuzz_copy(data + start, given - start); /* the bytes may move between two calls */
        while ((status = resp_reader_next(&reader, in + from - start, given - from, &req, &used)) ==
               RESP_REQUEST) {
            for (size_t i = 0; i < req.argc; i++) {
                buf_printf(ret, "%zu:", req.argv[i].n);
                buf_append(ret, req.argv[i].p, req.argv[i].n);
            }
            buf_append(ret, "\n", 1);
            from += used;
        }
        from += used;
        FUZZ_CHECK(from <= given, "used more than there was");
        free(in);
    }
    if (status == RESP_BROKEN)
        FUZZ_CHECK(reader.error[0] != '\0', "no reason");
    resp_reader_done(&reader);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf whole = { 0 }, parts = { 0 };
    enum resp_status status = read_all(data, n, n > 0 ? n : 1, &whole);

    if (n < 4096) {
        FUZZ_CHECK(read_all(data, n, 1 + (n > 0 ? data[0] % 7 : 0), &parts) == status,
                   "another end in pieces");
        FUZZ_CHECK(slice_equal(buf_slice(&whole), buf_slice(&parts)), "other requests in pieces");
    }
    buf_done(&whole);
    buf_done(&parts);
    return 0;
}
