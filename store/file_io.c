#include "store/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/buf.h"

#define READ_BYTES ((size_t)64 * 1024)

bool file_write_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

/* Closes without losing what went wrong before. */
static void close_quietly(int fd)
{
    int saved = errno;

    close(fd);
    errno = saved;
}

bool file_sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close_quietly(fd);
    return ok;
}

void file_path(char path[FILE_PATH_MAX], const char *folder, const char *name)
{
    snprintf(path, FILE_PATH_MAX, "%s/%s", folder, name);
}

static bool sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[FILE_PATH_MAX];

    if (slash == NULL || slash == path)
        return file_sync_folder(slash == NULL ? "." : "/");
    snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
    return file_sync_folder(folder);
}

/* The steps; *ret_what is the one that failed. */
static bool replace(const char *temp, const char *path, struct slice content, const char **ret_what)
{
    int fd;
    bool ok;

    *ret_what = "create";
    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    *ret_what = "write";
    ok = file_write_all(fd, content.p, content.n) && fsync(fd) == 0;
    if (!ok) {
        close_quietly(fd);
        return false;
    }
    if (close(fd) != 0)
        return false;
    *ret_what = "rename";
    if (rename(temp, path) != 0)
        return false;
    *ret_what = "sync the folder of";
    return sync_folder_of(path);
}

bool file_replace(const char *path, struct slice content, char ret_error[FILE_ERROR_TEXT_MAX])
{
    char temp[FILE_PATH_MAX + 8];
    const char *what;

    snprintf(temp, sizeof(temp), "%.*s.new", FILE_PATH_MAX, path);
    if (replace(temp, path, content, &what))
        return true;
    snprintf(ret_error, FILE_ERROR_TEXT_MAX, "cannot %s %.128s: %s", what, temp, strerror(errno));
    return false;
}

bool file_read_all(const char *path, size_t bytes_max, struct buf *to)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 1;

    if (fd < 0)
        return false;
    while (n > 0 && buf_used(to) <= bytes_max) {
        char *room = buf_reserve(to, READ_BYTES);

        n = room != NULL ? read(fd, room, READ_BYTES) : -1;
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            buf_commit(to, (size_t)n);
    }
    close_quietly(fd);
    if (n > 0)
        errno = EFBIG;
    return n == 0;
}

int64_t file_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}
