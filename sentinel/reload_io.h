/*
 * reload_io: from the configuration file to the core, at start and at SIGHUP. The file is
 * read off the loop's thread. A bad file changes nothing and is logged with its line.
 */
#ifndef SENTINEL_RELOAD_IO_H
#define SENTINEL_RELOAD_IO_H

#include <stdbool.h>
#include <uv.h>

struct config;
struct reload;
struct shell;

/* Give the core what the file says: the settings of the process, the voters, all groups, then the
 * end of the list: groups that came from the file once and are not in it any more go. From a turn
 * of the loop, never from within the shell. */
void reload_settings(struct shell *shell, const struct config *config);

/* APPLY gets what was read (and owned by the caller of it from then on); NULL: the file was bad,
 * which has been logged. PATH outlives it. NULL: memory. */
struct reload *reload_new(uv_loop_t *loop, const char *path,
                          void (*apply)(void *arg, struct config *config), void *arg);

/* Read the file; once more when it is being read already. */
void reload_start(struct reload *reload);

/* APPLY will not be called any more. Frees at once, or when the reading has ended. */
void reload_free(struct reload *reload);

#endif
