/*
 * The data file: written at once or by a child. It is replaced as a whole or not at
 * all: written under another name, synced, renamed, and the folder synced.
 *
 * The working directory of the process is `dir`.
 */
#ifndef STORE_SAVE_IO_H
#define STORE_SAVE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct child;
struct rdb_info;
struct rdb_write_options;
struct shell;

#define SAVE_ERROR_TEXT_MAX 256
#define SAVE_RETRY_S        5             /* after a failed background save */
#define SAVE_TEMP_FORMAT    "temp-%d.rdb" /* with the process number */

/* What the one child does: a background save, a synchronisation (sync_io), a new base of the log
 * (aof_rewrite_io). */
enum child_task { CHILD_SAVE, CHILD_SYNC, CHILD_REWRITE };

struct saver {
    struct child *child; /* the one child; NULL: none */
    enum child_task task;
    bool scheduled;       /* a save as soon as the child has ended */
    uint64_t *keys_done;  /* memory shared with the child; NULL: there is none */
    uint64_t keys_wanted; /* when it was forked */
    uint64_t changes_at_fork;
    int64_t started_s; /* of the save under way, Unix time */
    int64_t tried_s;
    int64_t last_save_s;
    int64_t last_took_s; /* -1: none yet */
    int64_t last_cow_bytes;
};

/* A file to be written. */
struct save_target {
    const char *folder, *name;
    bool is_base; /* of the log */
};

void saver_init(struct saver *v, int64_t now_s);

/* True while the child is busy with this. */
static inline bool saver_does(const struct saver *v, enum child_task task)
{
    return v->child != NULL && v->task == task;
}

/* Writes all data into a file: under another name, synced, renamed, the folder synced. False with
 * the reason. */
bool save_write(struct shell *sh, const struct save_target *to,
                char ret_error[SAVE_ERROR_TEXT_MAX]);

/* Removes what a process left behind that ended while it wrote there; pid 0: any. */
void save_remove_temp(const char *folder, int pid);

/* Saves now, on the loop's thread. False with the reason. */
bool save_now(struct shell *sh, char ret_error[SAVE_ERROR_TEXT_MAX]);

/* Begins a background save. False with the reason. The child's slot must be free. */
bool save_background(struct shell *sh, char ret_error[SAVE_ERROR_TEXT_MAX]);

/* Begins one when the save points say so, or one was scheduled. */
void save_tick(struct shell *sh);

/* Ends a background save under way, and throws its file away. */
void save_stop(struct shell *sh);

/* What a file or stream written now says of our history. */
void save_describe(struct shell *sh, struct rdb_info *ret_info);

/* To be called before each fork: the child's progress is to be seen. */
void save_forks(struct shell *sh);

/* Options of a stream written now. */
void save_options(struct shell *sh, struct rdb_write_options *ret_options);

#endif
