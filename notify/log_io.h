/*
 * log_io: events as lines of the log, `+sdown master orders 10.0.0.1 6379`, each at its level:
 * WARNING and NOTICE as such, VERBOSE as info, DEBUG as debug.
 */
#ifndef NOTIFY_LOG_IO_H
#define NOTIFY_LOG_IO_H

struct event;

void log_event(const struct event *event);

#endif
