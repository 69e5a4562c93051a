#include "store/load_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/save_io.h"
#include "store/shell_io.h"

/* Files of children that died with an earlier process. The folder is ours alone, so none belongs to
 * a living one. */
static void remove_leftovers(void)
{
    DIR *dir = opendir(".");
    struct dirent *item;
    int pid, len;

    while (dir != NULL && (item = readdir(dir)) != NULL) {
        len = 0;
        if (sscanf(item->d_name, SAVE_TEMP_FORMAT "%n", &pid, &len) == 1 && len > 0 &&
            item->d_name[len] == '\0')
            unlink(item->d_name);
    }
    if (dir != NULL)
        closedir(dir);
}

static void on_idle_closed(uv_handle_t *handle)
{
    (void)handle;
}

/* Frees what the reading needed; what was read stays in v->fresh. */
static void end_reading(struct loader *v)
{
    uv_close((uv_handle_t *)&v->idle, on_idle_closed);
    close(v->fd);
    v->fd = -1;
    rdb_reader_done(&v->reader);
    buf_done(&v->unread);
}

static void fail(struct shell *sh, const char *why)
{
    char copy[RDB_ERROR_TEXT_MAX];

    snprintf(copy, sizeof(copy), "%s", why);
    end_reading(&sh->loader);
    keyspace_done(&sh->loader.fresh);
    shell_load_failed(sh, copy);
}

static void finish(struct shell *sh)
{
    struct loader *v = &sh->loader;
    struct rdb_info info = v->reader.info;

    v->keys_loaded = v->reader.keys;
    v->keys_expired = v->reader.keys_expired;
    end_reading(v);
    keyspace_swap(&sh->store.data, &v->fresh);
    keyspace_done(&v->fresh);
    shell_loaded(sh, &info);
}

/* Reads one portion, so that clients get their -LOADING in between. */
static void on_idle(uv_idle_t *idle)
{
    struct shell *sh = idle->data;
    struct loader *v = &sh->loader;
    char *to = buf_reserve(&v->unread, LOAD_CHUNK_BYTES);
    enum rdb_read_status status;
    size_t used;
    ssize_t n;

    n = to != NULL ? read(v->fd, to, LOAD_CHUNK_BYTES) : -1;
    if (n < 0) {
        if (errno != EINTR)
            fail(sh, strerror(errno));
        return;
    }
    buf_commit(&v->unread, (size_t)n);
    shell_set_clock(sh);
    status = rdb_read(&v->reader, buf_data(&v->unread), buf_used(&v->unread), &used);
    buf_consume(&v->unread, used);
    if (status == RDB_READ_MORE && n == 0) {
        rdb_read_cut(&v->reader);
        status = RDB_READ_BROKEN;
    }
    if (status == RDB_READ_BROKEN)
        fail(sh, v->reader.error);
    else if (status == RDB_READ_DONE)
        finish(sh);
}

void load_start(struct shell *sh)
{
    struct loader *v = &sh->loader;
    const char *name = option_text(&sh->store.options, OPT_DBFILENAME);
    bool as_primary = !addr_is_set(&sh->store.options.primary);
    unsigned char seed[HASH_KEY_SIZE];
    struct rdb_info none = { .has_repl = false };
    struct stat st;

    remove_leftovers();
    v->fd = open(name, O_RDONLY | O_CLOEXEC);
    if (v->fd < 0 && errno == ENOENT) {
        shell_loaded(sh, &none);
        return;
    }
    if (v->fd < 0 || fstat(v->fd, &st) != 0) {
        shell_load_failed(sh, strerror(errno));
        return;
    }
    v->size = (uint64_t)st.st_size;
    v->started_s = sh->store.now_ms / 1000;
    memcpy(seed, &sh->store.data.hash_key, sizeof(seed));
    keyspace_init(&v->fresh, seed);
    v->fresh.access_clock = sh->store.data.access_clock;
    rdb_reader_init(&v->reader, &v->fresh, as_primary ? sh->store.now_ms : -1);
    v->reader.limits = sh->store.options.limits;
    uv_idle_init(sh->loop, &v->idle);
    v->idle.data = sh;
    uv_idle_start(&v->idle, on_idle);
}

void load_stop(struct shell *sh)
{
    if (sh->loader.fd < 0)
        return;
    end_reading(&sh->loader);
    keyspace_done(&sh->loader.fresh);
}
