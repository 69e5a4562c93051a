/*
 * node_io: connections of picketctl to data nodes, and what to tell the operator when one of them
 * says no.
 */
#ifndef SENTINEL_CTL_NODE_IO_H
#define SENTINEL_CTL_NODE_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/addr.h"

#define NODE_SECRET_MAX     512
#define NODE_REPLY_MS       60000 /* a large value may take its time */
#define NODE_FIELD_TEXT_MAX 128

/* Where a node is and how to log in; user and password empty: without. */
struct node {
    struct addr addr;
    char user[NODE_SECRET_MAX];
    char password[NODE_SECRET_MAX];
};

/* Connects and logs in. NULL: an error has been printed. redisFree() it. */
redisContext *node_connect(const struct node *node);

/* Sends words, waits for the reply. NULL: no reply, or an error reply; printed, with what to do
 * about it. freeReplyObject() it. */
redisReply *node_call(redisContext *link, const struct node *node, int argc,
                      const char *const *argv);

/* Prints `picketctl: host:port: text` and, if the text begins with a code word that is known, what
 * to do about it. */
void node_complain(const struct node *node, const char *text);

/* Reads a field of a section of INFO; false: printed, or *ret is empty when there is no such field.
 */
bool node_info(redisContext *link, const struct node *node, const char *section, const char *field,
               char ret[NODE_FIELD_TEXT_MAX]);

/* Keys by database, from INFO; false: printed. */
#define NODE_DATABASES_MAX 16
bool node_key_counts(redisContext *link, const struct node *node, uint64_t ret[NODE_DATABASES_MAX]);

#endif
