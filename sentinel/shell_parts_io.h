/*
 * shell_parts_io: what the files of the shell share. For sentinel/shell_*io.c alone.
 */
#ifndef SENTINEL_SHELL_PARTS_IO_H
#define SENTINEL_SHELL_PARTS_IO_H

#include "notify/hooks_io.h"
#include "probes/link_io.h"
#include "probes/order_io.h"
#include "quorum/peer_io.h"
#include "sentinel/carry_io.h"
#include "sentinel/disk_io.h"
#include "sentinel/inputs.h"
#include "sentinel/outbox.h"
#include "sentinel/shell_io.h"

struct shell {
    uv_loop_t *loop;
    uv_timer_t timer;
    uv_idle_t overdue; /* keeps the loop from waiting ... */
    uv_check_t ticker; /* ... for the end of the turn in which the timer rang */
    int open_handles;
    struct core *core;
    struct tracer *tracer; /* NULL: nothing is traced */
    struct outbox *outbox;
    struct disk *disk;
    struct carry carry;
    struct inputs inputs;
    bool busy; /* an input is being taken or its output carried out */
    msec wake; /* what the core asked for last */
    msec armed;
    void (*done)(void *arg); /* stopping, when set */
    void *done_arg;
    struct shell_stats stats;
};

/* Give the core an input, now or as soon as it is free. INPUT is borrowed and may be changed. */
void shell_feed(struct shell *shell, struct input *input);

/* Those that hear; ARG: the shell. What becomes of connections that were given away is told by the
 * orders that have them: nobody listens to shell_given_ops. */
extern const struct link_ops shell_link_ops, shell_given_ops;
void shell_on_peer(void *arg, const struct message *message);
void shell_on_settled(void *arg, const struct order_result *result);
void shell_on_answer(void *arg, uint64_t ticket, enum hook_answer answer, const char *who);
void shell_on_disk(void *arg, bool ok, const char *reason);

#endif
