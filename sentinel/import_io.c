#include "sentinel/import_io.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/import.h"
#include "wire/buf.h"

#define READ_BYTES ((size_t)64 * 1024)

/* Where a file is named: the line that includes it; NULL: by the command line. */
struct place {
    const char *file;
    unsigned line;
};

struct reading {
    struct import *im;
    unsigned n_files;
};

static void read_named(struct reading *rd, const char *pattern, struct place from, int depth);

/* All bytes of an open file. False with errno set. */
static bool slurp(int fd, struct buf *ret_bytes)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return false;
    /* A folder, or a device that never ends. */
    errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    if (!S_ISREG(st.st_mode))
        return false;
    for (;;) {
        char *to = buf_reserve(ret_bytes, READ_BYTES);
        errno = EFBIG;
        if (!to)
            return false;
        ssize_t got = read(fd, to, READ_BYTES);
        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0)
            buf_commit(ret_bytes, (size_t)got);
    }
}

/* Read one file into RET_BYTES. False with errno set. */
static bool load(const char *path, struct buf *ret_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool done = slurp(fd, ret_bytes);
    int why = errno;
    close(fd);
    errno = why;
    return done;
}

/* Hand over line after line, and the files that they include in between. */
static void take_lines(struct reading *rd, const char *path, struct slice bytes, int depth)
{
    for (unsigned line = 1; bytes.n > 0; line++) {
        const char *nl = memchr(bytes.p, '\n', bytes.n);
        struct slice text = { bytes.p, nl ? (size_t)(nl - bytes.p) : bytes.n };
        const char *include = import_line(rd->im, path, line, text);
        if (include)
            read_named(rd, include, (struct place){ path, line }, depth + 1);
        size_t used = text.n + (nl != NULL);
        bytes.p += used;
        bytes.n -= used;
    }
}

static void read_one(struct reading *rd, const char *path, struct place from, int depth)
{
    struct buf bytes;

    if (depth > IMPORT_DEPTH_MAX || rd->n_files == IMPORT_FILES_MAX) {
        import_fail(rd->im, from.file, from.line,
                    "include: too many files, allowed are %d, included %d deep at most",
                    IMPORT_FILES_MAX, IMPORT_DEPTH_MAX);
        return;
    }
    rd->n_files++;
    buf_init(&bytes, IMPORT_BYTES_MAX + READ_BYTES);
    if (load(path, &bytes))
        take_lines(rd, path, buf_slice(&bytes), depth);
    else if (from.file)
        import_fail(rd->im, from.file, from.line, "include: %s cannot be read: %s", path,
                    strerror(errno));
    else
        import_fail(rd->im, path, 0, "cannot be read: %s", strerror(errno));
    buf_done(&bytes);
}

/* All files that match, sorted. */
static void read_matching(struct reading *rd, const char *pattern, struct place from, int depth)
{
    glob_t found;
    int result = glob(pattern, 0, NULL, &found);

    if (result == GLOB_NOMATCH)
        return;
    if (result != 0) {
        import_fail(rd->im, from.file, from.line, "include: %s cannot be looked up", pattern);
        return;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_one(rd, found.gl_pathv[i], from, depth);
    globfree(&found);
}

static void read_named(struct reading *rd, const char *pattern, struct place from, int depth)
{
    /* The name is the import's, and lives until its next line. */
    char *name = strdup(pattern);

    if (!name)
        import_fail(rd->im, from.file, from.line, "memory is out");
    else if (strpbrk(name, "*?["))
        read_matching(rd, name, from, depth);
    else
        read_one(rd, name, from, depth);
    free(name);
}

/* Write all of it, and see that it arrived. */
static bool write_all(struct slice text, FILE *out)
{
    return fwrite(text.p, 1, text.n, out) == text.n && fflush(out) == 0;
}

int import_file(const char *path, FILE *out, FILE *errors)
{
    struct reading rd = { import_new(), 0 };
    struct buf text = { 0 };
    int status = EXIT_FAILURE;

    if (!rd.im) {
        fputs("memory is out\n", errors);
        return EXIT_FAILURE;
    }
    read_one(&rd, path, (struct place){ NULL, 0 }, 0);
    if (!import_finish(rd.im, &text))
        fputs(import_errors(rd.im), errors);
    else if (!write_all(buf_slice(&text), out))
        fprintf(errors, "the result cannot be written: %s\n", strerror(errno));
    else
        status = EXIT_SUCCESS;
    buf_done(&text);
    import_free(rd.im);
    return status;
}
