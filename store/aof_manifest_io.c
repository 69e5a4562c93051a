/* The files of the log: the manifest on disk, and what it names no more. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/aof_parts_io.h"
#include "store/file_io.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

#define MANIFEST_SUFFIX ".manifest"

const char *aof_folder(const struct shell *sh)
{
    return option_text(&sh->store.options, OPT_APPENDDIRNAME);
}

const char *aof_prefix(const struct shell *sh)
{
    return option_text(&sh->store.options, OPT_APPENDFILENAME);
}

static void manifest_name(const struct shell *sh, char name[AOF_FILE_NAME_MAX])
{
    snprintf(name, AOF_FILE_NAME_MAX, "%.200s" MANIFEST_SUFFIX, aof_prefix(sh));
}

/* --- the manifest ------------------------------------------------------------------------------
 */

bool aof_need_folder(const struct shell *sh)
{
    if (mkdir(aof_folder(sh), 0755) != 0)
        return errno == EEXIST;
    return file_sync_folder(".");
}

void aof_measure(struct shell *sh)
{
    struct aof_writer *w = &sh->aof;
    char path[FILE_PATH_MAX];

    w->older_bytes = 0;
    for (size_t i = 0; i < w->manifest.count; i++) {
        const struct aof_file *f = &w->manifest.files[i];
        int64_t bytes;

        if (f->kind == AOF_HISTORY || strcmp(f->name, w->file_name) == 0)
            continue;
        aof_path(sh, f->name, path);
        bytes = file_size(path);
        w->older_bytes += bytes > 0 ? bytes : 0;
    }
}

bool aof_persist(struct shell *sh, struct aof_manifest *fresh)
{
    char name[AOF_FILE_NAME_MAX], path[FILE_PATH_MAX], error[FILE_ERROR_TEXT_MAX];
    struct buf text = { 0 };
    bool ok;

    manifest_name(sh, name);
    aof_path(sh, name, path);
    aof_manifest_write(fresh, &text);
    snprintf(error, sizeof(error), "cannot make %s", aof_folder(sh));
    ok = aof_need_folder(sh) && file_replace(path, buf_slice(&text), error);
    buf_done(&text);
    if (!ok) {
        log_error("append-only log: %s", error);
        aof_manifest_done(fresh);
        return false;
    }
    aof_manifest_done(&sh->aof.manifest);
    sh->aof.manifest = *fresh;
    memset(fresh, 0, sizeof(*fresh));
    aof_measure(sh);
    return true;
}

/* A log of before Redis 7 is one file in `dir`: it becomes the base. The manifest goes first, so
 * that a crash in between loses neither. */
static bool adopt_single_file(struct shell *sh, bool has_manifest)
{
    char to[FILE_PATH_MAX];
    const struct aof_file *base = aof_manifest_last(&sh->aof.manifest, AOF_BASE);
    struct aof_manifest fresh = { NULL, 0 };

    if (file_size(aof_prefix(sh)) < 0)
        return true;
    if (has_manifest && (base == NULL || strcmp(base->name, aof_prefix(sh)) != 0))
        return true;
    if (!has_manifest) {
        aof_manifest_add_named(&fresh, aof_prefix(sh), AOF_BASE);
        if (!aof_persist(sh, &fresh))
            return false;
    }
    aof_path(sh, aof_prefix(sh), to);
    if (file_size(to) >= 0)
        return true;
    log_notice("append-only log: %s moves to %s", aof_prefix(sh), to);
    return rename(aof_prefix(sh), to) == 0 && file_sync_folder(aof_folder(sh)) &&
           file_sync_folder(".");
}

enum aof_found aof_find(struct shell *sh, char *ret_error, size_t error_size)
{
    struct aof_writer *w = &sh->aof;
    char name[AOF_FILE_NAME_MAX], path[FILE_PATH_MAX], why[AOF_MANIFEST_ERROR_MAX];
    struct buf text = { 0 };
    bool read;

    w->was_found = true;
    manifest_name(sh, name);
    aof_path(sh, name, path);
    aof_manifest_done(&w->manifest);
    read = file_read_all(path, AOF_MANIFEST_TEXT_MAX, &text);
    if (!read && errno != ENOENT) {
        snprintf(ret_error, error_size, "%.512s: %s", path, strerror(errno));
        goto broken;
    }
    if (read && !aof_manifest_parse(&w->manifest, buf_slice(&text), why)) {
        snprintf(ret_error, error_size, "%.512s: %s", path, why);
        goto broken;
    }
    buf_done(&text);
    if (!adopt_single_file(sh, read)) {
        snprintf(ret_error, error_size, "%.200s cannot be moved to %.200s: %s", aof_prefix(sh),
                 aof_folder(sh), strerror(errno));
        return AOF_FOUND_BROKEN;
    }
    return w->manifest.count > 0 ? AOF_FOUND : AOF_FOUND_NONE;

broken:
    buf_done(&text);
    aof_manifest_done(&w->manifest);
    return AOF_FOUND_BROKEN;
}

/* --- history -----------------------------------------------------------------------------------
 */

/* Files to be deleted by a thread, since that may take its time. */
struct deletion {
    uv_work_t work;
    struct shell *shell;
    size_t count;
    char paths[][FILE_PATH_MAX];
};

static void run_deletion(uv_work_t *work)
{
    struct deletion *d = work->data;

    for (size_t i = 0; i < d->count; i++)
        unlink(d->paths[i]);
}

/* They are gone: the manifest need not name them any more. */
static void on_deleted(uv_work_t *work, int status)
{
    struct deletion *d = work->data;
    struct shell *sh = d->shell;
    struct aof_manifest fresh;

    (void)status;
    free(d);
    if (sh->stopping || sh->aof.phase == AOF_OFF)
        return;
    aof_manifest_copy(&fresh, &sh->aof.manifest);
    aof_manifest_drop_history(&fresh);
    aof_persist(sh, &fresh);
}

void aof_delete_history(struct shell *sh)
{
    const struct aof_manifest *m = &sh->aof.manifest;
    struct deletion *d;

    if (aof_manifest_last(m, AOF_HISTORY) == NULL)
        return;
    d = calloc(1, sizeof(*d) + m->count * FILE_PATH_MAX);
    if (d == NULL)
        return;
    for (size_t i = 0; i < m->count; i++) {
        if (m->files[i].kind == AOF_HISTORY)
            aof_path(sh, m->files[i].name, d->paths[d->count++]);
    }
    d->shell = sh;
    d->work.data = d;
    if (uv_queue_work(sh->loop, &d->work, run_deletion, on_deleted) != 0)
        free(d);
}
