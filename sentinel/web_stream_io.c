/* Events as server-sent events (the format is the HTML standard's). */
#include <stdio.h>
#include <stdlib.h>

#include "notify/event.h"
#include "notify/event_json_io.h"
#include "notify/ring.h"
#include "sentinel/web_parts_io.h"

/* From the one behind that number on, 0: all that are kept; from the next one on when there is no
 * number. */
void web_tell_events(const struct ring *ring, const struct http_visit *visit,
                     struct http_answer *answer)
{
    const char *since = http_header(visit, "Last-Event-ID");
    char *end;

    if (since == NULL)
        since = http_query(visit, "since");
    answer->stream = true;
    answer->cursor = ring_last(ring);
    if (since == NULL)
        return;
    uint64_t seq = strtoull(since, &end, 10);
    if (end == since || *end != '\0') {
        answer->stream = false;
        web_say(answer, WEB_WRONG, "since is no number of an event\n");
    } else if (seq < answer->cursor) {
        answer->cursor = seq > 0 ? seq : ring_first(ring) - 1;
    }
}

/* One event as "id: ...\ndata: ...\n\n"; 0: it does not fit. */
static size_t write_event(const struct event *event, const char *supervisor, char *bytes,
                          size_t max)
{
    char *text = event_json_text(event, supervisor);
    int n = text == NULL ? 0
                         : snprintf(bytes, max, "id: %llu\ndata: %s\n\n",
                                    (unsigned long long)event->seq, text);

    free(text);
    return n > 0 && (size_t)n < max ? (size_t)n : 0;
}

/* What a reader missed that is not kept any more is told of first. */
size_t web_read_events(const struct ring *ring, const char *supervisor, uint64_t *cursor,
                       char *bytes, size_t max)
{
    struct event event;
    size_t used = 0;

    if (*cursor + 1 < ring_first(ring)) {
        int n = snprintf(bytes, max, "event: gap\ndata: {\"first\":%llu}\n\n",
                         (unsigned long long)ring_first(ring));
        *cursor = ring_first(ring) - 1;
        return n > 0 && (size_t)n < max ? (size_t)n : 0;
    }
    while (*cursor < ring_last(ring)) {
        size_t n = 0;

        if (ring_get(ring, *cursor + 1, &event)) {
            n = write_event(&event, supervisor, bytes + used, max - used);
            if (n == 0 && used > 0)
                break;
        }
        used += n;
        (*cursor)++;
    }
    return used;
}
