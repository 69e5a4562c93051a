#include "sentinel/ctl/load_io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/ctl/apply_io.h"
#include "sentinel/ctl/data_options_io.h"

#define CHUNK_BYTES ((size_t)256 * 1024)

static bool complain(const char *path, const char *what)
{
    fprintf(stderr, "picketctl: %s: %s\n", path, what);
    return false;
}

/* --- the resume point ------------------------------------------------------------------------- */

/* What tells this file from another one. */
static bool describe(struct resume *r, const struct data_options *o, int fd)
{
    unsigned char end[RDB_CRC_BYTES] = { 0 };
    char addr[ADDR_TEXT_MAX], sum[2 * RDB_CRC_BYTES + 1] = "";
    int64_t bytes = lseek(fd, 0, SEEK_END);
    struct stat st;

    if (bytes < (int64_t)sizeof(end) || fstat(fd, &st) != 0 ||
        pread(fd, end, sizeof(end), bytes - (int64_t)sizeof(end)) != (ssize_t)sizeof(end) ||
        lseek(fd, 0, SEEK_SET) != 0)
        return complain(o->file, "it is too short to be an RDB file");
    for (size_t i = 0; i < sizeof(end); i++)
        snprintf(sum + 2 * i, 3, "%02x", end[i]);
    if (snprintf(r->head, sizeof(r->head),
                 "picketctl restore 1\nfile %lld %lld %s\nnode %s\nmatch %s\n", (long long)bytes,
                 (long long)st.st_mtime, sum, addr_format(&o->to.addr, addr),
                 o->match ? o->match : "") >= (int)sizeof(r->head))
        return complain(o->file, "--match is too long");
    return true;
}

bool resume_open(struct resume *r, const struct data_options *o, int fd)
{
    struct buf text = { 0 };
    unsigned long long done, until;
    bool found, fits;

    memset(r, 0, sizeof(*r));
    if (snprintf(r->path, sizeof(r->path), "%s%s", o->resume ? o->resume : o->file,
                 o->resume ? "" : ".resume") >= (int)sizeof(r->path))
        return complain(o->file, "the file's name is too long");
    if (!describe(r, o, fd))
        return false;
    if (o->from_start)
        resume_remove(r);
    found = file_read_all(r->path, LOAD_POINT_BYTES_MAX, &text);
    if (!found && errno != ENOENT) {
        buf_done(&text);
        return complain(r->path, strerror(errno));
    }
    fits = found && strncmp(buf_text(&text), r->head, strlen(r->head)) == 0 &&
           sscanf(buf_text(&text) + strlen(r->head), "done %llu\nuntil %llu\n", &done, &until) == 2;
    buf_done(&text);
    if (found && !fits)
        return complain(r->path, "this resume point is of another file, node or --match: give "
                                 "--from-start, or another --resume");
    if (found) {
        r->done = done;
        r->until = until;
    }
    return true;
}

void resume_remove(const struct resume *r)
{
    unlink(r->path);
}

/* Writes the point. */
static bool save(struct resume *r)
{
    char text[LOAD_POINT_BYTES_MAX], error[FILE_ERROR_TEXT_MAX];
    int n = snprintf(text, sizeof(text), "%sdone %llu\nuntil %llu\n", r->head,
                     (unsigned long long)r->done, (unsigned long long)r->until);
    struct slice content = { text, (size_t)n };

    return file_replace(r->path, content, error) || complain(r->path, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void begin(struct load *l, const char *path, int fd, const char *what, bool quiet)
{
    int64_t bytes = lseek(fd, 0, SEEK_END);

    memset(l, 0, sizeof(*l));
    l->path = path;
    l->fd = fd;
    lseek(fd, 0, SEEK_SET);
    portion_init(&l->portion);
    progress_start(&l->progress, what, bytes > 0 ? (uint64_t)bytes : 0, quiet);
}

static void end(struct load *l)
{
    progress_end(&l->progress);
    portion_done(&l->portion);
    buf_done(&l->unread);
}

/* Adds bytes of the file; *ret_end: there are no more. */
static bool take_in(struct load *l, bool *ret_end)
{
    char *room;
    ssize_t n;

    *ret_end = false;
    if (buf_used(&l->unread) >= CHUNK_BYTES && !l->stuck)
        return true;
    room = buf_reserve(&l->unread, CHUNK_BYTES);
    n = room ? read(l->fd, room, CHUNK_BYTES) : -1;

    *ret_end = n == 0;
    if (n > 0)
        buf_commit(&l->unread, (size_t)n);
    return n >= 0 || complain(l->path, room ? strerror(errno) : "memory is out");
}

/* Reads the next portion of at most so many bytes (0: of all there are). False: printed. */
static bool next_portion(struct load *l, uint64_t bytes_max, bool at_end)
{
    struct rdb_reader *r = &l->portion.reader;
    size_t n = buf_used(&l->unread), used;

    if (bytes_max > 0 && n > bytes_max)
        n = (size_t)bytes_max;
    portion_read(&l->portion, buf_data(&l->unread), n, &used);
    buf_consume(&l->unread, used);
    l->stuck = used == 0;
    if (r->status == RDB_READ_MORE && at_end && used == 0)
        rdb_read_cut(r);
    return r->status != RDB_READ_BROKEN || complain(l->path, r->error);
}

bool load_check(const char *path, int fd, bool quiet, uint64_t *ret_keys)
{
    struct load l;
    bool ok = true, at_end = false;

    begin(&l, path, fd, "checking", quiet);
    while (ok && l.portion.reader.status == RDB_READ_MORE) {
        ok = !progress_interrupted() && take_in(&l, &at_end) && next_portion(&l, 0, at_end);
        progress_step(&l.progress, l.portion.reader.offset, l.portion.reader.keys);
    }
    *ret_keys = l.portion.reader.keys;
    end(&l);
    return ok;
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool write_key(void *arg, unsigned db, struct entry *e)
{
    return apply_key(arg, db, e);
}

/* Makes the point true for what comes next. */
static bool announce(struct load *l)
{
    uint64_t offset = l->portion.reader.offset;
    struct resume *r = l->resume;

    if (!r || offset <= r->until)
        return true;
    r->until = offset + LOAD_WINDOW_BYTES;
    return save(r);
}

/* The keys of a portion, unless an earlier run has written them. */
static bool write_portion(struct load *l, uint64_t again_until)
{
    if (!announce(l))
        return false;
    l->apply->again = l->resume && l->resume->done < again_until;
    if (!portion_each(&l->portion, write_key, l->apply) || !apply_flush(l->apply))
        return false;
    if (l->resume)
        l->resume->done = l->portion.reader.offset;
    return true;
}

static bool run(struct load *l)
{
    const struct rdb_reader *r = &l->portion.reader;
    uint64_t skip = l->resume ? l->resume->done : 0, again = l->resume ? l->resume->until : 0;
    bool at_end = false;

    while (r->status == RDB_READ_MORE) {
        bool passing = r->offset < skip;

        if (progress_interrupted() || !take_in(l, &at_end) ||
            !next_portion(l, passing ? skip - r->offset : 0, at_end))
            return false;
        if (!passing && !write_portion(l, again))
            return false;
        progress_step(&l->progress, r->offset, l->apply->written);
    }
    return true;
}

bool load_run(struct apply *a, const char *path, int fd, struct resume *resume, bool quiet,
              int *ret_stream_db)
{
    struct load l;
    bool ok;

    begin(&l, path, fd, "writing", quiet);
    l.apply = a;
    l.resume = resume;
    ok = run(&l);
    if (!ok && resume && resume->done > 0)
        save(resume);
    if (ok && ret_stream_db)
        *ret_stream_db = l.portion.reader.info.stream_db;
    end(&l);
    return ok;
}
