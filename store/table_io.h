/*
 * The table of all commands.
 */
#ifndef STORE_TABLE_IO_H
#define STORE_TABLE_IO_H

#include "wire/command.h"

extern const struct command table_commands[];

#endif
