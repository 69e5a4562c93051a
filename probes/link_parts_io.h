/*
 * link_parts_io: what the files of the links share. For probes/link_*io.c alone.
 */
#ifndef PROBES_LINK_PARTS_IO_H
#define PROBES_LINK_PARTS_IO_H

#include "probes/infos.h"
#include "probes/link_io.h"
#include "probes/resolve_io.h"

#define LINK_CHANNEL_MAX 63
#define LINK_RUNID_LEN   8   /* of the run id, in the name of a connection */
#define LINK_WORDS_MAX   16  /* of a request */
#define LINK_COMMAND_MAX 256 /* bytes of a command's other name, its end included */

/* One link. What it takes to begin is kept until it is up. */
struct line {
    struct link_set *set;
    uint32_t id;
    enum link_kind kind;
    struct resolve *resolve; /* while the name is looked up */
    struct stream *stream;   /* from then on */
    unsigned replies_due;    /* of the login */
    bool up;
    bool refused; /* by one of its addresses */
    char *user, *pass;
    char *renames;                      /* as long as the line; NULL: none */
    struct sockaddr_storage *addresses; /* that a name has; tried one after the other */
    size_t n_addresses, next_address;
};

struct link_set {
    struct resolver *resolver;
    struct stream_pool *pool;
    struct link_ops ops;
    void *arg;
    char runid[LINK_RUNID_LEN + 1];
    char channel[LINK_CHANNEL_MAX + 1];
    struct line **lines; /* by link_tag() */
    size_t cap;
    struct infos infos;
    bool silent; /* being freed */
};

/* The line with that tag; NULL: there is none. */
struct line *link_find(const struct link_set *set, uint64_t tag);

void link_tell(struct link_set *set, const struct link_report *report);

/* The line is gone, with that evidence. */
void line_fail(struct line *line, enum evidence evidence);

/* Connect it to the first of the addresses that will have it, and log in. */
void line_connect(struct line *line, const struct sockaddr_storage *addresses, size_t n);

/* The same, for resolve_start(). */
void line_looked_up(void *arg, const struct sockaddr_storage *addresses, size_t n);

/* Forget what it no longer needs once it is up, or never will be. */
void line_drop_beginnings(struct line *line);

/* The words with the command's name as the other end knows it; NAME has LINK_COMMAND_MAX bytes. */
const char *const *line_rename(const struct line *line, const char *const *words,
                               const char *ret_words[LINK_WORDS_MAX + 1], char *name);

#endif
