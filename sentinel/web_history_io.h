/*
 * web_history_io: the history (notify/history.h) as JSON, newest first. NULL means that memory is
 * out; the caller gives the value up by json_decref().
 */
#ifndef SENTINEL_WEB_HISTORY_IO_H
#define SENTINEL_WEB_HISTORY_IO_H

#include <stddef.h>
#include <jansson.h>

struct attempt;
struct history;

/* {"attempts":[{...}, ...]}: at most MAX, of GROUP alone unless it is NULL, without their steps. */
json_t *web_json_history(const struct history *history, const char *group, size_t max);

/* One with all its steps. */
json_t *web_json_attempt(const struct attempt *attempt);

#endif
