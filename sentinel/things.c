#include "sentinel/things.h"

#include <assert.h>
#include <stdlib.h>

/* The id that has rested longest. */
static uint32_t take_rested(struct core *core)
{
    uint32_t id = core->gone_first;

    core->gone_first = core->things[id].next;
    core->n_gone--;
    return id;
}

/* An id that nobody has had yet; 0 stands for "none". */
static uint32_t take_new(struct core *core)
{
    assert(core->n_things < THINGS_MAX);
    if (core->n_things + 1 >= core->cap_things) {
        core->cap_things = core->cap_things ? core->cap_things * 2 : 64;
        core->things = realloc(core->things, core->cap_things * sizeof *core->things);
        assert(core->things != NULL);
    }
    return ++core->n_things;
}

uint32_t thing_add(struct core *core, enum thing_kind kind, void *ptr)
{
    uint32_t id = core->n_gone > THINGS_REST_MIN ? take_rested(core) : take_new(core);

    core->things[id] = (struct thing){ .kind = kind, .ptr = ptr };
    return id;
}

void thing_remove(struct core *core, uint32_t id)
{
    assert(id > 0 && id <= core->n_things);
    core->things[id] = (struct thing){ .kind = THING_NONE };
    if (core->n_gone++ == 0)
        core->gone_first = id;
    else
        core->things[core->gone_last].next = id;
    core->gone_last = id;
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
