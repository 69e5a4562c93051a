/*
 * users_io: where the users are kept. In the state, where each change is stored before it is
 * answered; or, with the option acl_file, in that file, which is read at the start and by ACL LOAD
 * and written by ACL SAVE alone, as in Redis.
 *
 * The option requirepass is the password of the default user. What ACL SETUSER makes of it counts
 * until the option changes in the file. With acl_file, the users are what stands there, and
 * requirepass is only what we log in to peers with.
 *
 * The disk is used off the loop's thread, one job at a time; changes that wait make up one.
 */
#ifndef SENTINEL_USERS_IO_H
#define SENTINEL_USERS_IO_H

#include <stdint.h>
#include <uv.h>

struct admin;
struct state;
struct users;

#define USERS_ERROR_MAX 4096
#define USERS_JOBS_MAX  65536 /* that wait; one more is refused */

/* Answers the client that waits with that ticket; FAULT: see admin_acl_done. */
typedef void users_answer_fn(void *arg, uint64_t ticket, const char *fault);

/* Borrows all. ACL_FILE: empty, when there is none. Joins ADMIN. NULL: memory. */
struct users *users_new(uv_loop_t *loop, struct state *state, struct admin *admin,
                        const char *acl_file, users_answer_fn *answer, void *arg);

/* Before the first client comes: read what was kept, blocking. 0, or -1 with a text. */
int users_load(struct users *users, char ret_error[USERS_ERROR_MAX]);

/* The option requirepass, as the file has it; empty: none. At the start behind users_load. */
void users_require(struct users *users, const char *requirepass);

/* Finish what is under way, free, and call DONE. NULL: calls DONE. */
void users_stop(struct users *users, void (*done)(void *arg), void *arg);

#endif
