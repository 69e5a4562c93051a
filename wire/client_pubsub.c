#include "wire/client_pubsub.h"

#include "wire/client.h"
#include "wire/command.h"
#include "wire/glob.h"

void client_subscribe(struct pubsub *ps, struct client *c, enum pubsub_kind kind, size_t argc,
                      const struct slice *argv)
{
    for (size_t i = 1; i < argc; i++) {
        if (pubsub_subscribe(ps, &c->subs, kind, argv[i]) == PUBSUB_REFUSED)
            resp_error(&c->reply, "ERR too many subscriptions, or the name is too long");
        else
            pubsub_write_subscribed(&c->reply, kind, argv[i], pubsub_member_count(&c->subs));
    }
}

/* Ends every subscription of the kind, with a reply for each; with one of its own when there is
 * none. */
static void unsubscribe_all(struct pubsub *ps, struct client *c, enum pubsub_kind kind)
{
    struct slice topic = { NULL, 0 };
    if (!pubsub_newest(&c->subs, kind, &topic)) {
        pubsub_write_unsubscribed(&c->reply, kind, topic, pubsub_member_count(&c->subs));
        return;
    }
    while (pubsub_newest(&c->subs, kind, &topic)) {
        /* The name goes with the subscription, so it is written first. */
        pubsub_write_unsubscribed(&c->reply, kind, topic, pubsub_member_count(&c->subs) - 1);
        pubsub_unsubscribe(ps, &c->subs, kind, topic);
    }
}

void client_unsubscribe(struct pubsub *ps, struct client *c, enum pubsub_kind kind, size_t argc,
                        const struct slice *argv)
{
    if (argc < 2) {
        unsubscribe_all(ps, c, kind);
        return;
    }
    for (size_t i = 1; i < argc; i++) {
        pubsub_unsubscribe(ps, &c->subs, kind, argv[i]);
        pubsub_write_unsubscribed(&c->reply, kind, argv[i], pubsub_member_count(&c->subs));
    }
}

struct listing {
    struct client *c;
    struct slice pattern; /* p NULL: all */
    size_t n;
};

static void list_channel(void *ctx, struct slice channel, size_t subscribers)
{
    struct listing *listing = ctx;
    (void)subscribers;
    if (listing->pattern.p && !glob_match(listing->pattern, channel, false))
        return;
    resp_bulk(&listing->c->reply, channel);
    listing->n++;
}

void client_pubsub_channels(const struct pubsub *ps, struct client *c, size_t argc,
                            const struct slice *argv)
{
    struct listing listing = { .c = c };
    size_t mark = resp_hold(&c->reply);
    if (argc > 2)
        listing.pattern = argv[2];
    pubsub_each_channel(ps, list_channel, &listing);
    resp_array_at(&c->reply, mark, listing.n);
}

void client_pubsub_numsub(const struct pubsub *ps, struct client *c, size_t argc,
                          const struct slice *argv)
{
    resp_array(&c->reply, (argc - 2) * 2);
    for (size_t i = 2; i < argc; i++) {
        resp_bulk(&c->reply, argv[i]);
        resp_int(&c->reply, (int64_t)pubsub_subscribers(ps, argv[i]));
    }
}

void client_pubsub_numpat(const struct pubsub *ps, struct client *c)
{
    resp_int(&c->reply, (int64_t)pubsub_patterns(ps));
}

bool client_pubsub_allows(struct client *c, const struct command_match *m)
{
    static const char *const allowed[] = { "subscribe", "unsubscribe", "psubscribe", "punsubscribe",
                                           "ping",      "quit",        "reset" };
    char name[COMMAND_FULL_NAME_SIZE];
    if (c->reply.proto >= 3 || pubsub_member_count(&c->subs) == 0)
        return true;
    for (size_t i = 0; !m->parent && i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (strcmp(m->command->name, allowed[i]) == 0)
            return true;
    }
    resp_errorf(
        &c->reply,
        "ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
        "allowed in this context",
        command_full_name(m, name));
    return false;
}

void client_ping(struct client *c, size_t argc, const struct slice *argv)
{
    struct slice text = argc > 1 ? argv[1] : slice_str("");
    if (c->reply.proto < 3 && pubsub_member_count(&c->subs) > 0) {
        resp_array(&c->reply, 2);
        resp_bulk_str(&c->reply, "pong");
        resp_bulk(&c->reply, text);
    } else if (argc > 1) {
        resp_bulk(&c->reply, text);
    } else {
        resp_raw(&c->reply, "+PONG\r\n", 7);
    }
}
