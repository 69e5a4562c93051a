/*
 * config_seed_io: the `seed` section of the configuration file. For sentinel/config_io only.
 *
 *     seed = { myid = "40 hex digits"; current_epoch = "7";
 *              groups = ( { name = "orders"; config_epoch = "5"; leader_epoch = "7";
 *                           replicas = ( "10.0.0.2:6379" );
 *                           sentinels = ( { host = "10.0.0.8"; port = 26379; runid = "40 hex"; } );
 *                         } ); };
 */
#ifndef SENTINEL_CONFIG_SEED_IO_H
#define SENTINEL_CONFIG_SEED_IO_H

#include <stdbool.h>
#include <libconfig.h>

struct config;
struct config_option;
struct config_reader;

/* A reader for a table of options; INTO + offset is a struct seed *. */
bool config_read_seed(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into);

/* Once all is read: each group of the seed must be a group of the file. */
bool config_check_seed(struct config_reader *rd, const config_setting_t *root,
                       const struct config *config);

#endif
