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

/* 0, always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

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
