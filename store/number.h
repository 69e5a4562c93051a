/*
 * Floating point numbers: of the widest type, as INCRBYFLOAT and HINCRBYFLOAT count, and the scores
 * of sorted sets.
 */
#ifndef STORE_NUMBER_H
#define STORE_NUMBER_H

#include <stdbool.h>

#include "wire/slice.h"

#define NUMBER_TEXT_MAX  5200 /* the largest long double has 4933 digits before the point */
#define NUMBER_INPUT_MAX 5120
#define SCORE_TEXT_MAX   32

bool number_read(struct slice text, long double *ret);

/* Plain digits with no more behind the point than needed. text: NUMBER_TEXT_MAX bytes. */
struct slice number_show(long double v, char *text);

/* The same for a score: not NaN. */
bool number_read_score(struct slice text, double *ret);

/* As compact values keep a score: the digits of an integer, else up to 17 significant ones. */
struct slice number_show_score(double v, char text[SCORE_TEXT_MAX]);

#endif
