#include "sentinel/import_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/config_io.h"
#include "sentinel/import.h"
#include "tests/unit/unit.h"
#include "wire/prng.h"

#define MON "sentinel monitor m 10.0.0.1 6379 2\n"

static char dir[] = "/tmp/picket-import-XXXXXX";
static char out[1 << 20]; /* what the last convert() wrote, */
static char said[65536];  /* and what it said */

static const char *path_of(const char *name)
{
    static char paths[2][256];
    static int turn;
    char *path = paths[turn++ % 2];
    snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
    return path;
}

static void write_bytes(const char *name, const char *bytes, size_t n)
{
    FILE *file = fopen(path_of(name), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void write_file(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

/* Import the file; the exit status. */
static int convert(const char *name)
{
    memset(out, 0, sizeof(out));
    memset(said, 0, sizeof(said));
    FILE *to = fmemopen(out, sizeof(out), "w");
    FILE *errors = fmemopen(said, sizeof(said), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    CU_ASSERT_PTR_NOT_NULL_FATAL(errors);
    int status = import_file(path_of(name), to, errors);
    fclose(to);
    fclose(errors);
    return status;
}

static void check_said(const char *wanted)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(said, wanted));
    if (!strstr(said, wanted))
        printf("said: %s", said);
    CU_ASSERT_STRING_EQUAL(out, "");
}

static void test_includes(void)
{
    char text[1024];
    snprintf(text, sizeof(text), "include %s/*.inc\ninclude %s/no*.inc2\nport 7\n", dir, dir);
    write_file("s.conf", text);
    write_file("b.inc", "sentinel monitor b 10.0.0.2 6379 2"); /* no line end */
    write_file("a.inc", MON "sentinel parallel-syncs b 5\n");
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_SUCCESS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "port = 7;"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "parallel_syncs = 5;"));
    /* Sorted: a before b. */
    CU_ASSERT(strstr(out, "\"m\"") < strstr(out, "\"b\""));
    /* An error names the file in which it stands. */
    write_file("a.inc", "\nbogus 1\n");
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_FAILURE);
    check_said("/a.inc:2: bogus: no directive");
    unlink(path_of("a.inc"));
    unlink(path_of("b.inc"));
}

static void test_unreadable(void)
{
    char text[1024];
    CU_ASSERT_EQUAL(convert("gone"), EXIT_FAILURE);
    check_said("/gone: cannot be read: No such file or directory\n");
    snprintf(text, sizeof(text), "port 1\ninclude %s/gone\ninclude %s\n", dir, dir);
    write_file("s.conf", text);
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_FAILURE);
    check_said("/s.conf:2: include: ");
    check_said("/gone cannot be read: No such file or directory\n");
    check_said("/s.conf:3: include: ");
    check_said(" cannot be read: Is a directory\n");
    CU_ASSERT_EQUAL(mkfifo(path_of("pipe"), 0600), 0);
    CU_ASSERT_EQUAL(convert("pipe"), EXIT_FAILURE);
    check_said("/pipe: cannot be read: ");
    unlink(path_of("pipe"));
}

/* A file that includes itself, once and often. */
static void test_loops(void)
{
    char text[1024];
    snprintf(text, sizeof(text), "include %s/s.conf\n", dir);
    write_file("s.conf", text);
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_FAILURE);
    check_said("/s.conf:1: include: too many files, allowed are 256, included 16 deep at most\n");
    snprintf(text, sizeof(text), "include %s/s*.conf\ninclude %s/s.conf\n", dir, dir);
    write_file("s.conf", text);
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_FAILURE);
    check_said("include: too many files");
}

static void test_large(void)
{
    char text[1024];
    size_t n = IMPORT_BYTES_MAX + 4096;
    char *bytes = malloc(n);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    memset(bytes, 'x', n);
    write_bytes("s.conf", bytes, n);
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_FAILURE);
    check_said("/s.conf: cannot be read: File too large\n");
    write_bytes("s.conf", bytes, IMPORT_LINE_MAX + 1);
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_FAILURE);
    check_said("/s.conf:1: too long, allowed are lines of 64 KiB\n");
    /* Each file may be that large, but not both: each line is an error of its own anyway. */
    for (size_t i = 0; i < n; i += 32768)
        bytes[i] = '\n';
    write_bytes("large.inc", bytes, IMPORT_BYTES_MAX * 3 / 4);
    snprintf(text, sizeof(text), "include %s/large.inc\ninclude %s/large.inc\n", dir, dir);
    write_file("s.conf", text);
    CU_ASSERT_EQUAL(convert("s.conf"), EXIT_FAILURE);
    check_said("too much, allowed are 16 MiB for all files together\n");
    unlink(path_of("large.inc"));
    free(bytes);
}

/* Load the result as picketd would. */
static bool loads(void)
{
    struct config config;
    char error[CONFIG_ERROR_MAX];
    write_file("picketd.conf", out);
    if (config_load(&config, path_of("picketd.conf"), error) != 0) {
        printf("%s\n%s", error, out);
        return false;
    }
    config_done(&config);
    return true;
}

/* Values of all kinds, at random, in directives that take texts: what is accepted must load. */
static void test_loads(void)
{
    static const char *const heads[] = {
        "sentinel auth-pass m ",
        "sentinel auth-user m ",
        "sentinel sentinel-pass ",
        "sentinel announce-ip ",
        "sentinel rename-command m CONFIG ",
        "sentinel rename-command m ",

        "sentinel monitor ",
        "sentinel known-replica m ",
        "bind ",
        "daemonize ",
        "sentinel known-sentinel m ",
        "dir /",
    };
    static const char *const values[] = {
        "\"",
        "'",
        "\\",
        "\\\\",
        "\\x22",
        "\\x5c",
        "@include \"x\"",
        "#",
        "/*",
        "//",
        ";",
        "}",
        "=",
        " ",
        "a",
        "10.0.0.2",
        "6380",
        "2",
        "[::1]",
        "::1",
        "\xc3\xa9",
        "\xff",
        "%s",
        "${x}",
        ",",
        "60a3515785622521ebae310b7763c7d10272c4ad",
    };
    struct prng prng;
    struct buf text = { 0 };
    unsigned good = 0;
    prng_seed(&prng, 7);
    for (int i = 0; i < 1500; i++) {
        buf_reset(&text);
        buf_append_str(&text, MON);
        buf_append_str(&text, heads[prng_below(&prng, sizeof(heads) / sizeof(heads[0]))]);
        for (uint64_t k = prng_below(&prng, 8); k > 0; k--)
            buf_append_str(&text, values[prng_below(&prng, sizeof(values) / sizeof(values[0]))]);
        write_bytes("s.conf", buf_data(&text), buf_used(&text));
        if (convert("s.conf") != EXIT_SUCCESS)
            continue;
        good++;
        CU_ASSERT(loads());
    }
    CU_ASSERT(good > 200);
    buf_done(&text);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "includes and patterns", test_includes },
        { "what cannot be read", test_unreadable },
        { "a file that includes itself", test_loops },
        { "too large", test_large },
        { "what is accepted can be loaded", test_loads },
    };
    if (!mkdtemp(dir))
        return 1;
    int status = unit_main("import_io", cases, sizeof(cases) / sizeof(cases[0]));
    unlink(path_of("s.conf"));
    unlink(path_of("picketd.conf"));
    rmdir(dir);
    return status;
}
