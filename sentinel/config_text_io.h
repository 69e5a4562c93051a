/*
 * config_text_io: the text of the configuration file with its includes put in place, and where each
 * line came from. The library that parses it is given this text instead of the file, because what
 * it does with a file differs between its versions and is not always safe: an include that is a
 * folder ends the process, an absolute include is not found, and an integer of more than 32 bits
 * without an `L` behind it loses its upper half unseen. Here such integers get their `L`.
 *
 *     @include "groups.conf"      on a line of its own; relative to the folder of this file
 */
#ifndef SENTINEL_CONFIG_TEXT_IO_H
#define SENTINEL_CONFIG_TEXT_IO_H

#include <stddef.h>

#include "wire/buf.h"

#define CONFIG_BYTES_MAX         ((size_t)16 * 1024 * 1024) /* of all files together */
#define CONFIG_FILES_MAX         256
#define CONFIG_INCLUDE_DEPTH_MAX 10

/* From this line of the text on: this line of that file. */
struct config_origin {
    unsigned text_line;
    unsigned file_line;
    const char *file; /* one of `files` */
};

struct config_text {
    struct buf bytes; /* ends in a zero that is not counted (buf_text) */
    struct config_origin *origins;
    size_t n_origins, cap_origins;
    char *files[CONFIG_FILES_MAX];
    size_t n_files;
    unsigned lines; /* line ends so far */
};

/* Read PATH. 0, or -1 with a text in ret_error (CONFIG_ERROR_MAX bytes) and nothing to free. */
int config_text_read(struct config_text *ret_text, const char *path, char *ret_error);

void config_text_done(struct config_text *text);

/* Where line LINE (from 1) of the text comes from. */
struct config_origin config_text_origin(const struct config_text *text, unsigned line);

#endif
