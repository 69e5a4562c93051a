/*
 * doctor_seen_io: gathers what `picketctl doctor` looks at: asks supervisors and nodes.
 */
#ifndef SENTINEL_CTL_DOCTOR_SEEN_IO_H
#define SENTINEL_CTL_DOCTOR_SEEN_IO_H

#include <stdbool.h>

#include "sentinel/ctl/doctor.h"

struct ctl;

/* How to log in to nodes. */
struct doctor_login {
    const char *user, *password; /* empty: none */
    const char *as;              /* whose rights are asked for; NULL: those of the login */
};

/* Ask the supervisors that are given, and those that they know, about all groups or the one named
 * (NULL: all). False: none of them answers, which RET_FACTS shows. doctor_facts_done() it. */
bool doctor_look(struct doctor_facts *ret_facts, const struct ctl *ctl, const char *group);

/* Ask one node. NODE->addr and ->primary are set, all else is filled in. */
void doctor_look_at_node(struct doctor_node *node, const struct doctor_login *login);

/* What the primary wrote since it was looked at SINCE_MS ago, a second. */
void doctor_look_again(struct doctor_node *node, const struct doctor_login *login,
                       int64_t since_ms);

void doctor_facts_done(struct doctor_facts *facts);

#endif
