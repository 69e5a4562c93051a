/*
 * Links, orders and messages against a server of our own on the same loop, which answers as a
 * script says.
 */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#include "probes/link_io.h"
#include "probes/command_io.h"
#include "probes/order_io.h"
#include "probes/waiters.h"
#include "quorum/message.h"
#include "quorum/peer_io.h"
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

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    static char bytes[4096];

    (void)handle;
    (void)suggested;
    *ret = uv_buf_init(bytes, sizeof bytes);
}

/* To a client that may have closed its end. */
static void send_text(struct conn *conn, const char *text)
{
    uv_buf_t part = uv_buf_init((char *)text, (unsigned)strlen(text));
    int sent = uv_try_write((uv_stream_t *)&conn->tcp, &part, 1);

    CU_ASSERT(sent == (int)part.len || sent == UV_ECONNRESET || sent == UV_EPIPE);
}

static void on_conn_closed(uv_handle_t *handle)
{
    struct conn *conn = (struct conn *)(void *)handle;

    resp_reader_done(&conn->reader);
    buf_done(&conn->in);
    conn->used = false;
}

static void close_conn(struct conn *conn)
{
    if (conn->used && !uv_is_closing((uv_handle_t *)&conn->tcp))
        uv_close((uv_handle_t *)&conn->tcp, on_conn_closed);
}

static void answer(struct conn *conn, const struct resp_request *request)
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

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
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

static void on_connection(uv_stream_t *listener, int status)
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

static struct conn *any_conn(void)
{
    for (size_t i = 0; i < sizeof world.conns / sizeof *world.conns; i++) {
        if (world.conns[i].used)
            return &world.conns[i];
    }
    return NULL;
}

/* --- what is reported --- */

static void on_report(void *arg, const struct link_report *report)
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

static void on_heard(void *arg, uint32_t id, const char *text, size_t len)
{
    (void)arg;
    CU_ASSERT_EQUAL(id, ID);
    snprintf(world.heard + strlen(world.heard), sizeof world.heard - strlen(world.heard), "%.*s|",
             (int)len, text);
    if (world.close_when_heard)
        link_close(world.links, ID, LINK_PUBSUB);
}

static void on_settled(void *arg, const struct order_result *result)
{
    (void)arg;
    world.result = *result;
    world.settled++;
}

static void on_message(void *arg, const struct message *message)
{
    (void)arg;
    world.message = *message;
    world.messages++;
}

/* --- helpers --- */

static void begin(const struct line_of_script *script)
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

static void finish(void)
{
    link_set_free(world.links);
    for (size_t i = 0; i < sizeof world.conns / sizeof *world.conns; i++)
        close_conn(&world.conns[i]);
    if (!uv_is_closing((uv_handle_t *)&world.listener))
        uv_close((uv_handle_t *)&world.listener, NULL);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&world.loop), 0);
}

static void on_late(uv_timer_t *timer)
{
    (void)timer;
    world.late = true;
}

/* Run the loop until *COUNT has reached N; false when that takes too long. */
static bool await(const size_t *count, size_t n)
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
static void expect(enum evidence evidence)
{
    if (!await(&world.n_seen, 1))
        return;
    CU_ASSERT_EQUAL(world.seen[0], evidence);
    if (world.seen[0] != evidence)
        printf("seen: %s, expected: %s\n", evidence_name(world.seen[0]), evidence_name(evidence));
    memmove(world.seen, world.seen + 1, --world.n_seen * sizeof *world.seen);
}

/* Let everything happen that is on its way; no evidence may come of it. */
static void expect_nothing(void)
{
    for (int turn = 0; turn < 20; turn++)
        uv_run(&world.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(world.n_seen, 0);
}

static void open_link(enum link_kind kind)
{
    link_open(world.links, ID, kind, &world.addr, &(struct link_login){ "", "", "" });
}

/* A world in which that link is up. */
static void bring_up(const struct line_of_script *script, enum link_kind kind)
{
    begin(script);
    open_link(kind);
    expect(EVIDENCE_CONNECTED);
}

/* --- coming up and going down --- */

static void test_comes_up(void)
{
    bring_up(polite, LINK_CMD);
    CU_ASSERT_STRING_EQUAL(world.requests, "CLIENT SETNAME sentinel-01234567-cmd|");
    CU_ASSERT_STRING_EQUAL(world.ip, "127.0.0.1");
    char host[HOST_LEN_MAX + 1];

    CU_ASSERT(link_local_host(world.links, ID, host));
    CU_ASSERT_STRING_EQUAL(host, "127.0.0.1");
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    finish();
}

static void test_logs_in(void)
{
    begin(polite);
    link_open(world.links, ID, LINK_CMD, &world.addr, &(struct link_login){ "me", "secret", "" });
    expect(EVIDENCE_CONNECTED);
    link_open(world.links, ID, LINK_CMD, &world.addr, &(struct link_login){ "", "secret", NULL });
    expect(EVIDENCE_CONNECTED);
    CU_ASSERT_STRING_EQUAL(world.requests, "AUTH me secret|CLIENT SETNAME sentinel-01234567-cmd|"
                                           "AUTH secret|CLIENT SETNAME sentinel-01234567-cmd|");
    finish();
}

/* Every command goes out under the node's own name for it, those of the login too. */
static void test_renames(void)
{
    static const struct line_of_script script[] = {
        { "enter", "+OK\r\n" },
        { "CLIENT SETNAME", "+OK\r\n" },
        { "gnip", "+PONG\r\n" },
        { NULL, NULL },
    };

    begin(script);
    link_open(world.links, ID, LINK_CMD, &world.addr,
              &(struct link_login){ "me", "secret", "AUTH=enter PING=gnip" });
    expect(EVIDENCE_CONNECTED);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    CU_ASSERT_STRING_EQUAL(world.requests,
                           "enter me secret|CLIENT SETNAME sentinel-01234567-cmd|gnip|");
    finish();
}

static void test_denied(void)
{
    static const struct line_of_script script[] = {
        { "AUTH", "-WRONGPASS no\r\n" },
        { "CLIENT SETNAME", "-NOAUTH no\r\n" },
        { "SUBSCRIBE", "-NOPERM no\r\n" },
        { "PING", "-NOAUTH Authentication required.\r\n" },
        { NULL, NULL },
    };

    begin(script);
    link_open(world.links, ID, LINK_PUBSUB, &world.addr,
              &(struct link_login){ "me", "secret", "" });
    expect(EVIDENCE_CONNECTED);
    order_ping(world.links, ID, LINK_PUBSUB);
    expect(EVIDENCE_DENIED);
    finish();
}

static void test_refused(void)
{
    begin(polite);
    uv_close((uv_handle_t *)&world.listener, NULL);
    uv_run(&world.loop, UV_RUN_NOWAIT);
    open_link(LINK_CMD);
    expect(EVIDENCE_REFUSED);
    order_ping(world.links, ID, LINK_CMD); /* nothing happens, and it does no harm */
    expect_nothing();
    finish();
}

static void test_names(void)
{
    begin(polite);
    strcpy(world.addr.host, "127.1"); /* takes the resolver, but no name server */
    open_link(LINK_CMD);
    expect(EVIDENCE_CONNECTED);
    strcpy(world.addr.host, "two..dots");
    open_link(LINK_CMD);
    expect(EVIDENCE_UNREACHABLE);
    strcpy(world.addr.host, "127.1");
    open_link(LINK_CMD);
    link_close(world.links, ID, LINK_CMD); /* while it is looked up */
    expect_nothing();
    finish();
}

static void test_ends(void)
{
    bring_up(polite, LINK_CMD);
    close_conn(any_conn());
    expect(EVIDENCE_RESET);
    open_link(LINK_CMD);
    expect(EVIDENCE_CONNECTED);
    uv_tcp_close_reset(&any_conn()->tcp, on_conn_closed);
    expect(EVIDENCE_RESET);
    expect_nothing();
    finish();
}

static void test_closed_is_silent(void)
{
    bring_up(polite, LINK_CMD);
    order_ping(world.links, ID, LINK_CMD);
    link_close(world.links, ID, LINK_CMD);
    open_link(LINK_CMD);
    link_forget(world.links, ID);
    expect_nothing();
    CU_ASSERT_FALSE(link_local_host(world.links, ID, (char[HOST_LEN_MAX + 1]){ 0 }));
    finish();
}

/* --- the channel --- */

static void test_channel(void)
{
    static const struct line_of_script script[] = {
        { "PING", "*2\r\n$4\r\npong\r\n$0\r\n\r\n" },
        { "CLIENT SETNAME", "+OK\r\n" },
        { "SUBSCRIBE", "*3\r\n$9\r\nsubscribe\r\n$6\r\n" CHANNEL "\r\n:1\r\n"
                       "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$2\r\nhi\r\n" },
        { NULL, NULL },
    };

    bring_up(script, LINK_PUBSUB);
    CU_ASSERT_STRING_EQUAL(world.requests,
                           "CLIENT SETNAME sentinel-01234567-pubsub|SUBSCRIBE " CHANNEL "|");
    send_text(any_conn(), "*3\r\n$7\r\nmessage\r\n$6\r\nothers\r\n$2\r\nno\r\n"
                          "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n:5\r\n"
                          "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$3\r\nyes\r\n");
    order_ping(world.links, ID, LINK_PUBSUB);
    expect(EVIDENCE_PONG);
    CU_ASSERT_STRING_EQUAL(world.heard, "hi|yes|");
    finish();
}

static void test_closed_by_a_message(void)
{
    bring_up(polite, LINK_PUBSUB);
    world.close_when_heard = true;
    order_ping(world.links, ID, LINK_PUBSUB);
    send_text(any_conn(), "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$1\r\na\r\n"
                          "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$1\r\nb\r\n");
    expect_nothing();
    CU_ASSERT_STRING_EQUAL(world.heard, "a|");
    finish();
}

/* --- replies that no node should give --- */

static void test_hostile(void)
{
    static const char *const texts[] = {
        "*1\r\n$9\r\nsubscribe\r\n",
        "*0\r\n",
        "*-1\r\n",
        "$-1\r\n",
        ":5\r\n",
        "*2\r\n:1\r\n:2\r\n",
        "*3\r\n:1\r\n:2\r\n:3\r\n",
        "*3\r\n$7\r\nmessage\r\n*0\r\n*0\r\n",
        "+PONG\r\n+PONG\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "*2147483647\r\n",
        "$99999999999999999999\r\n",
    };

    for (size_t kind = 0; kind < LINK_COUNT; kind++) {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            bring_up(polite, (enum link_kind)kind);
            send_text(any_conn(), texts[i]); /* nobody asked for it */
            close_conn(any_conn());
            expect(EVIDENCE_RESET);
            finish();
        }
    }
}

static void test_odd_replies(void)
{
    static const char *const texts[] = { ":1\r\n", "$-1\r\n", "*-1\r\n",
                                         "*0\r\n", "+\r\n",   "$0\r\n\r\n" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct line_of_script script[] = { { "CLIENT", "+OK\r\n" },
                                                 { "", texts[i] },
                                                 { NULL, NULL } };

        bring_up(script, LINK_CMD);
        order_ping(world.links, ID, LINK_CMD);
        expect(EVIDENCE_ERROR);
        order_info(world.links, ID);
        expect(EVIDENCE_INFO_FAILED);
        order_publish(world.links, ID, CHANNEL, "text");
        expect(EVIDENCE_HELLO_SENT);
        expect_nothing();
        finish();
    }
}

static void test_errors(void)
{
    static const struct {
        const char *reply;
        enum evidence evidence;
    } errors[] = {
        { "-LOADING wait\r\n", EVIDENCE_LOADING }, { "-MASTERDOWN link\r\n", EVIDENCE_MASTERDOWN },
        { "-BUSY script\r\n", EVIDENCE_BUSY },     { "-MISCONF disk\r\n", EVIDENCE_MISCONF },
        { "-NOPERM no\r\n", EVIDENCE_DENIED },     { "-ERR what\r\n", EVIDENCE_ERROR },
    };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const struct line_of_script script[] = { { "CLIENT", "+OK\r\n" },
                                                 { "PING", errors[i].reply },
                                                 { NULL, NULL } };

        bring_up(script, LINK_CMD);
        order_ping(world.links, ID, LINK_CMD);
        expect(errors[i].evidence);
        finish();
    }
}

static void test_info(void)
{
    static const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" },
        { "INFO", "$12\r\nrole:slave\r\n\r\n" },
        { NULL, NULL },
    };

    bring_up(script, LINK_CMD);
    order_info(world.links, ID);
    expect(EVIDENCE_INFO);
    CU_ASSERT_EQUAL(world.info_role, ROLE_REPLICA);

    /* Its text is kept, with the link or without it, until the node is forgotten. */
    CU_ASSERT_PTR_NULL(link_kept_info(world.links, ID + 1).p);
    CU_ASSERT_PTR_NULL(link_kept_info(world.links, 1000000).p);
    link_close(world.links, ID, LINK_CMD);
    CU_ASSERT(slice_is(link_kept_info(world.links, ID), "role:slave\r\n"));
    link_keep_info(world.links, ID, "a long", 1);
    CU_ASSERT(slice_is(link_kept_info(world.links, ID), "a"));
    link_keep_info(world.links, 999, "x", 1);
    link_forget(world.links, ID);
    CU_ASSERT_PTR_NULL(link_kept_info(world.links, ID).p);
    finish();
}

/* --- changes of role --- */

#define QUEUED     "+QUEUED\r\n"
#define SLAVE_ROLE "*2\r\n$5\r\nslave\r\n$4\r\nmore\r\n"

static void change_role(uint64_t ticket, const struct addr *primary, unsigned without)
{
    const struct role_change change = { .primary = primary, .without = without };

    order_role(world.links, ID, ticket, &change, on_settled, NULL);
}

/* Order node ID to follow somebody, under that script, and wait for the end. */
static void follow(const struct line_of_script *script)
{
    struct addr primary = { "10.0.0.9", 6400 };

    bring_up(script, LINK_CMD);
    change_role(42, &primary, 0);
    await(&world.settled, 1);
    CU_ASSERT_EQUAL(world.settled, 1);
    CU_ASSERT(world.result.ticket == 42 && world.result.id == ID);
}

/* A command of which only success counts: taken, refused, and on a link that is not there. */
static void test_command(void)
{
    static const struct line_of_script script[] = { { "SCRIPT KILL", "+OK\r\n" },
                                                    { "FUNCTION KILL", "-NOTBUSY no\r\n" },
                                                    { "CLIENT SETNAME", "+OK\r\n" },
                                                    { NULL, NULL } };

    bring_up(script, LINK_CMD);
    order_command(world.links, ID, LINK_CMD, 7, (const char *[]){ "SCRIPT", "KILL", NULL },
                  on_settled, NULL);
    await(&world.settled, 1);
    CU_ASSERT(world.result.ok && world.result.ticket == 7 && world.result.id == ID);
    order_command(world.links, ID, LINK_CMD, 8, (const char *[]){ "FUNCTION", "KILL", NULL },
                  on_settled, NULL);
    await(&world.settled, 2);
    CU_ASSERT(!world.result.ok && !world.result.lost);
    CU_ASSERT_STRING_EQUAL(world.result.error, "NOTBUSY no");
    order_command(world.links, ID, LINK_PUBSUB, 9, (const char *[]){ "SCRIPT", "KILL", NULL },
                  on_settled, NULL);
    CU_ASSERT(world.settled == 3 && world.result.lost && world.result.ticket == 9);
    finish();
}

static void test_follow(void)
{
    static const struct line_of_script script[] = {
        { "MULTI", "+OK\r\n" }, { "EXEC", "*3\r\n+OK\r\n+OK\r\n:2\r\n" },
        { "ROLE", SLAVE_ROLE }, { "CLIENT SETNAME", "+OK\r\n" },
        { "", QUEUED },         { NULL, NULL },
    };

    follow(script);
    CU_ASSERT(world.result.ok && !world.result.lost && world.result.role == ROLE_REPLICA);
    CU_ASSERT(world.result.error[0] == '\0' && world.result.refused == 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|MULTI|SLAVEOF 10.0.0.9 6400|CONFIG REWRITE|"
                                                  "CLIENT KILL TYPE normal|EXEC|ROLE|"));
    change_role(43, NULL, 0);
    await(&world.settled, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|MULTI|SLAVEOF NO ONE|"));
    finish();
}

static void test_follow_with_a_warning(void)
{
    static const struct line_of_script script[] = {
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*3\r\n+OK Already connected\r\n-ERR no config file\r\n:0\r\n" },
        { "ROLE", "-NOPERM role\r\n" },
        { "CLIENT SETNAME", "+OK\r\n" },
        { "", QUEUED },
        { NULL, NULL },
    };

    follow(script);
    CU_ASSERT(world.result.ok && world.result.role == ROLE_UNKNOWN);
    CU_ASSERT_EQUAL(world.result.refused, PART_REWRITE);
    CU_ASSERT_STRING_EQUAL(world.result.error, "CONFIG REWRITE: ERR no config file");
    finish();
}

/* The order ended, with that part refused, and went well or not. */
static void refuses(const struct line_of_script *script, bool ok, unsigned part, const char *error)
{
    follow(script);
    CU_ASSERT(world.result.ok == ok && !world.result.lost);
    CU_ASSERT_EQUAL(world.result.refused, part);
    CU_ASSERT_STRING_EQUAL(world.result.error, error);
    finish();
}

/* A node that has no such command, or gives no right to it, ends the whole transaction. */
static void test_parts_refused(void)
{
    static const struct line_of_script no_config[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "CONFIG", "-ERR unknown command 'CONFIG'\r\n" },
        { "EXEC", "-EXECABORT Transaction discarded\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script no_multi[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "-NOPERM multi\r\n" },
        { "SLAVEOF", "+OK\r\n" },
        { "CONFIG", "+OK\r\n" },
        { "CLIENT KILL", ":1\r\n" },
        { "EXEC", "-ERR EXEC without MULTI\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", "+OK\r\n" },
        { NULL, NULL },
    };
    static const struct line_of_script no_exec[] = {
        { "CLIENT SETNAME", "+OK\r\n" }, { "MULTI", "+OK\r\n" }, { "EXEC", "-NOPERM exec\r\n" },
        { "DISCARD", "+OK\r\n" },        { "", QUEUED },         { NULL, NULL },
    };

    refuses(no_config, false, PART_REWRITE, "CONFIG REWRITE: ERR unknown command 'CONFIG'");
    refuses(no_multi, true, PART_MULTI, "MULTI: NOPERM multi");
    refuses(no_exec, false, PART_MULTI, "EXEC: NOPERM exec");
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|DISCARD|"));
}

/* What is known to be refused is not sent. */
static void test_parts_left_out(void)
{
    static const struct {
        unsigned without;
        const char *exec, *requests;
    } rows[] = {
        { PART_REWRITE, "*2\r\n+OK\r\n:0\r\n",
          "|MULTI|SLAVEOF NO ONE|CLIENT KILL TYPE normal|EXEC|ROLE|" },
        { PART_KILL | PART_REWRITE, "*1\r\n+OK\r\n", "|MULTI|SLAVEOF NO ONE|EXEC|ROLE|" },
        { PART_MULTI, "", "|SLAVEOF NO ONE|CONFIG REWRITE|CLIENT KILL TYPE normal|ROLE|" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct line_of_script script[] = {
            { "CLIENT SETNAME", "+OK\r\n" },
            { "EXEC", rows[i].exec },
            { "SLAVEOF", rows[i].without & PART_MULTI ? "+OK\r\n" : QUEUED },
            { "", "+OK\r\n" },
            { NULL, NULL },
        };

        bring_up(script, LINK_CMD);
        change_role(42, NULL, rows[i].without);
        await(&world.settled, 1);
        CU_ASSERT(world.result.ok && world.result.refused == 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, rows[i].requests));
        finish();
    }
}

/* The order must fail with that text. */
static void fails(const struct line_of_script *script, const char *error)
{
    follow(script);
    CU_ASSERT(!world.result.ok && !world.result.lost);
    CU_ASSERT_STRING_EQUAL(world.result.error, error);
    finish();
}

static void test_follow_refused(void)
{
    static const struct line_of_script denied[] = {
        { "CLIENT SETNAME", "+OK\r\n" }, { "ROLE", SLAVE_ROLE }, { "MULTI", "-NOPERM multi\r\n" },
        { "", "-ERR no\r\n" },           { NULL, NULL },
    };
    static const struct line_of_script unknown[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "SLAVEOF", "-ERR unknown command 'SLAVEOF'\r\n" },
        { "EXEC", "-EXECABORT Transaction discarded\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script inside[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*3\r\n-ERR not now\r\n+OK\r\n:0\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script odd[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*1\r\n+OK\r\n" },
        { "ROLE", "*0\r\n" },
        { "", QUEUED },
        { NULL, NULL },
    };

    fails(denied, "ERR no");
    CU_ASSERT_EQUAL(world.result.refused, PART_MULTI | PART_REWRITE | PART_KILL);
    fails(unknown, "ERR unknown command 'SLAVEOF'");
    fails(inside, "ERR not now");
    fails(odd, "unexpected reply to EXEC");
}

static void test_follow_lost(void)
{
    static const struct line_of_script at_exec[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", NULL },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script at_role[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*3\r\n+OK\r\n+OK\r\n:2\r\n" },
        { "ROLE", NULL },
        { "", QUEUED },
        { NULL, NULL },
    };

    follow(at_exec);
    CU_ASSERT(world.result.lost && !world.result.ok);
    expect(EVIDENCE_RESET);
    change_role(43, NULL, 0); /* no link: at once */
    CU_ASSERT(world.settled == 2 && world.result.lost && world.result.ticket == 43);
    finish();
    follow(at_role);
    CU_ASSERT(!world.result.lost && world.result.ok && world.result.role == ROLE_UNKNOWN);
    finish();
}

static void test_follow_closed(void)
{
    bring_up(polite, LINK_CMD);
    change_role(44, NULL, 0);
    link_close(world.links, ID, LINK_CMD);
    CU_ASSERT(world.settled == 1 && world.result.lost);
    finish();
}

static void test_too_many(void)
{
    static const struct line_of_script mute[] = { { "CLIENT", "+OK\r\n" },
                                                  { "", "" },
                                                  { NULL, NULL } };

    bring_up(mute, LINK_CMD);
    for (int i = 0; i < WAITERS_MAX - 2; i++)
        order_ping(world.links, ID, LINK_CMD);
    change_role(45, NULL, 0); /* only two steps of six fit */
    CU_ASSERT(world.settled == 1 && world.result.lost);
    expect(EVIDENCE_RESET); /* not left within a transaction */
    finish();
}

/* --- peers --- */

/* A peer answers so: it is taken to have said something, or nothing, but to have answered. */
static void ask(const char *reply, size_t said)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" }, { "SENTINEL", reply }, { "PING", "+PONG\r\n" }, { NULL, NULL }
    };
    struct message message = { .kind = MESSAGE_ASK, .peer = ID, .ticket = 77 };

    addr_set(&message.u.ask.primary, "10.0.0.1", 6379);
    message.u.ask.epoch = 12;
    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    peer_send(line, &message);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG); /* so its reply has been read too */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(world.requests, "|SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 12 *|"));
    CU_ASSERT_EQUAL(world.messages, 1);
    CU_ASSERT_EQUAL(peer_malformed(line), 1 - said);
    finish();
    peer_line_free(line);
}

static void test_ask(void)
{
    ask("*3\r\n:1\r\n$40\r\n" PEER_ID "\r\n:12\r\n", 1);
    CU_ASSERT(world.message.kind == MESSAGE_ANSWER && world.message.peer == ID);
    CU_ASSERT(world.message.ticket == 77 && world.message.u.answer.down);
    CU_ASSERT_STRING_EQUAL(world.message.u.answer.leader, PEER_ID);
    CU_ASSERT_EQUAL(world.message.u.answer.leader_epoch, 12);
    ask("*3\r\n:0\r\n$1\r\n*\r\n:0\r\n", 1);
    CU_ASSERT(!world.message.u.answer.down && world.message.u.answer.leader[0] == '\0');
    ask("*3\r\n:1\r\n$1\r\n*\r\n:-1\r\n", 0);
    ask("*3\r\n:1\r\n$3\r\nabc\r\n:1\r\n", 0);
    ask("*3\r\n$1\r\n1\r\n$1\r\n*\r\n:0\r\n", 0);
    ask("*2\r\n:1\r\n$1\r\n*\r\n", 0);
    ask("*-1\r\n", 0);
    ask("-ERR value is not an integer or out of range\r\n", 0);
}

/* Ask who a peer is and what it holds; it answers so. */
static void ask_where(const char *myid, const char *address, const char *master)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" },
        { "SENTINEL MYID", myid },
        { "SENTINEL GET-MASTER-ADDR-BY-NAME g", address },
        { "SENTINEL MASTER g", master },
        { "PING", "+PONG\r\n" },
        { NULL, NULL },
    };
    struct message message = { .kind = MESSAGE_WHERE, .peer = ID, .ticket = 78, .u.group = "g" };

    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    peer_send(line, &message);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    CU_ASSERT_EQUAL(world.messages, 1);
    CU_ASSERT(world.message.kind == MESSAGE_THERE && world.message.ticket == 78);
    finish();
    peer_line_free(line);
}

static void test_where(void)
{
    const struct there *there = &world.message.u.there;

    ask_where("$40\r\n" PEER_ID "\r\n", "*2\r\n$8\r\n10.0.0.1\r\n$4\r\n6379\r\n",
              "*2\r\n$12\r\nconfig-epoch\r\n$1\r\n7\r\n");
    CU_ASSERT_STRING_EQUAL(there->runid, PEER_ID);
    CU_ASSERT_STRING_EQUAL(there->addr.host, "10.0.0.1");
    CU_ASSERT(there->addr.port == 6379 && there->config_epoch == 7 && !there->denied);
    ask_where("-ERR unknown subcommand\r\n", "*-1\r\n", "-ERR No such master\r\n");
    CU_ASSERT(there->runid[0] == '\0' && !addr_is_set(&there->addr) && !there->denied);
    ask_where("-NOAUTH Authentication required.\r\n", "-NOAUTH x\r\n", "-NOAUTH x\r\n");
    CU_ASSERT(there->runid[0] == '\0' && there->denied);
    ask_where("$3\r\nabc\r\n", ":1\r\n", "$-1\r\n");
    CU_ASSERT(there->runid[0] == '\0' && !addr_is_set(&there->addr));
}

static void on_filler(void *ctx, uint64_t tag, const redisReply *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

/* So many requests wait that only the first of its three questions finds a place: it is answered
 * all the same, and says less. */
static void test_where_in_part(void)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" },
        { "SENTINEL MYID", "$40\r\n" PEER_ID "\r\n" },
        { "PING", "+PONG\r\n" },
        { NULL, NULL },
    };
    struct message message = { .kind = MESSAGE_WHERE, .peer = ID, .ticket = 79, .u.group = "g" };
    const char *const ping[] = { "PING", NULL };

    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    for (int i = 1; i < WAITERS_MAX; i++)
        CU_ASSERT_FATAL(link_send(world.links, ID, LINK_CMD, ping, on_filler, NULL, 0));
    peer_send(line, &message);
    peer_send(line, &message); /* nothing of this one */
    await(&world.messages, 1);
    CU_ASSERT_STRING_EQUAL(world.message.u.there.runid, PEER_ID);
    CU_ASSERT_FALSE(addr_is_set(&world.message.u.there.addr));
    finish();
    CU_ASSERT_EQUAL(world.messages, 1);
    peer_line_free(line);
}

/* Tell a peer that answers so our opinion, and hello with the address left open. */
static void tell(const char *reply, size_t messages)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" }, { "PICKET", reply }, { "PUBLISH", ":1\r\n" },
        { "PING", "+PONG\r\n" }, { NULL, NULL },
    };
    struct message opinion = { .kind = MESSAGE_OPINION, .peer = ID };
    struct message hello = { .kind = MESSAGE_HELLO, .peer = ID };

    strcpy(opinion.u.opinion.runid, RUNID);
    strcpy(opinion.u.opinion.group, "g");
    addr_set(&opinion.u.opinion.primary, "10.0.0.1", 6379);
    opinion.u.opinion.config_epoch = UINT64_MAX;
    opinion.u.opinion.down = true;
    strcpy(hello.u.hello.runid, RUNID);
    strcpy(hello.u.hello.group, "g");
    addr_set(&hello.u.hello.primary, "10.0.0.1", 6379);
    hello.u.hello.sender.port = 26380;
    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    peer_send(line, &opinion);
    peer_send(line, &hello);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|PICKET OPINION " RUNID
                                                  " g 10.0.0.1 6379 18446744073709551615 1 0|"));
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests,
                                  "|PUBLISH " HELLO_CHANNEL " 127.0.0.1,26380," RUNID
                                  ",0,g,10.0.0.1,6379,0|"));
    CU_ASSERT_EQUAL(world.messages, messages);
    finish();
    peer_line_free(line);
}

static void test_opinion(void)
{
    tell("+OK\r\n", 0);
    tell("-ERR unknown command 'PICKET'\r\n", 1);
    CU_ASSERT(world.message.kind == MESSAGE_STOCK && world.message.peer == ID);
}

static const struct unit_case cases[] = {
    { "a link comes up, named, and knows its addresses", test_comes_up },
    { "credentials are given", test_logs_in },
    { "commands go out under other names", test_renames },
    { "what is denied keeps no link down, PING tells", test_denied },
    { "nobody listens: refused", test_refused },
    { "names are looked up", test_names },
    { "an end and a reset are told", test_ends },
    { "a closed link is silent", test_closed_is_silent },
    { "messages come between replies", test_channel },
    { "a message may close its link", test_closed_by_a_message },
    { "what nobody asked for ends the link, no more", test_hostile },
    { "replies of the wrong kind are errors", test_odd_replies },
    { "errors are told apart", test_errors },
    { "INFO is read", test_info },
    { "a command that settles its ticket", test_command },
    { "a change of role", test_follow },
    { "a side effect that fails is a warning", test_follow_with_a_warning },
    { "parts of a change refused", test_parts_refused },
    { "parts of a change left out", test_parts_left_out },
    { "a refused change tells the first error", test_follow_refused },
    { "a link that goes first loses the order, or not", test_follow_lost },
    { "closing the link loses the order", test_follow_closed },
    { "no half of a transaction is sent", test_too_many },
    { "answers are read with care", test_ask },
    { "opinions and hellos", test_opinion },
    { "who are you", test_where },
    { "who are you, in part", test_where_in_part },
};

int main(void)
{
    return unit_main("link", cases, sizeof(cases) / sizeof(cases[0]));
}
