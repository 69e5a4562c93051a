/*
 * data_io: the commands of picketctl that move data. Each reads its own options and returns the
 * status to exit with: 0; 1 when something went wrong, which has been printed; 2 when the words
 * make no sense.
 */
#ifndef SENTINEL_CTL_DATA_IO_H
#define SENTINEL_CTL_DATA_IO_H

/* argv[0] is the command's name. */
int ctl_backup(int argc, char **argv);
int ctl_restore(int argc, char **argv);
int ctl_copy(int argc, char **argv);

/* What the options are, for --help. */
void ctl_data_help(void);

#endif
