#include "notify/scripts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/event.h"
#include "notify/scripts_job.h"

/* With no more jobs than this the queue counts as relieved: the next loss is told again. */
#define RELIEVED (SCRIPTS_QUEUE_MAX / 2)

struct scripts {
    scripts_tell_fn *tell;
    scripts_gone_fn *gone; /* NULL: nobody wants to know */
    void *arg;
    struct scripts_policy policy;
    struct scripts_counts counts;
    struct scripts_job *jobs[SCRIPTS_QUEUE_MAX]; /* in the order of their events */
    size_t n;
    size_t n_running;
    uint64_t last_id;
    bool overflowed; /* a loss has been told, and no relief came since */
};

struct scripts *scripts_new_for(const struct scripts_policy *policy, scripts_tell_fn *tell,
                                scripts_gone_fn *gone, void *arg)
{
    struct scripts *scripts = calloc(1, sizeof *scripts);

    if (scripts == NULL)
        return NULL;
    scripts->tell = tell;
    scripts->gone = gone;
    scripts->arg = arg;
    scripts_set_policy(scripts, policy);
    return scripts;
}

void scripts_free(struct scripts *scripts)
{
    if (scripts == NULL)
        return;
    for (size_t i = 0; i < scripts->n; i++)
        free(scripts->jobs[i]);
    free(scripts);
}

void scripts_set_times(struct scripts *scripts, const struct scripts_times *times)
{
    assert(times->run_max_ms > 0 && times->run_max_ms <= SCRIPTS_TIME_LIMIT_MS);
    assert(times->retry_ms > 0 && times->retry_ms <= SCRIPTS_TIME_LIMIT_MS);
    scripts->policy.times = *times;
}

void scripts_set_policy(struct scripts *scripts, const struct scripts_policy *policy)
{
    assert(policy->attempts_max > 0);
    assert(policy->running_max > 0 && policy->running_max <= SCRIPTS_RUNNING_MAX);
    scripts->policy = *policy;
    scripts_set_times(scripts, &policy->times);
}

const struct scripts_times *scripts_times(const struct scripts *scripts)
{
    return &scripts->policy.times;
}

const struct scripts_counts *scripts_counts(const struct scripts *scripts)
{
    return &scripts->counts;
}

/* --- telling --- */

/* An event about no group: no script is called for it. */
static struct event plain_event(enum event_kind kind)
{
    return (struct event){ .kind = kind, .type = INSTANCE_NONE };
}

/* -script-error and -script-timeout: the path and two numbers. */
static void tell_trouble(struct scripts *scripts, enum event_kind kind, const char *path,
                         const char *numbers)
{
    struct event event = plain_event(kind);

    snprintf(event.detail, sizeof event.detail, "%s %s", path, numbers);
    scripts->tell(scripts->arg, &event);
}

static void tell_error(struct scripts *scripts, const struct scripts_job *job, int code, int signal)
{
    char numbers[32];

    snprintf(numbers, sizeof numbers, "%d %d", signal, code);
    tell_trouble(scripts, EVENT_SCRIPT_ERROR, job->argv[0], numbers);
}

static void tell_timeout(struct scripts *scripts, const struct scripts_job *job)
{
    char pid[32];

    snprintf(pid, sizeof pid, "%lld", (long long)job->pid);
    tell_trouble(scripts, EVENT_SCRIPT_TIMEOUT, job->argv[0], pid);
}

static void tell_child_ended(struct scripts *scripts, const struct scripts_job *job, int code,
                             int signal)
{
    struct event event = plain_event(EVENT_SCRIPT_CHILD_ENDED);

    snprintf(event.detail, sizeof event.detail, "%lld %d %d", (long long)job->pid, code, signal);
    scripts->tell(scripts->arg, &event);
}

/* A call that will not be made. Told once for a run of them: a queue is full because of a flood. */
static void tell_lost(struct scripts *scripts, const char *path, const char *why)
{
    struct event event = plain_event(EVENT_LIMIT);

    scripts->counts.dropped++;
    if (scripts->overflowed)
        return;
    scripts->overflowed = true;
    snprintf(event.detail, sizeof event.detail, "%s: a call is dropped, %s", path, why);
    scripts->tell(scripts->arg, &event);
}

/* --- the queue --- */

static size_t find_place(const struct scripts *scripts, uint64_t id)
{
    size_t i = 0;

    while (i < scripts->n && scripts->jobs[i]->id != id)
        i++;
    assert(i < scripts->n);
    return i;
}

static void remove_at(struct scripts *scripts, size_t i, const struct scripts_end *end)
{
    uint64_t tag = scripts->jobs[i]->tag;

    free(scripts->jobs[i]);
    scripts->n--;
    memmove(scripts->jobs + i, scripts->jobs + i + 1, (scripts->n - i) * sizeof scripts->jobs[0]);
    if (scripts->gone != NULL)
        scripts->gone(scripts->arg, tag, end);
}

/* The oldest that does not run makes room. There is one: fewer run than the queue holds. */
static void drop_oldest(struct scripts *scripts)
{
    size_t i = 0;

    _Static_assert(SCRIPTS_RUNNING_MAX < SCRIPTS_QUEUE_MAX, "something can always be dropped");
    while (scripts->jobs[i]->running)
        i++;
    tell_lost(scripts, scripts->jobs[i]->argv[0], "too many wait");
    remove_at(scripts, i, NULL);
}

void scripts_add(struct scripts *scripts, msec now, const struct scripts_call *call)
{
    struct scripts_job *job = scripts_job_new(call, now);

    if (job == NULL) {
        tell_lost(scripts, call->argv[0], "no memory");
        if (scripts->gone != NULL)
            scripts->gone(scripts->arg, call->tag, NULL);
        return;
    }
    if (scripts->n <= RELIEVED)
        scripts->overflowed = false;
    if (scripts->n == SCRIPTS_QUEUE_MAX)
        drop_oldest(scripts);
    job->id = ++scripts->last_id;
    scripts->jobs[scripts->n++] = job;
}

void scripts_clear(struct scripts *scripts)
{
    for (size_t i = scripts->n; i-- > 0;) {
        if (!scripts->jobs[i]->running)
            remove_at(scripts, i, NULL);
    }
}

/* --- running --- */

/* Whether an earlier call for the same group has not come to its end. */
static bool is_behind(const struct scripts *scripts, size_t i)
{
    for (size_t k = 0; scripts->policy.is_hook && k < i; k++) {
        if (scripts->jobs[k]->group == scripts->jobs[i]->group)
            return true;
    }
    return false;
}

/* When the job at place I needs something done; MSEC_NEVER: it has to end, or another one, first.
 */
static msec job_due(const struct scripts *scripts, size_t i)
{
    const struct scripts_policy *policy = &scripts->policy;
    const struct scripts_job *job = scripts->jobs[i];

    if (job->running)
        return job->killed || policy->ends_itself ? MSEC_NEVER : job->at + policy->times.run_max_ms;
    if (scripts->n_running >= policy->running_max || is_behind(scripts, i))
        return MSEC_NEVER;
    return job->at;
}

static void kill_job(struct scripts *scripts, struct scripts_job *job,
                     struct scripts_step *ret_step)
{
    assert(job->pid > 0);
    job->killed = true;
    *ret_step = (struct scripts_step){ .kill = true, .id = job->id, .pid = job->pid };
    tell_timeout(scripts, job);
}

static void start_job(struct scripts *scripts, struct scripts_job *job, msec now,
                      struct scripts_step *ret_step)
{
    job->running = true;
    job->killed = false;
    job->at = now;
    job->attempts++;
    scripts->n_running++;
    *ret_step = (struct scripts_step){ .id = job->id, .argv = job->argv, .body = job->body };
}

bool scripts_next(struct scripts *scripts, msec now, struct scripts_step *ret_step)
{
    for (size_t i = 0; i < scripts->n; i++) {
        struct scripts_job *job = scripts->jobs[i];

        if (job_due(scripts, i) > now)
            continue;
        if (job->running)
            kill_job(scripts, job, ret_step);
        else
            start_job(scripts, job, now, ret_step);
        return true;
    }
    return false;
}

void scripts_started(struct scripts *scripts, uint64_t id, int64_t pid)
{
    struct scripts_job *job = scripts->jobs[find_place(scripts, id)];
    struct event event = plain_event(EVENT_SCRIPT_CHILD);

    assert(job->running && job->pid == 0 && pid > 0);
    job->pid = pid;
    snprintf(event.detail, sizeof event.detail, "%lld", (long long)pid);
    scripts->tell(scripts->arg, &event);
}

/* 30 s, 1 min, 2 min ... */
static msec retry_delay(const struct scripts *scripts, unsigned attempts)
{
    msec delay_ms = scripts->policy.times.retry_ms;

    for (unsigned i = 1; i < attempts; i++) {
        if (scripts->policy.is_hook && delay_ms >= SCRIPTS_RETRY_MAX_MS)
            break;
        delay_ms *= 2;
    }
    return delay_ms;
}

static bool may_try_again(const struct scripts *scripts, const struct scripts_job *job, int code,
                          int signal)
{
    if (job->attempts >= scripts->policy.attempts_max || (signal == 0 && code == 0))
        return false;
    return signal != 0 || code == 1 || scripts->policy.is_hook;
}

/* It is over for good. */
static void finish(struct scripts *scripts, size_t place, const struct scripts_end *end)
{
    if (end->code == 0 && end->signal == 0)
        scripts->counts.done++;
    else
        scripts->counts.failed++;
    remove_at(scripts, place, end);
}

void scripts_ended(struct scripts *scripts, msec now, uint64_t id, int code, int signal)
{
    size_t place = find_place(scripts, id);
    struct scripts_job *job = scripts->jobs[place];
    bool again = may_try_again(scripts, job, code, signal);

    assert(job->running);
    scripts->n_running--;
    job->running = false;
    if (job->pid != 0)
        tell_child_ended(scripts, job, code, signal);
    job->pid = 0;
    if (signal == SCRIPTS_NOT_STARTED || (!again && (signal != 0 || code != 0)))
        tell_error(scripts, job, code, signal);
    if (again)
        job->at = now + retry_delay(scripts, job->attempts);
    else
        finish(scripts, place, &(struct scripts_end){ code, signal });
}

msec scripts_wake(const struct scripts *scripts)
{
    msec wake = MSEC_NEVER;

    for (size_t i = 0; i < scripts->n; i++)
        wake = msec_min(wake, job_due(scripts, i));
    return wake;
}

/* --- showing --- */

size_t scripts_count(const struct scripts *scripts)
{
    return scripts->n;
}

size_t scripts_running(const struct scripts *scripts)
{
    return scripts->n_running;
}

struct scripts_view scripts_show(const struct scripts *scripts, size_t i, msec now)
{
    assert(i < scripts->n);
    const struct scripts_job *job = scripts->jobs[i];
    msec time_ms = job->running ? now - job->at : job->at - now;

    return (struct scripts_view){ .argv = job->argv,
                                  .argc = job->argc,
                                  .running = job->running,
                                  .pid = job->pid,
                                  .time_ms = msec_max(0, time_ms),
                                  .attempts = job->attempts };
}
