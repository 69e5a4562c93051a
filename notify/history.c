#include "notify/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "notify/attempt.h"
#include "notify/history_own.h"

struct history *history_new(const char *runid)
{
    struct history *history = calloc(1, sizeof *history);

    assert(history != NULL && strlen(runid) <= PEER_RUNID_LEN);
    memcpy(history->runid, runid, strlen(runid));
    return history;
}

void history_free(struct history *history)
{
    if (history == NULL)
        return;
    for (size_t i = 0; i < history->n; i++)
        attempt_free(history->ring[(history->head + i) % HISTORY_MAX]);
    table_done(&history->newest);
    free(history);
}

static uint64_t hash_of(const char *group)
{
    return table_hash_bytes(slice_str(group));
}

struct attempt *history_newest(const struct history *history, const char *group)
{
    struct table_node *node = table_first(&history->newest, hash_of(group));

    for (; node != NULL; node = table_next(node)) {
        struct attempt *attempt = table_entry(node, struct attempt, node);

        if (strcmp(attempt->group, group) == 0)
            return attempt;
    }
    return NULL;
}

static void unlist(struct history *history, struct attempt *attempt)
{
    if (attempt->in_table)
        table_remove(&history->newest, &attempt->node);
    attempt->in_table = false;
}

static void list(struct history *history, struct attempt *attempt)
{
    struct attempt *before = history_newest(history, attempt->group);

    if (before != NULL)
        unlist(history, before);
    attempt->in_table = table_add(&history->newest, &attempt->node, hash_of(attempt->group));
    assert(attempt->in_table);
}

void history_push(struct history *history, struct attempt *attempt)
{
    struct attempt **slot = &history->ring[(history->head + history->n) % HISTORY_MAX];

    if (history->n == HISTORY_MAX) {
        history->n_open -= (*slot)->outcome == ATTEMPT_OPEN;
        unlist(history, *slot);
        attempt_free(*slot);
        history->head = (history->head + 1) % HISTORY_MAX;
    } else {
        history->n++;
    }
    *slot = attempt;
    list(history, attempt);
    history->last_id = attempt->id;
}

void history_restore(struct history *history, struct attempt *attempt)
{
    assert(attempt->id > history->last_id);
    if (attempt->outcome == ATTEMPT_OPEN) {
        attempt->outcome = ATTEMPT_INTERRUPTED;
        attempt->dirty = true;
    }
    attempt->started = MSEC_NEVER;
    history_push(history, attempt);
}

static struct attempt *at(const struct history *history, size_t i)
{
    return i < history->n ? history->ring[(history->head + history->n - 1 - i) % HISTORY_MAX]
                          : NULL;
}

size_t history_count(const struct history *history)
{
    return history->n;
}

const struct attempt *history_at(const struct history *history, size_t i)
{
    return at(history, i);
}

const struct attempt *history_find(const struct history *history, uint64_t id)
{
    for (size_t i = 0; i < history->n; i++) {
        if (at(history, i)->id == id)
            return at(history, i);
    }
    return NULL;
}

size_t history_count_open(const struct history *history)
{
    return history->n_open;
}

const struct attempt *history_take_dirty(struct history *history)
{
    for (size_t i = 0; i < history->n; i++) {
        if (!at(history, i)->dirty)
            continue;
        at(history, i)->dirty = false;
        return at(history, i);
    }
    return NULL;
}

uint64_t history_floor(const struct history *history)
{
    return history->n > 0 ? at(history, history->n - 1)->id : 0;
}
