/* picketctl salvage: what only a former primary had, out of the file that picketd has put it in. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/node_io.h"
#include "sentinel/ctl/words_io.h"
#include "sentinel/salvage_file.h"
#include "sentinel/salvage_stream.h"
#include "wire/slice.h"

#define CHUNK_BYTES ((size_t)64 * 1024)
#define WORD_SHOWN  40 /* bytes of a word */
#define WORDS_SHOWN 12 /* of a command */
#define ERRORS_MAX  20 /* that are printed */

struct replay {
    FILE *file;
    const char *path;
    struct salvage_head head;
    struct salvage_stream stream;
    struct node node;   /* where it is written to, or asked what is there; */
    redisContext *link; /* NULL: nowhere */
    bool send;
    int64_t db; /* that the link is in */
    uint64_t writes, errors, there;
};

static bool complain(const struct replay *r, const char *what)
{
    fprintf(stderr, "picketctl: %s: %s\n", r->path, what);
    return false;
}

/* Bytes that could upset a terminal are shown as \xNN. */
static void print_word(struct slice word)
{
    size_t n = word.n > WORD_SHOWN ? WORD_SHOWN : word.n;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)word.p[i];

        if (isprint(c) && c != '\\')
            putchar(c);
        else
            printf("\\x%02x", c);
    }
    if (n < word.n)
        printf("... (%zu bytes)", word.n);
}

static void print_command(const struct replay *r, const struct resp_request *command)
{
    printf("db%" PRId64, r->stream.db);
    for (size_t i = 0; i < command->argc && i < WORDS_SHOWN; i++) {
        putchar(' ');
        print_word(command->argv[i]);
    }
    if (command->argc > WORDS_SHOWN)
        printf(" ... (%zu words)", command->argc);
}

static redisReply *call(struct replay *r, const struct resp_request *command)
{
    const char **argv = malloc(command->argc * sizeof *argv);
    size_t *lens = malloc(command->argc * sizeof *lens);
    redisReply *reply = NULL;

    for (size_t i = 0; argv && lens && i < command->argc; i++) {
        argv[i] = command->argv[i].p;
        lens[i] = command->argv[i].n;
    }
    if (argv && lens)
        reply = redisCommandArgv(r->link, (int)command->argc, argv, lens);
    free(argv);
    free(lens);
    if (!reply)
        node_complain(&r->node, r->link->errstr);
    return reply;
}

/* The database that the command is for. False: printed. */
static bool enter_db(struct replay *r)
{
    char number[24];
    redisReply *reply;

    if (r->db == r->stream.db)
        return true;
    snprintf(number, sizeof number, "%" PRId64, r->stream.db);
    reply = node_call(r->link, &r->node, 2, (const char *const[]){ "SELECT", number });
    if (!reply)
        return false;
    freeReplyObject(reply);
    r->db = r->stream.db;
    return true;
}

/* False: the connection is gone. */
static bool write_command(struct replay *r, const struct resp_request *command)
{
    redisReply *reply = call(r, command);

    if (!reply)
        return false;
    if (reply->type == REDIS_REPLY_ERROR && r->errors++ < ERRORS_MAX) {
        print_command(r, command);
        printf("\n  refused: %s\n", reply->str);
    }
    freeReplyObject(reply);
    return true;
}

/* Whether there is something under that name already, which the command would meet. */
static bool look_up(struct replay *r, const struct resp_request *command)
{
    struct slice words[2] = { { "EXISTS", 6 }, command->argv[1] };
    struct resp_request question = { .argc = 2, .argv = words };
    redisReply *reply = call(r, &question);
    bool there = reply && reply->type == REDIS_REPLY_INTEGER && reply->integer > 0;

    r->there += there;
    if (there)
        printf("   (is there)");
    freeReplyObject(reply);
    return reply != NULL;
}

static bool take(struct replay *r, const struct resp_request *command)
{
    bool write = salvage_is_write(command), ok = true;

    r->writes += write;
    if (r->link && command->argc > 1 && write && !enter_db(r))
        return false;
    if (r->send)
        return !write || write_command(r, command);
    if (!write)
        return true;
    print_command(r, command);
    if (r->link && command->argc > 1)
        ok = look_up(r, command);
    putchar('\n');
    return ok;
}

static bool take_all(struct replay *r)
{
    struct resp_request command;
    enum resp_status status;

    while ((status = salvage_stream_next(&r->stream, &command)) == RESP_REQUEST) {
        if (!take(r, &command))
            return false;
    }
    return status == RESP_MORE || complain(r, r->stream.reader.error);
}

/* All commands of the file. */
static bool run(struct replay *r)
{
    char bytes[CHUNK_BYTES];
    uint64_t left = r->head.until - r->head.from + 1;
    size_t n;

    while ((n = fread(bytes, 1, sizeof bytes, r->file)) > 0) {
        left -= n < left ? n : left;
        if (!salvage_stream_feed(&r->stream, bytes, n))
            return complain(r, "a command that is too long");
        if (!take_all(r))
            return false;
    }
    if (ferror(r->file))
        return complain(r, strerror(errno));
    if (left > 0 || salvage_stream_waiting(&r->stream) > 0)
        return complain(r, "its end is missing");
    return true;
}

static bool open_file(struct replay *r)
{
    char line[SALVAGE_LINE_MAX];

    r->file = fopen(r->path, "re");
    if (!r->file || !fgets(line, sizeof line, r->file))
        return complain(r, r->file ? "it is empty" : strerror(errno));
    line[strcspn(line, "\n")] = '\0';
    return salvage_head_parse(&r->head, line) || complain(r, "this is no salvage file");
}

/* The group's primary, as a supervisor has it. */
static bool ask_primary(struct replay *r, const struct ctl *ctl)
{
    redisContext *link = ctl_open(ctl);
    redisReply *reply =
        link ? CTL_CALL(link, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", r->head.group) : NULL;
    bool ok = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
              addr_set(&r->node.addr, reply->element[0]->str, atoi(reply->element[1]->str));

    if (reply && !ok)
        fprintf(stderr, "picketctl: there is no group \"%s\": name the node with --to\n",
                r->head.group);
    freeReplyObject(reply);
    ctl_close(link);
    return ok;
}

static bool open_link(struct replay *r, const struct ctl *ctl, const char *to)
{
    const char *secret = getenv("PICKETCTL_AUTH");

    if (secret)
        snprintf(r->node.password, sizeof r->node.password, "%s", secret);
    if (to && !addr_parse(&r->node.addr, to))
        ctl_misused("salvage", "this is no HOST:PORT", to);
    if (!to && !ask_primary(r, ctl))
        return false;
    r->link = node_connect(&r->node);
    return r->link != NULL;
}

static void print_head(const struct replay *r)
{
    char node[ADDR_TEXT_MAX];

    printf("group %s, node %s, %s: %" PRIu64 " bytes from offset %" PRIu64 " of %s\n",
           r->head.group, addr_format(&r->head.addr, node), r->head.time,
           r->head.until - r->head.from + 1, r->head.from, r->head.replid);
}

static void print_end(const struct replay *r)
{
    char node[ADDR_TEXT_MAX];

    printf("%" PRIu64 " writes", r->writes);
    if (r->send)
        printf(" sent to %s, %" PRIu64 " refused", addr_format(&r->node.addr, node), r->errors);
    else if (r->link)
        printf(", %" PRIu64 " of them meet a key that %s has; with --yes they are written there",
               r->there, addr_format(&r->node.addr, node));
    putchar('\n');
}

static bool read_db(int64_t *ret_db, const char *text)
{
    return text == NULL || (slice_to_int64(slice_str(text), ret_db) && *ret_db >= 0);
}

int ctl_salvage(const struct ctl *ctl, int argc, char **argv)
{
    const char *to = NULL, *db_text = NULL;
    struct replay r = { .file = NULL };
    const struct ctl_option options[] = { { .name = "to", .value = &to },
                                          { .name = "db", .value = &db_text },
                                          { .name = "yes", .flag = &r.send },
                                          { .name = NULL } };
    char **words = ctl_read_words(options, argc, argv, 2, 2, NULL);
    bool replay = strcmp(words[0], "replay") == 0, ok;
    int64_t db = 0;

    if (!replay && strcmp(words[0], "show") != 0)
        ctl_misused(argv[0], "show or replay", words[0]);
    if (!read_db(&db, db_text))
        ctl_misused(argv[0], "this is no number of a database", db_text);
    r.path = words[1];
    r.send = r.send && replay;
    salvage_stream_init(&r.stream, db);
    ok = open_file(&r) && (!replay || open_link(&r, ctl, to));
    if (ok) {
        print_head(&r);
        ok = run(&r);
        print_end(&r);
    }
    salvage_stream_done(&r.stream);
    if (r.file)
        fclose(r.file);
    if (r.link)
        redisFree(r.link);
    return ok && r.errors == 0 ? 0 : 1;
}
