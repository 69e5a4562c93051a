/*
 * event_json_io: an event as a JSON object, the one form for hooks, webhooks and HTTP:
 *
 *     {"seq":2000000017,"time":"2026-05-01T12:00:00.123Z","event":"+sdown","level":"warning",
 *      "supervisor":"<run id>","group":"orders","type":"slave","node":"10.0.0.2:6379",
 *      "primary":"10.0.0.1:6379","payload":"slave 10.0.0.2:6379 10.0.0.2 6379 @ orders ..."}
 *
 * Always there: seq, time, event, level, payload. Where it has them: supervisor (who tells), group,
 * type (master, slave, sentinel), node, primary, peer (a run id), epoch, count and quorum (of
 * +odown), detail; of +switch-master: from, to and led (whether it was led from here).
 *
 * Bytes that are no UTF-8 become '?'.
 */
#ifndef NOTIFY_EVENT_JSON_IO_H
#define NOTIFY_EVENT_JSON_IO_H

#include <jansson.h>

struct event;

/* As one line of text without its end, to be freed. SUPERVISOR: our run id; NULL: left out. NULL:
 * memory. */
char *event_json_text(const struct event *event, const char *supervisor);

/* "2026-05-01T12:00:00.123Z" */
#define EVENT_TIME_MAX 32
void event_json_time(int64_t wall_ms, char ret_text[EVENT_TIME_MAX]);

#endif
