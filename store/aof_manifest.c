#include "store/aof_manifest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"
#include "wire/resp_read.h"

#define LINE_BYTES_MAX 1024

void aof_manifest_done(struct aof_manifest *m)
{
    free(m->files);
    memset(m, 0, sizeof(*m));
}

void aof_manifest_copy(struct aof_manifest *to, const struct aof_manifest *from)
{
    to->count = from->count;
    to->files = NULL;
    if (from->count == 0)
        return;
    to->files = malloc(from->count * sizeof(from->files[0]));
    assert(to->files != NULL);
    memcpy(to->files, from->files, from->count * sizeof(from->files[0]));
}

/* Makes room for one more file at the end, which is returned zeroed. */
static struct aof_file *grow(struct aof_manifest *m)
{
    struct aof_file *files = realloc(m->files, (m->count + 1) * sizeof(files[0]));

    assert(files != NULL);
    m->files = files;
    memset(&files[m->count], 0, sizeof(files[0]));
    return &files[m->count++];
}

const struct aof_file *aof_manifest_last(const struct aof_manifest *m, enum aof_kind kind)
{
    for (size_t i = m->count; i > 0; i--) {
        if (m->files[i - 1].kind == kind)
            return &m->files[i - 1];
    }
    return NULL;
}

/* --- reading --------------------------------------------------------------------------------- */

static bool is_name(struct slice name)
{
    return name.n > 0 && name.n < AOF_FILE_NAME_MAX && memchr(name.p, '/', name.n) == NULL &&
           !slice_is(name, ".") && !slice_is(name, "..");
}

static bool is_kind(struct slice word)
{
    return word.n == 1 &&
           (word.p[0] == AOF_BASE || word.p[0] == AOF_INCR || word.p[0] == AOF_HISTORY);
}

/* One line's pairs of words; the reason why they are no file, or NULL. */
static const char *take_pairs(struct aof_file *f, size_t argc, const struct slice *argv)
{
    for (size_t i = 0; i + 1 < argc; i += 2) {
        struct slice value = argv[i + 1];

        if (slice_is_nocase(argv[i], "file")) {
            if (!is_name(value) || !slice_copy(value, f->name, sizeof(f->name)))
                return "the file must be a name without a path";
        } else if (slice_is_nocase(argv[i], "seq")) {
            if (!slice_to_int64(value, &f->seq) || f->seq < 1)
                return "seq must be a number from 1 on";
        } else if (slice_is_nocase(argv[i], "type")) {
            if (!is_kind(value))
                return "type must be b, i or h";
            f->kind = (enum aof_kind)value.p[0];
        }
    }
    if (argc % 2 != 0 || f->name[0] == '\0' || f->seq == 0 || f->kind == 0)
        return "it must say file, seq and type";
    return NULL;
}

/* Whether a file may stand behind those that are there; the reason why not, or NULL. */
static const char *take_file(struct aof_manifest *m, const struct aof_file *f)
{
    const struct aof_file *last = aof_manifest_last(m, f->kind);

    if (f->kind == AOF_BASE && last != NULL)
        return "there is a second base";
    if (f->kind == AOF_INCR && last != NULL && f->seq <= last->seq)
        return "seq does not rise";
    if (m->count == AOF_FILES_MAX)
        return "too many files";
    *grow(m) = *f;
    return NULL;
}

/* One line without its end; the words are quoted as in inline requests. */
static const char *take_line(struct aof_manifest *m, struct slice line)
{
    struct resp_reader reader;
    struct resp_request request;
    struct aof_file file = { .seq = 0 };
    char copy[LINE_BYTES_MAX + 2];
    const char *why;
    size_t used;

    if (line.n > LINE_BYTES_MAX)
        return "too long";
    if (line.n == 0 || line.p[0] == '#')
        return NULL;
    if (line.p[0] == '*')
        return "it must say file, seq and type";
    memcpy(copy, line.p, line.n);
    copy[line.n] = '\n';
    resp_reader_init(&reader, NULL);
    if (resp_reader_next(&reader, copy, line.n + 1, &request, &used) == RESP_REQUEST)
        why = take_pairs(&file, request.argc, request.argv);
    else
        why = "unbalanced quotes";
    if (why == NULL)
        why = take_file(m, &file);
    resp_reader_done(&reader);
    return why;
}

bool aof_manifest_parse(struct aof_manifest *m, struct slice text,
                        char ret_error[AOF_MANIFEST_ERROR_MAX])
{
    unsigned number = 0;

    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n), *why = "it has no end";
        struct slice line = { text.p, end != NULL ? (size_t)(end - text.p) : text.n };

        number++;
        if (end != NULL)
            why = take_line(m, line);
        if (why != NULL) {
            snprintf(ret_error, AOF_MANIFEST_ERROR_MAX, "line %u: %s", number, why);
            return false;
        }
        text.p += line.n + 1;
        text.n -= line.n + 1;
    }
    if (m->count > 0)
        return true;
    snprintf(ret_error, AOF_MANIFEST_ERROR_MAX, "line 1: there is no file in it");
    return false;
}

/* --- writing --------------------------------------------------------------------------------- */

/* A name as an inline request can hold it. */
static void put_name(struct buf *to, const char *name)
{
    bool plain = true;

    for (const char *p = name; *p != '\0'; p++)
        plain = plain && *p > ' ' && *p <= '~' && *p != '"' && *p != '\'' && *p != '\\';
    if (plain) {
        buf_append_str(to, name);
        return;
    }
    buf_append(to, "\"", 1);
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            buf_printf(to, "\\%c", *p);
        else if (*p >= ' ' && *p <= '~')
            buf_append(to, p, 1);
        else
            buf_printf(to, "\\x%02x", (unsigned char)*p);
    }
    buf_append(to, "\"", 1);
}

static void put_files(const struct aof_manifest *m, enum aof_kind kind, struct buf *to)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct aof_file *f = &m->files[i];

        if (f->kind != kind)
            continue;
        buf_append_str(to, "file ");
        put_name(to, f->name);
        buf_printf(to, " seq %lld type %c\n", (long long)f->seq, (char)f->kind);
    }
}

void aof_manifest_write(const struct aof_manifest *m, struct buf *to)
{
    put_files(m, AOF_BASE, to);
    put_files(m, AOF_HISTORY, to);
    put_files(m, AOF_INCR, to);
}

/* --- changing -------------------------------------------------------------------------------- */

/* The highest number that a file of that kind has had; one that is history now may be of either. */
static int64_t highest(const struct aof_manifest *m, enum aof_kind kind)
{
    int64_t seq = 0;

    for (size_t i = 0; i < m->count; i++) {
        const struct aof_file *f = &m->files[i];

        if ((f->kind == kind || f->kind == AOF_HISTORY) && f->seq > seq)
            seq = f->seq;
    }
    return seq;
}

const struct aof_file *aof_manifest_add(struct aof_manifest *m, const char *prefix,
                                        enum aof_kind kind)
{
    int64_t seq = highest(m, kind) + 1;
    struct aof_file *f = grow(m);

    assert(m->count <= AOF_FILES_MAX && kind != AOF_HISTORY);
    f->seq = seq;
    f->kind = kind;
    snprintf(f->name, sizeof(f->name), "%.200s.%lld.%s", prefix, (long long)seq,
             kind == AOF_BASE ? "base.rdb" : "incr.aof");
    return f;
}

void aof_manifest_add_named(struct aof_manifest *m, const char *name, enum aof_kind kind)
{
    struct aof_file *f = grow(m);

    f->seq = 1;
    f->kind = kind;
    snprintf(f->name, sizeof(f->name), "%s", name);
}

void aof_manifest_retire(struct aof_manifest *m, int64_t incr_seq)
{
    const struct aof_file *base = aof_manifest_last(m, AOF_BASE);

    for (size_t i = 0; i < m->count; i++) {
        struct aof_file *f = &m->files[i];

        if (f != base && (f->kind != AOF_INCR || f->seq < incr_seq))
            f->kind = AOF_HISTORY;
    }
}

void aof_manifest_drop_history(struct aof_manifest *m)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->count; i++) {
        if (m->files[i].kind != AOF_HISTORY)
            m->files[kept++] = m->files[i];
    }
    m->count = kept;
}
