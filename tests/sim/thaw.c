/* A process that stood still. What waits in connections that it had read from before is read first,
 * clients' writes and orders alike, in one turn of its loop; the replies leave at the end of that
 * turn, but not to those whom a CLIENT KILL within it has thrown out. Connections that were made
 * meanwhile are accepted in that turn and read in the next. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/engine.h"
#include "tests/sim/world.h"

/* Whether CONN is S's channel to E, in use. */
static bool is_channel(const struct conn *conn, const struct sup *s, const struct engine *e)
{
    return conn->used && conn->client == s->endpoint && conn->server == e->endpoint &&
           conn->link == LINK_PUBSUB && conn->client_open && conn->server_open && conn->up &&
           conn->subscribed && !conn->given;
}

struct conn *thaw_channel(const struct world *w, const struct sup *s, const struct engine *e)
{
    for (uint32_t i = 0; i < w->n_conns; i++)
        if (is_channel(w->conns[i], s, e))
            return w->conns[i];
    return NULL;
}

void thaw_freeze(struct world *w, struct engine *e)
{
    e->still = (struct standstill){
        .at = w->now,
        .writes = e->still.writes || (engine_is_writable(w, e) && e->full == 0 && e->holding == 0),
    };
    audit_thaw_frozen(w, e);
}

/* Replies leave. What it needs for a write it had, as far as it has looked since; its lease it
 * looks at each time. */
static void turn_ends(struct world *w, struct engine *e)
{
    bool acknowledged = e->still.writes && !e->still.killed;

    e->still.turn = false;
    e->still.writes = false;
    e->still.acknowledged = acknowledged && !lease_is_over(w, e) && !engine_is_paused(w, e);
    if (e->still.acknowledged)
        audit_thaw_acknowledged(w, e);
}

static bool is_accepted(struct world *w, const struct request_in *in)
{
    const struct conn *conn = net_find(w, in->conn, in->serial);

    return conn != NULL && conn->accepted;
}

/* Those of connections that were read from before come first. Returns how many they are. */
static int sift(struct world *w, struct engine *e)
{
    struct request_in *later = calloc((size_t)e->n_inbox + 1, sizeof *later);
    int first = 0, n = 0;

    for (int i = 0; i < e->n_inbox; i++) {
        if (is_accepted(w, &e->inbox[i]))
            e->inbox[first++] = e->inbox[i];
        else
            later[n++] = e->inbox[i];
    }
    if (n > 0)
        memcpy(e->inbox + first, later, (size_t)n * sizeof *later);
    free(later);
    return first;
}

void thaw_begin(struct world *w, struct engine *e)
{
    e->still.turn = true;
    e->still.killed = false;
    e->still.left = sift(w, e);
    if (e->still.left == 0)
        turn_ends(w, e);
}

void thaw_served(struct world *w, struct engine *e)
{
    if (e->still.turn && --e->still.left == 0)
        turn_ends(w, e);
}
