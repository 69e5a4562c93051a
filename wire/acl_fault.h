/*
 * acl_fault: what can be wrong with one rule of a user. The texts are Redis's where it has the
 * fault.
 */
#ifndef WIRE_ACL_FAULT_H
#define WIRE_ACL_FAULT_H

#define ACL_FAULTS(X)                                                                              \
    X(SYNTAX, "Syntax error")                                                                      \
    X(UNKNOWN, "Unknown command or category name in ACL")                                          \
    X(DEEP, "Allowing first-arg of a subcommand is not supported")                                 \
    X(AFTER_ALL_KEYS,                                                                              \
      "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not "    \
      "have any effect. Try 'resetkeys' to start with an empty list of patterns")                  \
    X(AFTER_ALL_CHANNELS,                                                                          \
      "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does "    \
      "not have any effect. Try 'resetchannels' to start with an empty list of channels")          \
    X(BAD_HASH,                                                                                    \
      "The password hash must be exactly 64 characters and contain only lowercase hexadecimal "    \
      "characters")                                                                                \
    X(NO_PASSWORD, "The password you are trying to remove from the user does not exist")           \
    X(CONTROL, "Control characters are not allowed")                                               \
    X(LIMIT, "Too many rules, patterns, passwords or selectors, or one that is too long")          \
    X(MEMORY, "Memory is out")

enum acl_fault {
    ACL_FAULT_NONE,
#define X(id, text) ACL_FAULT_##id,
    ACL_FAULTS(X)
#undef X
};

/* Constant text; asserts that there is a fault. */
const char *acl_fault_text(enum acl_fault fault);

#endif
