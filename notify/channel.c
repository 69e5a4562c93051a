#include "notify/channel.h"

#include "notify/event.h"
#include "wire/pubsub.h"

size_t channel_publish(struct pubsub *pubsub, const struct event *event)
{
    char text[EVENT_PAYLOAD_MAX];
    if (event_level(event->kind) == EVENT_DEBUG)
        return 0;
    struct slice payload = { text, event_format(event, text) };
    return pubsub_publish(pubsub, slice_str(event_name(event->kind)), payload);
}
