/*
 * renames: commands that a node knows by another name, as text: "CONFIG=cfg-81b INFO=nfo". Names
 * are printable, without space and '='; those of commands are compared without regard to case.
 */
#ifndef PROBES_RENAMES_H
#define PROBES_RENAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether TEXT is a list of such pairs, each command once. The empty text is. */
bool renames_valid(const char *text);

/* What the node calls COMMAND: COMMAND itself, or the name in TEXT copied into RET_NAME (cut at
 * SIZE bytes, its end included). */
const char *renames_find(const char *text, const char *command, char *ret_name, size_t size);

/* Take the first pair off TEXT; false when there is none left. Both names are cut at SIZE bytes. */
bool renames_next(const char **text, char *ret_command, char *ret_name, size_t size);

/* TEXT with that pair, instead of the one for COMMAND if there is one; NAME the same as COMMAND:
 * without it. False, and nothing written, when a name is none or it does not fit in SIZE bytes. */
bool renames_edit(const char *text, const char *command, const char *name, char *ret_text,
                  size_t size);

#endif
