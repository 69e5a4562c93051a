/* picketctl restore: the file is checked as a whole before the first key is written. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sentinel/ctl/apply_io.h"
#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/load_io.h"
#include "sentinel/ctl/progress_io.h"

static void report(const struct apply *a)
{
    printf("%llu keys written", (unsigned long long)a->written);
    if (a->skipped > 0)
        printf(", %llu were there already", (unsigned long long)a->skipped);
    if (a->expired > 0)
        printf(", %llu had expired", (unsigned long long)a->expired);
    if (a->unmatched > 0)
        printf(", %llu do not match", (unsigned long long)a->unmatched);
    putchar('\n');
}

static bool restore(const struct data_options *o, int fd)
{
    struct apply *a = malloc(sizeof(*a));
    struct resume resume;
    uint64_t keys;
    bool ok;

    if (!a || !resume_open(&resume, o, fd) || !load_check(o->file, fd, o->quiet, &keys)) {
        free(a);
        return false;
    }
    if (resume.done > 0)
        printf("going on at offset %llu\n", (unsigned long long)resume.done);
    ok = apply_open(a, o) && load_run(a, o->file, fd, &resume, o->quiet, NULL);
    report(a);
    if (ok)
        resume_remove(&resume);
    else if (resume.until > 0)
        fprintf(stderr, "picketctl: not all is written; the same command goes on from here (%s)\n",
                resume.path);
    apply_close(a);
    free(a);
    return ok;
}

int ctl_restore(const struct ctl *ctl, int argc, char **argv)
{
    struct data_options o;
    bool ok;
    int fd;

    (void)ctl; /* it connects to the nodes that it is given */
    data_options_read(&o, DATA_RESTORE, argc, argv);
    progress_catch_signals();
    fd = open(o.file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "picketctl: cannot read %s: %s\n", o.file, strerror(errno));
        return 1;
    }
    ok = restore(&o, fd);
    close(fd);
    return ok ? 0 : 1;
}
