/*
 * json_put_io: members of JSON objects. Where memory is out a member is missing and the object is
 * marked "incomplete": nobody takes the rest for whole.
 */
#ifndef SENTINEL_JSON_PUT_IO_H
#define SENTINEL_JSON_PUT_IO_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct addr;

/* Takes VALUE over. */
void json_put(json_t *object, const char *name, json_t *value);

void json_put_text(json_t *object, const char *name, const char *text);
void json_put_int(json_t *object, const char *name, int64_t number);
void json_put_bool(json_t *object, const char *name, bool value);

/* "host:port"; nothing when it is not set. */
void json_put_addr(json_t *object, const char *name, const struct addr *addr);

#endif
