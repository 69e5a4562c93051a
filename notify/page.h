/*
 * page: the files of the web page, as they stand in notify/page/, part of the program.
 */
#ifndef NOTIFY_PAGE_H
#define NOTIFY_PAGE_H

#include <stddef.h>

struct page_file {
    const char *path; /* of the URL */
    const char *type;
    const char *bytes;
    size_t len;
};

/* NULL: there is no such file. */
const struct page_file *page_find(const char *path);

#endif
