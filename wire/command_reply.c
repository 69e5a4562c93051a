#include "wire/command_reply.h"

#include <stdio.h>

#include "wire/acl_category.h"
#include "wire/command.h"
#include "wire/command_keys.h"
#include "wire/glob.h"
#include "wire/resp_write.h"

#define INFO_FIELDS                                                                                \
    10 /* of Redis 7: name arity flags keys(3) categories tips key-specs subcommands */

static const char *const flag_names[] = {
#define X(id, text) text,
    COMMAND_FLAGS(X)
#undef X
};

static void write_name(struct resp_writer *w, const struct command_match *m)
{
    char name[COMMAND_FULL_NAME_SIZE];
    resp_bulk_str(w, command_full_name(m, name));
}

static void write_flags(struct resp_writer *w, const struct command *row)
{
    bool move = command_keys_move(row);
    size_t n = move ? 1 : 0;
    for (int i = 0; i < COMMAND_BIT_COUNT; i++)
        n += (row->flags >> i) & 1;
    resp_set(w, n);
    for (int i = 0; i < COMMAND_BIT_COUNT; i++) {
        if ((row->flags >> i) & 1)
            resp_simple(w, flag_names[i]);
    }
    if (move)
        resp_simple(w, "movablekeys");
}

static size_t count_rows(const struct command *rows)
{
    size_t n = 0;
    while (rows && rows[n].name)
        n++;
    return n;
}

static void write_categories(struct resp_writer *w, const struct command *row)
{
    unsigned set = acl_categories(row);
    size_t n = 0;
    for (int i = 0; i < ACL_CATEGORY_COUNT; i++)
        n += set >> i & 1;
    resp_set(w, n);
    for (int i = 0; i < ACL_CATEGORY_COUNT; i++) {
        char text[COMMAND_NAME_MAX];
        snprintf(text, sizeof(text), "@%s", acl_category_name((enum acl_category)i));
        if (set >> i & 1)
            resp_simple(w, text);
    }
}

static void write_info(struct resp_writer *w, const struct command_match *m)
{
    const struct command *row = m->command;
    struct command_key_range range = command_keys_range(row);
    resp_array(w, INFO_FIELDS);
    write_name(w, m);
    resp_int(w, row->arity);
    write_flags(w, row);
    resp_int(w, range.first);
    resp_int(w, range.last);
    resp_int(w, range.step);
    write_categories(w, row);
    resp_array(w, 0);
    command_keys_reply(w, row);
    resp_array(w, count_rows(row->subs));
    for (const struct command *sub = row->subs; sub && sub->name; sub++) {
        struct command_match below = { sub, row };
        write_info(w, &below);
    }
}

static void write_docs(struct resp_writer *w, const struct command_match *m)
{
    const struct command *row = m->command;
    resp_map(w, row->subs ? 2 : 1);
    resp_bulk_str(w, "summary");
    resp_bulk_str(w, row->summary ? row->summary : "");
    if (!row->subs)
        return;
    resp_bulk_str(w, "subcommands");
    resp_map(w, count_rows(row->subs));
    for (const struct command *sub = row->subs; sub->name; sub++) {
        struct command_match below = { sub, row };
        write_name(w, &below);
        write_docs(w, &below);
    }
}

void command_reply_all(struct resp_writer *w, const struct command_table *t)
{
    resp_array(w, command_table_count(t));
    for (const struct command *row = command_table_rows(t); row->name; row++) {
        struct command_match m = { row, NULL };
        write_info(w, &m);
    }
}

void command_reply_count(struct resp_writer *w, const struct command_table *t)
{
    resp_int(w, (int64_t)command_table_count(t));
}

/* Which names COMMAND LIST shows. */
enum list_by { LIST_ALL, LIST_PATTERN, LIST_ACLCAT, LIST_MODULE };

struct list_filter {
    enum list_by by;
    struct slice value;
    int category; /* -1: there is none of that name */
};

static bool listed(const struct list_filter *filter, const struct command *row, const char *name)
{
    switch (filter->by) {
    case LIST_ALL:
        return true;
    case LIST_PATTERN:
        return glob_match(filter->value, slice_str(name), true);
    case LIST_ACLCAT:
        return filter->category >= 0 && (acl_categories(row) >> filter->category & 1);
    case LIST_MODULE: /* there are no modules */
        break;
    }
    return false;
}

/* One level of COMMAND LIST; returns how many were written. */
static size_t list_level(struct resp_writer *w, const struct command *rows,
                         const struct command *parent, const struct list_filter *filter)
{
    size_t n = 0;
    for (const struct command *row = rows; row && row->name; row++) {
        char name[COMMAND_FULL_NAME_SIZE];
        struct command_match m = { row, parent };
        if (listed(filter, row, command_full_name(&m, name))) {
            resp_bulk_str(w, name);
            n++;
        }
        n += list_level(w, row->subs, row, filter);
    }
    return n;
}

static bool read_filter(struct list_filter *ret, size_t argc, const struct slice *argv)
{
    static const char *const names[] = {
        [LIST_PATTERN] = "pattern", [LIST_ACLCAT] = "aclcat", [LIST_MODULE] = "module"
    };

    *ret = (struct list_filter){ .by = LIST_ALL };
    if (argc == 2)
        return true;
    if (argc != 5 || !slice_is_nocase(argv[2], "filterby"))
        return false;
    for (int by = LIST_PATTERN; by <= LIST_MODULE; by++)
        if (slice_is_nocase(argv[3], names[by]))
            *ret = (struct list_filter){ (enum list_by)by, argv[4], acl_category_find(argv[4]) };
    return ret->by != LIST_ALL;
}

void command_reply_list(struct resp_writer *w, const struct command_table *t, size_t argc,
                        const struct slice *argv)
{
    struct list_filter filter;
    if (!read_filter(&filter, argc, argv)) {
        resp_error(w, "ERR syntax error");
        return;
    }
    size_t mark = resp_hold(w);
    resp_array_at(w, mark, list_level(w, command_table_rows(t), NULL, &filter));
}

void command_reply_info(struct resp_writer *w, const struct command_table *t, size_t argc,
                        const struct slice *argv)
{
    if (argc <= 2) {
        command_reply_all(w, t);
        return;
    }
    resp_array(w, argc - 2);
    for (size_t i = 2; i < argc; i++) {
        struct command_match m = command_find_name(t, argv[i]);
        if (m.command)
            write_info(w, &m);
        else
            resp_null(w);
    }
}

void command_reply_docs(struct resp_writer *w, const struct command_table *t, size_t argc,
                        const struct slice *argv)
{
    size_t n = 0, mark = resp_hold(w);
    if (argc <= 2) {
        for (const struct command *row = command_table_rows(t); row->name; row++, n++) {
            struct command_match m = { row, NULL };
            write_name(w, &m);
            write_docs(w, &m);
        }
    }
    for (size_t i = 2; i < argc; i++) {
        struct command_match m = command_find_name(t, argv[i]);
        if (!m.command)
            continue;
        write_name(w, &m);
        write_docs(w, &m);
        n++;
    }
    resp_map_at(w, mark, n);
}

/* GETKEYS on its way. */
struct keys_reply {
    struct resp_writer *w;
    const struct slice *argv; /* of the command that is asked about */
    bool flags;
    size_t n;
};

static bool count_key(void *ctx, const struct command_key *key)
{
    struct keys_reply *reply = ctx;
    (void)key;
    reply->n++;
    return true;
}

static bool write_key(void *ctx, const struct command_key *key)
{
    struct keys_reply *reply = ctx;
    if (reply->flags)
        resp_array(reply->w, 2);
    resp_bulk(reply->w, reply->argv[key->at]);
    if (reply->flags)
        command_keys_reply_flags(reply->w, key->flags);
    return true;
}

void command_reply_getkeys(struct resp_writer *w, const struct command_table *t, bool flags,
                           size_t argc, const struct slice *argv)
{
    struct keys_reply reply = { .w = w, .argv = argv + 2, .flags = flags };
    struct command_match m;
    bool fits = command_find(t, argc - 2, argv + 2, &m);

    if (!m.command) {
        resp_error(w, "ERR Invalid command specified");
    } else if (!m.command->keys) {
        resp_error(w, "ERR The command has no key arguments");
    } else if (!fits) {
        resp_error(w, "ERR Invalid number of arguments specified for command");
    } else if (!command_keys_each(m.command, argc - 2, argv + 2, count_key, &reply)) {
        resp_error(w, "ERR Invalid arguments specified for command");
    } else {
        resp_array(w, reply.n);
        command_keys_each(m.command, argc - 2, argv + 2, write_key, &reply);
    }
}
