/*
 * shell_parts_io: what the files of the shell share, and nobody else includes.
 */
#ifndef STORE_SHELL_PARTS_IO_H
#define STORE_SHELL_PARTS_IO_H

#include "store/shell_io.h"

/* Monotonic. */
int64_t shell_clock_ns(void);

/* Unix time follows from the monotonic clock, and their difference when they were last compared. */
void shell_set_clocks(struct shell *sh, int64_t now_ns, msec mono_ms);

/* shell_clients_io.c: what the server brings. */
extern const struct server_app shell_app;

/* shell_chores_io.c: what is done from time to time. */
void shell_tick(uv_timer_t *timer);

/* shell_options_io.c: Redis's names of levels on ours. */
void shell_apply_loglevel(const struct options *o);

void shell_fill_server_options(const struct options *o, struct server_options *to);

/* For store_ops. */
bool shell_option_changed(struct store *s, enum option_id id,
                          char ret_error[OPTION_ERROR_TEXT_MAX]);

#endif
