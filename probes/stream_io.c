#include "probes/stream_io.h"

#include <assert.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes/reply_limit_io.h"
#include "probes/socket_io.h"
#include "probes/waiters.h"

#define WORDS_MAX 16 /* of one request */

struct stream_pool {
    uv_loop_t *loop;
    uv_prepare_t turn;    /* runs before the loop waits */
    struct stream *dirty; /* streams with unsent requests, in no order */
};

struct stream {
    struct stream_pool *pool;
    uv_poll_t poll;      /* lives until the loop has closed it */
    redisContext *redis; /* NULL once ended: nothing more may be read or told */
    const struct stream_ops *ops;
    void *arg;
    bool established;
    int events; /* that are polled for */
    size_t out_bytes;
    struct waiters waiters; /* requests without a reply */
    bool dirty;             /* stands in the pool's list */
    struct stream *next_dirty, *prev_dirty;
};

static void dirty_add(struct stream *stream)
{
    struct stream *first = stream->pool->dirty;

    if (stream->dirty)
        return;
    stream->dirty = true;
    stream->prev_dirty = NULL;
    stream->next_dirty = first;
    if (first != NULL)
        first->prev_dirty = stream;
    stream->pool->dirty = stream;
}

static void dirty_remove(struct stream *stream)
{
    if (!stream->dirty)
        return;
    stream->dirty = false;
    if (stream->next_dirty != NULL)
        stream->next_dirty->prev_dirty = stream->prev_dirty;
    if (stream->prev_dirty != NULL)
        stream->prev_dirty->next_dirty = stream->next_dirty;
    else
        stream->pool->dirty = stream->next_dirty;
}

static void poll_closed(uv_handle_t *handle)
{
    struct stream *stream = handle->data;

    waiters_done(&stream->waiters);
    free(stream);
}

/* Let go of the socket; the struct stays until the loop has closed the poll. */
static void release(struct stream *stream)
{
    dirty_remove(stream);
    uv_close((uv_handle_t *)&stream->poll, poll_closed);
    redisFree(stream->redis);
    stream->redis = NULL;
}

/* Tell the requests that nobody will answer. They may not send on this stream again. */
static void abandon_requests(struct stream *stream)
{
    struct waiter waiter;

    while (waiters_pop(&stream->waiters, &waiter))
        waiter.fn(waiter.ctx, waiter.tag, NULL);
}

/* The connection ended by itself. */
static void end(struct stream *stream, int error)
{
    release(stream);
    stream->ops->ended(stream->arg, error, stream->established);
    abandon_requests(stream);
}

void stream_close(struct stream *stream)
{
    if (stream == NULL || stream->redis == NULL)
        return;
    release(stream);
    abandon_requests(stream);
}

static void reply_to_nobody(void *ctx, uint64_t tag, const redisReply *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

void stream_disown(struct stream *stream)
{
    size_t n = stream->waiters.n;
    struct waiter waiter;

    socket_abandon(stream->redis->fd, false); /* what it was given for may come late */
    for (size_t i = 0; i < n && waiters_pop(&stream->waiters, &waiter); i++) {
        struct waiter nobody = { reply_to_nobody, NULL, 0 };
        bool pushed = waiters_push(&stream->waiters, nobody);

        assert(pushed); /* in the place of the other */
        waiter.fn(waiter.ctx, waiter.tag, NULL);
    }
}

/* What a failed call of hiredis means; SAVED is errno as the call left it. */
static int context_error(const redisContext *redis, int saved)
{
    switch (redis->err) {
    case REDIS_ERR_EOF:
        return 0;
    case REDIS_ERR_IO:
        return saved != 0 ? saved : EIO;
    case REDIS_ERR_OOM:
        return ENOMEM;
    default:
        return EPROTO;
    }
}

/* Hand out each complete reply. False when the stream ended meanwhile. */
static bool dispatch(struct stream *stream)
{
    for (;;) {
        void *reply = NULL;

        if (redisGetReplyFromReader(stream->redis, &reply) != REDIS_OK) {
            end(stream, context_error(stream->redis, 0));
            return false;
        }
        if (reply == NULL)
            return true;
        if (!stream->ops->pushed(stream->arg, reply) && stream->redis != NULL) {
            struct waiter waiter;

            if (!waiters_pop(&stream->waiters, &waiter)) { /* nobody asked: not the protocol */
                freeReplyObject(reply);
                end(stream, EPROTO);
                return false;
            }
            waiter.fn(waiter.ctx, waiter.tag, reply);
        }
        freeReplyObject(reply);
        if (stream->redis == NULL)
            return false;
    }
}

/* Read once and hand out what is complete. False when the stream ended. */
static bool receive(struct stream *stream)
{
    errno = 0;
    if (redisBufferRead(stream->redis) != REDIS_OK) {
        end(stream, context_error(stream->redis, errno));
        return false;
    }
    if (!dispatch(stream))
        return false;
    if (stream->redis->reader->len > STREAM_REPLY_BYTES_MAX) {
        end(stream, EMSGSIZE);
        return false;
    }
    return true;
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(struct stream *stream, int events)
{
    if (stream->events == events)
        return;
    stream->events = events;
    uv_poll_start(&stream->poll, events, on_poll);
}

/* Write what the socket takes; poll for more room only when it took too little. */
static void transmit(struct stream *stream)
{
    int done = 0;

    errno = 0;
    if (redisBufferWrite(stream->redis, &done) != REDIS_OK) {
        end(stream, context_error(stream->redis, errno));
        return;
    }
    if (done)
        stream->out_bytes = 0;
    watch(stream, done ? UV_READABLE : UV_READABLE | UV_WRITABLE);
}

/* The end of a turn: send what was queued in it. */
static void flush(uv_prepare_t *turn)
{
    struct stream_pool *pool = turn->data;

    while (pool->dirty != NULL) {
        struct stream *stream = pool->dirty;

        dirty_remove(stream);
        if (stream->established)
            transmit(stream);
    }
}

struct stream_pool *stream_pool_new(uv_loop_t *loop)
{
    struct stream_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return NULL;
    pool->loop = loop;
    uv_prepare_init(loop, &pool->turn); /* neither of them can fail */
    uv_prepare_start(&pool->turn, flush);
    pool->turn.data = pool;
    return pool;
}

static void pool_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void stream_pool_free(struct stream_pool *pool)
{
    if (pool == NULL)
        return;
    assert(pool->dirty == NULL);
    uv_close((uv_handle_t *)&pool->turn, pool_closed);
}

/* The attempt to connect has ended, well or badly. */
static void connected(struct stream *stream)
{
    int error = socket_error(stream->redis->fd);

    if (error == 0 && socket_meets_itself(stream->redis->fd))
        error = ECONNREFUSED;
    if (error != 0) {
        end(stream, error);
        return;
    }
    stream->established = true;
    dirty_remove(stream);
    transmit(stream);
}

/* libuv stops polling a socket with an error; what it received before is still read. */
static void on_error(struct stream *stream)
{
    int error = socket_error(stream->redis->fd);

    if (stream->established && !receive(stream))
        return;
    end(stream, error != 0 ? error : ECONNRESET);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct stream *stream = poll->data;

    if (stream->redis == NULL)
        return;
    if (status < 0) {
        on_error(stream);
        return;
    }
    if (!stream->established) {
        connected(stream);
        return;
    }
    if ((events & UV_READABLE) && !receive(stream))
        return;
    if (events & UV_WRITABLE)
        transmit(stream);
}

struct stream *stream_open(struct stream_pool *pool, const struct sockaddr_storage *address,
                           const struct stream_ops *ops, void *arg, int *ret_error)
{
    struct stream *stream = calloc(1, sizeof *stream);
    int fd, error;

    if (stream == NULL) {
        *ret_error = ENOMEM;
        return NULL;
    }
    fd = socket_connect(address);
    if (fd < 0) {
        error = errno;
        goto err_stream;
    }
    error = -uv_poll_init(pool->loop, &stream->poll, fd);
    if (error != 0)
        goto err_fd;
    stream->poll.data = stream;
    stream->pool = pool;
    stream->ops = ops;
    stream->arg = arg;
    stream->redis = redisConnectFd(fd);
    if (stream->redis == NULL) {
        uv_close((uv_handle_t *)&stream->poll, poll_closed); /* frees the stream */
        close(fd);
        *ret_error = ENOMEM;
        return NULL;
    }
    stream->redis->flags &= ~REDIS_BLOCK;
    reply_limit_set(stream->redis->reader);
    watch(stream, UV_WRITABLE);
    return stream;

err_fd:
    close(fd);
err_stream:
    free(stream);
    *ret_error = error;
    return NULL;
}

bool stream_send(struct stream *stream, const char *const *words, reply_fn *fn, void *ctx,
                 uint64_t tag)
{
    const char *argv[WORDS_MAX];
    char *text = NULL;
    int argc = 0;

    if (stream == NULL || stream->redis == NULL)
        return false;
    while (words[argc] != NULL) {
        assert(argc < WORDS_MAX);
        argv[argc] = words[argc];
        argc++;
    }
    long long len = redisFormatCommandArgv(&text, argc, argv, NULL);
    if (len < 0)
        return false;
    bool sent = stream->out_bytes + (size_t)len <= STREAM_OUT_BYTES_MAX &&
                waiters_push(&stream->waiters, (struct waiter){ fn, ctx, tag });

    if (sent) {
        int rc = redisAppendFormattedCommand(stream->redis, text, (size_t)len);

        assert(rc == REDIS_OK); /* else the replies would go to the wrong ones; takes no memory */
        (void)rc;
        stream->out_bytes += (size_t)len;
        dirty_add(stream);
    }
    redisFreeCommand(text);
    return sent;
}

bool stream_local_host(const struct stream *stream, char ret_host[HOST_LEN_MAX + 1])
{
    return stream != NULL && stream->redis != NULL && stream->established &&
           socket_local_host(stream->redis->fd, ret_host);
}

bool stream_remote_host(const struct stream *stream, char ret_host[HOST_LEN_MAX + 1])
{
    return stream != NULL && stream->redis != NULL && stream->established &&
           socket_remote_host(stream->redis->fd, ret_host);
}
