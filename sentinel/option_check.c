#include "sentinel/option_check.h"

#include <string.h>

#include "probes/renames.h"
#include "sentinel/global_conf.h"
#include "sentinel/places.h"
#include "wire/addr.h"

#define STRING(n) #n
#define BYTES(n)  STRING(n)

static bool is_host(const char *value)
{
    struct addr addr;
    return value[0] == '\0' || addr_set(&addr, value, 0);
}

/* Texts with a form, by their name in the file. */
static const struct form {
    const char *option;
    bool (*allows)(const char *value);
    const char *text;
} forms[] = {
    { "prefer", places_valid,
      "strings with places separated by spaces: zone=NAME, network/bits, .domain, host, "
      "host:port" },
    { "announce_ip", is_host, "strings with an address or a host name, or empty" },
    { "rename_commands", renames_valid,
      "strings with pairs OLD=new separated by spaces, each OLD once" },
};

static const struct form *find_form(const struct conf_option *option)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (strcmp(forms[i].option, option->file_name) == 0)
            return &forms[i];
    return NULL;
}

bool option_allows(const struct conf_option *option, const char *value)
{
    const struct form *form = find_form(option);
    return !form || form->allows(value);
}

const char *option_form(const struct conf_option *option)
{
    const struct form *form = find_form(option);
    return form ? form->text
                : "strings of at most " BYTES(CONF_TEXT_MAX) " bytes without control characters";
}

bool option_is_script(const struct conf_option *option)
{
    return strcmp(option->file_name, "notification_script") == 0 ||
           strcmp(option->file_name, "client_reconfig_script") == 0;
}

bool option_is_no_yes(const struct conf_option *option)
{
    return option->type == CONF_CHOICE && option->max == 1 && strcmp(option->words[0], "no") == 0 &&
           strcmp(option->words[1], "yes") == 0;
}
