#include "sentinel/group_conf.h"

#include <stddef.h>

#define X(field, wire, preset, meaning, ...)                                                       \
    static const char *const field##_words[] = { __VA_ARGS__ };
GROUP_CHOICES(X)
#undef X

const struct conf_option group_options[] = {
#define X(field, wire, preset, min, max, meaning)                                                  \
    { #field, wire,  CONF_NUMBER, offsetof(struct group_conf, field), preset, min, max,            \
      NULL,   false, meaning },
    GROUP_NUMBERS(X)
#undef X
#define X(field, wire, preset, meaning, ...)                                                       \
    { #field,                                                                                      \
      wire,                                                                                        \
      CONF_CHOICE,                                                                                 \
      offsetof(struct group_conf, field),                                                          \
      preset,                                                                                      \
      0,                                                                                           \
      sizeof field##_words / sizeof *field##_words - 1,                                            \
      field##_words,                                                                               \
      false,                                                                                       \
      meaning },
        GROUP_CHOICES(X)
#undef X
#define X(field, wire, secret, meaning)                                                            \
    { #field, wire,   CONF_TEXT, offsetof(struct group_conf, field), 0, 0, CONF_TEXT_MAX,          \
      NULL,   secret, meaning },
            GROUP_TEXTS(X)
#undef X
};

_Static_assert(sizeof group_options / sizeof *group_options <= 64, "a bit for each option");

const size_t group_options_count = sizeof group_options / sizeof *group_options;

const struct conf_table group_table = { group_options,
                                        sizeof group_options / sizeof *group_options };

void group_conf_init(struct group_conf *conf)
{
    options_init(&group_table, conf, sizeof *conf);
}

const struct conf_option *group_option_by_wire_name(const char *name)
{
    return option_by_wire_name(&group_table, name);
}
