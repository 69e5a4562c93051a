#include "wire/pubsub.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/glob.h"
#include "wire/resp_write.h"
#include "wire/table.h"

/* A channel or a pattern that somebody listens to. */
struct topic {
    struct table_node node;
    enum pubsub_kind kind;
    struct topic *prev, *next;        /* of all topics of this kind, oldest first */
    struct pubsub_link *first, *last; /* oldest first */
    size_t count;
    size_t n;
    char bytes[];
};

/* One subscription: of one member to one topic. */
struct pubsub_link {
    struct table_node node;
    struct pubsub_member *member;
    struct topic *topic;
    struct pubsub_link *topic_prev, *topic_next;
    struct pubsub_link *member_prev, *member_next; /* newest first */
};

struct pubsub {
    struct table topics; /* by kind and bytes */
    struct table links;  /* by member and topic: whether somebody subscribed already is no walk */
    struct topic *first[PUBSUB_KINDS], *last[PUBSUB_KINDS];
    size_t count[PUBSUB_KINDS];
};

struct pubsub *pubsub_new(void)
{
    return calloc(1, sizeof(struct pubsub));
}

void pubsub_free(struct pubsub *ps)
{
    if (!ps)
        return;
    assert(ps->links.used == 0 && ps->topics.used == 0);
    table_done(&ps->links);
    table_done(&ps->topics);
    free(ps);
}

void pubsub_member_init(struct pubsub_member *m, pubsub_deliver_fn *deliver, void *owner)
{
    memset(m, 0, sizeof(*m));
    m->deliver = deliver;
    m->owner = owner;
}

static struct slice topic_slice(const struct topic *topic)
{
    return (struct slice){ topic->bytes, topic->n };
}

static uint64_t topic_hash(enum pubsub_kind kind, struct slice bytes)
{
    return table_hash_bytes(bytes) + kind;
}

static uint64_t link_hash(const struct pubsub_member *m, const struct topic *topic)
{
    return table_hash_int((uint64_t)(uintptr_t)m * 31 + (uint64_t)(uintptr_t)topic);
}

static struct topic *find_topic(const struct pubsub *ps, enum pubsub_kind kind, struct slice bytes)
{
    struct table_node *node = table_first(&ps->topics, topic_hash(kind, bytes));
    for (; node; node = table_next(node)) {
        struct topic *topic = table_entry(node, struct topic, node);
        if (topic->kind == kind && slice_equal(topic_slice(topic), bytes))
            return topic;
    }
    return NULL;
}

static struct pubsub_link *find_link(const struct pubsub *ps, const struct pubsub_member *m,
                                     const struct topic *topic)
{
    struct table_node *node = table_first(&ps->links, link_hash(m, topic));
    for (; node; node = table_next(node)) {
        struct pubsub_link *link = table_entry(node, struct pubsub_link, node);
        if (link->member == m && link->topic == topic)
            return link;
    }
    return NULL;
}

/* A new topic without subscribers, or NULL. */
static struct topic *add_topic(struct pubsub *ps, enum pubsub_kind kind, struct slice bytes)
{
    if (ps->topics.used >= PUBSUB_TOPICS_MAX || bytes.n > PUBSUB_TOPIC_BYTES_MAX)
        return NULL;
    struct topic *topic = calloc(1, sizeof(*topic) + bytes.n);
    if (!topic)
        return NULL;
    topic->kind = kind;
    topic->n = bytes.n;
    if (bytes.n > 0)
        memcpy(topic->bytes, bytes.p, bytes.n);
    if (!table_add(&ps->topics, &topic->node, topic_hash(kind, bytes))) {
        free(topic);
        return NULL;
    }
    topic->prev = ps->last[kind];
    *(topic->prev ? &topic->prev->next : &ps->first[kind]) = topic;
    ps->last[kind] = topic;
    ps->count[kind]++;
    return topic;
}

static void drop_topic(struct pubsub *ps, struct topic *topic)
{
    assert(topic->count == 0);
    *(topic->prev ? &topic->prev->next : &ps->first[topic->kind]) = topic->next;
    *(topic->next ? &topic->next->prev : &ps->last[topic->kind]) = topic->prev;
    ps->count[topic->kind]--;
    table_remove(&ps->topics, &topic->node);
    free(topic);
}

/* Ties member and topic together. */
static bool add_link(struct pubsub *ps, struct pubsub_member *m, struct topic *topic)
{
    struct pubsub_link *link = calloc(1, sizeof(*link));
    if (!link || !table_add(&ps->links, &link->node, link_hash(m, topic))) {
        free(link);
        return false;
    }
    link->member = m;
    link->topic = topic;
    link->topic_prev = topic->last;
    *(topic->last ? &topic->last->topic_next : &topic->first) = link;
    topic->last = link;
    topic->count++;
    link->member_next = m->links[topic->kind];
    if (link->member_next)
        link->member_next->member_prev = link;
    m->links[topic->kind] = link;
    m->count[topic->kind]++;
    return true;
}

/* Unties them; a topic that nobody listens to any more goes too. */
static void drop_link(struct pubsub *ps, struct pubsub_link *link)
{
    struct topic *topic = link->topic;
    struct pubsub_member *m = link->member;
    *(link->topic_prev ? &link->topic_prev->topic_next : &topic->first) = link->topic_next;
    *(link->topic_next ? &link->topic_next->topic_prev : &topic->last) = link->topic_prev;
    topic->count--;
    *(link->member_prev ? &link->member_prev->member_next : &m->links[topic->kind]) =
        link->member_next;
    if (link->member_next)
        link->member_next->member_prev = link->member_prev;
    m->count[topic->kind]--;
    table_remove(&ps->links, &link->node);
    free(link);
    if (topic->count == 0)
        drop_topic(ps, topic);
}

enum pubsub_result pubsub_subscribe(struct pubsub *ps, struct pubsub_member *m,
                                    enum pubsub_kind kind, struct slice bytes)
{
    struct topic *topic = find_topic(ps, kind, bytes);
    if (topic && find_link(ps, m, topic))
        return PUBSUB_ALREADY;
    if (pubsub_member_count(m) >= PUBSUB_MEMBER_LINKS_MAX)
        return PUBSUB_REFUSED;
    if (!topic)
        topic = add_topic(ps, kind, bytes);
    if (!topic)
        return PUBSUB_REFUSED;
    if (add_link(ps, m, topic))
        return PUBSUB_ADDED;
    if (topic->count == 0)
        drop_topic(ps, topic);
    return PUBSUB_REFUSED;
}

bool pubsub_unsubscribe(struct pubsub *ps, struct pubsub_member *m, enum pubsub_kind kind,
                        struct slice bytes)
{
    struct topic *topic = find_topic(ps, kind, bytes);
    struct pubsub_link *link = topic ? find_link(ps, m, topic) : NULL;
    if (!link)
        return false;
    drop_link(ps, link);
    return true;
}

void pubsub_leave(struct pubsub *ps, struct pubsub_member *m)
{
    for (int kind = 0; kind < PUBSUB_KINDS; kind++) {
        while (m->links[kind])
            drop_link(ps, m->links[kind]);
    }
}

bool pubsub_newest(const struct pubsub_member *m, enum pubsub_kind kind, struct slice *ret_topic)
{
    if (!m->links[kind])
        return false;
    *ret_topic = topic_slice(m->links[kind]->topic);
    return true;
}

void pubsub_each_topic(const struct pubsub_member *m, enum pubsub_kind kind,
                       void (*fn)(void *ctx, struct slice topic), void *ctx)
{
    for (struct pubsub_link *link = m->links[kind]; link; link = link->member_next)
        fn(ctx, topic_slice(link->topic));
}

/* Hands a message to all subscribers of a topic. */
static size_t deliver(const struct topic *topic, const struct pubsub_message *message)
{
    for (struct pubsub_link *link = topic->first; link; link = link->topic_next)
        link->member->deliver(link->member, message);
    return topic->count;
}

size_t pubsub_publish(struct pubsub *ps, struct slice channel, struct slice payload)
{
    struct pubsub_message message = { channel, payload, { NULL, 0 } };
    struct topic *topic = find_topic(ps, PUBSUB_CHANNEL, channel);
    size_t receivers = topic ? deliver(topic, &message) : 0;
    for (topic = ps->first[PUBSUB_PATTERN]; topic; topic = topic->next) {
        message.pattern = topic_slice(topic);
        if (glob_match(message.pattern, channel, false))
            receivers += deliver(topic, &message);
    }
    return receivers;
}

size_t pubsub_subscribers(const struct pubsub *ps, struct slice channel)
{
    const struct topic *topic = find_topic(ps, PUBSUB_CHANNEL, channel);
    return topic ? topic->count : 0;
}

size_t pubsub_patterns(const struct pubsub *ps)
{
    return ps->count[PUBSUB_PATTERN];
}

void pubsub_each_channel(const struct pubsub *ps,
                         void (*fn)(void *ctx, struct slice channel, size_t subscribers), void *ctx)
{
    for (const struct topic *topic = ps->first[PUBSUB_CHANNEL]; topic; topic = topic->next)
        fn(ctx, topic_slice(topic), topic->count);
}

void pubsub_write_message(struct resp_writer *w, const struct pubsub_message *message)
{
    resp_push(w, message->pattern.p ? 4 : 3);
    resp_bulk_str(w, message->pattern.p ? "pmessage" : "message");
    if (message->pattern.p)
        resp_bulk(w, message->pattern);
    resp_bulk(w, message->channel);
    resp_bulk(w, message->payload);
}

/* The answer to one topic of a (un)subscription. */
static void write_confirmation(struct resp_writer *w, const char *what, struct slice topic,
                               size_t count)
{
    resp_push(w, 3);
    resp_bulk_str(w, what);
    if (topic.p)
        resp_bulk(w, topic);
    else
        resp_null(w);
    resp_int(w, (int64_t)count);
}

void pubsub_write_subscribed(struct resp_writer *w, enum pubsub_kind kind, struct slice topic,
                             size_t count)
{
    write_confirmation(w, kind == PUBSUB_CHANNEL ? "subscribe" : "psubscribe", topic, count);
}

void pubsub_write_unsubscribed(struct resp_writer *w, enum pubsub_kind kind, struct slice topic,
                               size_t count)
{
    write_confirmation(w, kind == PUBSUB_CHANNEL ? "unsubscribe" : "punsubscribe", topic, count);
}
