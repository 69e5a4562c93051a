/*
 * options: settings as data. A table of options describes the fields of a struct
 * of settings; the file, SENTINEL SET, CONFIG SET, the state and the docs all walk
 * over it. The struct holds an int64_t for each number and choice and a
 * char[CONF_TEXT_MAX + 1] for each text.
 */
#ifndef SENTINEL_OPTIONS_H
#define SENTINEL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONF_TEXT_MAX 255 /* bytes of a text: a name, a password, a path */

enum conf_type { CONF_NUMBER, CONF_CHOICE, CONF_TEXT };

/* One option, as data: what config, SENTINEL SET, state and docs walk over. */
struct conf_option {
    const char *file_name; /* "down_after_ms" */
    const char *wire_name; /* "down-after-milliseconds" */
    enum conf_type type;
    size_t offset; /* in the struct of settings */
    int64_t preset;
    int64_t min, max;         /* numbers */
    const char *const *words; /* choices: words[0] .. words[max] */
    bool secret;              /* shown as ****** in replies, events and logs */
    const char *meaning;
};

/* A table: at most 64 options, so that a uint64_t can name some of them. */
struct conf_table {
    const struct conf_option *options;
    size_t n;
};

/* All defaults. SIZE is that of the struct: padding is zeroed as well. */
void options_init(const struct conf_table *table, void *conf, size_t size);

/* The option by its name in the file, or on the wire (any case); NULL if there is none. */
const struct conf_option *option_by_file_name(const struct conf_table *table, const char *name);
const struct conf_option *option_by_wire_name(const struct conf_table *table, const char *name);

/* Set from text. False, CONF untouched, when the value is not allowed. */
bool option_set(void *conf, const struct conf_option *option, const char *value);

/* The value as text (secrets in clear: for the state only). */
void option_get(const void *conf, const struct conf_option *option,
                char ret_text[CONF_TEXT_MAX + 1]);

bool option_equal(const void *a, const void *b, const struct conf_option *option);
void option_copy(void *to, const void *from, const struct conf_option *option);

/* The options in which A and B differ, as bits by their place in the table. */
uint64_t options_differ(const struct conf_table *table, const void *a, const void *b);

#endif
