/* The server's socket. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "notify/http_parts_io.h"
#include "wire/addr.h"

#define BACKLOG_MAX 128

/* A listening socket for one address. -1: errno says why. */
static int open_socket(const struct addrinfo *info)
{
    int on = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG_MAX) == 0)
        return fd;
    int e = errno;
    close(fd);
    errno = e;
    return -1;
}

/* "*": v6 that takes v4 as well, or v4 where there is no v6. */
int http_listen(const struct addr *listen, char ret_error[HTTP_ERROR_MAX])
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    static const char *const all[] = { "::", "0.0.0.0" };
    bool any = strcmp(listen->host, "*") == 0;
    char port[16];
    int fd = -1;

    snprintf(port, sizeof port, "%u", listen->port);
    for (int i = 0; i < (any ? 2 : 1) && fd < 0; i++) {
        struct addrinfo *info = NULL;
        int e = getaddrinfo(any ? all[i] : listen->host, port, &hints, &info);

        fd = e == 0 ? open_socket(info) : -1;
        if (fd < 0)
            snprintf(ret_error, HTTP_ERROR_MAX, "http: cannot listen on %s port %s: %s",
                     listen->host, port, e != 0 ? gai_strerror(e) : strerror(errno));
        if (info != NULL)
            freeaddrinfo(info);
    }
    return fd;
}
