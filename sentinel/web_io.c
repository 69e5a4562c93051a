#include "sentinel/web_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "notify/event.h"
#include "notify/event_json_io.h"
#include "notify/history.h"
#include "notify/ring.h"
#include "sentinel/metrics.h"
#include "sentinel/model.h"
#include "notify/page.h"
#include "sentinel/shell_io.h"
#include "sentinel/view.h"
#include "sentinel/web_history_io.h"
#include "sentinel/web_json_io.h"
#include "wire/loop_io.h"

#define JSON_BYTES_MAX ((size_t)64 << 20)
#define TYPE_TEXT      "text/plain; charset=utf-8"
#define TYPE_JSON      "application/json"
#define TYPE_METRICS   "text/plain; version=0.0.4; charset=utf-8"
#define GROUP_PREFIX   "/groups/"
#define HISTORY_PREFIX "/history/"
#define HISTORY_COUNT  50 /* attempts told of, unless more are asked for */

enum { STATUS_OK = 200, STATUS_WRONG = 400, STATUS_MISSING = 404, STATUS_NOT_NOW = 503 };

struct web {
    struct http *http;
    struct shell *shell;
    struct metrics_facts facts;
};

static const struct core *web_core(const struct web *web)
{
    return shell_core(web->shell);
}

/* --- answers -------------------------------------------------------------------------------- */

static void say(struct http_answer *answer, unsigned status, const char *text)
{
    answer->status = status;
    answer->type = TYPE_TEXT;
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
    say(answer, STATUS_OK, "ok\n");
}

static void tell_ready(struct web *web, const struct http_visit *visit, struct http_answer *answer)
{
    const struct core *core = web_core(web);

    (void)visit;
    if (core->disk_stalled)
        say(answer, STATUS_NOT_NOW, "the disk of state_dir stands still\n");
    else if (core->tilt_until != MSEC_NEVER)
        say(answer, STATUS_NOT_NOW, "the process stood still, its clock is not trusted yet\n");
    else
        say(answer, STATUS_OK, "ready\n");
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

/* --- for load balancers --------------------------------------------------------------------- */

static bool is_alone_allowed(const struct http_visit *visit)
{
    const char *word = http_query(visit, "minority");

    return word != NULL && strcmp(word, "allow") == 0;
}

/* The node of that name or address; NULL: there is none. */
static const struct node *find_node(const struct group *group, const struct addr *addr)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];
        struct addr shown = node_shown_addr(node);

        if (addr_equal(&node->addr, addr) || addr_equal(&shown, addr))
            return node;
    }
    return NULL;
}

/* "it is the primary" and such. */
static void say_reason(struct http_answer *answer, bool good, const char *reason)
{
    answer->status = good ? STATUS_OK : STATUS_NOT_NOW;
    answer->type = TYPE_TEXT;
    buf_init(&answer->body, 0);
    buf_printf(&answer->body, "%s\n", reason);
}

/* The node that is asked for. False: it has been answered that there is none. */
static bool need_node(const struct group *group, const char *text, struct http_answer *answer,
                      const struct node **ret_node)
{
    struct addr addr;

    if (text == NULL || !addr_parse(&addr, text)) {
        say(answer, STATUS_WRONG, "a node is wanted: ?node=host:port\n");
        return false;
    }
    *ret_node = find_node(group, &addr);
    if (*ret_node == NULL)
        say_reason(answer, false, "it is no node of the group");
    return *ret_node != NULL;
}

static void tell_primary(const struct group *group, const struct http_visit *visit,
                         struct http_answer *answer)
{
    char reason[VIEW_REASON_MAX];
    char text[ADDR_TEXT_MAX];
    const struct node *node = group->primary;
    const char *asked = http_query(visit, "node");
    struct addr addr = group_primary_addr(group);

    if (asked != NULL && !need_node(group, asked, answer, &node))
        return;
    bool good = view_takes_writes(node, is_alone_allowed(visit), reason);
    say_reason(answer, good, asked == NULL && good ? addr_format(&addr, text) : reason);
}

static void tell_replica(const struct group *group, const struct http_visit *visit,
                         struct http_answer *answer)
{
    char reason[VIEW_REASON_MAX];
    const struct node *node;
    const char *lag = http_query(visit, "lag_ms");
    char *end = NULL;
    long long lag_ms = lag != NULL ? strtoll(lag, &end, 10) : -1;

    if (lag != NULL && (end == lag || *end != '\0' || lag_ms < 0)) {
        say(answer, STATUS_WRONG, "lag_ms is no number of milliseconds\n");
        return;
    }
    if (!need_node(group, http_query(visit, "node"), answer, &node))
        return;
    bool good = view_takes_reads(node, lag_ms, is_alone_allowed(visit), reason);
    say_reason(answer, good, reason);
}

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
        tell_primary(group, visit, answer);
    else if ((group = find_before(core, name, "/replica")) != NULL)
        tell_replica(group, visit, answer);
    else
        say(answer, STATUS_MISSING, "there is no such group\n");
}

/* --- history -------------------------------------------------------------------------------- */

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
        say(answer, STATUS_WRONG, "count is no number from 1 on\n");
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
        say(answer, STATUS_MISSING, "there is no such attempt, or it was forgotten\n");
}

/* --- events --------------------------------------------------------------------------------- */

/* From the one behind that number on, 0: all that are kept; from the next one on when there is no
 * number. */
static void tell_events(struct web *web, const struct http_visit *visit, struct http_answer *answer)
{
    const struct ring *ring = shell_events(web->shell);
    const char *since = http_header(visit, "Last-Event-ID");
    char *end;

    if (since == NULL)
        since = http_query(visit, "since");
    answer->stream = true;
    answer->cursor = ring_last(ring);
    if (since == NULL)
        return;
    uint64_t seq = strtoull(since, &end, 10);
    if (end == since || *end != '\0') {
        answer->stream = false;
        say(answer, STATUS_WRONG, "since is no number of an event\n");
    } else if (seq < answer->cursor) {
        answer->cursor = seq > 0 ? seq : ring_first(ring) - 1;
    }
}

/* One event as "id: ...\ndata: ...\n\n"; 0: it does not fit. */
static size_t write_event(const struct web *web, const struct event *event, char *bytes, size_t max)
{
    char *text = event_json_text(event, web_core(web)->runid);
    int n = text == NULL ? 0
                         : snprintf(bytes, max, "id: %llu\ndata: %s\n\n",
                                    (unsigned long long)event->seq, text);

    free(text);
    return n > 0 && (size_t)n < max ? (size_t)n : 0;
}

/* What a reader missed that is not kept any more is told of first. */
static size_t read_events(void *arg, uint64_t *cursor, char *bytes, size_t max)
{
    struct web *web = arg;
    const struct ring *ring = shell_events(web->shell);
    struct event event;
    size_t used = 0;

    if (*cursor + 1 < ring_first(ring)) {
        int n = snprintf(bytes, max, "event: gap\ndata: {\"first\":%llu}\n\n",
                         (unsigned long long)ring_first(ring));
        *cursor = ring_first(ring) - 1;
        return n > 0 && (size_t)n < max ? (size_t)n : 0;
    }
    while (*cursor < ring_last(ring)) {
        size_t n = 0;

        if (ring_get(ring, *cursor + 1, &event)) {
            n = write_event(web, &event, bytes + used, max - used);
            if (n == 0 && used > 0)
                break;
        }
        used += n;
        (*cursor)++;
    }
    return used;
}

/* --- the table ------------------------------------------------------------------------------ */

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
        say(ret_answer, STATUS_MISSING, "there is nothing here\n");
    }
}

static const struct http_ops http_ops = { is_open, is_ready, answer, read_events };

/* --- what the shell brings ------------------------------------------------------------------- */

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

/* --- life ------------------------------------------------------------------------------------ */

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
