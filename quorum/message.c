#include "quorum/message.h"

#include <assert.h>
#include <stddef.h>

const char *message_kind_name(enum message_kind kind)
{
    static const char *const names[] = { "hello", "ask",   "answer", "opinion", "stock",
                                         "where", "there", "claim",  "pledge" };

    assert((size_t)kind < sizeof names / sizeof *names);
    return names[kind];
}

bool message_waits(enum message_kind kind)
{
    return kind != MESSAGE_CLAIM && kind != MESSAGE_PLEDGE;
}
