/*
 * A disk for tests, loaded in front of libc (LD_PRELOAD): notes for each file how much of it was
 * synced, so that a test can play a power cut by cutting off the rest; and takes its time, when
 * told so.
 *
 *     DISK_NOTES=folder      <inode> there holds the bytes that the last sync of the file covered
 * (a number as text) DISK_SLOW=file         a sync takes as many milliseconds as the file says,
 * while it is there
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* False: the disk is broken. */
static bool be_slow(void)
{
    const char *path = getenv("DISK_SLOW");
    FILE *f = path != NULL ? fopen(path, "re") : NULL;
    long ms = 0;

    if (f == NULL)
        return true;
    if (fscanf(f, "%ld", &ms) == 1 && ms > 0)
        nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
    fclose(f);
    return ms >= 0;
}

/* The size before the sync: what is written meanwhile may not be covered. */
static void note(const struct stat *before)
{
    const char *folder = getenv("DISK_NOTES");
    char path[512], temp[520];
    FILE *f;

    if (folder == NULL || !S_ISREG(before->st_mode))
        return;
    snprintf(path, sizeof(path), "%s/%llu", folder, (unsigned long long)before->st_ino);
    snprintf(temp, sizeof(temp), "%s.%d", path, (int)gettid());
    f = fopen(temp, "we");
    if (f == NULL)
        return;
    fprintf(f, "%lld", (long long)before->st_size);
    fclose(f);
    rename(temp, path);
}

static int synced(const char *name, int fd)
{
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    struct stat before;
    int result;

    if (!be_slow()) {
        errno = EIO;
        return -1;
    }
    if (fstat(fd, &before) != 0)
        return -1;
    result = next(fd);
    if (result == 0)
        note(&before);
    return result;
}

int fsync(int fd)
{
    return synced("fsync", fd);
}

int fdatasync(int fd)
{
    return synced("fdatasync", fd);
}
