/*
 * words: what a command is given, and the commands themselves (tests/story/command.c
 * has their table). Each returns false with an error in the story when it cannot be done.
 */
#ifndef TESTS_STORY_WORDS_H
#define TESTS_STORY_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/story/command.h"

struct engine;
struct sup;

struct words {
    int n;
    char *word[STORY_WORDS_MAX];
};

typedef bool command_fn(struct story *st, const struct words *a);

command_fn do_aim, do_cut, do_disk, do_expect, do_failover, do_fixed, do_forge, do_hold, do_groups,
    do_hang, do_hooks, do_isolate, do_kill, do_node, do_nodes, do_option, do_pending, do_request,
    do_role, do_run, do_script, do_settle, do_show, do_start, do_stock, do_supervisors, do_until,
    do_waited;

/* Set the story's error; false. */
bool words_fail(struct story *st, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append a line to the trace, with its time. */
void words_record(struct story *st, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a word means; false, NULL or -1 with an error when it means no such thing. */
bool words_number(struct story *st, const char *word, int64_t *ret);
bool words_numbered(const char *word, char letter, int max, int *ret_index);
struct sup *words_sup(struct story *st, const char *word);
struct engine *words_node(struct story *st, const char *word);
int words_group(struct story *st, const char *word);
int words_host(struct story *st, const char *word);

/* Whether the command has this word at its end. */
bool words_end(const struct words *a, const char *word);

#endif
