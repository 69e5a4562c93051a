/*
 * config_table_io: sections of the configuration file against tables: of options that only the
 * file has (struct config_option) and of settings that the wire has as well (struct conf_table).
 * For sentinel/config_*_io only. As in sentinel/config_value_io.h, false means that the error has
 * been written.
 */
#ifndef SENTINEL_CONFIG_TABLE_IO_H
#define SENTINEL_CONFIG_TABLE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <libconfig.h>

#include "sentinel/config_value_io.h"

struct conf_table;

/* A reader for a table: { name = value; ... } with the options of option->section. */
bool config_read_section(struct config_reader *rd, const config_setting_t *setting,
                         const struct config_option *option, void *into);

/* The same with options of both kinds: OPTIONS go into INTO, those of TABLE into CONF. */
bool config_read_mixed(struct config_reader *rd, const config_setting_t *setting,
                       const struct config_option *options, void *into,
                       const struct conf_table *table, void *conf);

/* Whether all of OPTIONS stand in the section; ALL names them. */
bool config_need_all(struct config_reader *rd, const config_setting_t *setting,
                     const struct config_option *options, const char *all);

/* FN reads each element of a list (or array) into an item of SIZE bytes. *ret_items is to be freed
 * whatever is returned; *ret_n items were read. */
bool config_read_list(struct config_reader *rd, const config_setting_t *setting, size_t max,
                      size_t size, void **ret_items, size_t *ret_n,
                      bool (*fn)(struct config_reader *rd, const config_setting_t *element,
                                 void *item));

#endif
