#include "store/child_io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct child {
    pid_t pid;
    uv_poll_t poll;
    int pipe_fd;
    child_done_fn *done;
    void *arg;
    size_t len;
    struct message {
        int64_t cow_bytes;
        char report[CHILD_REPORT_MAX + 1];
    } message;
};

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The parent's handlers write into the parent's loop: the child must have none of them. */
static void reset_signals(const sigset_t *mask)
{
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, sig == SIGPIPE || sig == SIGXFSZ ? SIG_IGN : SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
}

/* The lowest descriptor of those to keep that is not below fd, or UINT_MAX. */
static unsigned next_kept(unsigned fd, int out, const int *fds, size_t n)
{
    unsigned next = (unsigned)out >= fd ? (unsigned)out : UINT_MAX;

    for (size_t i = 0; i < n; i++) {
        if ((unsigned)fds[i] >= fd && (unsigned)fds[i] < next)
            next = (unsigned)fds[i];
    }
    return next;
}

/* A connection that the parent closes must close, and a listener must be free for a successor. */
static void close_others(int out, const int *fds, size_t n)
{
    unsigned fd = STDERR_FILENO + 1, kept;

    for (; (kept = next_kept(fd, out, fds, n)) != UINT_MAX; fd = kept + 1) {
        if (kept > fd)
            close_range(fd, kept - 1, 0);
    }
    close_range(fd, UINT_MAX, 0);
}

/* Memory that this process shares with nobody, as far as the system tells. */
static int64_t private_bytes(void)
{
    FILE *f = fopen("/proc/self/smaps_rollup", "re");
    char line[128];
    long long kb = 0;

    while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "Private_Dirty: %lld", &kb) == 1)
            break;
    }
    if (f != NULL)
        fclose(f);
    return kb * 1024;
}

__attribute__((noreturn)) static void run_child(pid_t parent, child_work_fn *work, void *arg,
                                                int out, const int *fds, size_t fds_count,
                                                const sigset_t *mask)
{
    struct message message = { .cow_bytes = 0 };
    bool ok;

    reset_signals(mask);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    close_others(out, fds, fds_count);
    ok = work(arg, fds, fds_count, message.report);
    message.cow_bytes = private_bytes();
    if (write(out, &message, sizeof(message)) < 0)
        ok = false;
    _exit(ok ? 0 : 1);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;

    close(child->pipe_fd);
    free(child);
}

/* Takes the child's status; it has closed its end of the pipe, so it is about to end, or has. */
static bool reap(const struct child *child)
{
    int status;
    pid_t pid;

    do
        pid = waitpid(child->pid, &status, 0);
    while (pid < 0 && errno == EINTR);
    return pid == child->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void on_report(uv_poll_t *poll, int status, int events)
{
    struct child *child = poll->data;
    size_t size = sizeof(child->message);
    ssize_t n = read(child->pipe_fd, (char *)&child->message + child->len, size - child->len);
    bool ok;

    (void)status;
    (void)events;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0) {
        child->len += (size_t)n;
        if (child->len < size)
            return;
    }
    uv_poll_stop(poll);
    ok = reap(child);
    uv_close((uv_handle_t *)poll, on_poll_closed);
    child->message.report[CHILD_REPORT_MAX] = '\0';
    child->done(child->arg, ok && child->len == size, child->message.report);
}

int64_t child_cow_bytes(const struct child *child)
{
    return child->message.cow_bytes;
}

/* Forks with all signals held, so that none reaches the child while it has the parent's handlers.
 */
static pid_t fork_quietly(sigset_t *ret_mask, int64_t *ret_us)
{
    int64_t start = now_us();
    sigset_t all;
    pid_t pid;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, ret_mask);
    pid = fork();
    if (pid == 0)
        return 0;
    sigprocmask(SIG_SETMASK, ret_mask, NULL);
    *ret_us = now_us() - start;
    return pid;
}

struct child *child_start(uv_loop_t *loop, child_work_fn *work, child_done_fn *done, void *arg,
                          const int *fds, size_t fds_count, int64_t *ret_fork_us)
{
    struct child *child = calloc(1, sizeof(*child));
    pid_t parent = getpid();
    sigset_t mask;
    int ends[2];

    assert(fds_count <= CHILD_FDS_MAX);
    if (child == NULL || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        goto free_child;
    child->pid = fork_quietly(&mask, ret_fork_us);
    if (child->pid < 0)
        goto close_pipe;
    if (child->pid == 0)
        run_child(parent, work, arg, ends[1], fds, fds_count, &mask);
    close(ends[1]);
    child->pipe_fd = ends[0];
    child->done = done;
    child->arg = arg;
    child->poll.data = child;
    if (uv_poll_init(loop, &child->poll, child->pipe_fd) != 0)
        goto kill_child;
    uv_poll_start(&child->poll, UV_READABLE | UV_DISCONNECT, on_report);
    return child;

kill_child:
    kill(child->pid, SIGKILL);
    reap(child);
    close(child->pipe_fd);
    free(child);
    return NULL;
close_pipe:
    close(ends[0]);
    close(ends[1]);
free_child:
    free(child);
    return NULL;
}

void child_abandon(struct child *child)
{
    kill(child->pid, SIGKILL);
    reap(child);
    uv_poll_stop(&child->poll);
    uv_close((uv_handle_t *)&child->poll, on_poll_closed);
}

pid_t child_pid(const struct child *child)
{
    return child->pid;
}
