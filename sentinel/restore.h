/*
 * restore: the model from its stored rows; see core_restore().
 */
#ifndef SENTINEL_RESTORE_H
#define SENTINEL_RESTORE_H

struct core;
struct row;

void restore_row(struct core *core, const struct row *row);

#endif
