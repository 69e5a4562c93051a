#include "sentinel/json_put_io.h"

#include "notify/event_json_io.h"
#include "wire/addr.h"

void json_put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        json_object_set_new(object, "incomplete", json_true());
}

void json_put_text(json_t *object, const char *name, const char *text)
{
    json_put(object, name, event_json_string(text));
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
