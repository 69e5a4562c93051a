#include <assert.h>
#include <string.h>

#include "notify/event.h"
#include "sentinel/admin_own.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/option_check.h"
#include "wire/client.h"
#include "wire/glob.h"

#define HIDDEN "******"

#define WRONG_VERB                                                                                 \
    "ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> "   \
    "<value> ...] are supported."

#define PROCESS "SENTINEL CONFIG SET"

/* Redis Sentinel's order, which clients of RESP2 may rely on. */
static const char *const shown_order[] = { "resolve-hostnames", "announce-hostnames",
                                           "announce-ip",       "announce-port",
                                           "sentinel-user",     "sentinel-pass",
                                           "loglevel" };

#define SHOWN_COUNT (sizeof(shown_order) / sizeof(shown_order[0]))

/* The bit of an option in a request. */
static uint64_t bit_of(const struct conf_table *table, const struct conf_option *option)
{
    return UINT64_C(1) << (option - table->options);
}

/* The option of that name; NULL: there is none. */
static const struct conf_option *find(const struct conf_table *table, struct slice name)
{
    char text[64];
    return slice_copy(name, text, sizeof(text)) ? option_by_wire_name(table, text) : NULL;
}

/* Hand a request over; the reply comes with its ticket. */
static void submit(struct admin *admin, struct client *c, struct request *request)
{
    request->ticket = admin_defer(admin, c, (int)request->kind);
    if (request->ticket != 0)
        admin->ops.submit(admin->arg, request);
}

/* --- CONFIG GET --------------------------------------------------------------------------- */

static void write_option(struct client *c, const struct global_conf *conf,
                         const struct conf_option *option)
{
    char text[CONF_TEXT_MAX + 1];
    option_get(conf, option, text);
    resp_bulk_str(&c->reply, option->wire_name);
    resp_bulk_str(&c->reply, option->secret && text[0] ? HIDDEN : text);
}

/* Patterns in their order, each option once. */
static void config_get(const struct admin *admin, struct client *c, size_t argc,
                       const struct slice *argv)
{
    const struct global_conf *conf = &admin_core(admin)->global;
    size_t mark = resp_hold(&c->reply);
    size_t n = 0;
    uint64_t shown = 0;

    assert(SHOWN_COUNT == global_table.n);
    for (size_t i = 3; i < argc; i++)
        for (size_t k = 0; k < SHOWN_COUNT; k++) {
            const struct conf_option *option = option_by_wire_name(&global_table, shown_order[k]);
            if ((shown & bit_of(&global_table, option)) ||
                !glob_match(argv[i], slice_str(shown_order[k]), true))
                continue;
            shown |= bit_of(&global_table, option);
            write_option(c, conf, option);
            n++;
        }
    resp_map_at(&c->reply, mark, n);
}

/* --- CONFIG SET --------------------------------------------------------------------------- */

static bool refuse(struct client *c, const char *what, struct slice word, const char *rest)
{
    resp_errorf(&c->reply, "ERR %s argument '%.*s'%s", what, admin_quoted(word), word.p, rest);
    return false;
}

static bool set_value(struct client *c, const struct conf_option *option, struct slice value,
                      struct request *request)
{
    char text[CONF_TEXT_MAX + 1];
    if (slice_copy(value, text, sizeof(text)) && option_allows(option, text) &&
        option_set(&request->global, option, text))
        return true;
    struct slice shown = option->secret ? slice_str(HIDDEN) : value;
    resp_errorf(&c->reply, "ERR Invalid value '%.*s' to " PROCESS " '%s'", admin_quoted(shown),
                shown.p, option->wire_name);
    return false;
}

/* All pairs are read before anything is changed. False: the error has been written. */
static bool read_pairs(struct client *c, size_t argc, const struct slice *argv,
                       struct request *request)
{
    for (size_t i = 3; i < argc; i += 2) {
        const struct conf_option *option = find(&global_table, argv[i]);
        if (!option)
            return refuse(c, "Invalid", argv[i], " to " PROCESS);
        if (request->set & bit_of(&global_table, option))
            return refuse(c, "Duplicate", argv[i], " to " PROCESS);
        if (i + 1 == argc)
            return refuse(c, "Missing", argv[i], " value");
        if (!set_value(c, option, argv[i + 1], request))
            return false;
        request->set |= bit_of(&global_table, option);
    }
    return true;
}

void admin_sentinel_config(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct request request = { .kind = REQUEST_CONFIG_SET };

    if (slice_is_nocase(argv[2], "get")) {
        config_get(admin, c, argc, argv);
    } else if (!slice_is_nocase(argv[2], "set") || argc < 5) {
        resp_error(&c->reply, WRONG_VERB);
    } else if (admin_refuse_controls(c, argc, argv, 3, PROCESS)) {
        request.global = admin_core(admin)->global;
        if (read_pairs(c, argc, argv, &request))
            submit(admin, c, &request);
    }
}

/* --- DEBUG -------------------------------------------------------------------------------- */

static void write_tunables(struct client *c, const struct tunables *tunables)
{
    resp_map(&c->reply, tunable_table.n);
    for (size_t i = 0; i < tunable_table.n; i++) {
        char name[64], value[CONF_TEXT_MAX + 1];
        admin_write_upper(name, sizeof(name), tunable_table.options[i].wire_name, "");
        option_get(tunables, &tunable_table.options[i], value);
        resp_bulk_str(&c->reply, name);
        resp_bulk_str(&c->reply, value);
    }
}

static bool read_tunables(struct client *c, size_t argc, const struct slice *argv,
                          struct request *request)
{
    for (size_t i = 2; i < argc; i += 2) {
        const struct conf_option *option = find(&tunable_table, argv[i]);
        char text[CONF_TEXT_MAX + 1];
        if (!option || i + 1 == argc) {
            resp_errorf(&c->reply,
                        "ERR Unknown option or number of arguments for SENTINEL DEBUG '%.*s'",
                        admin_quoted(argv[i]), argv[i].p);
            return false;
        }
        if (!slice_copy(argv[i + 1], text, sizeof(text)) ||
            !option_set(&request->tunables, option, text)) {
            resp_errorf(&c->reply, "ERR Invalid argument '%.*s' for SENTINEL DEBUG '%.*s'",
                        admin_quoted(argv[i + 1]), argv[i + 1].p, admin_quoted(argv[i]), argv[i].p);
            return false;
        }
        request->set |= bit_of(&tunable_table, option);
    }
    return true;
}

/* Without arguments: show all; with pairs: change them, all or none. */
void admin_sentinel_debug(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    struct request request = { .kind = REQUEST_DEBUG, .tunables = admin_core(admin)->tunables };

    if (argc == 2)
        write_tunables(c, &request.tunables);
    else if (read_tunables(c, argc, argv, &request))
        submit(admin, c, &request);
}

/* --- SIMULATE-FAILURE --------------------------------------------------------------------- */

/* The bit in INFO is the place. */
static const struct {
    const char *name;
    enum event_kind event;
} failures[] = {
    { "crash-after-election", EVENT_ELECTED_LEADER },
    { "crash-after-promotion", EVENT_PROMOTED_SLAVE },
};

#define FAILURE_COUNT (sizeof(failures) / sizeof(failures[0]))

static unsigned failure_of(struct slice word)
{
    for (size_t i = 0; i < FAILURE_COUNT; i++)
        if (slice_is_nocase(word, failures[i].name))
            return 1u << i;
    return 0;
}

void admin_sentinel_simulate_failure(void *app, struct client *c, size_t argc,
                                     const struct slice *argv)
{
    struct admin *admin = app;
    unsigned wanted = 0;

    admin->failures = 0;
    for (size_t i = 2; i < argc; i++) {
        if (slice_is_nocase(argv[i], "help")) {
            resp_array(&c->reply, FAILURE_COUNT);
            for (size_t k = 0; k < FAILURE_COUNT; k++)
                resp_bulk_str(&c->reply, failures[k].name);
            return;
        }
        if (failure_of(argv[i]) == 0) {
            resp_error(&c->reply, "ERR Unknown failure simulation specified");
            return;
        }
        wanted |= failure_of(argv[i]);
    }
    admin->failures = wanted;
    resp_ok(&c->reply);
}

bool admin_dies_of(const struct admin *admin, const struct event *event)
{
    for (size_t i = 0; i < FAILURE_COUNT; i++)
        if ((admin->failures >> i & 1) && failures[i].event == event->kind)
            return true;
    return false;
}
