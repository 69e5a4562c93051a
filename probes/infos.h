/*
 * infos: the text of the last INFO of each node, by its id; all 0 is empty.
 */
#ifndef PROBES_INFOS_H
#define PROBES_INFOS_H

#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

#define INFO_KEPT_MAX (64u * 1024) /* bytes of an INFO that are kept */

struct info_text;

struct infos {
    struct info_text **texts; /* by id; NULL: none */
    size_t cap;
};

/* Keep it in the place of the one before, unless memory is out. */
void infos_keep(struct infos *infos, uint32_t id, const char *text, size_t len);

/* Borrowed until the next change of it; p NULL: there is none. */
struct slice infos_get(const struct infos *infos, uint32_t id);

void infos_forget(struct infos *infos, uint32_t id);
void infos_done(struct infos *infos);

#endif
