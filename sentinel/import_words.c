#include "sentinel/import_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The rest of a line, and where the bytes of the present word go. */
struct cursor {
    const char *p, *end;
    char *to;
};

/* A blank of the C locale. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What a letter behind a backslash stands for between double quotes. */
static char unescape(char c)
{
    static const char names[] = "nrtab", bytes[] = "\n\r\t\a\b";
    const char *found = c ? strchr(names, c) : NULL;
    return found ? bytes[found - names] : c;
}

/* The byte or escape at the cursor, which stands between double quotes. */
static void take_escaped(struct cursor *at)
{
    size_t left = (size_t)(at->end - at->p);

    if (left >= 4 && at->p[0] == '\\' && at->p[1] == 'x' && hex_digit(at->p[2]) >= 0 &&
        hex_digit(at->p[3]) >= 0) {
        *at->to++ = (char)(hex_digit(at->p[2]) * 16 + hex_digit(at->p[3]));
        at->p += 4;
    } else if (left >= 2 && at->p[0] == '\\') {
        *at->to++ = unescape(at->p[1]);
        at->p += 2;
    } else {
        *at->to++ = *at->p++;
    }
}

/* From an opening quote to the closing one. False when there is none, or something follows it. */
static bool take_quoted(struct cursor *at)
{
    char quote = *at->p++;

    while (at->p < at->end && *at->p != quote) {
        if (quote == '"') {
            take_escaped(at);
            continue;
        }
        if (at->end - at->p >= 2 && at->p[0] == '\\' && at->p[1] == '\'')
            at->p++;
        *at->to++ = *at->p++;
    }
    if (at->p == at->end)
        return false;
    at->p++;
    return at->p == at->end || is_blank(*at->p);
}

/* One word; a quote ends it. */
static bool take_word(struct cursor *at)
{
    while (at->p < at->end && memchr(" \t\r\n", *at->p, 4) == NULL) {
        if (*at->p == '"' || *at->p == '\'')
            return take_quoted(at);
        *at->to++ = *at->p++;
    }
    return true;
}

enum import_words_result import_words_split(struct import_words *ret_words, struct slice line)
{
    /* No word is longer than its text, and two words have a blank between them. */
    struct import_words words = { 0, calloc(line.n / 2 + 1, sizeof(*words.list)),
                                  malloc(line.n + 1) };
    struct cursor at = { line.p, line.p + line.n, words.bytes };
    enum import_words_result result = IMPORT_WORDS_NO_MEMORY;

    if (!words.list || !words.bytes)
        goto failed;
    result = IMPORT_WORDS_UNBALANCED;
    for (;;) {
        while (at.p < at.end && is_blank(*at.p))
            at.p++;
        if (at.p == at.end)
            break;
        struct slice *word = &words.list[words.n++];
        word->p = at.to;
        if (!take_word(&at))
            goto failed;
        word->n = (size_t)(at.to - word->p);
    }
    *ret_words = words;
    return IMPORT_WORDS_GOOD;

failed:
    import_words_done(&words);
    return result;
}

void import_words_done(struct import_words *words)
{
    free(words->list);
    free(words->bytes);
    memset(words, 0, sizeof(*words));
}
