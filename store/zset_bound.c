#include "store/zset_bound.h"

#include <math.h>
#include <stdlib.h>

#include "store/number.h"
#include "store/score_tree.h"

/* As C reads a number, which is more than what scores may look like: spaces may stand before it,
 * nothing is zero, what is too large is infinite, and a zero byte is an end. */
static bool read_score(struct slice text, struct zset_bound *ret, bool *ret_open)
{
    char copy[NUMBER_INPUT_MAX];
    char *end;

    *ret_open = text.n > 0 && text.p[0] == '(';
    text.p += *ret_open;
    text.n -= *ret_open;
    if (!slice_copy(text, copy, sizeof(copy)) && text.n >= sizeof(copy))
        return false;
    ret->score = strtod(copy, &end);
    return *end == '\0' && !isnan(ret->score);
}

static bool read_name(struct slice text, struct zset_bound *ret, bool *ret_open)
{
    *ret_open = true;
    if (slice_is(text, "-") || slice_is(text, "+")) {
        ret->infinite = text.p[0] == '-' ? -1 : 1;
        return true;
    }
    if (text.n == 0 || (text.p[0] != '(' && text.p[0] != '['))
        return false;
    *ret_open = text.p[0] == '(';
    ret->name.p = text.p + 1;
    ret->name.n = text.n - 1;
    return true;
}

bool zset_bounds_read(struct slice min, struct slice max, bool by_name, struct zset_bound ret[2])
{
    struct zset_bound low = { .by_name = by_name }, high = { .by_name = by_name };
    bool low_open, high_open;
    bool ok = by_name ? read_name(min, &low, &low_open) && read_name(max, &high, &high_open)
                      : read_score(min, &low, &low_open) && read_score(max, &high, &high_open);

    if (!ok)
        return false;
    low.after = low_open;
    high.after = !high_open;
    ret[0] = low;
    ret[1] = high;
    return true;
}

bool zset_bound_is_behind_score(const struct zset_bound *b, double score)
{
    return b->after ? score <= b->score : score < b->score;
}

bool zset_bound_is_behind_name(const struct zset_bound *b, struct slice name)
{
    int order;

    if (b->infinite != 0)
        return b->infinite > 0;
    order = score_compare_names(name, b->name);
    return b->after ? order <= 0 : order < 0;
}
