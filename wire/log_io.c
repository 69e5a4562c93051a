#include "wire/log_io.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name;
    int priority;
} levels[] = {
#define X(id, name, priority) { name, priority },
    LOG_LEVELS(X)
#undef X
};

static enum log_level threshold = LOG_LEVEL_NOTICE;
static log_sink_fn *sink;

void log_set_level(enum log_level level)
{
    threshold = level;
}

const char *log_level_name(enum log_level level)
{
    return levels[level].name;
}

/* Whether stderr goes to the journal, which has a clock of its own and wants the priority. */
static bool to_journal(void)
{
    static int known = -1;
    if (known < 0)
        known = getenv("JOURNAL_STREAM") != NULL;
    return known > 0;
}

int log_priority(enum log_level level)
{
    return levels[level].priority;
}

void log_set_sink(log_sink_fn *fn)
{
    sink = fn;
}

void log_stamp(char ret_text[LOG_STAMP_MAX])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(ret_text, LOG_STAMP_MAX, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(ret_text + n, LOG_STAMP_MAX - n, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

/* Writes what stands before the message; returns its length. */
static size_t put_prefix(char *line, size_t size, enum log_level level)
{
    if (to_journal())
        return (size_t)snprintf(line, size, "<%d>", levels[level].priority);
    char stamp[LOG_STAMP_MAX];
    log_stamp(stamp);
    return (size_t)snprintf(line, size, "%s %s ", stamp, levels[level].name);
}

/* All of it, as far as it can be written: there is nobody to tell otherwise. */
void log_put(const char *line, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, line, n);
        if (done <= 0)
            return;
        line += done;
        n -= (size_t)done;
    }
}

static void write_plain(const struct log_line *out)
{
    char line[LOG_LINE_MAX + 2];
    size_t from = put_prefix(line, LOG_LINE_MAX, out->level);
    size_t n = strlen(out->text);
    if (n > LOG_LINE_MAX - 1 - from)
        n = LOG_LINE_MAX - 1 - from;
    memcpy(line + from, out->text, n);
    line[from + n] = '\n';
    log_put(line, from + n + 1);
}

static void write_out(enum log_level level, const struct log_field *fields, size_t n_fields,
                      const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void write_out(enum log_level level, const struct log_field *fields, size_t n_fields,
                      const char *format, va_list args)
{
    char text[LOG_LINE_MAX];
    const struct log_line line = { level, text, fields, n_fields };
    if (level < threshold)
        return;
    text[0] = '\0';
    vsnprintf(text, sizeof(text), format, args);
    /* A client's words may be in it: they must not forge lines or steer a terminal. */
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            *p = '?';
    if (!sink || !sink(&line))
        write_plain(&line);
}

void log_write_fields(enum log_level level, const struct log_field *fields, size_t n,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_out(level, fields, n, format, args);
    va_end(args);
}

void log_write(enum log_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_out(level, NULL, 0, format, args);
    va_end(args);
}
