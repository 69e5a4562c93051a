/*
 * acl_gate: who a connection is, and whether its request may run. Each request is held against the
 * rights of the connection's user before it runs; what is refused is noted for ACL LOG.
 */
#ifndef WIRE_ACL_GATE_H
#define WIRE_ACL_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/acl_log.h"
#include "wire/acl_user.h"
#include "wire/msec.h"
#include "wire/slice.h"

struct acl;
struct client;
struct command_match;
struct command_table;

#define ACL_GATE_TEXT_MAX 512

/* Monotonic and Unix time. */
struct acl_when {
    msec now;
    msec wall_ms;
};
typedef struct acl_when acl_clock_fn(void *arg);

struct acl_gate {
    struct acl *acl; /* owned */
    struct acl_log log;
    acl_clock_fn *clock;
    void *clock_arg;
    char text[ACL_GATE_TEXT_MAX]; /* the last refusal */
    const char *reason;           /* ... in short, as EXEC says it */
};

/* False: memory. TABLE outlives it. */
bool acl_gate_init(struct acl_gate *gate, const struct command_table *table, acl_digest_fn *digest,
                   acl_clock_fn *clock, void *clock_arg);
void acl_gate_done(struct acl_gate *gate);

/* The connection is new, or RESET: it is the default user, known if that needs no password. */
void acl_gate_greet(struct acl_gate *gate, struct client *c);

/* Whether the connection needs no AUTH (any more). */
bool acl_gate_knows(const struct acl_gate *gate, const struct client *c);

/* AUTH's reply. */
void acl_gate_auth(struct acl_gate *gate, struct client *c, size_t argc, const struct slice *argv);

/* HELLO up to its reply: reads the protocol, AUTH and SETNAME. False: the error has been written.
 */
bool acl_gate_hello(struct acl_gate *gate, struct client *c, size_t argc, const struct slice *argv);

/* Why the request must not run (an error reply without the dash), or NULL. Good until the next
 * call. */
const char *acl_gate_refusal(struct acl_gate *gate, struct client *c, const struct command_match *m,
                             size_t argc, const struct slice *argv);

/* Whether the user is still there and may have the subscriptions that the connection has. */
bool acl_gate_may_stay(const struct acl_gate *gate, const struct client *c);

#endif
