#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <uv.h>

#include "store/config_io.h"
#include "store/guard_io.h"
#include "store/shell_io.h"
#include "store/table_io.h"
#include "store/users_io.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

/* A reply of 100 KiB must not cost a map and an unmap, nor the pages of many such replies be given
 * back after each turn of the loop. */
#define MMAP_FROM_BYTES (1024 * 1024)
#define TRIM_FROM_BYTES (32 * 1024 * 1024)

/* Reads the configuration; true: go on, else *ret_status is the process's. */
static bool configure(struct shell *sh, int argc, char **argv, int *ret_status)
{
    char error[CONFIG_ERROR_TEXT_MAX];

    *ret_status = 0;
    switch (config_read_all(&sh->store.options, argc, argv, error)) {
    case CONFIG_RUN:
        if (config_lock_dir(&sh->store.options, error) && guard_load(sh, error) &&
            users_load(&sh->store, error))
            return true;
        break;
    case CONFIG_CHECK:
        if (!users_load(&sh->store, error))
            break;
        printf("the configuration is right\n");
        return false;
    case CONFIG_SHOWN:
        return false;
    case CONFIG_WRONG:
        break;
    }
    fprintf(stderr, "picket-store: %s\n", error);
    *ret_status = 1;
    return false;
}

int main(int argc, char **argv)
{
    static struct shell shell;
    struct {
        uint64_t seed;
        unsigned char hash[HASH_KEY_SIZE];
    } chance;
    uv_loop_t *loop = uv_default_loop();
    int status;

    /* Small free blocks are joined with their neighbours at once. Else they wait, without a limit,
     * to be joined all together by the next large request, which then takes as long as there are
     * millions of them. */
    mallopt(M_MXFAST, 0);
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM_BYTES);
    mallopt(M_TRIM_THRESHOLD, TRIM_FROM_BYTES);
    if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance)) {
        fprintf(stderr, "picket-store: the system gives no random numbers\n");
        return 1;
    }
    store_init(&shell.store, table_commands, chance.seed, chance.hash);
    if (configure(&shell, argc, argv, &status)) {
        if (shell_start(&shell, loop)) {
            loop_run(loop);
            status = shell.status;
        } else {
            status = 1;
        }
    }
    /* The data are left to the system: freeing millions of keys one by one would only delay the
     * end. */
    return status;
}
