#include "probes/socket_io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "probes/resolve_io.h"

/* Refinements: where one is not to be had, the core's own deadlines do. */
static void set_options(int fd)
{
    static const struct {
        int level, option, value;
    } options[] = {
        { IPPROTO_TCP, TCP_NODELAY, 1 },
        { IPPROTO_TCP, TCP_USER_TIMEOUT, SOCKET_USER_TIMEOUT_MS },
        { SOL_SOCKET, SO_KEEPALIVE, 1 },
        { IPPROTO_TCP, TCP_KEEPIDLE, SOCKET_KEEPALIVE_IDLE_S },
        { IPPROTO_TCP, TCP_KEEPINTVL, SOCKET_KEEPALIVE_GAP_S },
        { IPPROTO_TCP, TCP_KEEPCNT, SOCKET_KEEPALIVE_PROBES },
    };

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        setsockopt(fd, options[i].level, options[i].option, &options[i].value,
                   sizeof options[i].value);
    socket_abandon(fd, true);
}

void socket_abandon(int fd, bool on)
{
    struct linger linger = { .l_onoff = on, .l_linger = 0 };

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

int socket_connect(const struct sockaddr_storage *address)
{
    socklen_t size =
        address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    set_options(fd);
    if (connect(fd, (const struct sockaddr *)address, size) == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;

    close(fd);
    errno = error;
    return -1;
}

int socket_error(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* One end's address; false when there is none. Zeroed, so that two can be compared. */
static bool address_of(int fd, int (*get)(int, struct sockaddr *, socklen_t *),
                       struct sockaddr_storage *ret_address)
{
    socklen_t size = sizeof *ret_address;

    memset(ret_address, 0, sizeof *ret_address);
    return get(fd, (struct sockaddr *)ret_address, &size) == 0;
}

bool socket_meets_itself(int fd)
{
    struct sockaddr_storage here, there;

    return address_of(fd, getsockname, &here) && address_of(fd, getpeername, &there) &&
           memcmp(&here, &there, sizeof here) == 0;
}

bool socket_local_host(int fd, char ret_host[HOST_LEN_MAX + 1])
{
    struct sockaddr_storage address;

    return address_of(fd, getsockname, &address) && resolve_text(&address, ret_host);
}

bool socket_remote_host(int fd, char ret_host[HOST_LEN_MAX + 1])
{
    struct sockaddr_storage address;

    return address_of(fd, getpeername, &address) && resolve_text(&address, ret_host);
}
