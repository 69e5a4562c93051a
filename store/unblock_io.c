#include "store/unblock_io.h"

#include "store/shell_io.h"
#include "store/wait_io.h"

static void on_timer(uv_timer_t *timer)
{
    struct shell *sh = timer->data;

    shell_set_clock(sh);
    sh->unblock_at_ms = MSEC_NEVER;
    blocked_expire(&sh->store);
    unblock_arm(sh);
}

void unblock_arm(struct shell *sh)
{
    msec next_ms = blocked_next_ms(&sh->store.blocked);

    if (next_ms == sh->unblock_at_ms)
        return;
    sh->unblock_at_ms = next_ms;
    uv_timer_stop(&sh->unblock);
    if (next_ms != MSEC_NEVER)
        uv_timer_start(&sh->unblock, on_timer,
                       (uint64_t)msec_max(next_ms - (msec)uv_now(sh->loop), 0) + 1, 0);
}

void unblock_start(struct shell *sh)
{
    uv_timer_init(sh->loop, &sh->unblock);
    sh->unblock.data = sh;
    sh->unblock_at_ms = MSEC_NEVER;
}

void unblock_stop(struct shell *sh)
{
    uv_close((uv_handle_t *)&sh->unblock, NULL);
}

/* CLIENT UNBLOCK id [TIMEOUT|ERROR]; of those that WAIT, too. */
void cmd_client_unblock(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);
    struct client *other;
    bool with_error = argc == 4 && slice_is_nocase(argv[3], "ERROR");
    int64_t id;

    if (argc > 4) {
        resp_errorf(&c->reply,
                    "ERR unknown subcommand or wrong number of arguments for '%.*s'. Try CLIENT "
                    "HELP.",
                    (int)(argv[1].n < 128 ? argv[1].n : 128), argv[1].p);
        return;
    }
    if (argc == 4 && !with_error && !slice_is_nocase(argv[3], "TIMEOUT")) {
        resp_error(&c->reply, "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        return;
    }
    if (!store_arg_int(c, argv[2], &id))
        return;
    other = server_find(sh->server, (uint64_t)id);
    resp_int(&c->reply, other != NULL && (blocked_end(&sh->store, other, with_error) ||
                                          wait_unblock(sh, other->id, with_error)));
}
