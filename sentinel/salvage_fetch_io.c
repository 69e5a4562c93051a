/* The work of fetching one tail: a connection, PSYNC, a file. On a thread of the pool: it blocks,
 * and uses nothing that is shared. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/renames.h"
#include "sentinel/salvage_io.h"
#include "sentinel/salvage_stream.h"
#include "wire/loop_io.h"

#define CALL_MS     2000  /* to connect, and for each reply */
#define SILENCE_MS  3000  /* the node sends nothing more */
#define TOTAL_MS    12000 /* less than SALVAGE_MS: the core learns why */
#define SLICE_MS    100   /* between two looks at whether to stop */
#define CHUNK_BYTES ((size_t)64 * 1024)
#define PATH_LEN    2048
#define ANSWER_MAX  256 /* of the line that answers PSYNC */
#define NAME_LEN    64  /* of a renamed command */

struct fetch {
    const struct salvage_job *job;
    const atomic_bool *stop;
    redisContext *link;
    int fd;
    int64_t until_ms; /* monotonic */
    uint64_t left;    /* bytes still wanted */
    struct salvage_stream stream;
    uint64_t writes;
    char folder[PATH_LEN], path[PATH_LEN], name[SALVAGE_NAME_MAX];
    char *text; /* why not */
};

static bool fail(struct fetch *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct fetch *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(f->text, EVIDENCE_ERROR_MAX + 1, format, args);
    va_end(args);
    return false;
}

/* What the node calls a command. */
static const char *called(const struct fetch *f, const char *command, char name[NAME_LEN])
{
    return renames_find(f->job->renames, command, name, NAME_LEN);
}

/* False, told, when it is an error. */
static bool expect_no_error(struct fetch *f, const char *what, redisReply *reply)
{
    bool ok = reply != NULL && reply->type != REDIS_REPLY_ERROR;

    if (!ok)
        fail(f, "%s: %s", what, reply != NULL ? reply->str : f->link->errstr);
    freeReplyObject(reply);
    return ok;
}

static bool log_in(struct fetch *f)
{
    const struct salvage_job *job = f->job;
    char name[NAME_LEN];
    const char *argv[] = { called(f, "AUTH", name), job->user, job->pass };

    if (job->pass[0] == '\0')
        return true;
    if (job->user[0] == '\0') {
        argv[1] = job->pass;
        return expect_no_error(f, "AUTH", redisCommandArgv(f->link, 2, argv, NULL));
    }
    return expect_no_error(f, "AUTH", redisCommandArgv(f->link, 3, argv, NULL));
}

static bool open_link(struct fetch *f)
{
    struct timeval wait = { CALL_MS / 1000, CALL_MS % 1000 * 1000 };
    const struct addr *addr = &f->job->head.addr;

    f->link = redisConnectWithTimeout(addr->host, addr->port, wait);
    if (f->link == NULL)
        return fail(f, "no memory");
    if (f->link->err || redisSetTimeout(f->link, wait) != REDIS_OK)
        return fail(f, "no connection: %s", f->link->errstr);
    return log_in(f);
}

/* The value of a number in INFO; -1: it is not there. */
static int64_t info_number(const char *text, const char *name)
{
    const char *p = strstr(text, name);

    return p != NULL ? strtoll(p + strlen(name), NULL, 10) : -1;
}

/* A node that has not got it any more would begin to prepare a copy of all its data: it is not
 * asked then. */
static bool check_backlog(struct fetch *f)
{
    char name[NAME_LEN];
    const char *argv[] = { called(f, "INFO", name), "replication" };
    redisReply *reply = redisCommandArgv(f->link, 2, argv, NULL);
    int64_t first = -1, active = 0;

    if (reply != NULL && reply->type == REDIS_REPLY_STRING) {
        active = info_number(reply->str, "\nrepl_backlog_active:");
        first = info_number(reply->str, "\nrepl_backlog_first_byte_offset:");
    }
    if (!expect_no_error(f, "INFO", reply))
        return false;
    if (active != 1 || first < 0)
        return fail(f, "the node keeps no backlog");
    if ((uint64_t)first > f->job->head.from)
        return fail(f, "the node's backlog begins at %" PRId64 " only", first);
    return true;
}

/* Wait until there is something to read. */
static bool await(struct fetch *f)
{
    int64_t silent_at = loop_now_ms() + SILENCE_MS;
    struct pollfd p = { f->link->fd, POLLIN, 0 };

    while (poll(&p, 1, SLICE_MS) <= 0) {
        if (*f->stop)
            return fail(f, "picketd stops");
        if (loop_now_ms() >= silent_at || loop_now_ms() >= f->until_ms)
            return fail(f, "the node sends nothing more, %" PRIu64 " bytes are missing", f->left);
    }
    return loop_now_ms() < f->until_ms || fail(f, "it takes too long");
}

/* The line that answers PSYNC, byte by byte: what follows it is the stream. Empty lines come before
 * it while the node is busy. */
static bool read_answer(struct fetch *f)
{
    char line[ANSWER_MAX];
    size_t n = 0;

    for (;;) {
        if (!await(f))
            return false;
        if (read(f->link->fd, line + n, 1) != 1)
            return fail(f, "the node has closed the connection");
        if (line[n] != '\n') {
            if (++n == sizeof line - 1)
                return fail(f, "no answer to PSYNC");
            continue;
        }
        line[n] = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (line[0] != '\0')
            break;
        n = 0;
    }
    return strncmp(line, "+CONTINUE", 9) == 0 || fail(f, "PSYNC: %.100s", line);
}

static bool ask(struct fetch *f)
{
    char name[NAME_LEN], from[24];
    const char *argv[] = { called(f, "PSYNC", name), f->job->head.replid, from };
    int done = 0;

    snprintf(from, sizeof from, "%" PRIu64, f->job->head.from);
    redisAppendCommandArgv(f->link, 3, argv, NULL);
    while (!done) {
        if (redisBufferWrite(f->link, &done) != REDIS_OK)
            return fail(f, "PSYNC: %s", f->link->errstr);
    }
    return read_answer(f);
}

static bool put(struct fetch *f, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(f->fd, bytes, n);

        if (done < 0 && errno != EINTR)
            return fail(f, "cannot write: %s", strerror(errno));
        if (done > 0) {
            bytes += done;
            n -= (size_t)done;
        }
    }
    return true;
}

/* Look into it: a node without clients has hellos in its history alone. */
static bool count_writes(struct fetch *f, const char *bytes, size_t n)
{
    struct resp_request command;
    enum resp_status status;

    if (!salvage_stream_feed(&f->stream, bytes, n))
        return fail(f, "a command that is too long");
    while ((status = salvage_stream_next(&f->stream, &command)) == RESP_REQUEST)
        f->writes += salvage_is_write(&command);
    return status == RESP_MORE || fail(f, "%s", f->stream.reader.error);
}

static bool copy_stream(struct fetch *f)
{
    char bytes[CHUNK_BYTES];

    while (f->left > 0) {
        size_t want = f->left < sizeof bytes ? (size_t)f->left : sizeof bytes;
        ssize_t n;

        if (!await(f))
            return false;
        n = read(f->link->fd, bytes, want);
        if (n <= 0)
            return fail(f, "the node has closed the connection, %" PRIu64 " bytes are missing",
                        f->left);
        if (!put(f, bytes, (size_t)n) || !count_writes(f, bytes, (size_t)n))
            return false;
        f->left -= (uint64_t)n;
    }
    return true;
}

static size_t count_files(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;

    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return n < 2 ? 0 : n - 2; /* "." and ".." */
}

static bool sync_folder(struct fetch *f)
{
    int fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return ok || fail(f, "%s: %s", SALVAGE_FOLDER, strerror(errno));
}

/* The file under the name that it has until it is complete. */
static bool open_file(struct fetch *f, const char *folder)
{
    char path[PATH_LEN + 8];

    salvage_file_name(&f->job->head, f->name);
    snprintf(f->folder, sizeof f->folder, "%.1000s/" SALVAGE_FOLDER, folder);
    if (mkdir(f->folder, 0700) != 0 && errno != EEXIST)
        return fail(f, "%s: %s", SALVAGE_FOLDER, strerror(errno));
    if (count_files(f->folder) >= SALVAGE_FILES_MAX)
        return fail(f, "the folder %s has %d files: take some away", SALVAGE_FOLDER,
                    SALVAGE_FILES_MAX);
    snprintf(f->path, sizeof f->path, "%.1020s/%s", f->folder, f->name);
    snprintf(path, sizeof path, "%s.new", f->path);
    f->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return f->fd >= 0 || fail(f, "%s: %s", f->name, strerror(errno));
}

static bool write_head(struct fetch *f)
{
    char line[SALVAGE_LINE_MAX];

    return put(f, line, salvage_head_format(&f->job->head, line));
}

/* All of it is there: give it its name. */
static bool finish(struct fetch *f)
{
    char path[PATH_LEN + 8];

    if (salvage_stream_waiting(&f->stream) > 0)
        return fail(f, "its last command is cut off");
    snprintf(path, sizeof path, "%s.new", f->path);
    if (fsync(f->fd) != 0 || rename(path, f->path) != 0)
        return fail(f, "%s: %s", f->name, strerror(errno));
    return sync_folder(f);
}

static void discard(const struct fetch *f)
{
    char path[PATH_LEN + 8];

    snprintf(path, sizeof path, "%s.new", f->path);
    if (f->fd >= 0)
        unlink(path);
}

bool salvage_fetch(const struct salvage_job *job, const char *folder, const atomic_bool *stop,
                   char ret_text[EVIDENCE_ERROR_MAX + 1])
{
    struct fetch f = { .job = job,
                       .stop = stop,
                       .fd = -1,
                       .until_ms = loop_now_ms() + TOTAL_MS,
                       .left = job->head.until - job->head.from + 1,
                       .text = ret_text };
    bool ok;

    salvage_stream_init(&f.stream, 0);
    ok = open_link(&f) && check_backlog(&f) && open_file(&f, folder) && write_head(&f) && ask(&f) &&
         copy_stream(&f) && (f.writes == 0 || finish(&f));
    if (!ok || f.writes == 0)
        discard(&f);
    if (ok && f.writes == 0)
        snprintf(ret_text, EVIDENCE_ERROR_MAX + 1, "no writes among them, no file");
    else if (ok)
        snprintf(ret_text, EVIDENCE_ERROR_MAX + 1,
                 "%" PRIu64 " writes in " SALVAGE_FOLDER "/%.120s", f.writes, f.name);
    salvage_stream_done(&f.stream);
    if (f.fd >= 0)
        close(f.fd);
    if (f.link != NULL)
        redisFree(f.link);
    return ok;
}
