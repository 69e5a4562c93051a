/*
 * webhook_io: posts bodies to URLs (http, https), on the loop, many at a time, by libcurl. What the
 * other end answers is read and thrown away; redirects are not followed.
 *
 * Headers: Content-Type application/json and, with a secret, X-Picket-Signature: sha256=<hex>, the
 * HMAC-SHA256 of the body.
 */
#ifndef NOTIFY_WEBHOOK_IO_H
#define NOTIFY_WEBHOOK_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct webhooks;

/* STATUS: of HTTP, 0 when there was none. Called in a turn of its own. */
typedef void webhook_done_fn(void *arg, uint64_t id, long status);

struct webhook {
    const char *url;
    const char *shown;   /* the URL in the log, constant until it is done */
    const char *secret;  /* empty: no signature */
    const char *ca_file; /* certificates in PEM that https is trusted by; empty: the system's */
    const char *body;    /* constant until it is done */
    int64_t timeout_ms;  /* of all of it */
    uint64_t id;
    webhook_done_fn *done;
    void *arg;
};

/* NULL: memory. */
struct webhooks *webhooks_new(uv_loop_t *loop);

/* False: it could not begin, DONE is not called. */
bool webhooks_post(struct webhooks *webhooks, const struct webhook *webhook);

/* Break off what runs, DONE is not called any more. Frees when the loop has closed its handles.
 * NULL is fine. */
void webhooks_stop(struct webhooks *webhooks);

#endif
