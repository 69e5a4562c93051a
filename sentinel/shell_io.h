/*
 * shell_io: the core's hands. Feeds it one input at a time, brings what must be durable to the
 * disk, carries out what may leave, and wakes it when it asked for that. It decides nothing.
 *
 *     link, peer, client, timer ─▶ shell_feed ─▶ core_step ─▶ outbox ─▶ disk ─▶ carry out
 *
 * What happens while something is carried out (a connection that fails at once) waits in a queue:
 * the core is never entered from within its own output. When too many wait they are dropped, and
 * counted.
 *
 * Everything happens on the loop's thread.
 */
#ifndef SENTINEL_SHELL_IO_H
#define SENTINEL_SHELL_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "wire/msec.h"
#include "wire/slice.h"

struct addr;
struct core;
struct event;
struct history;
struct hook;
struct hook_view;
struct message;
struct reply;
struct request;
struct ring;
struct scripts;
struct shell;
struct state;
struct tracer;

/* Who hears what comes out. Borrowed during the calls. */
struct shell_ops {
    void (*event)(void *arg, const struct event *event);
    void (*reply)(void *arg, const struct reply *reply);
    void (*answer)(void *arg, const struct message *message); /* ANSWER, PLEDGE */
    void (*durable)(void *arg); /* what shell_groups_durable() says may have changed */
};

/* A core with the rows of STATE, which outlives it. SELF: as for core_new(); its port is set.
 * TRACER (may be NULL) and OPS outlive the shell. NULL with a text in ret_error (of STATE_ERROR_MAX
 * bytes) when rows cannot be read. */
struct shell *shell_new(uv_loop_t *loop, struct state *state, const struct addr *self,
                        struct tracer *tracer, const struct shell_ops *ops, void *arg,
                        char *ret_error);

/* Take no more inputs, end all links, finish what has to be stored, hand out the replies that wait
 * for it; then call DONE, once. The shell is freed after that, when the loop has closed its
 * handles. */
void shell_stop(struct shell *shell, void (*done)(void *arg), void *arg);

/* Whether all that shell_core() shows of the groups is on the disk: nothing else may be told to
 * anybody. */
bool shell_groups_durable(const struct shell *shell);

const struct core *shell_core(const struct shell *shell);

/* The last INFO of a node, as it came; p NULL: there was none yet. */
struct slice shell_node_info(const struct shell *shell, uint32_t id);

/* What to log in to peers with where no sentinel_pass is set; counts from the next connection on.
 */
void shell_set_requirepass(struct shell *shell, const char *requirepass);

/* What became of the last failovers. */
const struct history *shell_history(const struct shell *shell);

/* How long the slowest commit took, in milliseconds. */
msec shell_worst_commit_ms(const struct shell *shell);

/* The queue of the hooks. */
const struct scripts *shell_scripts(const struct shell *shell);

/* The hooks from now on; they are copied. The first time it blocks on the disk. */
void shell_set_hooks(struct shell *shell, const struct hook *hooks, size_t n);

/* The hook at place I; false: there are not so many. */
bool shell_hook(const struct shell *shell, size_t i, struct hook_view *ret_view);

/* The events told of late. */
const struct ring *shell_events(const struct shell *shell);

/* Both are copied. */
void shell_submit(struct shell *shell, const struct request *request);
void shell_message(struct shell *shell, const struct message *message);

/* Inputs taken, and dropped; hellos that made no sense. */
struct shell_stats {
    uint64_t inputs;
    uint64_t dropped;
    uint64_t malformed;
};
const struct shell_stats *shell_stats(const struct shell *shell);

/* Hellos and replies of peers that made no sense. */
uint64_t shell_malformed(const struct shell *shell);

#endif
