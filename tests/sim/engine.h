/*
 * engine: a data node as a supervisor can tell it from outside: a process that
 * answers PING, INFO, PUBLISH and orders, and replicates as Redis does: link,
 * partial and full synchronisation, replication ids, offsets.
 */
#ifndef TESTS_SIM_ENGINE_H
#define TESTS_SIM_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/node_info.h"
#include "tests/sim/plan.h"
#include "wire/msec.h"

struct conn;
struct packet;
struct world;

enum repl_link { REPL_DOWN, REPL_SYNC, REPL_UP };

/* What keeps it busy: what SCRIPT KILL or FUNCTION KILL ends, or nothing does. */
enum runs { RUNS_SCRIPT, RUNS_FUNCTION, RUNS_FOREVER };

/* How a process comes back. RENAMED: with its data, of which it says a new history; STRANGER: it is
 * another, with data of its own, at the same address. */
enum rebirth {
    REBIRTH_AS_WAS,
    REBIRTH_EMPTY,
    REBIRTH_PRIMARY,
    REBIRTH_RENAMED,
    REBIRTH_STRANGER,
};

/* A request that has arrived, from whichever connection. */
struct request_in {
    uint32_t conn, serial;
    struct packet *packet;
    int dir; /* whether its client or its server reads it */
};

/* How it stood still, and its first turn after that. */
struct standstill {
    msec at;           /* since when */
    bool writes;       /* clients' writes wait in connections that it has read from before */
    bool turn;         /* the turn that reads what waits in those is under way, */
    int left;          /* with so many requests still to be read, */
    bool killed;       /* and clients have been thrown out in it */
    bool acknowledged; /* what waited, at the end of it */
};

struct engine {
    uint8_t index, endpoint, group;
    char name[16], ip[16]; /* as the file has it; as links and INFO have it */

    bool alive, hung, host_on;
    uint32_t life; /* counts the processes, so that what concerned an older one is void */
    char runid[RUNID_LEN + 1];
    msec loading_until;
    int busy;       /* nested faults count */
    msec busy_at;   /* since when */
    enum runs runs; /* BUSY: with what */
    int denied, misconf, refusing;
    int full, holding; /* writes: memory is full; they are held back */
    unsigned picky;    /* parts of orders that it does not take (enum order_part), for good */
    msec service_ms;   /* what each command takes; 0 = nothing */
    int priority;
    msec lag_ms;
    msec bad_at;                     /* when it last did not answer as it should */
    int64_t min_replicas, max_lag_s; /* as its configuration has it */
    int64_t sync_replicas;           /* the same, of a picket-store; -1 = it is none */
    bool gate_closed;                /* it waits to be confirmed */
    msec acked_at[PLAN_ENGINES_MAX]; /* when each replica last acknowledged; -1 = never */
    uint64_t lease_until;            /* on its own clock (tests/sim/lease.c); 0 = no lease */
    uint64_t lease_epoch;            /* the highest that it was told, stored */
    msec paused_until;               /* writes are held back; in the past: they are not */

    enum node_role role;
    bool strayed; /* was started as a primary by mistake once */
    int master;   /* whom it follows; -1 = nobody */
    enum repl_link link;
    uint32_t link_life; /* life of the master that the link leads to */
    uint64_t link_gen;
    msec link_down_at; /* -1 = never up */
    msec heard_at;
    uint64_t replid, replid2, second_offset, offset;
    msec advanced_at;
    uint64_t other_keys;                /* beyond one for each byte */
    uint64_t write_left;                /* thousandths of bytes not yet counted */
    msec wrote_at;                      /* when clients last wrote to it */
    uint64_t demoted_offset;            /* what it had when it was last made a replica, */
    uint32_t demoted_life;              /* and which process that was */
    uint64_t fetched_id, fetched_until; /* what a supervisor has of it beyond its successor */

    int demands; /* password; 0 = none */
    struct request_in *inbox;
    int n_inbox, cap_inbox;
    bool serving; /* an H_SERVE is under way */
    struct standstill still;
};

void engine_init(struct world *w, int index, int group, bool primary);
void engine_done(struct world *w, struct engine *e);

/* A request has arrived at the process's socket. Owned from here on. */
void engine_receive(struct world *w, struct engine *e, struct conn *conn, struct packet *packet);

/* Fewer replicas than sync-replicas are there. */
bool engine_lacks_sync(const struct world *w, const struct engine *e);

/* What min-replicas-to-write comes to (tests/sim/guard.c). */
bool engine_is_writable(struct world *w, const struct engine *e);
bool engine_lacks_replicas(struct world *w, const struct engine *e);
void guard_acked(struct world *w, const struct engine *replica);
void guard_check(struct world *w);
struct sup;
void guard_note_promote(struct world *w, const struct sup *s, int engine);

/* The write lease (tests/sim/lease.c). */
struct lease_order;
uint64_t lease_clock(const struct world *w, const struct engine *e);
bool lease_is_over(const struct world *w, const struct engine *e);
const char *lease_take(struct world *w, struct engine *e, const struct lease_order *lease);
void lease_answer(struct world *w, struct engine *e, const struct lease_order *lease,
                  struct packet *reply);
void lease_info(const struct world *w, const struct engine *e, struct node_info *info);
bool lease_is_possible(const struct world *w, int group);

/* CLIENT PAUSE ... WRITE and UNPAUSE (tests/sim/pause.c). A PUBLISH that comes meanwhile waits, and
 * with it everything behind it on its connection. Handler of H_UNPAUSED: the time is over. */
bool engine_is_paused(const struct world *w, const struct engine *e);
void engine_pause(struct world *w, struct engine *e, msec pause_ms);
void engine_unpause(struct world *w, struct engine *e);
void engine_unpause_due(struct world *w, struct engine *e);
void engine_hold(struct conn *conn, struct packet *packet);

/* The process stands still; goes on; one request was served (tests/sim/thaw.c). */
void thaw_freeze(struct world *w, struct engine *e);
void thaw_begin(struct world *w, struct engine *e);
void thaw_served(struct world *w, struct engine *e);

/* The connection on which S listens to E; NULL = there is none. */
struct sup;
struct conn *thaw_channel(const struct world *w, const struct sup *s, const struct engine *e);

/* Handler of H_SERVE: a command that takes its time is done. */
void engine_serve_due(struct world *w, struct engine *e);

/* Serve what waits, if the process runs. */
void engine_pump(struct world *w, struct engine *e);

bool engine_keeps_up(const struct world *w, const struct engine *e);
bool engine_answers(const struct world *w, const struct engine *e);
bool engine_is_loading(const struct world *w, const struct engine *e);

/* When it last did not answer validly and at once; now, if it does not. */
msec engine_bad_at(const struct world *w, const struct engine *e);

/* --- replication (tests/sim/repl.c) --- */

/* Bring offsets up to now: before anything changes that replication depends on. */
void repl_advance(struct world *w);
void repl_advance_one(struct world *w, struct engine *e, int depth);

/* Handlers of H_CRON (each second), H_LINKED, H_SYNCED and H_LINK_RESET. */
void repl_cron(struct world *w, struct engine *e);
void repl_linked(struct world *w, struct engine *e, uint64_t gen);
void repl_synced(struct world *w, struct engine *e, uint64_t gen);
void repl_link_reset(struct world *w, struct engine *e, uint64_t gen);

/* REPLICAOF: follow another, or nobody. */
void repl_follow(struct world *w, struct engine *e, int master);
void repl_promote(struct world *w, struct engine *e);

/* The links of those that follow E end. */
void repl_drop_followers(struct world *w, struct engine *e);

/* What INFO says now. */
void repl_info(struct world *w, struct engine *e, struct packet *ret_packet);

uint64_t repl_new_id(struct world *w);
void repl_id_format(char ret_text[RUNID_LEN + 1], uint64_t id);

#endif
