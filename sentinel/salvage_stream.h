/*
 * salvage_stream: the commands of a replication stream, one after the other, out of pieces of any
 * size.
 */
#ifndef SENTINEL_SALVAGE_STREAM_H
#define SENTINEL_SALVAGE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/buf.h"
#include "wire/resp_read.h"

#define SALVAGE_COMMAND_BYTES_MAX ((size_t)1 << 30) /* of one command and what came with it */

struct salvage_stream {
    struct buf in;
    struct resp_reader reader;
    size_t used; /* bytes of the command that was handed out */
    int64_t db;  /* that the commands are for: as SELECT said last */
};

/* DB is what the first commands are for. */
void salvage_stream_init(struct salvage_stream *stream, int64_t db);
void salvage_stream_done(struct salvage_stream *stream);

/* More bytes. False: memory, or a command that is too long. */
bool salvage_stream_feed(struct salvage_stream *stream, const void *bytes, size_t n);

/* The next command, valid until the next call: RESP_MORE when there is none yet; RESP_BROKEN: this
 * is no such stream (stream->reader.error). */
enum resp_status salvage_stream_next(struct salvage_stream *stream, struct resp_request *ret);

/* How many bytes wait for their command's end. */
size_t salvage_stream_waiting(const struct salvage_stream *stream);

/* Whether it changes data: not PING, PUBLISH (hellos are among them), SELECT, REPLCONF, MULTI,
 * EXEC.
 */
bool salvage_is_write(const struct resp_request *command);

#endif
