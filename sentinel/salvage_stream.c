#include "sentinel/salvage_stream.h"

#include <string.h>
#include <strings.h>

#include "wire/slice.h"

void salvage_stream_init(struct salvage_stream *stream, int64_t db)
{
    memset(stream, 0, sizeof *stream);
    buf_init(&stream->in, SALVAGE_COMMAND_BYTES_MAX);
    resp_reader_init(&stream->reader, NULL);
    stream->db = db;
}

void salvage_stream_done(struct salvage_stream *stream)
{
    buf_done(&stream->in);
    resp_reader_done(&stream->reader);
}

/* The command that was handed out is done with. */
static void drop(struct salvage_stream *stream)
{
    buf_consume(&stream->in, stream->used);
    stream->used = 0;
}

bool salvage_stream_feed(struct salvage_stream *stream, const void *bytes, size_t n)
{
    drop(stream);
    return buf_append(&stream->in, bytes, n);
}

static bool is_word(struct slice word, const char *name)
{
    return word.n == strlen(name) && strncasecmp(word.p, name, word.n) == 0;
}

enum resp_status salvage_stream_next(struct salvage_stream *stream, struct resp_request *ret)
{
    enum resp_status status;

    drop(stream);
    status = resp_reader_next(&stream->reader, buf_data(&stream->in), buf_used(&stream->in), ret,
                              &stream->used);
    if (status == RESP_REQUEST && ret->argc == 2 && is_word(ret->argv[0], "select"))
        slice_to_int64(ret->argv[1], &stream->db);
    return status;
}

size_t salvage_stream_waiting(const struct salvage_stream *stream)
{
    return buf_used(&stream->in) - stream->used;
}

bool salvage_is_write(const struct resp_request *command)
{
    static const char *const others[] = {
        "ping", "publish", "select", "multi", "exec", "replconf"
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (is_word(command->argv[0], others[i]))
            return false;
    }
    return true;
}
