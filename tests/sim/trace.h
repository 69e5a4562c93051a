/*
 * trace: what happened, a line each, for people (-v) and as a hash for the proof
 * that a seed is the whole run.
 */
#ifndef TESTS_SIM_TRACE_H
#define TESTS_SIM_TRACE_H

#include <stddef.h>
#include <stdint.h>

struct event;
struct input;
struct output;
struct sup;
struct world;

#define TRACE_LINE_MAX 1400

/* Something about the world; "[  1234] TEXT". */
void trace_note(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

void trace_input(struct world *w, const struct sup *s, const struct input *input);
void trace_output(struct world *w, const struct sup *s, const struct output *output);

/* An event as people read it: name and payload, run ids as supervisors' names. */
void trace_event_text(const struct world *w, const struct event *event,
                      char ret_text[TRACE_LINE_MAX]);

#endif
