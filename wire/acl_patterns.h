/*
 * acl_patterns: the globs of a selector, for keys or for channels. For wire/acl_*.c.
 */
#ifndef WIRE_ACL_PATTERNS_H
#define WIRE_ACL_PATTERNS_H

#include "wire/acl_selector.h"

/* Drops all patterns: everything, or nothing. */
void acl_patterns_set(struct acl_patterns *p, bool all);

/* TO holds nothing. False: memory; what was copied is to be dropped. */
bool acl_patterns_copy(struct acl_patterns *to, const struct acl_patterns *p);

/* Adds a pattern, or the access to one that is there. Spaces and control characters are refused:
 * rules are told apart by them. */
enum acl_fault acl_patterns_add(struct acl_patterns *p, struct slice text, unsigned access);

/* Whether one pattern that NAME matches grants all of ACCESS (0: anything). */
bool acl_patterns_match(const struct acl_patterns *p, struct slice name, unsigned access);

/* Whether TEXT is one of the patterns, letter by letter, and grants that. */
bool acl_patterns_grant(const struct acl_patterns *p, struct slice text, unsigned access);

#endif
