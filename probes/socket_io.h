/*
 * socket_io: outbound TCP sockets: set up, and what the kernel knows about them.
 */
#ifndef PROBES_SOCKET_IO_H
#define PROBES_SOCKET_IO_H

#include <stdbool.h>
#include <sys/socket.h>

#include "wire/addr.h"

#define SOCKET_USER_TIMEOUT_MS  30000 /* unacknowledged for so long, the kernel gives up */
#define SOCKET_KEEPALIVE_IDLE_S 15
#define SOCKET_KEEPALIVE_GAP_S  5
#define SOCKET_KEEPALIVE_PROBES 3

/* A non-blocking socket on its way to ADDRESS, or -1 and errno. */
int socket_connect(const struct sockaddr_storage *address);

/* Whether what was not acknowledged yet is dropped when the socket is closed, also by the death of
 * our process: so it is at first. An order that the kernel still sent again after we gave it up
 * could come when nobody expects it any more. */
void socket_abandon(int fd, bool on);

/* The error that it has met since this was last asked; 0 = none. */
int socket_error(int fd);

/* Whether it is connected to itself: a port of our own host where nobody listens can be, and would
 * be taken for a node that is up, and keep the node from binding it. */
bool socket_meets_itself(int fd);

/* The numeric host of our end and of the other one. */
bool socket_local_host(int fd, char ret_host[HOST_LEN_MAX + 1]);
bool socket_remote_host(int fd, char ret_host[HOST_LEN_MAX + 1]);

#endif
