#include "store/users_io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "store/file_io.h"
#include "store/shell_io.h"
#include "wire/acl.h"
#include "wire/buf.h"
#include "wire/log_io.h"

static bool read_users_file(struct store *s, char ret_error[USERS_ERROR_TEXT_MAX])
{
    const char *path = option_text(&s->options, OPT_ACLFILE);
    char fault[ACL_ERROR_MAX];
    struct buf text;
    bool ok;

    buf_init(&text, ACL_TEXT_MAX);
    ok = file_read_all(path, ACL_TEXT_MAX, &text);
    if (!ok)
        snprintf(ret_error, USERS_ERROR_TEXT_MAX, "Error loading ACLs, opening file '%s': %s", path,
                 strerror(errno));
    else if (!(ok = acl_read(s->gate.acl, buf_slice(&text), fault)))
        snprintf(ret_error, USERS_ERROR_TEXT_MAX,
                 "%s:%.300s. WARNING: ACL errors detected, no change to the previously active ACL "
                 "rules was performed",
                 path, fault);
    buf_done(&text);
    return ok;
}

static bool has_file(const struct store *s)
{
    return option_text(&s->options, OPT_ACLFILE)[0] != '\0';
}

bool users_load(struct store *s, char ret_error[USERS_ERROR_TEXT_MAX])
{
    const struct options *o = &s->options;
    char fault[ACL_ERROR_MAX];

    if (has_file(s) && buf_used(&o->users) > 0) {
        snprintf(ret_error, USERS_ERROR_TEXT_MAX,
                 "user and aclfile: users are in the one place or in the other, not in both");
        return false;
    }
    if (has_file(s))
        return read_users_file(s, ret_error);
    if (!acl_read(s->gate.acl, buf_slice(&o->users), fault)) {
        snprintf(ret_error, USERS_ERROR_TEXT_MAX, "user: number %.900s", fault);
        return false;
    }
    return o->users_default || acl_require(s->gate.acl, slice_str(option_text(o, OPT_REQUIREPASS)));
}

void users_note(struct store *s)
{
    struct options *o = &s->options;

    if (has_file(s) || !o->values[OPT_USER].changed)
        return;
    buf_reset(&o->users);
    acl_write(s->gate.acl, &o->users);
    o->users_default = true;
}

/* --- connections ----------------------------------------------------------------------------- */

struct enforcing {
    struct store *store;
    struct client *asks;
};

static void enforce_on(void *arg, struct client *c)
{
    const struct enforcing *e = arg;
    struct shell *sh = shell_of(e->store);

    if ((c->flags & CLIENT_IS_MASTER) || acl_gate_may_stay(&e->store->gate, c))
        return;
    if (c == e->asks)
        client_close_after_reply(c);
    else
        server_close(sh->server, c, "its user is no more, or may not listen to a channel any more");
}

void users_changed(struct store *s, struct client *asks)
{
    struct enforcing e = { s, asks };

    server_each(shell_of(s)->server, enforce_on, &e);
}

bool users_random(void *arg, void *bytes, size_t n)
{
    (void)arg;
    for (size_t at = 0; at < n;) {
        ssize_t got = getrandom((char *)bytes + at, n - at, 0);

        if (got < 0 && errno != EINTR)
            return false;
        at += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* --- the file -------------------------------------------------------------------------------- */

void cmd_acl_load(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    char error[USERS_ERROR_TEXT_MAX];

    (void)argc;
    (void)argv;
    if (!has_file(s)) {
        resp_error(&c->reply, ACL_NO_FILE);
    } else if (read_users_file(s, error)) {
        resp_ok(&c->reply);
        users_changed(s, c);
    } else {
        log_error("%s", error);
        resp_errorf(&c->reply, "ERR %s", error);
    }
}

void cmd_acl_save(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    char error[FILE_ERROR_TEXT_MAX];
    struct buf text;

    (void)argc;
    (void)argv;
    if (!has_file(s)) {
        resp_error(&c->reply, ACL_NO_FILE);
        return;
    }
    buf_init(&text, ACL_TEXT_MAX);
    acl_write(s->gate.acl, &text);
    if (text.overflow)
        snprintf(error, sizeof(error), "the users are more text than can be kept");
    if (!text.overflow &&
        file_replace(option_text(&s->options, OPT_ACLFILE), buf_slice(&text), error)) {
        resp_ok(&c->reply);
    } else {
        log_error("ACL SAVE: %s", error);
        resp_errorf(&c->reply, "ERR There was an error trying to save the ACLs: %s", error);
    }
    buf_done(&text);
}
