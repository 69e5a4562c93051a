/*
 * picketctl: the operator's command line. Reads which supervisors to ask, and runs one command.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/complete_io.h"
#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/data_options_io.h"
#include "sentinel/ctl/words_io.h"

static void print_help(void)
{
    printf("usage: picketctl [-s HOST:PORT,...] COMMAND\n\n");
    for (size_t i = 0; i < ctl_commands_count; i++)
        printf("  %s %s\n        %s\n", ctl_commands[i].name, ctl_commands[i].args,
               ctl_commands[i].help);
    printf("\n"
           "  -s, --supervisors HOST:PORT,...  whom to ask, tried in turn (127.0.0.1:26379);\n"
           "                                   or PICKETCTL_SUPERVISORS in the environment\n"
           "  -h, --host HOST  one supervisor's address\n"
           "  -p, --port PORT  and port\n"
           "      --user NAME  log in at the supervisors as this user; the password stands in\n"
           "                   PICKETCTL_SENTINEL_AUTH in the environment\n"
           "      --version    print the version\n"
           "      --help       print this\n");
    ctl_data_help();
}

/* Ends the program when the words make no sense. */
static void usage(const char *what, const char *word)
{
    fprintf(stderr, "picketctl: %s%s%s; see picketctl --help\n", what, word ? ": " : "",
            word ? word : "");
    exit(CTL_EXIT_USAGE);
}

static int read_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || port < 1 || port > 65535)
        usage("the port must be a number from 1 to 65535", text);
    return (int)port;
}

/* A list of supervisors, or what is said to be one. */
static void take_list(struct ctl *ctl, const char *where, const char *list)
{
    if (!ctl_set_supervisors(ctl, list)) {
        fprintf(stderr, "picketctl: %s: up to %d supervisors are given as HOST:PORT,HOST:PORT\n",
                where, CTL_SUPERVISORS_MAX);
        usage("this is no such list", list);
    }
}

static void take_secret(char to[CTL_SECRET_MAX], const char *what, const char *text)
{
    if (snprintf(to, CTL_SECRET_MAX, "%s", text) >= CTL_SECRET_MAX)
        usage("too long", what);
}

static void take_environment(struct ctl *ctl)
{
    const char *list = getenv("PICKETCTL_SUPERVISORS");
    const char *secret = getenv("PICKETCTL_SENTINEL_AUTH");

    ctl_set_supervisors(ctl, "127.0.0.1");
    if (list && *list)
        take_list(ctl, "PICKETCTL_SUPERVISORS", list);
    if (secret)
        take_secret(ctl->password, "PICKETCTL_SENTINEL_AUTH", secret);
}

/* -h and -p name one supervisor, whatever the environment says. */
static void take_host(struct ctl *ctl, const char *host, int port)
{
    if (host || port) {
        if (!addr_set(&ctl->supervisors[0], host ? host : "127.0.0.1", port ? port : 26379))
            usage("this can be no host", host);
        ctl->n_supervisors = 1;
    }
}

static void read_options(struct ctl *ctl, int argc, char **argv)
{
    enum { OPTION_HELP = 256, OPTION_VERSION, OPTION_USER };
    static const struct option longs[] = {
        { "supervisors", required_argument, NULL, 's' },
        { "host", required_argument, NULL, 'h' },
        { "port", required_argument, NULL, 'p' },
        { "user", required_argument, NULL, OPTION_USER },
        { "help", no_argument, NULL, OPTION_HELP },
        { "version", no_argument, NULL, OPTION_VERSION },
        { NULL, 0, NULL, 0 },
    };
    const char *host = NULL;
    int c, port = 0;

    take_environment(ctl);
    while ((c = getopt_long(argc, argv, "+s:h:p:", longs, NULL)) != -1) {
        if (c == 's') {
            take_list(ctl, "-s", optarg);
        } else if (c == 'h') {
            host = optarg;
        } else if (c == 'p') {
            port = read_port(optarg);
        } else if (c == OPTION_USER) {
            take_secret(ctl->user, "--user", optarg);
        } else if (c == OPTION_HELP) {
            print_help();
            exit(EXIT_SUCCESS);
        } else if (c == OPTION_VERSION) {
            printf("picketctl %s\n", PICKET_VERSION);
            exit(EXIT_SUCCESS);
        } else {
            exit(CTL_EXIT_USAGE);
        }
    }
    take_host(ctl, host, port);
}

int main(int argc, char **argv)
{
    struct ctl ctl = { .n_supervisors = 0 };

    if (argc > 1 && strcmp(argv[1], "__complete") == 0) {
        read_options(&ctl, argc - 1, argv + 1);
        ctl_complete(&ctl, argc - 1 - optind, argv + 1 + optind);
        return EXIT_SUCCESS;
    }
    read_options(&ctl, argc, argv);
    if (optind == argc)
        usage("no command", NULL);
    const struct ctl_command *command = ctl_command_find(argv[optind]);
    if (!command)
        usage("there is no such command", argv[optind]);
    return command->run(&ctl, argc - optind, argv + optind);
}
