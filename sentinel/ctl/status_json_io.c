#include "sentinel/ctl/status_json_io.h"

#include <stdbool.h>
#include <stdio.h>

#include "notify/json_put_io.h"
#include "sentinel/ctl/json_io.h"
#include "sentinel/ctl/link_io.h"

/* NULL: printed. */
static json_t *list_of(redisContext *link, const char *list, const char *group)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", list, group);
    json_t *array = reply ? ctl_json_maps(reply) : NULL;

    freeReplyObject(reply);
    return array;
}

/* The one that was asked, among the others. */
static json_t *asked_json(const redisContext *link, const char *runid)
{
    json_t *object = json_object();
    char port[16];

    snprintf(port, sizeof(port), "%d", link->tcp.port);
    json_put_text(object, "name", runid);
    json_put_text(object, "ip", link->tcp.host);
    json_put_text(object, "port", port);
    json_put_text(object, "runid", runid);
    json_put_text(object, "flags", "sentinel,asked");
    return object;
}

static json_t *group_of(redisContext *link, const redisReply *map, const char *runid, bool *ret_bad)
{
    const char *group = ctl_field(map, "name");
    json_t *object = ctl_json_map(map);
    json_t *supervisors = list_of(link, "SENTINELS", group);

    if (supervisors)
        json_array_insert_new(supervisors, 0, asked_json(link, runid));
    /* Neither takes what could not be read. */
    *ret_bad |= json_object_set_new(object, "replicas", list_of(link, "REPLICAS", group)) != 0;
    *ret_bad |= json_object_set_new(object, "supervisors", supervisors) != 0;
    return object;
}

int status_json(redisContext *link)
{
    char runid[PEER_RUNID_LEN + 1];
    bool bad = !ctl_ask_runid(link, runid);
    redisReply *reply = bad ? NULL : CTL_CALL(link, "SENTINEL", "MASTERS");
    json_t *groups = json_array();

    bad = reply == NULL;
    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        json_array_append_new(groups, group_of(link, reply->element[i], runid, &bad));
    freeReplyObject(reply);
    return bad | ctl_json_print(groups);
}
