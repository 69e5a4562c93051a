/*
 * Memory of the data, counted: what INFO calls used_memory. The caller says how large a block was
 * when it gives it back, so counting costs an addition. A store that gets no memory cannot go on:
 * these functions do not return without it.
 */
#ifndef STORE_MEM_H
#define STORE_MEM_H

#include <stddef.h>

/* What the allocator adds to each block, on average. */
#define MEM_BLOCK_OVERHEAD 16

void *mem_alloc(size_t size);
void *mem_alloc_zero(size_t size);
void *mem_resize(void *p, size_t old_size, size_t size); /* p NULL: old_size is 0 */
void mem_free(void *p, size_t size);                     /* p NULL: nothing */

/* Bytes in all blocks, with their overhead. */
size_t mem_used(void);

#endif
