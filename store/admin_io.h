/*
 * The commands that need the process: clients, files, time.
 */
#ifndef STORE_ADMIN_IO_H
#define STORE_ADMIN_IO_H

#include "wire/command.h"

command_fn cmd_client_kill, cmd_client_list, cmd_client_info, cmd_client_pause, cmd_client_unpause;
command_fn cmd_config_rewrite, cmd_config_resetstat;
command_fn cmd_save, cmd_bgsave, cmd_lastsave, cmd_shutdown, cmd_debug;
command_fn cmd_info;

#endif
