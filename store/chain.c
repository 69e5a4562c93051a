#include "store/chain.h"

#include "store/mem.h"
#include "store/pack.h"

struct chain *chain_new(void)
{
    return mem_alloc_zero(sizeof(struct chain));
}

struct chain_node *chain_insert(struct chain *ch, struct chain_node *before, unsigned char *pack)
{
    struct chain_node *node = mem_alloc(sizeof(*node));

    node->pack = pack;
    node->count = pack_count(pack);
    node->next = before;
    node->prev = before != NULL ? before->prev : ch->last;
    *(node->prev != NULL ? &node->prev->next : &ch->first) = node;
    *(node->next != NULL ? &node->next->prev : &ch->last) = node;
    ch->count += node->count;
    ch->nodes++;
    return node;
}

unsigned char *chain_unlink(struct chain *ch, struct chain_node *node)
{
    unsigned char *pack = node->pack;

    *(node->prev != NULL ? &node->prev->next : &ch->first) = node->next;
    *(node->next != NULL ? &node->next->prev : &ch->last) = node->prev;
    ch->count -= node->count;
    ch->nodes--;
    mem_free(node, sizeof(*node));
    return pack;
}

struct chain_node *chain_split(struct chain *ch, struct chain_node *node, unsigned char *p)
{
    struct chain_node *rest = chain_insert(ch, node->next, pack_split(&node->pack, p));

    node->count -= rest->count;
    ch->count -= rest->count;
    return rest;
}

bool chain_free_some(struct chain *ch, size_t *left)
{
    while (ch->first != NULL) {
        if (!pack_free_some(&ch->first->pack, left))
            return false;
        chain_unlink(ch, ch->first);
    }
    mem_free(ch, sizeof(*ch));
    return true;
}

struct chain *chain_copy(const struct chain *ch)
{
    struct chain *copy = chain_new();

    for (const struct chain_node *node = ch->first; node != NULL; node = node->next)
        chain_insert(copy, NULL, pack_copy(node->pack));
    return copy;
}

size_t chain_bytes(const struct chain *ch, size_t samples)
{
    size_t bytes = 0, seen = 0;

    for (const struct chain_node *node = ch->first;
         node != NULL && (samples == 0 || seen < samples); node = node->next) {
        bytes += mem_block_bytes(sizeof(*node)) + mem_block_bytes(pack_bytes(node->pack));
        seen++;
    }
    if (seen < ch->nodes)
        bytes = bytes / seen * ch->nodes;
    return bytes + mem_block_bytes(sizeof(*ch));
}
