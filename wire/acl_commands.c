#include "wire/acl_commands.h"

#include <stdlib.h>

#include "wire/acl_category.h"
#include "wire/buf.h"
#include "wire/command.h"

void acl_commands_set(struct acl_selector *s, bool all)
{
    for (size_t i = 0; i < s->n_rules; i++)
        free(s->rules[i].first_arg);
    free(s->rules);
    s->rules = NULL;
    s->n_rules = 0;
    s->all_commands = all;
}

/* --- what a rule is about ----------------------------------------------------------------------
 */

/* Whether the rule speaks of a command whatever its arguments. */
static bool names(const struct acl_rule *rule, const struct command_match *m)
{
    switch (rule->kind) {
    case ACL_RULE_CATEGORY:
        return acl_categories(m->command) >> rule->category & 1;
    case ACL_RULE_COMMAND:
        return rule->row == m->command || rule->row == m->parent;
    case ACL_RULE_FIRST_ARG:
        break;
    }
    return false;
}

static bool decides(const struct acl_rule *rule, const struct command_match *m, size_t argc,
                    const struct slice *argv)
{
    if (rule->kind == ACL_RULE_FIRST_ARG)
        return rule->row == m->command && argc > 1 && slice_is_nocase(argv[1], rule->first_arg);
    return names(rule, m);
}

bool acl_commands_allow(const struct acl_selector *s, const struct command_match *m, size_t argc,
                        const struct slice *argv)
{
    for (size_t i = s->n_rules; i > 0; i--)
        if (decides(&s->rules[i - 1], m, argc, argv))
            return s->rules[i - 1].allows;
    return s->all_commands;
}

/* --- rules that have no effect -----------------------------------------------------------------
 */

/* One walk over all commands, subcommands included. */
struct walk {
    const struct acl_selector *s;
    const struct acl_rule *rule, *older;
    bool differs; /* the rule changes what some command may */
    bool any;     /* the older rule names some command, */
    bool beyond;  /* or one that the rule does not */
};

static void look_at(struct walk *walk, const struct command_match *m)
{
    bool named = names(walk->rule, m);

    if (named && acl_commands_allow(walk->s, m, 0, NULL) != walk->rule->allows)
        walk->differs = true;
    if (walk->older && names(walk->older, m)) {
        walk->any = true;
        walk->beyond |= !named;
    }
}

static void walk_rows(struct walk *walk, const struct command_table *table)
{
    for (const struct command *row = command_table_rows(table); row->name; row++) {
        struct command_match top = { row, NULL };
        look_at(walk, &top);
        for (const struct command *sub = row->subs; sub && sub->name; sub++) {
            struct command_match below = { sub, row };
            look_at(walk, &below);
        }
    }
}

static bool same_subject(const struct acl_rule *a, const struct acl_rule *b)
{
    if (a->kind != b->kind || a->category != b->category || a->row != b->row)
        return false;
    return a->kind != ACL_RULE_FIRST_ARG || slice_is_nocase(slice_str(a->first_arg), b->first_arg);
}

/* Whether RULE, being later, leaves nothing of what OLDER says. */
static bool covers(const struct acl_selector *s, const struct command_table *table,
                   const struct acl_rule *rule, const struct acl_rule *older)
{
    struct walk walk = { .s = s, .rule = rule, .older = older };
    struct command_match m = { older->row, older->parent };

    if (same_subject(rule, older))
        return true;
    if (rule->kind == ACL_RULE_FIRST_ARG)
        return false;
    if (older->kind == ACL_RULE_FIRST_ARG)
        return names(rule, &m);
    walk_rows(&walk, table);
    return walk.any && !walk.beyond;
}

/* Whether RULE would change nothing. Of categories, those that can matter to commands which are yet
 * to come count as a change. */
static bool is_idle(const struct acl_selector *s, const struct command_table *table,
                    const struct acl_rule *rule)
{
    struct walk walk = { .s = s, .rule = rule };
    struct command_match m = { rule->row, rule->parent };

    if (rule->kind == ACL_RULE_FIRST_ARG)
        return acl_commands_allow(s, &m, 0, NULL);
    if (rule->kind == ACL_RULE_CATEGORY && rule->allows != s->all_commands)
        return false;
    walk_rows(&walk, table);
    return !walk.differs;
}

/* Takes over rule->first_arg, whatever is returned. */
static enum acl_fault add(struct acl_selector *s, const struct command_table *table,
                          const struct acl_rule *rule)
{
    size_t kept = 0;
    struct acl_rule *rules = realloc(s->rules, (s->n_rules + 1) * sizeof(*rules));

    if (rules)
        s->rules = rules;
    if (!rules || s->n_rules >= ACL_RULES_MAX) {
        free(rule->first_arg);
        return rules ? ACL_FAULT_LIMIT : ACL_FAULT_MEMORY;
    }
    for (size_t i = 0; i < s->n_rules; i++) {
        if (covers(s, table, rule, &s->rules[i]))
            free(s->rules[i].first_arg);
        else
            s->rules[kept++] = s->rules[i];
    }
    s->n_rules = kept;
    if (is_idle(s, table, rule))
        free(rule->first_arg);
    else
        s->rules[s->n_rules++] = *rule;
    return ACL_FAULT_NONE;
}

static char *copy_word(struct slice word)
{
    char *copy = malloc(word.n + 1);
    if (copy)
        slice_copy(word, copy, word.n + 1);
    return copy;
}

bool acl_commands_copy(struct acl_selector *to, const struct acl_selector *s)
{
    to->rules = malloc((s->n_rules + 1) * sizeof(*to->rules));
    if (!to->rules)
        return false;
    for (size_t i = 0; i < s->n_rules; i++) {
        struct acl_rule rule = s->rules[i];
        if (rule.first_arg && !(rule.first_arg = copy_word(slice_str(rule.first_arg))))
            return false;
        to->rules[to->n_rules++] = rule;
    }
    return true;
}

/* --- reading and writing -----------------------------------------------------------------------
 */

/* A word that can stand in a line of rules. */
static bool is_plain(struct slice word)
{
    for (size_t i = 0; i < word.n; i++)
        if ((unsigned char)word.p[i] <= ' ' || word.p[i] == 0x7f)
            return false;
    return word.n > 0 && word.n <= ACL_PATTERN_BYTES_MAX;
}

/* command|word of a command without subcommands. */
static enum acl_fault read_first_arg(const struct command_table *table, struct slice name,
                                     struct acl_rule *rule)
{
    const char *bar = name.n > 0 ? memchr(name.p, '|', name.n) : NULL;
    if (!bar || !rule->allows)
        return ACL_FAULT_UNKNOWN;
    struct slice first = { name.p, (size_t)(bar - name.p) };
    struct slice rest = { bar + 1, name.n - first.n - 1 };
    struct command_match m = command_find_name(table, first);

    if (!m.command)
        return ACL_FAULT_UNKNOWN;
    if (m.command->subs)
        return memchr(rest.p, '|', rest.n) ? ACL_FAULT_DEEP : ACL_FAULT_UNKNOWN;
    if (!is_plain(rest))
        return ACL_FAULT_SYNTAX;
    rule->kind = ACL_RULE_FIRST_ARG;
    rule->row = m.command;
    rule->first_arg = copy_word(rest);
    return rule->first_arg ? ACL_FAULT_NONE : ACL_FAULT_MEMORY;
}

static enum acl_fault read_rule(const struct command_table *table, struct slice text,
                                struct acl_rule *rule)
{
    struct slice name = { text.p + 1, text.n - 1 };

    rule->allows = text.p[0] == '+';
    if (name.n > 0 && name.p[0] == '@') {
        rule->kind = ACL_RULE_CATEGORY;
        rule->category = acl_category_find((struct slice){ name.p + 1, name.n - 1 });
        return rule->category >= 0 ? ACL_FAULT_NONE : ACL_FAULT_UNKNOWN;
    }
    struct command_match m = command_find_name(table, name);
    if (!m.command)
        return read_first_arg(table, name, rule);
    rule->kind = ACL_RULE_COMMAND;
    rule->row = m.command;
    rule->parent = m.parent;
    return ACL_FAULT_NONE;
}

enum acl_fault acl_commands_apply(struct acl_selector *s, const struct command_table *table,
                                  struct slice text)
{
    struct acl_rule rule = { .category = -1 };
    enum acl_fault fault = read_rule(table, text, &rule);
    return fault == ACL_FAULT_NONE ? add(s, table, &rule) : fault;
}

void acl_selector_write_commands(const struct acl_selector *s, struct buf *to)
{
    buf_append_str(to, s->all_commands ? "+@all" : "-@all");
    for (size_t i = 0; i < s->n_rules; i++) {
        const struct acl_rule *rule = &s->rules[i];
        struct command_match m = { rule->row, rule->parent };
        char name[COMMAND_FULL_NAME_SIZE];

        buf_append_str(to, rule->allows ? " +" : " -");
        if (rule->kind == ACL_RULE_CATEGORY)
            buf_printf(to, "@%s", acl_category_name((enum acl_category)rule->category));
        else
            buf_append_str(to, command_full_name(&m, name));
        if (rule->kind == ACL_RULE_FIRST_ARG)
            buf_printf(to, "|%s", rule->first_arg);
    }
}
