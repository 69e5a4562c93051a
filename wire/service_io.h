/*
 * What systemd is told, when it asked (NOTIFY_SOCKET; else all of this does nothing): READY,
 * STATUS, RELOADING, STOPPING, and the watchdog's pings. A ping is sent from a timer of the loop,
 * three times per watchdog period: a loop that is stuck in one callback sends none, and neither
 * does one whose program says that its work does not advance.
 */
#ifndef WIRE_SERVICE_IO_H
#define WIRE_SERVICE_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct service;

#define SERVICE_STATUS_MAX 256
#define SERVICE_FDS_MAX    16

/*
 * healthy (may be NULL) is asked before each ping of the watchdog: false means that the program
 * knows itself to be stuck, and no ping goes out. NULL: memory.
 */
struct service *service_start(uv_loop_t *loop, bool (*healthy)(void *arg), void *arg);

/* Stops the watchdog's timer and frees once the loop has closed it. */
void service_stop(struct service *sv);

void service_ready(struct service *sv);
void service_status(struct service *sv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void service_reloading(struct service *sv); /* followed by service_ready */
void service_stopping(struct service *sv);

/* Sockets handed over by socket activation, at most SERVICE_FDS_MAX; returns how many, 0 without.
 */
int service_sockets(int ret_fds[SERVICE_FDS_MAX]);

#endif
