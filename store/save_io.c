#include "store/save_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/child_io.h"
#include "store/file_io.h"
#include "store/mem.h"
#include "store/primary_io.h"
#include "store/rdb_write.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

#define TEMP_NAME_MAX 32
#define SYNC_BYTES    (4 * 1024 * 1024) /* on their way to the disk at a time */

void saver_init(struct saver *v, int64_t now_s)
{
    memset(v, 0, sizeof(*v));
    v->last_save_s = now_s;
    v->last_took_s = -1;
    v->keys_done = mmap(NULL, sizeof(*v->keys_done), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (v->keys_done == MAP_FAILED)
        v->keys_done = NULL;
}

void save_forks(struct shell *sh)
{
    struct saver *v = &sh->saver;

    if (v->keys_done != NULL)
        *v->keys_done = 0;
    v->keys_wanted = keyspace_count_all(&sh->store.data);
}

/* A file being written; begins to bring it to the disk on the way, so that the sync at the end need
 * not wait for all of it. */
struct sink {
    int fd;
    off_t started; /* bytes that are on their way */
    off_t written;
};

static bool write_all(void *arg, const void *bytes, size_t n)
{
    struct sink *to = arg;

    if (!file_write_all(to->fd, bytes, n))
        return false;
    to->written += (off_t)n;
    if (to->written - to->started >= SYNC_BYTES) {
        sync_file_range(to->fd, to->started, to->written - to->started, SYNC_FILE_RANGE_WRITE);
        to->started = to->written;
    }
    return true;
}

void save_describe(struct shell *sh, struct rdb_info *ret_info)
{
    struct store *s = &sh->store;

    memset(ret_info, 0, sizeof(*ret_info));
    ret_info->has_repl = repl_is_fed(&s->repl);
    memcpy(ret_info->repl_id, s->repl.id, sizeof(ret_info->repl_id));
    ret_info->repl_offset = s->repl.offset;
    ret_info->stream_db = store_is_replica(s) ? primary_stream_db(sh->primary) : s->repl.stream_db;
    if (ret_info->stream_db < 0)
        ret_info->stream_db = 0;
}

void save_options(struct shell *sh, struct rdb_write_options *ret_options)
{
    *ret_options = (struct rdb_write_options){
        .compress = option_number(&sh->store.options, OPT_RDBCOMPRESSION) != 0,
        .checksum = option_number(&sh->store.options, OPT_RDBCHECKSUM) != 0,
        .now_s = sh->store.now_ms / 1000,
        .used_bytes = mem_used(),
        .keys_done = sh->saver.keys_done,
        .idle = evict_by_use(&sh->store),
    };
}

/* Writes and syncs the file under its other name; *ret_what: what failed. */
static bool write_temp(struct shell *sh, const char *temp, bool is_base, const char **ret_what)
{
    struct rdb_write_options options;
    struct rdb_info info;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), saved;
    struct sink to = { .fd = fd };

    *ret_what = "create";
    if (fd < 0)
        return false;
    save_describe(sh, &info);
    save_options(sh, &options);
    options.aof_base = is_base;
    *ret_what = "write";
    if (!rdb_write(&sh->store.data, &info, &options, write_all, &to))
        goto failed;
    *ret_what = "sync";
    if (fsync(fd) != 0)
        goto failed;
    *ret_what = "close";
    return close(fd) == 0;

failed:
    saved = errno;
    close(fd);
    errno = saved;
    return false;
}

bool save_write(struct shell *sh, const struct save_target *to, char ret_error[SAVE_ERROR_TEXT_MAX])
{
    char temp[FILE_PATH_MAX], path[FILE_PATH_MAX], name[TEMP_NAME_MAX];
    const char *what;

    snprintf(name, sizeof(name), SAVE_TEMP_FORMAT, (int)getpid());
    file_path(temp, to->folder, name);
    file_path(path, to->folder, to->name);
    if (!write_temp(sh, temp, to->is_base, &what))
        goto failed;
    what = "rename";
    if (rename(temp, path) != 0)
        goto failed;
    what = "sync the folder of";
    if (file_sync_folder(to->folder))
        return true;

failed:
    snprintf(ret_error, SAVE_ERROR_TEXT_MAX, "cannot %s %.128s: %s", what, temp, strerror(errno));
    unlink(temp);
    return false;
}

/* The data file. */
static bool write_data_file(struct shell *sh, char *ret_error)
{
    const struct save_target to = { ".", option_text(&sh->store.options, OPT_DBFILENAME), false };

    return save_write(sh, &to, ret_error);
}

/* What counts as saved, however it was done. */
static void note_success(struct shell *sh, uint64_t saved)
{
    struct store *s = &sh->store;

    s->saved = saved;
    s->save_failed = false;
    s->stats.rdb_saves++;
    sh->saver.last_save_s = s->now_ms / 1000;
}

bool save_now(struct shell *sh, char ret_error[SAVE_ERROR_TEXT_MAX])
{
    if (!write_data_file(sh, ret_error)) {
        log_error("saving the data: %s", ret_error);
        return false;
    }
    note_success(sh, sh->store.changes);
    log_notice("data saved: %zu keys", keyspace_count_all(&sh->store.data));
    return true;
}

static bool save_work(void *arg, const int *fds, size_t fds_count, char *report)
{
    (void)fds;
    (void)fds_count;
    return write_data_file(arg, report);
}

void save_remove_temp(const char *folder, int pid)
{
    DIR *dir = opendir(folder);
    struct dirent *item;
    char path[FILE_PATH_MAX];
    int found, len;

    while (dir != NULL && (item = readdir(dir)) != NULL) {
        len = 0;
        if (sscanf(item->d_name, SAVE_TEMP_FORMAT "%n", &found, &len) != 1 || len == 0 ||
            item->d_name[len] != '\0' || (pid != 0 && found != pid))
            continue;
        file_path(path, folder, item->d_name);
        unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
}

static void on_saved(void *arg, bool ok, const char *report)
{
    struct shell *sh = arg;
    struct saver *v = &sh->saver;

    shell_set_clock(sh);
    if (!ok)
        save_remove_temp(".", child_pid(v->child));
    v->last_cow_bytes = child_cow_bytes(v->child);
    v->child = NULL;
    v->last_took_s = sh->store.now_ms / 1000 - v->started_s;
    if (ok) {
        note_success(sh, v->changes_at_fork);
        log_notice("background save done");
    } else {
        sh->store.save_failed = true;
        log_error("background save failed: %s", report[0] != '\0' ? report : "the child died");
    }
    replicas_child_ended(sh);
}

bool save_background(struct shell *sh, char ret_error[SAVE_ERROR_TEXT_MAX])
{
    struct saver *v = &sh->saver;

    v->scheduled = false;
    v->tried_s = sh->store.now_ms / 1000;
    v->started_s = v->tried_s;
    v->changes_at_fork = sh->store.changes;
    save_forks(sh);
    v->child = child_start(sh->loop, save_work, on_saved, sh, NULL, 0, &sh->store.stats.fork_us);
    if (v->child == NULL) {
        snprintf(ret_error, SAVE_ERROR_TEXT_MAX, "cannot fork: %s", strerror(errno));
        log_error("background save: %s", ret_error);
        sh->store.save_failed = true;
        return false;
    }
    v->task = CHILD_SAVE;
    store_count_fork(&sh->store);
    log_notice("background save started by process %d", (int)child_pid(v->child));
    return true;
}

/* True when enough has changed for long enough. */
static bool is_due(const struct shell *sh)
{
    const struct options *o = &sh->store.options;
    int64_t now_s = sh->store.now_ms / 1000, age = now_s - sh->saver.last_save_s;

    if (sh->store.save_failed && now_s - sh->saver.tried_s <= SAVE_RETRY_S)
        return false;
    for (size_t i = 0; i < o->save_count; i++) {
        if (store_unsaved(&sh->store) >= (uint64_t)o->save[i].changes && age > o->save[i].seconds)
            return true;
    }
    return false;
}

void save_tick(struct shell *sh)
{
    char error[SAVE_ERROR_TEXT_MAX];

    if (sh->saver.child != NULL || sh->store.phase != STORE_READY)
        return;
    if (sh->saver.scheduled || is_due(sh))
        save_background(sh, error);
}

void save_stop(struct shell *sh)
{
    struct saver *v = &sh->saver;

    if (!saver_does(v, CHILD_SAVE))
        return;
    pid_t pid = child_pid(v->child);
    child_abandon(v->child);
    save_remove_temp(".", pid);
    v->child = NULL;
}
