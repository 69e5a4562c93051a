#include "sentinel/import_words.h"

#include <stdio.h>

#include "tests/unit/unit.h"

/* The words, joined by |; "!" when the line cannot be taken apart. */
static void check_words(const char *line, const char *wanted)
{
    struct import_words words;
    char got[256] = "!";
    size_t n = 0;
    if (import_words_split(&words, slice_str(line)) == IMPORT_WORDS_GOOD) {
        got[0] = '\0';
        for (size_t i = 0; i < words.n; i++)
            n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.*s", i ? "|" : "",
                                  (int)words.list[i].n, words.list[i].p);
        import_words_done(&words);
    }
    CU_ASSERT_STRING_EQUAL(got, wanted);
    if (strcmp(got, wanted) != 0)
        printf("of: %s\ngot: %s\n", line, got);
}

static void test_words(void)
{
    check_words("", "");
    check_words(" a  b\tc\r", "a|b|c");
    check_words("\"a b\" 'c d'", "a b|c d");
    check_words("\"\" ''", "|");
    check_words("\"\\x41\\x7a\\xzz\\x4\"", "Azxzzx4");
    check_words("\"\\n\\r\\t\\a\\b\\q\\\\\\\"\"", "\n\r\t\a\bq\\\"");
    check_words("'\\n\\'\\\\ '", "\\n'\\\\ ");
    check_words("'a\\\\'", "!"); /* the second backslash belongs to the quote */
    check_words("a\\x41", "a\\x41");
    check_words("a\"b c\"", "ab c");
    check_words("a\\'b'", "a\\b");
    check_words("\"a\"b", "!");
    check_words("'a'b", "!");
    check_words("\"a", "!");
    check_words("'a", "!");
    check_words("\"a\\", "!");
    check_words("\"a\\\"", "!");
    check_words("\"\\x4", "!");
    check_words("'a\\'", "!");
    check_words("passA\"x", "!");
}

static const struct unit_case cases[] = {
    { "quoting and escapes", test_words },
};

int main(void)
{
    return unit_main("import_words", cases, sizeof(cases) / sizeof(cases[0]));
}
