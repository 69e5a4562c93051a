/*
 * doctor: what will hurt later, found in what picketctl saw of supervisors and nodes. Pure: the
 * facts are gathered by doctor_io, the checks are rows of two tables, one about supervisors and
 * groups (doctor.c), one about nodes (doctor_node.c). Each finding says what to do.
 */
#ifndef SENTINEL_CTL_DOCTOR_H
#define SENTINEL_CTL_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentinel/ctl/doctor_rights.h"
#include "wire/addr.h"

#define DOCTOR_NAME_MAX     128 /* of a group or a setting */
#define DOCTOR_VALUE_MAX    256
#define DOCTOR_TEXT_MAX     512 /* of a finding, with its end; longer ones are cut */
#define DOCTOR_SETTINGS_MAX 64  /* of one group at one supervisor */

struct doctor_setting {
    char name[DOCTOR_NAME_MAX + 1], value[DOCTOR_VALUE_MAX + 1];
};

/* One supervisor. */
struct doctor_supervisor {
    struct addr addr;
    bool reached;
    char error[DOCTOR_VALUE_MAX + 1]; /* why not */
    char runid[41], version[32];
    bool tilted;
    bool clock_known;
    int64_t clock_off_ms, clock_error_ms; /* ahead of ours, give or take */
    int64_t lookup_ms;                    /* its name was looked up in; -1: it is an address */
    int64_t free_bytes, commit_worst_ms;  /* of its state; -1: it does not say */
    bool disk_stalled;
};

/* A group as one supervisor sees it. */
struct doctor_view {
    size_t supervisor; /* index */
    struct addr primary;
    int64_t quorum, others, config_epoch;
    bool down, paused;
    int64_t cool_down_ms;                /* left of it; 0: it is off */
    char ckquorum[DOCTOR_VALUE_MAX + 1]; /* the error; empty: all is well */
    struct doctor_setting settings[DOCTOR_SETTINGS_MAX];
    size_t n_settings;
};

/* A node of a group, as it answers itself; numbers are -1 where it does not say. */
struct doctor_node {
    struct addr addr;
    bool primary;       /* the first supervisor says so */
    bool down;          /* that one too */
    bool maintained;    /* an operator has taken it out */
    int64_t quarantine; /* how often it was lost soon after its promotion; 0: it is in none */
    bool reached;
    char error[DOCTOR_VALUE_MAX + 1]; /* why not */
    bool says_primary, link_up, loading, store;
    char version[32];
    int64_t priority, replicas, offset, written_bytes_s;
    int64_t save, aof; /* whether it has persistence of that kind: 0 or 1 */
    bool save_failed, aof_failed;
    int64_t min_replicas, backlog_bytes, read_only;
    int64_t wants_password, has_password; /* from whoever connects; for its own primary */
    int64_t start_gate;
    bool clock_known;
    int64_t clock_off_ms, clock_error_ms;
    int64_t lookup_ms;
    bool rights_known;
    uint64_t rights_missing; /* bits by the row of DOCTOR_RIGHTS */
};

struct doctor_group {
    char name[DOCTOR_NAME_MAX + 1];
    struct doctor_view *views; /* of those that know it, the first is the one that was asked */
    size_t n_views;
    struct doctor_node *nodes; /* the primary first */
    size_t n_nodes;
};

struct doctor_facts {
    struct doctor_supervisor *supervisors;
    size_t n_supervisors;
    struct doctor_group *groups;
    size_t n_groups;
};

struct doctor_finding {
    enum doctor_severity severity;
    char where[DOCTOR_VALUE_MAX]; /* "orders, 10.0.0.1:6379"; empty: everywhere */
    char what[DOCTOR_TEXT_MAX];
    char remedy[DOCTOR_TEXT_MAX];
};

/* Who hears of findings. */
struct doctor {
    void (*found)(void *arg, const struct doctor_finding *finding);
    void *arg;
};

/* All checks. Returns how many things were looked at. */
size_t doctor_check(const struct doctor_facts *facts, const struct doctor *doctor);

/* Those of one node; called by doctor_check(). */
size_t doctor_check_node(const struct doctor_group *group, const struct doctor_node *node,
                         const struct doctor *doctor);

/* A finding about WHERE, with the row's remedy; FORMAT says what. */
void doctor_tell(const struct doctor *doctor, enum doctor_severity severity, const char *where,
                 const char *remedy, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The group's setting as its first view has it; NULL: not known. */
const char *doctor_setting(const struct doctor_group *group, const char *name);

#endif
