#include <stdio.h>

#include "sentinel/admin_acl.h"
#include "sentinel/admin_own.h"
#include "wire/acl.h"
#include "wire/acl_category.h"
#include "wire/acl_log.h"
#include "wire/client.h"

#define GENPASS_BITS_DEFAULT 256
#define GENPASS_BITS_MAX     4096
#define LOG_DEFAULT          10

/* The words of a subcommand that takes at most one argument. */
static bool too_many(struct client *c, size_t argc, const char *name)
{
    if (argc <= 3)
        return false;
    resp_errorf(&c->reply,
                "ERR unknown subcommand or wrong number of arguments for '%s'. Try ACL HELP.",
                name);
    return true;
}

/* --- CAT ---------------------------------------------------------------------------------------
 */

static size_t write_category(struct client *c, const struct command *rows,
                             const struct command *parent, int category)
{
    size_t n = 0;

    for (const struct command *row = rows; row && row->name; row++) {
        struct command_match m = { row, parent };
        if (acl_categories(row) >> category & 1) {
            resp_bulk_str(&c->reply, admin_full_name(&m));
            n++;
        }
        n += write_category(c, row->subs, row, category);
    }
    return n;
}

void admin_acl_cat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;

    if (too_many(c, argc, "CAT"))
        return;
    if (argc == 2) {
        resp_array(&c->reply, ACL_CATEGORY_COUNT);
        for (int i = 0; i < ACL_CATEGORY_COUNT; i++)
            resp_bulk_str(&c->reply, acl_category_name((enum acl_category)i));
        return;
    }
    int category = acl_category_find(argv[2]);
    if (category < 0) {
        resp_errorf(&c->reply, "ERR Unknown category '%.*s'", admin_quoted(argv[2]), argv[2].p);
        return;
    }
    size_t mark = resp_hold(&c->reply);
    resp_array_at(&c->reply, mark,
                  write_category(c, command_table_rows(admin->table), NULL, category));
}

/* --- GENPASS -----------------------------------------------------------------------------------
 */

void admin_acl_genpass(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    unsigned char bytes[GENPASS_BITS_MAX / 8];
    char hex[GENPASS_BITS_MAX / 4 + 1];
    int64_t bits = GENPASS_BITS_DEFAULT;

    if (too_many(c, argc, "GENPASS"))
        return;
    if (argc == 3 && !slice_to_int64(argv[2], &bits)) {
        resp_error(&c->reply, "ERR value is not an integer or out of range");
        return;
    }
    if (bits <= 0 || bits > GENPASS_BITS_MAX) {
        resp_error(&c->reply, "ERR ACL GENPASS argument must be the number of bits for the output "
                              "password, a positive number up to 4096");
        return;
    }
    if (!admin->acl_ops.random ||
        !admin->acl_ops.random(admin->acl_arg, bytes, (size_t)(bits + 7) / 8)) {
        resp_error(&c->reply, "ERR no random numbers to be had");
        return;
    }
    for (size_t i = 0; i < (size_t)(bits + 7) / 8; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    resp_bulk_bytes(&c->reply, hex, (size_t)(bits + 3) / 4);
}

/* --- LOG ---------------------------------------------------------------------------------------
 */

void admin_acl_log(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    int64_t max = LOG_DEFAULT;

    if (too_many(c, argc, "LOG"))
        return;
    if (argc == 3 && slice_is_nocase(argv[2], "reset")) {
        acl_log_clear(&admin->acl_log);
        resp_ok(&c->reply);
        return;
    }
    if (argc == 3 && !slice_to_int64(argv[2], &max)) {
        resp_error(&c->reply, "ERR value is not an integer or out of range");
        return;
    }
    acl_log_reply(&admin->acl_log, &c->reply, max > 0 ? (size_t)max : 0,
                  admin_facts(admin).wall_ms);
}

/* --- DRYRUN ------------------------------------------------------------------------------------
 */

static void write_verdict(struct client *c, const struct acl_user *user,
                          const struct command_match *m, enum acl_verdict verdict, struct slice arg)
{
    if (verdict == ACL_ALLOWED)
        resp_ok(&c->reply);
    else if (verdict == ACL_DENIED_COMMAND)
        resp_bulkf(&c->reply, "User %s has no permissions to run the '%s' command", user->name,
                   admin_full_name(m));
    else
        resp_bulkf(&c->reply, "User %s has no permissions to access the '%.*s' %s", user->name,
                   admin_quoted(arg), arg.p, verdict == ACL_DENIED_KEY ? "key" : "channel");
}

void admin_acl_dryrun(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct admin *admin = app;
    const struct acl_user *user = acl_find(admin->acl, argv[2]);
    struct command_match m;
    size_t arg = 0;

    if (!user) {
        resp_errorf(&c->reply, "ERR User '%.*s' not found", admin_quoted(argv[2]), argv[2].p);
        return;
    }
    if (!command_find(admin->table, argc - 3, argv + 3, &m)) {
        if (m.command)
            command_write_error(&c->reply, &m, argc - 3, argv + 3);
        else
            resp_errorf(&c->reply, "ERR Command '%.*s' not found", admin_quoted(argv[3]),
                        argv[3].p);
        return;
    }
    enum acl_verdict verdict = acl_user_check(user, &m, argc - 3, argv + 3, &arg);
    write_verdict(c, user, &m, verdict, argv[3 + arg]);
}
