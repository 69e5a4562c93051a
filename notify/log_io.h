/*
 * log_io: events as lines of the log, `+sdown master orders 10.0.0.1 6379`, each at its level:
 * WARNING and NOTICE as such, VERBOSE as info, DEBUG as debug.
 */
#ifndef NOTIFY_LOG_IO_H
#define NOTIFY_LOG_IO_H

#include <stdint.h>

#include "wire/log_io.h"

struct event;

void log_event(const struct event *event);

/* The level of the log for Sentinel's word of that place in debug, verbose, notice, warning,
 * nothing. */
enum log_level log_level_of(int64_t word);

#endif
