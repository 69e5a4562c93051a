/*
 * complete_io: the shells' completions ask picketctl itself, so that they know what it knows.
 */
#ifndef SENTINEL_CTL_COMPLETE_IO_H
#define SENTINEL_CTL_COMPLETE_IO_H

struct ctl;

/* What may stand behind WORDS (the command and what follows it; none: the commands), a line each:
 * the word, a tab, what it means. The line "//file" stands for any file. */
void ctl_complete(const struct ctl *ctl, int n, char **words);

#endif
