/*
 * act: what chaos and stories do to the world. None of it decides anything; what
 * is pointless now (killing the dead) does nothing.
 */
#ifndef TESTS_SIM_ACT_H
#define TESTS_SIM_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/input.h"
#include "tests/sim/engine.h"
#include "wire/msec.h"

struct engine;
struct sup;
struct world;

void act_kill(struct world *w, struct engine *e, bool power);
void act_start(struct world *w, struct engine *e, enum rebirth rebirth, msec loading_ms);
/* REPLICAOF NO ONE, or of another node, by hand. */
void act_promote(struct world *w, struct engine *e);
void act_follow(struct world *w, struct engine *e, const struct engine *primary);
void act_hang(struct world *w, struct engine *e);
void act_resume(struct world *w, struct engine *e);
void act_slow(struct world *w, struct engine *e, msec service_ms);
void act_script(struct world *w, struct engine *e, enum runs runs);
/* Its memory is full, it holds writes back: by that many reasons more. */
void act_full(struct world *w, struct engine *e, int more);
void act_hold(struct world *w, struct engine *e, int more);
void act_script_end(struct world *w, struct engine *e);
void act_lag(struct world *w, struct engine *e, msec lag_ms);

/* Hosts, one way. Cuts count: each heal takes one away. */
void act_cut(struct world *w, int from_host, int to_host, bool reject);
void act_heal(struct world *w, int from_host, int to_host);
void act_delay(struct world *w, int from_host, int to_host, msec extra_ms, unsigned loss_pm);

/* Cut a host off from all others, both ways, or let it back. */
void act_isolate(struct world *w, int host, bool on);

/* The primary of the newest configuration that was ever told: what an operator knows who reads the
 * events, and what a new MONITOR names. */
struct addr act_told_primary(struct world *w, int group);

/* A request of an operator; returns its ticket, 0 when nobody takes it. */
uint64_t act_request(struct world *w, struct sup *s, enum request_kind kind, int group);
uint64_t act_failover(struct world *w, struct sup *s, int group, const struct engine *to,
                      bool hasty);
/* A pause of the group (NODE NULL), or maintenance of the node, FOR_MS long; 0 ends it. */
uint64_t act_hold_back(struct world *w, struct sup *s, int group, const struct engine *node,
                       msec for_ms);
/* The node, or else (NODE NULL) the plan's supervisor, is gone for good. */
uint64_t act_forget(struct world *w, struct sup *s, int group, const struct engine *node);
uint64_t act_set(struct world *w, struct sup *s, int group, const char *option, const char *value);

/* SENTINEL DEBUG. */
void act_debug(struct world *w, struct sup *s, const char *name, const char *value);

/* The supervisor demands the password, and logs in with it; PASS < 0: it logs in with a wrong one.
 */
void act_peer_pass(struct world *w, struct sup *s, int pass);

/* The supervisor has the present password of a group's nodes. */
void act_node_pass(struct world *w, struct sup *s, int group);

/* A hello that somebody made up, on the channel of node E: PRIMARY is one, in that epoch. */
void act_forge(struct world *w, struct engine *e, struct sup *as, uint64_t epoch,
               const struct engine *primary);

/* The same, of a supervisor RUNID at HOST and PORT, with what is true of the group otherwise. */
void act_forge_member(struct world *w, struct engine *e, const char *runid,
                      const struct addr *addr);

/* An opinion that somebody pushed in a supervisor's name. */
void act_forge_opinion(struct world *w, struct sup *to, struct sup *as,
                       const struct engine *primary, uint64_t epoch, bool down);

/* Everything that is broken is whole again. */
void act_heal_all(struct world *w);

#endif
