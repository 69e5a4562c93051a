#include "notify/json_put_io.h"

#include <stdlib.h>
#include <string.h>

#include "wire/addr.h"

/* Nodes and operators choose what stands in a text. */
json_t *json_text(const char *text)
{
    json_t *value = json_string(text);

    if (value != NULL)
        return value;
    char *plain = strdup(text);

    for (char *p = plain; p != NULL && *p != '\0'; p++) {
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    }
    value = plain != NULL ? json_string(plain) : NULL;
    free(plain);
    return value;
}

void json_put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        json_object_set_new(object, "incomplete", json_true());
}

void json_put_text(json_t *object, const char *name, const char *text)
{
    json_put(object, name, json_text(text));
}

void json_put_int(json_t *object, const char *name, int64_t number)
{
    json_put(object, name, json_integer((json_int_t)number));
}

void json_put_bool(json_t *object, const char *name, bool value)
{
    json_put(object, name, json_boolean(value));
}

void json_put_addr(json_t *object, const char *name, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];

    if (addr_is_set(addr))
        json_put_text(object, name, addr_format(addr, text));
}
