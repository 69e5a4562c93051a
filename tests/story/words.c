/* What commands are made of: words, and the trace that they write. */
#include "tests/story/words.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

bool words_fail(struct story *st, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(st->error, sizeof st->error, format, args);
    va_end(args);
    return false;
}

/* Append a line to the trace, with its time. */
void words_record(struct story *st, const char *format, ...)
{
    char line[STORY_LINE_MAX];
    va_list args;
    int n = snprintf(line, sizeof line, "    [%6lld] ", (long long)(st->world->now - st->zero));

    va_start(args, format);
    n += vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    va_end(args);
    if ((size_t)n > sizeof line - 2)
        n = (int)sizeof line - 2;
    line[n++] = '\n';
    if (st->n + (size_t)n + 1 > st->cap) {
        st->cap = (st->n + (size_t)n + 1) * 2;
        st->trace = realloc(st->trace, st->cap);
        assert(st->trace != NULL);
    }
    memcpy(st->trace + st->n, line, (size_t)n);
    st->n += (size_t)n;
    st->trace[st->n] = '\0';
}

bool words_number(struct story *st, const char *word, int64_t *ret)
{
    char *end;
    long long value = strtoll(word, &end, 10);

    if (*word == '\0' || *end != '\0')
        return words_fail(st, "'%s' is not a number", word);
    *ret = value;
    return true;
}

bool words_numbered(const char *word, char letter, int max, int *ret_index)
{
    char *end;
    long i;

    if (word[0] != letter)
        return false;
    i = strtol(word + 1, &end, 10);
    if (*end != '\0' || i < 1 || i > max)
        return false;
    *ret_index = (int)i - 1;
    return true;
}

struct sup *words_sup(struct story *st, const char *word)
{
    int i;

    if (words_numbered(word, 's', st->plan.n_sups, &i))
        return &st->world->sups[i];
    words_fail(st, "'%s' is no supervisor", word);
    return NULL;
}

struct engine *words_node(struct story *st, const char *word)
{
    int i;

    if (words_numbered(word, 'n', st->world->n_engines, &i))
        return &st->world->engines[i];
    words_fail(st, "'%s' is no node", word);
    return NULL;
}

int words_group(struct story *st, const char *word)
{
    int i;

    if (words_numbered(word, 'g', st->plan.n_groups, &i))
        return i;
    words_fail(st, "'%s' is no group", word);
    return -1;
}

/* The host of a supervisor or a node. */
int words_host(struct story *st, const char *word)
{
    int i;

    if (words_numbered(word, 's', st->plan.n_sups, &i))
        return st->plan.sup_host[i];
    if (words_numbered(word, 'n', st->world->n_engines, &i))
        return st->plan.node_host[i];
    words_fail(st, "'%s' is neither a supervisor nor a node", word);
    return -1;
}

/* Whether the command has this word at its end. */
bool words_end(const struct words *a, const char *word)
{
    return strcmp(a->word[a->n - 1], word) == 0;
}
