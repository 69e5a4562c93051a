#include "store/admin_io.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "store/config_io.h"
#include "store/primary_io.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "store/users_io.h"
#include "wire/client_filter.h"
#include "wire/client_list.h"
#include "wire/log_io.h"

/* --- CLIENT ---------------------------------------------------------------------------------- */

void cmd_client_kill(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);
    struct client_filter f;
    size_t killed;

    if (!client_filter_parse(&f, &c->reply, c->id, shell_of(app)->store.gate.acl, argc, argv))
        return;
    killed = server_kill(sh->server, &f, c, "CLIENT KILL");
    if (primary_client(sh->primary) != NULL &&
        client_filter_matches(&f, primary_client(sh->primary))) {
        primary_drop(sh->primary, "CLIENT KILL");
        killed++;
    }
    if (!f.old_form)
        resp_int(&c->reply, (int64_t)killed);
    else if (killed > 0)
        resp_ok(&c->reply);
    else
        resp_error(&c->reply, "ERR No such client");
}

/* Those of the server, and our primary's link. */
static void each_client(void *arg, void (*fn)(void *ctx, struct client *c), void *ctx)
{
    struct shell *sh = arg;

    server_each(sh->server, fn, ctx);
    if (primary_client(sh->primary) != NULL)
        fn(ctx, primary_client(sh->primary));
}

void cmd_client_list(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);

    client_list(c, (msec)uv_now(sh->loop), each_client, sh, argc, argv);
}

void cmd_client_info(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    (void)argv;
    client_info(c, (msec)uv_now(shell_of(app)->loop));
}

static void end_pause(struct shell *sh)
{
    sh->store.paused_until_ms = 0;
    sh->store.paused_all = false;
    uv_timer_stop(&sh->unpause);
    blocked_serve(&sh->store);
    server_retry(sh->server);
}

static void on_unpause(uv_timer_t *timer)
{
    struct shell *sh = timer->data;

    shell_set_clock(sh);
    end_pause(sh);
}

void cmd_client_pause(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    int64_t ms;
    bool all = true;

    if (argc == 4 && slice_is_nocase(argv[3], "WRITE")) {
        all = false;
    } else if (argc > 4 || (argc == 4 && !slice_is_nocase(argv[3], "ALL"))) {
        resp_error(&c->reply, "ERR CLIENT PAUSE mode must be WRITE or ALL");
        return;
    }
    if (!slice_to_int64(argv[2], &ms)) {
        resp_error(&c->reply, "ERR timeout is not an integer or out of range");
        return;
    }
    if (ms < 0 || ms > INT64_MAX / 2) {
        resp_error(&c->reply, ms < 0 ? "ERR timeout is negative" : "ERR timeout is out of range");
        return;
    }
    /* Of two pauses the longer and the wider one holds. */
    s->paused_all = s->paused_until_ms > s->mono_ms ? s->paused_all || all : all;
    s->paused_until_ms = msec_max(s->paused_until_ms, s->mono_ms + ms);
    uv_timer_start(&sh->unpause, on_unpause, (uint64_t)(s->paused_until_ms - s->mono_ms) + 1, 0);
    resp_ok(&c->reply);
}

void cmd_client_unpause(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    (void)argv;
    end_pause(shell_of(app));
    resp_ok(&c->reply);
}

/* --- CONFIG ---------------------------------------------------------------------------------- */

void cmd_config_rewrite(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    char error[CONFIG_ERROR_TEXT_MAX];

    (void)argc;
    (void)argv;
    users_note(s);
    if (config_write_state(&s->options, error)) {
        resp_ok(&c->reply);
        return;
    }
    log_error("%s", error);
    resp_errorf(&c->reply, "ERR Rewriting config file: %s", error);
}

void cmd_config_resetstat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    memset(&s->stats, 0, sizeof(s->stats));
    command_stats_reset(&s->command_stats);
    memset(&s->error_stats, 0, sizeof(s->error_stats));
    resp_ok(&c->reply);
}

/* --- files ----------------------------------------------------------------------------------- */

void cmd_save(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);
    char error[SAVE_ERROR_TEXT_MAX];

    (void)argc;
    (void)argv;
    if (saver_does(&sh->saver, CHILD_SAVE))
        resp_error(&c->reply, "ERR Background save already in progress");
    else if (save_now(sh, error))
        resp_ok(&c->reply);
    else
        resp_errorf(&c->reply, "ERR %s", error);
}

void cmd_bgsave(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);
    char error[SAVE_ERROR_TEXT_MAX];
    bool schedule = argc == 2 && slice_is_nocase(argv[1], "SCHEDULE");

    if (argc > 2 || (argc == 2 && !schedule)) {
        resp_error(&c->reply, store_error_syntax);
    } else if (saver_does(&sh->saver, CHILD_SAVE)) {
        resp_error(&c->reply, "ERR Background save already in progress");
    } else if (sh->saver.child != NULL || sh->store.in_exec) {
        /* A synchronisation has the place, or a transaction is half done: as soon as that is over.
         */
        sh->saver.scheduled = true;
        resp_simple(&c->reply, "Background saving scheduled");
    } else if (save_background(sh, error)) {
        resp_simple(&c->reply, "Background saving started");
    } else {
        resp_errorf(&c->reply, "ERR %s", error);
    }
}

void cmd_lastsave(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    (void)argv;
    resp_int(&c->reply, shell_of(app)->saver.last_save_s);
}

void cmd_shutdown(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    bool save = s->options.save_count > 0, force = false, given = false;

    for (size_t i = 1; i < argc; i++) {
        bool yes = slice_is_nocase(argv[i], "SAVE"), no = slice_is_nocase(argv[i], "NOSAVE");

        if ((yes || no) && !given) {
            save = yes;
            given = true;
        } else if (slice_is_nocase(argv[i], "FORCE")) {
            force = true;
        } else if (slice_is_nocase(argv[i], "ABORT") && argc == 2) {
            resp_error(&c->reply, "ERR No shutdown in progress.");
            return;
        } else if (!slice_is_nocase(argv[i], "NOW")) {
            resp_error(&c->reply, store_error_syntax);
            return;
        }
    }
    log_notice("shutdown, as client %s asked", c->addr);
    if (shell_stop(shell_of(s), save) || (force && shell_stop(shell_of(s), false)))
        return;
    resp_error(&c->reply, "ERR Errors trying to SHUTDOWN. Check logs.");
}
