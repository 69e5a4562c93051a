/*
 * The durable part of the guard, in a file of its own in `dir`: the highest epoch of the write
 * lease and who named it. That the file is there also says that this node has been at work before,
 * which is what the start gate goes by.
 */
#ifndef STORE_GUARD_IO_H
#define STORE_GUARD_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "store/file_io.h"
#include "wire/slice.h"

struct shell;

#define GUARD_FILE "picket-store.guard"

/* Milliseconds since boot, sleep included: the clock of leases. */
int64_t guard_clock_ms(void);

/* Reads the file, if there is one. False, with the reason, when it cannot be read: then nothing is
 * known of epochs, and the process must not go on. */
bool guard_load(struct shell *sh, char ret_error[FILE_ERROR_TEXT_MAX]);

/* The data are loaded and we are what we are configured to be; has_past: there were data. Closes
 * the gate where it has to be. */
void guard_started(struct shell *sh, bool has_past);

/* Makes a new epoch and its holder durable, then adopts them. False with the reason, and nothing
 * adopted. */
bool guard_save(struct shell *sh, int64_t epoch, struct slice holder,
                char ret_error[FILE_ERROR_TEXT_MAX]);

#endif
