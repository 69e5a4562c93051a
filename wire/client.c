#include "wire/client.h"

#include <assert.h>
#include <stdlib.h>

/* Writes a message to a subscribed client, even to one that wants no replies. */
static void deliver(struct pubsub_member *m, const struct pubsub_message *message)
{
    struct client *c = m->owner;
    bool muted = c->reply.muted;
    if (c->flags & CLIENT_CLOSING)
        return;
    c->reply.muted = false;
    pubsub_write_message(&c->reply, message);
    c->reply.muted = muted;
    client_touch(c);
}

void client_init(struct client *c, uint64_t id, const struct client_ops *ops, msec now_ms)
{
    memset(c, 0, sizeof(*c));
    c->id = id;
    c->multi = -1;
    c->hold_at = CLIENT_HOLD_NOTHING;
    c->fd = -1;
    c->opened_ms = c->active_ms = now_ms;
    c->ops = ops;
    c->reply = (struct resp_writer){ .out = &c->out, .proto = 2 };
    pubsub_member_init(&c->subs, deliver, c);
}

void client_done(struct client *c)
{
    assert(pubsub_member_count(&c->subs) == 0);
    free(c->name);
    free(c->login);
    free(c->lib_name);
    free(c->lib_ver);
    c->name = c->login = c->lib_name = c->lib_ver = NULL;
    buf_done(&c->out);
}

void client_touch(struct client *c)
{
    if (c->ops && c->ops->touch)
        c->ops->touch(c);
}

void client_block(struct client *c)
{
    c->flags |= CLIENT_BLOCKED;
}

void client_resume(struct client *c)
{
    if (!(c->flags & CLIENT_BLOCKED))
        return;
    c->flags &= ~(unsigned)CLIENT_BLOCKED;
    if (c->ops && c->ops->resume)
        c->ops->resume(c);
    client_touch(c);
}

void client_close_after_reply(struct client *c)
{
    c->flags |= CLIENT_CLOSE_AFTER_REPLY;
    client_touch(c);
}

void client_close(struct client *c)
{
    c->flags |= CLIENT_CLOSING;
    client_touch(c);
}

void client_reply_mode(struct client *c, enum client_reply_mode mode)
{
    switch (mode) {
    case CLIENT_REPLY_MODE_ON:
        c->flags &= ~(unsigned)(CLIENT_REPLY_OFF | CLIENT_SKIP_NEXT | CLIENT_SKIPPING);
        break;
    case CLIENT_REPLY_MODE_OFF:
        c->flags |= CLIENT_REPLY_OFF;
        break;
    case CLIENT_REPLY_MODE_SKIP:
        if (!(c->flags & CLIENT_REPLY_OFF))
            c->flags |= CLIENT_SKIP_NEXT;
        break;
    }
    c->reply.muted = (c->flags & (CLIENT_REPLY_OFF | CLIENT_SKIPPING)) != 0;
}

void client_request_end(struct client *c)
{
    if (!(c->flags & (CLIENT_SKIP_NEXT | CLIENT_SKIPPING)))
        return;
    bool skip = (c->flags & CLIENT_SKIP_NEXT) != 0;
    c->flags &= ~(unsigned)(CLIENT_SKIP_NEXT | CLIENT_SKIPPING);
    c->flags |= skip ? CLIENT_SKIPPING : 0;
    c->reply.muted = (c->flags & (CLIENT_REPLY_OFF | CLIENT_SKIPPING)) != 0;
}

enum client_class client_class(const struct client *c)
{
    if (c->flags & CLIENT_IS_MASTER)
        return CLIENT_MASTER;
    if (c->flags & CLIENT_IS_REPLICA)
        return CLIENT_REPLICA;
    return pubsub_member_count(&c->subs) > 0 ? CLIENT_PUBSUB : CLIENT_NORMAL;
}

bool client_set_field(char **field, struct slice value)
{
    char *copy = NULL;
    if (value.n > CLIENT_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < '!' || value.p[i] > '~')
            return false;
    }
    if (value.n > 0) {
        copy = malloc(value.n + 1);
        if (!copy)
            return false;
        slice_copy(value, copy, value.n + 1);
    }
    free(*field);
    *field = copy;
    return true;
}

const char *client_user(const struct client *c)
{
    return c->login ? c->login : CLIENT_USER_DEFAULT;
}

bool client_log_in(struct client *c, const char *user)
{
    char *login = NULL;
    if (strcmp(user, CLIENT_USER_DEFAULT) != 0) {
        login = strdup(user);
        if (!login)
            return false;
    }
    free(c->login);
    c->login = login;
    c->flags |= CLIENT_AUTHENTICATED;
    return true;
}

void client_log_out(struct client *c)
{
    free(c->login);
    c->login = NULL;
    c->flags &= ~(unsigned)CLIENT_AUTHENTICATED;
}

/* The letters of CLIENT LIST's flags, in Redis's order; N when there is none. */
static void describe_flags(const struct client *c, char text[12])
{
    static const struct {
        unsigned flag;
        char letter;
    } letters[] = {
        { CLIENT_IS_REPLICA, 'S' },        { CLIENT_IS_MASTER, 'M' }, { CLIENT_IN_MULTI, 'x' },
        { CLIENT_BLOCKED, 'b' },           { CLIENT_TRACKING, 't' },  { CLIENT_DIRTY, 'd' },
        { CLIENT_CLOSE_AFTER_REPLY, 'c' }, { CLIENT_CLOSING, 'A' },   { CLIENT_NO_EVICT, 'e' },
    };
    size_t n = 0;
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        if (i == 2 && pubsub_member_count(&c->subs) > 0)
            text[n++] = 'P';
        if (c->flags & letters[i].flag)
            text[n++] = letters[i].letter;
    }
    if (n == 0)
        text[n++] = 'N';
    text[n] = '\0';
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

bool client_describe(const struct client *c, msec now_ms, struct buf *ret_line)
{
    char flags[12];
    describe_flags(c, flags);
    size_t out = buf_used(&c->out);
    return buf_printf(
        ret_line,
        "id=%llu addr=%s laddr=%s fd=%d name=%s age=%lld idle=%lld flags=%s db=%d sub=%zu "
        "psub=%zu ssub=0 multi=%d qbuf=%zu qbuf-free=0 argv-mem=0 multi-mem=0 rbs=%zu rbp=%zu "
        "obl=%zu oll=0 omem=%zu tot-mem=%zu events=%s cmd=%s user=%s redir=%lld "
        "resp=%d "
        "lib-name=%s lib-ver=%s",
        (unsigned long long)c->id, c->addr, c->laddr, c->fd, or_empty(c->name),
        (long long)((now_ms - c->opened_ms) / 1000), (long long)((now_ms - c->active_ms) / 1000),
        flags, c->db, c->subs.count[PUBSUB_CHANNEL], c->subs.count[PUBSUB_PATTERN], c->multi,
        c->query_bytes, c->out.cap, out, out, c->sending_bytes,
        sizeof(*c) + c->out.cap + c->query_bytes + c->sending_bytes,
        client_unsent_bytes(c) > 0 ? "rw" : "r", c->command ? c->command : "NULL", client_user(c),
        c->flags & CLIENT_TRACKING ? (long long)c->redirect : -1LL, c->reply.proto,
        or_empty(c->lib_name), or_empty(c->lib_ver));
}
