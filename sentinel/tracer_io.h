/*
 * tracer_io: writes a trace (sentinel/trace.h) of all that the core is told, off the loop's thread.
 *
 * The file begins anew at each start; the one that was there is kept as FILE.1. It ends for good,
 * and the log says so, when it has TRACER_BYTES_MAX bytes, when the disk is so slow that
 * TRACER_PENDING_MAX wait for it, or when it fails.
 */
#ifndef SENTINEL_TRACER_IO_H
#define SENTINEL_TRACER_IO_H

#include <stdbool.h>
#include <uv.h>

struct input;
struct output;
struct row;
struct trace_core;
struct tracer;

#define TRACER_BYTES_MAX   ((size_t)256 * 1024 * 1024)
#define TRACER_PENDING_MAX ((size_t)16 * 1024 * 1024)
#define TRACER_ERROR_MAX   1200

/* NULL with a text when the file cannot be made. */
struct tracer *tracer_start(uv_loop_t *loop, const char *path, char ret_error[TRACER_ERROR_MAX]);

/* Writes the rest, then frees itself. NULL is fine, here and below. */
void tracer_stop(struct tracer *tracer);

/* In this order; each input, and behind it what came of it. */
void tracer_core(struct tracer *tracer, const struct trace_core *core, int64_t now);
void tracer_row(struct tracer *tracer, const struct row *row, int64_t now);
void tracer_input(struct tracer *tracer, const struct input *input);
void tracer_output(struct tracer *tracer, const struct output *output);

#endif
