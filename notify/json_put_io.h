/*
 * json_put_io: members of JSON objects. Where memory is out a member is missing and the object is
 * marked "incomplete": nobody takes the rest for whole.
 */
#ifndef NOTIFY_JSON_PUT_IO_H
#define NOTIFY_JSON_PUT_IO_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct addr;

/* Text of any bytes as a JSON string: those that are no UTF-8 become '?'. NULL: memory. */
json_t *json_text(const char *text);

/* Takes VALUE over. */
void json_put(json_t *object, const char *name, json_t *value);

void json_put_text(json_t *object, const char *name, const char *text);
void json_put_int(json_t *object, const char *name, int64_t number);
void json_put_bool(json_t *object, const char *name, bool value);

/* "host:port"; nothing when it is not set. */
void json_put_addr(json_t *object, const char *name, const struct addr *addr);

#endif
