#include "sentinel/group_conf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wire/slice.h"

#define X(field, wire, preset, word0, word1, meaning)                                              \
    static const char *const field##_words[] = { word0, word1 };
GROUP_CHOICES(X)
#undef X

#define WORDS 2 /* of each choice */

const struct conf_option group_options[] = {
#define X(field, wire, preset, min, max, meaning)                                                  \
    { #field, wire,  CONF_NUMBER, offsetof(struct group_conf, field), preset, min, max,            \
      NULL,   false, meaning },
    GROUP_NUMBERS(X)
#undef X
#define X(field, wire, preset, word0, word1, meaning)                                              \
    { #field,        wire,  CONF_CHOICE, offsetof(struct group_conf, field), preset, 0, 1,         \
      field##_words, false, meaning },
        GROUP_CHOICES(X)
#undef X
/* Both texts are credentials: neither is shown. */
#define X(field, wire, meaning)                                                                    \
    { #field, wire, CONF_TEXT, offsetof(struct group_conf, field), 0, 0, CONF_TEXT_MAX,            \
      NULL,   true, meaning },
            GROUP_TEXTS(X)
#undef X
};

const size_t group_options_count = sizeof(group_options) / sizeof(group_options[0]);

/* REQUEST_SET names the options by the bits of a uint64_t. */
_Static_assert(sizeof(group_options) / sizeof(group_options[0]) <= 64, "a bit for each option");

/* The number or choice of that option. */
static int64_t *number_at(struct group_conf *conf, const struct conf_option *option)
{
    assert(option->type != CONF_TEXT);
    return (int64_t *)(void *)((char *)conf + option->offset);
}

static int64_t number_of(const struct group_conf *conf, const struct conf_option *option)
{
    assert(option->type != CONF_TEXT);
    return *(const int64_t *)(const void *)((const char *)conf + option->offset);
}

static const char *text_of(const struct group_conf *conf, const struct conf_option *option)
{
    assert(option->type == CONF_TEXT);
    return (const char *)conf + option->offset;
}

/* Padding is zeroed as well, so that equal settings are equal bytes. */
void group_conf_init(struct group_conf *conf)
{
    memset(conf, 0, sizeof(*conf));
    for (size_t i = 0; i < group_options_count; i++)
        if (group_options[i].type != CONF_TEXT)
            *number_at(conf, &group_options[i]) = group_options[i].preset;
}

const struct conf_option *group_option_by_file_name(const char *name)
{
    for (size_t i = 0; i < group_options_count; i++)
        if (strcmp(group_options[i].file_name, name) == 0)
            return &group_options[i];
    return NULL;
}

const struct conf_option *group_option_by_wire_name(const char *name)
{
    for (size_t i = 0; i < group_options_count; i++)
        if (strcasecmp(group_options[i].wire_name, name) == 0)
            return &group_options[i];
    return NULL;
}

static bool set_number(struct group_conf *conf, const struct conf_option *option, const char *value)
{
    int64_t number;
    if (!slice_to_int64(slice_str(value), &number))
        return false;
    if (number < option->min || number > option->max)
        return false;
    *number_at(conf, option) = number;
    return true;
}

static bool set_choice(struct group_conf *conf, const struct conf_option *option, const char *value)
{
    for (int64_t i = 0; i < WORDS; i++) {
        if (strcasecmp(option->words[i], value) != 0)
            continue;
        *number_at(conf, option) = i;
        return true;
    }
    return false;
}

/* Control characters are refused: they end lines in files, logs and protocols. */
static bool set_text(struct group_conf *conf, const struct conf_option *option, const char *value)
{
    size_t len = strlen(value);
    if (len > CONF_TEXT_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
            return false;
    char *text = (char *)conf + option->offset;
    memset(text, 0, CONF_TEXT_MAX + 1);
    memcpy(text, value, len);
    return true;
}

bool group_conf_set(struct group_conf *conf, const struct conf_option *option, const char *value)
{
    switch (option->type) {
    case CONF_NUMBER:
        return set_number(conf, option, value);
    case CONF_CHOICE:
        return set_choice(conf, option, value);
    case CONF_TEXT:
        return set_text(conf, option, value);
    }
    return false;
}

void group_conf_get(const struct group_conf *conf, const struct conf_option *option,
                    char ret_text[CONF_TEXT_MAX + 1])
{
    const char *text = NULL;
    if (option->type == CONF_TEXT)
        text = text_of(conf, option);
    else if (option->type == CONF_CHOICE)
        text = option->words[number_of(conf, option) != 0];

    if (text)
        snprintf(ret_text, CONF_TEXT_MAX + 1, "%s", text);
    else
        snprintf(ret_text, CONF_TEXT_MAX + 1, "%lld", (long long)number_of(conf, option));
}

bool group_conf_option_equal(const struct group_conf *a, const struct group_conf *b,
                             const struct conf_option *option)
{
    if (option->type == CONF_TEXT)
        return strcmp(text_of(a, option), text_of(b, option)) == 0;
    return number_of(a, option) == number_of(b, option);
}

void group_conf_option_copy(struct group_conf *to, const struct group_conf *from,
                            const struct conf_option *option)
{
    size_t size = option->type == CONF_TEXT ? CONF_TEXT_MAX + 1 : sizeof(int64_t);
    memcpy((char *)to + option->offset, (const char *)from + option->offset, size);
}
