#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/import_own.h"

#define TEXT_MAX      1024 /* bytes of one error or comment */
#define RAW_SHOWN_MAX 200  /* bytes of a directive that a comment shows */

/* Append LEN bytes as printable text of at most MAX bytes. */
static void put_shown(struct buf *to, const char *text, size_t len, size_t max)
{
    for (size_t i = 0; i < len && i < max; i++) {
        bool control = (unsigned char)text[i] < 0x20 || text[i] == 0x7f;
        buf_append(to, control ? "?" : &text[i], 1);
    }
    if (len > max)
        buf_append_str(to, "...");
}

/* "file:line: directive: why", once for each of the first IMPORT_ERRORS_MAX. */
static void put_error(struct import *im, const char *file, unsigned line, const char *directive,
                      const char *why)
{
    im->n_errors++;
    if (im->n_errors > IMPORT_ERRORS_MAX)
        return;
    put_shown(&im->errors, file, strlen(file), IMPORT_PATH_MAX);
    if (line > 0)
        buf_printf(&im->errors, ":%u", line);
    buf_printf(&im->errors, ": %s%s%s\n", directive, directive[0] ? ": " : "", why);
}

void import_fail(struct import *im, const char *file, unsigned line, const char *format, ...)
{
    char why[TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    put_error(im, file, line, "", why);
}

/* "port", "sentinel monitor": what errors call the present line. */
static void name_directive(const struct import_line *line, char *ret_name, size_t size)
{
    const struct slice *words = line->words.list;
    bool sentinel = slice_is_nocase(words[0], "sentinel") && line->words.n > 1;

    snprintf(ret_name, size, "%s%s%s", import_shown(words[0]), sentinel ? " " : "",
             sentinel ? import_shown(words[1]) : "");
}

void import_refuse(struct import *im, const char *format, ...)
{
    char why[TEXT_MAX];
    char name[2 * IMPORT_VALUE_MAX + 16];
    va_list args;

    assert(im->at != NULL);
    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    name_directive(im->at, name, sizeof(name));
    put_error(im, im->at->file, im->at->number, name, why);
}

void import_refuse_count(struct import *im, size_t wanted, size_t n)
{
    import_refuse(im, "takes %zu value%s, here are %zu; one with spaces needs quotes", wanted,
                  wanted == 1 ? "" : "s", n);
}

void import_note(struct import *im, const struct import_line *line, bool secret, const char *format,
                 ...)
{
    struct slice word = line->words.list[0];
    va_list args;

    buf_append_str(&im->notes, "# not carried over: `");
    if (secret)
        put_shown(&im->notes, word.p, word.n, RAW_SHOWN_MAX);
    else
        put_shown(&im->notes, line->raw, strlen(line->raw), RAW_SHOWN_MAX);
    buf_append_str(&im->notes, secret ? " ******`: " : "`: ");
    va_start(args, format);
    buf_vprintf(&im->notes, format, args);
    va_end(args);
    buf_append_str(&im->notes, "\n");
}

const char *import_shown(struct slice value)
{
    static char texts[2][IMPORT_VALUE_MAX + 4];
    static unsigned turn;
    char *text = texts[turn++ % 2];
    size_t n = value.n < IMPORT_VALUE_MAX ? value.n : IMPORT_VALUE_MAX;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        text[i] = c < 0x20 || c == 0x7f ? '?' : value.p[i];
    }
    memcpy(text + n, value.n > n ? "..." : "", value.n > n ? 4 : 1);
    return text;
}

const char *import_errors(struct import *im)
{
    if (im->n_errors > IMPORT_ERRORS_MAX) {
        buf_printf(&im->errors, "and %zu errors more\n", im->n_errors - IMPORT_ERRORS_MAX);
        im->n_errors = IMPORT_ERRORS_MAX;
    }
    const char *text = buf_text(&im->errors);
    return text ? text : "memory is out\n";
}
