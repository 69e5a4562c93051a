/*
 * recorder_io: keeps the history (notify/history.h): gives it the events, asks the core why nothing
 * is done while a primary is down, and has what changed stored, off the loop's thread.
 */
#ifndef SENTINEL_RECORDER_IO_H
#define SENTINEL_RECORDER_IO_H

#include <uv.h>

struct core;
struct event;
struct history;
struct recorder;

/* DIR: the state's folder, in which the history is read and stored; when that cannot be, it is
 * kept in memory alone, and the log says so. CORE outlives the recorder's use. NULL: memory. */
struct recorder *recorder_new(uv_loop_t *loop, const char *dir, const struct core *core);

/* No more events come, and the core goes. What is left is stored, then it frees itself. NULL is
 * fine. */
void recorder_stop(struct recorder *recorder);

void recorder_event(struct recorder *recorder, const struct event *event);

const struct history *recorder_history(const struct recorder *recorder);

#endif
