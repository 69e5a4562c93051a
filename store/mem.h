/*
 * Memory of the data, counted: what INFO calls used_memory, with what the allocator adds to it. The
 * caller says how large a block was when it gives it back, so counting costs an addition. A store
 * that gets no memory cannot go on: these functions do not return without it.
 */
#ifndef STORE_MEM_H
#define STORE_MEM_H

#include <stddef.h>

/* What glibc's allocator takes for a block of this size: its length goes before it, and the next
 * block starts at a multiple of 16. */
static inline size_t mem_block_bytes(size_t size)
{
    size_t bytes = (size + sizeof(size_t) + 15) & ~(size_t)15;
    return bytes < 32 ? 32 : bytes;
}

void *mem_alloc(size_t size);
void *mem_alloc_zero(size_t size);
void *mem_resize(void *p, size_t old_size, size_t size); /* p NULL: old_size is 0 */
void mem_free(void *p, size_t size);                     /* p NULL: nothing */

/* Steps in which a block is freed, that none of them takes long: the system takes pages back one by
 * one. The address sanitizer copies what a block is cut down to, so there its steps are larger. */
#ifdef __SANITIZE_ADDRESS__
#define MEM_STEP_BYTES ((size_t)256 * 1024)
#else
#define MEM_STEP_BYTES ((size_t)16 * 1024)
#endif
static inline size_t mem_steps(size_t size)
{
    return 1 + size / MEM_STEP_BYTES;
}

/* Frees a block by up to *left steps and counts them off it; returns the size of what remains,
 * which begins with MEM_KEPT_BYTES of what it was; 0: all is freed. */
#define MEM_KEPT_BYTES 64
size_t mem_free_some(void **p, size_t size, size_t *left);

/*
 * Lets the allocator put away what was freed since it was asked for a block the last time; to be
 * called when many blocks have been. Else the next request of anybody does it for all of them.
 */
void mem_settle(void);

/* Bytes of all blocks, by mem_block_bytes. */
size_t mem_used(void);

#endif
