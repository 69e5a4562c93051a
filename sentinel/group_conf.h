/*
 * group_conf: the settings of one group. One table gives the fields, their names
 * in the file and on the wire (SENTINEL SET), defaults, ranges and meanings.
 *
 *   X(field, type, SENTINEL SET name, default, min, max, meaning)
 */
#ifndef SENTINEL_GROUP_CONF_H
#define SENTINEL_GROUP_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONF_TEXT_MAX 255 /* bytes of a user name or password */

#define GROUP_NUMBERS(X)                                                                           \
    X(quorum, "quorum", 2, 1, 1000, "supervisors that must agree that the primary is down")        \
    X(down_after_ms, "down-after-milliseconds", 30000, 1, 86400000,                                \
      "silence after which a node counts as down, in milliseconds")                                \
    X(failover_timeout_ms, "failover-timeout", 180000, 1, 86400000,                                \
      "bound on each stage of a failover, in milliseconds")                                        \
    X(parallel_syncs, "parallel-syncs", 1, 1, 1000,                                                \
      "replicas that are repointed to a new primary at the same time")                             \
    X(priority_max_lag_bytes, "priority-max-lag-bytes", 65536, 0, INT64_C(1) << 50,                \
      "a preferred replica further behind the most advanced one loses its preference")

#define GROUP_CHOICES(X)                                                                           \
    X(crash_detection, "crash-detection", 1, "off", "fast",                                        \
      "fast: a reset link, two refusals and a replica's word make a primary down at once")

#define GROUP_TEXTS(X)                                                                             \
    X(auth_user, "auth-user", "user name for the nodes; empty = the default user")                 \
    X(auth_pass, "auth-pass", "password for the nodes; empty = none")

struct group_conf {
#define X(field, ...) int64_t field;
    GROUP_NUMBERS(X)
    GROUP_CHOICES(X)
#undef X
#define X(field, ...) char field[CONF_TEXT_MAX + 1];
    GROUP_TEXTS(X)
#undef X
};

enum conf_type { CONF_NUMBER, CONF_CHOICE, CONF_TEXT };

/* One option, as data: what config, SENTINEL SET, state and docs walk over. */
struct conf_option {
    const char *file_name; /* "down_after_ms" */
    const char *wire_name; /* "down-after-milliseconds" */
    enum conf_type type;
    size_t offset; /* in struct group_conf: int64_t, or char[CONF_TEXT_MAX + 1] */
    int64_t preset;
    int64_t min, max;         /* numbers */
    const char *const *words; /* choices: words[0], words[1] */
    bool secret;              /* shown as ****** in replies, events and logs */
    const char *meaning;
};

extern const struct conf_option group_options[];
extern const size_t group_options_count;

/* All defaults. */
void group_conf_init(struct group_conf *conf);

/* The option by its name in the file or on the wire (no case there); NULL if there is none. */
const struct conf_option *group_option_by_file_name(const char *name);
const struct conf_option *group_option_by_wire_name(const char *name);

/* Set from text. False, CONF untouched, when the value is not allowed. */
bool group_conf_set(struct group_conf *conf, const struct conf_option *option, const char *value);

/* The value as text (secrets in clear: for the state only). */
void group_conf_get(const struct group_conf *conf, const struct conf_option *option,
                    char ret_text[CONF_TEXT_MAX + 1]);

bool group_conf_option_equal(const struct group_conf *a, const struct group_conf *b,
                             const struct conf_option *option);
void group_conf_option_copy(struct group_conf *to, const struct group_conf *from,
                            const struct conf_option *option);

#endif
