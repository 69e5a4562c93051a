/*
 * acl_commands: the rules of a selector about commands. For wire/acl_*.c.
 */
#ifndef WIRE_ACL_COMMANDS_H
#define WIRE_ACL_COMMANDS_H

#include "wire/acl_selector.h"

/* Drops all rules: everything, or nothing. */
void acl_commands_set(struct acl_selector *s, bool all);

/* The rules into TO, which has none. False: memory; what was copied is to be dropped. */
bool acl_commands_copy(struct acl_selector *to, const struct acl_selector *s);

/* +x or -x; RULE is not empty. */
enum acl_fault acl_commands_apply(struct acl_selector *s, const struct command_table *table,
                                  struct slice rule);

bool acl_commands_allow(const struct acl_selector *s, const struct command_match *m, size_t argc,
                        const struct slice *argv);

#endif
