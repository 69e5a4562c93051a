#include "sentinel/row.h"

#include <assert.h>
#include <stddef.h>

const char *row_kind_name(enum row_kind kind)
{
    static const char *const names[] = {
#define X(id, name) name,
        ROW_KINDS(X)
#undef X
    };

    assert((size_t)kind < sizeof names / sizeof *names);
    return names[kind];
}
