#include "store/set.h"

#include <assert.h>

#include "store/intset.h"
#include "store/mem.h"
#include "store/members.h"
#include "store/value.h"

static const struct slice nothing = { NULL, 0 };

static enum set_encoding form(const struct entry *e)
{
    assert(e->type == VALUE_SET);
    return (enum set_encoding)e->encoding;
}

static void become(struct entry *e, enum set_encoding encoding)
{
    assert(e->type == VALUE_STRING && e->encoding == STRING_SMALL);
    e->type = VALUE_SET;
    e->encoding = encoding;
}

void set_start(struct entry *e)
{
    become(e, SET_INTS);
    e->value.ints = intset_new();
}

static void free_compact(struct entry *e)
{
    if (form(e) == SET_INTS)
        intset_free(e->value.ints);
    else
        pack_free(e->value.pack);
}

static struct members *table_of(const struct entry *e, const struct hash_key *hash_key)
{
    struct members *m = members_new(hash_key);
    struct set_walk walk;

    set_walk_start(&walk, e);
    while (set_walk_next(&walk))
        members_set(m, walk.item.bytes, nothing);
    return m;
}

/* Gives a compact set its large form. */
static void make_table(struct entry *e, const struct hash_key *hash_key)
{
    struct members *m = table_of(e, hash_key);

    free_compact(e);
    e->encoding = SET_TABLE;
    e->value.members = m;
}

static void make_pack(struct entry *e)
{
    unsigned char *pack = pack_new();
    struct set_walk walk;

    set_walk_start(&walk, e);
    while (set_walk_next(&walk))
        pack = pack_append(pack, walk.item.bytes);
    free_compact(e);
    e->encoding = SET_PACK;
    e->value.pack = pack;
}

void set_adopt_ints(struct entry *e, unsigned char *ints, const struct value_limits *limits,
                    const struct hash_key *hash_key)
{
    become(e, SET_INTS);
    e->value.ints = ints;
    if (intset_count(ints) > limits->set_ints)
        make_table(e, hash_key);
}

bool set_adopt_pack(struct entry *e, unsigned char *pack, const struct value_limits *limits,
                    const struct hash_key *hash_key)
{
    if (!members_distinct(pack, 1, hash_key))
        return false;
    become(e, SET_PACK);
    e->value.pack = pack;
    if (pack_count(pack) > limits->set_entries)
        make_table(e, hash_key);
    return true;
}

size_t set_count(const struct entry *e)
{
    switch (form(e)) {
    case SET_INTS:
        return intset_count(e->value.ints);
    case SET_PACK:
        return pack_count(e->value.pack);
    case SET_TABLE:
        break;
    }
    return members_count(e->value.members);
}

bool set_has(const struct entry *e, struct slice member)
{
    int64_t number;

    switch (form(e)) {
    case SET_INTS:
        return slice_to_int64(member, &number) && intset_find(e->value.ints, number, NULL);
    case SET_PACK:
        return pack_find(pack_first(e->value.pack), member, 1) != NULL;
    case SET_TABLE:
        break;
    }
    return members_find(e->value.members, member) != NULL;
}

static bool add_int(struct entry *e, int64_t number, const struct value_limits *limits,
                    const struct hash_key *hash_key)
{
    size_t place;

    if (intset_find(e->value.ints, number, &place))
        return false;
    e->value.ints = intset_insert(e->value.ints, place, number);
    if (intset_count(e->value.ints) > limits->set_ints ||
        intset_count(e->value.ints) == INTSET_COUNT_MAX)
        make_table(e, hash_key);
    return true;
}

static bool fits_pack(struct slice member, size_t count, size_t bytes,
                      const struct value_limits *limits)
{
    return count < limits->set_entries && member.n <= limits->set_value &&
           bytes + member.n <= PACK_BYTES_MAX;
}

/* Bytes of the longest member: the first or the last one. */
static size_t longest_int(const unsigned char *ints)
{
    char text[ENTRY_INT_TEXT_MAX];
    size_t first, last;

    if (intset_count(ints) == 0)
        return 0;
    first = entry_int_text(intset_get(ints, 0), text);
    last = entry_int_text(intset_get(ints, intset_count(ints) - 1), text);
    return first > last ? first : last;
}

/* Makes a set of integers ready for a member that is none. */
static void leave_ints(struct entry *e, struct slice member, const struct value_limits *limits,
                       const struct hash_key *hash_key)
{
    size_t count = intset_count(e->value.ints);

    if (fits_pack(member, count, count * ENTRY_INT_TEXT_MAX, limits) &&
        longest_int(e->value.ints) <= limits->set_value)
        make_pack(e);
    else
        make_table(e, hash_key);
}

bool set_add(struct entry *e, struct slice member, const struct value_limits *limits,
             const struct hash_key *hash_key)
{
    int64_t number;

    if (form(e) == SET_INTS) {
        if (slice_to_int64(member, &number))
            return add_int(e, number, limits, hash_key);
        leave_ints(e, member, limits, hash_key);
    }
    if (form(e) == SET_PACK) {
        if (set_has(e, member))
            return false;
        if (fits_pack(member, pack_count(e->value.pack), pack_bytes(e->value.pack), limits)) {
            e->value.pack = pack_append(e->value.pack, member);
            return true;
        }
        make_table(e, hash_key);
    }
    return members_set(e->value.members, member, nothing);
}

static bool remove_int(struct entry *e, struct slice member)
{
    int64_t number;
    size_t place;

    if (!slice_to_int64(member, &number) || !intset_find(e->value.ints, number, &place))
        return false;
    e->value.ints = intset_delete(e->value.ints, place);
    return true;
}

bool set_remove(struct entry *e, struct slice member)
{
    unsigned char *p;

    switch (form(e)) {
    case SET_INTS:
        return remove_int(e, member);
    case SET_PACK:
        p = pack_find(pack_first(e->value.pack), member, 1);
        if (p != NULL)
            e->value.pack = pack_delete(e->value.pack, p, 1);
        return p != NULL;
    case SET_TABLE:
        break;
    }
    return members_delete(e->value.members, member);
}

void set_walk_start(struct set_walk *walk, const struct entry *e)
{
    walk->entry = e;
    walk->place = 0;
    if (form(e) == SET_PACK)
        walk->p = pack_first(e->value.pack);
    else if (form(e) == SET_TABLE)
        dict_walk_start(&walk->table, &e->value.members->dict);
}

static bool next_int(struct set_walk *walk)
{
    const unsigned char *ints = walk->entry->value.ints;

    if (walk->place == intset_count(ints))
        return false;
    walk->number = intset_get(ints, walk->place++);
    walk->item.bytes.p = walk->item.text;
    walk->item.bytes.n = entry_int_text(walk->number, walk->item.text);
    return true;
}

bool set_walk_next(struct set_walk *walk)
{
    const struct dict_node *node;

    switch (form(walk->entry)) {
    case SET_INTS:
        return next_int(walk);
    case SET_PACK:
        if (walk->p == NULL)
            return false;
        pack_get(walk->p, &walk->item);
        walk->p = pack_next(walk->p);
        return true;
    case SET_TABLE:
        break;
    }
    node = dict_walk_next(&walk->table);
    if (node != NULL)
        walk->item.bytes = member_name((const struct member *)node);
    return node != NULL;
}

struct entry *set_copy_large(const struct entry *e, const struct hash_key *hash_key)
{
    struct entry *copy = entry_new(nothing, false);

    become(copy, SET_TABLE);
    copy->value.members = table_of(e, hash_key);
    return copy;
}

/* An integer need not be read from its text. */
bool set_has_walked(const struct entry *e, const struct set_walk *walk)
{
    if (form(e) == SET_INTS && form(walk->entry) == SET_INTS)
        return intset_find(e->value.ints, walk->number, NULL);
    return set_has(e, walk->item.bytes);
}

static const char *encoding_name(const struct entry *e)
{
    static const char *const names[] = {
        [SET_INTS] = "intset", [SET_PACK] = "listpack", [SET_TABLE] = "hashtable"
    };

    return names[form(e)];
}

static size_t blocks(const struct entry *e)
{
    return form(e) == SET_TABLE ? members_count(e->value.members) : 1;
}

static size_t size_in_bytes(const struct entry *e, size_t samples)
{
    if (form(e) == SET_TABLE)
        return members_bytes(e->value.members, samples);
    return mem_block_bytes(form(e) == SET_INTS ? intset_bytes(e->value.ints)
                                               : pack_bytes(e->value.pack));
}

static bool free_some(struct entry *e, size_t *left)
{
    if (form(e) == SET_TABLE)
        return members_free_some(e->value.members, left);
    free_compact(e);
    return true;
}

static void copy_value(struct entry *to, const struct entry *from)
{
    become(to, form(from));
    if (form(from) == SET_INTS)
        to->value.ints = intset_copy(from->value.ints);
    else if (form(from) == SET_PACK)
        to->value.pack = pack_copy(from->value.pack);
    else
        to->value.members = members_copy(from->value.members);
}

const struct value_ops set_value_ops = {
    .encoding_name = encoding_name,
    .count = set_count,
    .blocks = blocks,
    .bytes = size_in_bytes,
    .free_some = free_some,
    .copy = copy_value,
};
