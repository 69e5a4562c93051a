/*
 * sup: a supervisor's process: the real core and outbox, a model of its disk, and
 * the shell's work between them and the network.
 */
#ifndef TESTS_SIM_SUP_H
#define TESTS_SIM_SUP_H

#include <stdbool.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "sentinel/input.h"
#include "sentinel/row.h"
#include "tests/sim/engine.h"
#include "wire/msec.h"

struct conn;
struct core;
struct order;
struct outbox;
struct output;
struct packet;
struct parcel;
struct world;

#define SUP_STEPS_MAX 5000 /* steps of one supervisor in one millisecond: it spins */

/* What a disk holds: rows, by the keys of sentinel/row.h. */
struct disk {
    struct row *rows;
    int n, cap;
    msec min_ms, max_ms; /* what a commit takes */
    int failing;
};

/* Connections by the core's id, as index and serial; no connection has the serial 0. */
struct id_links {
    msec given_at[LINK_COUNT]; /* when its connection was given to an order */
    uint32_t conn[LINK_COUNT], serial[LINK_COUNT];
};

enum aim { AIM_NONE, AIM_BEFORE_COMMIT, AIM_IN_COMMIT, AIM_BEFORE_SEND, AIM_AFTER_SEND, AIM_COUNT };

struct sup {
    uint8_t index, endpoint;
    char host[16], name[16];
    char runid[PEER_RUNID_LEN + 1];
    bool present; /* false: joins later */
    bool alive, host_on, stalled;
    uint32_t life;
    msec offset; /* its clock = the world's + OFFSET */
    struct core *core;
    struct outbox *outbox;
    struct disk disk;
    bool removed[3]; /* groups that an operator took away for the moment */

    bool listed;  /* its file has a list of voters, */
    int unlisted; /* in which this one is missing; -1 = nobody */
    int demands;  /* password; 0 = none */

    msec wake_at;  /* when the core wants a TICK, in the world's time */
    msec armed_at; /* when the timer in the queue fires; it may be earlier */
    uint64_t wake_gen;
    bool committing, commit_late;
    uint64_t commit_gen;
    msec commit_retry_ms;
    enum aim aim;
    const struct row *commit_rows; /* of the commit that runs */
    size_t n_commit;
    bool commit_waits; /* it was done while the process stood still */

    struct id_links *links;
    uint32_t n_links;
    struct request_in *inbox; /* while it stands still */
    int n_inbox, cap_inbox;
    msec bad_at;                 /* when it last was not there */
    msec asked_at;               /* when it last had a request */
    msec stalled_at, stalled_ms; /* since when; sum of all standstills of this life */
    msec step_at;
    int steps;
};

void sup_init(struct world *w, int index);
void sup_done(struct world *w, struct sup *s);

/* Begin a life: load the rows, read the file. */
void sup_start(struct world *w, struct sup *s);

/* End it. HOST_OFF: connections are not reset. */
void sup_kill(struct world *w, struct sup *s, bool host_off);
void sup_stall(struct world *w, struct sup *s);
void sup_resume(struct world *w, struct sup *s);

/* Hooks that are asked (tests/sim/question.c). CHECK_PROMOTE: before the order leaves. */
void question_output(struct world *w, const struct sup *s, const struct output *output);
void question_carry(struct world *w, struct sup *s, const struct order *order);
void question_answered(struct world *w, struct sup *s, int kind, uint64_t ticket);
void question_lost(struct world *w, const struct sup *s, uint64_t ticket);
void question_check_promote(struct world *w, const struct sup *s, int engine);

/* One input through the core; its output is carried out as far as the disk allows. */
void sup_feed(struct world *w, struct sup *s, struct input *input);
void sup_request(struct world *w, struct sup *s, struct request *request);

/* Tell it who votes, as its file says. */
void sup_list_voters(struct world *w, struct sup *s);

/* Handlers of H_WAKE, H_COMMIT, H_COMMIT_LATE, H_COMMIT_RETRY. */
void sup_wake(struct world *w, struct sup *s, uint64_t gen);
void sup_committed(struct world *w, struct sup *s, uint64_t gen);
void sup_commit_late(struct world *w, struct sup *s, uint64_t gen);
void sup_commit_retry(struct world *w, struct sup *s, uint64_t gen);

/* Carry out what the outbox lets go, and start a commit. */
void sup_pump(struct world *w, struct sup *s);

/* tests/sim/carry.c: one parcel. */
void carry_parcel(struct world *w, struct sup *s, const struct parcel *parcel);
void carry_settle_lost(struct world *w, struct sup *s, struct conn *conn);

/* tests/sim/receive.c: a packet for this process, as client or as server. Owned from here on. */
void receive_packet(struct world *w, struct sup *s, struct conn *conn, int dir,
                    struct packet *packet);
void receive_request(struct world *w, struct sup *s, struct conn *conn,
                     const struct packet *packet);
void receive_held(struct world *w, uint32_t conn, uint32_t serial);
void receive_lost(struct world *w, struct sup *s, uint64_t ticket);
void receive_evidence(struct world *w, struct sup *s, struct conn *conn, enum evidence evidence);

/* --- disk.c --- */
void disk_apply(struct disk *disk, const struct row *rows, size_t n);
const struct row *disk_find(const struct disk *disk, enum row_kind kind, const char *group,
                            const char *runid);
bool disk_has_node(const struct disk *disk, const char *group, const struct addr *addr);
uint64_t disk_epoch(const struct disk *disk);

/* Orders that take connections for themselves (tests/sim/armed.c). */
void armed_fence(struct world *w, struct sup *s, const struct order *order);
void armed_disarm(struct world *w, struct sup *s, uint32_t id);
void armed_given(struct world *w, struct sup *s, uint64_t what);

#endif
