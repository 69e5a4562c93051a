#include "store/said_io.h"

#include <stdio.h>
#include <string.h>

#include "store/primary_io.h"
#include "store/shell_io.h"
#include "wire/service_io.h"

static const char *link_of(const struct shell *sh)
{
    if (primary_is_syncing(sh->primary))
        return "all data are being taken over";
    return sh->store.link == LINK_CONNECTED ? "the link is up" : "the link is down";
}

static void write_sentence(const struct shell *sh, char ret[SAID_MAX])
{
    const struct store *s = &sh->store;
    char addr[ADDR_TEXT_MAX];

    if (s->phase != STORE_READY)
        snprintf(ret, SAID_MAX, "the data are being loaded");
    else if (store_is_replica(s))
        snprintf(ret, SAID_MAX, "a replica of %s; %s", addr_format(&s->options.primary, addr),
                 link_of(sh));
    else if (s->guard.gate == GUARD_CLOSED)
        snprintf(ret, SAID_MAX, "a primary that waits for its supervisors' word (start-gate)");
    else
        snprintf(ret, SAID_MAX, "a primary with %zu replica%s", sh->replicas.count,
                 sh->replicas.count == 1 ? "" : "s");
}

void said_tick(struct shell *sh)
{
    char text[SAID_MAX];

    write_sentence(sh, text);
    if (strcmp(text, sh->said) == 0)
        return;
    memcpy(sh->said, text, sizeof(text));
    service_status(sh->service, "%s", text);
}
