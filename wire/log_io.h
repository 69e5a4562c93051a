/*
 * The daemon's log: one line to stderr for each message. Under systemd (JOURNAL_STREAM is set) with
 * the journal's `<N>` priority in front, else with a UTC time stamp in milliseconds and the level:
 *
 *     2024-05-01T12:00:00.123Z notice listening on 127.0.0.1:26379
 *
 * Only *_io.c and main.c log. A message is cut at LOG_LINE_MAX bytes; control characters become
 * '?'.
 */
#ifndef WIRE_LOG_IO_H
#define WIRE_LOG_IO_H

#include <stdbool.h>
#include <stddef.h>

#define LOG_LINE_MAX 2048

/* id, name, syslog priority */
#define LOG_LEVELS(X)                                                                              \
    X(DEBUG, "debug", 7)                                                                           \
    X(INFO, "info", 6)                                                                             \
    X(NOTICE, "notice", 5)                                                                         \
    X(WARNING, "warning", 4)                                                                       \
    X(ERROR, "error", 3)

enum log_level {
#define X(id, name, priority) LOG_LEVEL_##id,
    LOG_LEVELS(X)
#undef X
        LOG_LEVEL_COUNT
};

/* Messages below this level are dropped (default: notice). */
void log_set_level(enum log_level level);

const char *log_level_name(enum log_level level);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What stands beside the message, where the log has fields; NAME in lower case. */
struct log_field {
    const char *name;
    const char *value;
};

void log_write_fields(enum log_level level, const struct log_field *fields, size_t n,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A message on its way: TEXT is one line of at most LOG_LINE_MAX bytes, without control characters.
 */
struct log_line {
    enum log_level level;
    const char *text;
    const struct log_field *fields;
    size_t n_fields;
};

/* Who writes messages instead of stderr in the form above; NULL: nobody. False: it could not, then
 * stderr has it. */
typedef bool log_sink_fn(const struct log_line *line);
void log_set_sink(log_sink_fn *sink);

/* For a sink: LINE to stderr as it is. */
void log_put(const char *line, size_t n);

#define LOG_STAMP_MAX 32
void log_stamp(char ret_text[LOG_STAMP_MAX]); /* now: "2024-05-01T12:00:00.123Z" */
int log_priority(enum log_level level);       /* syslog's */

#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)

#endif
