/* The server's listeners. */
#include "wire/server_parts_io.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/log_io.h"
#include "wire/service_io.h"

#define ACCEPT_LOG_MS 1000 /* least time between two complaints about accept */

static void on_listener_closed(uv_handle_t *handle)
{
    struct server *s = handle->data;
    free(handle);
    server_handle_closed(s);
}

void server_unlisten(struct server *s)
{
    while (s->listeners_n > 0)
        uv_close((uv_handle_t *)s->listeners[--s->listeners_n], on_listener_closed);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct server *s = listener->data;
    if (status == 0) {
        conn_accept(s, listener);
        return;
    }
    if (uv_now(s->loop) - s->complained_ms >= ACCEPT_LOG_MS) {
        s->complained_ms = uv_now(s->loop);
        log_warning("cannot accept a connection: %s", uv_strerror(status));
    }
}

/* A listener that is not bound yet; NULL: text in ret_error. */
static uv_tcp_t *new_listener(struct server *s, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    if (s->listeners_n == SERVER_LISTENERS_MAX) {
        snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "more than %d addresses to listen on",
                 SERVER_LISTENERS_MAX);
        return NULL;
    }
    uv_tcp_t *tcp = calloc(1, sizeof(*tcp));
    if (!tcp || uv_tcp_init(s->loop, tcp) != 0) {
        snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "out of memory");
        free(tcp);
        return NULL;
    }
    tcp->data = s;
    s->handles++;
    return tcp;
}

/* The last step, bound as it is; on failure closes it. */
static int start_listener(struct server *s, uv_tcp_t *tcp, int e, const char *what, int port,
                          char ret_error[SERVER_ERROR_TEXT_MAX])
{
    if (e == 0)
        e = uv_listen((uv_stream_t *)tcp, SERVER_BACKLOG_MAX, on_connection);
    if (e == 0) {
        s->listeners[s->listeners_n++] = tcp;
        return 0;
    }
    snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "cannot listen on %s port %d: %s", what, port,
             uv_strerror(e));
    uv_close((uv_handle_t *)tcp, on_listener_closed);
    return -1;
}

/* Listens on one numeric address. */
static int listen_addr(struct server *s, const struct sockaddr *addr, const char *host,
                       uint16_t port, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    uv_tcp_t *tcp = new_listener(s, ret_error);
    if (!tcp)
        return -1;
    unsigned flags = addr->sa_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0;
    return start_listener(s, tcp, uv_tcp_bind(tcp, addr, flags), host, port, ret_error);
}

/* Listens on a numeric address of either family. 1: it is not numeric. */
static int listen_numeric(struct server *s, const char *host, uint16_t port,
                          char ret_error[SERVER_ERROR_TEXT_MAX])
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (uv_ip4_addr(host, port, &in) == 0)
        return listen_addr(s, (const struct sockaddr *)&in, host, port, ret_error);
    if (uv_ip6_addr(host, port, &in6) == 0)
        return listen_addr(s, (const struct sockaddr *)&in6, host, port, ret_error);
    return 1;
}

/* Listens on all addresses of both families; a machine without IPv6 is fine. */
static int listen_all(struct server *s, uint16_t port, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    char ignored[SERVER_ERROR_TEXT_MAX];
    if (listen_numeric(s, "0.0.0.0", port, ret_error) != 0)
        return -1;
    if (listen_numeric(s, "::", port > 0 ? port : server_port(s), ignored) != 0)
        log_info("%s", ignored);
    return 0;
}

/* Resolves a name and listens on the first address that it has. */
static int listen_name(struct server *s, const char *host, uint16_t port,
                       char ret_error[SERVER_ERROR_TEXT_MAX])
{
    uv_getaddrinfo_t request;
    char service[8];
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    snprintf(service, sizeof(service), "%u", (unsigned)port);
    int e = uv_getaddrinfo(s->loop, &request, NULL, host, service, &hints);
    if (e != 0) {
        snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "cannot listen on %s: %s", host, uv_strerror(e));
        return -1;
    }
    e = listen_addr(s, request.addrinfo->ai_addr, host, port, ret_error);
    uv_freeaddrinfo(request.addrinfo);
    return e;
}

int server_listen(struct server *s, const char *host, uint16_t port,
                  char ret_error[SERVER_ERROR_TEXT_MAX])
{
    if (host[0] == '\0' || strcmp(host, "*") == 0)
        return listen_all(s, port, ret_error);
    int e = listen_numeric(s, host, port, ret_error);
    return e <= 0 ? e : listen_name(s, host, port, ret_error);
}

int server_listen_fd(struct server *s, int fd, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    uint16_t port = service_socket_port(fd);
    if (port == 0) {
        snprintf(ret_error, SERVER_ERROR_TEXT_MAX,
                 "the inherited socket %d is not bound to a TCP port: the socket's unit needs "
                 "ListenStream= with an address and a port",
                 fd);
        return -1;
    }
    uv_tcp_t *tcp = new_listener(s, ret_error);
    if (!tcp)
        return -1;
    return start_listener(s, tcp, uv_tcp_open(tcp, fd), "an inherited socket", port, ret_error);
}

uint16_t server_port(const struct server *s)
{
    struct sockaddr_storage addr = { 0 };
    int n = (int)sizeof(addr);
    if (s->listeners_n == 0 ||
        uv_tcp_getsockname(s->listeners[0], (struct sockaddr *)&addr, &n) != 0)
        return 0;
    if (addr.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&addr)->sin6_port);
    return ntohs(((const struct sockaddr_in *)(const void *)&addr)->sin_port);
}
