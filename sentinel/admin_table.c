#include <stdio.h>
#include <string.h>

#include "sentinel/admin_own.h"
#include "wire/client.h"
#include "wire/client_cmd.h"

#define HELP_LINE_MAX 256

/*   X(name, number of words, flags, handler, its arguments, help)
 * Names and number of words are Redis's, where it has the command. */

#define ADMIN   COMMAND_ADMIN
#define ALWAYS  (COMMAND_LOADING | COMMAND_STALE)
#define SESSION (ALWAYS | COMMAND_NOSCRIPT)
#define LOGIN   (SESSION | COMMAND_FAST | COMMAND_NO_AUTH | COMMAND_IN_CONNECTION)

/* In the categories of what is an operator's, without being refused to others for it. */
#define ASKS_ALL (COMMAND_IN_ADMIN | COMMAND_IN_DANGEROUS)

#define SENTINEL_TABLE(X)                                                                          \
    X("ckquorum", 3, ADMIN, admin_sentinel_ckquorum, " <master-name>",                             \
      "Tell whether enough Sentinels are usable for the quorum and for a majority.")               \
    X("config", -4, ADMIN, admin_sentinel_config,                                                  \
      " GET <param> [<param> ...] | SET <param> <value> [<param> <value> ...]",                    \
      "Show settings of the whole Sentinel, or change them, all of them or none.")                 \
    X("debug", -2, ADMIN, admin_sentinel_debug, " [<param> <value> ...]",                          \
      "Show periods and time-outs in milliseconds, or change them until the next restart.")        \
    X("failover", -3, ADMIN, admin_sentinel_failover, " <master-name> [COORDINATED]",              \
      "Replace the master now, whether it is down or not.")                                        \
    X("flushconfig", 2, ADMIN, admin_sentinel_flushconfig, "",                                     \
      "Answer once all that was changed before is on disk.")                                       \
    X("get-master-addr-by-name", 3, ADMIN | COMMAND_SHOWS, admin_sentinel_get_addr,                \
      " <master-name>", "Return the ip and port of the master of that name.")                      \
    X("get-primary-addr-by-name", 3, ADMIN | COMMAND_SHOWS, admin_sentinel_get_addr,               \
      " <primary-name>", "Another word for GET-MASTER-ADDR-BY-NAME.")                              \
    X("help", 2, ALWAYS, admin_sentinel_help, "", "Print this help.")                              \
    X("info-cache", -3, ADMIN, admin_sentinel_info_cache, " <master-name> [<master-name> ...]",    \
      "Return the last INFO of those masters and their replicas, each with its age.")              \
    X("is-master-down-by-addr", 6, ADMIN, admin_sentinel_is_down,                                  \
      " <ip> <port> <epoch> <runid|*>",                                                            \
      "Tell whether this Sentinel holds the master at that address for down; a run id asks for "   \
      "its vote.")                                                                                 \
    X("is-primary-down-by-addr", 6, ADMIN, admin_sentinel_is_down,                                 \
      " <ip> <port> <epoch> <runid|*>", "Another word for IS-MASTER-DOWN-BY-ADDR.")                \
    X("master", 3, ADMIN | COMMAND_SHOWS, admin_sentinel_master, " <master-name>",                 \
      "Show the state of that master.")                                                            \
    X("masters", 2, ADMIN | COMMAND_SHOWS, admin_sentinel_masters, "",                             \
      "Show the state of all masters.")                                                            \
    X("monitor", 6, ADMIN, admin_sentinel_monitor, " <name> <ip> <port> <quorum>",                 \
      "Begin to watch a master.")                                                                  \
    X("myid", 2, ADMIN, admin_sentinel_myid, "", "Return the run id of this Sentinel.")            \
    X("pending-scripts", 2, ADMIN, admin_sentinel_pending_scripts, "",                             \
      "Show the scripts that run and those that wait.")                                            \
    X("primaries", 2, ADMIN | COMMAND_SHOWS, admin_sentinel_masters, "",                           \
      "Another word for MASTERS.")                                                                 \
    X("primary", 3, ADMIN | COMMAND_SHOWS, admin_sentinel_master, " <primary-name>",               \
      "Another word for MASTER.")                                                                  \
    X("remove", 3, ADMIN, admin_sentinel_remove, " <master-name>", "Watch a master no longer.")    \
    X("replicas", 3, ADMIN | COMMAND_SHOWS, admin_sentinel_replicas, " <master-name>",             \
      "Show the state of the replicas of that master.")                                            \
    X("reset", 3, ADMIN, admin_sentinel_reset, " <pattern>",                                       \
      "Forget what is known of the replicas and Sentinels of all masters that match.")             \
    X("sentinels", 3, ADMIN, admin_sentinel_sentinels, " <master-name>",                           \
      "Show the state of the other Sentinels of that master.")                                     \
    X("set", -5, ADMIN, admin_sentinel_set,                                                        \
      " <master-name> <option> <value> [<option> <value> ...]",                                    \
      "Change options of a master, all of them or none.")                                          \
    X("simulate-failure", -3, ADMIN, admin_sentinel_simulate_failure,                              \
      " [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",                                    \
      "End this Sentinel in the middle of the next failover that it leads.")                       \
    X("slaves", 3, ADMIN | COMMAND_SHOWS, admin_sentinel_replicas, " <master-name>",               \
      "Another word for REPLICAS.")

#define ACL_TABLE(X)                                                                               \
    X("cat", -2, SESSION, admin_acl_cat, " [<category>]",                                          \
      "Return the categories, or the commands of one.")                                            \
    X("deluser", -3, ADMIN | SESSION, admin_acl_deluser, " <username> [<username> ...]",           \
      "Remove users and close their connections.")                                                 \
    X("dryrun", -4, ADMIN | SESSION, admin_acl_dryrun, " <username> <command> [<arg> ...]",        \
      "Tell whether that user may run that command, without running it.")                          \
    X("genpass", -2, SESSION, admin_acl_genpass, " [<bits>]",                                      \
      "Return a password that nobody can guess, of 256 bits if no other number is given.")         \
    X("getuser", 3, ADMIN | SESSION, admin_acl_getuser, " <username>", "Show what a user may do.") \
    X("help", 2, ALWAYS, admin_acl_help, "", "Print this help.")                                   \
    X("list", 2, ADMIN | SESSION, admin_acl_list, "",                                              \
      "Show all users, each as a line of rules that would make it.")                               \
    X("load", 2, ADMIN | SESSION, admin_acl_load, "", "Read all users from the ACL file.")         \
    X("log", -2, ADMIN | SESSION, admin_acl_log, " [<count> | RESET]",                             \
      "Show who was refused what, or forget it.")                                                  \
    X("save", 2, ADMIN | SESSION, admin_acl_save, "", "Write all users to the ACL file.")          \
    X("setuser", -3, ADMIN | SESSION, admin_acl_setuser, " <username> <rule> [<rule> ...]",        \
      "Change a user or make one, by all of the rules or none.")                                   \
    X("users", 2, ADMIN | SESSION, admin_acl_users, "", "Return the names of all users.")          \
    X("whoami", 2, SESSION, admin_acl_whoami, "", "Return the user of this connection.")

#define CLIENT_TABLE(X)                                                                            \
    X("caching", 3, ALWAYS, admin_client_caching, " YES|NO",                                       \
      "Say whether the keys of the next command are to be tracked.")                               \
    X("getname", 2, ALWAYS, client_cmd_getname, "", "Return the name of this connection.")         \
    X("getredir", 2, ALWAYS, admin_client_getredir, "",                                            \
      "Return the number of the connection that is told about tracked keys.")                      \
    X("help", 2, ALWAYS, admin_client_help, "", "Print this help.")                                \
    X("id", 2, ALWAYS, client_cmd_id, "", "Return the number of this connection.")                 \
    X("info", 2, ALWAYS, admin_client_info, "", "Describe this connection.")                       \
    X("kill", -3, ADMIN | ALWAYS, admin_client_kill,                                               \
      " <ip:port> | [ID <id>] [ADDR <ip:port>] [LADDR <ip:port>] [TYPE <type>] [USER <user>] "     \
      "[SKIPME yes|no]",                                                                           \
      "Close the connections that match.")                                                         \
    X("list", -2, ADMIN | ALWAYS, admin_client_list,                                               \
      " [TYPE normal|master|replica|pubsub] [ID <id> ...]", "Describe the connections.")           \
    X("no-evict", 3, ADMIN | ALWAYS, client_cmd_no_evict, " ON|OFF",                               \
      "Protect this connection from being closed when memory is short.")                           \
    X("pause", -3, ADMIN | ALWAYS, admin_client_pause, " <timeout> [WRITE|ALL]",                   \
      "Does nothing here: a supervisor that does not answer is a failed one.")                     \
    X("reply", 3, ALWAYS, client_cmd_reply, " ON|OFF|SKIP",                                        \
      "Say whether this connection wants replies.")                                                \
    X("setinfo", 4, ALWAYS, client_cmd_setinfo, " LIB-NAME|LIB-VER <text>",                        \
      "Tell which library this connection uses.")                                                  \
    X("setname", 3, ALWAYS, client_cmd_setname, " <name>", "Give this connection a name.")         \
    X("tracking", -3, ALWAYS, admin_client_tracking,                                               \
      " ON|OFF [REDIRECT <id>] [PREFIX <prefix> ...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]",           \
      "Switch tracking of keys on or off; there are none here.")                                   \
    X("trackinginfo", 2, ALWAYS, admin_client_trackinginfo, "", "Show how keys are tracked.")      \
    X("unblock", -3, ADMIN | ALWAYS, admin_client_unblock, " <id> [TIMEOUT|ERROR]",                \
      "End the waiting of a blocked connection; no command blocks here.")                          \
    X("unpause", 2, ADMIN | ALWAYS, admin_client_unpause, "", "End a pause.")

#define COMMAND_TABLE(X)                                                                           \
    X("count", 2, ALWAYS, admin_command_count, "", "Return the number of commands.")               \
    X("docs", -2, ALWAYS, admin_command_docs, " [<name> ...]",                                     \
      "Return what the commands are for.")                                                         \
    X("getkeys", -4, ALWAYS, admin_command_getkeys, " <full-command>",                             \
      "Return the keys of a command; none here has any.")                                          \
    X("getkeysandflags", -4, ALWAYS, admin_command_getkeys, " <full-command>",                     \
      "Return the keys of a command and what it does to them; none here has any.")                 \
    X("help", 2, ALWAYS, admin_command_help, "", "Print this help.")                               \
    X("info", -2, ALWAYS, admin_command_info, " [<name> ...]",                                     \
      "Return arity and flags of the commands.")                                                   \
    X("list", -2, ALWAYS, admin_command_list, " [FILTERBY PATTERN <pattern>]",                     \
      "Return the names of the commands.")

#define PICKET_TABLE(X)                                                                            \
    X("ack", 3, ADMIN, admin_picket_ack, " <group>",                                               \
      "Forget failovers in short succession: what waits for that goes on, nobody is quarantined.") \
    X("claim", 9, ADMIN, admin_picket_claim, " <runid> <group> <ip> <port> <epoch> <ms> <over>",   \
      "Ask whether this supervisor keeps to a node for so long, for its write lease.")             \
    X("events", -2, ADMIN, admin_picket_events, " [SINCE <number>] [COUNT <count>]",               \
      "Return the numbers of the first and last event that are kept, and those behind a number.")  \
    X("forget", -5, ADMIN, admin_picket_forget, " <group> NODE <host> <port> | PEER <runid>",      \
      "Forget a replica or a supervisor that is gone for good.")                                   \
    X("help", 2, ALWAYS, admin_picket_help, "", "Print this help.")                                \
    X("history", -2, ADMIN, admin_picket_history, " [<group>] [COUNT <n>]",                        \
      "Return the last failovers, switchovers and outages, newest first.")                         \
    X("hooks", 2, ADMIN, admin_picket_hooks, "",                                                   \
      "Show the hooks: what each calls for what, and how many calls wait, were made, were lost.")  \
    X("maintenance", -6, ADMIN, admin_picket_maintenance,                                          \
      " <group> <host> <port> ON <milliseconds> | OFF",                                            \
      "Make a replica no candidate for so long, and its being down no alarm.")                     \
    X("opinion", 9, ADMIN, admin_picket_opinion,                                                   \
      " <runid> <group> <ip> <port> <config-epoch> <down> <leading-epoch>",                        \
      "Tell this supervisor what another one thinks of a primary.")                                \
    X("pause", 4, ADMIN, admin_picket_pause, " <group> <milliseconds>",                            \
      "Let this supervisor begin no failover for so long, and vote for none.")                     \
    X("resume", 3, ADMIN, admin_picket_resume, " <group>", "End a pause.")                         \
    X("settings", 3, ADMIN, admin_picket_settings, " <group>", "Return all settings of a group.")  \
    X("simulate", -4, ADMIN, admin_picket_simulate, " FAIL <host>:<port> [HANG]",                  \
      "Tell what would be done if that node failed now; nothing is done.")                         \
    X("switchover", -3, ADMIN, admin_picket_switchover, " <group> [TO <host> <port>] [FORCE]",     \
      "Hand the group over to a replica; FORCE: without waiting for the last writes.")             \
    X("why", 3, ADMIN, admin_picket_why, " <id>|<group>",                                          \
      "Return the steps that led to a decision or to none; of a group: what is waited for now.")

#define CONTAINERS(X)                                                                              \
    X(sentinel, SENTINEL_TABLE)                                                                    \
    X(client, CLIENT_TABLE)                                                                        \
    X(command, COMMAND_TABLE)                                                                      \
    X(acl, ACL_TABLE)                                                                              \
    X(picket, PICKET_TABLE)

/* What a row of a container has besides its struct command. */
struct extra {
    const char *full; /* "client|list" */
    const char *args; /* " [TYPE ...]" */
};

#define ROW(name, arity, flags, run, args, summary)                                                \
    { name, arity, flags, run, summary, NULL, NULL },
#define CONNECTION_ROW(name, arity, flags, run, args, summary)                                     \
    { name, arity, (flags) | COMMAND_IN_CONNECTION, run, summary, NULL, NULL },
#define END                                                                                        \
    {                                                                                              \
        NULL, 0, 0, NULL, NULL, NULL, NULL                                                         \
    }

static const struct command sentinel_rows[] = { SENTINEL_TABLE(ROW) END };
static const struct command client_rows[] = { CLIENT_TABLE(CONNECTION_ROW) END };
static const struct command command_rows[] = { COMMAND_TABLE(CONNECTION_ROW) END };
static const struct command acl_rows[] = { ACL_TABLE(ROW) END };
static const struct command picket_rows[] = { PICKET_TABLE(ROW) END };

#define EXTRA_OF(prefix, name, args)                           { prefix "|" name, args },
#define SENTINEL_EXTRA(name, arity, flags, run, args, summary) EXTRA_OF("sentinel", name, args)
#define CLIENT_EXTRA(name, arity, flags, run, args, summary)   EXTRA_OF("client", name, args)
#define COMMAND_EXTRA(name, arity, flags, run, args, summary)  EXTRA_OF("command", name, args)
#define ACL_EXTRA(name, arity, flags, run, args, summary)      EXTRA_OF("acl", name, args)
#define PICKET_EXTRA(name, arity, flags, run, args, summary)   EXTRA_OF("picket", name, args)

static const struct extra sentinel_extra[] = { SENTINEL_TABLE(SENTINEL_EXTRA) };
static const struct extra client_extra[] = { CLIENT_TABLE(CLIENT_EXTRA) };
static const struct extra command_extra[] = { COMMAND_TABLE(COMMAND_EXTRA) };
static const struct extra acl_extra[] = { ACL_TABLE(ACL_EXTRA) };
static const struct extra picket_extra[] = { PICKET_TABLE(PICKET_EXTRA) };

static const struct container {
    const struct command *rows;
    const struct extra *extra;
} containers[] = {
#define X(name, table) { name##_rows, name##_extra },
    CONTAINERS(X)
#undef X
};

#define CONTAINER_COUNT (sizeof(containers) / sizeof(containers[0]))

/*   X(name, number of words, flags, handler, subcommands, help) */
#define TOP_TABLE(X)                                                                               \
    X("acl", -2, 0, NULL, acl_rows, "Ask about users and change them.")                            \
    X("auth", -2, LOGIN, admin_auth, NULL, "Prove who is at the other end of this connection.")    \
    X("client", -2, 0, NULL, client_rows, "Ask about connections and change them.")                \
    X("command", -1, ALWAYS | COMMAND_IN_CONNECTION, admin_command, command_rows,                  \
      "Return all commands with arity and flags.")                                                 \
    X("hello", -1, LOGIN, admin_hello, NULL, "Choose the protocol of this connection.")            \
    X("info", -1, ALWAYS | COMMAND_IN_DANGEROUS | COMMAND_SHOWS, admin_info, NULL,                 \
      "Describe the supervisor.")                                                                  \
    X("picket", -2, ADMIN, NULL, picket_rows, "What supervisors of this kind say to one another.") \
    X("ping", -1, COMMAND_FAST | COMMAND_IN_CONNECTION, client_cmd_ping, NULL,                     \
      "Prove that the supervisor is alive.")                                                       \
    X("psubscribe", -2, SESSION | COMMAND_PUBSUB, client_cmd_psubscribe, NULL,                     \
      "Listen to the events whose names match patterns.")                                          \
    X("publish", 3, ALWAYS | COMMAND_PUBSUB | COMMAND_FAST, admin_publish, NULL,                   \
      "Take a hello message of another supervisor.")                                               \
    X("punsubscribe", -1, SESSION | COMMAND_PUBSUB, client_cmd_punsubscribe, NULL,                 \
      "Listen no longer to patterns.")                                                             \
    X("role", 1, SESSION | COMMAND_FAST | ASKS_ALL, admin_role, NULL,                              \
      "Return the word sentinel and the names of all masters.")                                    \
    X("sentinel", -2, ADMIN, NULL, sentinel_rows, "Ask about masters and change them.")            \
    X("shutdown", -1, ADMIN | SESSION, admin_shutdown, NULL, "End the supervisor.")                \
    X("subscribe", -2, SESSION | COMMAND_PUBSUB, client_cmd_subscribe, NULL, "Listen to events.")  \
    X("unsubscribe", -1, SESSION | COMMAND_PUBSUB, client_cmd_unsubscribe, NULL,                   \
      "Listen to events no longer.")

const struct command admin_commands[] = {
#define X(name, arity, flags, run, subs, summary) { name, arity, flags, run, summary, subs, NULL },
    TOP_TABLE(X)
#undef X
        END
};

/* The extra of a container's row. */
static const struct extra *find_extra(const struct command *rows, const struct command *row)
{
    for (size_t i = 0; i < CONTAINER_COUNT; i++)
        if (containers[i].rows == rows)
            return &containers[i].extra[row - rows];
    return NULL;
}

const char *admin_full_name(const struct command_match *match)
{
    if (!match->parent)
        return match->command->name;
    return find_extra(match->parent->subs, match->command)->full;
}

void admin_write_upper(char *text, size_t size, const char *name, const char *rest)
{
    snprintf(text, size, "%s%s", name, rest);
    for (size_t i = 0; i < strlen(name) && i < size; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
}

/* Two lines for each row, in Redis's form. */
static void write_help(struct client *c, const char *container, const struct command *rows)
{
    char line[HELP_LINE_MAX];
    size_t mark = resp_hold(&c->reply);
    size_t n = 1;

    admin_write_upper(line, sizeof(line), container,
                      " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    resp_simple(&c->reply, line);
    for (const struct command *row = rows; row->name; row++, n += 2) {
        admin_write_upper(line, sizeof(line), row->name, find_extra(rows, row)->args);
        resp_simple(&c->reply, line);
        snprintf(line, sizeof(line), "    %s", row->summary);
        resp_simple(&c->reply, line);
    }
    resp_array_at(&c->reply, mark, n);
}

#define X(name, table)                                                                             \
    void admin_##name##_help(void *app, struct client *c, size_t argc, const struct slice *argv)   \
    {                                                                                              \
        (void)app;                                                                                 \
        (void)argc;                                                                                \
        (void)argv;                                                                                \
        write_help(c, #name, name##_rows);                                                         \
    }
CONTAINERS(X)
#undef X
