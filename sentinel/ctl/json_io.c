#include "sentinel/ctl/json_io.h"

#include <stdio.h>

#include "notify/json_put_io.h"

json_t *ctl_json_map(const redisReply *map)
{
    json_t *object = json_object();

    for (size_t i = 0; map->type == REDIS_REPLY_ARRAY && i + 1 < map->elements; i += 2) {
        const redisReply *name = map->element[i], *value = map->element[i + 1];

        if (name->type == REDIS_REPLY_STRING && value->type == REDIS_REPLY_STRING)
            json_put_text(object, name->str, value->str);
    }
    return object;
}

json_t *ctl_json_maps(const redisReply *list)
{
    json_t *array = json_array();

    for (size_t i = 0; list->type == REDIS_REPLY_ARRAY && i < list->elements; i++)
        json_array_append_new(array, ctl_json_map(list->element[i]));
    return array;
}

int ctl_json_print(json_t *value)
{
    int bad = json_dumpf(value, stdout, JSON_INDENT(2)) != 0 || putchar('\n') == EOF;

    json_decref(value);
    return bad;
}
