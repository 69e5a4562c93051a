#include "wire/acl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"

/* Bytes of a rule or name that an error repeats. */
#define QUOTED_MAX 128

struct acl {
    const struct command_table *table;
    acl_digest_fn *digest;
    struct acl_user **users; /* by name */
    size_t n;
};

/* --- users -------------------------------------------------------------------------------------
 */

/* Where the user of that name is, or would be. */
static bool locate(const struct acl *acl, struct slice name, size_t *ret_at)
{
    size_t low = 0, high = acl->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        struct slice other = slice_str(acl->users[mid]->name);
        size_t n = other.n < name.n ? other.n : name.n;
        int order = n > 0 ? memcmp(other.p, name.p, n) : 0;
        if (order == 0)
            order = (other.n > name.n) - (other.n < name.n);
        if (order == 0) {
            *ret_at = mid;
            return true;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *ret_at = low;
    return false;
}

/* Puts USER in the place of the one with its name, or between the others. Takes it over. */
static enum acl_fault put(struct acl *acl, struct acl_user *user)
{
    size_t at;

    if (locate(acl, slice_str(user->name), &at)) {
        acl_user_free(acl->users[at]);
        acl->users[at] = user;
        return ACL_FAULT_NONE;
    }
    void *users = realloc(acl->users, (acl->n + 1) * sizeof(struct acl_user *));
    if (users)
        acl->users = users;
    if (!users || acl->n >= ACL_USERS_MAX) {
        acl_user_free(user);
        return users ? ACL_FAULT_LIMIT : ACL_FAULT_MEMORY;
    }
    memmove(acl->users + at + 1, acl->users + at, (acl->n - at) * sizeof(struct acl_user *));
    acl->users[at] = user;
    acl->n++;
    return ACL_FAULT_NONE;
}

struct acl *acl_new(const struct command_table *table, acl_digest_fn *digest)
{
    struct acl *acl = calloc(1, sizeof(*acl));
    struct acl_user *user = acl_user_new(slice_str(ACL_DEFAULT));

    if (!acl || !user) {
        acl_user_free(user);
        goto failed;
    }
    acl->table = table;
    acl->digest = digest;
    user->on = user->nopass = true;
    acl_selector_allow_all(&user->selectors[0]);
    if (put(acl, user) == ACL_FAULT_NONE)
        return acl;

failed:
    acl_free(acl);
    return NULL;
}

void acl_free(struct acl *acl)
{
    if (!acl)
        return;
    for (size_t i = 0; i < acl->n; i++)
        acl_user_free(acl->users[i]);
    free(acl->users);
    free(acl);
}

const struct command_table *acl_table(const struct acl *acl)
{
    return acl->table;
}

size_t acl_count(const struct acl *acl)
{
    return acl->n;
}

const struct acl_user *acl_at(const struct acl *acl, size_t i)
{
    assert(i < acl->n);
    return acl->users[i];
}

const struct acl_user *acl_find(const struct acl *acl, struct slice name)
{
    size_t at;
    return locate(acl, name, &at) ? acl->users[at] : NULL;
}

const struct acl_user *acl_default(const struct acl *acl)
{
    const struct acl_user *user = acl_find(acl, slice_str(ACL_DEFAULT));
    assert(user);
    return user;
}

bool acl_is_open(const struct acl *acl)
{
    const struct acl_user *user = acl_default(acl);
    return user->on && user->nopass;
}

const struct acl_user *acl_log_in(const struct acl *acl, struct slice name, struct slice password)
{
    char hex[ACL_HASH_LEN + 1];
    const struct acl_user *user = acl_find(acl, name);

    acl->digest(password, hex); /* whoever it is: a name that is none takes as long */
    return user && acl_user_admits(user, hex) ? user : NULL;
}

bool acl_remove(struct acl *acl, struct slice name)
{
    size_t at;

    assert(!slice_is(name, ACL_DEFAULT));
    if (!locate(acl, name, &at))
        return false;
    acl_user_free(acl->users[at]);
    acl->n--;
    memmove(acl->users + at, acl->users + at + 1, (acl->n - at) * sizeof(struct acl_user *));
    return true;
}

bool acl_require(struct acl *acl, struct slice password)
{
    char error[ACL_ERROR_MAX];
    struct buf rule = { 0 };
    bool done;

    if (password.n == 0)
        return acl_set(acl, slice_str(ACL_DEFAULT), 1, (struct slice[]){ slice_str("nopass") },
                       error);
    buf_append_str(&rule, ">");
    buf_append(&rule, password.p, password.n);
    struct slice rules[] = { slice_str("resetpass"), buf_slice(&rule) };
    done = !rule.overflow && acl_set(acl, slice_str(ACL_DEFAULT), 2, rules, error);
    buf_done(&rule);
    return done;
}

/* --- rules -------------------------------------------------------------------------------------
 */

/* What an error may repeat of a rule: of a password only what kind it is. */
static void write_fault(struct slice rule, enum acl_fault fault, char ret_error[ACL_ERROR_MAX])
{
    bool secret = rule.n > 0 && memchr("><#!", rule.p[0], 4);
    size_t n = secret ? 1 : rule.n < QUOTED_MAX ? rule.n : QUOTED_MAX;

    snprintf(ret_error, ACL_ERROR_MAX, "Error in ACL SETUSER modifier '%.*s%s': %s", (int)n, rule.p,
             secret ? "******" : "", acl_fault_text(fault));
}

static bool write_unmatched(struct slice rule, char ret_error[ACL_ERROR_MAX])
{
    snprintf(ret_error, ACL_ERROR_MAX, "Unmatched parenthesis in acl selector starting at '%.*s'.",
             (int)(rule.n < QUOTED_MAX ? rule.n : QUOTED_MAX), rule.p);
    return false;
}

static bool apply(const struct acl *acl, struct acl_user *user, struct slice rule,
                  char ret_error[ACL_ERROR_MAX])
{
    enum acl_fault fault = acl_user_apply(user, acl->table, acl->digest, rule);

    if (fault != ACL_FAULT_NONE)
        write_fault(rule, fault, ret_error);
    return fault == ACL_FAULT_NONE;
}

/* Whether a selector begins with this word, and does not end in it. */
static bool opens(struct slice word)
{
    return word.n > 0 && word.p[0] == '(' && word.p[word.n - 1] != ')';
}

/* The words of one selector, joined into WHOLE; how many, or 0: it does not end. */
static size_t join(size_t n, const struct slice *words, struct buf *whole)
{
    for (size_t i = 0; i < n; i++) {
        buf_printf(whole, "%s", i > 0 ? " " : "");
        buf_append(whole, words[i].p, words[i].n);
        if (i > 0 && words[i].n > 0 && words[i].p[words[i].n - 1] == ')')
            return whole->overflow ? 0 : i + 1;
    }
    return 0;
}

static bool apply_all(const struct acl *acl, struct acl_user *user, size_t n,
                      const struct slice *rules, char ret_error[ACL_ERROR_MAX])
{
    bool good = true;

    for (size_t i = 0; i < n && good;) {
        struct buf whole = { 0 };
        size_t used = 1;

        if (opens(rules[i]))
            used = join(n - i, rules + i, &whole);
        if (used == 0)
            good = write_unmatched(rules[i], ret_error);
        else
            good = apply(acl, user, used > 1 ? buf_slice(&whole) : rules[i], ret_error);
        buf_done(&whole);
        i += used;
    }
    return good;
}

bool acl_set(struct acl *acl, struct slice name, size_t n, const struct slice *rules,
             char ret_error[ACL_ERROR_MAX])
{
    const struct acl_user *there = acl_find(acl, name);
    enum acl_fault fault;

    if (!acl_user_name_valid(name)) {
        snprintf(ret_error, ACL_ERROR_MAX, "%s",
                 name.n == 0 ? "Usernames can't be empty"
                 : name.n > ACL_NAME_BYTES_MAX
                     ? "Usernames can't be longer than 128 bytes"
                     : "Usernames can't contain spaces or null characters");
        return false;
    }
    if (n > ACL_RULES_SAID_MAX) {
        snprintf(ret_error, ACL_ERROR_MAX, "%zu rules at once, allowed are %d", n,
                 ACL_RULES_SAID_MAX);
        return false;
    }
    struct acl_user *user = there ? acl_user_copy(there) : acl_user_new(name);
    if (user && !apply_all(acl, user, n, rules, ret_error)) {
        acl_user_free(user);
        return false;
    }
    fault = user ? put(acl, user) : ACL_FAULT_MEMORY;
    if (fault != ACL_FAULT_NONE)
        snprintf(ret_error, ACL_ERROR_MAX, "The user cannot be kept: %s", acl_fault_text(fault));
    return fault == ACL_FAULT_NONE;
}

/* --- texts -------------------------------------------------------------------------------------
 */

void acl_write(const struct acl *acl, struct buf *to)
{
    for (size_t i = 0; i < acl->n; i++) {
        buf_printf(to, "user %s ", acl->users[i]->name);
        acl_user_write_rules(acl->users[i], to);
        buf_append_str(to, "\n");
    }
}

/* Where the word that begins at I ends: at a space; a selector's at the parenthesis. */
static size_t word_end(struct slice line, size_t i, bool selector)
{
    for (; i < line.n; i++) {
        bool space = line.p[i] == ' ' || line.p[i] == '\t';
        if (space && (!selector || line.p[i - 1] == ')'))
            break;
    }
    return i;
}

/* The words of a line, a selector being one; more than max are counted, not kept. */
static size_t split(struct slice line, struct slice *words, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < line.n;) {
        if (line.p[i] == ' ' || line.p[i] == '\t') {
            i++;
            continue;
        }
        size_t end = word_end(line, i, n >= 2 && line.p[i] == '('); /* behind the name */
        if (n < max)
            words[n] = (struct slice){ line.p + i, end - i };
        n++;
        i = end;
    }
    return n;
}

/* The user of a line must be new to FRESH; "default" may take the place of the one that was there
 * from the beginning. */
static bool make_room(struct acl *fresh, struct slice name, bool *default_seen,
                      char ret_error[ACL_ERROR_MAX])
{
    bool is_default = slice_is(name, ACL_DEFAULT);

    if (is_default ? *default_seen : acl_find(fresh, name) != NULL) {
        snprintf(ret_error, ACL_ERROR_MAX, "the user '%.*s' stands there twice",
                 (int)(name.n < QUOTED_MAX ? name.n : QUOTED_MAX), name.p);
        return false;
    }
    if (!is_default)
        return true;
    struct acl_user *user = acl_user_new(name);
    *default_seen = true;
    if (user && put(fresh, user) == ACL_FAULT_NONE)
        return true;
    snprintf(ret_error, ACL_ERROR_MAX, "%s", acl_fault_text(ACL_FAULT_MEMORY));
    return false;
}

/* One line of a text. WORDS has room for ACL_RULES_SAID_MAX + 2. */
static bool read_line(struct acl *fresh, struct slice line, struct slice *words, bool *default_seen,
                      char ret_error[ACL_ERROR_MAX])
{
    size_t n = split(line, words, ACL_RULES_SAID_MAX + 2);

    if (n == 0 || words[0].p[0] == '#')
        return true;
    if (n < 2 || !slice_is_nocase(words[0], "user")) {
        snprintf(ret_error, ACL_ERROR_MAX, "a line begins with the word user and a name");
        return false;
    }
    if (n > ACL_RULES_SAID_MAX + 2) {
        snprintf(ret_error, ACL_ERROR_MAX, "%zu rules, allowed are %d", n - 2, ACL_RULES_SAID_MAX);
        return false;
    }
    return make_room(fresh, words[1], default_seen, ret_error) &&
           acl_set(fresh, words[1], n - 2, words + 2, ret_error);
}

/* Reads all lines into a new acl. */
static bool read_lines(struct acl *fresh, struct slice text, struct slice *words,
                       char ret_error[ACL_ERROR_MAX])
{
    char fault[ACL_ERROR_MAX];
    bool default_seen = false;
    size_t at = 0;

    for (unsigned number = 1; at < text.n; number++) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        struct slice line = { text.p + at, end ? (size_t)(end - text.p) - at : text.n - at };
        at += line.n + 1;
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        if (!read_line(fresh, line, words, &default_seen, fault)) {
            snprintf(ret_error, ACL_ERROR_MAX, "%u: %.900s", number, fault);
            return false;
        }
    }
    return true;
}

bool acl_read(struct acl *acl, struct slice text, char ret_error[ACL_ERROR_MAX])
{
    struct slice *words = malloc((ACL_RULES_SAID_MAX + 2) * sizeof(*words));
    struct acl *fresh = acl_new(acl->table, acl->digest);
    bool good = words && fresh;

    if (good)
        good = read_lines(fresh, text, words, ret_error);
    else
        snprintf(ret_error, ACL_ERROR_MAX, "0: memory is out");
    if (good) {
        struct acl old = *acl;
        *acl = *fresh;
        *fresh = old;
    }
    acl_free(fresh);
    free(words);
    return good;
}
