/* What is refused, and files that nobody should write. */
#include "sentinel/model.h"
#include "tests/unit/config_drive.h"

static void test_bad_options(void)
{
    check_bad("", "picketd.conf:1: state_dir: is missing, allowed is the path of a folder");
    check_bad("state_dir = \"\";", "picketd.conf:1: state_dir: is empty, allowed are 1 to 1023 "
                                   "bytes");
    check_bad(STATE "\nfoo = 1;",
              "picketd.conf:3: foo: is no option here, allowed are " ROOT_OPTIONS);
    check_bad(STATE "listen = 5;", "picketd.conf:2: listen: is a whole number, allowed is a "
                                   "section: { name = value; ... }");
    check_bad(STATE "listen = { hots = \"x\"; };",
              "picketd.conf:2: listen.hots: is no option here, allowed are host, port");
    check_bad(STATE "listen = {\nport = \"80\"; };",
              "picketd.conf:3: listen.port: is a string, allowed are whole numbers from 1 to "
              "65535");
    check_bad(STATE "listen = { port = 65536; };",
              "picketd.conf:2: listen.port: 65536 is out of range, allowed are 1 to 65535");
    check_bad(STATE "listen = { host = \"a b\"; };",
              "picketd.conf:2: listen.host: \"a b\" can be no host, allowed is a string with an "
              "address or a host name");
    check_bad(STATE "maxclients = 1.5;",
              "picketd.conf:2: maxclients: is a fraction, allowed are whole numbers from 1 to "
              "65000");
    check_bad(STATE "log_level = \"loud\";",
              "picketd.conf:2: log_level: \"loud\" is not allowed, allowed are \"debug\", "
              "\"verbose\", \"notice\", \"warning\" and \"nothing\"");
    check_bad(STATE "log_level = true;",
              "picketd.conf:2: log_level: is a boolean, allowed is \"debug\", "
              "\"verbose\", \"notice\", \"warning\" and \"nothing\"");
}

static void test_bad_groups(void)
{
    check_bad(STATE "groups = [ 1 ];", "picketd.conf:2: groups: is an array, allowed is a list: ( "
                                       "{ ... }, { ... } )");
    check_bad(STATE "groups = (\n1 );",
              "picketd.conf:3: groups[0]: is a whole number, allowed is a section: { name = "
              "value; ... }");
    check_bad(STATE "groups = ( { name = \"a\"; host = \"h\"; } );",
              "picketd.conf:2: groups[0]: port is missing, name, host and port must be there");
    check_bad(STATE "groups = ( " GROUP "quorum = 0; } );",
              "picketd.conf:2: groups[0].quorum: 0 is out of range, allowed are 1 to 1000");
    /* Beyond 32 bits: what libconfig would make 1410065408 of. */
    check_bad(STATE "groups = ( " GROUP "down_after_ms = 10000000000; } );",
              "picketd.conf:2: groups[0].down_after_ms: 10000000000 is out of range, allowed are 1 "
              "to 86400000");
    check_bad(STATE "groups = ( " GROUP "crash_detection = \"no\"; } );",
              "picketd.conf:2: groups[0].crash_detection: \"no\" is not allowed, allowed are "
              "\"off\" and \"fast\"");
    check_bad(STATE "groups = ( " GROUP "auth_pass = \"hush\\n\"; } );",
              "picketd.conf:2: groups[0].auth_pass: this value is not allowed, allowed are strings "
              "of at most 255 bytes without control characters");
    check_bad(STATE "groups = ( { name = \"a,b\"; } );",
              "picketd.conf:2: groups[0].name: \"a,b\" can be no group's name, allowed are 1 to "
              "128 printable characters without space, comma and quotes");
    check_bad(STATE "groups = ( " GROUP "},\n { name = \"a\"; host = \"x\"; port = 1; } );",
              "picketd.conf:3: groups[1].name: \"a\" is the name of groups[0] too, allowed are "
              "names that differ");
    check_bad(STATE "groups = ( " GROUP "},\n { name = \"b\"; host = \"H\"; port = 1; } );",
              "picketd.conf:3: groups[1].host: H:1 is the primary of groups[0] too, allowed is one "
              "group for an address");
}

static void test_bad_syntax(void)
{
    check_bad(STATE "\n\nlisten = ;",
              "picketd.conf:4: syntax error, allowed is name = value; (each name once)");
    check_bad(STATE STATE,
              "picketd.conf:2: duplicate setting name, allowed is name = value; (each name once)");
    check_bad(STATE "x = \"abc\n",
              "picketd.conf:2: the string that begins here has no end, allowed is \"...\"");
    check_bad(STATE "\n/* abc\n",
              "picketd.conf:3: the comment that begins here has no end, allowed is /* ... */");
    check_bad(STATE "x = 99999999999999999999;",
              "picketd.conf:2: a number that is too large, allowed are 64 bits");
}

static void test_includes(void)
{
    struct config config;
    char text[512];

    CU_ASSERT_EQUAL(mkdir(path_of("sub"), 0700), 0);
    write_file("sub/groups.conf", "groups = (\n@include \"one.conf\"\n);\n");
    write_file("sub/one.conf", GROUP "}"); /* without a line end */
    CU_ASSERT_EQUAL_FATAL(
        load(&config, STATE "  @include \"sub/groups.conf\"  # the rest\nmaxclients = 5;\n"), 0);
    CU_ASSERT_EQUAL(config.n_groups, 1);
    CU_ASSERT_EQUAL(config.clients_max, 5);
    config_done(&config);

    /* An absolute path, and errors before, in and behind an included file. */
    snprintf(text, sizeof(text), STATE "@include \"%s\"\n\nfoo = 1;\n", path_of("sub/groups.conf"));
    check_bad(text, "picketd.conf:4: foo: is no option here, allowed are " ROOT_OPTIONS);
    write_file("sub/one.conf", "\n" GROUP "\n  quorum = -1; }");
    check_bad(STATE "@include \"sub/groups.conf\"\n",
              "sub/one.conf:3: groups[0].quorum: -1 is out of range, allowed are 1 to 1000");
    write_file("sub/one.conf", "\n{ ) }");
    check_bad(STATE "@include \"sub/groups.conf\"\n",
              "sub/one.conf:2: syntax error, allowed is name = value; (each name once)");

    check_bad(STATE "@include sub\n",
              "picketd.conf:2: @include: names no file, allowed is @include \"FILE\"");
    check_bad(STATE "@include \"sub/one.conf\" x = 1;\n",
              "picketd.conf:2: @include: something stands behind it, allowed is a line of its own");
}

/* What would end the process, or never end, is refused. */
static void test_odd_files(void)
{
    struct config config;
    check_bad(STATE "@include \"picketd.conf\"\n",
              "picketd.conf:2: @include: too many files, allowed are 256, included 10 deep at "
              "most");
    CU_ASSERT_EQUAL(load(&config, STATE "@include \"sub\"\n"), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "picketd.conf:2: @include: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "Is a directory"));
    CU_ASSERT_EQUAL(config_load(&config, dir, error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "Is a directory"));
    CU_ASSERT_EQUAL(config_load(&config, path_of("none"), error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "none: cannot be read: No such file"));
    CU_ASSERT_EQUAL(config_load(&config, "/dev/zero", error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "/dev/zero: cannot be read"));
}

/* Whatever the bytes are: an answer, and a text with it. */
static void test_noise(void)
{
    static const char pieces[][12] = { "{",    "}",  "(",  ")",   "[", "]",  "=",  ";",  "\"",
                                       "\\",   "/*", "*/", "#",   "-", "1",  "0x", "9L", "a",
                                       "name", ",",  "\n", "1e9", "@", "//", "+",  ".",  "groups" };
    char text[256];
    srand(1);
    for (int i = 0; i < 3000; i++) {
        struct config config;
        size_t n = 0;
        for (int k = rand() % 40; k > 0; k--)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
                                  pieces[(size_t)rand() % (sizeof(pieces) / sizeof(pieces[0]))]);
        text[n] = '\0';
        error[0] = '\0';
        /* It never names a state_dir, so it is never right. */
        CU_ASSERT_EQUAL_FATAL(load(&config, text), -1);
        CU_ASSERT(strlen(error) > 0);
    }
}

/* A file with everything in it, damaged at each place in turn: it is read or refused, and nothing
 * that was read is lost or freed twice. */
static void test_damage(void)
{
    static const char whole[] =
        STATE SEED "voters = ( \"" RUNID "\", \"h:1\" ); announce = { host = \"h\"; port = 1; };\n"
                   "groups = ( " GROUP "auth_pass = \"x\"; } ); log_level = \"debug\";\n";
    static const char marks[] = { 0, '"', '}', ')', '1', ' ', ';' };
    char text[sizeof(whole)];
    struct config config;

    CU_ASSERT_EQUAL_FATAL(load(&config, whole), 0);
    config_done(&config);
    for (size_t i = 0; i + 1 < sizeof(whole); i++) {
        memcpy(text, whole, sizeof(whole));
        text[i] = marks[i % sizeof(marks)]; /* 0: the file ends there */
        error[0] = '\0';
        if (load(&config, text) == 0)
            config_done(&config);
        else
            CU_ASSERT(error[0] != '\0');
    }
}

static const struct unit_case cases[] = {
    { "bad options", test_bad_options },       { "bad groups", test_bad_groups },
    { "bad syntax", test_bad_syntax },         { "includes", test_includes },
    { "files that are none", test_odd_files }, { "noise", test_noise },
    { "damage at each place", test_damage },
};

int main(void)
{
    if (!mkdtemp(dir))
        return 1;
    int status = unit_main("config_bad", cases, sizeof(cases) / sizeof(cases[0]));
    clean_up();
    return status;
}
