/* What may follow the words of a command, by its row. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "sentinel/ctl/complete.h"

#define WORDS_MAX 8

static char offered[512];

static void hear(void *arg, const char *word)
{
    (void)arg;
    size_t len = strlen(offered);
    snprintf(offered + len, sizeof(offered) - len, "%s%s", len ? " " : "", word);
}

/* What is offered behind TYPED (words with spaces between), with spaces between. */
static void check_next(const char *args, const char *typed, const char *wanted)
{
    char text[256], *words[WORDS_MAX], *rest = text;
    int n = 0;

    snprintf(text, sizeof(text), "%s", typed);
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL && n < WORDS_MAX;)
        words[n++] = word;
    offered[0] = '\0';
    complete_next(args, n, words, hear, NULL);
    CU_ASSERT_STRING_EQUAL(offered, wanted);
}

static void test_places(void)
{
    check_next("", "", "");
    check_next("GROUP", "", "GROUP");
    check_next("GROUP", "orders", "");
    check_next("NODE FILE", "", "NODE");
    check_next("NODE FILE", "a:1", "FILE");
    check_next("NODE FILE", "a:1 b c", "");
    check_next("[GROUP]", "", "GROUP");
    check_next("GROUP NAME VALUE ...", "orders quorum", "VALUE");
}

static void test_choices(void)
{
    check_next("ID|GROUP", "", "ID GROUP");
    check_next("NODE [on|off]", "a:1", "on off");
    check_next("show|replay FILE", "", "show replay");
    check_next("show|replay FILE", "show", "FILE");
}

static void test_ways(void)
{
    check_next("show FILE | replay FILE [--to NODE]", "", "show replay --to");
    check_next("show FILE | replay FILE [--to NODE]", "show", "FILE");
    check_next("show FILE | replay FILE [--to NODE]", "replay", "FILE --to");
    check_next("show FILE | replay FILE [--to NODE]", "replay x --to", "NODE");
    check_next("NODE [on|off]", "a:1 maybe", "");
    check_next("GROUP [--empty | --dir DIR] [--wait S]", "g", "--empty --dir --wait");
    check_next("GROUP [--empty | --dir DIR] [--wait S]", "--empty", "GROUP --dir --wait");
    check_next("GROUP [--empty | --dir DIR] [--wait S]", "g --dir", "DIR");
}

static void test_options(void)
{
    check_next("GROUP [--to NODE] [--force]", "", "GROUP --to --force");
    check_next("GROUP [--to NODE] [--force]", "orders", "--to --force");
    check_next("GROUP [--to NODE] [--force]", "--to", "NODE");
    check_next("GROUP [--to NODE] [--force]", "--to a:1", "GROUP --force");
    check_next("GROUP [--to NODE] [--force]", "orders --force --to a:1", "");
    check_next("[--since N]", "--since", "N");
}

/* Rows that nobody would write do no harm. */
static void test_odd_rows(void)
{
    char row[512];

    memset(row, 'x', sizeof(row) - 1);
    row[sizeof(row) - 1] = '\0';
    check_next(row, "", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    for (size_t i = 1; i < sizeof(row) - 1; i += 2)
        row[i] = ' ';
    check_next(row, "x x", "x");
    check_next("[ ] ... ]", "", "");
    check_next("| a||b", "", "a b");
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "places", test_places },   { "choices", test_choices },   { "ways", test_ways },
        { "options", test_options }, { "odd rows", test_odd_rows },
    };

    return unit_main("ctl_complete", cases, sizeof(cases) / sizeof(cases[0]));
}
