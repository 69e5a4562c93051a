/*
 * commands: what picketctl can do: one table gives the dispatch, the help, the man page's list
 * (held to it by a test) and the completions. The command NAME is carried out by ctl_NAME(), in one
 * file a family: status_io.c, events_io.c, failover_io.c, backup_io.c ...
 */
#ifndef SENTINEL_CTL_COMMANDS_H
#define SENTINEL_CTL_COMMANDS_H

#include <stddef.h>

struct ctl;

/*   X(name, what may follow it, help) in the order of the help */
#define CTL_COMMANDS(X)                                                                            \
    X(status, "[--json]",                                                                          \
      "all groups, their nodes and supervisors; status 1 when something is wrong")                 \
    X(watch, "", "the same, drawn anew with each event, and the last events; until interrupted")   \
    X(primary, "GROUP", "the address of the group's primary")                                      \
    X(events, "[--since N]", "events as they happen, until interrupted; or those behind number N") \
    X(failover, "GROUP", "replace the group's primary by its best replica now")                    \
    X(ack, "GROUP",                                                                                \
      "failovers in short succession are no concern any more: nothing waits for them")             \
    X(switchover, "GROUP [--to NODE] [--force]",                                                   \
      "hand the group over, without a lost write, and wait for the end")                           \
    X(pause, "GROUP [--for TIME]", "no failover of the group for a time (1h), at all supervisors") \
    X(resume, "GROUP", "end a pause")                                                              \
    X(maintenance, "NODE [on|off] [--for TIME]",                                                   \
      "never promoted, no alarm, for a time (1h); a primary is switched away first")               \
    X(drain, "NODE [--for TIME]",                                                                  \
      "the same, and status 0 when the node may be stopped: for preStop, ExecStop")                \
    X(forget, "GROUP NODE|SUPERVISOR|RUNID", "a replica or a supervisor that is gone for good")    \
    X(add, "GROUP NODE QUORUM", "watch a group whose primary is NODE, at all supervisors")         \
    X(remove, "GROUP", "watch it no longer")                                                       \
    X(set, "GROUP OPTION VALUE ...", "change options of a group at all supervisors")               \
    X(history, "[GROUP] [--count N] [--json]",                                                     \
      "the last failovers, switchovers and outages, newest first")                                 \
    X(why, "ID|GROUP", "what led to one of them, step by step; of a group: what it waits for now") \
    X(simulate, "fail NODE [--hang]", "what would be done if that node failed now; nothing is")    \
    X(doctor, "[GROUP] [--as USER] [--user NAME] [--pass-file FILE] [--json]",                     \
      "what will hurt later, and what to do about it; status 3: warnings, 4: errors")              \
    X(backup, "NODE FILE", "all data of a running node into an RDB file, checked")                 \
    X(restore, "FILE NODE", "the data of an RDB file into a running node")                         \
    X(copy, "NODE NODE",                                                                           \
      "the data of a running node into another one, and what is written meanwhile")                \
    X(gate, "GROUP NODE [--replica-of NODE] [--empty | --dir DIR] [--wait S]",                     \
      "status 0: NODE may start as what it is configured to be")                                   \
    X(salvage, "show FILE | replay FILE [--to NODE] [--db N] [--yes]",                             \
      "what only a former primary had: shown, or written to the group's primary")

/* Carries out a command; argv[0] is its name, behind it what the operator wrote. Returns the status
 * to exit with: 0; 1 when something is wrong, which has been printed; 2 when the words make no
 * sense. */
typedef int ctl_command_fn(const struct ctl *ctl, int argc, char **argv);

struct ctl_command {
    const char *name, *args, *help;
    ctl_command_fn *run;
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_commands_count;

#define X(name, args, help) ctl_command_fn ctl_##name;
CTL_COMMANDS(X)
#undef X

/* NULL: there is none of that name. */
const struct ctl_command *ctl_command_find(const char *name);

#endif
