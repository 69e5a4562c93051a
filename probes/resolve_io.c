#include "probes/resolve_io.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Somebody who waits for a look-up. */
struct resolve {
    struct lookup *lookup;
    resolve_fn *done;
    void *arg;
    struct resolve *next;
};

/* A name that is looked up, or was, and what was found. */
struct lookup {
    uv_getaddrinfo_t req;
    struct resolver *resolver; /* NULL: nobody will ever ask */
    struct addr addr;
    struct resolve *waiting;
    bool running;
    uint64_t ended_at; /* by the loop's clock */
    size_t n;
    struct sockaddr_storage addresses[RESOLVE_ADDRESSES_MAX];
    struct lookup *next;
};

struct resolver {
    uv_loop_t *loop;
    struct lookup *lookups;
};

static unsigned running;

struct resolver *resolver_new(uv_loop_t *loop)
{
    struct resolver *resolver = calloc(1, sizeof *resolver);

    if (resolver != NULL)
        resolver->loop = loop;
    return resolver;
}

void resolver_free(struct resolver *resolver)
{
    if (resolver == NULL)
        return;
    while (resolver->lookups != NULL) {
        struct lookup *lookup = resolver->lookups;

        assert(lookup->waiting == NULL);
        resolver->lookups = lookup->next;
        lookup->resolver = NULL;
        if (!lookup->running)
            free(lookup);
        else
            uv_cancel((uv_req_t *)&lookup->req); /* fails once it has begun: then it just ends */
    }
    free(resolver);
}

static bool numeric(const struct addr *addr, struct sockaddr_storage *ret_address)
{
    memset(ret_address, 0, sizeof *ret_address);
    return uv_ip4_addr(addr->host, addr->port, (struct sockaddr_in *)ret_address) == 0 ||
           uv_ip6_addr(addr->host, addr->port, (struct sockaddr_in6 *)ret_address) == 0;
}

/* Take it out of the resolver's list. */
static void unlist(struct lookup *lookup)
{
    struct lookup **at = &lookup->resolver->lookups;

    while (*at != lookup)
        at = &(*at)->next;
    *at = lookup->next;
}

/* The look-up of that name that runs or is kept; those that were kept too long are dropped. */
static struct lookup *find(struct resolver *resolver, const struct addr *addr)
{
    struct lookup *found = NULL, *next;

    for (struct lookup *lookup = resolver->lookups; lookup != NULL; lookup = next) {
        next = lookup->next;
        if (!lookup->running && uv_now(resolver->loop) - lookup->ended_at > RESOLVE_KEEP_MS) {
            unlist(lookup);
            free(lookup);
        } else if (addr_equal(&lookup->addr, addr)) {
            found = lookup;
        }
    }
    return found;
}

size_t resolve_known(struct resolver *resolver, const struct addr *addr,
                     struct sockaddr_storage ret_addresses[RESOLVE_ADDRESSES_MAX])
{
    if (numeric(addr, &ret_addresses[0]))
        return 1;
    struct lookup *kept = find(resolver, addr);

    if (kept == NULL || kept->running)
        return 0;
    size_t n = kept->n;

    memcpy(ret_addresses, kept->addresses, n * sizeof *ret_addresses);
    unlist(kept); /* once: the next connection asks again */
    free(kept);
    return n;
}

static void keep_found(struct lookup *lookup, const struct addrinfo *found)
{
    for (; found != NULL && lookup->n < RESOLVE_ADDRESSES_MAX; found = found->ai_next) {
        if (found->ai_addrlen <= sizeof lookup->addresses[0])
            memcpy(&lookup->addresses[lookup->n++], found->ai_addr, found->ai_addrlen);
    }
}

/* Tell all who wait. They may begin new look-ups meanwhile, but not of this: it is off the list. */
static void tell(struct lookup *lookup)
{
    while (lookup->waiting != NULL) {
        struct resolve *resolve = lookup->waiting;

        lookup->waiting = resolve->next;
        resolve->done(resolve->arg, lookup->addresses, lookup->n);
        free(resolve);
    }
}

static void looked_up(uv_getaddrinfo_t *req, int status, struct addrinfo *found)
{
    struct lookup *lookup = req->data;

    running--;
    lookup->running = false;
    if (status == 0)
        keep_found(lookup, found);
    uv_freeaddrinfo(found);
    if (lookup->resolver != NULL && lookup->waiting == NULL && lookup->n > 0) {
        lookup->ended_at = uv_now(lookup->resolver->loop);
        return;
    }
    if (lookup->resolver != NULL)
        unlist(lookup);
    tell(lookup);
    free(lookup);
}

/* Begin to look ADDR up; NULL when that is not to be had. */
static struct lookup *begin(struct resolver *resolver, const struct addr *addr)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct lookup *lookup = calloc(1, sizeof *lookup);
    char port[8];

    if (lookup == NULL)
        return NULL;
    lookup->req.data = lookup;
    lookup->resolver = resolver;
    lookup->addr = *addr;
    snprintf(port, sizeof port, "%u", (unsigned)addr->port);
    if (uv_getaddrinfo(resolver->loop, &lookup->req, looked_up, addr->host, port, &hints) != 0) {
        free(lookup);
        return NULL;
    }
    running++;
    lookup->running = true;
    lookup->next = resolver->lookups;
    resolver->lookups = lookup;
    return lookup;
}

struct resolve *resolve_start(struct resolver *resolver, const struct addr *addr, resolve_fn *done,
                              void *arg)
{
    struct lookup *lookup = find(resolver, addr);
    struct resolve *resolve = calloc(1, sizeof *resolve);

    assert(done != NULL && (lookup == NULL || lookup->running));
    if (resolve != NULL && lookup == NULL)
        lookup = begin(resolver, addr);
    if (resolve == NULL || lookup == NULL) {
        free(resolve);
        return NULL;
    }
    *resolve = (struct resolve){ lookup, done, arg, lookup->waiting };
    lookup->waiting = resolve;
    return resolve;
}

void resolve_cancel(struct resolve *resolve)
{
    if (resolve == NULL)
        return;
    struct resolve **at = &resolve->lookup->waiting;

    while (*at != resolve)
        at = &(*at)->next;
    *at = resolve->next;
    free(resolve);
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
