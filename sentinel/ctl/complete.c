#include "sentinel/ctl/complete.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define ARGS_MAX 32
#define WAY_MAX  1024

/* One argument of a row. */
struct arg {
    char word[COMPLETE_WORD_MAX];  /* "GROUP", "--to", "on|off" */
    char value[COMPLETE_WORD_MAX]; /* of an option, "NODE"; empty: it has none */
};

/* The next word of a row without its brackets and dots; NULL: there is none. RET_OPEN: a bracket
 * that was opened before it or in it is still open behind it. */
static const char *next_word(const char *p, char ret[COMPLETE_WORD_MAX], bool *ret_open)
{
    size_t n = 0;

    for (p += strspn(p, " "); *p != ' ' && *p != '\0'; p++) {
        if (*p == '[')
            *ret_open = true;
        else if (*p == ']')
            *ret_open = false;
        else if (*p != '.' && n < COMPLETE_WORD_MAX - 1)
            ret[n++] = *p;
    }
    ret[n] = '\0';
    return n > 0 ? p : NULL;
}

static bool is_option(const char *word)
{
    return word[0] == '-';
}

/* All arguments of a row. */
static int read_row(const char *row, struct arg args[ARGS_MAX])
{
    char word[COMPLETE_WORD_MAX];
    bool open = false;
    int n = 0;

    for (bool was_open; was_open = open, (row = next_word(row, word, &open)) != NULL;) {
        if (n > 0 && was_open && is_option(args[n - 1].word) && args[n - 1].value[0] == '\0' &&
            !is_option(word)) {
            if (strcmp(word, "|") != 0)
                strcpy(args[n - 1].value, word);
        } else if (strcmp(word, "|") == 0) {
            continue;
        } else if (n < ARGS_MAX) {
            strcpy(args[n].word, word);
            args[n++].value[0] = '\0';
        }
    }
    return n;
}

/* "on|off" are two. */
static void offer(const char *words, complete_fn *may, void *arg)
{
    char word[COMPLETE_WORD_MAX];

    for (; *words != '\0'; words += *words == '|') {
        size_t len = strcspn(words, "|");
        memcpy(word, words, len);
        word[len] = '\0';
        words += len;
        if (len > 0)
            may(arg, word);
    }
}

static const struct arg *find_option(const struct arg *args, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (is_option(args[i].word) && strcmp(args[i].word, word) == 0)
            return &args[i];
    return NULL;
}

static bool is_given(const char *option, int n, char *const *words)
{
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], option) == 0)
            return true;
    return false;
}

/* Whether the word may stand for an argument of the row: one that says itself must be it. */
static bool is_meant(const char *names, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = names; *p != '\0'; p += strcspn(p, "|"), p += *p == '|')
        if (isupper((unsigned char)*p) || (strncmp(p, word, len) == 0 && strcspn(p, "|") == len))
            return true;
    return false;
}

/* The argument that stands at that place; NULL: there is none. */
static const struct arg *find_place(const struct arg *row, int n, int place)
{
    for (int i = 0; i < n; i++)
        if (!is_option(row[i].word) && place-- == 0)
            return &row[i];
    return NULL;
}

/* One way to write the command. */
static void complete_way(const char *args, int n, char *const *words, complete_fn *may, void *arg)
{
    struct arg row[ARGS_MAX];
    int n_row = read_row(args, row), place = 0;

    for (int i = 0; i < n; i++) {
        const struct arg *option = find_option(row, n_row, words[i]);
        const struct arg *here = option ? NULL : find_place(row, n_row, place);
        if (here && !is_meant(here->word, words[i]))
            return;
        bool wants = option && option->value[0] != '\0';
        if (wants && i + 1 == n) {
            offer(option->value, may, arg);
            return;
        }
        i += wants;
        place += !option;
    }
    for (int i = 0; i < n_row; i++) {
        if (is_option(row[i].word) ? !is_given(row[i].word, n, words) : place-- == 0)
            offer(row[i].word, may, arg);
    }
}

/* Where a way ends: at a bar that is in no brackets. */
static const char *end_of_way(const char *p)
{
    int depth = 0;

    for (; *p != '\0' && (depth > 0 || strncmp(p, " | ", 3) != 0); p++)
        depth += (*p == '[') - (*p == ']');
    return p;
}

void complete_next(const char *args, int n, char *const *words, complete_fn *may, void *arg)
{
    char way[WAY_MAX];

    for (const char *end; *args != '\0'; args = *end ? end + 3 : end) {
        end = end_of_way(args);
        snprintf(way, sizeof(way), "%.*s", (int)(end - args), args);
        complete_way(way, n, words, may, arg);
    }
}
