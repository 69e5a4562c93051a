/*
 * Who wants to hear what: channels and patterns, and their subscribers. Pure: a message is handed
 * to the subscriber's deliver function, which writes it wherever it goes.
 *
 * A subscriber is a struct pubsub_member embedded in something that lives longer than its
 * subscriptions (struct client has one; an in-process reader of events may have its own).
 * pubsub_leave ends all of them.
 */
#ifndef WIRE_PUBSUB_H
#define WIRE_PUBSUB_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct pubsub;
struct pubsub_link;
struct pubsub_member;
struct resp_writer;

#define PUBSUB_TOPICS_MAX       ((size_t)1024 * 1024) /* channels and patterns of one registry */
#define PUBSUB_MEMBER_LINKS_MAX ((size_t)64 * 1024)   /* subscriptions of one member */
#define PUBSUB_TOPIC_BYTES_MAX  ((size_t)64 * 1024)   /* length of a channel or pattern */

enum pubsub_kind { PUBSUB_CHANNEL, PUBSUB_PATTERN };
#define PUBSUB_KINDS 2

/* One delivery. Slices are valid during the call. */
struct pubsub_message {
    struct slice channel;
    struct slice payload;
    struct slice pattern; /* p NULL: by channel */
};

typedef void pubsub_deliver_fn(struct pubsub_member *m, const struct pubsub_message *message);

struct pubsub_member {
    pubsub_deliver_fn *deliver;
    void *owner;
    struct pubsub_link *links[PUBSUB_KINDS]; /* newest first; the registry's business */
    size_t count[PUBSUB_KINDS];
};

/* Subscriptions of both kinds. */
static inline size_t pubsub_member_count(const struct pubsub_member *m)
{
    return m->count[PUBSUB_CHANNEL] + m->count[PUBSUB_PATTERN];
}

struct pubsub *pubsub_new(void);
void pubsub_free(struct pubsub *ps); /* all members must have left */

void pubsub_member_init(struct pubsub_member *m, pubsub_deliver_fn *deliver, void *owner);

enum pubsub_result {
    PUBSUB_ADDED,
    PUBSUB_ALREADY, /* nothing to do; not an error */
    PUBSUB_REFUSED  /* over a limit, or memory is out: nothing changed */
};
enum pubsub_result pubsub_subscribe(struct pubsub *ps, struct pubsub_member *m,
                                    enum pubsub_kind kind, struct slice topic);

/* False when there was no such subscription. */
bool pubsub_unsubscribe(struct pubsub *ps, struct pubsub_member *m, enum pubsub_kind kind,
                        struct slice topic);

/* Ends all subscriptions of the member, silently. */
void pubsub_leave(struct pubsub *ps, struct pubsub_member *m);

/* The topic of the member's newest subscription of a kind (false: none). For UNSUBSCRIBE without
 * arguments. */
bool pubsub_newest(const struct pubsub_member *m, enum pubsub_kind kind, struct slice *ret_topic);

/* All topics of the member of a kind, the newest first. fn must not subscribe or unsubscribe. */
void pubsub_each_topic(const struct pubsub_member *m, enum pubsub_kind kind,
                       void (*fn)(void *ctx, struct slice topic), void *ctx);

/*
 * Delivers to the channel's subscribers in the order in which they subscribed, then to those of
 * each matching pattern. Returns the number of deliveries. deliver must not subscribe, unsubscribe
 * or publish.
 */
size_t pubsub_publish(struct pubsub *ps, struct slice channel, struct slice payload);

/* For PUBSUB NUMSUB, NUMPAT, CHANNELS. */
size_t pubsub_subscribers(const struct pubsub *ps, struct slice channel);
size_t pubsub_patterns(const struct pubsub *ps);
void pubsub_each_channel(const struct pubsub *ps,
                         void (*fn)(void *ctx, struct slice channel, size_t subscribers),
                         void *ctx);

/* The shapes on the wire: protocol 2 arrays, protocol 3 pushes. */
void pubsub_write_message(struct resp_writer *w, const struct pubsub_message *message);
/* topic.p NULL: null (UNSUBSCRIBE of a client that has none). count: the member's subscriptions
 * afterwards. */
void pubsub_write_subscribed(struct resp_writer *w, enum pubsub_kind kind, struct slice topic,
                             size_t count);
void pubsub_write_unsubscribed(struct resp_writer *w, enum pubsub_kind kind, struct slice topic,
                               size_t count);

#endif
