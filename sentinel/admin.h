/*
 * admin: the commands that clients, operators and peers send to the supervisor. Pure: it reads the
 * core between steps, writes replies onto the client, and hands everything that changes something
 * to the shell.
 *
 *     request ─▶ admin_request ─┬─ answered from the core at once
 *                               └─ defer() a ticket, submit() or message() it ... the core's REPLY
 *                                  or ANSWER, PLEDGE with that ticket ─▶ admin_reply,
 *                                  admin_answer
 *
 * It also owns the registry of pub/sub subscribers: admin_event tells them.
 */
#ifndef SENTINEL_ADMIN_H
#define SENTINEL_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"
#include "wire/slice.h"

struct admin;
struct buf;
struct client;
struct client_filter;
struct core;
struct event;
struct history;
struct hook_view;
struct message;
struct reply;
struct request;
struct ring;
struct scripts;

/* The version that clients are told, because they choose features by it (INFO redis_version,
 * HELLO). Our own stands beside it. */
#define ADMIN_REDIS_VERSION "7.0.15"

/* What only the shell knows; asked for by INFO and CLIENT LIST. Fill in what is known, the rest
 * stays zero. */
struct admin_facts {
    msec now;     /* monotonic, this moment */
    msec wall_ms; /* since 1970 */
    msec started; /* monotonic */
    int64_t pid;
    uint16_t port; /* that we listen on */
    size_t clients;
    size_t clients_max;
    size_t clients_blocked;
    uint64_t accepted;
    uint64_t rejected;
    uint64_t closed_query; /* who sent, or left unread, more than is held for one */
    uint64_t closed_output;
    uint64_t requests;
    uint64_t bytes_in;
    uint64_t bytes_out;
    double cpu_user_s;
    double cpu_system_s;
    msec commit_worst_ms;     /* to the state, until now */
    int64_t state_left_bytes; /* on its file system; -1 = not known */
    char config_file[256];    /* as given on the command line */
    char os[128];             /* "Linux 6.1.0 x86_64" */
};

/* Whether a path may become a hook by SENTINEL SET. */
enum admin_script {
    ADMIN_SCRIPT_ALLOWED,
    ADMIN_SCRIPT_DENIED,  /* deny_scripts_reconfig: none may */
    ADMIN_SCRIPT_UNUSABLE /* it is no file that can be executed */
};

/* The shell's side. All members must be there. */
struct admin_ops {
    const struct core *(*core)(void *arg);

    /* Whether what the core shows of the groups is on the disk. Until then the reply to a command
     * that shows it is held (client_hold); whoever set this ends that. */
    bool (*groups_durable)(void *arg);

    /* The client's reply comes later: block it (client_block) and return a new ticket, never 0.
     * 0: no more can wait (nothing was blocked); the client gets an error. ASKED is given back in
     * admin_reply. */
    uint64_t (*defer)(void *arg, struct client *client, int asked);

    /* Both are copied. The ticket (request.ticket, message.ticket) is one from defer(), or 0. */
    void (*submit)(void *arg, const struct request *request);
    void (*message)(void *arg, const struct message *message); /* ASK, HELLO, OPINION; peer 0 */

    /* SHUTDOWN: stop as at SIGTERM. */
    void (*stop)(void *arg);

    /* CLIENT LIST, CLIENT KILL (see server_each, server_kill). */
    void (*each_client)(void *arg, void (*fn)(void *ctx, struct client *client), void *ctx);
    size_t (*kill_clients)(void *arg, const struct client_filter *filter, struct client *asks);

    /* *ret_facts is zeroed. */
    void (*facts)(void *arg, struct admin_facts *ret_facts);

    /* The last INFO of the node of that id, as it came; p NULL: there was none. */
    struct slice (*node_info)(void *arg, uint32_t id);

    /* The hook at place I of the file; false: there are not so many. */
    bool (*hook)(void *arg, size_t i, struct hook_view *ret_view);

    /* The events told of late. */
    const struct ring *(*events)(void *arg);

    /* Run WORK in a copy of the process; the bytes that it appends come back as the reply of the
     * client, which waits for it (admin_apart_done). False: not now, nothing was blocked. */
    bool (*apart)(void *arg, struct client *client, void (*work)(void *work_arg, struct buf *to),
                  void *work_arg);

    /* What became of the last failovers. */
    const struct history *(*history)(void *arg);

    /* The queue of the hooks, and whether PATH may be one; the empty path takes a hook away. */
    const struct scripts *(*scripts)(void *arg);
    enum admin_script (*check_script)(void *arg, const char *path);
};

/* VERSION: ours, constant text. OPS are copied. NULL: memory. */
struct admin *admin_new(const struct admin_ops *ops, void *arg, const char *version);

/* All clients must be gone. NULL is fine. */
void admin_free(struct admin *admin);

/* The server's callbacks. opened: lets the client in, if the default user has no password. */
void admin_client_opened(struct admin *admin, struct client *client);
void admin_request(struct admin *admin, struct client *client, size_t argc,
                   const struct slice *argv);
void admin_client_gone(struct admin *admin, struct client *client);

/* Write a deferred reply. The caller has found the client by its ticket and resumes it afterwards
 * (client_resume). ASKED: as given to defer(). */
void admin_reply(struct admin *admin, struct client *client, int asked, const struct reply *reply);
void admin_answer(struct admin *admin, struct client *client, const struct message *message);

/* The same for apart(). OK false: the copy came to grief. */
void admin_apart_done(struct client *client, bool ok, struct slice reply);

/* Tell the subscribers. */
void admin_event(struct admin *admin, const struct event *event);

/* Whether SIMULATE-FAILURE wants the process to end, with status 99, now that this has been told.
 */
bool admin_dies_of(const struct admin *admin, const struct event *event);

#endif
