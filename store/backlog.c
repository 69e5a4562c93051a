#include "store/backlog.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void backlog_start(struct backlog *b, size_t size, int64_t next)
{
    backlog_done(b);
    b->size = size > BACKLOG_BYTES_MIN ? size : BACKLOG_BYTES_MIN;
    b->mem = malloc(b->size);
    assert(b->mem != NULL);
    b->held = 0;
    b->next = next;
}

void backlog_done(struct backlog *b)
{
    free(b->mem);
    memset(b, 0, sizeof(*b));
}

/* The place in the ring of an offset. Offset n is always at n modulo the size. */
static size_t place_of(const struct backlog *b, int64_t offset)
{
    return (size_t)((uint64_t)offset % b->size);
}

void backlog_resize(struct backlog *b, size_t size)
{
    struct backlog old = *b;
    struct slice runs[2];
    size_t n, skip;

    memset(b, 0, sizeof(*b));
    backlog_start(b, size, backlog_first(&old));
    n = backlog_read(&old, backlog_first(&old), runs);
    skip = old.held > b->size ? old.held - b->size : 0;
    b->next += (int64_t)skip;
    for (size_t i = 0; i < n; i++) {
        size_t cut = skip < runs[i].n ? skip : runs[i].n;
        skip -= cut;
        backlog_append(b, runs[i].p + cut, runs[i].n - cut);
    }
    backlog_done(&old);
}

void backlog_append(struct backlog *b, const void *bytes, size_t n)
{
    const char *p = bytes;

    assert(b->mem != NULL);
    if (n > b->size) {
        b->next += (int64_t)(n - b->size);
        p += n - b->size;
        n = b->size;
        b->held = 0;
    }
    while (n > 0) {
        size_t at = place_of(b, b->next);
        size_t run = b->size - at < n ? b->size - at : n;

        memcpy(b->mem + at, p, run);
        p += run;
        n -= run;
        b->next += (int64_t)run;
        b->held = b->held + run < b->size ? b->held + run : b->size;
    }
}

void backlog_cut(struct backlog *b, int64_t next)
{
    assert(backlog_holds(b, next));
    b->held -= (size_t)(b->next - next);
    b->next = next;
}

size_t backlog_read(const struct backlog *b, int64_t offset, struct slice ret_runs[2])
{
    size_t left = (size_t)(b->next - offset), count = 0;

    assert(backlog_holds(b, offset));
    while (left > 0) {
        size_t at = place_of(b, offset);
        size_t run = b->size - at < left ? b->size - at : left;

        ret_runs[count].p = b->mem + at;
        ret_runs[count].n = run;
        count++;
        offset += (int64_t)run;
        left -= run;
    }
    return count;
}
