/* CLIENT PAUSE of a node: clients' writes and what may replicate wait. */
#include <stddef.h>

#include "tests/sim/engine.h"
#include "tests/sim/world.h"

bool engine_is_paused(const struct world *w, const struct engine *e)
{
    return e->paused_until > w->now;
}

void engine_hold(struct conn *conn, struct packet *packet)
{
    packet->next = NULL;
    if (conn->held == NULL)
        conn->held = packet;
    else
        conn->held_tail->next = packet;
    conn->held_tail = packet;
}

void engine_pause(struct world *w, struct engine *e, msec pause_ms)
{
    repl_advance(w);
    e->paused_until = msec_max(e->paused_until, w->now + pause_ms);
    world_later(w, pause_ms, H_UNPAUSED, e->index, 0, e->life);
}

/* What was held back goes on, in the order in which it came on each connection. */
static void let_go(struct world *w, struct engine *e)
{
    for (uint32_t i = 0; i < w->n_conns; i++) {
        struct conn *conn = w->conns[i];
        struct packet *held;

        if (!conn->used || conn->server != e->endpoint)
            continue;
        held = conn->held;
        conn->held = conn->held_tail = NULL;
        while (held != NULL) {
            struct packet *packet = held;
            held = packet->next;
            engine_receive(w, e, conn, packet);
        }
    }
}

void engine_unpause(struct world *w, struct engine *e)
{
    repl_advance(w);
    e->paused_until = 0;
    let_go(w, e);
}

void engine_unpause_due(struct world *w, struct engine *e)
{
    if (e->alive && !engine_is_paused(w, e))
        let_go(w, e);
}
