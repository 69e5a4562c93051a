#include "probes/renames.h"

#include <string.h>

#include "tests/unit/unit.h"

static void test_valid(void)
{
    static const char *const good[] = { "", "  ", "A=b", "INFO=a  CONFIG=b-81 ", "a=a" };
    static const char *const bad[] = { "A",       "A=",   "=b",       "A=b=c", "A=b,c=d=e",
                                       "A=b a=c", "A =b", "A=b\tC=d", "A=b C" };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CU_ASSERT(renames_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT(!renames_valid(bad[i]));
}

static void test_find(void)
{
    char name[8];

    CU_ASSERT_STRING_EQUAL(renames_find("INFO=a CONFIG=b", "config", name, sizeof name), "b");
    CU_ASSERT_STRING_EQUAL(renames_find("INFO=a CONFIG=b", "CONF", name, sizeof name), "CONF");
    CU_ASSERT_STRING_EQUAL(renames_find("", "PING", name, sizeof name), "PING");
    CU_ASSERT_STRING_EQUAL(renames_find("PING=123456789", "PING", name, sizeof name), "1234567");
}

static void test_edit(void)
{
    char text[20];

    CU_ASSERT(renames_edit("", "INFO", "a", text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "INFO=a");
    CU_ASSERT(renames_edit(text, "PING", "b", text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "INFO=a PING=b");
    CU_ASSERT(renames_edit(text, "info", "c", text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "PING=b info=c");
    CU_ASSERT(!renames_edit(text, "AUTH", "dd", text, sizeof text)); /* one byte too long */
    CU_ASSERT_STRING_EQUAL(text, "PING=b info=c");
    CU_ASSERT(renames_edit(text, "INFO", "Info", text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "PING=b");
    CU_ASSERT(renames_edit(text, "PING", "PING", text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT(!renames_edit("", "", "a", text, sizeof text));
    CU_ASSERT(!renames_edit("", "a", "", text, sizeof text));
    CU_ASSERT(!renames_edit("", "a b", "c", text, sizeof text));
    CU_ASSERT(!renames_edit("", "a", "b=c", text, sizeof text));
}

static void test_next(void)
{
    const char *text = " A=b  C=d ";
    char command[4], name[4];

    CU_ASSERT(renames_next(&text, command, name, sizeof name));
    CU_ASSERT(strcmp(command, "A") == 0 && strcmp(name, "b") == 0);
    CU_ASSERT(renames_next(&text, command, name, sizeof name));
    CU_ASSERT(strcmp(command, "C") == 0 && strcmp(name, "d") == 0);
    CU_ASSERT(!renames_next(&text, command, name, sizeof name));
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "what is a list of renames", test_valid },
        { "find", test_find },
        { "edit", test_edit },
        { "one after the other", test_next },
    };

    return unit_main("renames", cases, sizeof cases / sizeof *cases);
}
