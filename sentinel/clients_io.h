/*
 * clients_io: those who talk to us: the listening server, the commands (sentinel/admin) and the
 * replies that come later. Joins them to the shell.
 */
#ifndef SENTINEL_CLIENTS_IO_H
#define SENTINEL_CLIENTS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "sentinel/shell_io.h"
#include "sentinel/users_io.h"
#include "wire/server_io.h"

struct clients;
struct state;

struct clients_options {
    size_t clients_max;
    const char *config_file; /* shown by INFO */
    bool scripts_denied;     /* SENTINEL SET may not change the hooks */
    struct state *state;     /* where the users are kept, */
    const char *state_dir;   /* its folder */
    const char *acl_file;    /* or in this file; empty: there is none */
    void (*stop)(void *arg); /* SHUTDOWN; called from within a request, must not stop at once */
    void (*happened)(void *arg, const struct event *event); /* after each event */
    void (*durable)(void *arg); /* what waited for the disk may have become so */
    void *arg;
};

/* Borrows the texts. NULL: memory. */
struct clients *clients_new(uv_loop_t *loop, const struct clients_options *options);

/* Read the users; before the first client comes. 0, or -1 with a text. */
int clients_load_users(struct clients *clients, char ret_error[USERS_ERROR_MAX]);

/* The option requirepass as the file has it: behind clients_load_users, and at each reload. */
void clients_require(struct clients *clients, const char *requirepass);

/* Before the first client comes. */
void clients_join(struct clients *clients, struct shell *shell);

/* See server_listen(). FDS: sockets handed over by systemd, used instead when N_FDS > 0. */
int clients_listen(struct clients *clients, const char *host, uint16_t port, const int *fds,
                   int n_fds, char ret_error[SERVER_ERROR_TEXT_MAX]);

/* New connections above this are refused; those that are there stay. Never above what was given
 * at first. */
void clients_set_max(struct clients *clients, size_t clients_max);

/* Log from the level on that is set now. */
void clients_follow_level(const struct clients *clients);

void clients_deny_scripts(struct clients *clients, bool denied);

/* Let nobody in any more. */
void clients_unlisten(struct clients *clients);

/* Close all, free, and call DONE from the loop. */
void clients_stop(struct clients *clients, void (*done)(void *arg), void *arg);

/* For the shell; ARG: the clients. */
extern const struct shell_ops clients_shell_ops;

#endif
