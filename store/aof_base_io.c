/* New bases of the log, written at once, and the files of commands behind them. */
#include <stdio.h>
#include <string.h>

#include "store/aof_parts_io.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

bool aof_add_incr(struct shell *sh, struct aof_manifest *m, int64_t *ret_seq,
                  char name[AOF_FILE_NAME_MAX])
{
    const struct aof_file *f;

    if (m->count + 2 > AOF_FILES_MAX) {
        log_error("append-only log: %s has %zu files already", aof_folder(sh), m->count);
        return false;
    }
    f = aof_manifest_add(m, aof_prefix(sh), AOF_INCR);
    *ret_seq = f->seq;
    snprintf(name, AOF_FILE_NAME_MAX, "%s", f->name);
    return true;
}

void aof_plan_base(struct shell *sh, struct aof_manifest *m, int64_t incr_seq,
                   char name[AOF_FILE_NAME_MAX])
{
    snprintf(name, AOF_FILE_NAME_MAX, "%s", aof_manifest_add(m, aof_prefix(sh), AOF_BASE)->name);
    aof_manifest_retire(m, incr_seq);
}

bool aof_write_base(struct shell *sh, char *ret_error, size_t error_size)
{
    char base[AOF_FILE_NAME_MAX], incr[AOF_FILE_NAME_MAX], why[SAVE_ERROR_TEXT_MAX];
    const struct save_target to = { aof_folder(sh), base, true };
    struct aof_manifest m;
    int64_t seq;

    aof_manifest_copy(&m, &sh->aof.manifest);
    snprintf(ret_error, error_size, "cannot begin a log in %.200s", aof_folder(sh));
    if (!aof_need_folder(sh) || !aof_add_incr(sh, &m, &seq, incr))
        goto failed;
    aof_plan_base(sh, &m, seq, base);
    if (!save_write(sh, &to, why)) {
        snprintf(ret_error, error_size, "%s", why);
        goto failed;
    }
    if (!aof_open(sh, incr, true))
        goto failed;
    if (!aof_persist(sh, &m)) {
        aof_close(sh);
        return false;
    }
    sh->aof.phase = AOF_ON;
    sh->store.aof.error[0] = '\0';
    sh->aof.grown_from_bytes = aof_bytes(&sh->aof);
    aof_delete_history(sh);
    return true;

failed:
    aof_manifest_done(&m);
    return false;
}

bool aof_start(struct shell *sh, char *ret_error, size_t error_size)
{
    struct aof_writer *w = &sh->aof;
    const struct aof_file *last;
    struct aof_manifest m;
    char name[AOF_FILE_NAME_MAX];
    int64_t seq;

    if (!w->was_found && aof_find(sh, ret_error, error_size) == AOF_FOUND_BROKEN)
        return false;
    if (w->manifest.count == 0)
        return aof_write_base(sh, ret_error, error_size);
    snprintf(ret_error, error_size, "the log in %.200s cannot be continued", aof_folder(sh));
    last = aof_manifest_last(&w->manifest, AOF_INCR);
    if (last != NULL) {
        snprintf(name, sizeof(name), "%s", last->name);
        if (!aof_open(sh, name, false))
            return false;
    } else {
        aof_manifest_copy(&m, &w->manifest);
        if (!aof_add_incr(sh, &m, &seq, name) || !aof_open(sh, name, true)) {
            aof_manifest_done(&m);
            return false;
        }
        if (!aof_persist(sh, &m))
            return false;
    }
    aof_measure(sh);
    w->grown_from_bytes = w->older_bytes;
    w->phase = AOF_ON;
    aof_delete_history(sh);
    return true;
}
