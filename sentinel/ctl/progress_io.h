/*
 * progress_io: how far a long command is, on the standard error output; and whether the operator
 * wants it to end (SIGINT, SIGTERM).
 */
#ifndef SENTINEL_CTL_PROGRESS_IO_H
#define SENTINEL_CTL_PROGRESS_IO_H

#include <stdbool.h>
#include <stdint.h>

#define PROGRESS_TTY_MS  250
#define PROGRESS_FILE_MS 5000 /* when nobody looks on */

struct progress {
    bool quiet;
    const char *what;
    const char *unit;     /* what is counted: keys, unless the owner sets it */
    uint64_t bytes_total; /* 0: not known */
    int64_t started_ms;
    int64_t shown_ms;
    bool shown;
};

/* From now on the signals only set a flag. */
void progress_catch_signals(void);
bool progress_interrupted(void);

void progress_start(struct progress *p, const char *what, uint64_t bytes_total, bool quiet);

/* Prints, when it is time to. */
void progress_step(struct progress *p, uint64_t bytes, uint64_t keys);

/* Ends the line. */
void progress_end(struct progress *p);

#endif
