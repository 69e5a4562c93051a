#include "notify/scripts_job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static size_t bytes_of(const struct scripts_call *call)
{
    size_t size = call->body != NULL ? strlen(call->body) + 1 : 0;

    for (size_t i = 0; i < call->argc; i++)
        size += strlen(call->argv[i]) + 1;
    return size;
}

/* Copies a text with its end; *TO goes behind it. */
static const char *keep_text(char **to, const char *text)
{
    size_t len = strlen(text) + 1;
    const char *kept = memcpy(*to, text, len);

    *to += len;
    return kept;
}

/* FNV-1a */
static uint32_t number_of(const char *name)
{
    uint32_t number = 2166136261;

    for (; *name != '\0'; name++)
        number = (number ^ (unsigned char)*name) * 16777619;
    return number;
}

struct scripts_job *scripts_job_new(const struct scripts_call *call, msec now)
{
    assert(call->argc > 0 && call->argc <= SCRIPTS_ARGS_MAX);
    struct scripts_job *job = calloc(1, sizeof *job + bytes_of(call));

    if (job == NULL)
        return NULL;
    job->tag = call->tag;
    job->group = number_of(call->group);
    job->at = now;
    job->argc = call->argc;
    char *to = job->text;

    for (size_t i = 0; i < call->argc; i++)
        job->argv[i] = keep_text(&to, call->argv[i]);
    if (call->body != NULL)
        job->body = keep_text(&to, call->body);
    return job;
}
