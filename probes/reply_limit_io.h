/*
 * reply_limit_io: a bound on the arrays in replies that hiredis itself takes any size of.
 */
#ifndef PROBES_REPLY_LIMIT_IO_H
#define PROBES_REPLY_LIMIT_IO_H

#include <hiredis/hiredis.h>

#define REPLY_ELEMENTS_MAX 65536 /* of an array */

/* Larger ones are memory that is out, for this reader. */
void reply_limit_set(redisReader *reader);

#endif
