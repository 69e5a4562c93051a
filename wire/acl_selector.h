/*
 * acl_selector: one set of rights: commands, keys, channels. A user has one of his own and may have
 * more (in parentheses), each of which counts alone.
 *
 * The commands are kept as the rules that were given, the later ones winning; a rule that has no
 * effect any more is not kept, so that a description stays short and says the same when read again.
 * Rules name rows of the command table, which outlives the selector.
 */
#ifndef WIRE_ACL_SELECTOR_H
#define WIRE_ACL_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/acl_fault.h"
#include "wire/slice.h"

struct buf;
struct command;
struct command_match;
struct command_table;

#define ACL_RULES_MAX         256 /* of one selector, about commands */
#define ACL_PATTERNS_MAX      256 /* of one selector, for keys and for channels each */
#define ACL_PATTERN_BYTES_MAX 1024

enum acl_rule_kind {
    ACL_RULE_CATEGORY, /* @category */
    ACL_RULE_COMMAND,  /* command or command|subcommand */
    ACL_RULE_FIRST_ARG /* command|word, the command having no subcommands; always allows */
};

struct acl_rule {
    enum acl_rule_kind kind;
    bool allows;
    int category;
    const struct command *row, *parent;
    char *first_arg; /* owned */
};

enum { ACL_KEY_READ = 1, ACL_KEY_WRITE = 2 };

struct acl_pattern {
    char *text; /* owned; with a zero behind it, never holds one */
    unsigned access;
};

struct acl_patterns {
    bool all; /* "*": then there are none */
    struct acl_pattern *list;
    size_t n;
};

/* All zero: a selector that allows nothing. */
struct acl_selector {
    bool all_commands; /* before the rules: everything, or nothing */
    struct acl_rule *rules;
    size_t n_rules;
    struct acl_patterns keys;
    struct acl_patterns channels;
};

/* Frees what it holds; a selector that allows nothing stays. */
void acl_selector_done(struct acl_selector *s);

/* An independent copy; false: memory, nothing to free. */
bool acl_selector_copy(struct acl_selector *ret, const struct acl_selector *s);

/* Everything is allowed. */
void acl_selector_allow_all(struct acl_selector *s);

/* One rule: +x -x +@x -@x ~x %R~x &x allcommands nocommands allkeys resetkeys allchannels
 * resetchannels. After a fault the selector is as before. */
enum acl_fault acl_selector_apply(struct acl_selector *s, const struct command_table *table,
                                  struct slice rule);

/* The parts of a description, as ACL GETUSER shows them, appended. */
void acl_selector_write_commands(const struct acl_selector *s, struct buf *to);
void acl_selector_write_keys(const struct acl_selector *s, struct buf *to);
void acl_selector_write_channels(const struct acl_selector *s, struct buf *to);

/* All of it in one line, as rules that make the same selector out of a new one. */
void acl_selector_write(const struct acl_selector *s, struct buf *to);

/* How far a request gets; more is further. */
enum acl_verdict { ACL_DENIED_COMMAND, ACL_DENIED_KEY, ACL_DENIED_CHANNEL, ACL_ALLOWED };

/*
 * Whether a request may run that command_find found. *ret_arg: position of the key or channel that
 * is refused. What right a key needs follows from what the command does to it
 * (wire/command_keys.h); if that is neither reading nor changing its data, any right will do.
 */
enum acl_verdict acl_selector_check(const struct acl_selector *s, const struct command_match *m,
                                    size_t argc, const struct slice *argv, size_t *ret_arg);

/* Whether a request may read keys that its words do not name. */
bool acl_selector_reads_all(const struct acl_selector *s, const struct command_match *m,
                            size_t argc, const struct slice *argv);

/* Whether it allows everything, whatever the request. */
bool acl_selector_is_free(const struct acl_selector *s);

/* Whether a subscription may stay: to a channel, or to a pattern, which must be a rule itself. */
bool acl_selector_allows_channel(const struct acl_selector *s, struct slice channel, bool pattern);

#endif
