#include "wire/service_io.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#define PINGS_PER_PERIOD 3 /* so that one or two late ones do no harm */

struct service {
    uv_timer_t watchdog;
    bool (*healthy)(void *arg);
    void *arg;
};

static void on_watchdog(uv_timer_t *timer)
{
    struct service *sv = timer->data;
    if (!sv->healthy || sv->healthy(sv->arg))
        sd_notify(0, "WATCHDOG=1");
}

struct service *service_start(uv_loop_t *loop, bool (*healthy)(void *arg), void *arg)
{
    struct service *sv = calloc(1, sizeof(*sv));
    uint64_t period_us = 0;
    if (!sv)
        return NULL;
    sv->healthy = healthy;
    sv->arg = arg;
    uv_timer_init(loop, &sv->watchdog);
    sv->watchdog.data = sv;
    uv_unref((uv_handle_t *)&sv->watchdog);
    if (sd_watchdog_enabled(0, &period_us) > 0) {
        uint64_t every_ms = period_us / 1000 / PINGS_PER_PERIOD;
        uv_timer_start(&sv->watchdog, on_watchdog, 0, every_ms > 0 ? every_ms : 1);
    }
    return sv;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void service_stop(struct service *sv)
{
    if (sv)
        uv_close((uv_handle_t *)&sv->watchdog, on_closed);
}

void service_ready(struct service *sv)
{
    (void)sv;
    sd_notify(0, "READY=1");
}

void service_status(struct service *sv, const char *format, ...)
{
    char text[SERVICE_STATUS_MAX];
    va_list args;
    (void)sv;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    sd_notifyf(0, "STATUS=%s", text);
}

void service_reloading(struct service *sv)
{
    struct timespec now;
    (void)sv;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
               (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void service_stopping(struct service *sv)
{
    (void)sv;
    sd_notify(0, "STOPPING=1");
}

/* What the unit's name for a socket stands for. */
static enum service_use use_of(const char *name)
{
    return name && strcmp(name, "http") == 0 ? SERVICE_HTTP : SERVICE_MAIN;
}

int service_sockets(enum service_use use, int ret_fds[SERVICE_FDS_MAX])
{
    char **names = NULL;
    int n = sd_listen_fds_with_names(0, &names), found = 0;
    for (int i = 0; i < n; i++) {
        if (use_of(names[i]) == use && found < SERVICE_FDS_MAX)
            ret_fds[found++] = SD_LISTEN_FDS_START + i;
        free(names[i]);
    }
    free(names);
    return found;
}

uint16_t service_socket_port(int fd)
{
    struct sockaddr_storage addr = { 0 };
    socklen_t n = sizeof(addr);
    if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, -1) <= 0 ||
        getsockname(fd, (struct sockaddr *)&addr, &n) != 0)
        return 0;
    if (addr.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&addr)->sin6_port);
    if (addr.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)&addr)->sin_port);
    return 0;
}
