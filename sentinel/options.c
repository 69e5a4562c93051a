#include "sentinel/options.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wire/slice.h"

/* The number or choice of that option. */
static int64_t *number_at(void *conf, const struct conf_option *option)
{
    assert(option->type != CONF_TEXT);
    return (int64_t *)(void *)((char *)conf + option->offset);
}

static int64_t number_of(const void *conf, const struct conf_option *option)
{
    assert(option->type != CONF_TEXT);
    return *(const int64_t *)(const void *)((const char *)conf + option->offset);
}

static const char *text_of(const void *conf, const struct conf_option *option)
{
    assert(option->type == CONF_TEXT);
    return (const char *)conf + option->offset;
}

void options_init(const struct conf_table *table, void *conf, size_t size)
{
    memset(conf, 0, size);
    for (size_t i = 0; i < table->n; i++) {
        if (table->options[i].type != CONF_TEXT)
            *number_at(conf, &table->options[i]) = table->options[i].preset;
    }
}

const struct conf_option *option_by_file_name(const struct conf_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(table->options[i].file_name, name) == 0)
            return &table->options[i];
    }
    return NULL;
}

const struct conf_option *option_by_wire_name(const struct conf_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (strcasecmp(table->options[i].wire_name, name) == 0)
            return &table->options[i];
    }
    return NULL;
}

static bool set_number(void *conf, const struct conf_option *option, const char *value)
{
    int64_t number;
    if (!slice_to_int64(slice_str(value), &number))
        return false;
    if (number < option->min || number > option->max)
        return false;
    *number_at(conf, option) = number;
    return true;
}

static bool set_choice(void *conf, const struct conf_option *option, const char *value)
{
    for (int64_t i = 0; i <= option->max; i++) {
        if (strcasecmp(option->words[i], value) != 0)
            continue;
        *number_at(conf, option) = i;
        return true;
    }
    return false;
}

/* Control characters are refused: they end lines in files, logs and protocols. */
static bool set_text(void *conf, const struct conf_option *option, const char *value)
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

bool option_set(void *conf, const struct conf_option *option, const char *value)
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

void option_get(const void *conf, const struct conf_option *option,
                char ret_text[CONF_TEXT_MAX + 1])
{
    const char *text = NULL;
    if (option->type == CONF_TEXT)
        text = text_of(conf, option);
    else if (option->type == CONF_CHOICE)
        text = option->words[number_of(conf, option)];

    if (text)
        snprintf(ret_text, CONF_TEXT_MAX + 1, "%s", text);
    else
        snprintf(ret_text, CONF_TEXT_MAX + 1, "%lld", (long long)number_of(conf, option));
}

bool option_equal(const void *a, const void *b, const struct conf_option *option)
{
    if (option->type == CONF_TEXT)
        return strcmp(text_of(a, option), text_of(b, option)) == 0;
    return number_of(a, option) == number_of(b, option);
}

void option_copy(void *to, const void *from, const struct conf_option *option)
{
    size_t size = option->type == CONF_TEXT ? CONF_TEXT_MAX + 1 : sizeof(int64_t);
    memcpy((char *)to + option->offset, (const char *)from + option->offset, size);
}

uint64_t options_differ(const struct conf_table *table, const void *a, const void *b)
{
    uint64_t set = 0;

    for (size_t i = 0; i < table->n; i++) {
        if (!option_equal(a, b, &table->options[i]))
            set |= UINT64_C(1) << i;
    }
    return set;
}
