/*
 * world: one run: supervisors, nodes, the network between them, the clock, and
 * what has been seen so far. Everything that happens in it comes from the plan and
 * one stream of chance, so that a seed is the whole run.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/audit.h"
#include "tests/sim/engine.h"
#include "tests/sim/net.h"
#include "tests/sim/plan.h"
#include "tests/sim/queue.h"
#include "tests/sim/sup.h"
#include "wire/addr.h"
#include "wire/msec.h"
#include "wire/prng.h"

struct event;
struct reply;

#define WORLD_FAILURE_MAX 400
#define WORLD_HOSTS_MAX   (PLAN_SUPS_MAX + PLAN_ENGINES_MAX)
#define WORLD_PORT_SUP    26379
#define WORLD_PORT_NODE   6379

enum happening_kind {
    H_PACKET, /* who: connection, gen: serial, what: direction */
    H_HELD,   /* who: connection, gen: serial */
    H_WAKE,   /* who: supervisor, as the next ones */
    H_COMMIT,
    H_COMMIT_LATE,
    H_COMMIT_RETRY,
    H_GIVEN,      /* what: life, gen: id and link */
    H_ANSWER_YES, /* what: life, gen: ticket */
    H_ANSWER_NO,
    H_LOST,      /* what: life, gen: ticket */
    H_DUPLICATE, /* ptr: packet, gen: life */
    H_SUP_START, /* gen: life */
    H_SUP_RESUME,
    H_SERVE, /* who: engine, as the next ones */
    H_UNPAUSED,
    H_CRON,
    H_LINKED,
    H_SYNCED,
    H_LINK_RESET,
    H_ENGINE_START, /* gen: life, what: rebirth */
    H_ENGINE_RESUME,
    H_UNDO,  /* what: the fault, gen: its arguments packed by chaos.c */
    H_FAULT, /* the next fault */
    H_CALM,
    H_TOOL,  /* an operator's tool looks at the replica that it turns away */
    H_PROBE, /* is it all settled? */
    H_COUNT
};

/* Who waits for what: operators' requests and asks, by ticket. */
struct ticket {
    bool is_ask;
    uint32_t conn, serial; /* ASK: over which it came; serial 0 = nobody waits */
    uint64_t asker_ticket;
    int8_t group, engine; /* whom it was about; -1 = none of ours */
    uint64_t about;
    uint8_t sup;   /* who has to answer, */
    uint32_t life; /* in this life */
    bool replied;
    bool is_forget;  /* of ENGINE, or else of the plan's supervisor, in GROUP, */
    bool is_there;   /* which it was in touch with */
    bool is_hold;    /* of GROUP or ENGINE, */
    msec hold_until; /* in the world's time; 0 = it ends */
};

struct stats {
    uint64_t steps, happenings, faults, switches, elections, crashes, aimed, orders, ms;
};

/* What a supervisor's hooks were asked about a group in its last attempt. */
enum asked_state { ASKED_NOT, ASKED_OPEN, ASKED_YES, ASKED_NO, ASKED_LOST };

struct asked {
    enum asked_state state;
    bool planned;
    uint64_t ticket;
    msec until; /* by the supervisor's clock */
};

struct world {
    struct plan plan;
    struct prng prng;
    struct prng answer_prng; /* of hooks alone */
    struct prng cut_prng;    /* of channels to nodes that stand still, which are cut */
    struct asked asked[PLAN_SUPS_MAX][PLAN_GROUPS_MAX];
    msec now;
    struct queue queue;
    struct sup sups[PLAN_SUPS_MAX];
    struct engine engines[PLAN_ENGINES_MAX];
    int n_engines;
    struct path paths[WORLD_HOSTS_MAX][WORLD_HOSTS_MAX];
    struct conn **conns;
    uint32_t n_conns, cap_conns, n_free;
    uint32_t *free_conns;
    uint32_t last_serial;
    struct packet *packets; /* free ones */
    struct ticket *tickets; /* ticket n stands at n - 1 */
    uint64_t n_tickets, cap_tickets;
    uint64_t last_replid;
    int peer_pass, node_pass[PLAN_GROUPS_MAX]; /* the newest passwords; 0 = none */
    struct audit audit;
    struct stats stats;

    bool chaos;                /* faults may come */
    msec decided_at;           /* when an operator last forced a failover that waited */
    msec calm_at;              /* when the chaos ended; MSEC_NEVER = it has not */
    msec settled_at;           /* since when all is as it should be; MSEC_NEVER = it is not */
    int tool_left;             /* how often an operator's tool still turns a replica away; */
    bool tool_over;            /* it has been there, or there is none, */
    bool tool_right;           /* found it right when it last looked, */
    msec tool_at;              /* and turned it away then */
    bool finale;               /* the primaries are gone for good, */
    int last[PLAN_GROUPS_MAX]; /* and of each group, for FINALE_ROW, this one is left */
    bool finished;
    bool failed;
    char failure[WORLD_FAILURE_MAX];
    msec failed_at;

    uint64_t hash; /* of the trace */
    bool verbose;
    void (*on_event)(void *arg, struct sup *s, const struct event *event);
    void (*on_reply)(void *arg, struct sup *s, const struct reply *reply);
    void *arg;
};

/* Build the world of PLAN; supervisors that join later are not there yet. */
struct world *world_new(const struct plan *plan, bool verbose);
void world_free(struct world *w);

/* Begin: start everybody. */
void world_start(struct world *w);

/* Let the next thing happen. False when the run is over. */
bool world_step(struct world *w);

/* Let everything happen until time AT. */
void world_run_until(struct world *w, msec at);

/* Note that something must not have happened; the first one counts. */
void world_fail(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

void world_later(struct world *w, msec delay_ms, int kind, uint32_t who, uint32_t what,
                 uint64_t gen);

/* Chance. */
bool world_chance(struct world *w, unsigned per_mille);
int64_t world_between(struct world *w, int64_t low, int64_t high);

/* Endpoints: supervisors first, then nodes. */
bool endpoint_is_sup(int endpoint);
struct sup *endpoint_sup(struct world *w, int endpoint);
struct engine *endpoint_engine(struct world *w, int endpoint);

/* Who has that address; -1 = nobody. */
int world_engine_by_addr(const struct world *w, const struct addr *addr);
int world_sup_by_addr(const struct world *w, const struct addr *addr);
int world_sup_by_runid(const struct world *w, const char *runid);
struct addr world_engine_addr(const struct engine *e);      /* as links and INFO say it */
struct addr world_primary_addr(struct world *w, int group); /* as the file says it */
bool world_is_first(const struct world *w, int engine);     /* of its group: the file's primary */
const char *world_group_name(int group);
int world_group_by_name(const char *name);

/* A new ticket. */
uint64_t world_ticket(struct world *w, const struct ticket *ticket);

#endif
