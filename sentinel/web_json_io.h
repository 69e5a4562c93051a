/*
 * web_json_io: the model as JSON, as HTTP tells it. Durations are milliseconds ago; addresses are
 * those that clients are told; what is not known is left out. For all functions: NULL means that
 * memory is out; the caller gives the value up by json_decref().
 */
#ifndef SENTINEL_WEB_JSON_IO_H
#define SENTINEL_WEB_JSON_IO_H

#include <jansson.h>

struct buf;
struct core;
struct group;

/* {"supervisor":{...},"groups":[{"name":...,"state":...,"reason":...,"primary":...}, ...]} */
json_t *web_json_groups(const struct core *core);

/* One group with its nodes, supervisors, votes and the failover under way. */
json_t *web_json_group(const struct core *core, const struct group *group);

/* Append as one line; gives VALUE up. What does not fit, or memory, sets the buffer's overflow. */
void web_json_write(struct buf *buf, json_t *value);

#endif
