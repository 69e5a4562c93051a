/*
 * config_hooks_io: `hooks` of the configuration file, of the whole and of groups. For
 * sentinel/config_*_io only.
 */
#ifndef SENTINEL_CONFIG_HOOKS_IO_H
#define SENTINEL_CONFIG_HOOKS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <libconfig.h>

struct config_option;
struct config_reader;
struct hook_list;

/* A reader for a table of options: into a struct hook_list. */
bool config_read_hooks(struct config_reader *rd, const config_setting_t *setting,
                       const struct config_option *option, void *into);

/* Move what stands in the list of a group behind that of the whole; SETTING: where the group's
 * stands, for errors. */
bool config_join_hooks(struct config_reader *rd, const config_setting_t *setting,
                       struct hook_list *whole, struct hook_list *of_group, const char *group);

#endif
