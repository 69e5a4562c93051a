/*
 * link_drive: links to a server of our own on the same loop, which answers as a script says. All of
 * it is inline.
 */
#ifndef TESTS_UNIT_LINK_DRIVE_H
#define TESTS_UNIT_LINK_DRIVE_H

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#include "probes/link_io.h"
#include "probes/order_io.h"
#include "quorum/message.h"
#include "tests/unit/unit.h"
#include "wire/buf.h"
#include "wire/resp_read.h"

#define RUNID    "0123456789abcdef0123456789abcdef01234567"
#define PEER_ID  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define CHANNEL  "hellos"
#define ID       7
#define LIMIT_MS 5000
#define SEEN_MAX 32

/* How the server answers a request that begins with WORDS; the first row that fits counts. */
struct line_of_script {
    const char *words;
    const char *reply; /* NULL: ends the connection, "": says nothing */
};

struct conn {
    uv_tcp_t tcp; /* first */
    struct resp_reader reader;
    struct buf in;
    bool used;
};

static struct {
    uv_loop_t loop;
    uv_tcp_t listener;
    struct addr addr;
    struct conn conns[4];
    const struct line_of_script *script;
    char requests[4096]; /* all that was asked, "A B|C D|" */
    struct link_set *links;
    /* what was reported */
    enum evidence seen[SEEN_MAX];
    size_t n_seen;
    char ip[HOST_LEN_MAX + 1];
    enum node_role info_role;
    char heard[256];
    bool close_when_heard;
    struct order_result result;
    size_t settled;
    struct message message;
    size_t messages;
    bool late;
} world;

static const struct line_of_script polite[] = {
    { "AUTH", "+OK\r\n" },
    { "CLIENT SETNAME", "+OK\r\n" },
    { "SUBSCRIBE", "*3\r\n$9\r\nsubscribe\r\n$6\r\n" CHANNEL "\r\n:1\r\n" },
    { "PING", "+PONG\r\n" },
    { "", "-ERR unknown command\r\n" },
    { NULL, NULL },
};

/* --- the server --- */

static inline void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    static char bytes[4096];

    (void)handle;
    (void)suggested;
    *ret = uv_buf_init(bytes, sizeof bytes);
}

/* To a client that may have closed its end. */
static inline void send_text(struct conn *conn, const char *text)
{
    uv_buf_t part = uv_buf_init((char *)text, (unsigned)strlen(text));
    int sent = uv_try_write((uv_stream_t *)&conn->tcp, &part, 1);

    CU_ASSERT(sent == (int)part.len || sent == UV_ECONNRESET || sent == UV_EPIPE);
}

static inline void on_conn_closed(uv_handle_t *handle)
{
    struct conn *conn = (struct conn *)(void *)handle;

    resp_reader_done(&conn->reader);
    buf_done(&conn->in);
    conn->used = false;
}

static inline void close_conn(struct conn *conn)
{
    if (conn->used && !uv_is_closing((uv_handle_t *)&conn->tcp))
        uv_close((uv_handle_t *)&conn->tcp, on_conn_closed);
}

static inline void answer(struct conn *conn, const struct resp_request *request)
{
    const struct line_of_script *line = world.script;
    char text[512] = "";

    for (size_t i = 0; i < request->argc; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? " " : "",
                 (int)request->argv[i].n, request->argv[i].p);
    snprintf(world.requests + strlen(world.requests),
             sizeof world.requests - strlen(world.requests), "%s|", text);
    while (line->words != NULL && strncmp(text, line->words, strlen(line->words)) != 0)
        line++;
    CU_ASSERT_PTR_NOT_NULL_FATAL(line->words);
    if (line->reply == NULL)
        close_conn(conn);
    else
        send_text(conn, line->reply);
}

static inline void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct conn *conn = (struct conn *)(void *)stream;
    struct resp_request request;
    size_t used;

    if (n <= 0) {
        if (n < 0)
            close_conn(conn);
        return;
    }
    buf_append(&conn->in, bytes->base, (size_t)n);
    while (!uv_is_closing((uv_handle_t *)stream)) {
        enum resp_status status = resp_reader_next(&conn->reader, buf_data(&conn->in),
                                                   buf_used(&conn->in), &request, &used);

        if (status == RESP_REQUEST)
            answer(conn, &request);
        buf_consume(&conn->in, used);
        if (status != RESP_REQUEST)
            break;
    }
}

static inline void on_connection(uv_stream_t *listener, int status)
{
    size_t i = 0;

    (void)status;
    while (world.conns[i].used)
        i++;
    struct conn *conn = &world.conns[i];

    uv_tcp_init(&world.loop, &conn->tcp);
    conn->used = true;
    resp_reader_init(&conn->reader, NULL);
    buf_init(&conn->in, 0);
    CU_ASSERT_EQUAL(uv_accept(listener, (uv_stream_t *)&conn->tcp), 0);
    uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
}

static inline struct conn *any_conn(void)
{
    for (size_t i = 0; i < sizeof world.conns / sizeof *world.conns; i++) {
        if (world.conns[i].used)
            return &world.conns[i];
    }
    return NULL;
}

/* --- what is reported --- */

static inline void on_report(void *arg, const struct link_report *report)
{
    (void)arg;
    CU_ASSERT_EQUAL(report->id, ID);
    CU_ASSERT_FATAL(world.n_seen < SEEN_MAX);
    world.seen[world.n_seen++] = report->evidence;
    if (report->evidence == EVIDENCE_CONNECTED)
        strcpy(world.ip, report->ip);
    if (report->info != NULL)
        world.info_role = report->info->role;
}

static inline void on_heard(void *arg, uint32_t id, const char *text, size_t len)
{
    (void)arg;
    CU_ASSERT_EQUAL(id, ID);
    snprintf(world.heard + strlen(world.heard), sizeof world.heard - strlen(world.heard), "%.*s|",
             (int)len, text);
    if (world.close_when_heard)
        link_close(world.links, ID, LINK_PUBSUB);
}

static inline void on_settled(void *arg, const struct order_result *result)
{
    (void)arg;
    world.result = *result;
    world.settled++;
}

static inline void on_message(void *arg, const struct message *message)
{
    (void)arg;
    world.message = *message;
    world.messages++;
}

/* --- helpers --- */

static inline void begin(const struct line_of_script *script)
{
    static const struct link_ops ops = { on_report, on_heard };
    struct sockaddr_in any, bound;
    int size = sizeof bound;

    memset(&world, 0, sizeof world);
    world.script = script;
    uv_loop_init(&world.loop);
    uv_tcp_init(&world.loop, &world.listener);
    uv_ip4_addr("127.0.0.1", 0, &any);
    uv_tcp_bind(&world.listener, (const struct sockaddr *)&any, 0);
    CU_ASSERT_EQUAL_FATAL(uv_listen((uv_stream_t *)&world.listener, 8, on_connection), 0);
    uv_tcp_getsockname(&world.listener, (struct sockaddr *)&bound, &size);
    addr_set(&world.addr, "127.0.0.1", ntohs(bound.sin_port));
    world.links = link_set_new(&world.loop, RUNID, CHANNEL, &ops, NULL);
}

static inline void finish(void)
{
    link_set_free(world.links);
    for (size_t i = 0; i < sizeof world.conns / sizeof *world.conns; i++)
        close_conn(&world.conns[i]);
    if (!uv_is_closing((uv_handle_t *)&world.listener))
        uv_close((uv_handle_t *)&world.listener, NULL);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&world.loop), 0);
}

static inline void on_late(uv_timer_t *timer)
{
    (void)timer;
    world.late = true;
}

/* Run the loop until *COUNT has reached N; false when that takes too long. */
static inline bool await(const size_t *count, size_t n)
{
    uv_timer_t late;

    world.late = false;
    uv_timer_init(&world.loop, &late);
    uv_timer_start(&late, on_late, LIMIT_MS, 0);
    while (*count < n && !world.late)
        uv_run(&world.loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&late, NULL);
    uv_run(&world.loop, UV_RUN_NOWAIT);
    CU_ASSERT_FALSE(world.late);
    return !world.late;
}

/* Wait for the next evidence, which must be this one. */
static inline void expect(enum evidence evidence)
{
    if (!await(&world.n_seen, 1))
        return;
    CU_ASSERT_EQUAL(world.seen[0], evidence);
    if (world.seen[0] != evidence)
        printf("seen: %s, expected: %s\n", evidence_name(world.seen[0]), evidence_name(evidence));
    memmove(world.seen, world.seen + 1, --world.n_seen * sizeof *world.seen);
}

/* Let everything happen that is on its way; no evidence may come of it. */
static inline void expect_nothing(void)
{
    for (int turn = 0; turn < 20; turn++)
        uv_run(&world.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(world.n_seen, 0);
}

static inline void open_link(enum link_kind kind)
{
    link_open(world.links, ID, kind, &world.addr, &(struct link_login){ "", "", "" });
}

/* A world in which that link is up. */
static inline void bring_up(const struct line_of_script *script, enum link_kind kind)
{
    begin(script);
    open_link(kind);
    expect(EVIDENCE_CONNECTED);
}

#endif
