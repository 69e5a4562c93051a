#include "sentinel/global_conf.h"

#include <stddef.h>

const char *const option_no_yes[] = { "no", "yes" };
const char *const option_log_levels[] = { "debug", "verbose", "notice", "warning", "nothing" };

/* clang-format off */
static const struct conf_option global_options[] = {
#define X(field, wire, preset, words, n, meaning)                                                  \
    { #field, wire, CONF_CHOICE, offsetof(struct global_conf, field), preset, 0, (n) - 1, words,   \
      false, meaning },
    GLOBAL_CHOICES(X)
#undef X
#define X(field, wire, preset, min, max, meaning)                                                  \
    { #field, wire, CONF_NUMBER, offsetof(struct global_conf, field), preset, min, max, NULL,      \
      false, meaning },
    GLOBAL_NUMBERS(X)
#undef X
#define X(field, wire, secret, meaning)                                                            \
    { #field, wire, CONF_TEXT, offsetof(struct global_conf, field), 0, 0, CONF_TEXT_MAX, NULL,     \
      secret, meaning },
    GLOBAL_TEXTS(X)
#undef X
};

static const struct conf_option tunable_options[] = {
#define X(field, wire, preset)                                                                     \
    { #field, wire, CONF_NUMBER, offsetof(struct tunables, field), preset, 1, INT64_C(86400000),   \
      NULL, false, "" },
    TUNABLES(X)
#undef X
};
/* clang-format on */

const struct conf_table global_table = { global_options,
                                         sizeof global_options / sizeof *global_options };
const struct conf_table tunable_table = { tunable_options,
                                          sizeof tunable_options / sizeof *tunable_options };

void global_conf_init(struct global_conf *conf)
{
    options_init(&global_table, conf, sizeof *conf);
}

void tunables_init(struct tunables *tunables)
{
    options_init(&tunable_table, tunables, sizeof *tunables);
}
