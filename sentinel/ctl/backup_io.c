/* picketctl backup: under another name until it is whole and on disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/data_options_io.h"
#include "sentinel/ctl/fetch_io.h"
#include "sentinel/ctl/progress_io.h"
#include "store/file_io.h"

static bool complain(const char *what, const char *path)
{
    fprintf(stderr, "picketctl: cannot %s %s: %s\n", what, path, strerror(errno));
    return false;
}

/* The file's name until it is whole. What a killed backup left there is overwritten; one that still
 * runs is not. */
static int open_temp(const char *temp)
{
    int fd = open(temp, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0) {
        complain("create", temp);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && ftruncate(fd, 0) == 0)
        return fd;
    fprintf(stderr, "picketctl: another backup writes %s: wait for it, or give another name\n",
            temp);
    close(fd);
    return -1;
}

static bool publish(const char *temp, const char *path)
{
    char folder[FILE_PATH_MAX];
    const char *slash = strrchr(path, '/');

    if (rename(temp, path) != 0)
        return complain("rename to", path);
    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    return file_sync_folder(*folder ? folder : "/") || complain("sync the folder of", path);
}

static bool back_up(const struct data_options *o, const char *temp, int fd)
{
    struct feed feed;
    struct fetched got;
    bool ok;

    if (!feed_start(&feed, &o->from, false))
        return false;
    ok = fetch_data(&feed, fd, o->unchecked, o->quiet, &got) && publish(temp, o->file);
    if (ok && o->unchecked)
        printf("%s: %llu bytes, not checked\n", o->file, (unsigned long long)got.bytes);
    else if (ok)
        printf("%s: %llu keys, %llu bytes, checked\n", o->file, (unsigned long long)got.keys,
               (unsigned long long)got.bytes);
    feed_stop(&feed);
    return ok;
}

int ctl_backup(const struct ctl *ctl, int argc, char **argv)
{
    char temp[FILE_PATH_MAX];
    struct data_options o;
    bool ok;
    int fd;

    (void)ctl; /* it connects to the nodes that it is given */
    data_options_read(&o, DATA_BACKUP, argc, argv);
    if (snprintf(temp, sizeof(temp), "%s.part", o.file) >= (int)sizeof(temp)) {
        fprintf(stderr, "picketctl: the file's name is too long\n");
        return 2;
    }
    progress_catch_signals();
    fd = open_temp(temp);
    if (fd < 0)
        return 1;
    ok = back_up(&o, temp, fd);
    if (!ok) {
        unlink(temp);
        if (progress_interrupted())
            fprintf(stderr, "picketctl: interrupted; nothing was written\n");
    }
    close(fd);
    return ok ? 0 : 1;
}
