#include "tests/unit/unit.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/loop_io.h"

static uv_loop_t loop;
static uv_timer_t busy; /* stands for what a daemon runs */
static struct loop_signals *ls;
static int stops, reloads;

static void on_busy(uv_timer_t *timer)
{
    (void)timer;
}

static void stop_all(void *arg, int signum)
{
    (void)arg, (void)signum;
    stops++;
    uv_close((uv_handle_t *)&busy, NULL);
    loop_signals_stop(ls);
}

static void stop_nothing(void *arg, int signum)
{
    (void)arg, (void)signum;
    stops++;
}

static void stop_stuck(void *arg, int signum)
{
    (void)arg, (void)signum;
    for (;;)
        pause();
}

static void reload(void *arg)
{
    (void)arg;
    reloads++;
    raise(SIGTERM);
}

static void begin(void (*stop)(void *arg, int signum), msec stop_max_ms)
{
    struct loop_handlers handlers = { stop, reload, stop_max_ms };
    stops = reloads = 0;
    uv_loop_init(&loop);
    uv_timer_init(&loop, &busy);
    uv_timer_start(&busy, on_busy, 1000, 1000);
    ls = loop_signals_start(&loop, &handlers, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ls);
}

/* Exit status of a child that runs the function; -1: it was killed. */
static int status_of(void (*run)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(99);
        run();
        _exit(42);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* In a child: the alarm that guards the end must not go off in this process. */
static void run_reload_and_stop(void)
{
    begin(stop_all, 0);
    raise(SIGHUP);
    int left = loop_run(&loop);
    _exit(left == 0 && stops == 1 && reloads == 1 ? 0 : 50);
}

static void run_stop_by_request(void)
{
    begin(stop_all, 0);
    loop_signals_raise_stop(ls);
    _exit(loop_run(&loop) == 0 && stops == 1 ? 0 : 50);
}

static void run_second_signal(void)
{
    begin(stop_nothing, 60000);
    raise(SIGTERM);
    while (stops == 0)
        uv_run(&loop, UV_RUN_ONCE);
    raise(SIGINT);
    loop_run(&loop);
}

static void run_never_ending(void)
{
    begin(stop_nothing, 20);
    raise(SIGTERM);
    loop_run(&loop);
}

static void run_stuck(void)
{
    begin(stop_stuck, 20);
    raise(SIGTERM);
    loop_run(&loop);
}

static void run_left_open(void)
{
    uv_loop_init(&loop);
    uv_timer_init(&loop, &busy);
    _exit(loop_run(&loop));
}

static void test_ends(void)
{
    CU_ASSERT_EQUAL(status_of(run_reload_and_stop), 0);
    CU_ASSERT_EQUAL(status_of(run_stop_by_request), 0);
}

static void test_forced(void)
{
    CU_ASSERT_EQUAL(status_of(run_second_signal), 1);
    CU_ASSERT_EQUAL(status_of(run_never_ending), 1);
    CU_ASSERT_EQUAL(status_of(run_stuck), 1);
}

static void test_left_open(void)
{
    CU_ASSERT_EQUAL(status_of(run_left_open), 1);
}

static void test_clocks(void)
{
    msec from = loop_now_ms();
    CU_ASSERT(from > 0);
    CU_ASSERT(loop_now_ms() >= from);
    CU_ASSERT(loop_wall_ms() > INT64_C(1600000000000));
}

static void run_files_limit(void)
{
    struct rlimit limit = { 64, 256 };
    setrlimit(RLIMIT_NOFILE, &limit);
    bool ok = loop_files_limit(32) == 64;
    ok = ok && loop_files_limit(128) == 128;
    size_t most = loop_files_limit(512); /* only root gets that */
    _exit(ok && (most == 512 || most == 256) ? 0 : 50);
}

static void test_files_limit(void)
{
    CU_ASSERT_EQUAL(status_of(run_files_limit), 0);
}

static const struct unit_case cases[] = {
    { "reload and stop", test_ends },
    { "an end that does not come is forced", test_forced },
    { "handles left open are counted", test_left_open },
    { "clocks", test_clocks },
    { "limit of open files", test_files_limit },
};

int main(void)
{
    return unit_main("loop_io", cases, sizeof(cases) / sizeof(cases[0]));
}
