#include <string.h>

#include "sentinel/import_own.h"

#define ONE_ADDRESS "picketd listens on one address, or on all"

static bool is_all(struct slice host)
{
    return slice_is(host, "*") || slice_is(host, "::*") || slice_is(host, "0.0.0.0") ||
           slice_is(host, "::");
}

static bool is_loopback(struct slice host)
{
    return (host.n > 4 && memcmp(host.p, "127.", 4) == 0) || slice_is(host, "::1") ||
           slice_is_nocase(host, "localhost");
}

/* One address of bind, without the mark of those that may fail. */
static struct slice bind_host(struct slice word, bool *ret_optional)
{
    *ret_optional = word.n > 0 && word.p[0] == '-';
    if (*ret_optional) {
        word.p++;
        word.n--;
    }
    return word;
}

/* Which of the addresses we listen on: all when one of several says so, else the first that must
 * be there. */
static struct slice choose_host(const struct import_words *words)
{
    struct slice chosen = { NULL, 0 };
    bool must = false, optional;

    for (size_t i = 1; i < words->n; i++) {
        struct slice host = bind_host(words->list[i], &optional);
        if (is_all(host))
            return words->n == 2 && !slice_is(host, "::*") ? host : slice_str("*");
        if (!chosen.p || (!must && !optional)) {
            chosen = host;
            must = !optional;
        }
    }
    return chosen;
}

/* `bind` has many addresses, we have one: others may be missing if they may fail, or are loopback
 * like the one that we have. */
void import_take_bind(struct import *im)
{
    const struct import_words *words = &im->at->words;
    struct slice chosen = choose_host(words);
    bool left = false, optional;

    if (!addr_set_slice(&im->listen, chosen.p ? chosen.p : "", chosen.n, im->listen.port)) {
        import_refuse(im, "\"%s\" can be no address to listen on", import_shown(chosen));
        return;
    }
    for (size_t i = 1; i < words->n && !is_all(chosen) && !slice_is(chosen, "*"); i++) {
        struct slice host = bind_host(words->list[i], &optional);
        if (slice_equal(host, chosen))
            continue;
        if (!optional && !(is_loopback(host) && is_loopback(chosen))) {
            import_refuse(im, "cannot be carried over: %s; leave one here, or *", ONE_ADDRESS);
            return;
        }
        left = true;
    }
    if (left)
        import_note(im, im->at, false, "all but %s: %s", im->listen.host, ONE_ADDRESS);
}
