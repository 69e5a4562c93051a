/*
 * log_io: events as lines of the log, `+sdown master orders 10.0.0.1 6379`, each at its level:
 * WARNING and NOTICE as such, VERBOSE as info, DEBUG as debug.
 */
#ifndef NOTIFY_LOG_IO_H
#define NOTIFY_LOG_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/log_io.h"

struct event;

/* How lines of the log look; under systemd all go to the journal, with fields. */
#define LOG_FORMATS(X)                                                                             \
    X(TEXT, "text")     /* as in wire/log_io.h */                                                  \
    X(LOGFMT, "logfmt") /* time=... level=warning msg="..." event=+sdown group=orders ... */       \
    X(JSON, "json")     /* {"time":"...","level":"warning","msg":"...","event":"+sdown",...} */

enum log_format {
#define X(id, name) LOG_FORMAT_##id,
    LOG_FORMATS(X)
#undef X
        LOG_FORMAT_COUNT
};

/* False: there is no such word. */
bool log_format_parse(const char *name, enum log_format *ret_format);

/* From now on. Fields in the journal are PICKET_<NAME>, besides MESSAGE, PRIORITY,
 * SYSLOG_IDENTIFIER and, of events, MESSAGE_ID: the first 32 digits of the SHA-256 of
 * "picket <event's name>", the same for ever. */
void log_use(enum log_format format);

/* Names of an event's fields: event, seq, group, node, primary, peer, epoch, each where it has it.
 */
void log_event(const struct event *event);

/* What the journal gets for a line: "NAME=value" one behind the other, each with its end; returns
 * how many. */
struct buf;
size_t log_journal_entries(const struct log_line *line, struct buf *buf);

/* The level of the log for Sentinel's word of that place in debug, verbose, notice, warning,
 * nothing. */
enum log_level log_level_of(int64_t word);

#endif
