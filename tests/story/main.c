/*
 * story: tells stories on the simulator and compares what was told with what is
 * written down. The lines that begin with "    [" are the expected ones; -rewrite puts what
 * came in their place: read the difference, and keep it only if you understand it.
 *
 *   story [-rewrite] FILE.story...
 *   story -h
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/story/command.h"

#define FILE_BYTES_MAX (1 << 20)
#define TRACE_PREFIX   "    ["

struct text {
    char *bytes;
    size_t n, cap;
};

static void put(struct text *text, const char *bytes)
{
    size_t n = strlen(bytes);

    if (text->n + n + 1 > text->cap) {
        text->cap = (text->n + n + 1) * 2;
        text->bytes = realloc(text->bytes, text->cap);
        assert(text->bytes != NULL);
    }
    memcpy(text->bytes + text->n, bytes, n + 1);
    text->n += n;
}

static bool read_file(const char *path, struct text *ret_text)
{
    FILE *file = fopen(path, "r");
    char line[STORY_LINE_MAX];

    if (file == NULL) {
        printf("FAIL %s: %s\n", path, strerror(errno));
        return false;
    }
    put(ret_text, "");
    while (fgets(line, sizeof line, file) != NULL && ret_text->n < FILE_BYTES_MAX)
        put(ret_text, line);
    fclose(file);
    return true;
}

static bool write_file(const char *path, const char *bytes)
{
    FILE *file = fopen(path, "w");

    if (file == NULL || fputs(bytes, file) < 0 || fclose(file) != 0) {
        printf("FAIL %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

static bool is_trace(const char *line)
{
    return strncmp(line, TRACE_PREFIX, strlen(TRACE_PREFIX)) == 0;
}

static bool is_expect(const char *line)
{
    return strncmp(line, "expect", 6) == 0;
}

/* The lines of a trace that stand at TEXT; returns where they end. */
static const char *skip_trace(const char *text)
{
    while (is_trace(text)) {
        const char *end = strchr(text, '\n');
        text = end != NULL ? end + 1 : text + strlen(text);
    }
    return text;
}

/* Tell a block that came out differently: both of them. */
static void show_both(const char *path, int line, const char *expected, size_t n, const char *got)
{
    printf("%s:%d: expected\n%.*s", path, line, (int)n, expected);
    printf("%s:%d: came\n%s", path, line, got);
}

/* Run the story in TEXT; what came goes, with everything else, to RET_TOLD. */
static bool tell(const char *path, const char *text, struct text *ret_told, bool quiet)
{
    struct story story;
    bool ok = true;
    int number = 0;

    story_init(&story);
    while (ok && *text != '\0') {
        char line[STORY_LINE_MAX];
        size_t n = strcspn(text, "\n");
        const char *next = text[n] == '\n' ? text + n + 1 : text + n;

        snprintf(line, sizeof line, "%.*s\n", (int)n, text);
        number++;
        put(ret_told, line);
        ok = story_do(&story, line);
        if (!ok)
            printf("%s:%d: %s\n", path, number, story.error);
        text = next;
        if (!is_expect(line))
            continue;
        const char *end = skip_trace(text);
        char *came = story_take_trace(&story);
        if (!quiet && (strlen(came) != (size_t)(end - text) ||
                       strncmp(came, text, (size_t)(end - text)) != 0))
            show_both(path, number, text, (size_t)(end - text), came);
        put(ret_told, came);
        free(came);
        for (; text < end; text++)
            number += *text == '\n';
    }
    story_done(&story);
    return ok;
}

static bool check(const char *path, bool rewrite)
{
    struct text text = { NULL, 0, 0 }, told = { NULL, 0, 0 };
    bool ok = read_file(path, &text) && tell(path, text.bytes, &told, rewrite);

    if (ok && strcmp(text.bytes, told.bytes) != 0)
        ok = rewrite && write_file(path, told.bytes);
    if (!ok)
        printf("FAIL %s\n", path);
    free(text.bytes);
    free(told.bytes);
    return ok;
}

int main(int argc, char **argv)
{
    bool rewrite = argc > 1 && strcmp(argv[1], "-rewrite") == 0;
    int passed = 0, failed = 0;

    if (argc > 1 && strcmp(argv[1], "-h") == 0) {
        story_help();
        return 0;
    }
    for (int i = 1 + rewrite; i < argc; i++) {
        if (check(argv[i], rewrite))
            passed++;
        else
            failed++;
    }
    printf("story: %d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
