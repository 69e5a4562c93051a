#include "store/score_tree.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "store/mem.h"
#include "store/members.h"

/*
 * A node has room for one element too many, which makes it be divided. Leaves end after `members`;
 * inner nodes have the first element of each branch there.
 */
enum {
    ROOM = SCORE_NODE_MAX + 1,
    FEW = SCORE_NODE_MAX / 4,  /* with fewer a node looks for a neighbour's */
    JOINED_MAX = ROOM / 4 * 3, /* two nodes with no more than these become one */
    LENDER_MAX = JOINED_MAX,   /* a full node puts some slots into a neighbour with no more */
    DEPTH_MAX = 16
};

struct score_node {
    unsigned short n;
    bool is_leaf;
    double scores[ROOM];
    const struct member *members[ROOM];
};

struct inner_node {
    struct score_node keys;
    struct score_node *branches[ROOM];
    size_t counts[ROOM];
};

/* The way from the root to an element: in each node the place of the branch, or of the element. */
struct path {
    struct score_node *nodes[DEPTH_MAX];
    size_t at[DEPTH_MAX];
    size_t depth; /* nodes */
};

static struct inner_node *inner(struct score_node *v)
{
    assert(!v->is_leaf);
    return (struct inner_node *)v;
}

static const struct inner_node *inner_const(const struct score_node *v)
{
    assert(!v->is_leaf);
    return (const struct inner_node *)v;
}

static size_t node_bytes(const struct score_node *v)
{
    return v->is_leaf ? sizeof(struct score_node) : sizeof(struct inner_node);
}

static struct score_node *new_node(bool is_leaf)
{
    struct score_node *v =
        mem_alloc(is_leaf ? sizeof(struct score_node) : sizeof(struct inner_node));

    v->n = 0;
    v->is_leaf = is_leaf;
    return v;
}

static void free_node(struct score_node *v)
{
    mem_free(v, node_bytes(v));
}

int score_compare_names(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return order != 0 ? order : a.n < b.n ? -1 : a.n > b.n;
}

/* True when the element stands before the one at a place of a node. */
static inline bool precedes(struct scored x, const struct score_node *v, size_t i)
{
    if (x.score != v->scores[i])
        return x.score < v->scores[i];
    return score_compare_names(member_name(x.member), member_name(v->members[i])) < 0;
}

/* How many keys of a node do not stand behind the element. */
static size_t keys_up_to(const struct score_node *v, struct scored x)
{
    size_t low = 0, high = v->n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (precedes(x, v, mid))
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* The way to the last element that does not stand behind x; the place in the leaf is the one behind
 * it. */
static void find_path(const struct score_tree *t, struct scored x, struct path *ret)
{
    struct score_node *v = t->root;

    for (ret->depth = 0;; ret->depth++) {
        size_t at = keys_up_to(v, x);

        assert(ret->depth < DEPTH_MAX);
        ret->nodes[ret->depth] = v;
        if (v->is_leaf) {
            ret->at[ret->depth++] = at;
            return;
        }
        ret->at[ret->depth] = at > 0 ? at - 1 : 0;
        v = inner(v)->branches[ret->at[ret->depth]];
    }
}

/* The way to an element that is there. */
static void find_element(const struct score_tree *t, struct scored x, struct path *ret)
{
    struct score_node *leaf;
    size_t *at;

    assert(t->root != NULL);
    find_path(t, x, ret);
    leaf = ret->nodes[ret->depth - 1];
    at = &ret->at[ret->depth - 1];
    assert(*at > 0);
    (*at)--;
    assert(leaf->members[*at] == x.member);
}

/* Copies a run of slots within a node, or from one to another of the same kind. */
static void move_slots(struct score_node *to, size_t to_at, struct score_node *from, size_t at,
                       size_t n)
{
    memmove(to->scores + to_at, from->scores + at, n * sizeof(to->scores[0]));
    memmove(to->members + to_at, from->members + at, n * sizeof(to->members[0]));
    if (to->is_leaf)
        return;
    memmove(inner(to)->branches + to_at, inner(from)->branches + at,
            n * sizeof(struct score_node *));
    memmove(inner(to)->counts + to_at, inner(from)->counts + at, n * sizeof(size_t));
}

static void open_slot(struct score_node *v, size_t at)
{
    assert(v->n < ROOM && at <= v->n);
    move_slots(v, at + 1, v, at, v->n - at);
    v->n++;
}

static void close_slot(struct score_node *v, size_t at)
{
    assert(at < v->n);
    move_slots(v, at, v, at + 1, v->n - at - 1);
    v->n--;
}

static size_t count_below(const struct score_node *v)
{
    size_t sum = 0;

    if (v->is_leaf)
        return v->n;
    for (size_t i = 0; i < v->n; i++)
        sum += inner_const(v)->counts[i];
    return sum;
}

/* Notes a branch at a place of a node: its first element, and how many there are. */
static void set_branch(struct score_node *v, size_t at, struct score_node *branch, size_t count)
{
    v->scores[at] = branch->scores[0];
    v->members[at] = branch->members[0];
    inner(v)->branches[at] = branch;
    inner(v)->counts[at] = count;
}

/* Moves the slots from a place on to a new node; returns it. */
static struct score_node *divide(struct score_node *v, size_t at)
{
    struct score_node *right = new_node(v->is_leaf);

    move_slots(right, 0, v, at, v->n - at);
    right->n = (unsigned short)(v->n - at);
    v->n = (unsigned short)at;
    return right;
}

/* Whether a new element is the first of all, or the last. */
struct ends {
    bool start, end;
};

/* Where a node is divided: in the middle, but at the ends of the tree next to the new slot, since
 * what grows at an end goes on to do so, and leaves full nodes behind. */
static size_t division(const struct score_node *v, const struct ends *ends)
{
    if (ends->end)
        return v->n - 1u;
    return ends->start ? 1 : v->n / 2u;
}

static void grow_root(struct score_tree *t, struct score_node *right)
{
    struct score_node *root = new_node(false), *left = t->root;

    root->n = 2;
    set_branch(root, 0, left, count_below(left));
    set_branch(root, 1, right, count_below(right));
    t->root = root;
}

/* Puts a new right neighbour of its branch into a node. */
static void add_branch(struct score_node *v, size_t at, struct score_node *right)
{
    struct score_node *left = inner(v)->branches[at];
    size_t count = count_below(right);

    set_branch(v, at, left, inner(v)->counts[at] - count);
    open_slot(v, at + 1);
    set_branch(v, at + 1, right, count);
}

static bool is_first(const struct path *path)
{
    for (size_t i = 0; i < path->depth; i++) {
        if (path->at[i] > 0)
            return false;
    }
    return true;
}

/* True when the way leads to the end of the last leaf. */
static bool is_last(const struct path *path)
{
    for (size_t i = 0; i + 1 < path->depth; i++) {
        if (path->at[i] + 1 < path->nodes[i]->n)
            return false;
    }
    return path->at[path->depth - 1] == path->nodes[path->depth - 1]->n;
}

/* Gives both branches, the one at a place and the one behind it, the same number of slots. */
static void share(struct score_node *v, size_t at)
{
    struct inner_node *in = inner(v);
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
    set_branch(v, at, left, count_below(left));
    set_branch(v, at + 1, right, count - in->counts[at]);
}

/* Makes a branch with a slot too many smaller: by a neighbour with room, or else by dividing it. */
static void relieve(struct score_node *v, size_t at, const struct ends *ends)
{
    struct score_node *const *branches = inner(v)->branches;

    if (!ends->start && !ends->end && at > 0 && branches[at - 1]->n <= LENDER_MAX)
        share(v, at - 1);
    else if (!ends->start && !ends->end && at + 1 < v->n && branches[at + 1]->n <= LENDER_MAX)
        share(v, at);
    else
        add_branch(v, at, divide(branches[at], division(branches[at], ends)));
}

/* Counts a new element on the way up, and makes the nodes smaller that are too full. */
static void settle_insert(struct score_tree *t, struct path *path, const struct ends *ends)
{
    for (size_t level = path->depth - 1; level-- > 0;) {
        struct score_node *v = path->nodes[level];
        size_t at = path->at[level];

        set_branch(v, at, inner(v)->branches[at], inner(v)->counts[at] + 1);
        if (inner(v)->branches[at]->n == ROOM)
            relieve(v, at, ends);
    }
    if (t->root->n == ROOM)
        grow_root(t, divide(t->root, division(t->root, ends)));
}

void score_tree_init(struct score_tree *t)
{
    t->root = NULL;
    t->count = 0;
}

void score_tree_insert(struct score_tree *t, struct scored x)
{
    struct score_node *leaf;
    struct path path;
    struct ends ends;
    size_t at;

    if (t->root == NULL)
        t->root = new_node(true);
    find_path(t, x, &path);
    ends.start = is_first(&path);
    ends.end = is_last(&path);
    leaf = path.nodes[path.depth - 1];
    at = path.at[path.depth - 1];
    open_slot(leaf, at);
    leaf->scores[at] = x.score;
    leaf->members[at] = x.member;
    t->count++;
    settle_insert(t, &path, &ends);
}

/* Puts all of the branch behind a place into the branch there. */
static void join(struct score_node *v, size_t at)
{
    struct inner_node *in = inner(v);
    struct score_node *left = in->branches[at], *right = in->branches[at + 1];

    move_slots(left, left->n, right, 0, right->n);
    left->n = (unsigned short)(left->n + right->n);
    set_branch(v, at, left, in->counts[at] + in->counts[at + 1]);
    free_node(right);
    close_slot(v, at + 1);
}

/* Helps a branch that has few slots, or none. */
static void mend(struct score_node *v, size_t at)
{
    struct score_node *branch = inner(v)->branches[at];
    size_t left = at > 0 ? at - 1 : at;

    if (branch->n == 0) {
        free_node(branch);
        close_slot(v, at);
    } else if (branch->n < FEW && v->n > 1) {
        struct score_node *const *pair = inner(v)->branches + left;

        if (pair[0]->n + pair[1]->n <= JOINED_MAX)
            join(v, left);
        else
            share(v, left);
    }
}

static void shrink_root(struct score_tree *t)
{
    struct score_node *root = t->root;

    while (!root->is_leaf && root->n == 1) {
        t->root = inner(root)->branches[0];
        free_node(root);
        root = t->root;
    }
    if (root->n == 0) {
        free_node(root);
        t->root = NULL;
    }
}

void score_tree_remove(struct score_tree *t, struct scored x)
{
    struct path path;

    find_element(t, x, &path);
    close_slot(path.nodes[path.depth - 1], path.at[path.depth - 1]);
    for (size_t level = path.depth - 1; level-- > 0;) {
        struct score_node *v = path.nodes[level], *branch;
        size_t at = path.at[level];

        branch = inner(v)->branches[at];
        inner(v)->counts[at]--;
        if (branch->n > 0)
            set_branch(v, at, branch, inner(v)->counts[at]);
        mend(v, at);
    }
    t->count--;
    shrink_root(t);
}

/* True when a new score leaves an element where it is, neither the first nor the last of its leaf.
 */
static bool stays(const struct score_node *leaf, size_t at, struct scored x)
{
    return at > 0 && at + 1 < leaf->n && !precedes(x, leaf, at - 1) && precedes(x, leaf, at + 1);
}

void score_tree_move(struct score_tree *t, struct scored x, double score)
{
    struct scored moved = { score, x.member };
    struct score_node *leaf;
    struct path path;
    size_t at;

    find_element(t, x, &path);
    leaf = path.nodes[path.depth - 1];
    at = path.at[path.depth - 1];
    if (stays(leaf, at, moved)) {
        leaf->scores[at] = score;
        return;
    }
    score_tree_remove(t, x);
    score_tree_insert(t, moved);
}

size_t score_tree_rank(const struct score_tree *t, struct scored x)
{
    struct path path;
    size_t rank = 0;

    find_element(t, x, &path);
    for (size_t level = 0; level + 1 < path.depth; level++) {
        for (size_t i = 0; i < path.at[level]; i++)
            rank += inner_const(path.nodes[level])->counts[i];
    }
    return rank + path.at[path.depth - 1];
}

/* How many keys of a node `before` is true for. */
static size_t keys_before(const struct score_node *v, score_before_fn *before, const void *arg)
{
    size_t low = 0, high = v->n;

    while (low < high) {
        size_t mid = (low + high) / 2;
        struct scored x = { v->scores[mid], v->members[mid] };

        if (before(arg, x))
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
            count += inner_const(v)->counts[i];
        v = inner_const(v)->branches[at - 1];
    }
    return count + at;
}

/* As if the nodes were as full as they are on average. */
size_t score_tree_bytes(const struct score_tree *t)
{
    size_t leaves = (t->count + JOINED_MAX - 1) / JOINED_MAX;
    size_t inners = leaves > 1 ? (leaves + JOINED_MAX - 1) / JOINED_MAX : 0;

    return leaves * (sizeof(struct score_node) + MEM_BLOCK_OVERHEAD) +
           inners * (sizeof(struct inner_node) + MEM_BLOCK_OVERHEAD);
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
        const struct inner_node *in = inner_const(v);
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
    ret->score = w->leaf->scores[w->at];
    ret->member = w->leaf->members[w->at];
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

bool score_tree_free_some(struct score_tree *t, size_t *left)
{
    while (t->root != NULL && *left > 0) {
        struct score_node *parent = NULL, *v = t->root;

        while (!v->is_leaf && v->n > 0) {
            parent = v;
            v = inner(v)->branches[v->n - 1];
        }
        free_node(v);
        if (parent != NULL)
            parent->n--;
        else
            t->root = NULL;
        (*left)--;
    }
    return t->root == NULL;
}

void score_tree_done(struct score_tree *t)
{
    size_t all = SIZE_MAX;

    score_tree_free_some(t, &all);
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
            if (last->member != NULL && !precedes(*last, v, i))
                return false;
            last->score = v->scores[i];
            last->member = v->members[i];
            continue;
        }
        branch = inner_const(v)->branches[i];
        if (!check_node(branch, height - 1, last, &count) || count != inner_const(v)->counts[i] ||
            branch->members[0] != v->members[i] || branch->scores[0] != v->scores[i])
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
    for (const struct score_node *v = t->root; !v->is_leaf; v = inner_const(v)->branches[0])
        height++;
    return check_node(t->root, height, &last, &count) && count == t->count;
}
