/*
 * prng: a small seeded generator, so that chance is an input like any other and
 * a run can be repeated. SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014). Not for secrets.
 */
#ifndef WIRE_PRNG_H
#define WIRE_PRNG_H

#include <stdint.h>

struct prng {
    uint64_t state;
};

void prng_seed(struct prng *prng, uint64_t seed);
uint64_t prng_next(struct prng *prng);

/* A number in 0..BOUND-1; BOUND is at least 1. */
uint64_t prng_below(struct prng *prng, uint64_t bound);

/* A number in LOW..HIGH, both included. */
int64_t prng_between(struct prng *prng, int64_t low, int64_t high);

#endif
