#include "sentinel/inputs.h"

#include <assert.h>
#include <stdlib.h>

bool inputs_push(struct inputs *inputs, const struct input *input)
{
    if (inputs->n == inputs->cap) {
        size_t cap = inputs->cap ? inputs->cap * 2 : 16;
        struct input *ring = cap <= INPUTS_MAX ? malloc(cap * sizeof *ring) : NULL;

        if (ring == NULL)
            return false;
        for (size_t i = 0; i < inputs->n; i++)
            ring[i] = inputs->ring[(inputs->head + i) % inputs->cap];
        free(inputs->ring);
        *inputs = (struct inputs){ .ring = ring, .n = inputs->n, .cap = cap };
    }
    inputs->ring[(inputs->head + inputs->n++) % inputs->cap] = *input;
    return true;
}

struct input inputs_pop(struct inputs *inputs)
{
    assert(inputs->n > 0);
    struct input input = inputs->ring[inputs->head];

    inputs->head = (inputs->head + 1) % inputs->cap;
    inputs->n--;
    return input;
}

void inputs_done(struct inputs *inputs)
{
    free(inputs->ring);
    *inputs = (struct inputs){ .ring = NULL };
}
