/*
 * inputs: inputs of the core that wait, a ring that grows; all 0 is an empty one.
 */
#ifndef SENTINEL_INPUTS_H
#define SENTINEL_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sentinel/input.h"

#define INPUTS_MAX 65536

struct inputs {
    struct input *ring;
    size_t head, n, cap;
};

/* Keep a copy; false when too many wait, or memory is out. */
bool inputs_push(struct inputs *inputs, const struct input *input);

/* The oldest; there is one. */
struct input inputs_pop(struct inputs *inputs);

void inputs_done(struct inputs *inputs);

#endif
