#include "probes/renames.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One pair of a text. */
struct pair {
    const char *command, *name;
    int command_len, name_len;
};

/* Bytes of a name at the beginning of the text. */
static int name_length(const char *text)
{
    int n = 0;
    while ((unsigned char)text[n] > ' ' && text[n] != '=' && text[n] != 127)
        n++;
    return n;
}

/* Take the first pair off; false when there is none. */
static bool take_pair(const char **text, struct pair *ret)
{
    const char *p = *text + strspn(*text, " ");
    ret->command = p;
    ret->command_len = name_length(p);
    p += ret->command_len;
    if (ret->command_len == 0 || *p != '=')
        return false;
    ret->name = ++p;
    ret->name_len = name_length(p);
    p += ret->name_len;
    if (ret->name_len == 0 || (*p != ' ' && *p != '\0'))
        return false;
    *text = p;
    return true;
}

static bool is_for(const struct pair *pair, const char *command, size_t len)
{
    return (size_t)pair->command_len == len && strncasecmp(pair->command, command, len) == 0;
}

bool renames_valid(const char *text)
{
    const char *rest = text;
    struct pair pair, earlier;

    while (rest[strspn(rest, " ")] != '\0') {
        const char *before = text;
        if (!take_pair(&rest, &pair))
            return false;
        while (take_pair(&before, &earlier) && earlier.command != pair.command)
            if (is_for(&earlier, pair.command, (size_t)pair.command_len))
                return false;
    }
    return true;
}

const char *renames_find(const char *text, const char *command, char *ret_name, size_t size)
{
    struct pair pair;

    while (take_pair(&text, &pair)) {
        if (!is_for(&pair, command, strlen(command)))
            continue;
        snprintf(ret_name, size, "%.*s", pair.name_len, pair.name);
        return ret_name;
    }
    return command;
}

bool renames_next(const char **text, char *ret_command, char *ret_name, size_t size)
{
    struct pair pair;

    if (!take_pair(text, &pair))
        return false;
    snprintf(ret_command, size, "%.*s", pair.command_len, pair.command);
    snprintf(ret_name, size, "%.*s", pair.name_len, pair.name);
    return true;
}

/* Whether the whole text is one name. */
static bool is_name(const char *text)
{
    int n = name_length(text);
    return n > 0 && text[n] == '\0';
}

bool renames_edit(const char *text, const char *command, const char *name, char *ret_text,
                  size_t size)
{
    char edited[1024];
    size_t n = 0;
    struct pair pair;

    if (!is_name(command) || !is_name(name))
        return false;
    edited[0] = '\0';
    while (n < sizeof(edited) && take_pair(&text, &pair))
        if (!is_for(&pair, command, strlen(command)))
            n += (size_t)snprintf(edited + n, sizeof(edited) - n, "%s%.*s=%.*s", n ? " " : "",
                                  pair.command_len, pair.command, pair.name_len, pair.name);
    if (n < sizeof(edited) && strcasecmp(command, name) != 0)
        n += (size_t)snprintf(edited + n, sizeof(edited) - n, "%s%s=%s", n ? " " : "", command,
                              name);
    if (n >= sizeof(edited) || n >= size)
        return false;
    memcpy(ret_text, edited, n + 1);
    return true;
}
