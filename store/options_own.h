/*
 * options_own: what the files of options share, and nobody else includes.
 */
#ifndef STORE_OPTIONS_OWN_H
#define STORE_OPTIONS_OWN_H

#include "store/options.h"

/* The words of a CHOICE, NULL behind the last; the index is the number. */
const char *const *option_words(enum option_id id);

/* Reads a value: its number, if it has one, and how it is shown. What has more to it (save points,
 * limits, users) goes into O. False with the reason: nothing has changed. */
bool option_parse(struct options *o, enum option_id id, struct slice text, int64_t *ret_number,
                  char ret_shown[OPTION_TEXT_MAX], char ret_error[OPTION_ERROR_TEXT_MAX]);

#endif
