#include "quorum/lock.h"

#include <assert.h>

/* A newer claim waits: what is older is not helped any more. */
static bool is_outbid(const struct lock *lock, const struct stake *stake, msec now)
{
    return now < lock->claim_until && stake->epoch < lock->claim_epoch;
}

/* KEPT: up to when the same node was promised it before. */
static void give(struct lock *lock, const struct stake *stake, msec now, msec kept,
                 struct pledge *ret_pledge)
{
    *lock = (struct lock){ .until = msec_max(now + stake->ms, kept),
                           .epoch = stake->epoch,
                           .addr = stake->addr,
                           .serial = lock->serial % LOCK_SERIAL_MAX + 1 };
    ret_pledge->given = true;
    ret_pledge->ms = stake->ms;
}

/* So that it is not locked again and again by those who know nothing of the claim; for half as long
 * as a lock lasts, so that the lease of the locked node outlives a claim that was given up. */
static void note(struct lock *lock, const struct stake *stake, msec now, struct pledge *ret_pledge)
{
    lock->claim_epoch = stake->epoch;
    lock->claim_until = now + stake->ms / 2;
    ret_pledge->serial = lock->serial;
    ret_pledge->addr = lock->addr;
}

void lock_take(struct lock *lock, const struct stake *stake, bool same, msec now,
               struct pledge *ret_pledge)
{
    bool locked = now < lock->until;

    assert(stake->ms > 0);
    *ret_pledge = (struct pledge){ .ms = locked ? lock->until - now : 0 };
    if (is_outbid(lock, stake, now))
        ret_pledge->ms = lock->claim_until - now;
    else if (!locked || (same && stake->epoch >= lock->epoch))
        give(lock, stake, now, same ? lock->until : 0, ret_pledge);
    else if (same || stake->epoch <= lock->epoch)
        return;
    else if (stake->over != 0 && stake->over == lock->serial)
        give(lock, stake, now, 0, ret_pledge);
    else
        note(lock, stake, now, ret_pledge);
}
