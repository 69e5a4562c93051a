/*
 * link_io: picketctl's one connection to a supervisor, blocking, through hiredis.
 */
#ifndef SENTINEL_CTL_LINK_IO_H
#define SENTINEL_CTL_LINK_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <hiredis/hiredis.h>

#define CTL_CONNECT_MS 2000
#define CTL_REPLY_MS   5000

/* Connect. NULL: an error has been printed. redisFree() it. */
redisContext *ctl_connect(const char *host, int port);

/* Send words, wait for the reply. NULL: no reply, or an error reply; it has been printed.
 * freeReplyObject() it. */
redisReply *ctl_call(redisContext *link, int argc, const char *const *argv);

/* Wait for the next message without a limit of time. NULL: the connection is gone; printed. */
redisReply *ctl_wait(redisContext *link);

/* The value of a field of a flat list of names and values; "" when it is not there. */
const char *ctl_field(const redisReply *map, const char *name);

/* Whether a comma-separated list (flags) holds the word. */
bool ctl_has_word(const char *list, const char *word);

/* Print text with what could upset a terminal replaced. */
void ctl_print(const char *text);

#endif
