#include "sentinel/ctl/data_options_io.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2

/* id, name, takes a value, which commands, help */
#define DATA_OPTIONS(X)                                                                            \
    X(USER, "user", 1, 7, "NAME: log in as this user (copy: at the source)")                       \
    X(PASS_FILE, "pass-file", 1, 7, "FILE: whose first line is the password; or PICKETCTL_AUTH")   \
    X(TO_USER, "to-user", 1, 4, "NAME: the same at the target")                                    \
    X(TO_PASS_FILE, "to-pass-file", 1, 4, "FILE: the same at the target; or PICKETCTL_TO_AUTH")    \
    X(REPLACE, "replace", 0, 6, "keys that are there already are replaced")                        \
    X(SKIP, "skip", 0, 2, "keys that are there already stay as they are")                          \
    X(MATCH, "match", 1, 2, "GLOB: only keys with such names")                                     \
    X(RATE, "rate", 1, 6, "KEYS: write at most so many a second")                                  \
    X(RESUME, "resume", 1, 2, "FILE: of the resume point (the data file's name and .resume)")      \
    X(FROM_START, "from-start", 0, 2, "forget a resume point")                                     \
    X(COMMANDS, "commands", 0, 6, "write by ordinary commands, never by RESTORE")                  \
    X(ONCE, "once", 0, 4, "end when the target has caught up; else go on until interrupted")       \
    X(UNCHECKED, "unchecked", 0, 1,                                                                \
      "do not look into the data: types that are not known may be there")                          \
    X(QUIET, "quiet", 0, 7, "no progress")

enum {
    OPTION_FIRST = 256,
#define X(id, name, value, commands, help) OPTION_##id,
    DATA_OPTIONS(X)
#undef X
};

static const struct option longs[] = {
#define X(id, name, value, commands, help) { name, value, NULL, OPTION_##id },
    DATA_OPTIONS(X)
#undef X
        { NULL, 0, NULL, 0 },
};

static const struct {
    int commands;
    const char *help;
} about[] = {
#define X(id, name, value, commands, help) { commands, help },
    DATA_OPTIONS(X)
#undef X
};

void ctl_data_help(void)
{
    printf("\noptions of backup (b), restore (r), copy (c):\n");
    for (size_t i = 0; longs[i].name; i++)
        printf("  %c%c%c --%-13s %s\n", about[i].commands & DATA_BACKUP ? 'b' : ' ',
               about[i].commands & DATA_RESTORE ? 'r' : ' ',
               about[i].commands & DATA_COPY ? 'c' : ' ', longs[i].name, about[i].help);
}

void data_options_add(const char *command, char *args, size_t size)
{
    static const char *const names[] = { "backup", "restore", "copy" };

    for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
        for (size_t i = 0; strcmp(command, names[k]) == 0 && longs[i].name; i++)
            if (about[i].commands & (1 << k))
                snprintf(args + strlen(args), size - strlen(args), " [--%s%s%.*s]", longs[i].name,
                         longs[i].has_arg ? " " : "",
                         longs[i].has_arg ? (int)strcspn(about[i].help, ":") : 0, about[i].help);
}

static void usage(const char *what, const char *word)
{
    fprintf(stderr, "picketctl: %s: %s; see picketctl --help\n", what, word);
    exit(EXIT_USAGE);
}

void data_read_password(const char *path, char password[NODE_SECRET_MAX])
{
    FILE *file = fopen(path, "re");
    bool ok = file && fgets(password, NODE_SECRET_MAX, file);

    if (!ok) {
        fprintf(stderr, "picketctl: cannot read a password from %s: %s\n", path,
                file ? "it is empty" : strerror(errno));
        exit(EXIT_USAGE);
    }
    fclose(file);
    password[strcspn(password, "\r\n")] = '\0';
}

static void take_secret(char to[NODE_SECRET_MAX], const char *what, const char *text)
{
    if (snprintf(to, NODE_SECRET_MAX, "%s", text) >= NODE_SECRET_MAX)
        usage(what, "too long");
}

static long read_rate(const char *text)
{
    char *end;
    long rate = strtol(text, &end, 10);

    if (*text == '\0' || *end != '\0' || rate < 1 || rate > DATA_RATE_MAX)
        usage("--rate must be a number from 1 to 100000000", text);
    return rate;
}

static void take_policy(struct data_options *o, enum data_policy policy)
{
    if (o->policy != DATA_REFUSE && o->policy != policy)
        usage("only one of them can be", "--replace, --skip");
    o->policy = policy;
}

/* One option with its value. The node that backup and restore name is the one to log in to. */
static void take_option(struct data_options *o, struct node *main_node, int option)
{
    switch (option) {
    case OPTION_USER:
        take_secret(main_node->user, "--user", optarg);
        break;
    case OPTION_PASS_FILE:
        data_read_password(optarg, main_node->password);
        break;
    case OPTION_TO_USER:
        take_secret(o->to.user, "--to-user", optarg);
        break;
    case OPTION_TO_PASS_FILE:
        data_read_password(optarg, o->to.password);
        break;
    case OPTION_REPLACE:
        take_policy(o, DATA_REPLACE);
        break;
    case OPTION_SKIP:
        take_policy(o, DATA_SKIP);
        break;
    case OPTION_MATCH:
        o->match = optarg;
        break;
    case OPTION_RATE:
        o->rate = read_rate(optarg);
        break;
    case OPTION_RESUME:
        o->resume = optarg;
        break;
    case OPTION_FROM_START:
        o->from_start = true;
        break;
    case OPTION_COMMANDS:
        o->commands = true;
        break;
    case OPTION_ONCE:
        o->once = true;
        break;
    case OPTION_UNCHECKED:
        o->unchecked = true;
        break;
    case OPTION_QUIET:
        o->quiet = true;
        break;
    default:
        exit(EXIT_USAGE);
    }
}

static void read_node(struct node *node, const char *word)
{
    if (!addr_parse(&node->addr, word) || node->addr.port == 0)
        usage("a node is given as HOST:PORT", word);
}

void data_options_read(struct data_options *o, enum data_command command, int argc, char **argv)
{
    struct node *main_node = command == DATA_RESTORE ? &o->to : &o->from;
    const char *secret = getenv("PICKETCTL_AUTH"), *to_secret = getenv("PICKETCTL_TO_AUTH");
    int c, index = 0;

    memset(o, 0, sizeof(*o));
    if (secret)
        take_secret(main_node->password, "PICKETCTL_AUTH", secret);
    if (to_secret && command == DATA_COPY)
        take_secret(o->to.password, "PICKETCTL_TO_AUTH", to_secret);
    optind = 0;
    while ((c = getopt_long(argc, argv, "", longs, &index)) != -1) {
        if (c > OPTION_FIRST && !(about[index].commands & (int)command))
            usage(argv[0], longs[index].name);
        take_option(o, main_node, c);
    }
    if (argc - optind != 2)
        usage(argv[0], command == DATA_BACKUP    ? "HOST:PORT FILE must follow"
                       : command == DATA_RESTORE ? "FILE HOST:PORT must follow"
                                                 : "HOST:PORT HOST:PORT must follow");
    o->file = command == DATA_COPY ? NULL : argv[optind + (command == DATA_BACKUP)];
    if (command != DATA_RESTORE)
        read_node(&o->from, argv[optind]);
    if (command != DATA_BACKUP)
        read_node(&o->to, argv[optind + 1]);
}
