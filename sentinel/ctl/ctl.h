/*
 * ctl: what every command of picketctl is given: which supervisors to ask, and how to log in there.
 */
#ifndef SENTINEL_CTL_CTL_H
#define SENTINEL_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/addr.h"

#define CTL_SUPERVISORS_MAX 16
#define CTL_SECRET_MAX      512

struct ctl {
    struct addr supervisors[CTL_SUPERVISORS_MAX]; /* tried in turn */
    size_t n_supervisors;                         /* at least 1 */
    char user[CTL_SECRET_MAX];                    /* empty: the default user */
    char password[CTL_SECRET_MAX];                /* empty: without */
};

/* "host[:port],..." in place of what was there; false, and CTL untouched, when it is no such list.
 * A host alone means port 26379. */
bool ctl_set_supervisors(struct ctl *ctl, const char *list);

#endif
