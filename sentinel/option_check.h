/*
 * option_check: what the tables of options do not say: which texts have a form, and which of them
 * name programs.
 */
#ifndef SENTINEL_OPTION_CHECK_H
#define SENTINEL_OPTION_CHECK_H

#include <stdbool.h>

#include "sentinel/options.h"

/* Whether VALUE has the form that this option needs; beside what option_set() looks at. */
bool option_allows(const struct conf_option *option, const char *value);

/* What is allowed as a text, for errors: "strings of at most ..."; constant. */
const char *option_form(const struct conf_option *option);

/* The path of a program that events start. */
bool option_is_script(const struct conf_option *option);

/* A choice between no and yes. */
bool option_is_no_yes(const struct conf_option *option);

#endif
