/*
 * sentence: how all is, in one sentence for whoever looks at the service (`systemctl status`): what
 * is watched, and the worst trouble that there is.
 */
#ifndef SENTINEL_SENTENCE_H
#define SENTINEL_SENTENCE_H

#include <stddef.h>

#define SENTENCE_MAX 800 /* with its end; a longer one is cut */

struct core;

/* Write it into RET_TEXT of SENTENCE_MAX bytes. */
void sentence_write(const struct core *core, char ret_text[SENTENCE_MAX]);

#endif
