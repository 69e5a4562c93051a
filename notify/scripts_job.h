/*
 * scripts_job: a call in a queue of notify/scripts, with copies of all that it needs. For
 * notify/scripts.c alone.
 */
#ifndef NOTIFY_SCRIPTS_JOB_H
#define NOTIFY_SCRIPTS_JOB_H

#include "notify/scripts.h"

/* A call of a script, until it ends in a way that needs no other. */
struct scripts_job {
    uint64_t id;
    uint64_t tag;
    uint32_t group; /* a number made from its name: those that share one wait for one another */
    bool running;
    bool killed; /* its time is over, and that has been told */
    int64_t pid;
    unsigned attempts;
    msec at; /* running: since when; else: not before */
    size_t argc;
    const char *argv[SCRIPTS_ARGS_MAX + 1];
    const char *body; /* NULL: none */
    char text[];      /* what argv and body point to */
};

/* A job with a copy of CALL, ready at once; free() it. NULL: memory. */
struct scripts_job *scripts_job_new(const struct scripts_call *call, msec now);

#endif
