#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/log_io.h"

static char text[2 * LOG_LINE_MAX + 1];

/* What a child writes to stderr, in a process of its own since the kind of log is asked for once.
 */
static const char *output_of(void (*log)(void), bool journal)
{
    int ends[2];
    size_t n = 0;
    ssize_t got;
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        journal ? setenv("JOURNAL_STREAM", "1:2", 1) : unsetenv("JOURNAL_STREAM");
        log();
        _exit(0);
    }
    close(ends[1]);
    while (n < sizeof(text) - 1 && (got = read(ends[0], text + n, sizeof(text) - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    close(ends[0]);
    waitpid(pid, NULL, 0);
    return text;
}

static void log_plain(void)
{
    log_info("not shown");
    log_notice("port %d", 7);
}

static void log_hostile(void)
{
    log_error("a\nb\x1b[31m");
}

static void log_long(void)
{
    char words[2 * LOG_LINE_MAX];
    memset(words, 'w', sizeof(words) - 1);
    words[sizeof(words) - 1] = '\0';
    log_error("%s", words);
    log_error("next");
}

/* The text has this shape: 0 stands for any digit, all else for itself. */
static bool has_shape(const char *got, const char *shape)
{
    for (; *shape; got++, shape++) {
        bool digit = *got >= '0' && *got <= '9';
        if (*shape == '0' ? !digit : *got != *shape)
            return false;
    }
    return *got == '\0';
}

static void test_shape(void)
{
    CU_ASSERT(has_shape(output_of(log_plain, false), "0000-00-00T00:00:00.000Z notice port 0\n"));
    CU_ASSERT(has_shape(output_of(log_plain, true), "<0>port 0\n"));
    CU_ASSERT(strncmp(text, "<5>", 3) == 0);
}

static void test_hostile(void)
{
    CU_ASSERT_STRING_EQUAL(output_of(log_hostile, true), "<3>a?b?[31m\n");
}

static void test_long(void)
{
    output_of(log_long, true);
    CU_ASSERT_EQUAL(strlen(text), LOG_LINE_MAX + strlen("<3>next\n"));
    CU_ASSERT_STRING_EQUAL(text + LOG_LINE_MAX - 1, "\n<3>next\n");
}

static void test_levels(void)
{
    CU_ASSERT_STRING_EQUAL(log_level_name(LOG_LEVEL_WARNING), "warning");
}

static const struct unit_case cases[] = {
    { "time stamp or priority", test_shape },
    { "control characters", test_hostile },
    { "a long line is cut", test_long },
    { "levels by name", test_levels },
};

int main(void)
{
    return unit_main("log_io", cases, sizeof(cases) / sizeof(cases[0]));
}
