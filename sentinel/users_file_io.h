/*
 * users_file_io: the file that the option acl_file names. For users_io.
 */
#ifndef SENTINEL_USERS_FILE_IO_H
#define SENTINEL_USERS_FILE_IO_H

#include "sentinel/users_io.h"
#include "wire/slice.h"

struct buf;

/* All of it, at most the limit of TO, which is empty. 0, or -1 with a text. */
int users_file_read(const char *path, struct buf *to, char ret_error[USERS_ERROR_MAX]);

/* Puts TEXT in its place: all of it is on the disk, or the file is as before (-1). */
int users_file_write(const char *path, struct slice text, char ret_error[USERS_ERROR_MAX]);

#endif
