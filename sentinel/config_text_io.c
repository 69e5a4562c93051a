#include "sentinel/config_text_io.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/config_io.h"

#define NUMBER_BYTES_MAX 40

/* One file on its way into the text. */
struct source {
    struct config_text *text;
    const char *name;
    const char *p, *end;
    unsigned line;
    int depth;
    char *error;
};

static bool read_file(struct config_text *text, const char *path, int depth, const char *from,
                      char *ret_error);

/* Say what is wrong at the source's present line. */
static bool fail(struct source *src, const char *what)
{
    snprintf(src->error, CONFIG_ERROR_MAX, "%s:%u: %s", src->name, src->line, what);
    return false;
}

static bool emit(struct source *src, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        src->text->lines += bytes[i] == '\n';
    return buf_append(&src->text->bytes, bytes, n) || fail(src, "the configuration is too large");
}

/* Pass N bytes on as they are. */
static bool copy(struct source *src, size_t n)
{
    const char *p = src->p;
    for (size_t i = 0; i < n; i++)
        src->line += p[i] == '\n';
    src->p += n;
    return emit(src, p, n);
}

/* Note that what follows comes from this line of the source. */
static bool mark(struct source *src)
{
    struct config_text *text = src->text;
    if (text->n_origins == text->cap_origins) {
        size_t cap = text->cap_origins ? 2 * text->cap_origins : 16;
        struct config_origin *more = realloc(text->origins, cap * sizeof(*more));
        if (!more)
            return fail(src, "memory is out");
        text->origins = more;
        text->cap_origins = cap;
    }
    struct config_origin origin = { text->lines + 1, src->line, src->name };
    text->origins[text->n_origins++] = origin;
    return true;
}

static bool starts(const struct source *src, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(src->end - src->p) >= n && memcmp(src->p, word, n) == 0;
}

/* Bytes up to the end of this line, the line end not included. */
static size_t line_rest(const struct source *src)
{
    const char *nl = memchr(src->p, '\n', (size_t)(src->end - src->p));
    return (size_t)((nl ? nl : src->end) - src->p);
}

/* "..." with escapes; may span lines. */
static bool take_string(struct source *src)
{
    for (const char *p = src->p + 1; p < src->end; p++) {
        if (*p == '\\')
            p++;
        else if (*p == '"')
            return copy(src, (size_t)(p + 1 - src->p));
    }
    return fail(src, "the string that begins here has no end, allowed is \"...\"");
}

static bool take_block_comment(struct source *src)
{
    for (const char *p = src->p + 2; p + 1 < src->end; p++)
        if (p[0] == '*' && p[1] == '/')
            return copy(src, (size_t)(p + 2 - src->p));
    return fail(src, "the comment that begins here has no end, allowed is /* ... */");
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '*' || c == '.' || c == '+';
}

/* Letters and digits that belong together: a name, a number. */
static size_t word_length(const struct source *src)
{
    size_t n = 1;
    while (src->p + n < src->end && is_word(src->p[n]))
        n++;
    return n;
}

/* Whether the word is an integer; its value without the suffix. ERANGE stands in errno when it does
 * not fit into 64 bits. */
static bool parse_integer(const char *word, long long *ret)
{
    char *end;
    const char *digits = word + (*word == '+' || *word == '-');
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');

    errno = 0;
    *ret = strtoll(word, &end, hex ? 16 : 10);
    return end > digits && (strcmp(end, "") == 0 || strcmp(end, "L") == 0 || !strcmp(end, "LL"));
}

/* A number: written anew in decimal, with an L when it needs one. */
static bool take_number(struct source *src)
{
    char word[NUMBER_BYTES_MAX + 1];
    char decimal[NUMBER_BYTES_MAX + 1];
    long long value;
    size_t n = word_length(src);

    if (n > NUMBER_BYTES_MAX)
        return fail(src, "a number of too many digits, allowed are 64 bits");
    memcpy(word, src->p, n);
    word[n] = '\0';
    if (!parse_integer(word, &value))
        return copy(src, n);
    if (errno == ERANGE)
        return fail(src, "a number that is too large, allowed are 64 bits");
    bool wide = value < INT32_MIN || value > INT32_MAX;
    int len = snprintf(decimal, sizeof(decimal), "%lld%s", value, wide ? "L" : "");
    src->p += n;
    return emit(src, decimal, (size_t)len);
}

/* The include's path, seen from the folder of the file that names it. NULL: memory. */
static char *include_path(const struct source *src, const char *name, size_t n)
{
    const char *slash = strrchr(src->name, '/');
    size_t folder = slash && name[0] != '/' ? (size_t)(slash + 1 - src->name) : 0;
    char *path = malloc(folder + n + 1);
    if (!path)
        return NULL;
    memcpy(path, src->name, folder);
    memcpy(path + folder, name, n);
    path[folder + n] = '\0';
    return path;
}

/* @include "name", then nothing but a comment. */
static bool take_include(struct source *src)
{
    const char *line_end = src->p + line_rest(src);
    const char *p = src->p + strlen("@include");
    while (p < line_end && (*p == ' ' || *p == '\t'))
        p++;
    const char *quote =
        p < line_end && *p == '"' ? memchr(p + 1, '"', (size_t)(line_end - p - 1)) : NULL;
    if (!quote || quote == p + 1)
        return fail(src, "@include: names no file, allowed is @include \"FILE\"");
    const char *rest = quote + 1;
    while (rest < line_end && isspace((unsigned char)*rest))
        rest++;
    bool comment = rest < line_end && (*rest == '#' || strncmp(rest, "//", 2) == 0);
    if (rest < line_end && !comment)
        return fail(src, "@include: something stands behind it, allowed is a line of its own");

    char from[CONFIG_ERROR_MAX / 2];
    snprintf(from, sizeof(from), "%s:%u: @include: ", src->name, src->line);
    char *path = include_path(src, p + 1, (size_t)(quote - p - 1));
    if (!path)
        return fail(src, "memory is out");
    bool done = read_file(src->text, path, src->depth + 1, from, src->error);
    free(path);
    if (!done)
        return false;
    /* The included text ended its last line. */
    src->p = line_end < src->end ? line_end + 1 : line_end;
    src->line++;
    return mark(src);
}

/* Whether nothing but blanks stands before this on its line. */
static bool at_line_start(const struct source *src, const char *begin)
{
    const char *p = src->p;
    while (p > begin && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    return p == begin || p[-1] == '\n';
}

/* Pass one token on. */
static bool take_token(struct source *src, const char *begin)
{
    char c = *src->p;
    bool sign = (c == '-' || c == '+') && src->p + 1 < src->end;
    if (c == '"')
        return take_string(src);
    if (c == '#' || starts(src, "//"))
        return copy(src, line_rest(src));
    if (starts(src, "/*"))
        return take_block_comment(src);
    if (c == '@' && starts(src, "@include") && at_line_start(src, begin))
        return take_include(src);
    if (isdigit((unsigned char)c) || (sign && isdigit((unsigned char)src->p[1])))
        return take_number(src);
    return copy(src, is_word(c) ? word_length(src) : 1);
}

static bool take_all(struct source *src)
{
    const char *begin = src->p;
    if (!mark(src))
        return false;
    if (memchr(begin, '\0', (size_t)(src->end - begin)))
        return fail(src, "holds a zero byte, allowed is text");
    while (src->p < src->end)
        if (!take_token(src, begin))
            return false;
    /* What follows an include begins on a line of its own. */
    struct buf *bytes = &src->text->bytes;
    size_t n = buf_used(bytes);
    return (n > 0 && buf_data(bytes)[n - 1] == '\n') || emit(src, "\n", 1);
}

/* The whole of an open file. NULL with errno set. */
static char *slurp(int fd, size_t *ret_n)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return NULL;
    /* A folder, or a device that never ends. */
    errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    if (!S_ISREG(st.st_mode))
        return NULL;
    errno = EFBIG;
    if ((size_t)st.st_size > CONFIG_BYTES_MAX)
        return NULL;

    size_t size = (size_t)st.st_size;
    size_t n = 0;
    char *bytes = malloc(size + 1);
    while (bytes && n < size) {
        ssize_t got = read(fd, bytes + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            goto failed;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *ret_n = n;
    return bytes;

failed:
    free(bytes);
    return NULL;
}

/* Put one file into the text. FROM: the place that included it, or "". */
static bool read_file(struct config_text *text, const char *path, int depth, const char *from,
                      char *ret_error)
{
    size_t n = 0;
    char *bytes = NULL;
    char *name = NULL;

    if (depth > CONFIG_INCLUDE_DEPTH_MAX || text->n_files == CONFIG_FILES_MAX) {
        snprintf(ret_error, CONFIG_ERROR_MAX,
                 "%stoo many files, allowed are %d, included %d deep at most", from,
                 CONFIG_FILES_MAX, CONFIG_INCLUDE_DEPTH_MAX);
        return false;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
        bytes = slurp(fd, &n);
        int why = errno;
        close(fd);
        errno = why;
    }
    if (bytes)
        name = strdup(path);
    if (!name) {
        snprintf(ret_error, CONFIG_ERROR_MAX, "%s%s: cannot be read: %s", from, path,
                 strerror(errno));
        free(bytes);
        return false;
    }
    text->files[text->n_files++] = name;
    struct source src = { text, name, bytes, bytes + n, 1, depth, ret_error };
    bool done = take_all(&src);
    free(bytes);
    return done;
}

int config_text_read(struct config_text *ret_text, const char *path, char *ret_error)
{
    struct config_text text;
    memset(&text, 0, sizeof(text));
    buf_init(&text.bytes, CONFIG_BYTES_MAX);
    if (!read_file(&text, path, 0, "", ret_error))
        goto failed;
    if (!buf_text(&text.bytes)) {
        snprintf(ret_error, CONFIG_ERROR_MAX, "%s: the configuration is too large", path);
        goto failed;
    }
    *ret_text = text;
    return 0;

failed:
    config_text_done(&text);
    return -1;
}

void config_text_done(struct config_text *text)
{
    for (size_t i = 0; i < text->n_files; i++)
        free(text->files[i]);
    free(text->origins);
    buf_done(&text->bytes);
    memset(text, 0, sizeof(*text));
}

struct config_origin config_text_origin(const struct config_text *text, unsigned line)
{
    assert(text->n_origins > 0);
    size_t i = text->n_origins - 1;
    while (i > 0 && text->origins[i].text_line > line)
        i--;
    struct config_origin origin = text->origins[i];
    origin.file_line += line > origin.text_line ? line - origin.text_line : 0;
    origin.text_line = line;
    return origin;
}
