/*
 * picketctl copy: all data through a temporary file (so that a slow target does not hold the source
 * up), then the stream of commands, as a replica of the source would have it. What comes of the
 * stream while the data are written is held in memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sentinel/ctl/apply_io.h"
#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/fetch_io.h"
#include "sentinel/ctl/load_io.h"
#include "sentinel/ctl/progress_io.h"
#include "sentinel/ctl/verify_io.h"
#include "wire/resp_read.h"
#include "wire/loop_io.h"

#define ACK_MS        1000
#define WAIT_MS       100
#define VERIFY_ROUNDS 20
#define RECHECK_MS    100

struct copy {
    const struct data_options *options;
    struct feed feed;
    struct apply apply;
    struct verify verify; /* its links ask both sides, apart from what runs on the others */
    struct resp_reader reader;
    int64_t goal; /* offset at which to stop, -1: none yet */
    int64_t acked_ms;
    uint64_t commands;
    bool was_empty; /* the target held nothing */
    struct progress progress;
};

static bool say(const char *text)
{
    fprintf(stderr, "picketctl: %s\n", text);
    return false;
}

/* --- before ----------------------------------------------------------------------------------- */

/* Source and target must be two nodes, and the target empty unless told otherwise. */
static bool check_nodes(struct copy *c)
{
    char from[NODE_FIELD_TEXT_MAX], to[NODE_FIELD_TEXT_MAX];
    uint64_t keys[NODE_DATABASES_MAX], total = 0;
    const struct data_options *o = c->options;

    if (!node_info(c->verify.from_link, &o->from, "server", "run_id", from) ||
        !node_info(c->verify.to_link, &o->to, "server", "run_id", to) ||
        !node_key_counts(c->verify.to_link, &o->to, keys))
        return false;
    if (*from && strcmp(from, to) == 0)
        return say("source and target are the same node");
    for (int db = 0; db < NODE_DATABASES_MAX; db++)
        total += keys[db];
    c->was_empty = total == 0;
    if (c->was_empty || o->policy == DATA_REPLACE)
        return true;
    return say("the target holds keys: empty it, or give --replace (keys that the source does not "
               "have stay)");
}

/* A file without a name, which goes when we go. */
static int open_spool(void)
{
    const char *folder = getenv("TMPDIR");
    char path[FILE_PATH_MAX];
    int fd;

    snprintf(path, sizeof(path), "%s/picketctl-XXXXXX", folder ? folder : "/tmp");
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    else
        fprintf(stderr, "picketctl: cannot create %s: %s (TMPDIR names another folder)\n", path,
                strerror(errno));
    return fd;
}

/* --- the stream ------------------------------------------------------------------------------- */

/* Lets the source know that we are there. */
static bool keep_alive(struct copy *c)
{
    int64_t now_ms = loop_now_ms();

    if (now_ms - c->acked_ms < ACK_MS)
        return true;
    c->acked_ms = now_ms;
    return feed_ack(&c->feed);
}

/* While the data are written. */
static bool on_tick(void *arg)
{
    struct copy *c = arg;

    return feed_receive(&c->feed, 0) && keep_alive(c);
}

/* Passes a command on, unless it is meant for us. */
static bool pass_on(struct copy *c, const struct resp_request *req)
{
    if (slice_is_nocase(req->argv[0], "REPLCONF")) {
        c->acked_ms = 0;
        return true;
    }
    if (slice_is_nocase(req->argv[0], "PING"))
        return true;
    c->commands++;
    return apply_raw(&c->apply, req->wire);
}

/* Writes what is at hand of the stream. */
static bool drain(struct copy *c)
{
    struct resp_request req;
    enum resp_status status;
    size_t used;

    do {
        status =
            resp_reader_next(&c->reader, buf_data(&c->feed.in), buf_used(&c->feed.in), &req, &used);
        if (status == RESP_BROKEN)
            return say("the source's stream cannot be read");
        if (status == RESP_REQUEST && !pass_on(c, &req))
            return false;
        buf_consume(&c->feed.in, used);
        c->feed.offset += (int64_t)used;
    } while (status == RESP_REQUEST);
    return apply_flush(&c->apply);
}

static bool set_goal(struct copy *c)
{
    char text[NODE_FIELD_TEXT_MAX];

    if (!node_info(c->verify.from_link, &c->options->from, "replication", "master_repl_offset",
                   text))
        return false;
    c->goal = strtoll(text, NULL, 10);
    return true;
}

/* Goes on until the goal; without one, until the operator has had enough, which sets it. */
static bool follow(struct copy *c)
{
    while (c->goal < 0 || c->feed.offset < c->goal) {
        if (c->goal < 0 && (c->options->once || progress_interrupted()) && !set_goal(c))
            return false;
        if (!feed_receive(&c->feed, c->goal < 0 || c->feed.offset < c->goal ? WAIT_MS : 0) ||
            !drain(c) || !keep_alive(c))
            return false;
        progress_step(&c->progress, (uint64_t)c->feed.offset, c->commands);
    }
    return true;
}

/* --- after ------------------------------------------------------------------------------------ */

/* Says how it looks; true when it looks well. */
static bool report(const struct copy *c, bool quiet_source)
{
    const struct verify *v = &c->verify;

    printf("%llu keys and %llu commands written; source %llu keys, target %llu; %zu of %zu keys "
           "compared are the same\n",
           (unsigned long long)c->apply.written, (unsigned long long)c->commands,
           (unsigned long long)v->from_keys, (unsigned long long)v->to_keys,
           v->count - v->different - v->moving, v->count);
    if (v->different > 0)
        return say("source and target differ");
    if (v->moving > 0)
        printf("%zu change too often to be compared\n", v->moving);
    if (v->counts_same || !c->was_empty)
        return true;
    if (quiet_source)
        return say("source and target do not have the same number of keys");
    fprintf(stderr, "picketctl: the numbers of keys cannot be compared while the source is written "
                    "to\n");
    return true;
}

/* Compares, as often as it takes, within limits. */
static bool verify(struct copy *c)
{
    struct timespec pause = { 0, RECHECK_MS * 1000000L };
    bool quiet_source = false;

    if (!verify_draw(&c->verify))
        return false;
    for (int round = 0; round < VERIFY_ROUNDS; round++) {
        int64_t before = c->goal;

        if (!verify_look(&c->verify) || !set_goal(c))
            return false;
        quiet_source = c->goal == before;
        if (c->verify.different + c->verify.moving == 0 && (c->verify.counts_same || !c->was_empty))
            break;
        if (!follow(c))
            return false;
        nanosleep(&pause, NULL);
    }
    return report(c, quiet_source);
}

/* The commands of the stream go on in the database that was selected in it. */
static bool begin_stream(struct copy *c, int stream_db)
{
    char text[64], number[16];
    int digits = snprintf(number, sizeof(number), "%d", stream_db);
    int n = snprintf(text, sizeof(text), "*2\r\n$6\r\nSELECT\r\n$%d\r\n%s\r\n", digits, number);
    struct slice request = { text, (size_t)n };

    c->apply.tick = NULL;
    return stream_db < 0 || apply_raw(&c->apply, request);
}

static bool copy_data(struct copy *c, int fd)
{
    const struct data_options *o = c->options;
    struct fetched got;
    int stream_db = -1;

    if (!fetch_data(&c->feed, fd, false, o->quiet, &got))
        return false;
    c->apply.tick = on_tick;
    c->apply.tick_arg = c;
    c->apply.started_ms = loop_now_ms();
    return load_run(&c->apply, "the source's data", fd, NULL, o->quiet, &stream_db) &&
           begin_stream(c, stream_db);
}

static bool run(struct copy *c)
{
    const struct data_options *o = c->options;
    bool ok;
    int fd;

    if (!verify_init(&c->verify, &o->from, &o->to) || !check_nodes(c) ||
        !apply_open(&c->apply, o) || !feed_start(&c->feed, &o->from, true))
        return false;
    if (c->feed.offset < 0)
        return say("the source does not know PSYNC; picketctl backup and restore will do");
    fd = open_spool();
    if (fd < 0)
        return false;
    ok = copy_data(c, fd);
    close(fd);
    if (!ok)
        return progress_interrupted() ? say("interrupted: the target holds a part of the data")
                                      : false;
    if (!o->once)
        printf("all data are there; following until interrupted\n");
    fflush(stdout);
    progress_start(&c->progress, "following", 0, o->quiet);
    c->progress.unit = "commands";
    ok = follow(c);
    progress_end(&c->progress);
    return ok && verify(c);
}

int ctl_copy(const struct ctl *ctl, int argc, char **argv)
{
    struct copy *c = calloc(1, sizeof(*c));
    struct data_options o;
    bool ok;

    (void)ctl; /* it connects to the nodes that it is given */
    data_options_read(&o, DATA_COPY, argc, argv);
    if (!c)
        return 1;
    c->options = &o;
    c->goal = -1;
    resp_reader_init(&c->reader, NULL);
    progress_catch_signals();
    ok = run(c);
    resp_reader_done(&c->reader);
    feed_stop(&c->feed);
    apply_close(&c->apply);
    verify_done(&c->verify);
    free(c);
    return ok ? 0 : 1;
}
