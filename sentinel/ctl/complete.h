/*
 * complete: what may stand next behind a command, by what its row says of its arguments:
 * "GROUP [--to NODE] [--force]", "NODE FILE", "on|off", "show FILE | replay FILE". Capitals stand
 * for something of that kind, all else for itself. Pure.
 */
#ifndef SENTINEL_CTL_COMPLETE_H
#define SENTINEL_CTL_COMPLETE_H

#include <stdbool.h>

#define COMPLETE_WORD_MAX 64 /* of a row's arguments, with its end; longer ones are passed over */

/* Hears of a word that may stand there, or of a kind of word (in capitals). */
typedef void complete_fn(void *arg, const char *word);

/* Behind N WORDS, which the operator wrote already; options that are there are not offered again.
 */
void complete_next(const char *args, int n, char *const *words, complete_fn *may, void *arg);

#endif
