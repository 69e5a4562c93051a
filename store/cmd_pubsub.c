#include "store/cmd.h"

#include "store/store.h"
#include "wire/client_pubsub.h"

/* Subscribers of the replicas hear it too, through the stream. */
void cmd_publish(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    size_t receivers = pubsub_publish(s->pubsub, argv[1], argv[2]);

    store_propagate(s, -1, argc, argv);
    resp_int(&c->reply, (int64_t)receivers);
}

void cmd_subscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    client_subscribe(s->pubsub, c, PUBSUB_CHANNEL, argc, argv);
}

void cmd_psubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    client_subscribe(s->pubsub, c, PUBSUB_PATTERN, argc, argv);
}

void cmd_unsubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    client_unsubscribe(s->pubsub, c, PUBSUB_CHANNEL, argc, argv);
}

void cmd_punsubscribe(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    client_unsubscribe(s->pubsub, c, PUBSUB_PATTERN, argc, argv);
}

void cmd_pubsub_channels(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    client_pubsub_channels(s->pubsub, c, argc, argv);
}

void cmd_pubsub_numsub(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    client_pubsub_numsub(s->pubsub, c, argc, argv);
}

void cmd_pubsub_numpat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    client_pubsub_numpat(s->pubsub, c);
}
