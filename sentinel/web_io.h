/*
 * web_io: what picketd tells over HTTP (the server is notify/http_io):
 *
 *     /                              the page; its files beside it
 *     /health  /ready                200; ready: 503 while it stands still or cannot store anything
 *     /metrics                       Prometheus
 *     /groups  /groups/NAME          JSON (sentinel/web_json_io)
 *     /groups/NAME/primary           200, 503: is there one that takes writes; ?node=host:port: is
 *                                    it that one
 *     /groups/NAME/replica?node=host:port[&lag_ms=N]
 *                                    200, 503: is it a replica, at most so far behind
 *     /events[?since=N]              server-sent events, from the one behind Last-Event-ID or N on;
 *                                    0: all that are kept; without: from now on
 *     /history[?group=NAME][&count=N]   failovers, switchovers and outages, newest first, as JSON
 *     /history/ID                    one of them with all its steps
 *
 * The last two of groups answer 503 while a majority of supervisors is out of reach, unless
 * &minority=allow says that this one's view will do.
 *
 * Without a token anybody may ask everything; with one, the page and the first two stay open.
 */
#ifndef SENTINEL_WEB_IO_H
#define SENTINEL_WEB_IO_H

#include <uv.h>

#include "notify/http_io.h"

struct addr;
struct event;
struct shell;
struct web;

/* SHELL outlives it. See http_start(). */
struct web *web_start(uv_loop_t *loop, struct shell *shell, const struct addr *listen, int fd,
                      const char *token, char ret_error[HTTP_ERROR_MAX]);

/* Before the shell is stopped. NULL is fine, here and below. */
void web_stop(struct web *web);

/* The token from now on. */
void web_set_token(struct web *web, const char *token);

/* Each event, when it is told; and whenever what waits for the disk may have become durable. */
void web_event(struct web *web, const struct event *event);
void web_durable(struct web *web);

#endif
