/*
 * addr: where something listens: a host (numeric or a name) and a port.
 *
 * A plain value, copied freely. The empty host stands for "not known". Nothing
 * here resolves names; two addresses are equal when they are written alike
 * (hosts compared without regard to case).
 */
#ifndef WIRE_ADDR_H
#define WIRE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_LEN_MAX  255                 /* octets of a DNS name */
#define ADDR_TEXT_MAX (HOST_LEN_MAX + 10) /* "[host]:65535" and its end */

struct addr {
    char host[HOST_LEN_MAX + 1];
    uint16_t port;
};

/* Set both parts. False, and ADDR untouched, when the host is empty, too long
 * or holds a character that can stand in no host (control, space, comma,
 * quote), or when the port is outside 0..65535. */
bool addr_set(struct addr *addr, const char *host, long long port);

/* Set from a host of LEN bytes that need not end in NUL. */
bool addr_set_slice(struct addr *addr, const char *host, size_t len, long long port);

/* Parse "host:port" or "[v6]:port". False, and ADDR untouched, otherwise. */
bool addr_parse(struct addr *addr, const char *text);

bool addr_is_set(const struct addr *addr);

/* Whether the host is a v4 or v6 address, not a name that has to be looked up. */
bool addr_is_numeric(const struct addr *addr);

bool addr_equal(const struct addr *a, const struct addr *b);

/* Write "host:port" ("[host]:port" for v6) into RET_TEXT; returns RET_TEXT. */
char *addr_format(const struct addr *addr, char ret_text[ADDR_TEXT_MAX]);

#endif
