#include "store/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool file_sync_folder(void)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return ok;
}

/* All of it, whatever the system takes at a time. */
static bool write_all(int fd, struct slice content)
{
    while (content.n > 0) {
        ssize_t n = write(fd, content.p, content.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        content.p += n;
        content.n -= (size_t)n;
    }
    return true;
}

/* The steps; *ret_what is the one that failed. */
static bool replace(const char *temp, const char *name, struct slice content, const char **ret_what)
{
    int fd;
    bool ok;

    *ret_what = "create";
    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    *ret_what = "write";
    ok = write_all(fd, content) && fsync(fd) == 0;
    if (close(fd) != 0 || !ok)
        return false;
    *ret_what = "rename";
    if (rename(temp, name) != 0)
        return false;
    *ret_what = "sync the folder of";
    return file_sync_folder();
}

bool file_replace(const char *name, struct slice content, char ret_error[FILE_ERROR_TEXT_MAX])
{
    char temp[FILE_NAME_MAX + 8];
    const char *what;

    snprintf(temp, sizeof(temp), "%.*s.new", FILE_NAME_MAX, name);
    if (replace(temp, name, content, &what))
        return true;
    snprintf(ret_error, FILE_ERROR_TEXT_MAX, "cannot %s %s: %s", what, temp, strerror(errno));
    return false;
}
