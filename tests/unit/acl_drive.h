/*
 * acl_drive: a set of users over a small table of commands. All of it is inline.
 */
#ifndef TESTS_UNIT_ACL_DRIVE_H
#define TESTS_UNIT_ACL_DRIVE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "wire/acl.h"
#include "wire/buf.h"
#include "wire/command.h"
#include "wire/command_keys.h"
#include "wire/sha256.h"

#define WORDS_MAX 16
#define HASH_P    "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940" /* of "p" */

static inline void run_nothing(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app, (void)c, (void)argc, (void)argv;
}

#define ADMIN COMMAND_ADMIN
#define CONN  COMMAND_IN_CONNECTION

static const struct command_keys first_key[] = {
    COMMAND_KEY_AT(COMMAND_KEY_RO | COMMAND_KEY_ACCESS, 1), { 0 }
};
static const struct command_keys first_looked_at[] = { COMMAND_KEY_AT(COMMAND_KEY_RO, 1), { 0 } };
static const struct command_keys first_changed[] = {
    COMMAND_KEY_AT(COMMAND_KEY_RW | COMMAND_KEY_ACCESS | COMMAND_KEY_UPDATE, 1), { 0 }
};
static const struct command_keys every_second[] = {
    COMMAND_KEY_FROM(COMMAND_KEY_OW | COMMAND_KEY_UPDATE, 1, -1, 2), { 0 }
};

static const struct command sentinel_rows[] = {
    { "masters", 2, ADMIN, run_nothing, "", NULL, NULL },
    { "master", 3, ADMIN, run_nothing, "", NULL, NULL },
    { "help", 2, 0, run_nothing, "", NULL, NULL },
    { 0 },
};
static const struct command client_rows[] = {
    { "id", 2, CONN, run_nothing, "", NULL, NULL },
    { "kill", -3, CONN | ADMIN, run_nothing, "", NULL, NULL },
    { 0 },
};
static const struct command command_rows[] = {
    { "count", 2, CONN, run_nothing, "", NULL, NULL },
    { 0 },
};
static const struct command rows[] = {
    { "auth", -2, CONN | COMMAND_FAST | COMMAND_NO_AUTH, run_nothing, "", NULL, NULL },
    { "client", -2, 0, NULL, "", client_rows, NULL },
    { "command", -1, CONN, run_nothing, "", command_rows, NULL },
    { "get", 2, COMMAND_READONLY | COMMAND_FAST, run_nothing, "", NULL, first_key },
    { "exists", 2, COMMAND_READONLY, run_nothing, "", NULL, first_looked_at },
    { "getset", 3, COMMAND_WRITE, run_nothing, "", NULL, first_changed },
    { "mset", -3, COMMAND_WRITE, run_nothing, "", NULL, every_second },
    { "ping", -1, CONN | COMMAND_FAST, run_nothing, "", NULL, NULL },
    { "psubscribe", -2, COMMAND_PUBSUB, run_nothing, "", NULL, NULL },
    { "publish", 3, COMMAND_PUBSUB | COMMAND_FAST, run_nothing, "", NULL, NULL },
    { "role", 1, COMMAND_FAST | COMMAND_IN_ADMIN | COMMAND_IN_DANGEROUS, run_nothing, "", NULL,
      NULL },
    { "sentinel", -2, ADMIN, NULL, "", sentinel_rows, NULL },
    { "subscribe", -2, COMMAND_PUBSUB, run_nothing, "", NULL, NULL },
    { 0 },
};

static struct command_table *table;
static struct acl *acl;
static char error[ACL_ERROR_MAX];

/* A fresh set of users. */
static inline void begin(void)
{
    acl_free(acl);
    acl = acl_new(table, sha256_hex);
    CU_ASSERT_PTR_NOT_NULL_FATAL(acl);
}

/* Words that stand between bars. */
static inline size_t words_of(const char *text, struct slice words[WORDS_MAX])
{
    size_t n = 0;
    for (const char *at = text; n < WORDS_MAX && *text != '\0';) {
        const char *end = strchr(at, ';');
        words[n++] = (struct slice){ at, end ? (size_t)(end - at) : strlen(at) };
        if (!end)
            break;
        at = end + 1;
    }
    return n;
}

static inline bool set(const char *name, const char *rules)
{
    struct slice words[WORDS_MAX];
    size_t n = words_of(rules, words);
    error[0] = '\0';
    return acl_set(acl, slice_str(name), n, words, error);
}

/* What ACL LIST shows of a user behind its name. */
static inline const char *shown(const char *name)
{
    static struct buf text;
    buf_reset(&text);
    const struct acl_user *user = acl_find(acl, slice_str(name));
    if (user)
        acl_user_write_rules(user, &text);
    return buf_text(&text);
}

static inline enum acl_verdict check(const char *name, const char *request, size_t *ret_arg)
{
    struct slice words[WORDS_MAX];
    struct command_match m;
    size_t argc = words_of(request, words);
    CU_ASSERT_FATAL(command_find(table, argc, words, &m));
    return acl_user_check(acl_find(acl, slice_str(name)), &m, argc, words, ret_arg);
}

#endif
