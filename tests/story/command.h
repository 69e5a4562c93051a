/*
 * command: the words of a story: settings first, then what happens, and what is
 * looked at. tests/story/command.c has the table; `story -h` prints it.
 */
#ifndef TESTS_STORY_COMMAND_H
#define TESTS_STORY_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/sim/plan.h"
#include "wire/msec.h"

struct world;

#define STORY_WORDS_MAX 8
#define STORY_WAIT_MS   120000 /* the longest that `settle` and `until` wait */
#define STORY_LINE_MAX  1500
#define STORY_ERROR_MAX 200

struct story {
    struct plan plan;
    struct world *world; /* made by the first command that is not a setting */
    msec zero;           /* what times in the trace count from */
    char *trace;         /* lines since the last `expect` */
    size_t n, cap;
    char awaited[64]; /* `until`: the event, */
    int awaited_sup;  /* and whose; -1 = anybody's */
    bool seen;
    char error[STORY_ERROR_MAX]; /* why the last command could not be done */
};

void story_init(struct story *story);
void story_done(struct story *story);

/* Do what one line says. False, with an error, when it says nothing known. */
bool story_do(struct story *story, const char *line);

/* The trace so far, which begins anew; to be freed by the caller. */
char *story_take_trace(struct story *story);

/* Print all commands and what they do. */
void story_help(void);

#endif
