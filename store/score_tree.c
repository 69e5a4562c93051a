#include "store/score_tree.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "store/score_node.h"

#define DEPTH_MAX 16

/* The way from the root to an element: in each node the place of the branch, or of the element. */
struct path {
    struct score_node *nodes[DEPTH_MAX];
    size_t at[DEPTH_MAX];
    size_t depth; /* nodes */
};

int score_compare_names(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return order != 0 ? order : a.n < b.n ? -1 : a.n > b.n;
}

/* The way to the last element that does not stand behind x; the place in the leaf is the one behind
 * it. */
static void find_path(const struct score_tree *t, struct scored x, struct path *ret)
{
    struct score_node *v = t->root;

    for (ret->depth = 0;; ret->depth++) {
        size_t at = score_node_keys_up_to(v, x);

        assert(ret->depth < DEPTH_MAX);
        ret->nodes[ret->depth] = v;
        if (v->is_leaf) {
            ret->at[ret->depth++] = at;
            return;
        }
        ret->at[ret->depth] = at > 0 ? at - 1 : 0;
        v = score_inner(v)->branches[ret->at[ret->depth]];
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
    struct score_node *root = score_node_new(false), *left = t->root;

    root->n = 2;
    score_node_set_branch(root, 0, left, score_node_count(left));
    score_node_set_branch(root, 1, right, score_node_count(right));
    t->root = root;
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

/* Makes a branch with a slot too many smaller: by a neighbour with room, or else by dividing it. */
static void relieve(struct score_node *v, size_t at, const struct ends *ends)
{
    struct score_node *const *branches = score_inner(v)->branches;

    if (!ends->start && !ends->end && at > 0 && branches[at - 1]->n <= SCORE_NODE_LENDER_MAX)
        score_node_share(v, at - 1);
    else if (!ends->start && !ends->end && at + 1 < v->n &&
             branches[at + 1]->n <= SCORE_NODE_LENDER_MAX)
        score_node_share(v, at);
    else
        score_node_add_branch(v, at, score_node_divide(branches[at], division(branches[at], ends)));
}

/* Counts a new element on the way up, and makes the nodes smaller that are too full. */
static void settle_insert(struct score_tree *t, struct path *path, const struct ends *ends)
{
    for (size_t level = path->depth - 1; level-- > 0;) {
        struct score_node *v = path->nodes[level];
        size_t at = path->at[level];

        score_node_set_branch(v, at, score_inner(v)->branches[at], score_inner(v)->counts[at] + 1);
        if (score_inner(v)->branches[at]->n == SCORE_NODE_ROOM)
            relieve(v, at, ends);
    }
    if (t->root->n == SCORE_NODE_ROOM)
        grow_root(t, score_node_divide(t->root, division(t->root, ends)));
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
        t->root = score_node_new(true);
    find_path(t, x, &path);
    ends.start = is_first(&path);
    ends.end = is_last(&path);
    leaf = path.nodes[path.depth - 1];
    at = path.at[path.depth - 1];
    score_node_open(leaf, at);
    leaf->scores[at] = x.score;
    leaf->members[at] = x.member;
    t->count++;
    settle_insert(t, &path, &ends);
}

/* Helps a branch that has few slots, or none. */
static void mend(struct score_node *v, size_t at)
{
    struct score_node *branch = score_inner(v)->branches[at];
    size_t left = at > 0 ? at - 1 : at;

    if (branch->n == 0) {
        score_node_free(branch);
        score_node_close(v, at);
    } else if (branch->n < SCORE_NODE_FEW && v->n > 1) {
        struct score_node *const *pair = score_inner(v)->branches + left;

        if (pair[0]->n + pair[1]->n <= SCORE_NODE_JOINED_MAX)
            score_node_join(v, left);
        else
            score_node_share(v, left);
    }
}

static void shrink_root(struct score_tree *t)
{
    struct score_node *root = t->root;

    while (!root->is_leaf && root->n == 1) {
        t->root = score_inner(root)->branches[0];
        score_node_free(root);
        root = t->root;
    }
    if (root->n == 0) {
        score_node_free(root);
        t->root = NULL;
    }
}

void score_tree_remove(struct score_tree *t, struct scored x)
{
    struct path path;

    find_element(t, x, &path);
    score_node_close(path.nodes[path.depth - 1], path.at[path.depth - 1]);
    for (size_t level = path.depth - 1; level-- > 0;) {
        struct score_node *v = path.nodes[level], *branch;
        size_t at = path.at[level];

        branch = score_inner(v)->branches[at];
        score_inner(v)->counts[at]--;
        if (branch->n > 0)
            score_node_set_branch(v, at, branch, score_inner(v)->counts[at]);
        mend(v, at);
    }
    t->count--;
    shrink_root(t);
}

/* True when a new score leaves an element where it is, neither the first nor the last of its leaf.
 */
static bool stays(const struct score_node *leaf, size_t at, struct scored x)
{
    return at > 0 && at + 1 < leaf->n && !score_precedes(x, score_node_key(leaf, at - 1)) &&
           score_precedes(x, score_node_key(leaf, at + 1));
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

bool score_tree_free_some(struct score_tree *t, size_t *left)
{
    while (t->root != NULL && *left > 0) {
        struct score_node *parent = NULL, *v = t->root;

        while (!v->is_leaf && v->n > 0) {
            parent = v;
            v = score_inner(v)->branches[v->n - 1];
        }
        score_node_free(v);
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
