/*
 * Where the memory is: what INFO memory and MEMORY STATS say.
 */
#ifndef STORE_MEMORY_IO_H
#define STORE_MEMORY_IO_H

#include <stddef.h>
#include <stdint.h>

#include "wire/command.h"

struct shell;

struct memory_facts {
    size_t total;    /* data and backlog */
    size_t startup;  /* of that when the process began */
    size_t peak;     /* most of it that was seen */
    size_t resident; /* bytes the kernel gave */
    size_t backlog;
    size_t tables;   /* the tables of keys and the heaps of times */
    size_t overhead; /* all that is no key and no value */
    size_t dataset;
    size_t replicas; /* bytes not yet sent to replicas */
    size_t clients;  /* the same of all others, and unread requests */
    size_t keys;
};

void memory_facts(struct shell *sh, struct memory_facts *ret);

/* Bytes of data and backlog; keeps the peak. To be called now and then. */
size_t memory_note(struct shell *sh);

command_fn cmd_memory_doctor, cmd_memory_malloc_stats, cmd_memory_purge, cmd_memory_stats;

#endif
