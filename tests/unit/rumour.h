/*
 * rumour: what the tests of switches told by peers share: two peers, ANN and BOB,
 * that claim and confirm, and nodes that are promoted.
 */
#ifndef TESTS_UNIT_RUMOUR_H
#define TESTS_UNIT_RUMOUR_H

#include <string.h>

#include "tests/unit/drive.h"
#include "tests/unit/unit.h"

#define ANN "2222222222222222222222222222222222222222"
#define BOB "3333333333333333333333333333333333333333"

static struct drive d; /* the one of the test program */

static inline void begin(void)
{
    drive_begin(&d, 2, 1, 30000);
    drive_add_peer(&d, ANN, 26380);
    drive_add_peer(&d, BOB, 26381);
    drive_mark(&d);
}

static inline void hear(const struct hello *hello)
{
    struct message message = { .kind = MESSAGE_HELLO };

    message.u.hello = *hello;
    drive_hear(&d, &message);
}

/* The peer at PORT says that node N is the primary under EPOCH. */
static inline void claim(const char *runid, int port, int n, uint64_t epoch)
{
    struct hello hello = drive_hello(&d, runid, port);

    hello.primary = drive_addr(n);
    hello.config_epoch = epoch;
    hello.current_epoch = epoch;
    hear(&hello);
}

/* The question that is out to that peer; 0 when there is none. */
static inline uint64_t question_to(const char *runid)
{
    for (size_t i = d.log.n_messages; i-- > 0;) {
        const struct peer *peer = core_find_peer(d.core, d.log.messages[i].peer);

        if (d.log.messages[i].kind == MESSAGE_WHERE && peer && strcmp(peer->runid, runid) == 0)
            return d.log.messages[i].ticket;
    }
    return 0;
}

/* That peer, asked, holds node N for the primary, under EPOCH. */
static inline void hold(const char *runid, int n, uint64_t epoch)
{
    struct message there = { .kind = MESSAGE_THERE, .ticket = question_to(runid) };

    CU_ASSERT(there.ticket != 0);
    there.u.there.addr = drive_addr(n);
    there.u.there.config_epoch = epoch;
    drive_hear(&d, &there);
}

/* The same, under the epoch of the rumour. */
static inline void confirm(const char *runid, int n)
{
    hold(runid, n, drive_group(&d)->rumour.config_epoch);
}

/* Node N has been promoted, out of the history that we know. */
static inline void promote(int n)
{
    struct node_info *info = &d.nodes[n].info;

    info->role = ROLE_PRIMARY;
    memcpy(info->replid2, info->replid, sizeof info->replid2);
    memset(info->replid, 'P', RUNID_LEN);
}

static inline bool is_primary(int n)
{
    struct addr addr = drive_addr(n);

    return node_is_at(drive_group(&d)->primary, &addr);
}

#endif
