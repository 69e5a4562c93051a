/*
 * words_io: the options and words behind a command of picketctl.
 */
#ifndef SENTINEL_CTL_WORDS_IO_H
#define SENTINEL_CTL_WORDS_IO_H

#include <stdbool.h>

#define CTL_OPTIONS_MAX 16
#define CTL_EXIT_USAGE  2

/* --NAME, or --NAME VALUE. */
struct ctl_option {
    const char *name;   /* NULL: the end of the list */
    bool *flag;         /* set when it is given; or */
    const char **value; /* set to its value */
};

/* Reads options, wherever they stand, and from MIN to MAX words. Returns the words; RET_N (may be
 * NULL) their number. OPTIONS may be NULL. Ends the program, with what is wrong and the command's
 * usage, when they make no sense. */
char **ctl_read_words(const struct ctl_option *options, int argc, char **argv, int min, int max,
                      int *ret_n);

/* Prints "picketctl: COMMAND: WHAT: WORD" and the command's usage, and ends the program. WORD may
 * be NULL. */
void ctl_misused(const char *command, const char *what, const char *word) __attribute__((noreturn));

#endif
