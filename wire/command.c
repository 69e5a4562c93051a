#include "wire/command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/resp_write.h"

#define ERROR_WORD_MAX 128 /* bytes of a client's words that an error repeats */

struct slot {
    const struct command *row; /* NULL: free */
    const struct command *parent;
    uint32_t hash;
};

struct command_table {
    const struct command *rows;
    size_t count; /* top-level rows */
    size_t mask;  /* slots - 1 */
    struct slot slots[];
};

/* Hash of a name below a container; upper and lower case are the same. */
static uint32_t hash_name(struct slice name, const struct command *parent)
{
    uint32_t hash = 2166136261u ^ (uint32_t)((uintptr_t)parent >> 4);
    for (size_t i = 0; i < name.n; i++)
        hash = (hash ^ ((unsigned char)name.p[i] | 0x20)) * 16777619u;
    return hash ^ (hash >> 15);
}

/* The row of a name below a container (or of the top), or NULL. */
static const struct command *find(const struct command_table *t, struct slice name,
                                  const struct command *parent)
{
    if (name.n > COMMAND_NAME_MAX)
        return NULL;
    uint32_t hash = hash_name(name, parent);
    for (size_t i = hash & t->mask; t->slots[i].row; i = (i + 1) & t->mask) {
        const struct slot *slot = &t->slots[i];
        if (slot->hash == hash && slot->parent == parent && slice_is_nocase(name, slot->row->name))
            return slot->row;
    }
    return NULL;
}

/* What every row must keep to. */
static void check_row(const struct command *row)
{
    size_t n = strlen(row->name);
    assert(n > 0 && n <= COMMAND_NAME_MAX);
    for (size_t i = 0; i < n; i++)
        assert(row->name[i] < 'A' || row->name[i] > 'Z');
    assert(row->arity != 0);
    assert(row->run || row->subs);
}

/* Puts rows and those below them in; returns how many rows this level has. */
static size_t add_rows(struct command_table *t, const struct command *rows,
                       const struct command *parent)
{
    size_t n = 0;
    for (const struct command *row = rows; row->name; row++, n++) {
        struct slice name = slice_str(row->name);
        uint32_t hash = hash_name(name, parent);
        size_t i = hash & t->mask;
        check_row(row);
        assert(!find(t, name, parent));
        while (t->slots[i].row)
            i = (i + 1) & t->mask;
        t->slots[i] = (struct slot){ row, parent, hash };
        if (row->subs)
            add_rows(t, row->subs, row);
    }
    return n;
}

/* Rows of all levels. */
static size_t count_rows(const struct command *rows)
{
    size_t n = 0;
    for (const struct command *row = rows; row->name; row++)
        n += 1 + (row->subs ? count_rows(row->subs) : 0);
    return n;
}

struct command_table *command_table_new(const struct command *rows)
{
    size_t n = count_rows(rows);
    size_t slots = 16;
    assert(n <= COMMAND_ROWS_MAX);
    while (slots < n * 3)
        slots *= 2;
    struct command_table *t = calloc(1, sizeof(*t) + slots * sizeof(t->slots[0]));
    if (!t)
        return NULL;
    t->rows = rows;
    t->mask = slots - 1;
    t->count = add_rows(t, rows, NULL);
    return t;
}

void command_table_free(struct command_table *t)
{
    free(t);
}

const struct command *command_table_rows(const struct command_table *t)
{
    return t->rows;
}

size_t command_table_count(const struct command_table *t)
{
    return t->count;
}

bool command_find(const struct command_table *t, size_t argc, const struct slice *argv,
                  struct command_match *ret)
{
    assert(argc > 0);
    ret->parent = NULL;
    ret->command = find(t, argv[0], NULL);
    if (ret->command && ret->command->subs && argc > 1) {
        ret->parent = ret->command;
        ret->command = find(t, argv[1], ret->parent);
    }
    if (!ret->command)
        return false;
    int arity = ret->command->arity;
    return arity > 0 ? argc == (size_t)arity : argc >= (size_t)-arity;
}

struct command_match command_find_name(const struct command_table *t, struct slice name)
{
    struct command_match match = { NULL, NULL };
    const char *bar = name.n > 0 ? memchr(name.p, '|', name.n) : NULL;
    if (bar) {
        struct slice first = { name.p, (size_t)(bar - name.p) };
        match.parent = find(t, first, NULL);
        name = (struct slice){ bar + 1, name.n - first.n - 1 };
        if (!match.parent)
            return match;
    }
    match.command = find(t, name, match.parent);
    return match;
}

const char *command_full_name(const struct command_match *m, char text[COMMAND_FULL_NAME_SIZE])
{
    const char *parent = m->parent ? m->parent->name : "";
    snprintf(text, COMMAND_FULL_NAME_SIZE, "%s%s%s", parent, m->parent ? "|" : "",
             m->command->name);
    return text;
}

/* Bytes of a client's word that an error repeats, at most max. */
static int shown(struct slice word, size_t max)
{
    return (int)(word.n < max ? word.n : max);
}

/* The command is not there: repeats its name and the beginning of its arguments. */
static void write_unknown(struct resp_writer *w, size_t argc, const struct slice *argv)
{
    char args[2 * ERROR_WORD_MAX];
    size_t n = 0;
    args[0] = '\0';
    for (size_t i = 1; i < argc && n < ERROR_WORD_MAX; i++) {
        int more = shown(argv[i], ERROR_WORD_MAX - n);
        n += (size_t)snprintf(args + n, sizeof(args) - n, "'%.*s' ", more, argv[i].p);
    }
    resp_errorf(w, "ERR unknown command '%.*s', with args beginning with: %s",
                shown(argv[0], ERROR_WORD_MAX), argv[0].p, args);
}

/* The container has no such subcommand. */
static void write_unknown_sub(struct resp_writer *w, const struct command *parent, struct slice sub)
{
    char name[COMMAND_NAME_MAX + 1];
    size_t n = 0;
    for (; parent->name[n]; n++)
        name[n] = parent->name[n] >= 'a' && parent->name[n] <= 'z' ? (char)(parent->name[n] - 32)
                                                                   : parent->name[n];
    name[n] = '\0';
    resp_errorf(w, "ERR unknown subcommand '%.*s'. Try %s HELP.", shown(sub, ERROR_WORD_MAX), sub.p,
                name);
}

void command_write_error(struct resp_writer *w, const struct command_match *m, size_t argc,
                         const struct slice *argv)
{
    char name[COMMAND_FULL_NAME_SIZE];
    if (m->command)
        resp_errorf(w, "ERR wrong number of arguments for '%s' command",
                    command_full_name(m, name));
    else if (m->parent)
        write_unknown_sub(w, m->parent, argv[1]);
    else
        write_unknown(w, argc, argv);
}
