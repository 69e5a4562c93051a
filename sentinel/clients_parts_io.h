/*
 * clients_parts_io: what the files of the clients share. For sentinel/clients_*io.c alone.
 */
#ifndef SENTINEL_CLIENTS_PARTS_IO_H
#define SENTINEL_CLIENTS_PARTS_IO_H

#include "sentinel/admin.h"
#include "sentinel/apart_io.h"
#include "sentinel/clients_io.h"
#include "sentinel/room_io.h"
#include "sentinel/tickets.h"

struct clients {
    struct server *server;
    struct admin *admin;
    struct tickets *tickets;
    struct users *users;
    struct apart *apart;
    uint64_t apart_ticket; /* of the client that waits for it */
    struct room *room;
    struct shell *shell;
    struct clients_options options;
    msec started;
    void (*done)(void *arg);
    void *done_arg;
};

/* What commands ask for; the argument is the clients. */
extern const struct admin_ops clients_admin_ops;

/* Whoever waits with that ticket; NULL when it is gone. */
struct client *clients_take_waiting(struct clients *clients, uint64_t ticket, int *ret_asked);

#endif
