/*
 * history: the last attempts (notify/attempt.h) of all groups, put together from the events as they
 * are told. Pure; notify/history_io keeps it on the disk.
 *
 *     +sdown of a primary ─┐
 *     +try-failover ───────┼─▶ open ──▶ steps ──▶ +switch-master, -sdown, -failover-abort ... ─▶
 * ended +switch-master ──────┘
 *
 * What follows the end closely still belongs to it: replicas that are repointed, the reason behind
 * an abort.
 */
#ifndef NOTIFY_HISTORY_H
#define NOTIFY_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

struct attempt;
struct event;
struct history;

#define HISTORY_MAX       1000 /* attempts; of more, the oldest is forgotten */
#define HISTORY_VOTES_MAX 64   /* votes that may turn out to belong to an attempt */

/* Memory that runs out ends the process. RUNID: ours. */
struct history *history_new(const char *runid);
void history_free(struct history *history); /* NULL is fine */

/* Give back one that was stored, oldest first, before anything else. It is the history's from then
 * on; one that was open has been interrupted. */
void history_restore(struct history *history, struct attempt *attempt);

/* An event, in its order. WALL_MS: since 1970, NOW: monotonic. */
void history_take(struct history *history, const struct event *event, msec wall_ms, msec now);

/* Why nothing is done about the primary of a group that has an open attempt. A text that was told
 * last already is no step. */
void history_held(struct history *history, const char *group, const char *why, msec now);

/* How many there are, and the one at place I, newest first; NULL beyond the end. */
size_t history_count(const struct history *history);
const struct attempt *history_at(const struct history *history, size_t i);

/* The one of that id; NULL: there is none, or it was forgotten. */
const struct attempt *history_find(const struct history *history, uint64_t id);

/* How many are open. */
size_t history_count_open(const struct history *history);

/* One that was changed since it was taken last; NULL: none. It counts as stored from then on.
 * history_floor(): what is older than that id has been forgotten. */
const struct attempt *history_take_dirty(struct history *history);
uint64_t history_floor(const struct history *history);

#endif
