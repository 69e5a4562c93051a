#include "sentinel/ctl/ctl.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_PORT 26379

/* "host:port", "[v6]:port", or a host alone. */
static bool read_one(const char *text, size_t len, struct addr *ret)
{
    char one[ADDR_TEXT_MAX];

    if (len == 0 || len >= sizeof(one))
        return false;
    memcpy(one, text, len);
    one[len] = '\0';
    if (strchr(one, ':') == NULL)
        return addr_set(ret, one, DEFAULT_PORT);
    return addr_parse(ret, one) && ret->port != 0;
}

bool ctl_set_supervisors(struct ctl *ctl, const char *list)
{
    struct ctl read = { .n_supervisors = 0 };

    for (;;) {
        size_t len = strcspn(list, ",");
        if (read.n_supervisors == CTL_SUPERVISORS_MAX ||
            !read_one(list, len, &read.supervisors[read.n_supervisors]))
            return false;
        read.n_supervisors++;
        if (list[len] == '\0')
            break;
        list += len + 1;
    }
    memcpy(ctl->supervisors, read.supervisors, sizeof(ctl->supervisors));
    ctl->n_supervisors = read.n_supervisors;
    return true;
}
