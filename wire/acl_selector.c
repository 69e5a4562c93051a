#include "wire/acl_selector.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/acl_commands.h"
#include "wire/acl_patterns.h"
#include "wire/buf.h"
#include "wire/command.h"
#include "wire/command_keys.h"

void acl_selector_done(struct acl_selector *s)
{
    acl_commands_set(s, false);
    acl_patterns_set(&s->keys, false);
    acl_patterns_set(&s->channels, false);
}

bool acl_selector_copy(struct acl_selector *ret, const struct acl_selector *s)
{
    struct acl_selector copy = { .all_commands = s->all_commands };

    if (!acl_commands_copy(&copy, s) || !acl_patterns_copy(&copy.keys, &s->keys) ||
        !acl_patterns_copy(&copy.channels, &s->channels)) {
        acl_selector_done(&copy);
        return false;
    }
    *ret = copy;
    return true;
}

void acl_selector_allow_all(struct acl_selector *s)
{
    acl_commands_set(s, true);
    acl_patterns_set(&s->keys, true);
    acl_patterns_set(&s->channels, true);
}

/* --- rules ------------------------------------------------------------------------------------ */

/* Rules that are one word. False: RULE is none of them. */
static bool apply_word(struct acl_selector *s, struct slice rule)
{
    enum part { COMMANDS, KEYS, CHANNELS };
    static const struct {
        const char *name;
        enum part part;
        bool all;
    } words[] = {
        { "allcommands", COMMANDS, true }, { "+@all", COMMANDS, true },
        { "nocommands", COMMANDS, false }, { "-@all", COMMANDS, false },
        { "allkeys", KEYS, true },         { "~*", KEYS, true },
        { "resetkeys", KEYS, false },      { "allchannels", CHANNELS, true },
        { "&*", CHANNELS, true },          { "resetchannels", CHANNELS, false },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!slice_is_nocase(rule, words[i].name))
            continue;
        if (words[i].part == COMMANDS)
            acl_commands_set(s, words[i].all);
        else
            acl_patterns_set(words[i].part == KEYS ? &s->keys : &s->channels, words[i].all);
        return true;
    }
    return false;
}

/* R, W or both behind a percent sign, up to the tilde; 0: it is neither. A percent sign with rights
 * and nothing behind them means the empty pattern, as in Redis. */
static unsigned read_access(struct slice rule, size_t *ret_at)
{
    unsigned access = 0;
    size_t i = 1;

    for (; i < rule.n && rule.p[i] != '~'; i++) {
        unsigned bit = rule.p[i] == 'R' || rule.p[i] == 'r'   ? ACL_KEY_READ
                       : rule.p[i] == 'W' || rule.p[i] == 'w' ? ACL_KEY_WRITE
                                                              : 0;
        if (bit == 0 || access & bit)
            return 0;
        access |= bit;
    }
    *ret_at = i < rule.n ? i + 1 : i;
    return access;
}

static enum acl_fault apply_key(struct acl_selector *s, struct slice rule)
{
    unsigned access = ACL_KEY_READ | ACL_KEY_WRITE;
    size_t at = 1;

    if (s->keys.all)
        return ACL_FAULT_AFTER_ALL_KEYS;
    if (rule.p[0] == '%')
        access = read_access(rule, &at);
    if (access == 0)
        return ACL_FAULT_SYNTAX;
    return acl_patterns_add(&s->keys, (struct slice){ rule.p + at, rule.n - at }, access);
}

static enum acl_fault apply_channel(struct acl_selector *s, struct slice rule)
{
    if (s->channels.all)
        return ACL_FAULT_AFTER_ALL_CHANNELS;
    return acl_patterns_add(&s->channels, (struct slice){ rule.p + 1, rule.n - 1 },
                            ACL_KEY_READ | ACL_KEY_WRITE);
}

enum acl_fault acl_selector_apply(struct acl_selector *s, const struct command_table *table,
                                  struct slice rule)
{
    if (rule.n == 0 || apply_word(s, rule))
        return ACL_FAULT_NONE;
    switch (rule.p[0]) {
    case '+':
    case '-':
        return acl_commands_apply(s, table, rule);
    case '~':
    case '%':
        return apply_key(s, rule);
    case '&':
        return apply_channel(s, rule);
    default:
        return ACL_FAULT_SYNTAX;
    }
}

/* --- descriptions ------------------------------------------------------------------------------
 */

void acl_selector_write_keys(const struct acl_selector *s, struct buf *to)
{
    static const char *const marks[] = {
        [ACL_KEY_READ] = "%R~", [ACL_KEY_WRITE] = "%W~", [ACL_KEY_READ | ACL_KEY_WRITE] = "~"
    };

    if (s->keys.all)
        buf_append_str(to, "~*");
    for (size_t i = 0; i < s->keys.n; i++)
        buf_printf(to, "%s%s%s", i > 0 ? " " : "", marks[s->keys.list[i].access],
                   s->keys.list[i].text);
}

void acl_selector_write_channels(const struct acl_selector *s, struct buf *to)
{
    if (s->channels.all)
        buf_append_str(to, "&*");
    for (size_t i = 0; i < s->channels.n; i++)
        buf_printf(to, "%s&%s", i > 0 ? " " : "", s->channels.list[i].text);
}

void acl_selector_write(const struct acl_selector *s, struct buf *to)
{
    acl_selector_write_keys(s, to);
    if (s->keys.all || s->keys.n > 0)
        buf_append_str(to, " ");
    if (!s->channels.all)
        buf_append_str(to, "resetchannels ");
    acl_selector_write_channels(s, to);
    if (s->channels.all || s->channels.n > 0)
        buf_append_str(to, " ");
    acl_selector_write_commands(s, to);
}

/* --- requests ----------------------------------------------------------------------------------
 */

/* What a command must be allowed to do to a key of its. */
static unsigned access_of(unsigned key_flags)
{
    static const unsigned writes = COMMAND_KEY_UPDATE | COMMAND_KEY_INSERT | COMMAND_KEY_DELETE;

    return (key_flags & COMMAND_KEY_ACCESS ? ACL_KEY_READ : 0u) |
           (key_flags & writes ? ACL_KEY_WRITE : 0u);
}

/* A walk over the keys of a request up to one that is not allowed. */
struct key_check {
    const struct acl_patterns *allowed;
    const struct slice *argv;
    size_t refused; /* 0: none */
};

static bool key_allowed(void *ctx, const struct command_key *key)
{
    struct key_check *check = ctx;

    if (acl_patterns_match(check->allowed, check->argv[key->at], access_of(key->flags)))
        return true;
    check->refused = key->at;
    return false;
}

/* Keys that cannot be told are none: the command refuses such words. */
static bool keys_allowed(const struct acl_selector *s, const struct command *row, size_t argc,
                         const struct slice *argv, size_t *ret_arg)
{
    struct key_check check = { &s->keys, argv, 0 };

    if (s->keys.all || !row->keys)
        return true;
    command_keys_each(row, argc, argv, key_allowed, &check);
    if (check.refused == 0)
        return true;
    *ret_arg = check.refused;
    return false;
}

bool acl_selector_reads_all(const struct acl_selector *s, const struct command_match *m,
                            size_t argc, const struct slice *argv)
{
    return acl_commands_allow(s, m, argc, argv) &&
           (s->keys.all || acl_patterns_grant(&s->keys, slice_str("*"), ACL_KEY_READ));
}

bool acl_selector_is_free(const struct acl_selector *s)
{
    return s->all_commands && s->n_rules == 0 && s->keys.all && s->channels.all;
}

bool acl_selector_allows_channel(const struct acl_selector *s, struct slice channel, bool pattern)
{
    if (s->channels.all)
        return true;
    return pattern ? acl_patterns_grant(&s->channels, channel, 0)
                   : acl_patterns_match(&s->channels, channel, ACL_KEY_READ);
}

/* The arguments that are channels. Leaving one needs no right. */
static bool channels_allowed(const struct acl_selector *s, const struct command_match *m,
                             size_t argc, const struct slice *argv, size_t *ret_arg)
{
    static const struct {
        const char *name;
        bool pattern;
        bool only_first;
    } commands[] = {
        { "subscribe", false, false },
        { "psubscribe", true, false },
        { "publish", false, true },
    };

    for (size_t k = 0; !m->parent && k < sizeof(commands) / sizeof(commands[0]); k++) {
        if (strcmp(m->command->name, commands[k].name) != 0)
            continue;
        size_t end = commands[k].only_first && argc > 2 ? 2 : argc;
        for (size_t i = 1; i < end; i++) {
            if (!acl_selector_allows_channel(s, argv[i], commands[k].pattern)) {
                *ret_arg = i;
                return false;
            }
        }
    }
    return true;
}

enum acl_verdict acl_selector_check(const struct acl_selector *s, const struct command_match *m,
                                    size_t argc, const struct slice *argv, size_t *ret_arg)
{
    if (!(m->command->flags & COMMAND_NO_AUTH) && !acl_commands_allow(s, m, argc, argv))
        return ACL_DENIED_COMMAND;
    if (!keys_allowed(s, m->command, argc, argv, ret_arg))
        return ACL_DENIED_KEY;
    if (!channels_allowed(s, m, argc, argv, ret_arg))
        return ACL_DENIED_CHANNEL;
    return ACL_ALLOWED;
}
