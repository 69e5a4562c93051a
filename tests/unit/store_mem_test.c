#include "tests/unit/unit.h"

#include <malloc.h>

#include "store/mem.h"

/* What is counted for a block is what the allocator says that it has, and the length before it. A
 * sanitizer's allocator says something else. */
static void test_block_bytes(void)
{
#ifndef __SANITIZE_ADDRESS__
    for (size_t n = 1; n < 3000; n++) {
        void *p = mem_alloc(n);
        CU_ASSERT(mem_block_bytes(n) <= malloc_usable_size(p) + sizeof(size_t));
        CU_ASSERT(mem_block_bytes(n) + 16 >= malloc_usable_size(p) + sizeof(size_t));
        mem_free(p, n);
    }
#endif
    CU_ASSERT_EQUAL(mem_block_bytes(1), 32);
    CU_ASSERT_EQUAL(mem_block_bytes(24), 32);
    CU_ASSERT_EQUAL(mem_block_bytes(25), 48);
}

/* However a block was made and resized, nothing remains of it in the count. */
static void test_count(void)
{
    size_t before = mem_used();
    void *p = mem_resize(NULL, 0, 20);

    CU_ASSERT_EQUAL(mem_used(), before + 32);
    p = mem_resize(p, 20, 24);
    CU_ASSERT_EQUAL(mem_used(), before + 32);
    p = mem_resize(p, 24, 100);
    CU_ASSERT_EQUAL(mem_used(), before + 112);
    p = mem_resize(p, 100, 1);
    mem_free(p, 1);
    p = mem_alloc_zero(7);
    mem_free(p, 7);
    mem_free(NULL, 7);
    CU_ASSERT_EQUAL(mem_used(), before);
}

static const struct unit_case cases[] = {
    { "what a block takes", test_block_bytes },
    { "the count", test_count },
};

int main(void)
{
    return unit_main("store_mem", cases, sizeof(cases) / sizeof(cases[0]));
}
