#include "notify/attempt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
#define X(id, name) name,
    ATTEMPT_KINDS(X)
#undef X
};

static const char *const outcomes[] = {
#define X(id, name, meaning) name,
    ATTEMPT_OUTCOMES(X)
#undef X
};

static const struct {
    const char *name, *from, *to;
} phases[] = {
#define X(id, name, from, to, meaning) { name, from, to },
    ATTEMPT_PHASES(X)
#undef X
};

const char *attempt_kind_name(enum attempt_kind kind)
{
    assert(kind < ATTEMPT_KIND_COUNT);
    return kinds[kind];
}

const char *attempt_outcome_name(enum attempt_outcome outcome)
{
    assert(outcome < ATTEMPT_OUTCOME_COUNT);
    return outcomes[outcome];
}

static int find(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

int attempt_kind_of(const char *name)
{
    return find(kinds, ATTEMPT_KIND_COUNT, name);
}

int attempt_outcome_of(const char *name)
{
    return find(outcomes, ATTEMPT_OUTCOME_COUNT, name);
}

struct attempt *attempt_new(uint64_t id, const char *group)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);

    assert(attempt != NULL && strlen(group) <= GROUP_NAME_MAX);
    attempt->id = id;
    memcpy(attempt->group, group, strlen(group) + 1);
    attempt->at_risk = ATTEMPT_AT_RISK_UNKNOWN;
    attempt->dirty = true;
    return attempt;
}

static void step_done(struct attempt_step *step)
{
    free(step->event);
    free(step->text);
}

void attempt_free(struct attempt *attempt)
{
    if (attempt == NULL)
        return;
    for (size_t i = 0; i < attempt->n_steps; i++)
        step_done(&attempt->steps[i]);
    free(attempt->steps);
    free(attempt);
}

static char *keep(const char *text)
{
    char *copy = strndup(text, ATTEMPT_TEXT_MAX);

    assert(copy != NULL);
    return copy;
}

/* Make room by the first step of the second half. */
static void lose_one(struct attempt *attempt)
{
    struct attempt_step *step = &attempt->steps[ATTEMPT_STEPS_MAX / 2];

    step_done(step);
    memmove(step, step + 1, (ATTEMPT_STEPS_MAX - ATTEMPT_STEPS_MAX / 2 - 1) * sizeof *step);
    attempt->n_steps--;
    attempt->n_lost++;
}

static struct attempt_step *append(struct attempt *attempt)
{
    if (attempt->n_steps == ATTEMPT_STEPS_MAX)
        lose_one(attempt);
    else if ((attempt->n_steps & (attempt->n_steps - 1)) == 0) {
        size_t cap = attempt->n_steps > 0 ? attempt->n_steps * 2 : 1;

        attempt->steps = realloc(attempt->steps, cap * sizeof *attempt->steps);
        assert(attempt->steps != NULL);
    }
    return &attempt->steps[attempt->n_steps++];
}

void attempt_add(struct attempt *attempt, msec at_ms, const char *event, const char *text)
{
    attempt->dirty = true;
    *append(attempt) = (struct attempt_step){ at_ms, keep(event), keep(text) };
}

struct attempt *attempt_copy(const struct attempt *attempt)
{
    struct attempt *copy = attempt_new(attempt->id, attempt->group);

    *copy = *attempt;
    copy->steps = NULL;
    copy->n_steps = 0;
    copy->in_table = false;
    for (size_t i = 0; i < attempt->n_steps; i++)
        attempt_add(copy, attempt->steps[i].at_ms, attempt->steps[i].event, attempt->steps[i].text);
    return copy;
}

/* The last of the first N steps that tells of that event; NULL: none does. */
static const struct attempt_step *last_before(const struct attempt *attempt, size_t n,
                                              const char *event)
{
    while (n-- > 0) {
        if (strcmp(attempt->steps[n].event, event) == 0)
            return &attempt->steps[n];
    }
    return NULL;
}

msec attempt_when(const struct attempt *attempt, const char *event)
{
    const struct attempt_step *step = last_before(attempt, attempt->n_steps, event);

    return step != NULL ? step->at_ms : MSEC_NEVER;
}

const char *attempt_phase_name(enum attempt_phase phase)
{
    assert(phase < PHASE_COUNT);
    return phases[phase].name;
}

msec attempt_phase_ms(const struct attempt *attempt, enum attempt_phase phase)
{
    assert(phase < PHASE_COUNT);
    const struct attempt_step *from = NULL,
                              *to = last_before(attempt, attempt->n_steps, phases[phase].to);

    if (to != NULL)
        from = last_before(attempt, (size_t)(to - attempt->steps), phases[phase].from);
    return from != NULL ? to->at_ms - from->at_ms : MSEC_NEVER;
}
