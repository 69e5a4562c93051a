#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "store/error_stats.h"
#include "store/stats_text.h"
#include "wire/buf.h"

static struct error_stats stats;

static void add(const char *reply)
{
    error_stats_add(&stats, slice_str(reply));
}

static void test_kinds(void)
{
    struct buf text = { 0 };

    memset(&stats, 0, sizeof(stats));
    add("-WRONGTYPE x\r\n"), add("-ERR a\r\n"), add("-ERR b\r\n"), add("+OK\r\n"), add(""),
        add("-\r\n");
    add("-AWORDTHATISLONGERTHANANYBUTNOTTHATLONG\r\n");
    stats_text_errors(&stats, &text);
    CU_ASSERT(slice_is(buf_slice(&text),
                       "errorstat_:count=1\r\n"
                       "errorstat_AWORDTHATISLONGERTHANAN:count=1\r\n"
                       "errorstat_ERR:count=2\r\nerrorstat_WRONGTYPE:count=1\r\n"));
    CU_ASSERT_EQUAL(stats.sum, 5);
    buf_done(&text);
}

/* Kinds beyond the limit are in the sum only; those that are there go on. */
static void test_limit(void)
{
    char reply[32];

    memset(&stats, 0, sizeof(stats));
    for (int i = 0; i < 2 * ERROR_KINDS_MAX; i++) {
        snprintf(reply, sizeof(reply), "-KIND%d x\r\n", i);
        add(reply);
    }
    add("-KIND0 x\r\n");
    CU_ASSERT_EQUAL(stats.n, ERROR_KINDS_MAX);
    CU_ASSERT_EQUAL(stats.sum, 2 * ERROR_KINDS_MAX + 1);
    CU_ASSERT_EQUAL(stats.kinds[0].count, 2);
}

static const struct unit_case cases[] = {
    { "errors by kind", test_kinds },
    { "many kinds", test_limit },
};

int main(void)
{
    return unit_main("store_stats", cases, sizeof(cases) / sizeof(cases[0]));
}
