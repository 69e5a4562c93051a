#include "wire/acl_user.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"
#include "wire/resp_write.h"

bool acl_user_name_valid(struct slice name)
{
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] <= ' ' || name.p[i] == 0x7f)
            return false;
    return name.n > 0 && name.n <= ACL_NAME_BYTES_MAX;
}

/* --- life --------------------------------------------------------------------------------------
 */

/* A copy of S as the last selector. */
static bool add_selector(struct acl_user *user, const struct acl_selector *s)
{
    size_t bytes = (user->n_selectors + 1) * sizeof(*user->selectors);
    struct acl_selector *selectors = realloc(user->selectors, bytes);

    if (!selectors)
        return false;
    user->selectors = selectors;
    if (!acl_selector_copy(&selectors[user->n_selectors], s))
        return false;
    user->n_selectors++;
    return true;
}

static void drop_selectors(struct acl_user *user, size_t keep)
{
    while (user->n_selectors > keep)
        acl_selector_done(&user->selectors[--user->n_selectors]);
}

static void drop_passwords(struct acl_user *user)
{
    free(user->hashes);
    user->hashes = NULL;
    user->n_hashes = 0;
    user->nopass = false;
}

struct acl_user *acl_user_new(struct slice name)
{
    static const struct acl_selector nothing;
    struct acl_user *user = calloc(1, sizeof(*user));

    assert(acl_user_name_valid(name));
    if (!user || !add_selector(user, &nothing)) {
        acl_user_free(user);
        return NULL;
    }
    slice_copy(name, user->name, sizeof(user->name));
    return user;
}

void acl_user_free(struct acl_user *user)
{
    if (!user)
        return;
    drop_selectors(user, 0);
    free(user->selectors);
    drop_passwords(user);
    free(user);
}

struct acl_user *acl_user_copy(const struct acl_user *user)
{
    struct acl_user *copy = calloc(1, sizeof(*copy));

    if (!copy)
        return NULL;
    memcpy(copy->name, user->name, sizeof(copy->name));
    copy->on = user->on;
    copy->nopass = user->nopass;
    copy->sanitize = user->sanitize;
    copy->hashes = malloc((user->n_hashes + 1) * sizeof(*copy->hashes));
    if (!copy->hashes)
        goto failed;
    if (user->n_hashes > 0)
        memcpy(copy->hashes, user->hashes, user->n_hashes * sizeof(*copy->hashes));
    copy->n_hashes = user->n_hashes;
    for (size_t i = 0; i < user->n_selectors; i++)
        if (!add_selector(copy, &user->selectors[i]))
            goto failed;
    return copy;

failed:
    acl_user_free(copy);
    return NULL;
}

/* --- passwords ---------------------------------------------------------------------------------
 */

/* 0 when both are the same; looks at all of both. */
static unsigned char differ(const char *a, const char *b)
{
    volatile unsigned char differs = 0;
    for (size_t i = 0; i < ACL_HASH_LEN; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return differs;
}

bool acl_user_admits(const struct acl_user *user, const char hex[ACL_HASH_LEN + 1])
{
    bool right = user->nopass;
    for (size_t i = 0; i < user->n_hashes; i++)
        right |= differ(user->hashes[i], hex) == 0;
    return right && user->on;
}

static size_t find_hash(const struct acl_user *user, const char *hex)
{
    size_t i = 0;
    while (i < user->n_hashes && strcmp(user->hashes[i], hex) != 0)
        i++;
    return i;
}

static enum acl_fault add_hash(struct acl_user *user, const char hex[ACL_HASH_LEN + 1])
{
    user->nopass = false;
    if (find_hash(user, hex) < user->n_hashes)
        return ACL_FAULT_NONE;
    if (user->n_hashes >= ACL_PASSWORDS_MAX)
        return ACL_FAULT_LIMIT;
    void *hashes = realloc(user->hashes, (user->n_hashes + 1) * sizeof(*user->hashes));
    if (!hashes)
        return ACL_FAULT_MEMORY;
    user->hashes = hashes;
    memcpy(user->hashes[user->n_hashes++], hex, ACL_HASH_LEN + 1);
    return ACL_FAULT_NONE;
}

static enum acl_fault remove_hash(struct acl_user *user, const char hex[ACL_HASH_LEN + 1])
{
    size_t at = find_hash(user, hex);
    if (at == user->n_hashes)
        return ACL_FAULT_NO_PASSWORD;
    user->n_hashes--;
    memmove(user->hashes[at], user->hashes[at + 1], (user->n_hashes - at) * sizeof(*user->hashes));
    return ACL_FAULT_NONE;
}

static bool read_hash(struct slice text, char ret_hex[ACL_HASH_LEN + 1])
{
    if (text.n != ACL_HASH_LEN)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f')))
            return false;
    return slice_copy(text, ret_hex, ACL_HASH_LEN + 1);
}

/* >password <password #digest !digest */
static enum acl_fault apply_password(struct acl_user *user, acl_digest_fn *digest,
                                     struct slice rule)
{
    char hex[ACL_HASH_LEN + 1];
    struct slice rest = { rule.p + 1, rule.n - 1 };
    bool adds = rule.p[0] == '>' || rule.p[0] == '#';

    if (rule.p[0] == '>' || rule.p[0] == '<')
        digest(rest, hex);
    else if (!read_hash(rest, hex))
        return ACL_FAULT_BAD_HASH;
    return adds ? add_hash(user, hex) : remove_hash(user, hex);
}

/* --- rules -------------------------------------------------------------------------------------
 */

/* The rules between the parentheses. None may end in one: a line could not be read again. */
static enum acl_fault read_selector(struct acl_selector *s, const struct command_table *table,
                                    struct slice inner)
{
    size_t n = 0;

    for (size_t i = 0; i < inner.n; i++) {
        size_t begin = i;
        while (i < inner.n && inner.p[i] != ' ')
            i++;
        if (i > begin && inner.p[i - 1] == ')')
            return ACL_FAULT_SYNTAX;
        if (i > begin && n++ == ACL_SELECTOR_RULES_MAX)
            return ACL_FAULT_LIMIT;
        enum acl_fault fault =
            acl_selector_apply(s, table, (struct slice){ inner.p + begin, i - begin });
        if (fault != ACL_FAULT_NONE)
            return fault;
    }
    return ACL_FAULT_NONE;
}

/* ( rule rule ... ): a selector more. */
static enum acl_fault apply_selector(struct acl_user *user, const struct command_table *table,
                                     struct slice rule)
{
    struct acl_selector s = { 0 };

    if (rule.n < 2 || rule.p[rule.n - 1] != ')')
        return ACL_FAULT_SYNTAX;
    if (user->n_selectors >= ACL_SELECTORS_MAX)
        return ACL_FAULT_LIMIT;
    enum acl_fault fault = read_selector(&s, table, (struct slice){ rule.p + 1, rule.n - 2 });
    if (fault == ACL_FAULT_NONE && !add_selector(user, &s))
        fault = ACL_FAULT_MEMORY;
    acl_selector_done(&s);
    return fault;
}

static void set_on(struct acl_user *user)
{
    user->on = true;
}

static void set_off(struct acl_user *user)
{
    user->on = false;
}

static void set_nopass(struct acl_user *user)
{
    drop_passwords(user);
    user->nopass = true;
}

static void set_sanitize(struct acl_user *user)
{
    user->sanitize = ACL_SANITIZE_YES;
}

static void set_no_sanitize(struct acl_user *user)
{
    user->sanitize = ACL_SANITIZE_NO;
}

static void clear_selectors(struct acl_user *user)
{
    drop_selectors(user, 1);
}

static void reset(struct acl_user *user)
{
    drop_passwords(user);
    drop_selectors(user, 1);
    acl_selector_done(&user->selectors[0]);
    user->on = false;
    user->sanitize = ACL_SANITIZE_YES;
}

static const struct {
    const char *name;
    void (*run)(struct acl_user *user);
} words[] = {
    { "on", set_on },
    { "off", set_off },
    { "nopass", set_nopass },
    { "resetpass", drop_passwords },
    { "sanitize-payload", set_sanitize },
    { "skip-sanitize-payload", set_no_sanitize },
    { "clearselectors", clear_selectors },
    { "reset", reset },
};

enum acl_fault acl_user_apply(struct acl_user *user, const struct command_table *table,
                              acl_digest_fn *digest, struct slice rule)
{
    if (rule.n == 0)
        return ACL_FAULT_NONE;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is_nocase(rule, words[i].name)) {
            words[i].run(user);
            return ACL_FAULT_NONE;
        }
    }
    if (strchr("><#!", rule.p[0]) && rule.p[0] != '\0')
        return apply_password(user, digest, rule);
    if (rule.p[0] == '(')
        return apply_selector(user, table, rule);
    return acl_selector_apply(&user->selectors[0], table, rule);
}

/* --- requests ----------------------------------------------------------------------------------
 */

enum acl_verdict acl_user_check(const struct acl_user *user, const struct command_match *m,
                                size_t argc, const struct slice *argv, size_t *ret_arg)
{
    enum acl_verdict best = ACL_DENIED_COMMAND;

    *ret_arg = 0;
    for (size_t i = 0; i < user->n_selectors && best != ACL_ALLOWED; i++) {
        size_t arg = 0;
        enum acl_verdict verdict = acl_selector_check(&user->selectors[i], m, argc, argv, &arg);
        if (verdict > best || (verdict == best && arg > *ret_arg)) {
            best = verdict;
            *ret_arg = arg;
        }
    }
    return best;
}

bool acl_user_is_free(const struct acl_user *user)
{
    return acl_selector_is_free(&user->selectors[0]);
}

bool acl_user_reads_all(const struct acl_user *user, const struct command_match *m, size_t argc,
                        const struct slice *argv)
{
    for (size_t i = 0; i < user->n_selectors; i++)
        if (acl_selector_reads_all(&user->selectors[i], m, argc, argv))
            return true;
    return false;
}

bool acl_user_allows_channel(const struct acl_user *user, struct slice channel, bool pattern)
{
    for (size_t i = 0; i < user->n_selectors; i++)
        if (acl_selector_allows_channel(&user->selectors[i], channel, pattern))
            return true;
    return false;
}

/* --- descriptions ------------------------------------------------------------------------------
 */

/* Words for the flags, in Redis's order; returns how many. */
static size_t flag_words(const struct acl_user *user, const char *ret_words[3])
{
    size_t n = 0;

    ret_words[n++] = user->on ? "on" : "off";
    if (user->nopass)
        ret_words[n++] = "nopass";
    if (user->sanitize != ACL_SANITIZE_UNSAID)
        ret_words[n++] =
            user->sanitize == ACL_SANITIZE_YES ? "sanitize-payload" : "skip-sanitize-payload";
    return n;
}

void acl_user_write_rules(const struct acl_user *user, struct buf *to)
{
    const char *flags[3];
    size_t n = flag_words(user, flags);

    for (size_t i = 0; i < n; i++)
        buf_printf(to, "%s ", flags[i]);
    for (size_t i = 0; i < user->n_hashes; i++)
        buf_printf(to, "#%s ", user->hashes[i]);
    acl_selector_write(&user->selectors[0], to);
    for (size_t i = 1; i < user->n_selectors; i++) {
        buf_append_str(to, " (");
        acl_selector_write(&user->selectors[i], to);
        buf_append_str(to, ")");
    }
}

/* The three fields of a selector's rights. */
static void reply_rights(const struct acl_selector *s, struct resp_writer *w)
{
    static const struct {
        const char *name;
        void (*write)(const struct acl_selector *s, struct buf *to);
    } fields[] = {
        { "commands", acl_selector_write_commands },
        { "keys", acl_selector_write_keys },
        { "channels", acl_selector_write_channels },
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct buf text = { 0 };
        fields[i].write(s, &text);
        resp_bulk_str(w, fields[i].name);
        resp_bulk(w, buf_slice(&text));
        buf_done(&text);
    }
}

void acl_user_reply(const struct acl_user *user, struct resp_writer *w)
{
    const char *flags[3];
    size_t n = flag_words(user, flags);

    resp_map(w, 6);
    resp_bulk_str(w, "flags");
    resp_set(w, n);
    for (size_t i = 0; i < n; i++)
        resp_bulk_str(w, flags[i]);
    resp_bulk_str(w, "passwords");
    resp_array(w, user->n_hashes);
    for (size_t i = 0; i < user->n_hashes; i++)
        resp_bulk_str(w, user->hashes[i]);
    reply_rights(&user->selectors[0], w);
    resp_bulk_str(w, "selectors");
    resp_array(w, user->n_selectors - 1);
    for (size_t i = 1; i < user->n_selectors; i++) {
        resp_map(w, 3);
        reply_rights(&user->selectors[i], w);
    }
}
