#include "notify/ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "notify/event.h"

/* The texts of an event, in the order in which a kept one has them behind it. */
#define TEXTS(X)                                                                                   \
    X(group)                                                                                       \
    X(runid)                                                                                       \
    X(addr.host)                                                                                   \
    X(primary.host)                                                                                \
    X(detail)

/* An event without the room that its texts do not need: most of it is room. */
struct kept {
    msec wall_ms;
    uint64_t epoch;
    enum event_kind kind;
    enum instance_type type;
    uint32_t id, count, quorum;
    uint16_t port, primary_port;
    char texts[];
};

struct ring {
    uint64_t last;
    uint64_t n;                         /* kept */
    struct kept *kept[EVENTS_KEPT_MAX]; /* the one of number N at N % EVENTS_KEPT_MAX */
};

struct ring *ring_new(uint64_t life)
{
    struct ring *ring = calloc(1, sizeof *ring);

    assert(life <= RING_LIVES_MAX);
    if (ring != NULL)
        ring->last = life * RING_LIFE;
    return ring;
}

void ring_free(struct ring *ring)
{
    if (ring == NULL)
        return;
    for (size_t i = 0; i < EVENTS_KEPT_MAX; i++)
        free(ring->kept[i]);
    free(ring);
}

/* Copies a text with its end; returns what is behind. */
static char *put_text(char *to, const char *text)
{
    size_t size = strlen(text) + 1;

    return (char *)memcpy(to, text, size) + size;
}

static const char *take_text(char *to, const char *from)
{
    size_t size = strlen(from) + 1;

    memcpy(to, from, size);
    return from + size;
}

/* NULL: memory. */
static struct kept *keep(const struct event *event)
{
    size_t size = 0;

#define X(text) size += strlen(event->text) + 1;
    TEXTS(X)
#undef X
    struct kept *kept = malloc(sizeof *kept + size);

    if (kept == NULL)
        return NULL;
    *kept = (struct kept){ event->wall_ms, event->epoch,     event->kind,
                           event->type,    event->id,        event->count,
                           event->quorum,  event->addr.port, event->primary.port };
    char *to = kept->texts;
#define X(text) to = put_text(to, event->text);
    TEXTS(X)
#undef X
    return kept;
}

void ring_stamp(struct ring *ring, struct event *event, msec wall_ms)
{
    event->wall_ms = wall_ms;
    if (event_level(event->kind) == EVENT_DEBUG)
        return;
    event->seq = ++ring->last;
    struct kept **place = &ring->kept[event->seq % EVENTS_KEPT_MAX];

    free(*place);
    *place = keep(event);
    if (ring->n < EVENTS_KEPT_MAX)
        ring->n++;
}

uint64_t ring_first(const struct ring *ring)
{
    return ring->last - ring->n + 1;
}

uint64_t ring_last(const struct ring *ring)
{
    return ring->last;
}

bool ring_get(const struct ring *ring, uint64_t seq, struct event *ret_event)
{
    const struct kept *kept = ring->kept[seq % EVENTS_KEPT_MAX];

    if (seq < ring_first(ring) || seq > ring->last || kept == NULL)
        return false;
    *ret_event = (struct event){ .seq = seq,
                                 .wall_ms = kept->wall_ms,
                                 .kind = kept->kind,
                                 .type = kept->type,
                                 .id = kept->id,
                                 .epoch = kept->epoch,
                                 .count = kept->count,
                                 .quorum = kept->quorum };
    ret_event->addr.port = kept->port;
    ret_event->primary.port = kept->primary_port;
    const char *from = kept->texts;
#define X(text) from = take_text(ret_event->text, from);
    TEXTS(X)
#undef X
    return true;
}
