/*
 * picketctl: the operator's command line. Reads its words, connects, runs one command.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/commands_io.h"
#include "sentinel/ctl/data_io.h"
#include "sentinel/ctl/link_io.h"

#define EXIT_USAGE 2

struct command {
    const char *name;
    const char *arg; /* what must follow it; NULL: nothing */
    const char *help;
    int (*run)(redisContext *link, const char *arg);
};

static const struct command commands[] = {
    { "status", NULL, "all groups, their nodes and supervisors; status 1 when something is wrong",
      ctl_status },
    { "primary", "GROUP", "the address of the group's primary", ctl_primary },
    { "events", NULL, "events as they happen, until interrupted", ctl_events },
    { "failover", "GROUP", "replace the group's primary by its best replica now", ctl_failover },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* Commands that move data; they connect by themselves, to the nodes that they are given. */
static const struct {
    const char *name;
    const char *args;
    const char *help;
    int (*run)(int argc, char **argv);
} data_commands[] = {
    { "backup", "NODE FILE", "all data of a running node into an RDB file, checked", ctl_backup },
    { "restore", "FILE NODE", "the data of an RDB file into a running node", ctl_restore },
    { "copy", "NODE NODE",
      "the data of a running node into another one, and what is written meanwhile", ctl_copy },
};

#define DATA_COMMAND_COUNT (sizeof(data_commands) / sizeof(data_commands[0]))

struct options {
    const char *host;
    int port;
};

static void print_help(void)
{
    printf("usage: picketctl [-h HOST] [-p PORT] COMMAND\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-8s %-9s %s\n", commands[i].name, commands[i].arg ? commands[i].arg : "",
               commands[i].help);
    for (size_t i = 0; i < DATA_COMMAND_COUNT; i++)
        printf("  %-8s %-9s %s\n", data_commands[i].name, data_commands[i].args,
               data_commands[i].help);
    printf("\n"
           "  -h, --host HOST  the supervisor's address (127.0.0.1)\n"
           "  -p, --port PORT  and port (26379)\n"
           "      --version    print the version\n"
           "      --help       print this\n");
    ctl_data_help();
}

/* Ends the program when the words make no sense. */
static void usage(const char *what, const char *word)
{
    fprintf(stderr, "picketctl: %s%s%s; see picketctl --help\n", what, word ? ": " : "",
            word ? word : "");
    exit(EXIT_USAGE);
}

static int read_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || port < 1 || port > 65535)
        usage("the port must be a number from 1 to 65535", text);
    return (int)port;
}

static struct options read_options(int argc, char **argv)
{
    enum { OPTION_HELP = 256, OPTION_VERSION };
    static const struct option longs[] = {
        { "host", required_argument, NULL, 'h' },
        { "port", required_argument, NULL, 'p' },
        { "help", no_argument, NULL, OPTION_HELP },
        { "version", no_argument, NULL, OPTION_VERSION },
        { NULL, 0, NULL, 0 },
    };
    struct options options = { "127.0.0.1", 26379 };
    int c;
    while ((c = getopt_long(argc, argv, "+h:p:", longs, NULL)) != -1) {
        if (c == 'h') {
            options.host = optarg;
        } else if (c == 'p') {
            options.port = read_port(optarg);
        } else if (c == OPTION_HELP) {
            print_help();
            exit(EXIT_SUCCESS);
        } else if (c == OPTION_VERSION) {
            printf("picketctl %s\n", PICKET_VERSION);
            exit(EXIT_SUCCESS);
        } else {
            exit(EXIT_USAGE);
        }
    }
    return options;
}

static const struct command *read_command(int argc, char **argv)
{
    if (optind == argc)
        usage("no command", NULL);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, argv[optind]) != 0)
            continue;
        int wanted = commands[i].arg ? 2 : 1;
        if (argc - optind < wanted)
            usage("the name of a group must follow", argv[optind]);
        if (argc - optind > wanted)
            usage("too many words", argv[optind + wanted]);
        return &commands[i];
    }
    usage("there is no such command", argv[optind]);
    return NULL;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv);
    for (size_t i = 0; optind < argc && i < DATA_COMMAND_COUNT; i++)
        if (strcmp(data_commands[i].name, argv[optind]) == 0)
            return data_commands[i].run(argc - optind, argv + optind);
    const struct command *command = read_command(argc, argv);
    redisContext *link = ctl_connect(options.host, options.port);
    if (!link)
        return EXIT_FAILURE;
    int status = command->run(link, command->arg ? argv[optind + 1] : NULL);
    redisFree(link);
    return status;
}
