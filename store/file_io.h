/*
 * Files that are there after a crash, and small ones that are replaced as a whole or not at all.
 * Paths are relative to the working directory, which is `dir`. What fails sets errno.
 */
#ifndef STORE_FILE_IO_H
#define STORE_FILE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct buf;

#define FILE_PATH_MAX       1024
#define FILE_ERROR_TEXT_MAX 256

/*
 * Gives the file this content: written under another name (with .new behind), synced, renamed, and
 * the folder synced. False with the reason; then the file is as it was, or, when only the folder
 * could not be synced, it may be either.
 */
bool file_replace(const char *path, struct slice content, char ret_error[FILE_ERROR_TEXT_MAX]);

/* Makes the names in a folder durable. */
bool file_sync_folder(const char *folder);

/* Writes all n bytes, whatever the system takes at a time. */
bool file_write_all(int fd, const void *bytes, size_t n);

/* Appends the content of a file of at most bytes_max bytes; EFBIG when it has more. */
bool file_read_all(const char *path, size_t bytes_max, struct buf *to);

/* Its size, or -1. */
int64_t file_size(const char *path);

/* "folder/name" */
void file_path(char path[FILE_PATH_MAX], const char *folder, const char *name);

#endif
