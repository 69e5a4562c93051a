/*
 * config_value_io: one value of the configuration file after another: where it stands, of which
 * type it is, what is allowed. For sentinel/config_io only.
 *
 * All functions that return bool write the error and return false when the value is not allowed.
 */
#ifndef SENTINEL_CONFIG_VALUE_IO_H
#define SENTINEL_CONFIG_VALUE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libconfig.h>

struct addr;
struct config_text;

/* Bytes of the list of allowed values or names in an error. */
#define CONFIG_ALLOWED_MAX 512

/* One reading of the file. */
struct config_reader {
    const struct config_text *text;
    char *error; /* CONFIG_ERROR_MAX bytes */
};

/* An option or section of the file, and where its value goes. */
struct config_option {
    const char *name;
    bool (*read)(struct config_reader *rd, const config_setting_t *setting,
                 const struct config_option *option, void *into);
    size_t offset;                       /* in the struct that the section fills */
    int64_t min, max;                    /* numbers: the value; texts: max bytes */
    const struct config_option *section; /* options of a section; ends with a NULL name */
};

/* Write "file:line: option: what is wrong, what is allowed". Returns false. */
bool config_fail(struct config_reader *rd, const config_setting_t *setting, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "a string", "a list" ... */
const char *config_type_name(const config_setting_t *setting);

bool config_get_number(struct config_reader *rd, const config_setting_t *setting, int64_t min,
                       int64_t max, int64_t *ret);

/* The string; NULL with an error that says that ALLOWED is wanted. */
const char *config_get_text(struct config_reader *rd, const config_setting_t *setting,
                            const char *allowed);

/* "host:port" */
bool config_get_addr(struct config_reader *rd, const config_setting_t *setting, struct addr *ret);

/* Readers for a table of options: host and port into a struct addr, a size_t, a path of option->max
 * bytes, a bool, a group's name. */
bool config_read_host(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into);
bool config_read_port(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into);
bool config_read_size(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into);
bool config_read_path(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into);
bool config_read_bool(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into);
bool config_read_group_name(struct config_reader *rd, const config_setting_t *setting,
                            const struct config_option *option, void *into);

#endif
