/*
 * import_drive: texts through the import, and what comes of them. All of it is inline.
 */
#ifndef TESTS_UNIT_IMPORT_DRIVE_H
#define TESTS_UNIT_IMPORT_DRIVE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/import.h"
#include "tests/unit/unit.h"
#include "wire/buf.h"

#define ID  "60a3515785622521ebae310b7763c7d10272c4ad"
#define ID2 "60a3515785622521ebae310b7763c7d10272c4ae"
#define MON "sentinel monitor m 10.0.0.1 6379 2\n"

static struct buf result; /* of the last convert() */
static char said[65536];         /* its errors */

/* Hand over all lines of the text. */
static inline void feed(struct import *im, struct slice text)
{
    for (unsigned line = 1; text.n > 0; line++) {
        const char *nl = memchr(text.p, '\n', text.n);
        size_t n = nl ? (size_t)(nl - text.p) : text.n;
        import_line(im, "s.conf", line, (struct slice){ text.p, n });
        n += nl != NULL;
        text.p += n;
        text.n -= n;
    }
}

/* The text as s.conf; the configuration is left in `result`, errors in `said`. */
static inline bool convert_slice(struct slice text)
{
    struct import *im = import_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(im);
    buf_done(&result);
    feed(im, text);
    bool done = import_finish(im, &result);
    snprintf(said, sizeof(said), "%s", import_errors(im));
    CU_ASSERT_EQUAL(done, said[0] == '\0');
    CU_ASSERT_EQUAL(done, buf_used(&result) > 0);
    import_free(im);
    return done;
}

static inline bool convert(const char *text)
{
    return convert_slice(slice_str(text));
}

static inline bool result_has(const char *text)
{
    return strstr(buf_text(&result), text) != NULL;
}

/* The text must give a configuration that holds WANTED. */
static inline void check_has(const char *text, const char *wanted)
{
    bool good = convert(text) && result_has(wanted);
    CU_ASSERT(good);
    if (!good)
        printf("of:     %s\nsaid:   %s\ngot:    %s\nwanted: %s\n", text, said, buf_text(&result),
               wanted);
}

/* The text must be refused with exactly these errors. */
static inline void check_bad(const char *text, const char *wanted)
{
    bool good = !convert(text) && strcmp(said, wanted) == 0;
    CU_ASSERT(good);
    if (!good)
        printf("of:     %s\nsaid:   %s\nwanted: %s\n", text, said, wanted);
}

#endif
