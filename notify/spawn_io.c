#include "notify/spawn_io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATH_BYTES_MAX 4096
#define FIRST_FD       3 /* behind stdin, stdout, stderr */

/* What the service manager tells us alone: a script that took it for its own would speak for us. */
static bool is_ours(const char *variable)
{
    static const char *const ours[] = { "NOTIFY_SOCKET=", "WATCHDOG_PID=",   "WATCHDOG_USEC=",
                                        "LISTEN_PID=",    "LISTEN_FDNAMES=", "LISTEN_FDS=" };

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (strncmp(variable, ours[i], strlen(ours[i])) == 0)
            return true;
    }
    return false;
}

/* Our environment without that: an array to be freed, its texts borrowed. NULL: memory. */
static char **our_environment(void)
{
    size_t n = 0, kept = 0;

    while (environ[n] != NULL)
        n++;
    char **fresh = calloc(n + 1, sizeof *fresh);
    for (size_t i = 0; fresh != NULL && i < n; i++) {
        if (!is_ours(environ[i]))
            fresh[kept++] = environ[i];
    }
    return fresh;
}

/* Descriptors that a library or whoever started us left without this flag would go on to a script,
 * which could keep a port, a lock or a connection open after our end. */
static void seal_descriptors(void)
{
    if (close_range(FIRST_FD, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    /* Linux before 5.11 */
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *entry;

    if (dir == NULL) {
        uv_disable_stdio_inheritance();
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        int fd = atoi(entry->d_name);

        if (fd >= FIRST_FD)
            fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    closedir(dir);
}

/* A name without a folder is a file of the working directory; it is not looked for in PATH. */
static const char *file_of(const char *path, char ret_file[PATH_BYTES_MAX])
{
    if (strchr(path, '/') != NULL || strlen(path) + 3 > PATH_BYTES_MAX)
        return path;
    memcpy(ret_file, "./", 2);
    memcpy(ret_file + 2, path, strlen(path) + 1);
    return ret_file;
}

/* The text as a file that is read from its beginning; -1: none could be made. */
static int file_with(const char *text)
{
    int fd = memfd_create("event", MFD_CLOEXEC);
    size_t len = strlen(text);

    if (fd >= 0 && (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* 0, or libuv's error. */
static int start(uv_loop_t *loop, uv_process_t *process, const struct spawn *spawn, char **env,
                 int in)
{
    char file[PATH_BYTES_MAX];
    uv_stdio_container_t stdio[FIRST_FD] = {
        { .flags = UV_IGNORE },
        { .flags = UV_IGNORE },
        { .flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO },
    };
    uv_process_options_t options = {
        .exit_cb = spawn->ended,
        .file = file_of(spawn->argv[0], file),
        .args =
            (char **)(uintptr_t)spawn->argv, /* read only: execvp() has that type for old sources */
        .env = env,
        .flags = UV_PROCESS_DETACHED, /* a session, and so a process group, of its own */
        .stdio_count = FIRST_FD,
        .stdio = stdio,
    };

    if (in >= 0)
        stdio[0] = (uv_stdio_container_t){ .flags = UV_INHERIT_FD, .data.fd = in };
    seal_descriptors();
    return uv_spawn(loop, process, &options);
}

int spawn_process(uv_loop_t *loop, uv_process_t *process, const struct spawn *spawn)
{
    char **ours = spawn->env == NULL ? our_environment() : NULL;
    char **env = spawn->env == NULL ? ours : spawn->env;
    int in = spawn->body != NULL ? file_with(spawn->body) : -1;
    int rc = UV_ENOMEM;

    if (env != NULL && (spawn->body == NULL || in >= 0))
        rc = start(loop, process, spawn, env, in);
    if (in >= 0)
        close(in);
    free(ours);
    return rc;
}
