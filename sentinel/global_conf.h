/*
 * global_conf: the settings of the whole process that CONFIG SET can change, and
 * the periods and time-outs that SENTINEL DEBUG can. Tables as in
 * sentinel/group_conf.h.
 */
#ifndef SENTINEL_GLOBAL_CONF_H
#define SENTINEL_GLOBAL_CONF_H

#include <stdint.h>

#include "sentinel/options.h"

/*   X(field, file and wire name, default, words, how many, meaning) */
#define GLOBAL_CHOICES(X)                                                                          \
    X(resolve_hostnames, "resolve-hostnames", 1, option_no_yes, 2,                                 \
      "names are allowed where an address is wanted (looking them up never blocks)")               \
    X(announce_hostnames, "announce-hostnames", 0, option_no_yes, 2,                               \
      "names, not numeric addresses, in replies, events and orders")                               \
    X(log_level, "loglevel", 2, option_log_levels, 5, "the least level that is logged")

#define GLOBAL_NUMBERS(X)                                                                          \
    X(announce_port, "announce-port", 0, 0, 65535, "port told to peers; 0 = the one we listen on")

#define GLOBAL_TEXTS(X)                                                                            \
    X(announce_ip, "announce-ip", 0, "address told to peers; empty = that of each link")           \
    X(sentinel_user, "sentinel-user", 0, "user name for peers; empty = the default user")          \
    X(sentinel_pass, "sentinel-pass", 1, "password for peers; empty = none")

struct global_conf {
#define X(field, ...) int64_t field;
    GLOBAL_CHOICES(X)
    GLOBAL_NUMBERS(X)
#undef X
#define X(field, ...) char field[CONF_TEXT_MAX + 1];
    GLOBAL_TEXTS(X)
#undef X
};

extern const char *const option_no_yes[];
extern const char *const option_log_levels[]; /* debug verbose notice warning nothing */

extern const struct conf_table global_table;

void global_conf_init(struct global_conf *conf);

/* What SENTINEL DEBUG shows and sets, in its order; all in milliseconds, at
 * least 1. Those that have no meaning here are kept for who sets and reads them.
 *
 *   X(field, SENTINEL DEBUG name, default) */
#define TUNABLES(X)                                                                                \
    X(info_period, "info-period", 10000)                                                           \
    X(ping_period, "ping-period", 1000)                                                            \
    X(ask_period, "ask-period", 1000)                                                              \
    X(publish_period, "publish-period", 2000)                                                      \
    X(default_down_after, "default-down-after", 30000)                                             \
    X(default_failover_timeout, "default-failover-timeout", 180000)                                \
    X(tilt_trigger, "tilt-trigger", 2000)                                                          \
    X(tilt_period, "tilt-period", 1000)                                                            \
    X(slave_reconf_timeout, "slave-reconf-timeout", 10000)                                         \
    X(min_link_reconnect_period, "min-link-reconnect-period", 15000)                               \
    X(election_timeout, "election-timeout", 2000)                                                  \
    X(script_max_runtime, "script-max-runtime", 60000)                                             \
    X(script_retry_delay, "script-retry-delay", 30000)

struct tunables {
#define X(field, ...) int64_t field;
    TUNABLES(X)
#undef X
};

extern const struct conf_table tunable_table;

void tunables_init(struct tunables *tunables);

#endif
