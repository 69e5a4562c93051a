#include "sentinel/web_history_io.h"

#include <stdbool.h>
#include <string.h>

#include "notify/attempt.h"
#include "notify/event_json_io.h"
#include "notify/json_put_io.h"
#include "notify/history.h"

/* What there is to say. */
static void put_text(json_t *object, const char *name, const char *text)
{
    if (text[0] != '\0')
        json_put_text(object, name, text);
}

static void put_time(json_t *object, const char *name, msec wall_ms)
{
    char text[EVENT_TIME_MAX];

    event_json_time(wall_ms, text);
    put_text(object, name, text);
}

/* Those that there were. */
static json_t *phases_json(const struct attempt *attempt)
{
    json_t *object = json_object();

    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        msec ms = attempt_phase_ms(attempt, (enum attempt_phase)phase);

        if (ms != MSEC_NEVER)
            json_put_int(object, attempt_phase_name((enum attempt_phase)phase), ms);
    }
    return object;
}

static json_t *head_json(const struct attempt *attempt)
{
    json_t *object = json_object();

    json_put_int(object, "id", (int64_t)attempt->id);
    put_text(object, "group", attempt->group);
    put_text(object, "kind", attempt_kind_name(attempt->kind));
    put_text(object, "outcome", attempt_outcome_name(attempt->outcome));
    put_text(object, "reason", attempt->reason);
    put_text(object, "asked_by", attempt->asked_by);
    put_time(object, "begun", attempt->begun_ms);
    if (attempt->ended_ms != 0) {
        put_time(object, "ended", attempt->ended_ms);
        json_put_int(object, "took_ms", attempt->ended_ms - attempt->begun_ms);
    }
    json_put_int(object, "epoch", (int64_t)attempt->epoch);
    put_text(object, "leader", attempt->leader);
    json_put_bool(object, "led", attempt->led);
    json_put_addr(object, "from", &attempt->from);
    json_put_addr(object, "to", &attempt->to);
    if (attempt->at_risk != ATTEMPT_AT_RISK_UNKNOWN)
        json_put_int(object, "bytes_at_risk", attempt->at_risk);
    json_put(object, "phases_ms", phases_json(attempt));
    return object;
}

static json_t *step_json(const struct attempt_step *step)
{
    json_t *object = json_object();

    json_put_int(object, "at_ms", step->at_ms);
    put_text(object, "event", step->event);
    put_text(object, "text", step->text);
    return object;
}

json_t *web_json_attempt(const struct attempt *attempt)
{
    json_t *object = head_json(attempt);
    json_t *steps = json_array();

    for (size_t i = 0; i < attempt->n_steps; i++)
        json_array_append_new(steps, step_json(&attempt->steps[i]));
    json_put(object, "steps", steps);
    json_put_int(object, "steps_lost", (int64_t)attempt->n_lost);
    return object;
}

json_t *web_json_history(const struct history *history, const char *group, size_t max)
{
    json_t *object = json_object();
    json_t *list = json_array();

    for (size_t i = 0; i < history_count(history) && json_array_size(list) < max; i++) {
        const struct attempt *attempt = history_at(history, i);

        if (group == NULL || strcmp(attempt->group, group) == 0)
            json_array_append_new(list, head_json(attempt));
    }
    json_put(object, "attempts", list);
    return object;
}
