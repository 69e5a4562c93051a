#include "sentinel/apart_io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/buf.h"

#define CHUNK_BYTES 65536

struct apart {
    uv_loop_t *loop;
    uv_timer_t timer;
    uv_poll_t poll;
    pid_t pid; /* 0: none runs */
    int pipe_fd;
    bool stopped;
    bool closing; /* the poll is */
    int handles;
    struct buf bytes;
    apart_done_fn *done;
    void *arg;
};

/* --- in the copy --- */

static bool write_all(int fd, struct slice left)
{
    while (left.n > 0) {
        ssize_t n = write(fd, left.p, left.n);

        if (n < 0 && errno != EINTR)
            return false;
        left.p += n > 0 ? n : 0;
        left.n -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Nothing of the parent's can be reached, and nothing stays: no handlers, no connections, no core
 * file, no life of its own. */
static void cut_off(pid_t parent, int *out)
{
    struct rlimit no_core = { 0, 0 }, cpu = { APART_CPU_MAX_S, APART_CPU_MAX_S };
    sigset_t none;

    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_CPU, &cpu);
    *out = dup2(*out, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, UINT_MAX, 0);
}

__attribute__((noreturn)) static void live(pid_t parent, int out, apart_work_fn *work,
                                           void *work_arg)
{
    struct buf bytes;

    cut_off(parent, &out);
    buf_init(&bytes, APART_BYTES_MAX);
    work(work_arg, &bytes);
    _exit(!bytes.overflow && write_all(out, buf_slice(&bytes)) ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* --- here --- */

static void free_when_closed(uv_handle_t *handle)
{
    struct apart *apart = handle->data;

    if (--apart->handles > 0)
        return;
    buf_done(&apart->bytes);
    free(apart);
}

static void poll_closed(uv_handle_t *handle)
{
    struct apart *apart = handle->data;

    close(apart->pipe_fd);
    apart->closing = false;
    free_when_closed(handle);
}

/* The copy has ended, or is made to. Whether it ended well. */
static bool reap(struct apart *apart, bool kill_it)
{
    int status = 0;

    if (kill_it)
        kill(apart->pid, SIGKILL);
    while (waitpid(apart->pid, &status, 0) < 0 && errno == EINTR)
        ;
    apart->pid = 0;
    uv_timer_stop(&apart->timer);
    uv_poll_stop(&apart->poll);
    apart->closing = true;
    uv_close((uv_handle_t *)&apart->poll, poll_closed);
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

static void end(struct apart *apart, bool kill_it)
{
    bool ok = reap(apart, kill_it) && !kill_it;

    apart->done(apart->arg, ok, ok ? buf_slice(&apart->bytes) : slice_str(""));
}

/* It has closed its end of the pipe when it ends. */
static void on_bytes(uv_poll_t *poll, int status, int events)
{
    struct apart *apart = poll->data;
    char *room = buf_reserve(&apart->bytes, CHUNK_BYTES);
    ssize_t n = room != NULL ? read(apart->pipe_fd, room, CHUNK_BYTES) : 0;

    (void)status;
    (void)events;
    if (n > 0)
        buf_commit(&apart->bytes, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        end(apart, room == NULL || n < 0);
}

static void on_late(uv_timer_t *timer)
{
    end(timer->data, true);
}

/* With all signals held, so that none reaches the copy while it has the parent's handlers. */
static pid_t fork_quietly(void)
{
    sigset_t all, before;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid = fork();
    if (pid != 0)
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

bool apart_run(struct apart *apart, apart_work_fn *work, void *work_arg, apart_done_fn *done,
               void *arg)
{
    pid_t parent = getpid();
    int ends[2];

    if (apart->pid != 0 || apart->closing) {
        errno = EBUSY;
        return false;
    }
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    apart->pid = fork_quietly();
    if (apart->pid == 0)
        live(parent, ends[1], work, work_arg);
    close(ends[1]);
    if (apart->pid < 0) {
        apart->pid = 0;
        close(ends[0]);
        return false;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    apart->pipe_fd = ends[0];
    apart->done = done;
    apart->arg = arg;
    buf_reset(&apart->bytes);
    uv_poll_init(apart->loop, &apart->poll, ends[0]);
    apart->poll.data = apart;
    apart->handles++;
    uv_poll_start(&apart->poll, UV_READABLE | UV_DISCONNECT, on_bytes);
    uv_timer_start(&apart->timer, on_late, APART_TIME_MAX_MS, 0);
    return true;
}

struct apart *apart_new(uv_loop_t *loop)
{
    struct apart *apart = calloc(1, sizeof *apart);

    if (apart == NULL)
        return NULL;
    apart->loop = loop;
    apart->handles = 1;
    buf_init(&apart->bytes, APART_BYTES_MAX + CHUNK_BYTES);
    uv_timer_init(loop, &apart->timer);
    apart->timer.data = apart;
    return apart;
}

void apart_stop(struct apart *apart)
{
    if (apart == NULL)
        return;
    if (apart->pid != 0)
        reap(apart, true);
    uv_close((uv_handle_t *)&apart->timer, free_when_closed);
}
