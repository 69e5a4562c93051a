#include "sentinel/ctl/progress_io.h"
#include "wire/loop_io.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

void progress_catch_signals(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    /* A second one ends the program whatever it does. */
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool progress_interrupted(void)
{
    return interrupted != 0;
}

void progress_start(struct progress *p, const char *what, uint64_t bytes_total, bool quiet)
{
    p->quiet = quiet;
    p->what = what;
    p->unit = "keys";
    p->bytes_total = bytes_total;
    p->started_ms = p->shown_ms = loop_now_ms();
    p->shown = false;
}

void progress_step(struct progress *p, uint64_t bytes, uint64_t keys)
{
    int64_t now_ms = loop_now_ms(), spent_ms = now_ms - p->started_ms;
    bool tty = isatty(STDERR_FILENO);

    if (p->quiet || now_ms - p->shown_ms < (tty ? PROGRESS_TTY_MS : PROGRESS_FILE_MS))
        return;
    p->shown_ms = now_ms;
    p->shown = tty;
    fprintf(stderr, "%s%s: %llu %s, %.1f MiB", tty ? "\r" : "", p->what, (unsigned long long)keys,
            p->unit, (double)bytes / (1024 * 1024));
    if (p->bytes_total > 0)
        fprintf(stderr, " of %.1f (%.0f %%)", (double)p->bytes_total / (1024 * 1024),
                100.0 * (double)bytes / (double)p->bytes_total);
    fprintf(stderr, ", %.1f MiB/s%s", (double)bytes / 1048.576 / (double)(spent_ms + 1),
            tty ? "  " : "\n");
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fputc('\n', stderr);
    p->shown = false;
}
