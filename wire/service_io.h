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

#define SERVICE_STATUS_MAX 1024
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

/* What an inherited socket is for, by its FileDescriptorName= in the socket's unit. */
enum service_use {
    SERVICE_MAIN, /* the daemon's own protocol: any name that stands for nothing else */
    SERVICE_HTTP, /* "http" */
};

/* Sockets handed over by socket activation for that use, at most SERVICE_FDS_MAX; returns how many,
 * 0 without. They stay the same however often they are asked for. */
int service_sockets(enum service_use use, int ret_fds[SERVICE_FDS_MAX]);

/* The TCP port that an inherited socket is bound to; 0: it is no such socket. */
uint16_t service_socket_port(int fd);

#endif
