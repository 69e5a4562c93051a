#include "store/exec.h"

#include <string.h>

#include "store/effort.h"
#include "store/session.h"
#include "store/store.h"
#include "wire/client_pubsub.h"
#include "wire/resp_write.h"

static const char not_in_multi[] = "ERR Command not allowed inside a transaction";
static const char no_debug[] = "ERR DEBUG command not allowed. If the enable-debug-command option "
                               "is set to \"local\", you can run it from a local "
                               "connection, otherwise you need to set this option in the "
                               "configuration file, and then restart the server.";
static const char save_failed[] = "MISCONF Redis is configured to save RDB snapshots, but it's "
                                  "currently unable to persist to disk. Commands that may "
                                  "modify the data set are disabled, because this instance is "
                                  "configured to report errors during writes if RDB "
                                  "snapshotting fails (stop-writes-on-bgsave-error option). Please "
                                  "check the Redis logs for details about the RDB error.";
static const char few_replicas[] = "NOREPLICAS Not enough good replicas to write.";
static const char gate_closed[] =
    "GATECLOSED Writes are refused: this node was at work before its start, and no supervisor has "
    "confirmed it (start-gate).";
static const char no_lease[] =
    "NOLEASE Writes are refused: no supervisor has renewed the write lease (write-lease-ms).";
static const char read_only[] = "READONLY You can't write against a read only replica.";
static const char out_of_memory[] = "OOM command not allowed when used memory > 'maxmemory'.";
static const char no_primary[] =
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
static const char loading[] = "LOADING Redis is loading the dataset in memory";
static const char replica_link[] = "ERR Replica can't interact with the keyspace";

enum { DEBUG_NO, DEBUG_YES, DEBUG_LOCAL };

/* The flags that count: of EXEC, those of the commands it will run. */
static unsigned flags_of(const struct client *c, const struct command *command)
{
    if (command->flags & COMMAND_EXEC)
        return command->flags | session_of(c)->queued_flags;
    return command->flags;
}

static bool is_local(const struct client *c)
{
    return strncmp(c->addr, "127.", 4) == 0 || strncmp(c->addr, "[::1]", 5) == 0;
}

static bool debug_refused(const struct store *s, const struct client *c)
{
    int64_t who = option_number(&s->options, OPT_DEBUG_COMMAND);

    return who == DEBUG_NO || (who == DEBUG_LOCAL && !is_local(c));
}

static bool has_few_good(const struct store *s)
{
    const struct options *o = &s->options;

    return option_number(o, OPT_MIN_REPLICAS) > 0 && option_number(o, OPT_MIN_REPLICAS_LAG) > 0 &&
           (int64_t)s->good_replicas < option_number(o, OPT_MIN_REPLICAS);
}

enum write_obstacle exec_write_obstacle(const struct store *s)
{
    const struct options *o = &s->options;

    if (store_is_replica(s))
        return option_number(o, OPT_REPLICA_READ_ONLY) ? OBSTACLE_REPLICA : OBSTACLE_NONE;
    if (s->guard.gate == GUARD_CLOSED)
        return OBSTACLE_GATE;
    if (store_lease_lapsed(s))
        return OBSTACLE_LEASE;
    if (s->save_failed && option_number(o, OPT_STOP_WRITES) && o->save_count > 0)
        return OBSTACLE_SAVE;
    if (s->aof.error[0] != '\0')
        return OBSTACLE_LOG;
    if (has_few_good(s))
        return OBSTACLE_MIN_REPLICAS;
    if ((int64_t)s->online_replicas < option_number(o, OPT_SYNC_REPLICAS))
        return OBSTACLE_SYNC_REPLICAS;
    return OBSTACLE_NONE;
}

/* Why a write must not happen now, or NULL; PING too says what is wrong with the disk. The
 * primary's own stream is not asked. */
static const char *write_refusal(const struct store *s, unsigned flags)
{
    const char *const texts[] = {
        [OBSTACLE_NONE] = NULL,
        [OBSTACLE_REPLICA] = read_only,
        [OBSTACLE_GATE] = gate_closed,
        [OBSTACLE_LEASE] = no_lease,
        [OBSTACLE_SAVE] = save_failed,
        [OBSTACLE_LOG] = s->aof.error,
        [OBSTACLE_MIN_REPLICAS] = few_replicas,
        [OBSTACLE_SYNC_REPLICAS] = few_replicas,
    };
    enum write_obstacle obstacle;

    if (!(flags & (COMMAND_WRITE | COMMAND_PING)))
        return NULL;
    obstacle = exec_write_obstacle(s);
    if ((flags & COMMAND_WRITE) || obstacle == OBSTACLE_SAVE || obstacle == OBSTACLE_LOG)
        return texts[obstacle];
    return NULL;
}

/* Deletes keys to stay below maxmemory; false when that is not possible and the command, or a
 * transaction that becomes longer, needs more. */
static bool make_room(struct store *s, const struct client *c, const struct command *command,
                      unsigned flags)
{
    bool queues = (c->flags & CLIENT_IN_MULTI) && !(command->flags & COMMAND_UNQUEUED);

    if ((c->flags & CLIENT_IS_MASTER) || s->phase != STORE_READY)
        return true;
    return evict_make_room(s) || !(queues || (flags & COMMAND_DENYOOM));
}

/* Why a command that exists must not run now, in the order in which Redis asks; or NULL. */
static const char *refusal(struct store *s, struct client *c, const struct command_match *m,
                           size_t argc, const struct slice *argv)
{
    unsigned flags = flags_of(c, m->command);
    const char *why = NULL;

    if ((flags & COMMAND_PROTECTED) && debug_refused(s, c))
        return no_debug;
    if ((c->flags & CLIENT_IN_MULTI) && (m->command->flags & COMMAND_NO_MULTI) &&
        acl_gate_knows(&s->gate, c))
        return not_in_multi;
    if ((why = store_acl_refusal(s, c, m, argc, argv)) != NULL)
        return why;
    if (!make_room(s, c, m->command, flags))
        return out_of_memory;
    if (!(c->flags & CLIENT_IS_MASTER))
        why = write_refusal(s, flags);
    if (why != NULL)
        return why;
    if (store_is_replica(s) && s->link != LINK_CONNECTED && !(flags & COMMAND_STALE) &&
        !option_number(&s->options, OPT_SERVE_STALE))
        return no_primary;
    if (s->phase == STORE_LOADING && !(flags & COMMAND_LOADING) && !(c->flags & CLIENT_IS_MASTER))
        return loading;
    if ((c->flags & CLIENT_IS_REPLICA) &&
        (flags & (COMMAND_WRITE | COMMAND_READONLY | COMMAND_MAY_REPLICATE)))
        return replica_link;
    return NULL;
}

/* Counts a request that did not run, by what was replied. */
static void count_rejected(struct store *s, const struct client *c, const struct command_match *m,
                           size_t before)
{
    struct slice reply = { buf_data(&c->out) + before, buf_used(&c->out) - before };

    error_stats_add(&s->error_stats, reply);
    if (m->command != NULL)
        command_stats_of(&s->command_stats, m->command)->rejected++;
}

/* An error that keeps a command from running also spoils the transaction; EXEC itself ends it.
 * True: that was EXEC. */
static bool spoil(struct store *s, struct client *c, const struct command_match *m)
{
    session_of(c)->failed = (c->flags & CLIENT_IN_MULTI) != 0;
    if (m->command == NULL || !(m->command->flags & COMMAND_EXEC))
        return false;
    session_discard(s, c);
    return true;
}

static void refuse(struct store *s, struct client *c, const struct command_match *m,
                   const char *why)
{
    size_t before = buf_used(&c->out);

    if (spoil(s, c, m))
        resp_errorf(&c->reply, "EXECABORT Transaction discarded because of: %s", why);
    else
        resp_error(&c->reply, why);
    count_rejected(s, c, m, before);
}

/* Unknown command, or the wrong number of words. */
static void refuse_unfit(struct store *s, struct client *c, const struct command_match *m,
                         size_t argc, const struct slice *argv)
{
    size_t before = buf_used(&c->out);

    if (spoil(s, c, m))
        resp_error(&c->reply, "EXECABORT Transaction discarded because of: wrong number of "
                              "arguments for 'exec' command");
    else
        command_write_error(&c->reply, m, argc, argv);
    count_rejected(s, c, m, before);
}

/* Notes the name for CLIENT LIST; of a subcommand it has to be put together. */
static void note_name(struct client *c, const struct command_match *m)
{
    c->command =
        m->parent == NULL ? m->command->name : command_full_name(m, session_of(c)->command);
}

static void queue(struct store *s, struct client *c, const struct command_match *m, size_t argc,
                  const struct slice *argv)
{
    if (session_queue(c, m, argc, argv))
        resp_simple(&c->reply, "QUEUED");
    else
        refuse(s, c, m, "ERR too many commands in one transaction");
}

void exec_call(struct store *s, struct client *c, const struct command *command, size_t argc,
               const struct slice *argv)
{
    uint64_t before = s->changes, reply_at = client_reply_at(c);
    bool tells = s->ops->written != NULL && !s->in_exec && !store_is_replica(s) &&
                 !(c->flags & CLIENT_IS_MASTER);
    struct effort effort;

    s->propagated = false;
    s->stats.commands++;
    s->blocked.command = command;
    effort_begin(&effort, s, c);
    command->run(s, c, argc, argv);
    effort_end(&effort, s, c, command, argc, argv);
    if (s->changes == before)
        return;
    if (!s->propagated)
        store_propagate(s, c->db, argc, argv);
    session_of(c)->write_offset = s->repl.offset;
    session_of(c)->last_change = s->changes;
    if (tells)
        s->ops->written(s, c, reply_at);
}

bool exec_request(struct store *s, struct client *c, size_t argc, const struct slice *argv)
{
    struct command_match m;
    const char *why;
    size_t before;
    unsigned flags;

    if (!command_find(s->commands, argc, argv, &m)) {
        refuse_unfit(s, c, &m, argc, argv);
        return true;
    }
    why = refusal(s, c, &m, argc, argv);
    if (why != NULL) {
        refuse(s, c, &m, why);
        return true;
    }
    before = buf_used(&c->out);
    if (!client_pubsub_allows(c, &m)) {
        count_rejected(s, c, &m, before);
        return true;
    }
    flags = flags_of(c, m.command);
    if (!(c->flags & (CLIENT_IS_REPLICA | CLIENT_IS_MASTER)) &&
        store_is_paused(s, (flags & (COMMAND_WRITE | COMMAND_MAY_REPLICATE)) != 0))
        return false;
    note_name(c, &m);
    if ((c->flags & CLIENT_IN_MULTI) && !(m.command->flags & COMMAND_UNQUEUED))
        queue(s, c, &m, argc, argv);
    else
        exec_call(s, c, m.command, argc, argv);
    blocked_serve(s);
    return true;
}
