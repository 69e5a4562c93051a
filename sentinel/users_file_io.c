#include "sentinel/users_file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/buf.h"

#define READ_BYTES 16384

static int fail(const char *what, const char *path, const char *why,
                char ret_error[USERS_ERROR_MAX])
{
    snprintf(ret_error, USERS_ERROR_MAX, "%s '%.1100s': %s", what, path, why);
    return -1;
}

int users_file_read(const char *path, struct buf *to, char ret_error[USERS_ERROR_MAX])
{
    static const char what[] = "Error loading ACLs, opening file";
    ssize_t got = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe shall hold nobody up */
    struct stat about;

    if (fd < 0)
        return fail(what, path, strerror(errno), ret_error);
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(fd);
        return fail(what, path, "is no regular file", ret_error);
    }
    while (got > 0) {
        char *room = buf_reserve(to, READ_BYTES);
        got = room ? read(fd, room, READ_BYTES) : -1;
        if (got < 0 && room && errno == EINTR)
            got = 1;
        else if (got > 0)
            buf_commit(to, (size_t)got);
    }
    int error = errno;
    close(fd);
    if (to->overflow)
        return fail(what, path, "too long", ret_error);
    return got == 0 ? 0 : fail(what, path, strerror(error), ret_error);
}

/* All of TEXT, and on the disk. */
static bool write_all(int fd, struct slice text)
{
    for (size_t at = 0; at < text.n;) {
        ssize_t put = write(fd, text.p + at, text.n - at);
        if (put < 0 && errno != EINTR)
            return false;
        at += put > 0 ? (size_t)put : 0;
    }
    return fsync(fd) == 0;
}

/* A name is durable once its folder is. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;

    snprintf(folder, sizeof(folder), "%.*s", (int)n, path);
    int fd = open(!slash ? "." : n > 0 ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

int users_file_write(const char *path, struct slice text, char ret_error[USERS_ERROR_MAX])
{
    static const char what[] = "writing the file";
    char fresh[PATH_MAX];

    if (snprintf(fresh, sizeof(fresh), "%s.new", path) >= (int)sizeof(fresh))
        return fail(what, path, "the path is too long", ret_error);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(what, path, strerror(errno), ret_error);
    bool good = write_all(fd, text);
    int error = errno;
    close(fd);
    if (good && rename(fresh, path) == 0 && sync_folder(path))
        return 0;
    error = good ? errno : error;
    unlink(fresh);
    return fail(what, path, strerror(error), ret_error);
}
