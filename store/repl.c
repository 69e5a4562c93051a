#include "store/repl.h"

#include <assert.h>

#include "store/stream.h"
#include "wire/prng.h"

static void forget_second(struct repl *r)
{
    repl_id_clear(r->id2);
    r->second_offset = -1;
}

void repl_init(struct repl *r, struct prng *prng, size_t backlog_bytes)
{
    memset(r, 0, sizeof(*r));
    repl_id_draw(r->id, prng);
    forget_second(r);
    r->backlog_bytes = backlog_bytes;
    r->stream_db = -1;
}

void repl_done(struct repl *r)
{
    backlog_done(&r->backlog);
    buf_done(&r->command);
}

enum repl_answer repl_decide(const struct repl *r, struct slice id, int64_t offset)
{
    bool first = repl_id_is(r->id, id);

    if (slice_is(id, "?"))
        return REPL_FULL_ASKED;
    /* The second history ends at second_offset: whoever has more of it has bytes that we never had.
     */
    if (!first && (!repl_id_is(r->id2, id) || offset > r->second_offset))
        return REPL_FULL_ID;
    if (r->backlog.mem == NULL)
        return REPL_FULL_NO_BACKLOG;
    return backlog_holds(&r->backlog, offset) ? REPL_CONTINUE : REPL_FULL_OFFSET;
}

const char *repl_answer_text(enum repl_answer answer)
{
    static const char *const texts[] = {
        [REPL_CONTINUE] = "continues",
        [REPL_FULL_ID] = "its history is not ours, or goes further than the part we share",
        [REPL_FULL_OFFSET] = "its offset is not in the backlog",
        [REPL_FULL_NO_BACKLOG] = "there is no backlog",
        [REPL_FULL_ASKED] = "it asked for everything",
    };

    return texts[answer];
}

void repl_need_backlog(struct repl *r, struct prng *prng)
{
    if (r->backlog.mem != NULL)
        return;
    /* While there was no backlog, writes were not counted: the offset no longer says what the data
     * are, so the old ids must not lead anybody to continue from it. */
    repl_id_draw(r->id, prng);
    forget_second(r);
    backlog_start(&r->backlog, r->backlog_bytes, r->offset + 1);
    r->stream_db = -1;
}

void repl_drop_backlog(struct repl *r, struct prng *prng)
{
    backlog_done(&r->backlog);
    repl_id_draw(r->id, prng);
    forget_second(r);
}

void repl_resize_backlog(struct repl *r, size_t bytes)
{
    r->backlog_bytes = bytes;
    if (r->backlog.mem != NULL)
        backlog_resize(&r->backlog, bytes);
}

/* In portions that leave the reader of the ring time to take them. */
void repl_feed_bytes(struct repl *r, const void *bytes, size_t n)
{
    const char *p = bytes;

    r->offset += (int64_t)n;
    while (n > 0 && r->backlog.mem != NULL) {
        size_t run = n < r->backlog.size / 2 ? n : r->backlog.size / 2;

        if (r->unread + run > r->backlog.size && r->spill != NULL)
            r->spill(r->spill_arg);
        backlog_append(&r->backlog, p, run);
        r->unread += run;
        p += run;
        n -= run;
    }
}

void repl_feed_command(struct repl *r, int db, size_t argc, const struct slice *argv)
{
    assert(r->backlog.mem != NULL);
    buf_reset(&r->command);
    stream_put_command(&r->command, &r->stream_db, db, argc, argv);
    repl_feed_bytes(r, buf_data(&r->command), buf_used(&r->command));
}

void repl_cut(struct repl *r, int64_t offset)
{
    backlog_cut(&r->backlog, offset + 1);
    r->offset = offset;
}

void repl_promote(struct repl *r, struct prng *prng)
{
    memcpy(r->id2, r->id, sizeof(r->id2));
    r->second_offset = r->offset + 1;
    repl_id_draw(r->id, prng);
    r->stream_db = -1;
    if (r->backlog.mem == NULL)
        backlog_start(&r->backlog, r->backlog_bytes, r->offset + 1);
}

bool repl_demote(struct repl *r)
{
    char id[REPL_ID_SIZE];

    if (r->second_offset != r->offset + 1)
        return false;
    memcpy(id, r->id, sizeof(id));
    memcpy(r->id, r->id2, sizeof(r->id));
    memcpy(r->id2, id, sizeof(r->id2));
    return true;
}

bool repl_adopt_id(struct repl *r, struct slice id)
{
    if (repl_id_is(r->id, id))
        return false;
    memcpy(r->id2, r->id, sizeof(r->id2));
    r->second_offset = r->offset + 1;
    return repl_id_set(r->id, id);
}

void repl_restart_at(struct repl *r, const char id[REPL_ID_SIZE], int64_t offset)
{
    memcpy(r->id, id, REPL_ID_SIZE);
    forget_second(r);
    r->offset = offset;
    r->stream_db = -1;
    backlog_start(&r->backlog, r->backlog_bytes, offset + 1);
}

void repl_restore(struct repl *r, const char id[REPL_ID_SIZE], int64_t offset, bool as_primary,
                  struct prng *prng)
{
    repl_restart_at(r, id, offset);
    if (as_primary)
        repl_promote(r, prng);
}
