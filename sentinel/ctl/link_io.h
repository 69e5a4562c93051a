/*
 * link_io: picketctl's connections to supervisors, blocking, through hiredis.
 */
#ifndef SENTINEL_CTL_LINK_IO_H
#define SENTINEL_CTL_LINK_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <hiredis/hiredis.h>

#include "quorum/hello.h"

#define CTL_CONNECT_MS 2000
#define CTL_REPLY_MS   5000

struct ctl;

/* Connect to a node. NULL: an error has been printed. redisFree() it. */
redisContext *ctl_connect(const char *host, int port);

/* Connect to the first of the supervisors that answers, and log in. NULL: none does; for each it
 * has been printed why. ctl_close() it; NULL is fine there. */
redisContext *ctl_open(const struct ctl *ctl);

/* The same for the supervisor at HOST and PORT. */
redisContext *ctl_open_at(const struct ctl *ctl, const char *host, int port);
void ctl_close(redisContext *link);

#define CTL_CALL(link, ...)                                                                        \
    ctl_call(link, (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)),           \
             (const char *const[]){ __VA_ARGS__ })

/* Send words, wait for the reply. NULL: no reply, or an error reply; it has been printed.
 * freeReplyObject() it. */
redisReply *ctl_call(redisContext *link, int argc, const char *const *argv);

/* Who is at the other end. False: printed. */
bool ctl_ask_runid(redisContext *link, char ret_runid[PEER_RUNID_LEN + 1]);

/* Wait for the next message without a limit of time. NULL: the connection is gone; printed. */
redisReply *ctl_wait(redisContext *link);

/* The same for MS milliseconds. NULL and *RET_LATE: nothing has come yet. */
redisReply *ctl_wait_for(redisContext *link, int ms, bool *ret_late);

/* Whether it is an event that came through PSUBSCRIBE; its name and payload, in the reply. */
bool ctl_is_event(const redisReply *reply, const char **ret_event, const char **ret_payload);

/* The value of a field of a flat list of names and values, of whatever type; NULL: there is none.
 */
const redisReply *ctl_value(const redisReply *map, const char *name);

/* The same of a text; "" when it is not there. */
const char *ctl_field(const redisReply *map, const char *name);

/* Whether a comma-separated list (flags) holds the word. */
bool ctl_has_word(const char *list, const char *word);

/* Print text with what could upset a terminal replaced. */
void ctl_print(const char *text);

#endif
