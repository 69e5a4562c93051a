#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wire/loop_io.h"
#include "wire/service_io.h"

#define AWAIT_MAX_MS 5000

/* The test is systemd: a datagram socket that NOTIFY_SOCKET names. */
static int manager = -1;
static uv_loop_t loop;
static uv_timer_t busy; /* stands for what a daemon runs: the service alone keeps no loop alive */
static struct service *sv;
static char text[1024];
static bool is_healthy;
static int asked;

static bool healthy(void *arg)
{
    (void)arg;
    asked++;
    return is_healthy;
}

static void on_busy(uv_timer_t *timer)
{
    (void)timer;
}

static void begin(const char *watchdog_us)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    snprintf(at.sun_path, sizeof(at.sun_path), "@picket-unit-%d", (int)getpid());
    setenv("NOTIFY_SOCKET", at.sun_path, 1);
    watchdog_us ? setenv("WATCHDOG_USEC", watchdog_us, 1) : unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(at.sun_path));
    at.sun_path[0] = '\0'; /* an abstract name: no file to remove */
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    CU_ASSERT_EQUAL_FATAL(bind(manager, (struct sockaddr *)&at, n), 0);
    uv_loop_init(&loop);
    uv_timer_init(&loop, &busy);
    uv_timer_start(&busy, on_busy, 1000, 1000);
    is_healthy = true;
    asked = 0;
    sv = service_start(&loop, healthy, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sv);
}

static void end(void)
{
    uv_close((uv_handle_t *)&busy, NULL);
    service_stop(sv);
    CU_ASSERT_EQUAL(loop_run(&loop), 0);
    close(manager);
}

/* The next message to systemd; "": there is none. */
static const char *told(void)
{
    ssize_t n = recv(manager, text, sizeof(text) - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void test_states(void)
{
    begin(NULL);
    service_ready(sv);
    CU_ASSERT_STRING_EQUAL(told(), "READY=1");
    service_status(sv, "%d groups", 3);
    CU_ASSERT_STRING_EQUAL(told(), "STATUS=3 groups");
    service_reloading(sv);
    CU_ASSERT(strncmp(told(), "RELOADING=1\nMONOTONIC_USEC=", 27) == 0);
    service_stopping(sv);
    CU_ASSERT_STRING_EQUAL(told(), "STOPPING=1");
    CU_ASSERT_STRING_EQUAL(told(), "");
    end();
}

/* Turns the loop until it has asked so many times more whether all is well. */
static void turn_until_asked(int times)
{
    msec until_ms = loop_now_ms() + AWAIT_MAX_MS;
    int from = asked;
    while (asked < from + times && loop_now_ms() < until_ms)
        uv_run(&loop, UV_RUN_NOWAIT);
    CU_ASSERT(asked >= from + times);
}

static void test_watchdog(void)
{
    begin("30000");
    turn_until_asked(3);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_STRING_EQUAL(told(), "WATCHDOG=1");
    is_healthy = false;
    turn_until_asked(3);
    CU_ASSERT_STRING_EQUAL(told(), "");
    end();
}

static void test_nobody(void)
{
    begin(NULL);
    unsetenv("NOTIFY_SOCKET");
    service_ready(sv);
    uv_run(&loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(asked, 0);
    CU_ASSERT_STRING_EQUAL(told(), "");
    int fds[SERVICE_FDS_MAX];
    CU_ASSERT_EQUAL(service_sockets(SERVICE_MAIN, fds), 0);
    end();
}

static const struct unit_case cases[] = {
    { "states", test_states },
    { "watchdog pings, only while all is well", test_watchdog },
    { "without systemd nothing happens", test_nobody },
};

int main(void)
{
    return unit_main("service_io", cases, sizeof(cases) / sizeof(cases[0]));
}
