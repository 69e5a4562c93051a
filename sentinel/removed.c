#include "sentinel/removed.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/options.h"

static void copy_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

/* A new entry; NULL when there are too many. */
static struct removed *append(struct core *core, const char *name)
{
    struct removed *removed;

    if (core->n_removed == GROUPS_MAX)
        return NULL;
    core->removed = realloc(core->removed, (core->n_removed + 1) * sizeof *core->removed);
    assert(core->removed != NULL);
    removed = &core->removed[core->n_removed++];
    memset(removed, 0, sizeof *removed);
    copy_name(removed->name, name);
    return removed;
}

void removed_add(struct core *core, const struct removed *removed)
{
    struct removed *entry = append(core, removed->name);
    struct row *row;

    if (entry == NULL)
        return;
    *entry = *removed;
    row = output_row(&core->output, ROW_REMOVED);
    copy_name(row->group, removed->name);
    row->base_addr = removed->addr;
    row->base = removed->conf;
}

struct removed *removed_find(const struct core *core, const char *name)
{
    for (size_t i = 0; i < core->n_removed; i++) {
        if (strcmp(core->removed[i].name, name) == 0)
            return &core->removed[i];
    }
    return NULL;
}

void removed_forget(struct core *core, struct removed *removed)
{
    copy_name(output_row(&core->output, ROW_REMOVED_GONE)->group, removed->name);
    *removed = core->removed[--core->n_removed];
}

bool removed_is_same(const struct removed *removed, const struct request *request)
{
    return addr_equal(&removed->addr, &request->addr) &&
           options_differ(&group_table, &removed->conf, &request->conf) == 0;
}

void removed_retain(struct core *core)
{
    for (size_t i = core->n_removed; i-- > 0;) {
        if (!core->removed[i].configured)
            removed_forget(core, &core->removed[i]);
        else
            core->removed[i].configured = false;
    }
}

void removed_restore(struct core *core, const struct row *row)
{
    struct removed *removed = append(core, row->group);

    if (removed == NULL)
        return;
    removed->addr = row->base_addr;
    removed->conf = row->base;
}
