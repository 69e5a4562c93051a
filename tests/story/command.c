#include "tests/story/command.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "sentinel/options.h"
#include "tests/sim/act.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

#define SETTLE_STEP_MS 50
#define SETTLE_TO_MS   1000 /* a settled story goes on at the next full second */

struct words {
    int n;
    char *word[STORY_WORDS_MAX];
};

typedef bool command_fn(struct story *st, const struct words *a);

static bool fail(struct story *st, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct story *st, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(st->error, sizeof st->error, format, args);
    va_end(args);
    return false;
}

/* Append a line to the trace, with its time. */
static void record(struct story *st, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void record(struct story *st, const char *format, ...)
{
    char line[STORY_LINE_MAX];
    va_list args;
    int n = snprintf(line, sizeof line, "    [%6lld] ", (long long)(st->world->now - st->zero));

    va_start(args, format);
    n += vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    va_end(args);
    if ((size_t)n > sizeof line - 2)
        n = (int)sizeof line - 2;
    line[n++] = '\n';
    if (st->n + (size_t)n + 1 > st->cap) {
        st->cap = (st->n + (size_t)n + 1) * 2;
        st->trace = realloc(st->trace, st->cap);
        assert(st->trace != NULL);
    }
    memcpy(st->trace + st->n, line, (size_t)n);
    st->n += (size_t)n;
    st->trace[st->n] = '\0';
}

static void on_event(void *arg, struct sup *s, const struct event *event)
{
    struct story *st = arg;
    char text[TRACE_LINE_MAX];

    trace_event_text(st->world, event, text);
    record(st, "%s %s", s->name, text);
    if (strcmp(st->awaited, event_name(event->kind)) == 0 &&
        (st->awaited_sup < 0 || st->awaited_sup == s->index))
        st->seen = true;
}

static void on_reply(void *arg, struct sup *s, const struct reply *reply)
{
    static const char *const codes[] = { "OK",          "no such group",   "duplicate group",
                                         "in progress", "no good replica", "full" };

    record(arg, "%s replies: %s", s->name, codes[reply->code]);
}

/* --- arguments --- */

static bool number(struct story *st, const char *word, int64_t *ret)
{
    char *end;
    long long value = strtoll(word, &end, 10);

    if (*word == '\0' || *end != '\0')
        return fail(st, "'%s' is not a number", word);
    *ret = value;
    return true;
}

static bool is_numbered(const char *word, char letter, int max, int *ret_index)
{
    char *end;
    long i;

    if (word[0] != letter)
        return false;
    i = strtol(word + 1, &end, 10);
    if (*end != '\0' || i < 1 || i > max)
        return false;
    *ret_index = (int)i - 1;
    return true;
}

static struct sup *sup_arg(struct story *st, const char *word)
{
    int i;

    if (is_numbered(word, 's', st->plan.n_sups, &i))
        return &st->world->sups[i];
    fail(st, "'%s' is no supervisor", word);
    return NULL;
}

static struct engine *node_arg(struct story *st, const char *word)
{
    int i;

    if (is_numbered(word, 'n', st->world->n_engines, &i))
        return &st->world->engines[i];
    fail(st, "'%s' is no node", word);
    return NULL;
}

static int group_arg(struct story *st, const char *word)
{
    int i;

    if (is_numbered(word, 'g', st->plan.n_groups, &i))
        return i;
    fail(st, "'%s' is no group", word);
    return -1;
}

/* The host of a supervisor or a node. */
static int host_arg(struct story *st, const char *word)
{
    int i;

    if (is_numbered(word, 's', st->plan.n_sups, &i))
        return st->plan.sup_host[i];
    if (is_numbered(word, 'n', st->world->n_engines, &i))
        return st->plan.node_host[i];
    fail(st, "'%s' is neither a supervisor nor a node", word);
    return -1;
}

/* Whether the command has this word at its end. */
static bool ends_with(const struct words *a, const char *word)
{
    return strcmp(a->word[a->n - 1], word) == 0;
}

/* --- settings --- */

static bool do_supervisors(struct story *st, const struct words *a)
{
    int64_t n = 0;

    if (!number(st, a->word[1], &n) || n < 1 || n >= PLAN_SUPS_MAX)
        return fail(st, "1 to %d supervisors", PLAN_SUPS_MAX - 1);
    st->plan.n_sups = (int)n;
    return true;
}

static bool do_groups(struct story *st, const struct words *a)
{
    int64_t n = 0;

    if (!number(st, a->word[1], &n) || n < 1 || n > PLAN_GROUPS_MAX)
        return fail(st, "1 to %d groups", PLAN_GROUPS_MAX);
    st->plan.n_groups = (int)n;
    return true;
}

static bool do_nodes(struct story *st, const struct words *a)
{
    int64_t n = 0;

    if (!number(st, a->word[1], &n) || n < 1 || n > PLAN_REPLICA_MAX + 1)
        return fail(st, "1 to %d nodes", PLAN_REPLICA_MAX + 1);
    for (int i = 0; i < PLAN_GROUPS_MAX; i++)
        st->plan.n_nodes[i] = (int)n;
    return true;
}

static bool do_option(struct story *st, const struct words *a)
{
    const struct conf_option *option = option_by_file_name(&group_table, a->word[1]);

    for (int i = 0; i < PLAN_GROUPS_MAX; i++)
        if (option == NULL || !option_set(&st->plan.conf[i], option, a->word[2]))
            return fail(st, "no such option, or no such value");
    return true;
}

static bool do_stock(struct story *st, const struct words *a)
{
    int i;

    if (!is_numbered(a->word[1], 's', st->plan.n_sups, &i))
        return fail(st, "'%s' is no supervisor", a->word[1]);
    st->plan.stock[i] = true;
    return true;
}

/* Ranges of the plan that a story gives as one fixed number. */
static bool do_fixed(struct story *st, const struct words *a)
{
    struct plan *plan = &st->plan;
    int64_t value = 0;

    if (!number(st, a->word[1], &value) || value < 0)
        return fail(st, "a number from 0");
    if (strcmp(a->word[0], "latency") == 0)
        plan->latency_min_ms = plan->latency_max_ms = value;
    else if (strcmp(a->word[0], "disk_ms") == 0)
        plan->disk_min_ms = plan->disk_max_ms = value;
    else if (strcmp(a->word[0], "write_rate") == 0)
        plan->write_rate = (uint32_t)value;
    else
        plan->full_sync_ms = value;
    return true;
}

/* --- what happens --- */

static bool run_to(struct story *st, msec at)
{
    world_run_until(st->world, at);
    return st->world->failed ? fail(st, "%s", st->world->failure) : true;
}

static bool do_run(struct story *st, const struct words *a)
{
    int64_t ms = 0;

    return number(st, a->word[1], &ms) && run_to(st, st->world->now + ms);
}

static bool do_settle(struct story *st, const struct words *a)
{
    struct world *w = st->world;
    msec limit = w->now + STORY_WAIT_MS;
    const char *why;

    (void)a;
    do {
        if (!run_to(st, w->now + SETTLE_STEP_MS))
            return false;
        why = audit_unsettled(w);
    } while (why != NULL && w->now < limit);
    if (why != NULL)
        return fail(st, "not settled: %s", why);
    if (!run_to(st, (w->now / SETTLE_TO_MS + 1) * SETTLE_TO_MS))
        return false;
    st->zero = w->now;
    free(story_take_trace(st));
    return true;
}

static bool do_until(struct story *st, const struct words *a)
{
    struct world *w = st->world;
    msec limit = w->now + STORY_WAIT_MS;
    const char *name = a->word[a->n - 1];
    struct sup *s = a->n > 2 ? sup_arg(st, a->word[1]) : NULL;

    if (a->n > 2 && s == NULL)
        return false;
    st->awaited_sup = s != NULL ? s->index : -1;
    snprintf(st->awaited, sizeof st->awaited, "%s", name);
    st->seen = false;
    while (!st->seen && w->now < limit && world_step(w))
        ;
    st->awaited[0] = '\0';
    if (w->failed)
        return fail(st, "%s", w->failure);
    return st->seen ? true : fail(st, "%s never came", name);
}

static bool do_kill(struct story *st, const struct words *a)
{
    struct engine *e;

    if (a->word[1][0] == 's') {
        struct sup *s = sup_arg(st, a->word[1]);
        if (s == NULL || !s->alive)
            return fail(st, "it is dead");
        sup_kill(st->world, s, ends_with(a, "power"));
        return true;
    }
    e = node_arg(st, a->word[1]);
    if (e == NULL)
        return false;
    act_kill(st->world, e, ends_with(a, "power"));
    return true;
}

static bool do_start(struct story *st, const struct words *a)
{
    int64_t loading = 0;

    if (a->word[1][0] == 's') {
        struct sup *s = sup_arg(st, a->word[1]);
        if (s == NULL || s->alive)
            return fail(st, "it is alive");
        sup_start(st->world, s);
        return true;
    }
    struct engine *e = node_arg(st, a->word[1]);
    enum rebirth rebirth = REBIRTH_AS_WAS;
    for (int i = 2; e != NULL && i < a->n; i++) {
        if (strcmp(a->word[i], "empty") == 0)
            rebirth = REBIRTH_EMPTY;
        else if (strcmp(a->word[i], "primary") == 0)
            rebirth = REBIRTH_PRIMARY;
        else if (!number(st, a->word[i], &loading))
            return false;
    }
    if (e == NULL)
        return false;
    act_start(st->world, e, rebirth, loading);
    return true;
}

static bool do_hang(struct story *st, const struct words *a)
{
    bool on = strcmp(a->word[0], "hang") == 0;

    if (a->word[1][0] == 's') {
        struct sup *s = sup_arg(st, a->word[1]);
        if (s == NULL)
            return false;
        if (s->stalled == on)
            return fail(st, "it does already");
        if (on)
            sup_stall(st->world, s);
        else
            sup_resume(st->world, s);
        return true;
    }
    struct engine *e = node_arg(st, a->word[1]);
    if (e == NULL)
        return false;
    if (on)
        act_hang(st->world, e);
    else
        act_resume(st->world, e);
    return true;
}

/* Properties of a node that are just a number or a switch. */
static bool do_node(struct story *st, const struct words *a)
{
    struct engine *e = node_arg(st, a->word[1]);
    const char *name = a->word[0];
    int64_t value = 0;

    if (e == NULL || !number(st, a->word[2], &value))
        return false;
    if (strcmp(name, "deny") == 0)
        e->denied = value != 0;
    else if (strcmp(name, "misconf") == 0)
        e->misconf = value != 0;
    else if (strcmp(name, "refuse") == 0)
        e->refusing = value != 0;
    else if (strcmp(name, "priority") == 0)
        e->priority = (int)value;
    else if (strcmp(name, "lag") == 0)
        act_lag(st->world, e, value);
    else
        act_slow(st->world, e, value);
    return true;
}

static bool do_script(struct story *st, const struct words *a)
{
    struct engine *e = node_arg(st, a->word[1]);

    if (e == NULL)
        return false;
    if (ends_with(a, "end"))
        act_script_end(st->world, e);
    else
        act_script(st->world, e, !ends_with(a, "unkillable"));
    return true;
}

static bool do_cut(struct story *st, const struct words *a)
{
    int x = host_arg(st, a->word[1]), y = host_arg(st, a->word[2]);
    bool cut = strcmp(a->word[0], "cut") == 0;

    if (x < 0 || y < 0)
        return false;
    for (int way = 0; way < (ends_with(a, "one-way") ? 1 : 2); way++) {
        int from = way ? y : x, to = way ? x : y;
        if (cut)
            act_cut(st->world, from, to, false);
        else
            act_heal(st->world, from, to);
    }
    return true;
}

static bool do_isolate(struct story *st, const struct words *a)
{
    int host = host_arg(st, a->word[1]);

    if (host < 0)
        return false;
    act_isolate(st->world, host, strcmp(a->word[0], "isolate") == 0);
    return true;
}

static bool do_disk(struct story *st, const struct words *a)
{
    struct sup *s = sup_arg(st, a->word[1]);
    int64_t ms = 0;

    if (s == NULL)
        return false;
    s->disk.failing = ends_with(a, "fails");
    if (!s->disk.failing && !number(st, a->word[2], &ms))
        return false;
    s->disk.min_ms = s->disk.max_ms = ms;
    return true;
}

/* Where the supervisor dies on the way out of its next step with rows. */
static bool do_aim(struct story *st, const struct words *a)
{
    static const char *const points[AIM_COUNT] = { "", "before-commit", "in-commit", "before-send",
                                                   "after-send" };
    struct sup *s = sup_arg(st, a->word[1]);

    for (int i = AIM_BEFORE_COMMIT; s != NULL && i < AIM_COUNT; i++)
        if (strcmp(a->word[2], points[i]) == 0) {
            s->aim = (enum aim)i;
            return true;
        }
    return fail(st, "before-commit, in-commit, before-send or after-send");
}

static bool do_request(struct story *st, const struct words *a)
{
    struct sup *s = sup_arg(st, a->word[1]);
    int group = s != NULL ? group_arg(st, a->word[2]) : -1;
    const char *name = a->word[0];

    if (group < 0)
        return false;
    if (strcmp(name, "set") == 0)
        return a->n == 5 && act_set(st->world, s, group, a->word[3], a->word[4])
                   ? true
                   : fail(st, "set s1 g1 OPTION VALUE");
    act_request(st->world, s,
                strcmp(name, "failover") == 0 ? REQUEST_FAILOVER
                : strcmp(name, "reset") == 0  ? REQUEST_RESET
                : strcmp(name, "remove") == 0 ? REQUEST_REMOVE
                                              : REQUEST_MONITOR,
                group);
    return true;
}

static bool do_forge(struct story *st, const struct words *a)
{
    struct sup *s = sup_arg(st, a->word[1]);
    struct engine *e = s != NULL ? node_arg(st, a->word[2]) : NULL;

    if (e == NULL)
        return false;
    act_forge(st->world, e, s, strtoull(a->word[3], NULL, 10), e);
    return true;
}

/* --- what is looked at --- */

/* Whom each supervisor takes for the primary, and what the nodes are. */
static bool do_show(struct story *st, const struct words *a)
{
    struct world *w = st->world;
    int g = group_arg(st, a->word[1]);

    if (g < 0)
        return false;
    for (int i = 0; i < st->plan.n_sups; i++) {
        const struct sup *s = &w->sups[i];
        const struct group *group = s->alive ? core_find_group(s->core, world_group_name(g)) : NULL;
        if (group != NULL)
            record(st, "%s has %s, epoch %llu, current %llu", s->name, group->primary->addr.host,
                   (unsigned long long)group->config_epoch,
                   (unsigned long long)s->core->current_epoch);
        else
            record(st, "%s does not answer", s->name);
    }
    for (int i = 0; i < w->n_engines; i++) {
        const struct engine *e = &w->engines[i];
        static const char *const links[] = { "down", "synchronising", "up" };
        if (e->group != g)
            continue;
        if (!e->alive)
            record(st, "%s is dead", e->name);
        else if (e->role == ROLE_PRIMARY)
            record(st, "%s is a primary", e->name);
        else
            record(st, "%s follows n%d, link %s", e->name, e->master + 1, links[e->link]);
    }
    return true;
}

/* The most requests that wait on one connection to a node now. */
static bool do_pending(struct story *st, const struct words *a)
{
    struct engine *e = node_arg(st, a->word[1]);
    int most = 0;

    if (e == NULL)
        return false;
    for (uint32_t i = 0; i < st->world->n_conns; i++) {
        const struct conn *conn = st->world->conns[i];
        if (conn->used && conn->server == e->endpoint && conn->n_pending > most)
            most = conn->n_pending;
    }
    record(st, "at most %d requests wait on a connection to %s", most, e->name);
    return true;
}

static bool do_expect(struct story *st, const struct words *a)
{
    (void)st;
    (void)a;
    return true; /* the teller's: tests/story/main.c */
}

static const struct command {
    const char *name;
    command_fn *fn;
    bool setting;
    int min, max; /* arguments */
    const char *help;
} commands[] = {
    { "supervisors", do_supervisors, true, 1, 1, "N: how many there are (3)" },
    { "groups", do_groups, true, 1, 1, "N: g1 ... gN (1)" },
    { "nodes", do_nodes, true, 1, 1, "N of each group, the first is its primary (3)" },
    { "option", do_option, true, 2, 2, "NAME VALUE: as in the file, of all groups" },
    { "stock", do_stock, true, 1, 1, "SUP: it does not know PICKET OPINION" },
    { "latency", do_fixed, true, 1, 1, "MS: one way (1)" },
    { "disk_ms", do_fixed, true, 1, 1, "MS: of a commit (2)" },
    { "write_rate", do_fixed, true, 1, 1, "BYTES a second, to each primary (1000)" },
    { "full_sync_ms", do_fixed, true, 1, 1, "MS: of a full synchronisation (500)" },
    { "settle", do_settle, false, 0, 0, "until all is well; times count from here" },
    { "run", do_run, false, 1, 1, "MS" },
    { "until", do_until, false, 1, 2, "[SUP] EVENT: until it is told" },
    { "expect", do_expect, false, 0, 0, "what was told since the last `expect`" },
    { "show", do_show, false, 1, 1, "GROUP: whom supervisors take for the primary; roles" },
    { "pending", do_pending, false, 1, 1, "NODE: requests that wait" },
    { "kill", do_kill, false, 1, 2, "NODE|SUP [power]: SIGKILL, or its host goes off" },
    { "start", do_start, false, 1, 3, "NODE|SUP [empty|primary] [LOADING_MS]" },
    { "hang", do_hang, false, 1, 1, "NODE|SUP: SIGSTOP" },
    { "resume", do_hang, false, 1, 1, "NODE|SUP: SIGCONT" },
    { "slow", do_node, false, 2, 2, "NODE MS: of each command" },
    { "deny", do_node, false, 2, 2, "NODE 1|0: NOAUTH" },
    { "misconf", do_node, false, 2, 2, "NODE 1|0: MISCONF" },
    { "refuse", do_node, false, 2, 2, "NODE 1|0: orders are refused" },
    { "priority", do_node, false, 2, 2, "NODE N" },
    { "lag", do_node, false, 2, 2, "NODE MS: behind its primary" },
    { "script", do_script, false, 1, 2, "NODE [unkillable|end]: BUSY" },
    { "cut", do_cut, false, 2, 3, "A B [one-way]: between their hosts" },
    { "heal", do_cut, false, 2, 3, "A B [one-way]" },
    { "isolate", do_isolate, false, 1, 1, "A: its host, from all others" },
    { "rejoin", do_isolate, false, 1, 1, "A" },
    { "disk", do_disk, false, 2, 2, "SUP MS|fails" },
    { "aim", do_aim, false, 2, 2,
      "SUP before-commit|in-commit|before-send|after-send: dies there" },
    { "failover", do_request, false, 2, 2, "SUP GROUP: SENTINEL FAILOVER" },
    { "set", do_request, false, 4, 4, "SUP GROUP OPTION VALUE: SENTINEL SET" },
    { "reset", do_request, false, 2, 2, "SUP GROUP: SENTINEL RESET" },
    { "remove", do_request, false, 2, 2, "SUP GROUP: SENTINEL REMOVE" },
    { "monitor", do_request, false, 2, 2, "SUP GROUP: SENTINEL MONITOR" },
    { "forge", do_forge, false, 3, 3, "SUP NODE EPOCH: a hello in its name, on that channel" },
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

void story_help(void)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-12s %s\n", commands[i].name, commands[i].help);
}

void story_init(struct story *story)
{
    *story = (struct story){ .awaited_sup = -1 };
    plan_init(&story->plan);
}

void story_done(struct story *story)
{
    world_free(story->world);
    free(story->trace);
}

char *story_take_trace(struct story *story)
{
    char *trace = story->trace != NULL ? story->trace : calloc(1, 1);

    assert(trace != NULL);
    story->trace = NULL;
    story->n = story->cap = 0;
    return trace;
}

static void begin(struct story *st)
{
    st->world = world_new(&st->plan, getenv("STORY_TRACE") != NULL);
    st->world->on_event = on_event;
    st->world->on_reply = on_reply;
    st->world->arg = st;
    world_start(st->world);
}

static bool run_command(struct story *st, const struct words *words)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const struct command *command = &commands[i];
        if (strcmp(command->name, words->word[0]) != 0)
            continue;
        if (words->n - 1 < command->min || words->n - 1 > command->max)
            return fail(st, "%s %s", command->name, command->help);
        if (command->setting && st->world != NULL)
            return fail(st, "settings come first");
        if (!command->setting && st->world == NULL)
            begin(st);
        return command->fn(st, words);
    }
    return fail(st, "'%s' is not known", words->word[0]);
}

bool story_do(struct story *story, const char *line)
{
    char copy[STORY_LINE_MAX];
    struct words words = { 0 };
    char *rest;

    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok_r(copy, " \t\r\n", &rest); word != NULL && word[0] != '#';
         word = strtok_r(NULL, " \t\r\n", &rest)) {
        if (words.n == STORY_WORDS_MAX)
            return fail(story, "too many words");
        words.word[words.n++] = word;
    }
    return words.n == 0 || run_command(story, &words);
}
