/*
 * lineage: the replication histories of a group's last primaries, newest first. A replica that
 * did not get to speak to the latest ones has the history of an older one, which the latest may no
 * longer name in INFO; here it is remembered, across restarts.
 */
#ifndef SENTINEL_LINEAGE_H
#define SENTINEL_LINEAGE_H

#include <stdbool.h>

#include "probes/node_info.h"

#define LINEAGE_MAX      8 /* the oldest is forgotten */
#define LINEAGE_TEXT_MAX (LINEAGE_MAX * (RUNID_LEN + 1))

struct lineage {
    char replids[LINEAGE_MAX][RUNID_LEN + 1]; /* empty behind the last */
};

/* Where REPLID stands, 0 is the newest; -1 if it is unknown or not among them. */
int lineage_find(const struct lineage *lineage, const char *replid);

/* Make REPLID the newest. Whether that changed anything; an empty one never does. */
bool lineage_push(struct lineage *lineage, const char *replid);

/* As one text, the ids with a space between them. */
void lineage_format(const struct lineage *lineage, char ret_text[LINEAGE_TEXT_MAX]);

/* False when TEXT is none: then *ret_lineage is untouched. */
bool lineage_parse(struct lineage *ret_lineage, const char *text);

#endif
