#include "sentinel/reload_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/hook.h"
#include "sentinel/config_io.h"
#include "sentinel/input.h"
#include "sentinel/shell_io.h"
#include "wire/log_io.h"

struct reload {
    uv_loop_t *loop;
    const char *path;
    void (*apply)(void *arg, struct config *config); /* NULL once freed */
    void *arg;
    uv_work_t work;
    bool reading;
    bool again; /* it was asked for while we read */
    /* brought back by the worker: */
    struct config config;
    int rc;
    char error[CONFIG_ERROR_MAX];
};

/* How long who is asked that may take to answer: 0 when there is nobody. */
static msec longest(const struct hook_list *list, const char *question)
{
    msec longest_ms = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (hook_has_question(&list->hooks[i], question))
            longest_ms = msec_max(longest_ms, list->hooks[i].timeout_ms);
    }
    return longest_ms;
}

void reload_settings(struct shell *shell, const struct config *config)
{
    shell_set_hooks(shell, config->hooks.hooks, config->hooks.n); /* to hear of what follows */
    shell_submit(shell,
                 &(struct request){ .kind = REQUEST_CONFIGURE_GLOBAL, .global = config->global });
    shell_submit(shell,
                 &(struct request){ .kind = REQUEST_QUESTIONS,
                                    .questions = { longest(&config->hooks, HOOK_PRE_SWITCHOVER),
                                                   longest(&config->hooks, HOOK_PRE_FAILOVER) } });
    shell_submit(shell, &(struct request){ .kind = REQUEST_VOTERS,
                                           .voters = config->voters,
                                           .n_voters = config->n_voters });
    for (size_t i = 0; i < config->n_groups; i++) {
        const struct group_decl *decl = &config->groups[i];
        struct request request = { .kind = REQUEST_CONFIGURE,
                                   .addr = decl->addr,
                                   .conf = decl->conf };

        memcpy(request.name, decl->name, sizeof request.name);
        shell_submit(shell, &request);
    }
    shell_submit(shell, &(struct request){ .kind = REQUEST_RETAIN });
}

struct reload *reload_new(uv_loop_t *loop, const char *path,
                          void (*apply)(void *arg, struct config *config), void *arg)
{
    struct reload *reload = calloc(1, sizeof *reload);

    if (reload == NULL)
        return NULL;
    reload->loop = loop;
    reload->path = path;
    reload->apply = apply;
    reload->arg = arg;
    reload->work.data = reload;
    return reload;
}

/* On a thread of the pool. */
static void read_file(uv_work_t *work)
{
    struct reload *reload = work->data;

    reload->rc = config_load(&reload->config, reload->path, reload->error);
}

static void file_read(uv_work_t *work, int status)
{
    struct reload *reload = work->data;
    bool good = status == 0 && reload->rc == 0;

    reload->reading = false;
    if (reload->apply == NULL) {
        if (good)
            config_done(&reload->config);
        free(reload);
        return;
    }
    if (!good)
        log_error("%s; the configuration stays as it was", reload->error);
    reload->apply(reload->arg, good ? &reload->config : NULL);
    if (reload->again)
        reload_start(reload);
}

void reload_start(struct reload *reload)
{
    reload->again = reload->reading;
    if (reload->reading)
        return;
    if (uv_queue_work(reload->loop, &reload->work, read_file, file_read) == 0)
        reload->reading = true;
}

void reload_free(struct reload *reload)
{
    if (reload == NULL)
        return;
    reload->apply = NULL;
    if (!reload->reading)
        free(reload);
}
