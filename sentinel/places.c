#include "sentinel/places.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "sentinel/model.h"
#include "wire/slice.h"

#define PLACE_MAX HOST_LEN_MAX /* bytes of one; CONF_TEXT_MAX is not more */
#define ZONE      "zone="

_Static_assert(CONF_TEXT_MAX <= PLACE_MAX, "no place is too long");

/* Bytes of an address, most significant first. */
struct bytes {
    unsigned char byte[sizeof(struct in6_addr)];
    unsigned n; /* 4 or 16 */
};

/* Take the first place off *TEXT; false when there is none left. */
static bool next(const char **text, char ret_place[PLACE_MAX + 1])
{
    const char *begin = *text + strspn(*text, " ");
    size_t n = strcspn(begin, " ");

    if (n == 0 || n > PLACE_MAX)
        return false;
    memcpy(ret_place, begin, n);
    ret_place[n] = '\0';
    *text = begin + n;
    return true;
}

static bool read_bytes(const char *host, struct bytes *ret)
{
    bool is_v6 = strchr(host, ':') != NULL;

    ret->n = is_v6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
    return inet_pton(is_v6 ? AF_INET6 : AF_INET, host, ret->byte) == 1;
}

/* "10.0.0.0/8": the address, and how many of its bits count. */
static bool read_network(const char *place, struct bytes *ret_bytes, unsigned *ret_bits)
{
    const char *slash = strchr(place, '/');
    char host[PLACE_MAX + 1];
    int64_t bits;

    if (slash == NULL)
        return false;
    memcpy(host, place, (size_t)(slash - place));
    host[slash - place] = '\0';
    if (!read_bytes(host, ret_bytes) || !slice_to_int64(slice_str(slash + 1), &bits) || bits < 0 ||
        bits > 8 * (int64_t)ret_bytes->n)
        return false;
    *ret_bits = (unsigned)bits;
    return true;
}

static bool is_network(const char *place)
{
    struct bytes bytes;
    unsigned bits;

    return read_network(place, &bytes, &bits);
}

static bool is_in_network(const char *place, const char *host)
{
    struct bytes network, own;
    unsigned bits;

    if (!read_network(place, &network, &bits) || !read_bytes(host, &own) || own.n != network.n)
        return false;
    unsigned whole = bits / 8, rest = bits % 8;

    if (memcmp(network.byte, own.byte, whole) != 0)
        return false;
    return rest == 0 || (network.byte[whole] ^ own.byte[whole]) >> (8 - rest) == 0;
}

/* A host, perhaps with a port. */
static bool read_host(const char *place, struct addr *ret_addr)
{
    return addr_parse(ret_addr, place) || addr_set(ret_addr, place, 0);
}

static bool is_zone(const char *place)
{
    return strncmp(place, ZONE, strlen(ZONE)) == 0;
}

bool places_valid(const char *text)
{
    char place[PLACE_MAX + 1];
    struct addr addr;

    while (next(&text, place)) {
        if (is_zone(place) ? place[strlen(ZONE)] == '\0' : strchr(place, '=') != NULL)
            return false;
        if (strchr(place, '/') != NULL ? !is_network(place) : !read_host(place, &addr))
            return false;
    }
    return true;
}

static bool ends_so(const char *host, const char *domain)
{
    size_t n = strlen(host), m = strlen(domain);

    return n > m && strcasecmp(host + n - m, domain) == 0;
}

/* Whether PLACE describes who stands at ADDR, one of a node's addresses. */
static bool describes(const char *place, const struct addr *addr)
{
    struct addr wanted;

    if (strchr(place, '/') != NULL)
        return is_in_network(place, addr->host);
    if (place[0] == '.')
        return ends_so(addr->host, place);
    return read_host(place, &wanted) && strcasecmp(wanted.host, addr->host) == 0 &&
           (wanted.port == 0 || wanted.port == addr->port);
}

static bool is_there(const char *place, const struct node *node)
{
    struct addr shown = node_shown_addr(node);

    if (is_zone(place))
        return node->info.zone[0] != '\0' && strcmp(node->info.zone, place + strlen(ZONE)) == 0;
    return describes(place, &node->addr) || describes(place, &shown);
}

unsigned places_rank(const char *text, const struct node *node)
{
    char place[PLACE_MAX + 1];
    unsigned rank = 0;

    while (next(&text, place) && !is_there(place, node))
        rank++;
    return rank;
}
