#include "sentinel/ctl/status_json_io.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "sentinel/ctl/link_io.h"

/* A flat list of names and values; what is no UTF-8 is left out. */
static json_t *object_of(const redisReply *map)
{
    json_t *object = json_object();

    for (size_t i = 0; map->type == REDIS_REPLY_ARRAY && i + 1 < map->elements; i += 2) {
        const redisReply *name = map->element[i], *value = map->element[i + 1];

        if (name->type == REDIS_REPLY_STRING && value->type == REDIS_REPLY_STRING)
            json_object_set_new(object, name->str, json_stringn(value->str, value->len));
    }
    return object;
}

/* NULL: printed. */
static json_t *list_of(redisContext *link, const char *list, const char *group)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", list, group);
    json_t *array = reply ? json_array() : NULL;

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        json_array_append_new(array, object_of(reply->element[i]));
    freeReplyObject(reply);
    return array;
}

static json_t *group_of(redisContext *link, const redisReply *map, bool *ret_bad)
{
    const char *group = ctl_field(map, "name");
    json_t *object = object_of(map);

    /* Neither takes what could not be read. */
    *ret_bad |= json_object_set_new(object, "replicas", list_of(link, "REPLICAS", group)) != 0;
    *ret_bad |= json_object_set_new(object, "supervisors", list_of(link, "SENTINELS", group)) != 0;
    return object;
}

int status_json(redisContext *link)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "MASTERS");
    json_t *groups = json_array();
    bool bad = reply == NULL;

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        json_array_append_new(groups, group_of(link, reply->element[i], &bad));
    bad = bad || json_dumpf(groups, stdout, JSON_INDENT(2)) != 0 || putchar('\n') == EOF;
    json_decref(groups);
    freeReplyObject(reply);
    return bad;
}
