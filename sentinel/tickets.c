#include "sentinel/tickets.h"

#include <assert.h>
#include <stdlib.h>

struct slot {
    uint64_t ticket; /* 0 = free */
    uint64_t client;
    int asked;
};

/* A ticket lies in the slot that its lowest bits name. There are twice as many slots as tickets, so
 * going on to the next number finds a free one soon. */
struct tickets {
    struct slot *slots;
    size_t n_slots; /* a power of two */
    size_t max;
    size_t out;
    uint64_t last;
};

static struct slot *slot_of(const struct tickets *tickets, uint64_t ticket)
{
    return &tickets->slots[ticket & (tickets->n_slots - 1)];
}

struct tickets *tickets_new(size_t max)
{
    struct tickets *tickets = calloc(1, sizeof *tickets);

    assert(max > 0);
    if (tickets == NULL)
        return NULL;
    tickets->max = max;
    tickets->n_slots = 2;
    while (tickets->n_slots < 2 * max)
        tickets->n_slots *= 2;
    tickets->slots = calloc(tickets->n_slots, sizeof *tickets->slots);
    if (tickets->slots == NULL) {
        free(tickets);
        return NULL;
    }
    return tickets;
}

void tickets_free(struct tickets *tickets)
{
    if (tickets == NULL)
        return;
    free(tickets->slots);
    free(tickets);
}

uint64_t tickets_give(struct tickets *tickets, uint64_t client, int asked)
{
    if (tickets->out == tickets->max)
        return 0;
    do
        tickets->last++;
    while (slot_of(tickets, tickets->last)->ticket != 0);
    *slot_of(tickets, tickets->last) = (struct slot){ tickets->last, client, asked };
    tickets->out++;
    return tickets->last;
}

bool tickets_take(struct tickets *tickets, uint64_t ticket, uint64_t *ret_client, int *ret_asked)
{
    struct slot *slot = slot_of(tickets, ticket);

    if (ticket == 0 || slot->ticket != ticket)
        return false;
    *ret_client = slot->client;
    *ret_asked = slot->asked;
    slot->ticket = 0;
    tickets->out--;
    return true;
}
