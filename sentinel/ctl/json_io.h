/*
 * json_io: replies of supervisors as JSON, for scripts.
 */
#ifndef SENTINEL_CTL_JSON_IO_H
#define SENTINEL_CTL_JSON_IO_H

#include <hiredis/hiredis.h>
#include <jansson.h>

/* A flat list of names and texts as an object; what is no text is left out. The caller gives it up
 * by json_decref(). */
json_t *ctl_json_map(const redisReply *map);

/* A list of such lists. */
json_t *ctl_json_maps(const redisReply *list);

/* Prints it, gives it up, and returns the status to exit with. */
int ctl_json_print(json_t *value);

#endif
