#include "store/error_stats.h"

/* The first word behind the dash. */
static struct slice kind_of(struct slice reply)
{
    struct slice name = { reply.p + 1, 0 };

    while (name.n < reply.n - 1 && name.n < ERROR_KIND_SIZE - 1 && name.p[name.n] > ' ')
        name.n++;
    return name;
}

void error_stats_add(struct error_stats *x, struct slice reply)
{
    struct slice name;
    size_t i = 0;

    if (reply.n == 0 || reply.p[0] != '-')
        return;
    x->sum++;
    name = kind_of(reply);
    while (i < x->n && !slice_is(name, x->kinds[i].name))
        i++;
    if (i == ERROR_KINDS_MAX)
        return;
    if (i == x->n && slice_copy(name, x->kinds[i].name, ERROR_KIND_SIZE))
        x->n++;
    if (i < x->n)
        x->kinds[i].count++;
}
