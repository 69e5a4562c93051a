#include "store/mem.h"

#include <assert.h>
#include <stdlib.h>

#define SETTLE_BYTES 3000 /* beyond the quick lists */

static size_t used;

void *mem_alloc(size_t size)
{
    void *p = malloc(size);

    assert(p != NULL);
    used += mem_block_bytes(size);
    return p;
}

void *mem_alloc_zero(size_t size)
{
    void *p = calloc(1, size);

    assert(p != NULL);
    used += mem_block_bytes(size);
    return p;
}

void *mem_resize(void *p, size_t old_size, size_t size)
{
    void *moved = realloc(p, size);

    assert(moved != NULL);
    used += mem_block_bytes(size) - (p != NULL ? mem_block_bytes(old_size) : 0);
    return moved;
}

void mem_free(void *p, size_t size)
{
    if (p == NULL)
        return;
    used -= mem_block_bytes(size);
    free(p);
}

size_t mem_free_some(void **p, size_t size, size_t *left)
{
    size_t rest = size;

    if (*left >= mem_steps(size)) {
        *left -= mem_steps(size);
        mem_free(*p, size);
        return 0;
    }
    if (*left > 0) {
        rest = size - *left * MEM_STEP_BYTES + MEM_KEPT_BYTES;
        *p = mem_resize(*p, size, rest);
        *left = 0;
    }
    return rest;
}

/* glibc sorts free blocks when it looks for one that is too large for its quick lists. The pointer
 * is volatile so that the two calls are not left out. */
void mem_settle(void)
{
    void *volatile p = malloc(SETTLE_BYTES);

    free(p);
}

size_t mem_used(void)
{
    return used;
}
