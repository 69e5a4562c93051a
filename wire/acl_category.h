/*
 * acl_category: the categories by which ACL rules and COMMAND INFO group commands. They follow from
 * a row's flags (wire/command.h); those that no flag implies have a flag of their own
 * (COMMAND_IN_...). Bits stand in Redis's order, which ACL CAT and COMMAND INFO show.
 */
#ifndef WIRE_ACL_CATEGORY_H
#define WIRE_ACL_CATEGORY_H

#include "wire/slice.h"

struct command;

#define ACL_CATEGORIES(X)                                                                          \
    X(KEYSPACE, "keyspace")                                                                        \
    X(READ, "read")                                                                                \
    X(WRITE, "write")                                                                              \
    X(SET, "set")                                                                                  \
    X(SORTEDSET, "sortedset")                                                                      \
    X(LIST, "list")                                                                                \
    X(HASH, "hash")                                                                                \
    X(STRING, "string")                                                                            \
    X(BITMAP, "bitmap")                                                                            \
    X(HYPERLOGLOG, "hyperloglog")                                                                  \
    X(GEO, "geo")                                                                                  \
    X(STREAM, "stream")                                                                            \
    X(PUBSUB, "pubsub")                                                                            \
    X(ADMIN, "admin")                                                                              \
    X(FAST, "fast")                                                                                \
    X(SLOW, "slow")                                                                                \
    X(BLOCKING, "blocking")                                                                        \
    X(DANGEROUS, "dangerous")                                                                      \
    X(CONNECTION, "connection")                                                                    \
    X(TRANSACTION, "transaction")                                                                  \
    X(SCRIPTING, "scripting")

enum acl_category {
#define X(id, name) ACL_CATEGORY_##id,
    ACL_CATEGORIES(X)
#undef X
        ACL_CATEGORY_COUNT
};

/* The set of a row's categories: bit 1 << enum acl_category. */
unsigned acl_categories(const struct command *row);

const char *acl_category_name(enum acl_category category);

/* The category of that name, upper and lower case being the same; -1: there is none. */
int acl_category_find(struct slice name);

#endif
