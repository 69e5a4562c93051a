#include "sentinel/ctl/commands.h"

#include <string.h>

/* Not pure only because what it names is not. */
const struct ctl_command ctl_commands[] = {
#define X(name, args, help) { #name, args, help, ctl_##name },
    CTL_COMMANDS(X)
#undef X
};

const size_t ctl_commands_count = sizeof(ctl_commands) / sizeof(ctl_commands[0]);

const struct ctl_command *ctl_command_find(const char *name)
{
    for (size_t i = 0; i < ctl_commands_count; i++)
        if (strcmp(ctl_commands[i].name, name) == 0)
            return &ctl_commands[i];
    return NULL;
}
