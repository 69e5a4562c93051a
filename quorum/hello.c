#include "quorum/hello.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "quorum/epoch.h"
#include "wire/slice.h"

/* The eight fields in their order on the wire. */
enum {
    FIELD_IP,
    FIELD_PORT,
    FIELD_RUNID,
    FIELD_CURRENT_EPOCH,
    FIELD_GROUP,
    FIELD_PRIMARY_IP,
    FIELD_PRIMARY_PORT,
    FIELD_CONFIG_EPOCH,
    FIELD_COUNT
};

bool group_name_valid(const char *name, size_t len)
{
    if (len == 0 || len > GROUP_NAME_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isgraph((unsigned char)name[i]) || strchr(",\"'", name[i]) != NULL)
            return false;
    }
    return true;
}

bool peer_runid_valid(const char *text, size_t len)
{
    if (len != PEER_RUNID_LEN)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]))
            return false;
    }
    return true;
}

/* Cut TEXT at its commas; false unless that gives exactly FIELD_COUNT parts. */
static bool split(struct slice fields[FIELD_COUNT], const char *text, size_t len)
{
    const char *end = text + len;

    for (int i = 0; i < FIELD_COUNT; i++) {
        const char *comma = memchr(text, ',', (size_t)(end - text));

        if ((comma == NULL) != (i == FIELD_COUNT - 1))
            return false;
        fields[i] = (struct slice){ text, (size_t)((comma != NULL ? comma : end) - text) };
        text = comma != NULL ? comma + 1 : end;
    }
    return true;
}

static bool parse_addr(struct addr *addr, struct slice host, struct slice port)
{
    int64_t number;

    return slice_to_int64(port, &number) && number > 0 &&
           addr_set_slice(addr, host.p, host.n, number);
}

bool hello_parse(struct hello *ret_hello, const char *text, size_t len)
{
    struct hello hello = { 0 };
    struct slice f[FIELD_COUNT];

    if (len >= HELLO_TEXT_MAX || !split(f, text, len))
        return false;
    if (!parse_addr(&hello.sender, f[FIELD_IP], f[FIELD_PORT]) ||
        !parse_addr(&hello.primary, f[FIELD_PRIMARY_IP], f[FIELD_PRIMARY_PORT]) ||
        !slice_to_uint64(f[FIELD_CURRENT_EPOCH], &hello.current_epoch) ||
        !slice_to_uint64(f[FIELD_CONFIG_EPOCH], &hello.config_epoch) ||
        !peer_runid_valid(f[FIELD_RUNID].p, f[FIELD_RUNID].n) ||
        !group_name_valid(f[FIELD_GROUP].p, f[FIELD_GROUP].n))
        return false;
    memcpy(hello.runid, f[FIELD_RUNID].p, f[FIELD_RUNID].n);
    memcpy(hello.group, f[FIELD_GROUP].p, f[FIELD_GROUP].n);
    *ret_hello = hello;
    return true;
}

size_t hello_format(const struct hello *hello, char ret_text[HELLO_TEXT_MAX])
{
    int n = snprintf(ret_text, HELLO_TEXT_MAX, "%s,%u,%s,%" PRIu64 ",%s,%s,%u,%" PRIu64,
                     hello->sender.host, (unsigned)hello->sender.port, hello->runid,
                     hello->current_epoch, hello->group, hello->primary.host,
                     (unsigned)hello->primary.port, hello->config_epoch);

    assert(n > 0 && n < HELLO_TEXT_MAX); /* 2 hosts, a name and numbers fit */
    return (size_t)n;
}
