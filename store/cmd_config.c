#include "store/cmd.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"
#include "wire/glob.h"

static bool matches(const char *name, size_t argc, const struct slice *argv)
{
    for (size_t i = 2; name != NULL && i < argc; i++) {
        if (glob_match(argv[i], slice_str(name), true))
            return true;
    }
    return false;
}

void cmd_config_get(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    size_t mark = resp_hold(&c->reply), found = 0;

    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = option_row((enum option_id)i);
        const char *names[2] = { row->name, row->alias };

        for (int k = 0; k < 2; k++) {
            if (row->kind == OPTION_USERS || !matches(names[k], argc, argv))
                continue;
            resp_bulk_str(&c->reply, names[k]);
            resp_bulk_str(&c->reply, option_text(&s->options, (enum option_id)i));
            found++;
        }
    }
    resp_map_at(&c->reply, mark, found);
}

/* Changes under way: each option's text from before, to go back to. NULL: not touched. */
struct change {
    struct store *store;
    char *before[OPTION_COUNT];
    const struct slice *names[OPTION_COUNT]; /* as the client wrote them */
};

static void refuse(struct client *c, const struct slice *name, const char *why)
{
    resp_errorf(&c->reply, "ERR CONFIG SET failed (possibly related to argument '%.*s') - %s",
                (int)(name->n < 128 ? name->n : 128), name->p, why);
}

/* Checks that all names may be set, once each; false after the error was written. */
static bool check_names(struct change *ch, struct client *c, size_t argc, const struct slice *argv)
{
    for (size_t i = 2; i < argc; i += 2) {
        int id = option_find(argv[i]);
        const char *why = NULL;

        if (id < 0) {
            resp_errorf(&c->reply,
                        "ERR Unknown option or number of arguments for CONFIG SET - '%.*s'",
                        (int)(argv[i].n < 128 ? argv[i].n : 128), argv[i].p);
            return false;
        }
        if (option_row((enum option_id)id)->flags & OPTION_FIXED)
            why = "can't set immutable config";
        else if (option_row((enum option_id)id)->flags & OPTION_PROTECTED)
            why = "can't set protected config";
        else if (ch->names[id] != NULL)
            why = "duplicate parameter";
        if (why != NULL) {
            refuse(c, &argv[i], why);
            return false;
        }
        ch->names[id] = &argv[i];
    }
    return true;
}

static bool in_force(struct store *s, enum option_id id, char *ret_error)
{
    return s->ops->option_changed == NULL || s->ops->option_changed(s, id, ret_error);
}

/* Puts all touched options back, and the old values into force. */
static void undo(struct change *ch)
{
    char error[OPTION_ERROR_TEXT_MAX];

    for (int i = 0; i < OPTION_COUNT; i++) {
        if (ch->before[i] == NULL)
            continue;
        options_set(&ch->store->options, (enum option_id)i, slice_str(ch->before[i]), error);
        in_force(ch->store, (enum option_id)i, error);
    }
}

/* Sets each value, then puts it into force; all or nothing. */
static bool apply(struct change *ch, struct client *c, size_t argc, const struct slice *argv)
{
    struct options *o = &ch->store->options;
    char error[OPTION_ERROR_TEXT_MAX];

    for (size_t i = 2; i < argc; i += 2) {
        enum option_id id = (enum option_id)option_find(argv[i]);

        ch->before[id] = strdup(option_text(o, id));
        assert(ch->before[id] != NULL);
        if (!options_set(o, id, argv[i + 1], error) || !in_force(ch->store, id, error)) {
            undo(ch);
            refuse(c, &argv[i], error);
            return false;
        }
    }
    return true;
}

void cmd_config_set(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct change ch = { .store = app };

    if (argc % 2 != 0) {
        resp_error(&c->reply, store_error_syntax);
        return;
    }
    if (!check_names(&ch, c, argc, argv))
        return;
    if (apply(&ch, c, argc, argv)) {
        for (int i = 0; i < OPTION_COUNT; i++)
            ch.store->options.values[i].changed |= ch.before[i] != NULL;
        resp_ok(&c->reply);
    }
    for (int i = 0; i < OPTION_COUNT; i++)
        free(ch.before[i]);
}
