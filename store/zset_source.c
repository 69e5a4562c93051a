#include "store/zset_source.h"

bool zset_source_set(struct zset_source *x, const struct entry *e)
{
    if (e != NULL && e->type != VALUE_ZSET && e->type != VALUE_SET)
        return false;
    x->entry = e;
    x->weight = 1;
    x->count = e == NULL ? 0 : e->type == VALUE_ZSET ? zset_count(e) : set_count(e);
    return true;
}

bool zset_source_score(const struct zset_source *x, struct slice name, double *ret)
{
    if (x->entry == NULL)
        return false;
    if (x->entry->type == VALUE_ZSET)
        return zset_score(x->entry, name, ret);
    *ret = 1;
    return set_has(x->entry, name);
}

void zset_source_walk_start(struct zset_source_walk *w, const struct zset_source *x)
{
    w->source = x;
    if (x->entry == NULL)
        return;
    if (x->entry->type == VALUE_ZSET)
        zset_walk_start(&w->zset, x->entry, 0, false);
    else
        set_walk_start(&w->set, x->entry);
}

bool zset_source_walk_next(struct zset_source_walk *w)
{
    if (w->source->entry == NULL)
        return false;
    if (w->source->entry->type == VALUE_ZSET) {
        if (!zset_walk_next(&w->zset))
            return false;
        w->name = w->zset.name.bytes;
        w->score = w->zset.score;
        return true;
    }
    if (!set_walk_next(&w->set))
        return false;
    w->name = w->set.item.bytes;
    w->score = 1;
    return true;
}
