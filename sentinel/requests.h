/*
 * requests: what an operator or the configuration file wants changed.
 */
#ifndef SENTINEL_REQUESTS_H
#define SENTINEL_REQUESTS_H

struct core;
struct request;

void requests_take(struct core *core, const struct request *request);

#endif
