/*
 * web_parts_io: what the files of picketd's HTTP side share. For sentinel/web_*_io.c alone.
 */
#ifndef SENTINEL_WEB_PARTS_IO_H
#define SENTINEL_WEB_PARTS_IO_H

#include <stddef.h>
#include <stdint.h>

#include "notify/http_io.h"

struct group;
struct ring;

#define WEB_TYPE_TEXT "text/plain; charset=utf-8"

enum { WEB_OK = 200, WEB_WRONG = 400, WEB_MISSING = 404, WEB_NOT_NOW = 503 };

/* A constant text. */
void web_say(struct http_answer *answer, unsigned status, const char *text);

/* What load balancers are told: /groups/NAME/primary and /groups/NAME/replica. */
void web_tell_primary(const struct group *group, const struct http_visit *visit,
                      struct http_answer *answer);
void web_tell_replica(const struct group *group, const struct http_visit *visit,
                      struct http_answer *answer);

/* Begin a stream of events, and go on with it: see http_ops. */
void web_tell_events(const struct ring *ring, const struct http_visit *visit,
                     struct http_answer *answer);
size_t web_read_events(const struct ring *ring, const char *supervisor, uint64_t *cursor,
                       char *ret_bytes, size_t max);

#endif
