#include "notify/scripts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/event.h"

#define PORT_TEXT_MAX 6

/* With no more jobs than this the queue counts as relieved: the next loss is told again. */
#define RELIEVED (SCRIPTS_QUEUE_MAX / 2)

/* A call of a script, until it ends in a way that needs no other. */
struct job {
    uint64_t id;
    bool running;
    bool killed; /* its time is over, and that has been told */
    int64_t pid;
    unsigned attempts;
    msec at; /* running: since when; else: not before */
    size_t argc;
    const char *argv[SCRIPTS_ARGS_MAX + 1];
    char text[]; /* what argv points to */
};

struct scripts {
    scripts_tell_fn *tell;
    void *arg;
    struct scripts_times times;
    struct job *jobs[SCRIPTS_QUEUE_MAX]; /* in the order of their events */
    size_t n;
    size_t n_running;
    uint64_t last_id;
    bool overflowed; /* a loss has been told, and no relief came since */
};

struct scripts *scripts_new(scripts_tell_fn *tell, void *arg)
{
    struct scripts *scripts = calloc(1, sizeof *scripts);

    if (scripts == NULL)
        return NULL;
    scripts->tell = tell;
    scripts->arg = arg;
    scripts->times = (struct scripts_times){ SCRIPTS_RUN_MAX_MS, SCRIPTS_RETRY_MS };
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
    scripts->times = *times;
}

const struct scripts_times *scripts_times(const struct scripts *scripts)
{
    return &scripts->times;
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

static void tell_error(struct scripts *scripts, const struct job *job, int code, int signal)
{
    char numbers[32];

    snprintf(numbers, sizeof numbers, "%d %d", signal, code);
    tell_trouble(scripts, EVENT_SCRIPT_ERROR, job->argv[0], numbers);
}

static void tell_timeout(struct scripts *scripts, const struct job *job)
{
    char pid[32];

    snprintf(pid, sizeof pid, "%lld", (long long)job->pid);
    tell_trouble(scripts, EVENT_SCRIPT_TIMEOUT, job->argv[0], pid);
}

static void tell_child_ended(struct scripts *scripts, const struct job *job, int code, int signal)
{
    struct event event = plain_event(EVENT_SCRIPT_CHILD_ENDED);

    snprintf(event.detail, sizeof event.detail, "%lld %d %d", (long long)job->pid, code, signal);
    scripts->tell(scripts->arg, &event);
}

/* A call that will not be made. Told once for a run of them: a queue is full because of a flood. */
static void tell_lost(struct scripts *scripts, const char *path, const char *why)
{
    struct event event = plain_event(EVENT_LIMIT);

    if (scripts->overflowed)
        return;
    scripts->overflowed = true;
    snprintf(event.detail, sizeof event.detail, "%s: a call is dropped, %s", path, why);
    scripts->tell(scripts->arg, &event);
}

/* --- the queue --- */

/* A job with a copy of ARGV, ready at once; NULL: memory. */
static struct job *job_new(size_t argc, const char *const *argv, msec now)
{
    size_t size = 0;

    assert(argc > 0 && argc <= SCRIPTS_ARGS_MAX);
    for (size_t i = 0; i < argc; i++)
        size += strlen(argv[i]) + 1;

    struct job *job = calloc(1, sizeof *job + size);
    if (job == NULL)
        return NULL;
    job->at = now;
    job->argc = argc;
    char *to = job->text;
    for (size_t i = 0; i < argc; i++) {
        size_t len = strlen(argv[i]) + 1;

        job->argv[i] = memcpy(to, argv[i], len);
        to += len;
    }
    return job;
}

static size_t find_place(const struct scripts *scripts, uint64_t id)
{
    size_t i = 0;

    while (i < scripts->n && scripts->jobs[i]->id != id)
        i++;
    assert(i < scripts->n);
    return i;
}

static void remove_at(struct scripts *scripts, size_t i)
{
    free(scripts->jobs[i]);
    scripts->n--;
    memmove(scripts->jobs + i, scripts->jobs + i + 1, (scripts->n - i) * sizeof scripts->jobs[0]);
}

/* The oldest that does not run makes room. There is one: fewer run than the queue holds. */
static void drop_oldest(struct scripts *scripts)
{
    size_t i = 0;

    _Static_assert(SCRIPTS_RUNNING_MAX < SCRIPTS_QUEUE_MAX, "something can always be dropped");
    while (scripts->jobs[i]->running)
        i++;
    tell_lost(scripts, scripts->jobs[i]->argv[0], "too many wait");
    remove_at(scripts, i);
}

static void add(struct scripts *scripts, msec now, size_t argc, const char *const *argv)
{
    struct job *job = job_new(argc, argv, now);

    if (job == NULL) {
        tell_lost(scripts, argv[0], "no memory");
        return;
    }
    if (scripts->n <= RELIEVED)
        scripts->overflowed = false;
    if (scripts->n == SCRIPTS_QUEUE_MAX)
        drop_oldest(scripts);
    job->id = ++scripts->last_id;
    scripts->jobs[scripts->n++] = job;
}

static void add_notification(struct scripts *scripts, msec now, const struct event *event,
                             const char *path)
{
    char payload[EVENT_PAYLOAD_MAX];

    event_format(event, payload);
    add(scripts, now, 3, (const char *const[]){ path, event_name(event->kind), payload });
}

static void add_client_reconfig(struct scripts *scripts, msec now, const struct event *event,
                                const char *path)
{
    const char *role = event->count == EVENT_SWITCH_LED ? "leader" : "observer";
    char from_port[PORT_TEXT_MAX], to_port[PORT_TEXT_MAX];

    snprintf(from_port, sizeof from_port, "%u", event->primary.port);
    snprintf(to_port, sizeof to_port, "%u", event->addr.port);
    add(scripts, now, 8,
        (const char *const[]){ path, event->group, role, "start", event->primary.host, from_port,
                               event->addr.host, to_port });
}

static bool is_set(const char *path)
{
    return path != NULL && path[0] != '\0';
}

/* What moves clients comes before what informs people. */
void scripts_event(struct scripts *scripts, msec now, const struct event *event,
                   const struct scripts_paths *paths)
{
    if (event->group[0] == '\0' || event_level(event->kind) != EVENT_WARNING)
        return;
    if (event->kind == EVENT_SWITCH_MASTER && is_set(paths->client_reconfig))
        add_client_reconfig(scripts, now, event, paths->client_reconfig);
    if (is_set(paths->notification))
        add_notification(scripts, now, event, paths->notification);
}

/* --- running --- */

/* When the job needs something done; MSEC_NEVER: it has to end, or another one, first. */
static msec job_due(const struct scripts *scripts, const struct job *job)
{
    if (!job->running)
        return scripts->n_running < SCRIPTS_RUNNING_MAX ? job->at : MSEC_NEVER;
    return job->killed ? MSEC_NEVER : job->at + scripts->times.run_max_ms;
}

static void kill_job(struct scripts *scripts, struct job *job, struct scripts_step *ret_step)
{
    assert(job->pid > 0);
    job->killed = true;
    *ret_step = (struct scripts_step){ .kill = true, .id = job->id, .pid = job->pid };
    tell_timeout(scripts, job);
}

static void start_job(struct scripts *scripts, struct job *job, msec now,
                      struct scripts_step *ret_step)
{
    job->running = true;
    job->killed = false;
    job->at = now;
    job->attempts++;
    scripts->n_running++;
    *ret_step = (struct scripts_step){ .id = job->id, .argv = job->argv };
}

bool scripts_next(struct scripts *scripts, msec now, struct scripts_step *ret_step)
{
    for (size_t i = 0; i < scripts->n; i++) {
        struct job *job = scripts->jobs[i];

        if (job_due(scripts, job) > now)
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
    struct job *job = scripts->jobs[find_place(scripts, id)];
    struct event event = plain_event(EVENT_SCRIPT_CHILD);

    assert(job->running && job->pid == 0 && pid > 0);
    job->pid = pid;
    snprintf(event.detail, sizeof event.detail, "%lld", (long long)pid);
    scripts->tell(scripts->arg, &event);
}

/* 30 s, 1 min, 2 min ... */
static msec retry_delay(const struct scripts *scripts, unsigned attempts)
{
    assert(attempts >= 1 && attempts < SCRIPTS_ATTEMPTS_MAX);
    return scripts->times.retry_ms << (attempts - 1);
}

void scripts_ended(struct scripts *scripts, msec now, uint64_t id, int code, int signal)
{
    size_t place = find_place(scripts, id);
    struct job *job = scripts->jobs[place];
    bool again = (signal != 0 || code == 1) && job->attempts < SCRIPTS_ATTEMPTS_MAX;

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
        remove_at(scripts, place);
}

msec scripts_wake(const struct scripts *scripts)
{
    msec wake = MSEC_NEVER;

    for (size_t i = 0; i < scripts->n; i++)
        wake = msec_min(wake, job_due(scripts, scripts->jobs[i]));
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
    const struct job *job = scripts->jobs[i];
    msec time_ms = job->running ? now - job->at : job->at - now;

    return (struct scripts_view){ .argv = job->argv,
                                  .argc = job->argc,
                                  .running = job->running,
                                  .pid = job->pid,
                                  .time_ms = msec_max(0, time_ms),
                                  .attempts = job->attempts };
}
