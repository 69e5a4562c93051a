#include "quorum/message.h"

#include <assert.h>
#include <stddef.h>

const char *message_kind_name(enum message_kind kind)
{
    static const char *const names[] = { "hello", "ask", "answer", "opinion", "stock", "where", "there" };

    assert((size_t)kind < sizeof names / sizeof *names);
    return names[kind];
}
