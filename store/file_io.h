/*
 * Small files that are replaced as a whole or not at all, in the working directory (which is
 * `dir`).
 */
#ifndef STORE_FILE_IO_H
#define STORE_FILE_IO_H

#include <stdbool.h>

#include "wire/slice.h"

#define FILE_NAME_MAX       64
#define FILE_ERROR_TEXT_MAX 256

/*
 * Gives the file this content: written under another name (with .new behind), synced, renamed, and
 * the folder synced. False with the reason; then the file is as it was, or, when only the folder
 * could not be synced, it may be either.
 */
bool file_replace(const char *name, struct slice content, char ret_error[FILE_ERROR_TEXT_MAX]);

/* Makes the names in the working directory durable; false with errno. */
bool file_sync_folder(void);

#endif
