/*
 * hooks_parts_io: what the files of the hooks share. For notify/hooks_*io.c alone.
 */
#ifndef NOTIFY_HOOKS_PARTS_IO_H
#define NOTIFY_HOOKS_PARTS_IO_H

#include "notify/hooks_io.h"

struct hooks_asking;
struct hooks_entry;
struct pending;
struct webhooks;

/* One of the two queues of a hook. */
struct hooks_lane {
    struct hooks_entry *entry;
    struct script_queue *queue; /* NULL: it is not there */
    char **env;                 /* of the last call */
};

/* A hook that is configured, or that was and still runs. */
struct hooks_entry {
    struct hooks_entry *next;
    struct hooks *hooks;
    struct hook hook;
    uint64_t key;
    struct hooks_lane events, questions;
    int lanes; /* that are in use */
};

struct hooks {
    uv_loop_t *loop;
    struct script_io *io;
    const char *dir;
    const char *supervisor;
    scripts_tell_fn *tell;
    void *arg;
    struct hooks_entry *entries; /* in the order of the file */
    struct hooks_asking *asking;
    struct pending *pending;
    struct webhooks *webhooks; /* NULL: nothing was ever posted */
    uint64_t last_tag;
    bool loaded; /* what a former life left has been brought back */
};

/* Gives the entry that queue. GONE is called with the lane. False: memory. */
bool hooks_lane_open(struct hooks_lane *lane, struct hooks_entry *entry,
                     const struct scripts_policy *policy, scripts_gone_fn *gone);

/* Queue BODY; TAG is what GONE is told. */
void hooks_lane_call(const struct hooks_lane *lane, uint64_t tag, const char *group,
                     const char *body);

/* Forget the questions that are not answered: nobody is told. */
void hooks_ask_stop(struct hooks *hooks);

#endif
