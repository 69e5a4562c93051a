#include "store/cmd.h"

#include "store/store.h"
#include "store/value.h"

#define USAGE_SAMPLES 5 /* elements from which MEMORY USAGE reckons the rest */

void cmd_object_encoding(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    const struct entry *e = store_peek(app, c, argv[2], &ref);

    (void)argc;
    resp_bulk_str(&c->reply, e != NULL ? value_ops_of(e)->encoding_name(e) : NULL);
}

void cmd_object_idletime(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    const struct entry *e = store_peek(s, c, argv[2], &ref);

    (void)argc;
    if (e != NULL)
        resp_int(&c->reply, entry_idle_s(e, s->data.access_clock));
    else
        resp_null(&c->reply);
}

/* There is no policy that counts accesses. */
void cmd_object_freq(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    (void)argc;
    if (store_peek(app, c, argv[2], &ref) != NULL)
        resp_error(&c->reply,
                   "ERR An LFU maxmemory policy is not selected, access frequency not tracked. "
                   "Please note that when switching between policies at runtime LRU and LFU data "
                   "will take some time to adjust.");
    else
        resp_null(&c->reply);
}

/* Values are never shared. */
void cmd_object_refcount(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    (void)argc;
    if (store_peek(app, c, argv[2], &ref) != NULL)
        resp_int(&c->reply, 1);
    else
        resp_null(&c->reply);
}

/* The key as it is in the table, expired or not. */
void cmd_memory_usage(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t samples = USAGE_SAMPLES;
    const struct entry *e;
    struct key_ref ref;

    for (size_t i = 3; i < argc; i += 2) {
        if (!slice_is_nocase(argv[i], "SAMPLES") || i + 1 == argc) {
            resp_error(&c->reply, store_error_syntax);
            return;
        }
        if (!store_arg_int(c, argv[i + 1], &samples))
            return;
        if (samples < 0) {
            resp_error(&c->reply, store_error_syntax);
            return;
        }
    }
    e = keyspace_find(store_db(app, c), argv[2], &ref);
    if (e != NULL)
        resp_int(&c->reply, (int64_t)entry_bytes(e, (size_t)samples));
    else
        resp_null(&c->reply);
}
