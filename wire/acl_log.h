/*
 * acl_log: who was refused what, the newest first; what happens again within ACL_LOG_SAME_MS is
 * counted.
 */
#ifndef WIRE_ACL_LOG_H
#define WIRE_ACL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"
#include "wire/slice.h"

struct resp_writer;

#define ACL_LOG_MAX      128 /* entries; the oldest goes */
#define ACL_LOG_SAME_MS  60000
#define ACL_LOG_TEXT_MAX 255 /* bytes kept of an object or a user name */

enum acl_reason { ACL_REASON_AUTH, ACL_REASON_COMMAND, ACL_REASON_KEY, ACL_REASON_CHANNEL };

struct acl_entry {
    enum acl_reason reason;
    bool in_multi;
    char object[ACL_LOG_TEXT_MAX + 1]; /* command, key or channel; AUTH or HELLO */
    char user[ACL_LOG_TEXT_MAX + 1];
    char *client; /* as CLIENT LIST describes it; owned */
    int64_t count;
    int64_t id;
    msec made_ms;    /* since 1970 */
    msec changed_ms; /* the same */
};

/* All zero: an empty log. */
struct acl_log {
    struct acl_entry *entries[ACL_LOG_MAX]; /* newest first */
    size_t n;
    int64_t last_id;
};

/* Empties it and frees what it holds. */
void acl_log_clear(struct acl_log *log);

/* CLIENT is copied. When memory is out, nothing is kept. */
void acl_log_add(struct acl_log *log, enum acl_reason reason, bool in_multi, struct slice object,
                 struct slice user, struct slice client, msec wall_ms);

/* The reply of ACL LOG, at most max entries. */
void acl_log_reply(const struct acl_log *log, struct resp_writer *w, size_t max, msec wall_ms);

#endif
