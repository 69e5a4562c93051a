#include "store/config_io.h"

#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "store/file_io.h"
#include "store/options.h"
#include "store/store.h"
#include "wire/buf.h"

#ifndef PICKET_VERSION
#define PICKET_VERSION "unknown"
#endif

#define FILE_NAME_BYTES_MAX 200 /* suffixes need some more */

#define LOCK_WAIT_MS  5000
#define LOCK_PAUSE_MS 10

/* --- files ----------------------------------------------------------------------------------- */

/* The value of a setting as text; false for lists and groups. */
static bool setting_text(const config_setting_t *setting, char text[OPTION_TEXT_MAX])
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        snprintf(text, OPTION_TEXT_MAX, "%lld", config_setting_get_int64(setting));
        return true;
    case CONFIG_TYPE_BOOL:
        snprintf(text, OPTION_TEXT_MAX, "%s", config_setting_get_bool(setting) ? "yes" : "no");
        return true;
    case CONFIG_TYPE_STRING:
        return snprintf(text, OPTION_TEXT_MAX, "%s", config_setting_get_string(setting)) <
               OPTION_TEXT_MAX;
    default:
        return false;
    }
}

/* Where a setting stands, for errors. */
struct place {
    const char *file;
    const char *name;
    int line;
};

static bool refuse_setting(const struct place *at, int id, const char *why, char *ret_error)
{
    char allowed[OPTION_ERROR_TEXT_MAX];

    option_allowed((enum option_id)id, allowed, sizeof(allowed));
    snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "%s:%d: %s: %s; allowed: %s", at->file, at->line,
             at->name, why, allowed);
    return false;
}

/* Users: one text, or a list of them. Those of the state file take the place of all others. */
static bool take_users(struct options *o, const config_setting_t *setting, bool changed,
                       const struct place *at, char *ret_error)
{
    int n = config_setting_is_aggregate(setting) ? config_setting_length(setting) : 1;
    char why[OPTION_ERROR_TEXT_MAX];

    if (changed)
        options_drop_users(o);
    o->values[OPT_USER].changed |= changed;
    for (int i = 0; i < n; i++) {
        const char *text = config_setting_is_aggregate(setting)
                               ? config_setting_get_string_elem(setting, i)
                               : config_setting_get_string(setting);

        if (text == NULL)
            return refuse_setting(at, OPT_USER, "the value must be a text or a list of texts",
                                  ret_error);
        if (!options_set(o, OPT_USER, slice_str(text), why))
            return refuse_setting(at, OPT_USER, why, ret_error);
    }
    return true;
}

/* One option of a file. */
static bool take_setting(struct options *o, const config_setting_t *setting, bool changed,
                         const char *file, char *ret_error)
{
    struct place at = { file, config_setting_name(setting),
                        (int)config_setting_source_line(setting) };
    int id = option_find(slice_str(at.name));
    char text[OPTION_TEXT_MAX], why[OPTION_ERROR_TEXT_MAX];

    if (id < 0) {
        snprintf(ret_error, CONFIG_ERROR_TEXT_MAX,
                 "%s:%d: %s: there is no such option, --help lists those there are", file, at.line,
                 at.name);
        return false;
    }
    if (id == OPT_USER)
        return take_users(o, setting, changed, &at, ret_error);
    if (!setting_text(setting, text))
        return refuse_setting(&at, id, "the value must be a number, a text, or true or false",
                              ret_error);
    if (!options_set(o, (enum option_id)id, slice_str(text), why))
        return refuse_setting(&at, id, why, ret_error);
    o->values[id].changed = changed;
    return true;
}

static bool read_file(struct options *o, const char *file, bool changed, char *ret_error)
{
    config_t config;
    const config_setting_t *root;
    bool ok = true;
    FILE *f = fopen(file, "re");

    if (f == NULL) {
        snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "%s: %s", file, strerror(errno));
        return false;
    }
    config_init(&config);
    if (config_read(&config, f) == CONFIG_FALSE) {
        snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "%s:%d: %s", file, config_error_line(&config),
                 config_error_text(&config));
        ok = false;
    }
    root = config_root_setting(&config);
    for (int i = 0; ok && i < config_setting_length(root); i++)
        ok = take_setting(o, config_setting_get_elem(root, (unsigned)i), changed, file, ret_error);
    config_destroy(&config);
    fclose(f);
    return ok;
}

/* --- the command line ------------------------------------------------------------------------ */

static void show_help(void)
{
    char allowed[OPTION_ERROR_TEXT_MAX];

    printf("usage: picket-store [-c FILE] [--check] [--OPTION VALUE]...\n\n"
           "  -c FILE      read options from FILE (libconfig; names with _ in place of -)\n"
           "  --check      read and check the options, then exit\n"
           "  --version    print the version and exit\n"
           "  --help       print this and exit\n\n"
           "Options on the command line override those of the file. What CONFIG SET and REPLICAOF "
           "change at run time is\n"
           "written by CONFIG REWRITE to DIR/" CONFIG_STATE_FILE
           ", which overrides both; remove that file to start\n"
           "from the configuration again.\n\n");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = option_row((enum option_id)i);

        option_allowed((enum option_id)i, allowed, sizeof(allowed));
        printf("  --%s%s%s\n        %s\n        %s; default: %s\n", row->name,
               row->alias != NULL ? ", --" : "", row->alias != NULL ? row->alias : "", row->meaning,
               allowed, row->standard[0] != '\0' ? row->standard : "none");
    }
}

/* One `--name value`; returns the number of words used, 0: wrong. */
static int take_argument(struct options *o, int argc, char **argv, char *ret_error)
{
    int id = option_find(slice_str(argv[0] + 2));
    char why[OPTION_ERROR_TEXT_MAX], allowed[OPTION_ERROR_TEXT_MAX];

    if (id < 0) {
        snprintf(ret_error, CONFIG_ERROR_TEXT_MAX,
                 "%s: there is no such option, --help lists those there are", argv[0]);
        return 0;
    }
    if (argc < 2) {
        snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "%s: the value is missing", argv[0]);
        return 0;
    }
    if (options_set(o, (enum option_id)id, slice_str(argv[1]), why))
        return 2;
    option_allowed((enum option_id)id, allowed, sizeof(allowed));
    snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "%s %s: %s; allowed: %s", argv[0], argv[1], why,
             allowed);
    return 0;
}

static bool is_word(const char *arg, const char *a, const char *b)
{
    return strcmp(arg, a) == 0 || strcmp(arg, b) == 0;
}

/* First pass: what must be known before options are set in their order. */
static enum config_result look_ahead(int argc, char **argv, const char **ret_file, char *ret_error)
{
    enum config_result result = CONFIG_RUN;

    for (int i = 1; i < argc; i++) {
        if (is_word(argv[i], "--help", "-h")) {
            show_help();
            return CONFIG_SHOWN;
        }
        if (is_word(argv[i], "--version", "-v")) {
            printf("picket-store %s (commands and files as of Redis " STORE_REDIS_VERSION ")\n",
                   PICKET_VERSION);
            return CONFIG_SHOWN;
        }
        if (is_word(argv[i], "-c", "--config")) {
            if (i + 1 == argc) {
                snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "%s: the name of the file is missing",
                         argv[i]);
                return CONFIG_WRONG;
            }
            *ret_file = argv[++i];
        } else if (strcmp(argv[i], "--check") == 0) {
            result = CONFIG_CHECK;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            i++;
        }
    }
    return result;
}

static bool take_arguments(struct options *o, int argc, char **argv, char *ret_error)
{
    for (int i = 1; i < argc;) {
        int used;

        if (strcmp(argv[i], "--check") == 0) {
            i++;
            continue;
        }
        if (is_word(argv[i], "-c", "--config")) {
            i += 2;
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0) {
            snprintf(ret_error, CONFIG_ERROR_TEXT_MAX,
                     "%s: unknown argument, --help tells what there is", argv[i]);
            return false;
        }
        used = take_argument(o, argc - i, argv + i, ret_error);
        if (used == 0)
            return false;
        i += used;
    }
    return true;
}

/* Makes `dir` the working directory, and its full path the option's value. */
static bool enter_dir(struct options *o, char *ret_error)
{
    const char *dir = option_text(o, OPT_DIR);
    char path[PATH_MAX], why[OPTION_ERROR_TEXT_MAX];

    if (chdir(dir) != 0 || getcwd(path, sizeof(path)) == NULL) {
        snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "dir: %s: %s", dir, strerror(errno));
        return false;
    }
    if (options_set(o, OPT_DIR, slice_str(path), why))
        return true;
    snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "dir: %s: %s", path, why);
    return false;
}

/* Some options are names of files in `dir`. */
static bool check_names(const struct options *o, char *ret_error)
{
    static const enum option_id names[] = { OPT_DBFILENAME, OPT_APPENDDIRNAME, OPT_APPENDFILENAME };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *name = option_text(o, names[i]);
        size_t len = strlen(name);

        if (len > 0 && len <= FILE_NAME_BYTES_MAX && strchr(name, '/') == NULL && name[0] != '.')
            continue;
        snprintf(ret_error, CONFIG_ERROR_TEXT_MAX,
                 "%s: '%s' must be a name of at most %d bytes without a path, not beginning with a "
                 "dot; the folder is dir",
                 option_row(names[i])->name, name, FILE_NAME_BYTES_MAX);
        return false;
    }
    return true;
}

enum config_result config_read_all(struct options *o, int argc, char **argv,
                                   char ret_error[CONFIG_ERROR_TEXT_MAX])
{
    const char *file = NULL;
    enum config_result result = look_ahead(argc, argv, &file, ret_error);

    if (result != CONFIG_RUN && result != CONFIG_CHECK)
        return result;
    if (file != NULL && !read_file(o, file, false, ret_error))
        return CONFIG_WRONG;
    if (!take_arguments(o, argc, argv, ret_error) || !check_names(o, ret_error) ||
        !enter_dir(o, ret_error))
        return CONFIG_WRONG;
    if (access(CONFIG_STATE_FILE, F_OK) == 0 && !read_file(o, CONFIG_STATE_FILE, true, ret_error))
        return CONFIG_WRONG;
    return result;
}

/* Tries for a while: a child of an earlier process that was killed may not have gone yet. */
static bool lock(int fd)
{
    const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };

    for (int waited_ms = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited_ms += LOCK_PAUSE_MS) {
        if (errno != EWOULDBLOCK || waited_ms >= LOCK_WAIT_MS)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

/* The lock is on the folder itself, so that there is no file to be left behind. The descriptor
 * stays open on purpose. */
bool config_lock_dir(const struct options *o, char ret_error[CONFIG_ERROR_TEXT_MAX])
{
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && lock(fd))
        return true;
    snprintf(ret_error, CONFIG_ERROR_TEXT_MAX, "dir: %s: %s", option_text(o, OPT_DIR),
             errno == EWOULDBLOCK ? "another picket-store is at work there; give each its own"
                                  : strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

/* --- the state file -------------------------------------------------------------------------- */

/* A text as libconfig reads it. */
static void put_quoted(struct buf *b, struct slice text)
{
    buf_append(b, "\"", 1);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];

        if (byte == '"' || byte == '\\')
            buf_printf(b, "\\%c", byte);
        else if (byte < ' ')
            buf_printf(b, "\\x%02x", byte);
        else
            buf_append(b, &byte, 1);
    }
    buf_append(b, "\"", 1);
}

/* The lines "user NAME RULES" as a list of texts. */
static void put_users(struct buf *b, struct slice lines)
{
    static const char head[] = "user ";

    buf_append_str(b, "(");
    for (size_t at = 0; at < lines.n;) {
        const char *end = memchr(lines.p + at, '\n', lines.n - at);
        size_t n = (size_t)(end - lines.p) - at, skip = sizeof(head) - 1;

        buf_append_str(b, at > 0 ? ",\n    " : "\n    ");
        put_quoted(b, (struct slice){ lines.p + at + skip, n - skip });
        at += n + 1;
    }
    buf_append_str(b, " )");
}

static void put_state(struct buf *b, const struct options *o)
{
    buf_append_str(
        b, "# Written by CONFIG REWRITE: options that were changed while picket-store ran.\n"
           "# They override the configuration file and the command line; remove this file to "
           "forget them.\n");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *name = option_row((enum option_id)i)->name;

        if (!o->values[i].changed)
            continue;
        for (const char *p = name; *p != '\0'; p++)
            buf_append(b, *p == '-' ? "_" : p, 1);
        buf_append_str(b, " = ");
        if (i == OPT_USER)
            put_users(b, buf_slice(&o->users));
        else
            put_quoted(b, slice_str(option_text(o, (enum option_id)i)));
        buf_append_str(b, ";\n");
    }
}

bool config_write_state(const struct options *o, char ret_error[CONFIG_ERROR_TEXT_MAX])
{
    struct buf text = { 0 };
    bool ok;

    put_state(&text, o);
    ok = file_replace(CONFIG_STATE_FILE, buf_slice(&text), ret_error);
    buf_done(&text);
    return ok;
}
