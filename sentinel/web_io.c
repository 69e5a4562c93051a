#include "sentinel/web_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "notify/event.h"
#include "notify/history.h"
#include "notify/page.h"
#include "sentinel/metrics.h"
#include "sentinel/model.h"
#include "sentinel/shell_io.h"
#include "sentinel/web_history_io.h"
#include "sentinel/web_json_io.h"
#include "sentinel/web_parts_io.h"
#include "wire/loop_io.h"

#define JSON_BYTES_MAX ((size_t)64 << 20)
#define TYPE_JSON      "application/json"
#define TYPE_METRICS   "text/plain; version=0.0.4; charset=utf-8"
#define GROUP_PREFIX   "/groups/"
#define HISTORY_PREFIX "/history/"
#define HISTORY_COUNT  50 /* attempts told of, unless more are asked for */

struct web {
    struct http *http;
    struct shell *shell;
    struct metrics_facts facts;
};

static const struct core *web_core(const struct web *web)
{
    return shell_core(web->shell);
}

/* --- answers ------------------------------------------------------------------------------ */

void web_say(struct http_answer *answer, unsigned status, const char *text)
{
    answer->status = status;
    answer->type = WEB_TYPE_TEXT;
    answer->text = text;
    answer->text_len = strlen(text);
}

static void say_json(struct http_answer *answer, json_t *value)
{
    answer->type = TYPE_JSON;
    buf_init(&answer->body, JSON_BYTES_MAX);
    web_json_write(&answer->body, value);
}

static void tell_health(struct web *web, const struct http_visit *visit, struct http_answer *answer)
{
    (void)web;
    (void)visit;
    web_say(answer, WEB_OK, "ok\n");
}

static void tell_ready(struct web *web, const struct http_visit *visit, struct http_answer *answer)
{
    const struct core *core = web_core(web);

    (void)visit;
    if (core->disk_stalled)
        web_say(answer, WEB_NOT_NOW, "the disk of state_dir stands still\n");
    else if (core->tilt_until != MSEC_NEVER)
        web_say(answer, WEB_NOT_NOW, "the process stood still, its clock is not trusted yet\n");
    else
        web_say(answer, WEB_OK, "ready\n");
}

static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void tell_metrics(struct web *web, const struct http_visit *visit,
                         struct http_answer *answer)
{
    const struct shell_stats *shell = shell_stats(web->shell);
    const struct http_stats *http = http_stats(web->http);
    struct metrics_facts *facts = &web->facts;
    struct rusage usage;

    (void)visit;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        facts->cpu_s = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
    facts->inputs = shell->inputs;
    facts->inputs_dropped = shell->dropped;
    facts->malformed = shell_malformed(web->shell);
    facts->http_requests = http->requests;
    facts->http_refused = http->refused;
    facts->http_dropped = http->dropped;
    facts->http_streams = http->streams;
    facts->n_hooks = 0;
    while (facts->n_hooks < HOOKS_MAX &&
           shell_hook(web->shell, facts->n_hooks, &facts->hooks[facts->n_hooks]))
        facts->n_hooks++;
    answer->type = TYPE_METRICS;
    buf_init(&answer->body, METRICS_BYTES_MAX);
    metrics_write(&answer->body, web_core(web), facts);
}

static void tell_groups(struct web *web, const struct http_visit *visit, struct http_answer *answer)
{
    (void)visit;
    say_json(answer, web_json_groups(web_core(web)));
}

/* --- one group ---------------------------------------------------------------------------- */

static void tell_group(struct web *web, const struct group *group, struct http_answer *answer)
{
    say_json(answer, web_json_group(web_core(web), group));
}

/* NAME of "NAME/word", as a group. */
static const struct group *find_before(const struct core *core, const char *name, const char *word)
{
    size_t n = strlen(name), tail = strlen(word);
    char text[GROUP_NAME_MAX + 1];

    if (n <= tail || n - tail > GROUP_NAME_MAX || strcmp(name + n - tail, word) != 0)
        return NULL;
    snprintf(text, sizeof text, "%.*s", (int)(n - tail), name);
    return core_find_group(core, text);
}

/* The name of a group may hold slashes itself: the longest one counts. */
static void tell_of_group(struct web *web, const struct http_visit *visit,
                          struct http_answer *answer)
{
    const char *name = http_path(visit) + strlen(GROUP_PREFIX);
    const struct core *core = web_core(web);
    const struct group *group = core_find_group(core, name);

    if (group != NULL)
        tell_group(web, group, answer);
    else if ((group = find_before(core, name, "/primary")) != NULL)
        web_tell_primary(group, visit, answer);
    else if ((group = find_before(core, name, "/replica")) != NULL)
        web_tell_replica(group, visit, answer);
    else
        web_say(answer, WEB_MISSING, "there is no such group\n");
}

/* --- history ------------------------------------------------------------------------------ */

/* A number from 1 on; false: it is none. */
static bool read_number(const char *text, uint64_t *ret_number)
{
    char *end;
    uint64_t number = strtoull(text, &end, 10);

    if (end == text || *end != '\0' || text[0] == '-' || number == 0)
        return false;
    *ret_number = number;
    return true;
}

static void tell_history(struct web *web, const struct http_visit *visit,
                         struct http_answer *answer)
{
    const char *count = http_query(visit, "count");
    uint64_t max = HISTORY_COUNT;

    if (count != NULL && !read_number(count, &max))
        web_say(answer, WEB_WRONG, "count is no number from 1 on\n");
    else
        say_json(answer,
                 web_json_history(shell_history(web->shell), http_query(visit, "group"), max));
}

static void tell_attempt(struct web *web, const struct http_visit *visit,
                         struct http_answer *answer)
{
    uint64_t id;
    const struct attempt *attempt = NULL;

    if (read_number(http_path(visit) + strlen(HISTORY_PREFIX), &id))
        attempt = history_find(shell_history(web->shell), id);
    if (attempt != NULL)
        say_json(answer, web_json_attempt(attempt));
    else
        web_say(answer, WEB_MISSING, "there is no such attempt, or it was forgotten\n");
}

static void tell_events(struct web *web, const struct http_visit *visit, struct http_answer *answer)
{
    web_tell_events(shell_events(web->shell), visit, answer);
}

static size_t read_events(void *arg, uint64_t *cursor, char *bytes, size_t max)
{
    const struct web *web = arg;

    return web_read_events(shell_events(web->shell), web_core(web)->runid, cursor, bytes, max);
}

/* --- the table ---------------------------------------------------------------------------- */

static const struct route {
    const char *path;
    bool prefix;   /* PATH and anything behind it */
    bool open;     /* without the token */
    bool of_model; /* only when what is shown is durable */
    void (*tell)(struct web *web, const struct http_visit *visit, struct http_answer *answer);
} routes[] = {
    { "/health", false, true, false, tell_health },
    { "/ready", false, true, false, tell_ready },
    { "/metrics", false, false, false, tell_metrics },
    { "/groups", false, false, true, tell_groups },
    { GROUP_PREFIX, true, false, true, tell_of_group },
    { "/events", false, false, false, tell_events },
    { "/history", false, false, false, tell_history },
    { HISTORY_PREFIX, true, false, false, tell_attempt },
};

/* NULL: there is none. */
static const struct route *find_route(const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const struct route *route = &routes[i];

        if (route->prefix ? strncmp(path, route->path, strlen(route->path)) == 0
                          : strcmp(path, route->path) == 0)
            return route;
    }
    return NULL;
}

static bool is_open(void *arg, const char *path)
{
    const struct route *route = find_route(path);

    (void)arg;
    return route != NULL ? route->open : page_find(path) != NULL;
}

static bool is_ready(void *arg, const char *path)
{
    const struct web *web = arg;
    const struct route *route = find_route(path);

    return route == NULL || !route->of_model || shell_groups_durable(web->shell);
}

static void answer(void *arg, const struct http_visit *visit, struct http_answer *ret_answer)
{
    const struct route *route = find_route(http_path(visit));
    const struct page_file *file = page_find(http_path(visit));

    if (route != NULL) {
        route->tell(arg, visit, ret_answer);
    } else if (file != NULL) {
        ret_answer->type = file->type;
        ret_answer->text = file->bytes;
        ret_answer->text_len = file->len;
    } else {
        web_say(ret_answer, WEB_MISSING, "there is nothing here\n");
    }
}

static const struct http_ops http_ops = { is_open, is_ready, answer, read_events };

/* --- what the shell brings ---------------------------------------------------------------- */

void web_event(struct web *web, const struct event *event)
{
    const struct group *group;

    if (web == NULL)
        return;
    group = core_find_group(web_core(web), event->group);
    assert(event->kind < EVENT_COUNT);
    web->facts.events[event->kind]++;
    laps_event(&web->facts.laps, event, loop_now_ms(),
               group != NULL ? group->primary->probe.last_valid : MSEC_NEVER);
    http_told(web->http);
}

void web_durable(struct web *web)
{
    if (web != NULL && shell_groups_durable(web->shell))
        http_ready(web->http);
}

/* --- life --------------------------------------------------------------------------------- */

struct web *web_start(uv_loop_t *loop, struct shell *shell, const struct addr *listen, int fd,
                      const char *token, char ret_error[HTTP_ERROR_MAX])
{
    struct web *web = calloc(1, sizeof *web);

    if (web == NULL) {
        snprintf(ret_error, HTTP_ERROR_MAX, "http: no memory");
        return NULL;
    }
    web->shell = shell;
    web->facts.version = PICKET_VERSION;
    web->facts.started_s = (double)loop_wall_ms() / 1000.0;
    web->http = http_start(loop, listen, fd, token, &http_ops, web, ret_error);
    if (web->http != NULL)
        return web;
    free(web);
    return NULL;
}

void web_set_token(struct web *web, const char *token)
{
    if (web != NULL)
        http_set_token(web->http, token);
}

void web_stop(struct web *web)
{
    if (web == NULL)
        return;
    http_stop(web->http);
    free(web);
}
