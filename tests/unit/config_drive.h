/*
 * config_drive: texts as configuration files in a folder of their own. All of it is inline.
 */
#ifndef TESTS_UNIT_CONFIG_DRIVE_H
#define TESTS_UNIT_CONFIG_DRIVE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/config_io.h"
#include "tests/unit/unit.h"

#define STATE "state_dir = \"/s\";\n"
#define ROOT_OPTIONS                                                                               \
    "listen, announce, state_dir, maxclients, deny_scripts_reconfig, requirepass, http, "          \
    "acl_file, trace, "                                                                            \
    "log_format, voters, groups, hooks, seed, "                                                    \
    "resolve_hostnames, announce_hostnames, log_level, announce_port, announce_ip, "               \
    "sentinel_user, "                                                                              \
    "sentinel_pass"

#define RUNID "1111111111111111111111111111111111111111"
#define PEER  "2222222222222222222222222222222222222222"
#define GROUP "{ name = \"a\"; host = \"h\"; port = 1; "
#define SEED                                                                                       \
    "seed = { myid = \"" RUNID "\"; current_epoch = \"7\"; groups = (\n"                           \
    " { name = \"a\"; config_epoch = \"5\"; leader_epoch = \"9\";\n"                               \
    "   replicas = ( \"10.0.0.2:6379\", \"[::1]:6380\" );\n"                                       \
    "   sentinels = ( { host = \"10.0.0.8\"; port = 26379; runid = \"" PEER "\"; } ); } ); };\n"

static char dir[] = "/tmp/picket-config-XXXXXX";
static char error[CONFIG_ERROR_MAX];

/* "<dir>/<name>"; valid until the next but one. */
static inline const char *path_of(const char *name)
{
    static char paths[2][256];
    static int turn;
    char *path = paths[turn++ % 2];
    snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
    return path;
}

static inline void write_file(const char *name, const char *text)
{
    unlink(path_of(name)); /* some file systems wait for the disk when a file is overwritten */
    FILE *file = fopen(path_of(name), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

/* Load the text as picketd.conf. */
static inline int load(struct config *ret, const char *text)
{
    write_file("picketd.conf", text);
    return config_load(ret, path_of("picketd.conf"), error);
}

/* The text must be refused with this error; the folder's name is left out of it. */
static inline void check_bad(const char *text, const char *wanted)
{
    struct config config;
    size_t prefix = strlen(dir) + 1;
    int result = load(&config, text);
    CU_ASSERT_EQUAL(result, -1);
    if (result == 0) {
        config_done(&config);
        return;
    }
    bool same = strlen(error) > prefix && strcmp(error + prefix, wanted) == 0;
    CU_ASSERT(same);
    if (!same)
        printf("said:   %s\nwanted: %s\n", error + prefix, wanted);
}

static inline void clean_up(void)
{
    static const char *const names[] = { "sub/one.conf",   "sub/groups.conf", "picketd.conf",
                                         "not-executable", "state/picket.db", "state/picket.lock" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlink(path_of(names[i]));
    rmdir(path_of("sub"));
    rmdir(path_of("state"));
    rmdir(dir);
}

#endif
