/* What options mean to the process: when it starts, and when they are set. */
#include "store/guard_io.h"
#include "store/held_io.h"
#include "store/shell_parts_io.h"
#include "wire/acl.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

void shell_apply_loglevel(const struct options *o)
{
    static const enum log_level levels[] = { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_NOTICE,
                                             LOG_LEVEL_WARNING };

    log_set_level(levels[option_number(o, OPT_LOGLEVEL)]);
}

/* As many clients as there may be files. */
static size_t clients_max(const struct options *o)
{
    size_t wanted = (size_t)option_number(o, OPT_MAXCLIENTS);
    size_t files = loop_files_limit(wanted + SHELL_FILES_SPARE);

    if (files >= wanted + SHELL_FILES_SPARE)
        return wanted;
    wanted = files > SHELL_FILES_SPARE ? files - SHELL_FILES_SPARE : 1;
    log_warning("maxclients is %zu in force: the limit of open files is %zu", wanted, files);
    return wanted;
}

void shell_fill_server_options(const struct options *o, struct server_options *to)
{
    struct server_output_limit *replica = &to->output[CLIENT_REPLICA];
    size_t backlog_bytes = (size_t)option_number(o, OPT_BACKLOG_SIZE);

    to->clients_max = clients_max(o);
    to->query_bytes_max = (size_t)option_number(o, OPT_QUERY_LIMIT);
    to->request.bulk_bytes_max = (size_t)option_number(o, OPT_BULK_MAX);
    to->idle_ms = option_number(o, OPT_TIMEOUT) * 1000;
    to->keepalive_s = (int)option_number(o, OPT_TCP_KEEPALIVE);
    for (int i = 0; i < CLIENT_MASTER; i++) {
        to->output[i].hard_bytes = (size_t)o->output[i].hard_bytes;
        to->output[i].soft_bytes = (size_t)o->output[i].soft_bytes;
        to->output[i].soft_ms = o->output[i].soft_s * 1000;
    }
    /* A replica may continue from anywhere in the backlog: what it is sent then must not end it. */
    if (replica->hard_bytes > 0 && replica->hard_bytes < backlog_bytes)
        replica->hard_bytes = backlog_bytes;
}

bool shell_option_changed(struct store *s, enum option_id id, char ret_error[OPTION_ERROR_TEXT_MAX])
{
    struct shell *sh = shell_of(s);

    if (id == OPT_BACKLOG_SIZE) {
        replicas_flush(sh);
        repl_resize_backlog(&s->repl, (size_t)option_number(&s->options, id));
        shell_fill_server_options(&s->options, server_options(sh->server));
    } else if (id == OPT_APPENDONLY) {
        return aof_switch(sh, option_number(&s->options, id), ret_error, OPTION_ERROR_TEXT_MAX);
    } else if (id == OPT_REQUIREPASS) {
        /* who is connected keeps what it has */
        return acl_require(s->gate.acl, slice_str(option_text(&s->options, id)));
    } else if (id == OPT_LOGLEVEL) {
        shell_apply_loglevel(&s->options);
    } else if (id == OPT_WRITE_LEASE) {
        guard_cut(&s->guard, option_number(&s->options, id), guard_clock_ms());
    } else {
        shell_fill_server_options(&s->options, server_options(sh->server));
        held_check(sh); /* sync-replicas may be fewer now */
    }
    return true;
}
