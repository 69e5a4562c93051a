/* Looking into a score tree: places, counts, walks. */
#include "store/score_tree.h"

#include "store/mem.h"
#include "store/score_node.h"

/* How many keys of a node `before` is true for. */
static size_t keys_before(const struct score_node *v, score_before_fn *before, const void *arg)
{
    size_t low = 0, high = v->n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (before(arg, score_node_key(v, mid)))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

size_t score_tree_count(const struct score_tree *t, score_before_fn *before, const void *arg)
{
    const struct score_node *v = t->root;
    size_t count = 0, at;

    if (v == NULL)
        return 0;
    while (at = keys_before(v, before, arg), !v->is_leaf) {
        if (at == 0)
            return count;
        for (size_t i = 0; i + 1 < at; i++)
            count += score_inner_const(v)->counts[i];
        v = score_inner_const(v)->branches[at - 1];
    }
    return count + at;
}

static bool before_element(const void *arg, struct scored x)
{
    return score_precedes(x, *(const struct scored *)arg);
}

size_t score_tree_rank(const struct score_tree *t, struct scored x)
{
    return score_tree_count(t, before_element, &x);
}

/* As if the nodes were as full as they are on average. */
size_t score_tree_bytes(const struct score_tree *t)
{
    size_t leaves = (t->count + SCORE_NODE_JOINED_MAX - 1) / SCORE_NODE_JOINED_MAX;
    size_t inners = leaves > 1 ? (leaves + SCORE_NODE_JOINED_MAX - 1) / SCORE_NODE_JOINED_MAX : 0;

    return leaves * mem_block_bytes(sizeof(struct score_node)) +
           inners * mem_block_bytes(sizeof(struct score_inner));
}

void score_walk_start(struct score_walk *w, const struct score_tree *t, size_t place)
{
    w->tree = t;
    w->leaf = NULL;
    w->at = 0;
    w->place = place;
}

/* Looks the place of a walk up. */
static void find_place(struct score_walk *w)
{
    const struct score_node *v = w->tree->root;
    size_t rest = w->place;

    while (!v->is_leaf) {
        const struct score_inner *in = score_inner_const(v);
        size_t i = 0;

        for (; rest >= in->counts[i]; i++)
            rest -= in->counts[i];
        v = in->branches[i];
    }
    w->leaf = v;
    w->at = rest;
}

/* The element at hand; false when the walk has left the tree. */
static bool at_hand(struct score_walk *w, struct scored *ret)
{
    if (w->place >= w->tree->count)
        return false;
    if (w->leaf == NULL)
        find_place(w);
    *ret = score_node_key(w->leaf, w->at);
    return true;
}

bool score_walk_next(struct score_walk *w, struct scored *ret)
{
    if (!at_hand(w, ret))
        return false;
    w->place++;
    if (++w->at == w->leaf->n)
        w->leaf = NULL;
    return true;
}

/* Before the first place comes the largest number, which is no place. */
bool score_walk_back(struct score_walk *w, struct scored *ret)
{
    if (!at_hand(w, ret))
        return false;
    w->place--;
    if (w->at-- == 0)
        w->leaf = NULL;
    return true;
}

/* Checks a branch of a height; *last is the element before it, and then its last one. */
static bool check_node(const struct score_node *v, size_t height, struct scored *last,
                       size_t *ret_count)
{
    size_t sum = 0, count;

    if (v->n == 0 || v->n > SCORE_NODE_MAX || v->is_leaf != (height == 0))
        return false;
    for (size_t i = 0; i < v->n; i++) {
        const struct score_node *branch;

        if (v->is_leaf) {
            if (last->member != NULL && !score_precedes(*last, score_node_key(v, i)))
                return false;
            *last = score_node_key(v, i);
            continue;
        }
        branch = score_inner_const(v)->branches[i];
        if (!check_node(branch, height - 1, last, &count) ||
            count != score_inner_const(v)->counts[i] || branch->members[0] != v->members[i] ||
            branch->scores[0] != v->scores[i])
            return false;
        sum += count;
    }
    *ret_count = v->is_leaf ? v->n : sum;
    return true;
}

bool score_tree_check(const struct score_tree *t)
{
    struct scored last = { 0, NULL };
    size_t height = 0, count;

    if (t->root == NULL)
        return t->count == 0;
    for (const struct score_node *v = t->root; !v->is_leaf; v = score_inner_const(v)->branches[0])
        height++;
    return check_node(t->root, height, &last, &count) && count == t->count;
}
