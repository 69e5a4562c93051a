#include "probes/link_io.h"

#include <assert.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/renames.h"
#include "probes/resolve_io.h"

#define CHANNEL_MAX    63
#define NAME_RUNID_LEN 8 /* of the run id, in the name of a connection */
#define NAME_MAX_LEN   32
#define WORDS_MAX      16  /* of a request */
#define COMMAND_MAX    256 /* bytes of a command's other name, its end included */

/* One link. What it takes to begin is kept until it is up. */
struct line {
    struct link_set *set;
    uint32_t id;
    enum link_kind kind;
    struct resolve *resolve; /* while the name is looked up */
    struct stream *stream;   /* from then on */
    unsigned replies_due;    /* of the login */
    bool up;
    bool refused; /* by one of its addresses */
    char *user, *pass;
    char *renames;                      /* as long as the line; NULL: none */
    struct sockaddr_storage *addresses; /* that a name has; tried one after the other */
    size_t n_addresses, next_address;
};

struct info_text {
    size_t n;
    char text[];
};

struct link_set {
    struct resolver *resolver;
    struct stream_pool *pool;
    struct link_ops ops;
    void *arg;
    char runid[NAME_RUNID_LEN + 1];
    char channel[CHANNEL_MAX + 1];
    struct line **lines; /* by link_tag() */
    size_t cap;
    struct info_text **infos; /* by id; last INFO of each */
    size_t infos_cap;
    bool silent; /* being freed */
};

struct link_set *link_set_new(uv_loop_t *loop, const char *runid, const char *channel,
                              const struct link_ops *ops, void *arg)
{
    struct link_set *set = calloc(1, sizeof *set);

    if (set == NULL)
        return NULL;
    assert(strlen(channel) <= CHANNEL_MAX && strlen(runid) >= NAME_RUNID_LEN);
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
    memcpy(set->runid, runid, NAME_RUNID_LEN);
    memcpy(set->channel, channel, strlen(channel));
    return set;
}

static struct line *find(const struct link_set *set, uint64_t tag)
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

/* Forget what the line no longer needs once it is up, or never will be. */
static void drop_beginnings(struct line *line)
{
    free(line->user);
    free(line->pass);
    free(line->addresses);
    line->user = line->pass = NULL;
    line->addresses = NULL;
    line->n_addresses = line->next_address = 0;
}

/* Take the line out of the table and end it. */
static void drop(struct line *line)
{
    line->set->lines[link_tag(line->id, line->kind)] = NULL;
    resolve_cancel(line->resolve);
    stream_close(line->stream);
    drop_beginnings(line);
    free(line->renames);
    free(line);
}

static void tell(struct link_set *set, const struct link_report *report)
{
    if (!set->silent)
        set->ops.report(set->arg, report);
}

/* The line is gone, with that evidence. */
static void fail(struct line *line, enum evidence evidence)
{
    struct link_set *set = line->set;
    struct link_report report = { line->id, line->kind, evidence, "", NULL };

    assert(evidence_class(evidence) == EVIDENCE_CLASS_DOWN);
    drop(line);
    tell(set, &report);
}

static enum evidence evidence_of_errno(int error, bool established)
{
    switch (error) {
    case ECONNREFUSED:
        return established ? EVIDENCE_RESET : EVIDENCE_REFUSED;
    case ETIMEDOUT:
        return EVIDENCE_TIMEOUT;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
        return EVIDENCE_UNREACHABLE;
    default: /* end of file, reset, broken pipe, not the protocol; no descriptor, no memory */
        return established ? EVIDENCE_RESET : EVIDENCE_UNREACHABLE;
    }
}

static void connect_next(struct line *line, enum evidence last);

static void stream_ended(void *arg, int error, bool established)
{
    struct line *line = arg;
    enum evidence evidence = evidence_of_errno(error, established);

    line->stream = NULL;
    if (established)
        fail(line, evidence);
    else
        connect_next(line, evidence);
}

static bool is_text(const redisReply *reply, const char *text)
{
    size_t len = strlen(text);

    return reply->type == REDIS_REPLY_STRING && reply->len == len &&
           memcmp(reply->str, text, len) == 0;
}

/* Messages on the channel come between replies. */
static bool stream_pushed(void *arg, const redisReply *reply)
{
    struct line *line = arg;
    struct link_set *set = line->set;

    if (line->kind != LINK_PUBSUB || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3 ||
        !is_text(reply->element[0], "message"))
        return false;
    if (is_text(reply->element[1], set->channel) && reply->element[2]->type == REDIS_REPLY_STRING)
        set->ops.heard(set->arg, line->id, reply->element[2]->str, reply->element[2]->len);
    return true;
}

static const struct stream_ops stream_ops = { stream_pushed, stream_ended };

static void come_up(struct line *line)
{
    char ip[HOST_LEN_MAX + 1] = "";
    struct link_report report = { line->id, line->kind, EVIDENCE_CONNECTED, ip, NULL };

    line->up = true;
    drop_beginnings(line);
    stream_remote_host(line->stream, ip);
    tell(line->set, &report);
}

/* A reply of the login: what it says is of no account, only that all have come. */
static void login_replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct line *line = reply != NULL ? find(ctx, tag) : NULL;

    if (line != NULL && --line->replies_due == 0)
        come_up(line);
}

/* The words with the command's name as the other end knows it; NAME has COMMAND_MAX bytes. */
static const char *const *rename_first(const struct line *line, const char *const *words,
                                       const char *ret_words[WORDS_MAX + 1], char *name)
{
    size_t n = 0;

    if (line->renames == NULL)
        return words;
    for (; words[n] != NULL; n++) {
        assert(n < WORDS_MAX);
        ret_words[n] = words[n];
    }
    ret_words[n] = NULL;
    ret_words[0] = renames_find(line->renames, words[0], name, COMMAND_MAX);
    return ret_words;
}

static void login_send(struct line *line, const char *const *words)
{
    const char *renamed[WORDS_MAX + 1];
    char name[COMMAND_MAX];

    words = rename_first(line, words, renamed, name);
    if (stream_send(line->stream, words, login_replied, line->set, link_tag(line->id, line->kind)))
        line->replies_due++;
}

/* Queue all that has to be said first; it leaves when the connection is there. */
static void login(struct line *line)
{
    char name[NAME_MAX_LEN];

    line->replies_due = 0;
    if (line->pass != NULL && line->user != NULL)
        login_send(line, (const char *[]){ "AUTH", line->user, line->pass, NULL });
    else if (line->pass != NULL)
        login_send(line, (const char *[]){ "AUTH", line->pass, NULL });
    snprintf(name, sizeof name, "sentinel-%s-%s", line->set->runid, link_kind_name(line->kind));
    login_send(line, (const char *[]){ "CLIENT", "SETNAME", name, NULL });
    if (line->kind == LINK_PUBSUB)
        login_send(line, (const char *[]){ "SUBSCRIBE", line->set->channel, NULL });
}

/* Try the next address of the name; LAST is what became of the one before. When there is none left
 * the link has failed: as refused, if any of them refused it, for then the host is there. */
static void connect_next(struct line *line, enum evidence last)
{
    int error;

    line->refused |= last == EVIDENCE_REFUSED;
    while (line->next_address < line->n_addresses) {
        line->stream = stream_open(line->set->pool, &line->addresses[line->next_address++],
                                   &stream_ops, line, &error);
        if (line->stream != NULL) {
            login(line);
            return;
        }
        last = evidence_of_errno(error, false);
        line->refused |= last == EVIDENCE_REFUSED;
    }
    fail(line, line->refused ? EVIDENCE_REFUSED : last);
}

static void connect_first(struct line *line, const struct sockaddr_storage *addresses, size_t n)
{
    line->addresses = n > 0 ? malloc(n * sizeof *addresses) : NULL;
    if (line->addresses != NULL) {
        memcpy(line->addresses, addresses, n * sizeof *addresses);
        line->n_addresses = n;
    }
    connect_next(line, EVIDENCE_UNREACHABLE);
}

static void looked_up(void *arg, const struct sockaddr_storage *addresses, size_t n)
{
    struct line *line = arg;

    line->resolve = NULL;
    connect_first(line, addresses, n);
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
        tell(set, &(struct link_report){ id, kind, EVIDENCE_UNREACHABLE, "", NULL });
        return;
    }
    size_t n = resolve_known(set->resolver, addr, known);

    if (n > 0) {
        connect_first(line, known, n);
        return;
    }
    line->resolve = resolve_start(set->resolver, addr, looked_up, line);
    if (line->resolve == NULL)
        fail(line, EVIDENCE_UNREACHABLE);
}

void link_close(struct link_set *set, uint32_t id, enum link_kind kind)
{
    struct line *line = find(set, link_tag(id, kind));

    if (line != NULL)
        drop(line);
}

void link_break(struct link_set *set, uint32_t id, enum link_kind kind)
{
    struct line *line = find(set, link_tag(id, kind));

    if (line != NULL)
        fail(line, EVIDENCE_RESET);
}

bool link_give(struct link_set *from, struct link_set *to, uint32_t id, enum link_kind kind)
{
    uint64_t tag = link_tag(id, kind);
    struct line *line = find(from, tag);

    if (line == NULL || line->stream == NULL || !make_room(to, tag))
        return false;
    link_close(to, id, kind);
    from->lines[tag] = NULL;
    to->lines[tag] = line;
    line->set = to;
    line->up = true;
    drop_beginnings(line);
    tell(from, &(struct link_report){ id, kind, EVIDENCE_TIMEOUT, "", NULL });
    stream_disown(line->stream);
    return true;
}

void link_forget(struct link_set *set, uint32_t id)
{
    for (int kind = 0; kind < LINK_COUNT; kind++)
        link_close(set, id, (enum link_kind)kind);
    if (id < set->infos_cap) {
        free(set->infos[id]);
        set->infos[id] = NULL;
    }
}

/* The place for ID's INFO; NULL when memory is out. */
static struct info_text **info_place(struct link_set *set, uint32_t id)
{
    size_t cap = set->infos_cap ? set->infos_cap : 64;

    while (cap <= id)
        cap *= 2;
    if (cap > set->infos_cap) {
        struct info_text **infos = realloc(set->infos, cap * sizeof *infos);

        if (infos == NULL)
            return NULL;
        memset(infos + set->infos_cap, 0, (cap - set->infos_cap) * sizeof *infos);
        set->infos = infos;
        set->infos_cap = cap;
    }
    return &set->infos[id];
}

void link_keep_info(struct link_set *set, uint32_t id, const char *text, size_t len)
{
    struct info_text **place = info_place(set, id);
    size_t n = len < LINK_INFO_MAX ? len : LINK_INFO_MAX;
    struct info_text *info = place != NULL ? realloc(*place, sizeof *info + n) : NULL;

    if (info == NULL)
        return;
    info->n = n;
    memcpy(info->text, text, n);
    *place = info;
}

struct slice link_kept_info(const struct link_set *set, uint32_t id)
{
    const struct info_text *info = id < set->infos_cap ? set->infos[id] : NULL;

    return info != NULL ? (struct slice){ info->text, info->n } : (struct slice){ NULL, 0 };
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
    for (size_t id = 0; id < set->infos_cap; id++)
        free(set->infos[id]);
    free(set->infos);
    free(set->lines);
    free(set);
}

bool link_send(struct link_set *set, uint32_t id, enum link_kind kind, const char *const *words,
               reply_fn *fn, void *ctx, uint64_t tag)
{
    struct line *line = find(set, link_tag(id, kind));
    const char *renamed[WORDS_MAX + 1];
    char name[COMMAND_MAX];

    return line != NULL && line->up &&
           stream_send(line->stream, rename_first(line, words, renamed, name), fn, ctx, tag);
}

void link_report(struct link_set *set, uint32_t id, enum link_kind kind, enum evidence evidence,
                 const struct node_info *info)
{
    if (find(set, link_tag(id, kind)) != NULL)
        tell(set, &(struct link_report){ id, kind, evidence, "", info });
}

bool link_local_host(const struct link_set *set, uint32_t id, char ret_host[HOST_LEN_MAX + 1])
{
    struct line *line = find(set, link_tag(id, LINK_CMD));

    return line != NULL && line->up && stream_local_host(line->stream, ret_host);
}
