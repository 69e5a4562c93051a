/*
 * config_io: the configuration file, read with libconfig and never written. What each option means
 * stands in etc/picketd.conf; those that the wire knows too come from the tables in
 * sentinel/global_conf.h and sentinel/group_conf.h.
 *
 * Unknown options, wrong types, values out of range and duplicates are errors. An error is one
 * line:
 *
 *     picketd.conf:12: groups[0].down_after_ms: 0 is out of range, allowed are 1 to 86400000
 *
 * with the file and line where it stands (also in a file that was included).
 */
#ifndef SENTINEL_CONFIG_IO_H
#define SENTINEL_CONFIG_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "quorum/hello.h"
#include "sentinel/global_conf.h"
#include "sentinel/group_conf.h"
#include "wire/addr.h"

struct hook;
struct seed;
struct voter;

#define CONFIG_PATH_MAX        1023 /* bytes of a path in the file */
#define CONFIG_ERROR_MAX       1024 /* bytes of an error text, its end included */
#define CONFIG_CLIENTS_DEFAULT 10000
#define CONFIG_CLIENTS_MAX     65000

/* `hooks`: those of groups stand behind those of the whole, each with the group's name. */
struct hook_list {
    struct hook *hooks; /* owned */
    size_t n;
};

/* One entry of `groups`. */
struct group_decl {
    char name[GROUP_NAME_MAX + 1];
    struct addr addr; /* of the primary, as long as the state knows no other */
    struct group_conf conf;
    int line;               /* where it begins */
    struct hook_list hooks; /* empty once all is read */
};

/* http = { ... } */
struct config_http {
    struct addr listen;            /* port 0: off */
    char token[CONF_TEXT_MAX + 1]; /* empty: none is wanted */
};

struct config {
    struct addr listen; /* host "*": all addresses */
    char state_dir[CONFIG_PATH_MAX + 1];
    struct global_conf global;
    char requirepass[CONF_TEXT_MAX + 1]; /* of the default user, and ours to peers; empty: none */
    char acl_file[CONFIG_PATH_MAX + 1];  /* where the users stand; empty: in the state */
    char trace[CONFIG_PATH_MAX + 1]; /* what the core is told is written there; empty: nowhere */
    size_t clients_max;
    int log_format;             /* enum log_format */
    bool deny_scripts_reconfig; /* SENTINEL SET may not change the hooks */
    struct config_http http;
    struct voter *voters; /* the voter set, this supervisor included; owned */
    uint32_t n_voters;    /* 0: all that are known */
    size_t n_groups;
    struct group_decl *groups; /* in the order of the file; owned */
    struct hook_list hooks;
    struct seed *seed; /* for a state that is made; NULL: none; owned */
};

/* Read and check all of PATH. 0, or -1 with a text in ret_error and nothing to free. */
int config_load(struct config *ret_config, const char *path, char ret_error[CONFIG_ERROR_MAX]);

/* Free what config_load() made. */
void config_done(struct config *config);

#endif
