/*
 * data_options_io: the words behind `picketctl backup`, `restore` and `copy`.
 */
#ifndef SENTINEL_CTL_DATA_OPTIONS_IO_H
#define SENTINEL_CTL_DATA_OPTIONS_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/ctl/node_io.h"

#define DATA_RATE_MAX 100000000L

/* Which command takes an option. */
enum data_command { DATA_BACKUP = 1, DATA_RESTORE = 2, DATA_COPY = 4 };

/* What becomes of a key that is there already. */
enum data_policy { DATA_REFUSE, DATA_REPLACE, DATA_SKIP };

struct data_options {
    struct node from, to; /* backup uses from, restore uses to */
    const char *file;
    enum data_policy policy;
    const char *match;  /* NULL: all keys */
    const char *resume; /* the file of the resume point; NULL: the data file's name and .resume */
    bool from_start;
    long rate; /* keys a second; 0: as many as go */
    bool commands;
    bool once;
    bool unchecked;
    bool quiet;
};

/* Ends the program, with an explanation, when the words make no sense. */
void data_options_read(struct data_options *o, enum data_command command, int argc, char **argv);

/* What the options are, for --help. */
void ctl_data_help(void);

/* Adds the options of that command to what may follow it, as its row would have them ("[--rate
 * KEYS]"), if it is one of these. */
void data_options_add(const char *command, char *args, size_t size);

/* The first line of a file; ends the program when there is none. */
void data_read_password(const char *path, char password[NODE_SECRET_MAX]);

#endif
