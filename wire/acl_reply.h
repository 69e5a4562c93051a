/*
 * acl_reply: what the subcommands of ACL do and reply, the same for both daemons. argv as the
 * request came (argv[0] "acl").
 */
#ifndef WIRE_ACL_REPLY_H
#define WIRE_ACL_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/msec.h"
#include "wire/slice.h"

struct acl;
struct acl_log;
struct command_table;
struct resp_writer;

/* What stands in for SAVE and LOAD where there is no file. */
#define ACL_NO_FILE                                                                                \
    "ERR This Redis instance is not configured to use an ACL file. You may want to specify users " \
    "via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis "      \
    "configuration file set) in order to store users in the Redis configuration."

/* Bytes that nobody can guess; false: there are none. */
typedef bool acl_random_fn(void *arg, void *bytes, size_t n);

void acl_reply_cat(struct resp_writer *w, const struct command_table *table, size_t argc,
                   const struct slice *argv);
void acl_reply_dryrun(struct resp_writer *w, const struct acl *acl, size_t argc,
                      const struct slice *argv);
void acl_reply_genpass(struct resp_writer *w, acl_random_fn *random, void *arg, size_t argc,
                       const struct slice *argv);
void acl_reply_getuser(struct resp_writer *w, const struct acl *acl, struct slice name);
void acl_reply_list(struct resp_writer *w, const struct acl *acl);
void acl_reply_log(struct resp_writer *w, struct acl_log *log, msec wall_ms, size_t argc,
                   const struct slice *argv);
void acl_reply_users(struct resp_writer *w, const struct acl *acl);

/* SETUSER and DELUSER without their reply; false: an error has been written, nothing was changed.
 */
bool acl_reply_set(struct resp_writer *w, struct acl *acl, size_t argc, const struct slice *argv);
bool acl_reply_remove(struct resp_writer *w, struct acl *acl, size_t argc, const struct slice *argv,
                      size_t *ret_removed);

#endif
