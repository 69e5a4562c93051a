#include "wire/acl_reply.h"

#include <stdio.h>

#include "wire/acl.h"
#include "wire/acl_category.h"
#include "wire/acl_log.h"
#include "wire/buf.h"
#include "wire/command.h"
#include "wire/resp_write.h"

#define GENPASS_BITS_DEFAULT 256
#define GENPASS_BITS_MAX     4096
#define LOG_DEFAULT          10
#define QUOTED_MAX           128 /* bytes of a client's word that an error repeats */

static int quoted(struct slice word)
{
    return (int)(word.n < QUOTED_MAX ? word.n : QUOTED_MAX);
}

/* The words of a subcommand that takes at most one argument. */
static bool too_many(struct resp_writer *w, size_t argc, const char *name)
{
    if (argc <= 3)
        return false;
    resp_errorf(w, "ERR unknown subcommand or wrong number of arguments for '%s'. Try ACL HELP.",
                name);
    return true;
}

/* --- CAT ---------------------------------------------------------------------------------------
 */

static size_t write_category(struct resp_writer *w, const struct command *rows,
                             const struct command *parent, int category)
{
    char name[COMMAND_FULL_NAME_SIZE];
    size_t n = 0;

    for (const struct command *row = rows; row && row->name; row++) {
        struct command_match m = { row, parent };
        if (acl_categories(row) >> category & 1) {
            resp_bulk_str(w, command_full_name(&m, name));
            n++;
        }
        n += write_category(w, row->subs, row, category);
    }
    return n;
}

void acl_reply_cat(struct resp_writer *w, const struct command_table *table, size_t argc,
                   const struct slice *argv)
{
    if (too_many(w, argc, "CAT"))
        return;
    if (argc == 2) {
        resp_array(w, ACL_CATEGORY_COUNT);
        for (int i = 0; i < ACL_CATEGORY_COUNT; i++)
            resp_bulk_str(w, acl_category_name((enum acl_category)i));
        return;
    }
    int category = acl_category_find(argv[2]);
    if (category < 0) {
        resp_errorf(w, "ERR Unknown category '%.*s'", quoted(argv[2]), argv[2].p);
        return;
    }
    size_t mark = resp_hold(w);
    resp_array_at(w, mark, write_category(w, command_table_rows(table), NULL, category));
}

/* --- GENPASS -----------------------------------------------------------------------------------
 */

void acl_reply_genpass(struct resp_writer *w, acl_random_fn *random, void *arg, size_t argc,
                       const struct slice *argv)
{
    unsigned char bytes[GENPASS_BITS_MAX / 8];
    char hex[GENPASS_BITS_MAX / 4 + 1];
    int64_t bits = GENPASS_BITS_DEFAULT;

    if (too_many(w, argc, "GENPASS"))
        return;
    if (argc == 3 && !slice_to_int64(argv[2], &bits)) {
        resp_error(w, "ERR value is not an integer or out of range");
        return;
    }
    if (bits <= 0 || bits > GENPASS_BITS_MAX) {
        resp_error(w, "ERR ACL GENPASS argument must be the number of bits for the output "
                      "password, a positive number up to 4096");
        return;
    }
    if (!random || !random(arg, bytes, (size_t)(bits + 7) / 8)) {
        resp_error(w, "ERR no random numbers to be had");
        return;
    }
    for (size_t i = 0; i < (size_t)(bits + 7) / 8; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    resp_bulk_bytes(w, hex, (size_t)(bits + 3) / 4);
}

/* --- LOG ---------------------------------------------------------------------------------------
 */

void acl_reply_log(struct resp_writer *w, struct acl_log *log, msec wall_ms, size_t argc,
                   const struct slice *argv)
{
    int64_t max = LOG_DEFAULT;

    if (too_many(w, argc, "LOG"))
        return;
    if (argc == 3 && slice_is_nocase(argv[2], "reset")) {
        acl_log_clear(log);
        resp_ok(w);
        return;
    }
    if (argc == 3 && !slice_to_int64(argv[2], &max)) {
        resp_error(w, "ERR value is not an integer or out of range");
        return;
    }
    acl_log_reply(log, w, max > 0 ? (size_t)max : 0, wall_ms);
}

/* --- DRYRUN ------------------------------------------------------------------------------------
 */

static void write_verdict(struct resp_writer *w, const struct command_match *m,
                          enum acl_verdict verdict, struct slice arg)
{
    char name[COMMAND_FULL_NAME_SIZE];

    if (verdict == ACL_ALLOWED)
        resp_ok(w);
    else if (verdict == ACL_DENIED_COMMAND)
        resp_bulkf(w, "This user has no permissions to run the '%s' command",
                   command_full_name(m, name));
    else
        resp_bulkf(w, "This user has no permissions to access the '%.*s' %s", quoted(arg), arg.p,
                   verdict == ACL_DENIED_KEY ? "key" : "channel");
}

void acl_reply_dryrun(struct resp_writer *w, const struct acl *acl, size_t argc,
                      const struct slice *argv)
{
    const struct acl_user *user = acl_find(acl, argv[2]);
    struct command_match m;
    size_t arg = 0;

    if (!user) {
        resp_errorf(w, "ERR User '%.*s' not found", quoted(argv[2]), argv[2].p);
        return;
    }
    if (!command_find(acl_table(acl), argc - 3, argv + 3, &m)) {
        if (m.command)
            command_write_error(w, &m, argc - 3, argv + 3);
        else
            resp_errorf(w, "ERR Command '%.*s' not found", quoted(argv[3]), argv[3].p);
        return;
    }
    enum acl_verdict verdict = acl_user_check(user, &m, argc - 3, argv + 3, &arg);
    write_verdict(w, &m, verdict, argv[3 + arg]);
}

/* --- users -------------------------------------------------------------------------------------
 */

void acl_reply_getuser(struct resp_writer *w, const struct acl *acl, struct slice name)
{
    const struct acl_user *user = acl_find(acl, name);

    if (user)
        acl_user_reply(user, w);
    else
        resp_null(w);
}

void acl_reply_list(struct resp_writer *w, const struct acl *acl)
{
    struct buf line = { 0 };

    resp_array(w, acl_count(acl));
    for (size_t i = 0; i < acl_count(acl); i++) {
        buf_reset(&line);
        buf_printf(&line, "user %s ", acl_at(acl, i)->name);
        acl_user_write_rules(acl_at(acl, i), &line);
        resp_bulk(w, buf_slice(&line));
    }
    buf_done(&line);
}

void acl_reply_users(struct resp_writer *w, const struct acl *acl)
{
    resp_array(w, acl_count(acl));
    for (size_t i = 0; i < acl_count(acl); i++)
        resp_bulk_str(w, acl_at(acl, i)->name);
}

bool acl_reply_set(struct resp_writer *w, struct acl *acl, size_t argc, const struct slice *argv)
{
    char error[ACL_ERROR_MAX];

    if (acl_set(acl, argv[2], argc - 3, argv + 3, error))
        return true;
    resp_errorf(w, "ERR %s", error);
    return false;
}

bool acl_reply_remove(struct resp_writer *w, struct acl *acl, size_t argc, const struct slice *argv,
                      size_t *ret_removed)
{
    size_t removed = 0;

    for (size_t i = 2; i < argc; i++) {
        if (slice_is(argv[i], ACL_DEFAULT)) {
            resp_error(w, "ERR The 'default' user cannot be removed");
            return false;
        }
    }
    for (size_t i = 2; i < argc; i++)
        removed += acl_remove(acl, argv[i]);
    *ret_removed = removed;
    return true;
}
