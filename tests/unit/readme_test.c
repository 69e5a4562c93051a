/* The README says of everything that Sentinel has whether it is here: nothing in our tables may be
 * missing from it. */
#include <stdio.h>
#include <string.h>

#include "notify/event.h"
#include "sentinel/admin_own.h"
#include "sentinel/global_conf.h"
#include "sentinel/group_conf.h"
#include "tests/unit/unit.h"

static char text[1 << 20];

static void read_text(void)
{
    FILE *file = fopen("README.md", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t n = fread(text, 1, sizeof(text) - 1, file);
    CU_ASSERT_FATAL(n > 0 && n < sizeof(text) - 1);
    text[n] = '\0';
    fclose(file);
}

/* WORD stands in the text behind `, or behind a space, and ends there. */
static void check_named(const char *word)
{
    size_t len = strlen(word);
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        if ((p[-1] == '`' || p[-1] == ' ') && (p[len] == '`' || p[len] == ' '))
            return;
    printf("README.md does not name %s\n", word);
    CU_FAIL("something is missing");
}

static void test_events(void)
{
    read_text();
    for (int kind = 0; kind < EVENT_COUNT; kind++)
        check_named(event_name((enum event_kind)kind));
}

static void check_options(const struct conf_table *table)
{
    for (size_t i = 0; i < table->n; i++)
        check_named(table->options[i].file_name);
}

static void test_options(void)
{
    read_text();
    check_options(&group_table);
    check_options(&global_table);
}

static void check_commands(const struct command *rows)
{
    for (; rows->name; rows++) {
        char name[COMMAND_NAME_MAX + 1];
        admin_write_upper(name, sizeof(name), rows->name, "");
        check_named(name);
        if (rows->subs)
            check_commands(rows->subs);
    }
}

static void test_commands(void)
{
    read_text();
    check_commands(admin_commands);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "events", test_events },
        { "options", test_options },
        { "commands", test_commands },
    };

    return unit_main("readme", cases, sizeof(cases) / sizeof(cases[0]));
}
