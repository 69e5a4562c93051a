/*
 * channel: events as pub/sub messages: the event's name is the channel, its payload the message.
 */
#ifndef NOTIFY_CHANNEL_H
#define NOTIFY_CHANNEL_H

#include <stddef.h>

struct event;
struct pubsub;

/* Tell all subscribers; returns how many were told. Events of level DEBUG stay inside. */
size_t channel_publish(struct pubsub *pubsub, const struct event *event);

#endif
