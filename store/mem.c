#include "store/mem.h"

#include <assert.h>
#include <stdlib.h>

static size_t used;

void *mem_alloc(size_t size)
{
    void *p = malloc(size);

    assert(p != NULL);
    used += size + MEM_BLOCK_OVERHEAD;
    return p;
}

void *mem_alloc_zero(size_t size)
{
    void *p = calloc(1, size);

    assert(p != NULL);
    used += size + MEM_BLOCK_OVERHEAD;
    return p;
}

void *mem_resize(void *p, size_t old_size, size_t size)
{
    void *moved = realloc(p, size);

    assert(moved != NULL);
    used += size - old_size + (p == NULL ? MEM_BLOCK_OVERHEAD : 0);
    return moved;
}

void mem_free(void *p, size_t size)
{
    if (p == NULL)
        return;
    used -= size + MEM_BLOCK_OVERHEAD;
    free(p);
}

size_t mem_used(void)
{
    return used;
}
