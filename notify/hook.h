/*
 * hook: what is to be called for which events: a program (HOOK_RUN) that gets the event as JSON on
 * its standard input and as PICKET_* variables, or a URL (HOOK_POST) that gets the same JSON.
 *
 * Patterns are globs (wire/glob.h), with commas or spaces between them. Two names are no events but
 * questions, asked before the thing is done, and have to be written out: PRE_SWITCHOVER and
 * PRE_FAILOVER.
 */
#ifndef NOTIFY_HOOK_H
#define NOTIFY_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/scripts.h"
#include "quorum/hello.h"

struct event;

#define HOOKS_MAX           64
#define HOOK_TEXT_MAX       255
#define HOOK_TARGET_MAX     1023
#define HOOK_ARGS_MAX       8
#define HOOK_VARIABLES_MAX  16
#define HOOK_TIMEOUT_MS     10000 /* the defaults, */
#define HOOK_RETRIES        5
#define HOOK_BACKOFF_MS     1000
#define HOOK_CONCURRENCY    1
#define HOOK_TIMEOUT_MAX_MS 3600000 /* and the limits */
#define HOOK_RETRIES_MAX    100

#define HOOK_PRE_SWITCHOVER "pre_switchover"
#define HOOK_PRE_FAILOVER   "pre_failover"

/* By what a program says no to a question; all else but 0 is no answer. For a URL: 200 to 299 are
 * yes, this is no. */
#define HOOK_EXIT_NO   10
#define HOOK_STATUS_NO 403

enum hook_kind { HOOK_RUN, HOOK_POST };

struct hook {
    enum hook_kind kind;
    char target[HOOK_TARGET_MAX + 1]; /* path or URL */
    char events[HOOK_TEXT_MAX + 1];   /* patterns */
    char groups[HOOK_TEXT_MAX + 1];   /* patterns; events without a group match only "*" */
    char group[GROUP_NAME_MAX + 1];   /* if not empty: this group alone, whatever GROUPS says */
    char args[HOOK_ARGS_MAX][HOOK_TEXT_MAX + 1];
    size_t n_args;
    char variables[HOOK_VARIABLES_MAX][HOOK_TEXT_MAX + 1]; /* "NAME" of ours, or "NAME=value" */
    size_t n_variables;
    char
        secret[HOOK_TEXT_MAX + 1]; /* what bodies that are posted are signed with; empty: nothing */
    char ca_file[HOOK_TARGET_MAX + 1]; /* by what an https URL is trusted; empty: the system's */
    int64_t timeout_ms;                /* of one attempt */
    int64_t retries;                   /* further attempts */
    int64_t backoff_ms;                /* before the first of them; doubled before each other */
    int64_t concurrency;               /* calls side by side, of different groups */
};

void hook_init(struct hook *hook);

/* Whether the event is for it. */
bool hook_wants(const struct hook *hook, const struct event *event);

/* Whether it is to be asked NAME (HOOK_PRE_...) of that group. */
bool hook_is_asked(const struct hook *hook, const char *name, const char *group);

/* Whether it is to be asked NAME of any group at all. */
bool hook_has_question(const struct hook *hook, const char *name);

/* What it says when it has ended like that. */
enum hook_answer { HOOK_YES, HOOK_NO, HOOK_NO_ANSWER };
enum hook_answer hook_answer_of(const struct hook *hook, const struct scripts_end *end);

/* A number made of what it calls for what: the same over restarts, another one for another hook. */
uint64_t hook_key(const struct hook *hook);

struct scripts_policy hook_policy(const struct hook *hook);

/* The target without what may be secret in a URL: user, password, query. */
const char *hook_shown(const struct hook *hook, char ret_text[HOOK_TARGET_MAX + 1]);

/* A hook as shown to operators. */
struct hook_view {
    const struct hook *hook;
    const struct scripts *scripts; /* its queue */
};

#endif
