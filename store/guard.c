#include "store/guard.h"

#include <assert.h>

bool guard_holder_is_valid(struct slice id)
{
    if (id.n == 0 || id.n > GUARD_HOLDER_MAX)
        return false;
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] <= ' ' || id.p[i] > '~' || id.p[i] == '"' || id.p[i] == '\\')
            return false;
    }
    return true;
}

enum guard_verdict guard_judge(const struct guard *g, int64_t epoch, struct slice holder)
{
    if (epoch < g->epoch)
        return GUARD_STALE;
    if (epoch > g->epoch || g->holder[0] == '\0')
        return GUARD_NEW;
    return slice_is(holder, g->holder) ? GUARD_SAME : GUARD_FOREIGN;
}

void guard_adopt(struct guard *g, int64_t epoch, struct slice holder)
{
    assert(epoch >= g->epoch && guard_holder_is_valid(holder));
    if (!slice_is(holder, g->holder))
        guard_revoke(g);
    g->epoch = epoch;
    slice_copy(holder, g->holder, sizeof(g->holder));
}

int64_t guard_renew(struct guard *g, int64_t from_ms, int64_t ms, int64_t now_ms)
{
    assert(from_ms <= now_ms && ms >= 0 && ms <= GUARD_LEASE_MS_MAX);
    if (from_ms + ms > g->lease_until_ms)
        g->lease_until_ms = from_ms + ms;
    return guard_left_ms(g, now_ms);
}

void guard_cut(struct guard *g, int64_t most_ms, int64_t now_ms)
{
    if (g->lease_until_ms > now_ms + most_ms)
        g->lease_until_ms = now_ms + most_ms;
}

void guard_revoke(struct guard *g)
{
    g->lease_until_ms = 0;
}
