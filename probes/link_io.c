#include "probes/link_io.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "probes/link_parts_io.h"

struct link_set *link_set_new(uv_loop_t *loop, const char *runid, const char *channel,
                              const struct link_ops *ops, void *arg)
{
    struct link_set *set = calloc(1, sizeof *set);

    if (set == NULL)
        return NULL;
    assert(strlen(channel) <= LINK_CHANNEL_MAX && strlen(runid) >= LINK_RUNID_LEN);
    set->pool = stream_pool_new(loop);
    set->resolver = resolver_new(loop);
    if (set->pool == NULL || set->resolver == NULL) {
        stream_pool_free(set->pool);
        resolver_free(set->resolver);
        free(set);
        return NULL;
    }
    set->ops = *ops;
    set->arg = arg;
    memcpy(set->runid, runid, LINK_RUNID_LEN);
    memcpy(set->channel, channel, strlen(channel));
    return set;
}

struct line *link_find(const struct link_set *set, uint64_t tag)
{
    return tag < set->cap ? set->lines[tag] : NULL;
}

/* Make room for TAG in the table; false when memory is out. */
static bool make_room(struct link_set *set, uint64_t tag)
{
    size_t cap = set->cap ? set->cap : 64;

    assert(tag < (uint64_t)LINK_IDS_MAX * LINK_COUNT);
    if (tag < set->cap)
        return true;
    while (cap <= tag)
        cap *= 2;
    struct line **lines = realloc(set->lines, cap * sizeof(struct line *));

    if (lines == NULL)
        return false;
    for (size_t i = set->cap; i < cap; i++)
        lines[i] = NULL;
    set->lines = lines;
    set->cap = cap;
    return true;
}

/* Take the line out of the table and end it. */
static void drop(struct line *line)
{
    line->set->lines[link_tag(line->id, line->kind)] = NULL;
    resolve_cancel(line->resolve);
    stream_close(line->stream);
    line_drop_beginnings(line);
    free(line->renames);
    free(line);
}

void link_tell(struct link_set *set, const struct link_report *report)
{
    if (!set->silent)
        set->ops.report(set->arg, report);
}

void line_fail(struct line *line, enum evidence evidence)
{
    struct link_set *set = line->set;
    struct link_report report = { line->id, line->kind, evidence, "", NULL };

    assert(evidence_class(evidence) == EVIDENCE_CLASS_DOWN);
    drop(line);
    link_tell(set, &report);
}

static char *copy_text(const char *text)
{
    return text != NULL && text[0] != '\0' ? strdup(text) : NULL;
}

/* A line in the table that has not begun yet; NULL when memory is out. */
static struct line *line_new(struct link_set *set, uint32_t id, enum link_kind kind,
                             const struct link_login *credentials)
{
    struct line *line = make_room(set, link_tag(id, kind)) ? calloc(1, sizeof *line) : NULL;

    if (line == NULL)
        return NULL;
    line->set = set;
    line->id = id;
    line->kind = kind;
    line->user = copy_text(credentials->user);
    line->pass = copy_text(credentials->pass);
    line->renames = copy_text(credentials->renames);
    set->lines[link_tag(id, kind)] = line;
    return line;
}

void link_open(struct link_set *set, uint32_t id, enum link_kind kind, const struct addr *addr,
               const struct link_login *credentials)
{
    struct sockaddr_storage known[RESOLVE_ADDRESSES_MAX];

    link_close(set, id, kind);
    struct line *line = line_new(set, id, kind, credentials);

    if (line == NULL) {
        link_tell(set, &(struct link_report){ id, kind, EVIDENCE_UNREACHABLE, "", NULL });
        return;
    }
    size_t n = resolve_known(set->resolver, addr, known);

    if (n > 0) {
        line_connect(line, known, n);
        return;
    }
    line->resolve = resolve_start(set->resolver, addr, line_looked_up, line);
    if (line->resolve == NULL)
        line_fail(line, EVIDENCE_UNREACHABLE);
}

void link_close(struct link_set *set, uint32_t id, enum link_kind kind)
{
    struct line *line = link_find(set, link_tag(id, kind));

    if (line != NULL)
        drop(line);
}

void link_break(struct link_set *set, uint32_t id, enum link_kind kind)
{
    struct line *line = link_find(set, link_tag(id, kind));

    if (line != NULL)
        line_fail(line, EVIDENCE_RESET);
}

bool link_give(struct link_set *from, struct link_set *to, uint32_t id, enum link_kind kind)
{
    uint64_t tag = link_tag(id, kind);
    struct line *line = link_find(from, tag);

    if (line == NULL || line->stream == NULL || !make_room(to, tag))
        return false;
    link_close(to, id, kind);
    from->lines[tag] = NULL;
    to->lines[tag] = line;
    line->set = to;
    line->up = true;
    line_drop_beginnings(line);
    link_tell(from, &(struct link_report){ id, kind, EVIDENCE_TIMEOUT, "", NULL });
    stream_disown(line->stream);
    return true;
}

void link_forget(struct link_set *set, uint32_t id)
{
    for (int kind = 0; kind < LINK_COUNT; kind++)
        link_close(set, id, (enum link_kind)kind);
    infos_forget(&set->infos, id);
}

void link_keep_info(struct link_set *set, uint32_t id, const char *text, size_t len)
{
    infos_keep(&set->infos, id, text, len);
}

struct slice link_kept_info(const struct link_set *set, uint32_t id)
{
    return infos_get(&set->infos, id);
}

void link_set_free(struct link_set *set)
{
    if (set == NULL)
        return;
    set->silent = true;
    for (size_t tag = 0; tag < set->cap; tag++) {
        if (set->lines[tag] != NULL)
            drop(set->lines[tag]);
    }
    stream_pool_free(set->pool);
    resolver_free(set->resolver);
    infos_done(&set->infos);
    free(set->lines);
    free(set);
}

bool link_send(struct link_set *set, uint32_t id, enum link_kind kind, const char *const *words,
               reply_fn *fn, void *ctx, uint64_t tag)
{
    struct line *line = link_find(set, link_tag(id, kind));
    const char *renamed[LINK_WORDS_MAX + 1];
    char name[LINK_COMMAND_MAX];

    return line != NULL && line->up &&
           stream_send(line->stream, line_rename(line, words, renamed, name), fn, ctx, tag);
}

void link_report(struct link_set *set, uint32_t id, enum link_kind kind, enum evidence evidence,
                 const struct node_info *info)
{
    if (link_find(set, link_tag(id, kind)) != NULL)
        link_tell(set, &(struct link_report){ id, kind, evidence, "", info });
}

bool link_local_host(const struct link_set *set, uint32_t id, char ret_host[HOST_LEN_MAX + 1])
{
    struct line *line = link_find(set, link_tag(id, LINK_CMD));

    return line != NULL && line->up && stream_local_host(line->stream, ret_host);
}
