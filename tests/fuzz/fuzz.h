/*
 * Programs that are fed with bytes nobody chose: each target is one function with libFuzzer's name
 * and form, to be linked with libFuzzer (clang) or with loop.c (any compiler). What a target finds
 * wrong ends the process.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 0, always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Memory of exactly that size, so that a byte read behind it is seen; to be freed. */
static inline void *fuzz_copy(const void *data, size_t n)
{
    void *copy = malloc(n > 0 ? n : 1);

    if (copy == NULL)
        abort();
    if (n > 0)
        memcpy(copy, data, n);
    return copy;
}

/* Like assert, and says more. */
#define FUZZ_CHECK(condition, ...)                                                                 \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "FUZZ: " __VA_ARGS__);                                                 \
            fprintf(stderr, " (%s)\n", #condition);                                                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
