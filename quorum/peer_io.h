/*
 * peer_io: messages to other supervisors over the links of probes/link_io, and what their replies
 * say. What a peer sends by itself comes in as a command of a client (sentinel/admin).
 */
#ifndef QUORUM_PEER_IO_H
#define QUORUM_PEER_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "quorum/hello.h"

struct link_set;
struct message;
struct peer_line;

/* An ANSWER or STOCK; borrowed during the call. */
typedef void peer_heard_fn(void *arg, const struct message *message);

/* NULL: memory. */
struct peer_line *peer_line_new(struct link_set *links, peer_heard_fn *heard, void *arg);

/* After the links: their replies come here. NULL is fine. */
void peer_line_free(struct peer_line *line);

/* Send a HELLO, ASK or OPINION to message->peer; lost, as a network would, when its link is not
 * up. A reply that makes no sense is counted and dropped. */
void peer_send(struct peer_line *line, const struct message *message);

/* HELLO as text for whatever ID's link leads to, our own address filled in where it is open; false
 * when that takes a link and it is not up. */
bool peer_hello_text(const struct peer_line *line, uint32_t id, const struct hello *hello,
                     char ret_text[HELLO_TEXT_MAX]);

/* Replies dropped so far. */
uint64_t peer_malformed(const struct peer_line *line);

#endif
