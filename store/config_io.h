/*
 * Where options come from: the file given with -c (libconfig; read only), the command line, and the
 * state file in `dir`, which CONFIG REWRITE writes and which overrides both: it says what was
 * changed while the process ran, after a failover above all whom to follow.
 */
#ifndef STORE_CONFIG_IO_H
#define STORE_CONFIG_IO_H

#include <stdbool.h>

struct options;

#define CONFIG_ERROR_TEXT_MAX 1024
#define CONFIG_STATE_FILE     "picket-store.state"

enum config_result {
    CONFIG_RUN,   /* options are set */
    CONFIG_CHECK, /* they are, and that was all that was asked for */
    CONFIG_SHOWN, /* --help or --version was printed */
    CONFIG_WRONG  /* ret_error says what */
};

/*
 * Reads the command line and the file that it names, enters `dir`, and reads the state file there.
 * Error texts of files begin with `file:line: option: `.
 */
enum config_result config_read_all(struct options *o, int argc, char **argv,
                                   char ret_error[CONFIG_ERROR_TEXT_MAX]);

/*
 * Makes sure that no other process works in `dir`, which must have been entered, until this one
 * ends. False, with the reason, when one does.
 */
bool config_lock_dir(const struct options *o, char ret_error[CONFIG_ERROR_TEXT_MAX]);

/* Writes what was changed at run time into the state file: whole or not at all, and on disk. */
bool config_write_state(const struct options *o, char ret_error[CONFIG_ERROR_TEXT_MAX]);

#endif
