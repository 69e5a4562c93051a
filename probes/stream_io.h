/*
 * stream_io: one outbound connection that speaks RESP2: a non-blocking socket, hiredis' buffers
 * and reader (redisContext), and the small adapter between it and libuv. Requests are pipelined,
 * replies are handed out in their order.
 *
 * It stands on hiredis' non-blocking context, not on its async layer, for three reasons: that
 * layer asserts on what the other end says (a subscribed connection that answers `*1` ends the
 * process), drops the reply to a PING on a subscribed connection and a refused SUBSCRIBE in 0.14,
 * and its libuv adapter ignores the errors of a poll, so that a reset is never heard of.
 *
 *     stream_open ─▶ connecting ─▶ established ─▶ ended(error) or stream_close
 *
 * It has no timers. Requests wait in a buffer and leave together at the end of the loop's turn,
 * which the pool sees to.
 */
#ifndef PROBES_STREAM_IO_H
#define PROBES_STREAM_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

#include "probes/waiters.h"
#include "wire/addr.h"

struct stream;
struct stream_pool;

#define STREAM_OUT_BYTES_MAX   ((size_t)16 * 1024 * 1024) /* unsent requests */
#define STREAM_REPLY_BYTES_MAX ((size_t)16 * 1024 * 1024) /* of a reply that is not complete */

struct stream_ops {
    /* Shown every reply first. True: it was a message, not the reply to a request. */
    bool (*pushed)(void *arg, const struct redisReply *reply);
    /* It is gone; not called after stream_close(). ERROR: an errno, 0 for an orderly end by the
     * other side. ESTABLISHED: whether it ever was. Waiting requests are told afterwards. */
    void (*ended)(void *arg, int error, bool established);
};

/* What the streams of one loop share. NULL: memory. */
struct stream_pool *stream_pool_new(uv_loop_t *loop);

/* All streams must have been closed. The memory goes once the loop has closed its handle. */
void stream_pool_free(struct stream_pool *pool);

/* Begin to connect. OPS outlive the stream. NULL: failed at once; *ret_error is the errno. */
struct stream *stream_open(struct stream_pool *pool, const struct sockaddr_storage *address,
                           const struct stream_ops *ops, void *arg, int *ret_error);

/* End it; each request that still waits is told so by a NULL reply. */
void stream_close(struct stream *stream);

/* Queue a request of words that end in NUL (NULL ends the list). False, and FN not called: over a
 * limit, the request is dropped. May be called before the connection is there. */
bool stream_send(struct stream *stream, const char *const *words, reply_fn *fn, void *ctx,
                 uint64_t tag);

/* Its requests that wait are told that it ended; their replies, should they still come, are for
 * nobody. The stream itself goes on. */
void stream_disown(struct stream *stream);

/* The numeric host of our and of the other end; false when there is none yet. */
bool stream_local_host(const struct stream *stream, char ret_host[HOST_LEN_MAX + 1]);
bool stream_remote_host(const struct stream *stream, char ret_host[HOST_LEN_MAX + 1]);

#endif
