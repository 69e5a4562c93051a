#include "sentinel/ctl/feed_io.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sentinel/ctl/progress_io.h"
#include "store/file_io.h"

#define HEADER_LINES_MAX 100000 /* empty ones, which the node sends while it prepares */

/* Takes in more. False: printed, or a signal has come. */
static bool receive(struct feed *f, int wait_ms, bool must_come)
{
    struct pollfd p = { f->link->fd, POLLIN, 0 };
    char *room;
    ssize_t n = 0;
    int ready = poll(&p, 1, wait_ms);

    if (ready < 0 && errno == EINTR)
        return !(must_come && progress_interrupted());
    if (ready == 0 && must_come)
        node_complain(f->node, "the node has been silent for a minute: start again");
    if (ready == 0)
        return !must_come;
    room = buf_reserve(&f->in, FEED_CHUNK_BYTES);
    if (!room) {
        node_complain(f->node, "more is held of the stream than there is room for");
        return false;
    }
    n = recv(f->link->fd, room, FEED_CHUNK_BYTES, MSG_DONTWAIT);
    if (n > 0)
        buf_commit(&f->in, (size_t)n);
    else if (n == 0 || errno == ECONNRESET)
        node_complain(f->node, "the node has closed the connection (its log says why; if it is its "
                               "client-output-buffer-limit for replicas, raise that)");
    else if (errno == EAGAIN || errno == EINTR)
        return true;
    else
        node_complain(f->node, strerror(errno));
    return n > 0;
}

/* The next line that is not empty. */
static bool take_line(struct feed *f, char line[FEED_LINE_BYTES_MAX])
{
    for (int lines = 0; lines < HEADER_LINES_MAX;) {
        const char *p = buf_data(&f->in), *end = memchr(p, '\n', buf_used(&f->in));
        size_t n = end ? (size_t)(end - p) : 0;
        if (!end && buf_used(&f->in) < FEED_LINE_BYTES_MAX) {
            if (!receive(f, FEED_SILENCE_MS, true))
                return false;
            continue;
        }
        if (!end || n >= FEED_LINE_BYTES_MAX)
            break;
        memcpy(line, p, n);
        line[n] = '\0';
        line[strcspn(line, "\r")] = '\0';
        buf_consume(&f->in, n + 1);
        if (*line)
            return true;
        lines++;
    }
    node_complain(f->node, "this is not how a node answers PSYNC");
    return false;
}

static bool send_text(struct feed *f, const char *text)
{
    if (file_write_all(f->link->fd, text, strlen(text)))
        return true;
    node_complain(f->node, strerror(errno));
    return false;
}

/* Says what we are; old nodes know only part of it, which does no harm. */
static bool introduce(struct feed *f, bool follow)
{
    static const char *const capa[] = { "REPLCONF", "capa", "eof", "capa", "psync2" };
    static const char *const only[] = { "REPLCONF", "rdb-only", "1" };

    redisReply *reply = redisCommandArgv(f->link, 5, (const char **)capa, NULL);
    bool ok = reply != NULL;
    freeReplyObject(reply);
    if (ok && !follow) {
        reply = redisCommandArgv(f->link, 3, (const char **)only, NULL);
        ok = reply != NULL;
        freeReplyObject(reply);
    }
    if (!ok)
        node_complain(f->node, f->link->errstr);
    return ok;
}

/* Reads the answer to PSYNC; a node that does not know it is asked by SYNC. */
static bool read_answer(struct feed *f, char line[FEED_LINE_BYTES_MAX])
{
    char id[64];
    long long offset;

    if (!take_line(f, line))
        return false;
    if (sscanf(line, "+FULLRESYNC %60s %lld", id, &offset) == 2) {
        f->offset = offset;
        return take_line(f, line);
    }
    if (strncmp(line, "-ERR unknown command", 20) != 0)
        return true;
    return send_text(f, "SYNC\r\n") && take_line(f, line);
}

/* `$length`, or `$EOF:mark`. */
static bool read_head(struct feed *f, const char *line)
{
    char *end;

    if (strncmp(line, "$EOF:", 5) == 0 && strlen(line) == 5 + FEED_MARK_BYTES) {
        f->marked = true;
        memcpy(f->mark, line + 5, FEED_MARK_BYTES);
        return true;
    }
    f->data_bytes = f->left = *line == '$' ? strtoull(line + 1, &end, 10) : 0;
    if (f->left > 0 && *end == '\0')
        return true;
    node_complain(f->node, line);
    return false;
}

bool feed_start(struct feed *f, const struct node *node, bool follow)
{
    char line[FEED_LINE_BYTES_MAX];

    memset(f, 0, sizeof(*f));
    f->node = node;
    f->offset = -1;
    buf_init(&f->in, FEED_HELD_BYTES_MAX);
    f->link = node_connect(node);
    if (f->link && introduce(f, follow) && send_text(f, "PSYNC ? -1\r\n") && read_answer(f, line) &&
        read_head(f, line))
        return true;
    feed_stop(f);
    return false;
}

void feed_stop(struct feed *f)
{
    if (f->link)
        redisFree(f->link);
    f->link = NULL;
    buf_done(&f->in);
}

/* How many of the bytes at hand are data for sure. */
static size_t data_at_hand(struct feed *f)
{
    size_t n = buf_used(&f->in);
    const char *p = buf_data(&f->in), *mark;

    if (!f->marked)
        return n < f->left ? n : (size_t)f->left;
    mark = memmem(p, n, f->mark, FEED_MARK_BYTES);
    if (mark)
        return (size_t)(mark - p);
    return n < FEED_MARK_BYTES ? 0 : n - FEED_MARK_BYTES + 1;
}

/* True when the end stands at the front of what is at hand; a mark is dropped. */
static bool take_end(struct feed *f)
{
    if (!f->marked)
        return f->left == 0;
    if (buf_used(&f->in) < FEED_MARK_BYTES ||
        memcmp(buf_data(&f->in), f->mark, FEED_MARK_BYTES) != 0)
        return false;
    buf_consume(&f->in, FEED_MARK_BYTES);
    return true;
}

bool feed_read(struct feed *f, struct slice *ret)
{
    size_t n = 0;

    ret->p = "";
    ret->n = 0;
    buf_consume(&f->in, f->given);
    f->given = 0;
    while (!f->ended && (n = data_at_hand(f)) == 0) {
        f->ended = take_end(f);
        if (!f->ended && !receive(f, FEED_SILENCE_MS, true))
            return false;
    }
    if (n == 0)
        return true;
    ret->p = buf_data(&f->in);
    ret->n = f->given = n;
    f->left -= f->marked ? 0 : n;
    return true;
}

bool feed_receive(struct feed *f, int wait_ms)
{
    return buf_used(&f->in) >= FEED_HELD_BYTES_MAX / 2 || receive(f, wait_ms, false);
}

bool feed_ack(struct feed *f)
{
    char text[128], number[32];
    int digits = snprintf(number, sizeof(number), "%lld", (long long)f->offset);

    if (f->offset < 0)
        return true;
    snprintf(text, sizeof(text), "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$%d\r\n%s\r\n", digits,
             number);
    return send_text(f, text);
}
