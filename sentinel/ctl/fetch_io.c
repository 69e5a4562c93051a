#include "sentinel/ctl/fetch_io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sentinel/ctl/portion.h"
#include "sentinel/ctl/progress_io.h"
#include "store/file_io.h"

struct fetch {
    struct feed *feed;
    int fd;
    bool unchecked;
    struct portion portion;
    struct buf unread; /* of the reader */
    uint64_t bytes;
    struct progress progress;
};

/* Reads what has come; false when it is wrong. */
static bool check(struct fetch *t, struct slice bytes)
{
    struct rdb_reader *r = &t->portion.reader;
    size_t used;

    if (t->unchecked)
        return true;
    if (!buf_append(&t->unread, bytes.p, bytes.n)) {
        node_complain(t->feed->node, "memory is out");
        return false;
    }
    portion_read(&t->portion, buf_data(&t->unread), buf_used(&t->unread), &used);
    buf_consume(&t->unread, used);
    if (r->status == RDB_READ_DONE && buf_used(&t->unread) > 0) {
        node_complain(t->feed->node, "there are bytes behind the end of the data");
        return false;
    }
    if (r->status != RDB_READ_BROKEN)
        return true;
    node_complain(t->feed->node, r->error);
    fprintf(stderr, "  what to do: if the node holds types that picketctl cannot read, --unchecked "
                    "saves them as they are\n");
    return false;
}

/* The end has come: the reader must be there, too. */
static bool check_end(struct fetch *t)
{
    if (t->unchecked || t->portion.reader.status == RDB_READ_DONE)
        return true;
    rdb_read_cut(&t->portion.reader);
    node_complain(t->feed->node, t->portion.reader.error);
    return false;
}

/* Until the end. */
static bool run(struct fetch *t)
{
    struct slice bytes;

    for (;;) {
        if (progress_interrupted() || !feed_read(t->feed, &bytes))
            return false;
        if (bytes.n == 0)
            return check_end(t);
        if (!check(t, bytes))
            return false;
        if (!file_write_all(t->fd, bytes.p, bytes.n)) {
            fprintf(stderr, "picketctl: cannot write: %s\n", strerror(errno));
            return false;
        }
        t->bytes += bytes.n;
        progress_step(&t->progress, t->bytes, t->portion.reader.keys);
    }
}

bool fetch_data(struct feed *f, int fd, bool unchecked, bool quiet, struct fetched *ret)
{
    struct fetch t = { .feed = f, .fd = fd, .unchecked = unchecked };
    bool ok;

    portion_init(&t.portion);
    progress_start(&t.progress, "reading", f->data_bytes, quiet);
    ok = run(&t);
    progress_end(&t.progress);
    if (ok && fsync(fd) != 0 && errno != EINVAL) {
        fprintf(stderr, "picketctl: cannot sync: %s\n", strerror(errno));
        ok = false;
    }
    ret->bytes = t.bytes;
    ret->keys = t.portion.reader.keys;
    portion_done(&t.portion);
    buf_done(&t.unread);
    return ok;
}
