/*
 * import_own: what the files of import share, and nobody else includes.
 *
 * Handlers return nothing: what is wrong is noted with import_refuse(), and the reading goes on, so
 * that one run shows all errors.
 */
#ifndef SENTINEL_IMPORT_OWN_H
#define SENTINEL_IMPORT_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "sentinel/global_conf.h"
#include "sentinel/group_conf.h"
#include "sentinel/import.h"
#include "sentinel/import_words.h"
#include "wire/addr.h"

#define IMPORT_PATH_MAX 1023 /* bytes of a path */
#define IMPORT_EPOCH_MAX                                                                           \
    (UINT64_C(1) << 62)      /* more was forged, and leaves no room for elections                  \
                              */
#define IMPORT_VALUE_MAX 100 /* bytes of a value that an error shows */

/* One directive, and where it stands. */
struct import_line {
    const char *file; /* one of import.files */
    unsigned number;
    char *raw; /* trimmed; owned */
    struct import_words words;
};

/* Another supervisor of a group. */
struct import_peer {
    char runid[PEER_RUNID_LEN + 1];
    struct addr addr;
};

struct import_group {
    char name[GROUP_NAME_MAX + 1];
    struct addr addr;
    struct group_conf conf;
    uint64_t config_epoch, leader_epoch;
    struct addr *replicas; /* owned */
    size_t n_replicas;
    struct import_peer *peers; /* owned */
    size_t n_peers;
    const struct import_line *from;
};

struct import {
    struct import_line *lines; /* owned */
    size_t n_lines, cap_lines;
    char **files; /* names, owned */
    size_t n_files;
    size_t bytes;
    const struct import_line *at; /* what is being applied */
    char *include;                /* what import_line() returned last; owned */
    char dir[IMPORT_PATH_MAX + 1];
    bool no_memory;

    struct buf errors, notes;
    size_t n_errors;

    /* The process. */
    struct addr listen;                       /* host "*": all */
    const struct import_line *protected_mode; /* `protected-mode yes`; NULL = no */
    const struct import_line *default_user;   /* `user default ...`; NULL = none */
    int64_t clients_max;                      /* 0 = not said */
    char requirepass[CONF_TEXT_MAX + 1];
    char acl_file[IMPORT_PATH_MAX + 1];
    struct global_conf global;
    bool scripts_free; /* deny-scripts-reconfig no */
    char myid[PEER_RUNID_LEN + 1];
    uint64_t current_epoch;

    struct import_group *groups; /* owned */
    size_t n_groups, cap_groups;
    size_t found; /* the group found last */
};

/* import_say.c */

/* Note an error at the present line. */
void import_refuse(struct import *im, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The directive takes WANTED values and has N. */
void import_refuse_count(struct import *im, size_t wanted, size_t n);

/* Note that LINE is left out, as a comment of the result. SECRET: its values are not shown. */
void import_note(struct import *im, const struct import_line *line, bool secret, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* A value as errors show it: printable, at most IMPORT_VALUE_MAX bytes. Two calls may stand in one
 * expression. */
const char *import_shown(struct slice value);

/* import_value.c */

/* The value as a text of at most SIZE - 1 bytes, all of it printable; false with an error. SECRET:
 * the error does not show it. */
bool import_take_text(struct import *im, struct slice value, bool secret, char *ret, size_t size);

/* A path; a relative one is seen from `dir`. False with an error. */
bool import_take_path(struct import *im, struct slice value, char ret[IMPORT_PATH_MAX + 1]);

/* A whole number from MIN to MAX; false with an error. */
bool import_take_number(struct import *im, struct slice value, int64_t min, int64_t max,
                        int64_t *ret);

/* One option of a table of settings; false with an error. */
bool import_take_option(struct import *im, void *conf, const struct conf_option *option,
                        struct slice value);

bool import_take_epoch(struct import *im, struct slice value, uint64_t *ret);
bool import_take_runid(struct import *im, struct slice value, char ret[PEER_RUNID_LEN + 1]);

/* values[0] and values[1]: host and port. */
bool import_take_addr(struct import *im, const struct slice *values, struct addr *ret);

/* import.c */

/* One more element for the ARRAY of elements of SIZE bytes: the array, perhaps moved, with a zeroed
 * element at its end; NULL, with no_memory set and ARRAY as it was, when there is no memory. *CAP
 * is what it has room for. */
void *import_grow(struct import *im, void *array, size_t n, size_t *cap, size_t size);

/* import_server.c: the generic directives, in their order, and what follows from all of them. */
void import_server_line(struct import *im);
void import_server_finish(struct import *im);

/* import_bind.c */
void import_take_bind(struct import *im);

/* import_user.c: `user ...`, and what is wrong with `user default ...` when all lines are known. */
void import_take_user(struct import *im);
void import_check_default_user(struct import *im);

/* import_sentinel.c: one pass over a line `sentinel ...`. */
enum import_pass { IMPORT_PASS_PROCESS, IMPORT_PASS_MONITOR, IMPORT_PASS_GROUP, IMPORT_PASSES };
void import_sentinel_line(struct import *im, enum import_pass pass);

/* The group of that name; NULL when `monitor` has not named it. */
struct import_group *import_find_group(struct import *im, struct slice name);

/* import_group.c: the lines `sentinel DIRECTIVE GROUP ...`. */
bool import_group_knows(struct slice name);
void import_group_line(struct import *im);

/* import_print.c: the whole as libconfig text. */
void import_print(const struct import *im, struct buf *text);

#endif
