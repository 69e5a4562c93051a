/*
 * link_io: the links to everything that is watched, by id and kind. Opens (looking the name up
 * anew), logs in, subscribes, and reports what a link shows as evidence. When to open, how long to
 * wait and when to give up is decided by whoever gives the orders: there are no timers here.
 *
 *     link_open ─▶ look up ─▶ connect ─▶ AUTH, SETNAME [, SUBSCRIBE] ─▶ CONNECTED ... a DOWN
 *
 * A refused AUTH, SETNAME or SUBSCRIBE does not keep a link down: it is CONNECTED, and the answers
 * to PING tell the fault.
 */
#ifndef PROBES_LINK_IO_H
#define PROBES_LINK_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "probes/evidence.h"
#include "probes/stream_io.h"
#include "wire/addr.h"
#include "wire/slice.h"

struct link_set;
struct node_info;

#define LINK_IDS_MAX (1u << 22) /* ids are below this */

/* Credentials, and what the other end calls commands by (probes/renames.h); NULL or empty texts =
 * none. Borrowed during the call. */
struct link_login {
    const char *user;
    const char *pass;
    const char *renames;
};

/* What a link showed. All is borrowed during the call. */
struct link_report {
    uint32_t id;
    enum link_kind link;
    enum evidence evidence;
    const char *ip;               /* CONNECTED: the numeric host it leads to; else "" */
    const struct node_info *info; /* INFO; else NULL */
};

/* Called from the loop, and also from within link_open() when that fails at once. */
struct link_ops {
    void (*report)(void *arg, const struct link_report *report);
    void (*heard)(void *arg, uint32_t id, const char *text, size_t len); /* on the channel */
};

/* RUNID names our connections at the other end; CHANNEL is what pub/sub links subscribe to. Both
 * and OPS are copied. NULL: memory. */
struct link_set *link_set_new(uv_loop_t *loop, const char *runid, const char *channel,
                              const struct link_ops *ops, void *arg);

/* Ends all links; nothing more is reported, requests that wait are told. */
void link_set_free(struct link_set *set);

/* Begin. A link that is there already is ended first. */
void link_open(struct link_set *set, uint32_t id, enum link_kind kind, const struct addr *addr,
               const struct link_login *login);

/* End it; nothing more is reported of it. */
void link_close(struct link_set *set, uint32_t id, enum link_kind kind);
void link_forget(struct link_set *set, uint32_t id);

/* End it as if it had been reset, and report that: it is of no use any more. */
void link_break(struct link_set *set, uint32_t id, enum link_kind kind);

/* Give the connection of a link away, as it is, even one that was not up yet: from now on it is
 * that link of the set TO (in the place of an earlier one), where requests reach it as if it were
 * up. What waited on it is told that it ended, and FROM reports a time-out. False when there is
 * none. Both sets are of one loop; TO is freed first. */
bool link_give(struct link_set *from, struct link_set *to, uint32_t id, enum link_kind kind);

/* Send a request of words ended by NULL on a link that is up (CONNECTED was reported); false and
 * FN not called otherwise. The first word goes out under the name that the other end knows it by.
 * See stream_send(). */
bool link_send(struct link_set *set, uint32_t id, enum link_kind kind, const char *const *words,
               reply_fn *fn, void *ctx, uint64_t tag);

/* Report evidence of a link, unless it is gone. */
void link_report(struct link_set *set, uint32_t id, enum link_kind kind, enum evidence evidence,
                 const struct node_info *info);

/* Keep the text of ID's last INFO, INFO_KEPT_MAX bytes at most, until link_forget(). */
void link_keep_info(struct link_set *set, uint32_t id, const char *text, size_t len);

/* That text, borrowed until the next one; p NULL: there is none. */
struct slice link_kept_info(const struct link_set *set, uint32_t id);

/* Our own numeric address on the command link; false when it is not up. */
bool link_local_host(const struct link_set *set, uint32_t id, char ret_host[HOST_LEN_MAX + 1]);

/* Id and kind as the one number that replies carry. */
static inline uint64_t link_tag(uint32_t id, enum link_kind kind)
{
    return (uint64_t)id * LINK_COUNT + kind;
}
static inline uint32_t link_tag_id(uint64_t tag)
{
    return (uint32_t)(tag / LINK_COUNT);
}
static inline enum link_kind link_tag_kind(uint64_t tag)
{
    return (enum link_kind)(tag % LINK_COUNT);
}

#endif
