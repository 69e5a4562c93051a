/*
 * doctor_link_io: the connections of `picketctl doctor`. What fails is a fact like others: it is
 * kept as a text, not printed.
 */
#ifndef SENTINEL_CTL_DOCTOR_LINK_IO_H
#define SENTINEL_CTL_DOCTOR_LINK_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include "sentinel/ctl/doctor.h"

/* One who is asked. */
struct doctor_link {
    redisContext *redis;
    int64_t lookup_ms; /* its name was looked up in; -1: it is an address */
    char error[DOCTOR_VALUE_MAX + 1];
};

/* Connect and log in (password empty: without). False: why not is in LINK->error; nothing is to be
 * closed then. */
bool doctor_connect(struct doctor_link *link, const struct addr *addr, const char *user,
                    const char *password);
void doctor_close(struct doctor_link *link);

/* Ask; words end in NULL. NULL: no reply, and LINK->error says why; an error reply is a reply.
 * freeReplyObject() it. */
redisReply *doctor_ask(struct doctor_link *link, const char *const *words);
#define DOCTOR_ASK(link, ...) doctor_ask(link, (const char *const[]){ __VA_ARGS__, NULL })

/* A text reply, or ""; lives as long as REPLY, which may be NULL. */
const char *doctor_text(const redisReply *reply);

/* The value of a field of INFO's text as a number, or PRESET when it is not there. */
int64_t doctor_number(const char *info, const char *name, int64_t preset);

/* The same as a text of SIZE bytes; empty when it is not there. Returns RET. */
const char *doctor_word(const char *info, const char *name, char *ret, size_t size);

#endif
