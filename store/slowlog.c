#include "store/slowlog.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REMARK_BYTES_MAX 48 /* "... (N more arguments)" */

static const char hidden[] = "(redacted)";

/* One word as it is noted: in place, or shortened into text. */
struct shown {
    struct slice head;
    char tail[REMARK_BYTES_MAX];
};

static void show_word(const struct slow_note *note, size_t i, struct shown *ret)
{
    size_t n = note->argv[i].n;

    ret->tail[0] = '\0';
    if (note->argc > SLOWLOG_WORDS_MAX && i == SLOWLOG_WORDS_MAX - 1) {
        ret->head = slice_str("");
        snprintf(ret->tail, sizeof(ret->tail), "... (%zu more arguments)", note->argc - i);
        return;
    }
    if (note->secret & ((uint32_t)1 << i)) {
        ret->head = slice_str(hidden);
        return;
    }
    ret->head = note->argv[i];
    if (n <= SLOWLOG_WORD_BYTES_MAX)
        return;
    ret->head.n = SLOWLOG_WORD_BYTES_MAX;
    snprintf(ret->tail, sizeof(ret->tail), "... (%zu more bytes)", n - SLOWLOG_WORD_BYTES_MAX);
}

/* Appends bytes and moves the place. */
static char *put(char **at, const char *bytes, size_t n)
{
    char *to = *at;

    memcpy(to, bytes, n);
    *at += n;
    return to;
}

/* A copy of all that is to be kept, in one block. */
static struct slow_command *copy(const struct slow_note *note)
{
    const char *name = note->name != NULL ? note->name : "";
    size_t words = note->argc < SLOWLOG_WORDS_MAX ? note->argc : SLOWLOG_WORDS_MAX;
    size_t bytes = strlen(note->addr) + strlen(name) + 2;
    struct shown shown[SLOWLOG_WORDS_MAX];
    struct slow_command *x;
    char *at;

    for (size_t i = 0; i < words; i++) {
        show_word(note, i, &shown[i]);
        bytes += shown[i].head.n + strlen(shown[i].tail);
    }
    x = malloc(sizeof(*x) + words * sizeof(x->word[0]) + bytes);
    assert(x != NULL);
    at = (char *)&x->word[words];
    x->words = words;
    for (size_t i = 0; i < words; i++) {
        x->word[i].p = put(&at, shown[i].head.p, shown[i].head.n);
        put(&at, shown[i].tail, strlen(shown[i].tail));
        x->word[i].n = (size_t)(at - x->word[i].p);
    }
    x->addr = put(&at, note->addr, strlen(note->addr) + 1);
    x->name = put(&at, name, strlen(name) + 1);
    return x;
}

void slowlog_add(struct slowlog *log, const struct slow_note *note, size_t most)
{
    struct slow_command *x;

    if (most == 0)
        return;
    x = copy(note);
    x->id = log->next_id++;
    x->at_s = note->at_s;
    x->took_us = note->took_us;
    x->next = log->first;
    log->first = x;
    log->count++;
    if (log->count > most)
        slowlog_trim(log, most);
}

void slowlog_trim(struct slowlog *log, size_t most)
{
    struct slow_command **end = &log->first, *x;

    if (log->count <= most)
        return;
    for (size_t i = 0; i < most; i++)
        end = &(*end)->next;
    while ((x = *end) != NULL) {
        *end = x->next;
        free(x);
    }
    log->count = most;
}
