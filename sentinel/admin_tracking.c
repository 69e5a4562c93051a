/*
 * CLIENT TRACKING and what belongs to it: there are no keys here, so nothing is ever told to be
 * stale; but clients may switch it on for all their connections and look whether it is.
 */
#include "sentinel/admin_own.h"
#include "wire/client.h"

#define BEFORE_DISABLING                                                                           \
    " before disabling tracking for this client, and then re-enabling it with a different mode."

/* Modes, as flags of the client. */
enum {
    BCAST = CLIENT_FLAG_APP,
    OPTIN = CLIENT_FLAG_APP << 1,
    OPTOUT = CLIENT_FLAG_APP << 2,
    NOLOOP = CLIENT_FLAG_APP << 3,
    CACHING = CLIENT_FLAG_APP << 4,
    MODES = BCAST | OPTIN | OPTOUT | NOLOOP | CACHING
};

static const struct {
    const char *word;
    unsigned flag;
} modes[] = { { "bcast", BCAST }, { "optin", OPTIN }, { "optout", OPTOUT }, { "noloop", NOLOOP } };

#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

/* What the words of CLIENT TRACKING ask for. */
struct wish {
    unsigned flags;
    uint64_t redirect;
    bool prefix;
};

/* Looks for a client by its number. */
struct search {
    uint64_t id;
    bool found;
};

static void look_at(void *ctx, struct client *client)
{
    struct search *search = ctx;
    search->found = search->found || client->id == search->id;
}

static const char *read_redirect(struct admin *admin, struct slice word, struct wish *wish)
{
    struct search search = { 0, false };
    int64_t id;
    if (wish->redirect != 0)
        return "ERR A client can only redirect to a single other client";
    if (!slice_to_int64(word, &id))
        return "ERR value is not an integer or out of range";
    wish->redirect = search.id = (uint64_t)id;
    admin->ops.each_client(admin->arg, look_at, &search);
    return search.found ? NULL : "ERR The client ID you want redirect to does not exist";
}

/* The words behind ON or OFF; what is wrong with them, or NULL. */
static const char *read_words(struct admin *admin, size_t argc, const struct slice *argv,
                              struct wish *wish)
{
    for (size_t i = 3; i < argc; i++) {
        bool more = i + 1 < argc;
        unsigned flag = 0;
        for (size_t k = 0; k < MODE_COUNT; k++)
            flag |= slice_is_nocase(argv[i], modes[k].word) ? modes[k].flag : 0;
        wish->flags |= flag;
        if (flag != 0)
            continue;
        if (more && slice_is_nocase(argv[i], "prefix")) {
            wish->prefix = true;
            i++;
        } else if (more && slice_is_nocase(argv[i], "redirect")) {
            const char *fault = read_redirect(admin, argv[++i], wish);
            if (fault)
                return fault;
        } else {
            return "ERR syntax error";
        }
    }
    return NULL;
}

/* What speaks against that mode, in Redis's order. */
static const char *check_wish(const struct client *c, const struct wish *wish)
{
    bool on = (c->flags & CLIENT_TRACKING) != 0;
    unsigned opt = wish->flags & (OPTIN | OPTOUT);
    if (wish->prefix && !(wish->flags & BCAST))
        return "ERR PREFIX option requires BCAST mode to be enabled";
    if (on && ((c->flags ^ wish->flags) & BCAST))
        return "ERR You can't switch BCAST mode on/off" BEFORE_DISABLING;
    if ((wish->flags & BCAST) && opt)
        return "ERR OPTIN and OPTOUT are not compatible with BCAST";
    if (opt == (OPTIN | OPTOUT))
        return "ERR You can't specify both OPTIN mode and OPTOUT mode";
    if (((opt & OPTIN) && (c->flags & OPTOUT)) || ((opt & OPTOUT) && (c->flags & OPTIN)))
        return "ERR You can't switch OPTIN/OPTOUT mode" BEFORE_DISABLING;
    return NULL;
}

void admin_client_tracking(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct wish wish = { 0, 0, false };
    bool on = slice_is_nocase(argv[2], "on");
    const char *fault = read_words(app, argc, argv, &wish);

    if (!fault && !on && !slice_is_nocase(argv[2], "off"))
        fault = "ERR syntax error";
    if (!fault && on)
        fault = check_wish(c, &wish);
    if (fault) {
        resp_error(&c->reply, fault);
        return;
    }
    c->flags &= ~(unsigned)(CLIENT_TRACKING | MODES);
    c->redirect = 0;
    if (on) {
        c->flags |= CLIENT_TRACKING | wish.flags;
        c->redirect = wish.redirect;
    }
    resp_ok(&c->reply);
}

void admin_client_getredir(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_int(&c->reply, c->flags & CLIENT_TRACKING ? (int64_t)c->redirect : -1);
}

void admin_client_caching(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    bool yes = slice_is_nocase(argv[2], "yes");
    if (!(c->flags & CLIENT_TRACKING))
        resp_error(&c->reply,
                   "ERR CLIENT CACHING can be called only when the client is in tracking "
                   "mode with OPTIN or OPTOUT mode enabled");
    else if (!yes && !slice_is_nocase(argv[2], "no"))
        resp_error(&c->reply, "ERR syntax error");
    else if (yes && !(c->flags & OPTIN))
        resp_error(&c->reply, "ERR CLIENT CACHING YES is only valid when tracking is enabled in "
                              "OPTIN mode.");
    else if (!yes && !(c->flags & OPTOUT))
        resp_error(&c->reply, "ERR CLIENT CACHING NO is only valid when tracking is enabled in "
                              "OPTOUT mode.");
    else {
        c->flags |= CACHING;
        resp_ok(&c->reply);
    }
}

static void write_flags(struct client *c)
{
    size_t mark = resp_hold(&c->reply);
    size_t n = 1;
    resp_bulk_str(&c->reply, c->flags & CLIENT_TRACKING ? "on" : "off");
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (!(c->flags & modes[i].flag))
            continue;
        resp_bulk_str(&c->reply, modes[i].word);
        n++;
        if (!(c->flags & CACHING) || !(modes[i].flag & (OPTIN | OPTOUT)))
            continue;
        resp_bulk_str(&c->reply, modes[i].flag == OPTIN ? "caching-yes" : "caching-no");
        n++;
    }
    resp_set_at(&c->reply, mark, n);
}

void admin_client_trackinginfo(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    resp_map(&c->reply, 3);
    resp_bulk_str(&c->reply, "flags");
    write_flags(c);
    resp_bulk_str(&c->reply, "redirect");
    admin_client_getredir(app, c, argc, argv);
    resp_bulk_str(&c->reply, "prefixes");
    resp_array(&c->reply, 0);
}
