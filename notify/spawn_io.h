/*
 * spawn_io: starts a program as a process of its own, in a session and process group of its own,
 * with /dev/null as stdout, our stderr, and no other descriptor of ours.
 */
#ifndef NOTIFY_SPAWN_IO_H
#define NOTIFY_SPAWN_IO_H

#include <uv.h>

struct spawn {
    const char *const *argv; /* the path and its arguments, NULL behind the last */
    const char *body;        /* its stdin; NULL: /dev/null */
    char **env;              /* NULL: ours, without what systemd left there for us */
    uv_exit_cb ended;
};

/* 0, or libuv's error. PROCESS, all 0 before, became a handle that is to be closed when its loop is
 * set, with an error, too. A path without a folder is a file of the working directory. */
int spawn_process(uv_loop_t *loop, uv_process_t *process, const struct spawn *spawn);

#endif
