#include "wire/prng.h"

#include <assert.h>

void prng_seed(struct prng *prng, uint64_t seed)
{
    prng->state = seed;
}

uint64_t prng_next(struct prng *prng)
{
    uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t prng_below(struct prng *prng, uint64_t bound)
{
    assert(bound > 0);
    return prng_next(prng) % bound; /* the bias is below 2^-32 for our bounds */
}

int64_t prng_between(struct prng *prng, int64_t low, int64_t high)
{
    uint64_t width = (uint64_t)high - (uint64_t)low; /* it may not fit an int64_t */

    assert(low <= high);
    return (int64_t)((uint64_t)low +
                     (width < UINT64_MAX ? prng_below(prng, width + 1) : prng_next(prng)));
}
