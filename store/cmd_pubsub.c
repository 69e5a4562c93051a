#include "store/cmd.h"

#include "store/store.h"
#include "wire/pubsub.h"

/* Subscribers of the replicas hear it too, through the stream. */
void cmd_publish(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    size_t receivers = pubsub_publish(s->pubsub, argv[1], argv[2]);

    store_propagate(s, -1, argc, argv);
    resp_int(&c->reply, (int64_t)receivers);
}
