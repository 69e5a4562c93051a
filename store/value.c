#include "store/value.h"

#include <assert.h>

static const struct value_ops *const table[VALUE_TYPE_COUNT] = {
#define X(id, text, type) &type##_value_ops,
    VALUE_TYPES(X)
#undef X
};

static const char *const names[VALUE_TYPE_COUNT] = {
#define X(id, text, type) text,
    VALUE_TYPES(X)
#undef X
};

const struct value_ops *value_ops_of(const struct entry *e)
{
    assert(e->type < VALUE_TYPE_COUNT);
    return table[e->type];
}

const char *value_type_name(enum value_type type)
{
    assert(type < VALUE_TYPE_COUNT);
    return names[type];
}
