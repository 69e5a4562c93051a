/*
 * Hooks as real processes: small shell scripts in a folder of their own.
 */
#include "notify/script_io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/event.h"
#include "tests/unit/unit.h"
#include "wire/loop_io.h"

#define LIMIT_MS  10000
#define LOOK_MS   5
#define TEXT_MAX  16384
#define STRAY_FD  77 /* what somebody left open for us */
#define SCRIPTS_N (SCRIPTS_RUNNING_MAX + 4)

static struct {
    char dir[64];
    char old_dir[1024];
    uv_loop_t loop;
    uv_timer_t look;
    struct script_io *io;
    char told[TEXT_MAX]; /* "<name> <payload>\n" ... */
} world;

/* --- files of the test --- */

static const char *path_of(const char *name)
{
    static char paths[4][256];
    static int turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", world.dir, name);
    return path;
}

/* A script which finds its folder as $dir. */
static void write_script(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fprintf(file, "#!/bin/sh\ndir=%s\n%s\n", world.dir, text);
    fclose(file);
    CU_ASSERT_EQUAL(chmod(path_of(name), 0755), 0);
}

/* The content of a file; "" when it is not there. Valid until the next call. */
static const char *content(const char *name)
{
    static char text[TEXT_MAX];
    FILE *file = fopen(path_of(name), "r");

    text[0] = '\0';
    if (file != NULL) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    return text;
}

static bool is_there(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

/* --- the world --- */

static void tell(void *arg, const struct event *event)
{
    size_t len = strlen(world.told);
    char payload[EVENT_PAYLOAD_MAX];

    CU_ASSERT_PTR_EQUAL(arg, &world);
    event_format(event, payload);
    snprintf(world.told + len, sizeof world.told - len, "%s %s\n", event_name(event->kind),
             payload);
}

static bool was_told(const char *text)
{
    return strstr(world.told, text) != NULL;
}

static void on_look(uv_timer_t *timer)
{
    (void)timer;
}

static void begin(void)
{
    memset(&world, 0, sizeof world);
    snprintf(world.dir, sizeof world.dir, "/tmp/picket-scripts-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(world.dir));
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(world.old_dir, sizeof world.old_dir));
    uv_loop_init(&world.loop);
    uv_timer_init(&world.loop, &world.look);
    uv_timer_start(&world.look, on_look, LOOK_MS, LOOK_MS);
    world.io = script_io_new(&world.loop, tell, &world);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world.io);
}

static void remove_folder(void)
{
    char command[128];

    CU_ASSERT_EQUAL(chdir(world.old_dir), 0);
    snprintf(command, sizeof command, "rm -r %s", world.dir);
    CU_ASSERT_EQUAL(system(command), 0);
}

static void end_loop(void)
{
    script_io_stop(world.io);
    uv_close((uv_handle_t *)&world.look, NULL);
    CU_ASSERT_EQUAL(loop_run(&world.loop), 0);
}

static void end(void)
{
    end_loop();
    remove_folder();
}

static void set_times(msec run_max_ms, msec retry_ms)
{
    script_io_set_times(world.io, &(struct scripts_times){ run_max_ms, retry_ms });
}

/* An event of which PATH is to be told. */
static void call(const char *path)
{
    struct event event = { .kind = EVENT_SDOWN, .type = INSTANCE_MASTER, .group = "orders" };
    struct scripts_paths paths = { path, NULL };

    addr_set(&event.addr, "10.0.0.1", 6379);
    script_io_event(world.io, &event, &paths);
}

static size_t count(void)
{
    return scripts_count(script_io_scripts(world.io));
}

static size_t running(void)
{
    return scripts_running(script_io_scripts(world.io));
}

/* Run the loop until COUNT jobs are left. */
static void await_count(size_t wanted)
{
    msec limit = loop_now_ms() + LIMIT_MS;

    while (count() != wanted && loop_now_ms() < limit)
        uv_run(&world.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL_FATAL(count(), wanted);
}

static void await_file(const char *name)
{
    msec limit = loop_now_ms() + LIMIT_MS;

    while (!is_there(name) && loop_now_ms() < limit)
        uv_run(&world.loop, UV_RUN_ONCE);
    CU_ASSERT_FATAL(is_there(name));
}

/* A script that was run to its end. */
static void run_script(const char *text)
{
    write_script("hook", text);
    call(path_of("hook"));
    await_count(0);
}

/* --- the tests --- */

static void test_arguments(void)
{
    begin();
    write_script("hook", "printf '[%s]' \"$0\" \"$@\" >$dir/out");
    call(path_of("hook"));
    CU_ASSERT_EQUAL(running(), 0); /* never from within */
    await_count(0);
    char wanted[256];
    snprintf(wanted, sizeof wanted, "[%s][+sdown][master orders 10.0.0.1 6379]", path_of("hook"));
    CU_ASSERT_STRING_EQUAL(content("out"), wanted);
    CU_ASSERT(was_told("+script-child "));
    CU_ASSERT(was_told("-script-child "));
    CU_ASSERT_FALSE(was_told("-script-error"));
    end();
}

/* Not even those that were opened without O_CLOEXEC. */
static void test_descriptors(void)
{
    begin();
    int fd = open("/dev/zero", O_RDONLY);
    CU_ASSERT_EQUAL_FATAL(dup2(fd, STRAY_FD), STRAY_FD);
    run_script("ls /proc/self/fd >$dir/out");
    CU_ASSERT_STRING_EQUAL(content("out"), "0\n1\n2\n3\n"); /* 3 is ls's own: the folder it reads */
    close(STRAY_FD);
    close(fd);

    char wanted[300] = "/dev/null\n/dev/null\n";
    size_t len = strlen(wanted);
    CU_ASSERT(readlink("/proc/self/fd/2", wanted + len, sizeof wanted - len - 2) > 0);
    strcat(wanted, "\n");
    run_script("(for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done) >$dir/out");
    CU_ASSERT_STRING_EQUAL(content("out"), wanted);
    end();
}

static void test_environment(void)
{
    begin();
    setenv("PICKET_TEST_VARIABLE", "it is here", 1);
    setenv("NOTIFY_SOCKET", "/run/none", 1);
    setenv("LISTEN_FDS", "1", 1);
    signal(SIGPIPE, SIG_IGN);
    run_script("env >$dir/out; sed -n 's/^SigIgn:[^0-9a-f]*//p' /proc/self/status >$dir/ignored");
    signal(SIGPIPE, SIG_DFL);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("LISTEN_FDS");
    unsetenv("PICKET_TEST_VARIABLE");
    CU_ASSERT_PTR_NOT_NULL(strstr(content("out"), "PICKET_TEST_VARIABLE=it is here\n"));
    CU_ASSERT_PTR_NULL(strstr(content("out"), "NOTIFY_SOCKET"));
    CU_ASSERT_PTR_NULL(strstr(content("out"), "LISTEN_FDS"));
    CU_ASSERT_FALSE(strtoull(content("ignored"), NULL, 16) >> (SIGPIPE - 1) & 1);
    end();
}

/* 1 and a death by signal are tried again, everything else not. */
static void test_exit_codes(void)
{
    char wanted[256];

    begin();
    set_times(LIMIT_MS, 10);
    run_script("echo x >>$dir/lines; exit 3");
    snprintf(wanted, sizeof wanted, "-script-error %s 0 3\n", path_of("hook"));
    CU_ASSERT(was_told(wanted));
    CU_ASSERT_STRING_EQUAL(content("lines"), "x\n");

    unlink(path_of("lines"));
    world.told[0] = '\0';
    run_script("echo x >>$dir/lines\n"
               "case $(wc -l <$dir/lines) in 1) exit 1;; 2) kill -SEGV $$;; esac");
    CU_ASSERT_STRING_EQUAL(content("lines"), "x\nx\nx\n");
    CU_ASSERT(was_told(" 1 0\n"));
    CU_ASSERT(was_told(" 0 11\n"));
    CU_ASSERT(was_told(" 0 0\n"));
    CU_ASSERT_FALSE(was_told("-script-error"));
    end();
}

/* A path that cannot be executed counts as exit status 2. */
static void test_not_executable(void)
{
    char wanted[256];

    begin();
    call("/no/such/hook");
    write_script("plain", "");
    CU_ASSERT_EQUAL(chmod(path_of("plain"), 0644), 0);
    call(path_of("plain"));
    call(world.dir);
    await_count(0);
    CU_ASSERT(was_told("-script-error /no/such/hook 0 2\n"));
    snprintf(wanted, sizeof wanted, "-script-error %s 0 2\n", path_of("plain"));
    CU_ASSERT(was_told(wanted));
    snprintf(wanted, sizeof wanted, "-script-error %s 0 2\n", world.dir);
    CU_ASSERT(was_told(wanted));
    CU_ASSERT_FALSE(was_told("script-child"));

    CU_ASSERT_STRING_EQUAL(script_io_fault("/no/such/hook"), strerror(ENOENT));
    CU_ASSERT_STRING_EQUAL(script_io_fault(path_of("plain")), strerror(EACCES));
    CU_ASSERT_STRING_EQUAL(script_io_fault(world.dir), "it is no file");
    CU_ASSERT_PTR_NULL(script_io_fault("/bin/sh"));
    end();
}

/* No process can be made: no descriptors are left for the pipe that spawning needs. */
static void test_no_process(void)
{
    struct rlimit old, none = { 0, 0 };

    begin();
    set_times(LIMIT_MS, 10);
    write_script("hook", "touch $dir/out");
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &old), 0);
    none.rlim_max = old.rlim_max;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &none), 0);
    call(path_of("hook"));
    while (!was_told("-script-error") && count() > 0)
        uv_run(&world.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &old), 0);
    CU_ASSERT(was_told("/hook 99 0\n"));
    await_count(0);
    CU_ASSERT(is_there("out"));
    end();
}

/* Whether that process has ended; one that nobody has waited for yet has. */
static bool is_gone(const char *pid)
{
    char path[64], stat[256] = "";

    snprintf(path, sizeof path, "/proc/%ld/stat", atol(pid));
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return true;
    stat[fread(stat, 1, sizeof stat - 1, file)] = '\0';
    fclose(file);
    const char *end_of_name = strrchr(stat, ')');
    return end_of_name == NULL || end_of_name[2] == 'Z' || end_of_name[2] == 'X';
}

/* It and what it started, however deaf, are gone. */
static void test_hung(void)
{
    char grandchild[64];

    begin();
    set_times(LIMIT_MS, 50000);
    write_script("hook", "trap '' TERM HUP INT\n"
                         "sleep 1000 &\n"
                         "echo $! >$dir/new; mv $dir/new $dir/pid\n"
                         "while :; do sleep 1000; done");
    call(path_of("hook"));
    await_file("pid");
    snprintf(grandchild, sizeof grandchild, "%s", content("pid"));
    CU_ASSERT_FALSE(is_gone(grandchild));
    CU_ASSERT_EQUAL(running(), 1);

    set_times(1, 50000);
    msec limit = loop_now_ms() + LIMIT_MS;
    while ((running() > 0 || !is_gone(grandchild)) && loop_now_ms() < limit)
        uv_run(&world.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(running(), 0);
    CU_ASSERT(is_gone(grandchild));
    CU_ASSERT(was_told("-script-timeout "));
    CU_ASSERT(was_told(" 0 9\n"));
    CU_ASSERT_EQUAL(count(), 1); /* it is to be tried again */
    end();
}

static void test_many(void)
{
    begin();
    write_script("hook", "echo x >>$dir/begun; while [ ! -e $dir/go ]; do sleep 0.01; done");
    for (int i = 0; i < SCRIPTS_N; i++)
        call(path_of("hook"));
    msec limit = loop_now_ms() + LIMIT_MS;
    while (strlen(content("begun")) < 2 * SCRIPTS_RUNNING_MAX && loop_now_ms() < limit)
        uv_run(&world.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(running(), SCRIPTS_RUNNING_MAX);
    CU_ASSERT_EQUAL(count(), SCRIPTS_N);
    CU_ASSERT_EQUAL(close(creat(path_of("go"), 0600)), 0);
    await_count(0);
    CU_ASSERT_EQUAL(strlen(content("begun")), 2 * SCRIPTS_N);
    end();
}

/* A name alone is a file of the working directory, whatever PATH says. */
static void test_relative(void)
{
    begin();
    CU_ASSERT_EQUAL(chdir(world.dir), 0);
    write_script("ls", "printf '%s' \"$0\" >$dir/out");
    call("ls");
    await_count(0);
    CU_ASSERT_STRING_EQUAL(content("out"), "./ls");
    end();
}

/* What runs when we stop goes on by itself; what waits is forgotten. */
static void test_stop(void)
{
    begin();
    write_script("hook", "touch $dir/begun; while [ ! -e $dir/go ]; do sleep 0.01; done\n"
                         "mkdir $dir/done");
    call(path_of("hook"));
    await_file("begun");
    write_script("late", "touch $dir/too-late");
    call(path_of("late"));
    world.told[0] = '\0';
    end_loop();
    CU_ASSERT_STRING_EQUAL(world.told, "");
    CU_ASSERT_FALSE(is_there("too-late"));
    CU_ASSERT_FALSE(is_there("done"));
    CU_ASSERT_EQUAL(close(creat(path_of("go"), 0600)), 0);
    for (int i = 0; i < LIMIT_MS / LOOK_MS && !is_there("done"); i++)
        usleep(LOOK_MS * 1000);
    CU_ASSERT(is_there("done"));
    remove_folder();
    script_io_stop(NULL);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "arguments", test_arguments },
        { "descriptors", test_descriptors },
        { "environment, signals", test_environment },
        { "exit codes", test_exit_codes },
        { "what cannot be executed", test_not_executable },
        { "no process", test_no_process },
        { "a hung script", test_hung },
        { "many at a time", test_many },
        { "a name without a folder", test_relative },
        { "stopping", test_stop },
    };

    return unit_main("script_io", cases, sizeof cases / sizeof *cases);
}
