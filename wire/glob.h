/*
 * Glob patterns as Redis has them: `*` any run, `?` any byte, `[abc]` `[a-z]` `[^a]` one byte of a
 * class, `\` the next byte as it is. Everything else stands for itself. Time is bounded by pattern
 * length x text length, whatever the pattern (a later `*` takes the place of an earlier one; there
 * is no recursion).
 */
#ifndef WIRE_GLOB_H
#define WIRE_GLOB_H

#include <stdbool.h>

#include "wire/slice.h"

/* True when the pattern matches the whole text. nocase: ASCII letters match in both cases. */
bool glob_match(struct slice pattern, struct slice text, bool nocase);

#endif
