#include "sentinel/ctl/words_io.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "sentinel/ctl/commands.h"

#define FIRST_OPTION 256

void ctl_misused(const char *command, const char *what, const char *word)
{
    const struct ctl_command *known = ctl_command_find(command);

    fprintf(stderr, "picketctl: %s: %s%s%s\n", command, what, word ? ": " : "", word ? word : "");
    if (known)
        fprintf(stderr, "  usage: picketctl %s %s\n", known->name, known->args);
    exit(CTL_EXIT_USAGE);
}

/* As getopt_long wants them; returns how many. */
static int list_options(const struct ctl_option *options, struct option *ret_longs)
{
    int n = 0;

    for (; options && options[n].name; n++) {
        assert(n < CTL_OPTIONS_MAX);
        ret_longs[n] =
            (struct option){ options[n].name, options[n].value ? required_argument : no_argument,
                             NULL, FIRST_OPTION + n };
    }
    ret_longs[n] = (struct option){ 0 };
    return n;
}

char **ctl_read_words(const struct ctl_option *options, int argc, char **argv, int min, int max,
                      int *ret_n)
{
    struct option longs[CTL_OPTIONS_MAX + 1];
    int c;

    list_options(options, longs);
    opterr = 0;
    optind = 0;
    while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
        if (c == ':')
            ctl_misused(argv[0], "a value must follow", argv[optind - 1]);
        if (c < FIRST_OPTION)
            ctl_misused(argv[0], "there is no such option", argv[optind - 1]);
        const struct ctl_option *option = &options[c - FIRST_OPTION];
        if (option->value)
            *option->value = optarg;
        else
            *option->flag = true;
    }
    if (argc - optind < min)
        ctl_misused(argv[0], "something is missing", NULL);
    if (argc - optind > max)
        ctl_misused(argv[0], "too many words", argv[optind + max]);
    if (ret_n)
        *ret_n = argc - optind;
    return argv + optind;
}
