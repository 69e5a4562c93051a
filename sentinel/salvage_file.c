#include "sentinel/salvage_file.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire/slice.h"

size_t salvage_head_format(const struct salvage_head *head, char ret_line[SALVAGE_LINE_MAX])
{
    char addr[ADDR_TEXT_MAX];
    int n = snprintf(ret_line, SALVAGE_LINE_MAX,
                     "# picket-salvage 1 group=%s node=%s replid=%s from=%" PRIu64 " until=%" PRIu64
                     " time=%s\n",
                     head->group, addr_format(&head->addr, addr), head->replid, head->from,
                     head->until, head->time);

    return (size_t)n; /* all parts are short */
}

/* The value behind " NAME=", up to the next space; empty when it is not there. */
static struct slice field(const char *text, const char *name)
{
    char start[16];
    const char *p;

    snprintf(start, sizeof start, " %s=", name);
    p = strstr(text, start);
    if (p == NULL)
        return (struct slice){ "", 0 };
    p += strlen(start);
    return (struct slice){ p, strcspn(p, " ") };
}

static bool copy(char *to, size_t size, struct slice from)
{
    if (from.n == 0 || from.n >= size)
        return false;
    memcpy(to, from.p, from.n);
    to[from.n] = '\0';
    return true;
}

static bool number(uint64_t *to, struct slice from)
{
    int64_t value;

    if (!slice_to_int64(from, &value) || value < 0)
        return false;
    *to = (uint64_t)value;
    return true;
}

bool salvage_head_parse(struct salvage_head *ret_head, const char *text)
{
    static const char start[] = "# picket-salvage 1 ";
    char addr[ADDR_TEXT_MAX];

    memset(ret_head, 0, sizeof *ret_head);
    return strncmp(text, start, sizeof start - 1) == 0 &&
           copy(ret_head->group, sizeof ret_head->group, field(text, "group")) &&
           copy(addr, sizeof addr, field(text, "node")) && addr_parse(&ret_head->addr, addr) &&
           copy(ret_head->replid, sizeof ret_head->replid, field(text, "replid")) &&
           copy(ret_head->time, sizeof ret_head->time, field(text, "time")) &&
           number(&ret_head->from, field(text, "from")) &&
           number(&ret_head->until, field(text, "until")) && ret_head->from <= ret_head->until;
}

void salvage_file_name(const struct salvage_head *head, char ret_name[SALVAGE_NAME_MAX])
{
    char group[64], host[64];

    snprintf(group, sizeof group, "%.63s", head->group);
    snprintf(host, sizeof host, "%.63s", head->addr.host);
    snprintf(ret_name, SALVAGE_NAME_MAX, "%s-%s_%u-%s-%" PRIu64, group, host,
             (unsigned)head->addr.port, head->time, head->from);
    for (char *p = ret_name; *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) && strchr("._-", *p) == NULL)
            *p = '_';
    }
    if (ret_name[0] == '.')
        ret_name[0] = '_';
}
