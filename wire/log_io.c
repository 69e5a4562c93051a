#include "wire/log_io.h"

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

void log_set_level(enum log_level level)
{
    threshold = level;
}

enum log_level log_get_level(void)
{
    return threshold;
}

const char *log_level_name(enum log_level level)
{
    return levels[level].name;
}

bool log_level_parse(const char *name, enum log_level *ret)
{
    for (int i = 0; i < LOG_LEVEL_COUNT; i++) {
        if (strcmp(name, levels[i].name) == 0) {
            *ret = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* Whether stderr goes to the journal, which has a clock of its own and wants the priority. */
static bool to_journal(void)
{
    static int known = -1;
    if (known < 0)
        known = getenv("JOURNAL_STREAM") != NULL;
    return known > 0;
}

/* Writes what stands before the message; returns its length. */
static size_t put_prefix(char *line, size_t size, enum log_level level)
{
    if (to_journal())
        return (size_t)snprintf(line, size, "<%d>", levels[level].priority);
    struct timespec now;
    struct tm utc;
    char stamp[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
    return (size_t)snprintf(line, size, "%s.%03dZ %s ", stamp, (int)(now.tv_nsec / 1000000),
                            levels[level].name);
}

/* Writes all of it, as far as it can be written: there is nobody to tell otherwise. */
static void write_all(const char *line, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, line, n);
        if (done <= 0)
            return;
        line += done;
        n -= (size_t)done;
    }
}

void log_vwrite(enum log_level level, const char *format, va_list args)
{
    char line[LOG_LINE_MAX + 2];
    if (level < threshold)
        return;
    size_t from = put_prefix(line, LOG_LINE_MAX, level);
    int n = vsnprintf(line + from, LOG_LINE_MAX - from, format, args);
    size_t end = n < 0 ? from : from + (size_t)n;
    if (end > LOG_LINE_MAX - 1)
        end = LOG_LINE_MAX - 1;
    /* A client's words may be in it: they must not forge lines or steer a terminal. */
    for (size_t i = from; i < end; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 127)
            line[i] = '?';
    }
    line[end] = '\n';
    write_all(line, end + 1);
}

void log_write(enum log_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_vwrite(level, format, args);
    va_end(args);
}
