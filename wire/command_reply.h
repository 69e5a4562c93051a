/*
 * The COMMAND command itself, the same for both daemons: COMMAND, COMMAND COUNT, LIST [FILTERBY
 * PATTERN p | ACLCAT c | MODULE m], INFO [name ...], DOCS [name ...], GETKEYS, GETKEYSANDFLAGS.
 * Everything comes out of the table's rows.
 */
#ifndef WIRE_COMMAND_REPLY_H
#define WIRE_COMMAND_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct command_table;
struct resp_writer;

/* One function per subcommand; argv as the request came (argv[0] "command"). */
void command_reply_all(struct resp_writer *w, const struct command_table *t);
void command_reply_count(struct resp_writer *w, const struct command_table *t);
void command_reply_list(struct resp_writer *w, const struct command_table *t, size_t argc,
                        const struct slice *argv);
void command_reply_info(struct resp_writer *w, const struct command_table *t, size_t argc,
                        const struct slice *argv);
void command_reply_docs(struct resp_writer *w, const struct command_table *t, size_t argc,
                        const struct slice *argv);
void command_reply_getkeys(struct resp_writer *w, const struct command_table *t, bool flags,
                           size_t argc, const struct slice *argv);

#endif
