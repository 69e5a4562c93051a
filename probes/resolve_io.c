#include "probes/resolve_io.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct resolve {
    uv_getaddrinfo_t req;
    resolve_fn *done; /* NULL once cancelled */
    void *arg;
};

static unsigned running;

bool resolve_numeric(const struct addr *addr, struct sockaddr_storage *ret_address)
{
    struct sockaddr_storage address;

    memset(&address, 0, sizeof address);
    if (uv_ip4_addr(addr->host, addr->port, (struct sockaddr_in *)&address) != 0 &&
        uv_ip6_addr(addr->host, addr->port, (struct sockaddr_in6 *)&address) != 0)
        return false;
    *ret_address = address;
    return true;
}

/* Hand the addresses over, unless nobody waits for them any more. */
static void looked_up(uv_getaddrinfo_t *req, int status, struct addrinfo *found)
{
    struct resolve *resolve = req->data;
    struct sockaddr_storage addresses[RESOLVE_ADDRESSES_MAX];
    size_t n = 0;

    running--;
    memset(addresses, 0, sizeof addresses);
    for (struct addrinfo *one = status == 0 ? found : NULL; one != NULL; one = one->ai_next) {
        if (n < RESOLVE_ADDRESSES_MAX && one->ai_addrlen <= sizeof addresses[n])
            memcpy(&addresses[n++], one->ai_addr, one->ai_addrlen);
    }
    if (resolve->done != NULL)
        resolve->done(resolve->arg, addresses, n);
    uv_freeaddrinfo(found);
    free(resolve);
}

struct resolve *resolve_start(uv_loop_t *loop, const struct addr *addr, resolve_fn *done, void *arg)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct resolve *resolve = calloc(1, sizeof *resolve);
    char port[8];

    assert(done != NULL);
    if (resolve == NULL)
        return NULL;
    resolve->req.data = resolve;
    resolve->done = done;
    resolve->arg = arg;
    snprintf(port, sizeof port, "%u", (unsigned)addr->port);
    if (uv_getaddrinfo(loop, &resolve->req, looked_up, addr->host, port, &hints) != 0) {
        free(resolve);
        return NULL;
    }
    running++;
    return resolve;
}

void resolve_cancel(struct resolve *resolve)
{
    if (resolve == NULL)
        return;
    resolve->done = NULL;
    uv_cancel((uv_req_t *)&resolve->req); /* fails when it is being looked up: then it just ends */
}

unsigned resolve_running(void)
{
    return running;
}

bool resolve_text(const struct sockaddr_storage *address, char ret_host[HOST_LEN_MAX + 1])
{
    if (address->ss_family == AF_INET)
        return uv_ip4_name((const struct sockaddr_in *)address, ret_host, HOST_LEN_MAX) == 0;
    if (address->ss_family == AF_INET6)
        return uv_ip6_name((const struct sockaddr_in6 *)address, ret_host, HOST_LEN_MAX) == 0;
    return false;
}
