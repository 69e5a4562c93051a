/*
 * Which clients CLIENT KILL and CLIENT LIST mean: old form `addr:port`, or pairs ID, ADDR, LADDR,
 * TYPE, USER, SKIPME.
 */
#ifndef WIRE_CLIENT_FILTER_H
#define WIRE_CLIENT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct acl;
struct client;
struct resp_writer;

struct client_filter {
    uint64_t id;       /* 0: any */
    struct slice addr; /* p NULL: any. Points into the request */
    struct slice laddr;
    struct slice user; /* p NULL: any. Points into the request */
    int type;          /* enum client_class, -1: any */
    bool skip_me;      /* leave out the client that asks */
    uint64_t me;       /* its id */
    bool old_form;     /* CLIENT KILL addr: answers +OK or an error instead of a number */
};

/* Reads the arguments of CLIENT KILL (argv[2] on). False: the error has been written. Users are
 * those of ACL; NULL: there is one, "default". */
bool client_filter_parse(struct client_filter *ret_filter, struct resp_writer *w, uint64_t me,
                               const struct acl *acl, size_t argc, const struct slice *argv);

bool client_filter_matches(const struct client_filter *f, const struct client *c);

/* "normal", "replica" or "slave", "pubsub", "master": its enum client_class, or -1. */
int client_class_parse(struct slice name);

#endif
