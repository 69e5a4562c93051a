#include "wire/acl_category.h"

#include <assert.h>
#include <stddef.h>

#include "wire/command.h"

static const char *const names[] = {
#define X(id, name) name,
    ACL_CATEGORIES(X)
#undef X
};

/* What each flag puts a command into. */
static const struct {
    unsigned flag;
    unsigned categories;
} implied[] = {
#define IN(id) (1u << ACL_CATEGORY_##id)
    { COMMAND_WRITE, IN(WRITE) },
    { COMMAND_READONLY, IN(READ) },
    { COMMAND_PUBSUB, IN(PUBSUB) },
    { COMMAND_ADMIN, IN(ADMIN) | IN(DANGEROUS) },
    { COMMAND_BLOCKING, IN(BLOCKING) },
    { COMMAND_FAST, IN(FAST) },
    { COMMAND_IN_KEYSPACE, IN(KEYSPACE) },
    { COMMAND_IN_STRING, IN(STRING) },
    { COMMAND_IN_LIST, IN(LIST) },
    { COMMAND_IN_SET, IN(SET) },
    { COMMAND_IN_SORTEDSET, IN(SORTEDSET) },
    { COMMAND_IN_HASH, IN(HASH) },
    { COMMAND_IN_TRANSACTION, IN(TRANSACTION) },
    { COMMAND_IN_CONNECTION, IN(CONNECTION) },
    { COMMAND_IN_ADMIN, IN(ADMIN) },
    { COMMAND_IN_DANGEROUS, IN(DANGEROUS) },
};

unsigned acl_categories(const struct command *row)
{
    unsigned set = row->flags & COMMAND_FAST ? 0 : IN(SLOW);

    for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++)
        if (row->flags & implied[i].flag)
            set |= implied[i].categories;
    return set;
}

const char *acl_category_name(enum acl_category category)
{
    assert((unsigned)category < ACL_CATEGORY_COUNT);
    return names[category];
}

int acl_category_find(struct slice name)
{
    for (int i = 0; i < ACL_CATEGORY_COUNT; i++)
        if (slice_is_nocase(name, names[i]))
            return i;
    return -1;
}
