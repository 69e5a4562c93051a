#include "sentinel/import.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/import_own.h"

#define FIRST_ELEMENTS 8

/* --- lines -------------------------------------------------------------------------------- */

struct import *import_new(void)
{
    struct import *im = calloc(1, sizeof(*im));

    if (!im)
        return NULL;
    bool done = addr_set(&im->listen, "*", 26379);
    assert(done);
    (void)done;
    global_conf_init(&im->global);
    buf_init(&im->errors, 0);
    buf_init(&im->notes, 0);
    return im;
}

void import_free(struct import *im)
{
    if (!im)
        return;
    for (size_t i = 0; i < im->n_lines; i++) {
        free(im->lines[i].raw);
        import_words_done(&im->lines[i].words);
    }
    for (size_t i = 0; i < im->n_groups; i++) {
        free(im->groups[i].replicas);
        free(im->groups[i].peers);
    }
    for (size_t i = 0; i < im->n_files; i++)
        free(im->files[i]);
    free(im->lines);
    free(im->groups);
    free(im->files);
    free(im->include);
    buf_done(&im->errors);
    buf_done(&im->notes);
    free(im);
}

void *import_grow(struct import *im, void *array, size_t n, size_t *cap, size_t size)
{
    if (n == *cap) {
        size_t more = *cap ? 2 * *cap : FIRST_ELEMENTS;
        void *moved = realloc(array, more * size);
        if (!moved) {
            im->no_memory = true;
            return NULL;
        }
        array = moved;
        *cap = more;
    }
    memset((char *)array + n * size, 0, size);
    return array;
}

/* The name of a file, kept for the life of the import. NULL: no memory. */
static const char *keep_file(struct import *im, const char *file)
{
    if (im->n_files > 0 && strcmp(im->files[im->n_files - 1], file) == 0)
        return im->files[im->n_files - 1];
    for (size_t i = 0; i < im->n_files; i++)
        if (strcmp(im->files[i], file) == 0)
            return im->files[i];

    char **more = realloc(im->files, (im->n_files + 1) * sizeof(*more));
    char *name = strdup(file);
    if (more)
        im->files = more;
    if (!more || !name) {
        im->no_memory = true;
        free(name);
        return NULL;
    }
    im->files[im->n_files++] = name;
    return name;
}

/* Without blanks at both ends. */
static struct slice trim(struct slice text)
{
    while (text.n > 0 && memchr(" \t\r\n", text.p[0], 4) != NULL) {
        text.p++;
        text.n--;
    }
    while (text.n > 0 && memchr(" \t\r\n", text.p[text.n - 1], 4) != NULL)
        text.n--;
    return text;
}

/* Why this line is not even looked at; NULL when it is. */
static const char *what_is_wrong(const struct import *im, struct slice text)
{
    if (text.n > IMPORT_LINE_MAX)
        return "too long, allowed are lines of 64 KiB";
    if (im->bytes > IMPORT_BYTES_MAX)
        return "too much, allowed are 16 MiB for all files together";
    if (im->n_lines == IMPORT_LINES_MAX)
        return "too much, allowed are 1000000 lines for all files together";
    return memchr(text.p, '\0', text.n) ? "holds a zero byte, allowed is text" : NULL;
}

/* Append the line, taken apart. False when there is none, or it cannot be taken apart. */
static bool add_line(struct import *im, const char *file, unsigned number, struct slice text)
{
    struct import_line line = { .file = file, .number = number };
    enum import_words_result result = import_words_split(&line.words, text);

    if (result == IMPORT_WORDS_UNBALANCED) {
        import_fail(im, file, number,
                    "unbalanced quotes: a quote has no end, or something but a blank behind it");
        return false;
    }
    im->no_memory |= result == IMPORT_WORDS_NO_MEMORY;
    if (result != IMPORT_WORDS_GOOD)
        return false;
    struct import_line *more =
        import_grow(im, im->lines, im->n_lines, &im->cap_lines, sizeof(*more));
    if (more)
        im->lines = more;
    line.raw = more ? strndup(text.p, text.n) : NULL;
    if (!line.raw || line.words.n == 0) {
        im->no_memory |= !line.raw;
        free(line.raw);
        import_words_done(&line.words);
        return false;
    }
    im->lines[im->n_lines++] = line;
    return true;
}

/* `dir PATH`: what follows is seen from there. */
static void take_dir(struct import *im)
{
    char path[IMPORT_PATH_MAX + 1];
    char before[IMPORT_PATH_MAX + 1];

    if (!import_take_text(im, im->at->words.list[1], false, path, sizeof(path)))
        return;
    memcpy(before, im->dir, sizeof(before));
    bool joined = path[0] != '/' && before[0] != '\0';
    int n =
        snprintf(im->dir, sizeof(im->dir), "%s%s%s", joined ? before : "", joined ? "/" : "", path);
    if (n < 0 || (size_t)n >= sizeof(im->dir)) {
        memcpy(im->dir, before, sizeof(before));
        import_refuse(im, "too long, allowed are %d bytes", IMPORT_PATH_MAX);
    }
}

/* `include PATH`: what to read. NULL with an error. */
static const char *take_include(struct import *im)
{
    char path[IMPORT_PATH_MAX + 1];
    bool relative;

    if (im->at->words.n != 2) {
        import_refuse_count(im, 1, im->at->words.n - 1);
        return NULL;
    }
    if (!import_take_text(im, im->at->words.list[1], false, path, sizeof(path)))
        return NULL;
    relative = path[0] != '/' && im->dir[0] != '\0';
    size_t size = strlen(im->dir) + strlen(path) + 2;
    im->include = malloc(size);
    if (im->include)
        snprintf(im->include, size, "%s%s%s", relative ? im->dir : "", relative ? "/" : "", path);
    else
        im->no_memory = true;
    return im->include;
}

const char *import_line(struct import *im, const char *file, unsigned line, struct slice text)
{
    const char *name = keep_file(im, file);

    free(im->include);
    im->include = NULL;
    text = trim(text);
    if (!name || text.n == 0 || text.p[0] == '#')
        return NULL;
    im->bytes += text.n;
    const char *why = what_is_wrong(im, text);
    if (why) {
        import_fail(im, name, line, "%s", why);
        return NULL;
    }
    if (!add_line(im, name, line, text))
        return NULL;

    im->at = &im->lines[im->n_lines - 1];
    if (slice_is_nocase(im->at->words.list[0], "dir") && im->at->words.n == 2)
        take_dir(im);
    if (slice_is_nocase(im->at->words.list[0], "include"))
        return take_include(im);
    return NULL;
}

/* --- the whole ---------------------------------------------------------------------------- */

/* Walk over all lines of `sentinel`, or (pass IMPORT_PASSES) over all others. */
static void apply_lines(struct import *im, enum import_pass pass)
{
    for (size_t i = 0; i < im->n_lines; i++) {
        im->at = &im->lines[i];
        bool sentinel = slice_is_nocase(im->at->words.list[0], "sentinel");
        if (sentinel && pass < IMPORT_PASSES)
            import_sentinel_line(im, pass);
        if (!sentinel && pass == IMPORT_PASSES)
            import_server_line(im);
    }
}

/* Names for primaries need leave to look them up. */
static void check_names(struct import *im)
{
    for (size_t i = 0; i < im->n_groups && !im->global.resolve_hostnames; i++) {
        if (addr_is_numeric(&im->groups[i].addr))
            continue;
        im->at = im->groups[i].from;
        import_refuse(im, "\"%s\" is a name, allowed are addresses while resolve-hostnames is off",
                      im->groups[i].addr.host);
    }
}

/* No two groups with one primary. */
static void check_addresses(struct import *im)
{
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < im->n_groups; i++) {
        for (size_t k = 0; k < i; k++) {
            if (!addr_equal(&im->groups[i].addr, &im->groups[k].addr))
                continue;
            im->at = im->groups[i].from;
            import_refuse(im,
                          "%s is the primary of \"%s\" too, allowed is one group for an address",
                          addr_format(&im->groups[i].addr, text), im->groups[k].name);
            break;
        }
    }
}

bool import_finish(struct import *im, struct buf *ret_text)
{
    struct buf text = { 0 };

    apply_lines(im, IMPORT_PASSES);
    for (enum import_pass pass = 0; pass < IMPORT_PASSES; pass++)
        apply_lines(im, pass);
    import_server_finish(im);
    check_names(im);
    check_addresses(im);
    if (im->n_errors == 0 && !im->no_memory) {
        import_print(im, &text);
        if (!text.overflow && !im->notes.overflow &&
            buf_append(ret_text, buf_data(&text), buf_used(&text))) {
            buf_done(&text);
            return true;
        }
        im->no_memory = true;
    }
    if (im->no_memory)
        buf_append_str(&im->errors, "memory is out\n");
    buf_done(&text);
    return false;
}
