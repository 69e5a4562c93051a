/*
 * admin_own: what the files of admin share, and nobody else includes.
 *
 * A handler has the type command_fn; its app is the struct admin. Handlers are found by the tables
 * in sentinel/admin_table.c, which have checked the number of words.
 */
#ifndef SENTINEL_ADMIN_OWN_H
#define SENTINEL_ADMIN_OWN_H

#include <stdbool.h>
#include <stddef.h>

#include "sentinel/admin.h"
#include "sentinel/admin_acl.h"
#include "wire/acl_gate.h"
#include "wire/command.h"
#include "wire/slice.h"

/* The command shows what is held of the groups: it must not leave before that is durable. */
#define COMMAND_SHOWS COMMAND_APP

struct attempt;
struct group;
struct pubsub;

struct admin {
    struct admin_ops ops;
    void *arg;
    const char *version;
    struct command_table *table;
    struct pubsub *pubsub;
    struct acl_gate gate;
    struct admin_acl_ops acl_ops; /* members NULL: nobody joined */
    void *acl_arg;
    const struct client *acl_asks; /* during a change: who asked for it */
    unsigned failures;             /* SIMULATE-FAILURE: which are asked for, as INFO shows them */
};

/* admin.c */
const struct core *admin_core(const struct admin *admin);
struct admin_facts admin_facts(const struct admin *admin);

/* The group of that name; NULL, with the error written, when there is none. */
const struct group *admin_find_group(const struct admin *admin, struct client *c,
                                     struct slice name);

/* The same without an error. */
const struct group *admin_look_up(const struct admin *admin, struct slice name);

/* Defer the reply; 0, with the error written, when no more can wait. */
uint64_t admin_defer(struct admin *admin, struct client *c, int asked);

/* Whether argv[FROM] and what follows is free of control characters; else the error is written. */
bool admin_refuse_controls(struct client *c, size_t argc, const struct slice *argv, size_t from,
                           const char *command);

/* How many bytes of a client's word an error repeats; for %.*s. */
int admin_quoted(struct slice word);

/* admin_table.c */
extern const struct command admin_commands[];

/* "client|list"; constant text, for client.command. */
const char *admin_full_name(const struct command_match *match);

/* NAME in upper case, REST as it is. */
void admin_write_upper(char *text, size_t size, const char *name, const char *rest);

command_fn admin_sentinel_help, admin_client_help, admin_command_help, admin_picket_help,
    admin_acl_help;

/* admin_acl.c: ACL */
command_fn admin_acl_cat, admin_acl_deluser, admin_acl_dryrun, admin_acl_genpass, admin_acl_getuser,
    admin_acl_list, admin_acl_load, admin_acl_log, admin_acl_save, admin_acl_setuser,
    admin_acl_users, admin_acl_whoami;

/* admin_session.c: the connection itself */
command_fn admin_auth, admin_hello, admin_shutdown;
command_fn admin_command, admin_command_count, admin_command_list, admin_command_info,
    admin_command_docs, admin_command_getkeys;

/* admin_client.c: CLIENT */
command_fn admin_client_info, admin_client_list, admin_client_kill, admin_client_pause,
    admin_client_unpause, admin_client_unblock;

/* admin_tracking.c: CLIENT TRACKING */
command_fn admin_client_tracking, admin_client_trackinginfo, admin_client_getredir,
    admin_client_caching;

/* admin_show.c: SENTINEL, what only reads */
command_fn admin_sentinel_masters, admin_sentinel_master, admin_sentinel_replicas,
    admin_sentinel_sentinels, admin_sentinel_get_addr, admin_sentinel_myid, admin_sentinel_ckquorum,
    admin_sentinel_pending_scripts, admin_sentinel_info_cache;

/* admin_change.c: SENTINEL, what changes something */
command_fn admin_sentinel_monitor, admin_sentinel_remove, admin_sentinel_set, admin_sentinel_reset,
    admin_sentinel_failover, admin_sentinel_flushconfig, admin_picket_ack;

/* admin_config.c: SENTINEL, what concerns the whole process */
command_fn admin_sentinel_config, admin_sentinel_debug, admin_sentinel_simulate_failure;

/* admin_peer.c: what other supervisors say */
command_fn admin_sentinel_is_down, admin_picket_opinion, admin_picket_claim;
command_fn admin_picket_switchover, admin_publish;

/* admin_notify.c */
command_fn admin_picket_events, admin_picket_hooks;
/* admin_settings.c */
command_fn admin_picket_settings;

/* admin_events.c */
command_fn admin_picket_events;

/* admin_history.c */
command_fn admin_picket_history, admin_picket_why;
/* admin_operate.c: what operators hold back */
command_fn admin_picket_pause, admin_picket_resume, admin_picket_maintenance, admin_picket_forget;

/* An attempt as a map. */
void admin_write_attempt(struct resp_writer *w, const struct attempt *attempt, bool with_steps);

/* admin_simulate.c */
command_fn admin_picket_simulate;

/* admin_info.c */
command_fn admin_info, admin_role;

#endif
