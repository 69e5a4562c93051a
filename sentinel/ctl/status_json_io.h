/*
 * status_json_io: picketctl status --json: a list of groups, each with all fields that SENTINEL
 * MASTER has, as texts, and the same of its "replicas" and "supervisors", of which the first is the
 * one that was asked (flags: sentinel,asked).
 */
#ifndef SENTINEL_CTL_STATUS_JSON_IO_H
#define SENTINEL_CTL_STATUS_JSON_IO_H

#include <hiredis/hiredis.h>

/* Returns 0; 1: something could not be read, which has been printed. */
int status_json(redisContext *link);

#endif
