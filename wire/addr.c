#include "wire/addr.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Whether C may stand in a host. Names are checked no further: the resolver
 * knows better; what is refused here would break a protocol or a log line. */
static bool host_char(char c)
{
    return (unsigned char)c > ' ' && c != 127 && strchr(",\"'\\[]", c) == NULL;
}

bool addr_set_slice(struct addr *addr, const char *host, size_t len, long long port)
{
    assert(addr != NULL && (host != NULL || len == 0));
    if (len == 0 || len > HOST_LEN_MAX || port < 0 || port > UINT16_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!host_char(host[i]))
            return false;
    }
    memset(addr, 0, sizeof *addr);
    memcpy(addr->host, host, len);
    addr->port = (uint16_t)port;
    return true;
}

bool addr_set(struct addr *addr, const char *host, long long port)
{
    return addr_set_slice(addr, host, strlen(host), port);
}

/* Parse a port of 1 to 5 digits that ends the text; -1 when it is none. */
static long parse_port(const char *text)
{
    long port = 0;
    size_t n = 0;

    for (; text[n] >= '0' && text[n] <= '9' && n < 6; n++)
        port = port * 10 + (text[n] - '0');
    return n == 0 || n > 5 || text[n] != '\0' ? -1 : port;
}

bool addr_parse(struct addr *addr, const char *text)
{
    const char *colon = strrchr(text, ':');
    const char *host = text;

    if (colon == NULL || colon == text)
        return false;
    size_t len = (size_t)(colon - text);
    if (host[0] == '[' && host[len - 1] == ']') {
        host++;
        len -= 2;
    } else if (memchr(host, ':', len) != NULL) {
        return false; /* a bare v6 address leaves the port in doubt */
    }
    return addr_set_slice(addr, host, len, parse_port(colon + 1));
}

bool addr_is_set(const struct addr *addr)
{
    return addr->host[0] != '\0';
}

/* Four numbers of up to 255, with dots in between. */
static bool is_v4(const char *host)
{
    for (int part = 0; part < 4; part++) {
        int value = 0, digits = 0;

        for (; *host >= '0' && *host <= '9' && digits < 3; digits++)
            value = value * 10 + (*host++ - '0');
        if (digits == 0 || value > 255 || *host != (part < 3 ? '.' : '\0'))
            return false;
        host++;
    }
    return true;
}

bool addr_is_numeric(const struct addr *addr)
{
    return strchr(addr->host, ':') != NULL || is_v4(addr->host);
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
    return a->port == b->port && strcasecmp(a->host, b->host) == 0;
}

char *addr_format(const struct addr *addr, char ret_text[ADDR_TEXT_MAX])
{
    const char *form = strchr(addr->host, ':') != NULL ? "[%s]:%u" : "%s:%u";

    snprintf(ret_text, ADDR_TEXT_MAX, form, addr->host, (unsigned)addr->port);
    return ret_text;
}
