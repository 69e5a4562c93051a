#include "store/score_node.h"

#include <string.h>

#include "store/mem.h"

static size_t node_bytes(const struct score_node *v)
{
    return v->is_leaf ? sizeof(struct score_node) : sizeof(struct score_inner);
}

struct score_node *score_node_new(bool is_leaf)
{
    struct score_node *v =
        mem_alloc(is_leaf ? sizeof(struct score_node) : sizeof(struct score_inner));

    v->n = 0;
    v->is_leaf = is_leaf;
    return v;
}

void score_node_free(struct score_node *v)
{
    mem_free(v, node_bytes(v));
}

/* How many keys of a node do not stand behind the element. */
size_t score_node_keys_up_to(const struct score_node *v, struct scored x)
{
    size_t low = 0, high = v->n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (score_precedes(x, score_node_key(v, mid)))
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* Copies a run of slots within a node, or from one to another of the same kind. */
static void move_slots(struct score_node *to, size_t to_at, struct score_node *from, size_t at,
                       size_t n)
{
    memmove(to->scores + to_at, from->scores + at, n * sizeof(to->scores[0]));
    memmove(to->members + to_at, from->members + at, n * sizeof(to->members[0]));
    if (to->is_leaf)
        return;
    memmove(score_inner(to)->branches + to_at, score_inner(from)->branches + at,
            n * sizeof(struct score_node *));
    memmove(score_inner(to)->counts + to_at, score_inner(from)->counts + at, n * sizeof(size_t));
}

void score_node_open(struct score_node *v, size_t at)
{
    assert(v->n < SCORE_NODE_ROOM && at <= v->n);
    move_slots(v, at + 1, v, at, v->n - at);
    v->n++;
}

void score_node_close(struct score_node *v, size_t at)
{
    assert(at < v->n);
    move_slots(v, at, v, at + 1, v->n - at - 1);
    v->n--;
}

size_t score_node_count(const struct score_node *v)
{
    size_t sum = 0;

    if (v->is_leaf)
        return v->n;
    for (size_t i = 0; i < v->n; i++)
        sum += score_inner_const(v)->counts[i];
    return sum;
}

/* Notes a branch at a place of a node: its first element, and how many there are. */
void score_node_set_branch(struct score_node *v, size_t at, struct score_node *branch, size_t count)
{
    v->scores[at] = branch->scores[0];
    v->members[at] = branch->members[0];
    score_inner(v)->branches[at] = branch;
    score_inner(v)->counts[at] = count;
}

/* Puts a new right neighbour of its branch into a node. */
void score_node_add_branch(struct score_node *v, size_t at, struct score_node *right)
{
    struct score_node *left = score_inner(v)->branches[at];
    size_t count = score_node_count(right);

    score_node_set_branch(v, at, left, score_inner(v)->counts[at] - count);
    score_node_open(v, at + 1);
    score_node_set_branch(v, at + 1, right, count);
}

/* Moves the slots from a place on to a new node; returns it. */
struct score_node *score_node_divide(struct score_node *v, size_t at)
{
    struct score_node *right = score_node_new(v->is_leaf);

    move_slots(right, 0, v, at, v->n - at);
    right->n = (unsigned short)(v->n - at);
    v->n = (unsigned short)at;
    return right;
}

/* Puts all of the branch behind a place into the branch there. */
void score_node_join(struct score_node *v, size_t at)
{
    struct score_inner *in = score_inner(v);
    struct score_node *left = in->branches[at], *right = in->branches[at + 1];

    move_slots(left, left->n, right, 0, right->n);
    left->n = (unsigned short)(left->n + right->n);
    score_node_set_branch(v, at, left, in->counts[at] + in->counts[at + 1]);
    score_node_free(right);
    score_node_close(v, at + 1);
}

/* Gives both branches, the one at a place and the one behind it, the same number of slots. */
void score_node_share(struct score_node *v, size_t at)
{
    struct score_inner *in = score_inner(v);
    struct score_node *left = in->branches[at], *right = in->branches[at + 1];
    size_t all = (size_t)left->n + right->n, half = all / 2, count;

    if (left->n < half) {
        size_t n = half - left->n;

        move_slots(left, left->n, right, 0, n);
        move_slots(right, 0, right, n, right->n - n);
    } else {
        size_t n = left->n - half;

        move_slots(right, n, right, 0, right->n);
        move_slots(right, 0, left, half, n);
    }
    left->n = (unsigned short)half;
    right->n = (unsigned short)(all - half);
    count = in->counts[at] + in->counts[at + 1];
    score_node_set_branch(v, at, left, score_node_count(left));
    score_node_set_branch(v, at + 1, right, count - in->counts[at]);
}
