#include "sentinel/things.h"

#include <assert.h>
#include <stdlib.h>

uint32_t thing_add(struct core *core, enum thing_kind kind, void *ptr)
{
    assert(core->n_things < THINGS_MAX);
    if (core->n_things + 1 >= core->cap_things) {
        core->cap_things = core->cap_things ? core->cap_things * 2 : 64;
        core->things = realloc(core->things, core->cap_things * sizeof *core->things);
        assert(core->things != NULL);
    }
    uint32_t id = ++core->n_things; /* 0 stands for "none" */

    core->things[id] = (struct thing){ .kind = kind, .ptr = ptr };
    return id;
}

void thing_remove(struct core *core, uint32_t id)
{
    assert(id > 0 && id <= core->n_things);
    core->things[id] = (struct thing){ .kind = THING_NONE };
}

void *thing_find(const struct core *core, uint32_t id, enum thing_kind kind)
{
    if (id == 0 || id > core->n_things || core->things[id].kind != kind)
        return NULL;
    return core->things[id].ptr;
}

void core_arm(struct core *core, struct deadline *deadline, msec at)
{
    deadline_arm(&core->deadlines, deadline, msec_max(at, core->now + 1));
}

struct node *core_find_node(const struct core *core, uint32_t id)
{
    return thing_find(core, id, THING_NODE);
}

struct peer *core_find_peer(const struct core *core, uint32_t id)
{
    return thing_find(core, id, THING_PEER);
}
