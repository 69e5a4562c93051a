/*
 * Floating point numbers of the widest type, as INCRBYFLOAT and HINCRBYFLOAT count.
 */
#ifndef STORE_NUMBER_H
#define STORE_NUMBER_H

#include <stdbool.h>

#include "wire/slice.h"

#define NUMBER_TEXT_MAX  5200 /* the largest long double has 4933 digits before the point */
#define NUMBER_INPUT_MAX 5120

bool number_read(struct slice text, long double *ret);

/* Plain digits with no more behind the point than needed. text: NUMBER_TEXT_MAX bytes. */
struct slice number_show(long double v, char *text);

#endif
