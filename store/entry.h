/*
 * One key with its value and, if it has one, its expiry time: a single allocation, so that a
 * look-up touches the bucket, the entry, and (for values that do not fit into the entry) the
 * value's bytes.
 *
 *     [ dict node | value word | type, encoding, ... | key bytes | padding, expiry ]
 *
 * The expiry tail is there only when ENTRY_VOLATILE is set. An entry is owned by its keyspace.
 * String values are held as an integer, as up to ENTRY_SMALL_MAX bytes in the value word, or as a
 * block of their own.
 */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/dict.h"
#include "wire/slice.h"

struct chain;
struct members;
struct zset;

#define ENTRY_SMALL_MAX    8
#define ENTRY_FREE_MAX     64 /* blocks of a value, or steps (store/mem.h), freed at once */
#define ENTRY_EMBEDDED_MAX 44 /* bytes up to which OBJECT ENCODING says embstr */
#define ENTRY_INT_TEXT_MAX 24 /* digits of an int64, sign, zero */

/* The clock of accesses counts seconds and goes round after 24 days: what was not used for longer
 * seems to have been used later. */
#define ENTRY_ACCESS_BITS 21
#define ENTRY_ACCESS_MASK ((1u << ENTRY_ACCESS_BITS) - 1)

/* Value types: the name that TYPE says, and the one that its tables begin with (store/value.h,
 * store/rdb_value.h). */
#define VALUE_TYPES(X)                                                                             \
    X(STRING, "string", string)                                                                    \
    X(HASH, "hash", hash)                                                                          \
    X(LIST, "list", list)                                                                          \
    X(ZSET, "zset", zset)                                                                          \
    X(SET, "set", set)

enum value_type {
#define X(id, text, type) VALUE_##id,
    VALUE_TYPES(X)
#undef X
        VALUE_TYPE_COUNT
};

enum string_encoding { STRING_INT, STRING_SMALL, STRING_BYTES };

/* Of types that have two forms: the compact one, and the large one. */
enum collection_encoding { COLLECTION_PACK, COLLECTION_TABLE };

enum entry_flag { ENTRY_VOLATILE = 1 };

/* A string value too long for the entry. */
struct bytes {
    uint32_t len;
    uint32_t cap;
    char data[];
};

struct entry {
    struct dict_node node;
    union {
        int64_t integer;
        char small[ENTRY_SMALL_MAX];
        struct bytes *bytes;
        unsigned char *pack;     /* store/pack.h */
        struct members *members; /* store/members.h */
        struct chain *chain;     /* store/chain.h */
        struct zset *zset;       /* store/zset.h */
        unsigned char *ints;     /* store/intset.h */
    } value;
    unsigned type : 3;                   /* enum value_type */
    unsigned encoding : 3;               /* enum string_encoding, or that of the type */
    unsigned small_len : 4;              /* of STRING_SMALL */
    unsigned flags : 1;                  /* enum entry_flag */
    unsigned access : ENTRY_ACCESS_BITS; /* the last one, by the keyspace's clock */
    char key[];
};

struct entry_expiry {
    int64_t at_ms; /* Unix time */
    uint32_t slot; /* place in the expiry heap */
};

/* A new entry with an empty string as its value. */
struct entry *entry_new(struct slice key, bool is_volatile);

/* Frees the entry and its value. NULL is fine. */
void entry_free(struct entry *e);

/* Adds or removes the expiry tail; returns the entry's new place. The old pointer is dead. */
struct entry *entry_resize(struct entry *e, bool is_volatile);

static inline struct slice entry_key(const struct entry *e)
{
    struct slice key = { e->key, e->node.key_len };
    return key;
}

static inline bool entry_is_volatile(const struct entry *e)
{
    return (e->flags & ENTRY_VOLATILE) != 0;
}

/* The expiry tail of a volatile entry. */
static inline struct entry_expiry *entry_expiry(const struct entry *e)
{
    size_t at = (offsetof(struct entry, key) + e->node.key_len + 7) & ~(size_t)7;
    return (struct entry_expiry *)((char *)e + at);
}

/* Milliseconds of Unix time at which the key expires, or -1. */
static inline int64_t entry_expires_at(const struct entry *e)
{
    return entry_is_volatile(e) ? entry_expiry(e)->at_ms : -1;
}

/* Notes an access. Writes only what changes: most entries are used more than once a second. */
static inline void entry_touch(struct entry *e, uint32_t clock)
{
    if (e->access != clock)
        e->access = clock & ENTRY_ACCESS_MASK;
}

/* Seconds since the last access. */
static inline uint32_t entry_idle_s(const struct entry *e, uint32_t clock)
{
    return (clock - e->access) & ENTRY_ACCESS_MASK;
}

/* Lets the last access have been so long ago, as far as the clock tells. */
static inline void entry_set_idle(struct entry *e, uint32_t clock, uint64_t idle_s)
{
    entry_touch(e, (clock - (uint32_t)(idle_s < ENTRY_ACCESS_MASK ? idle_s : ENTRY_ACCESS_MASK)) &
                       ENTRY_ACCESS_MASK);
}

const char *value_type_name(enum value_type type);

/* Sets a string value; takes the most compact form. */
void entry_set_string(struct entry *e, struct slice value);
void entry_set_int(struct entry *e, int64_t value);

/* The string value as bytes; text is used for integers. Valid until the value changes. */
struct slice entry_string(const struct entry *e, char text[ENTRY_INT_TEXT_MAX]);

size_t entry_string_len(const struct entry *e);

/* True when the string is an integer as Redis reads one. */
bool entry_string_int(const struct entry *e, int64_t *ret);

/*
 * Makes the string len bytes long at least (new bytes are zero) and gives its bytes to write into;
 * for APPEND and SETRANGE. Grows with room to spare.
 */
char *entry_string_extend(struct entry *e, size_t len);

/* Takes the value of another entry (which keeps an empty string). */
void entry_move_value(struct entry *to, struct entry *from);

/* Gives an entry a copy of another one's value. */
void entry_copy_value(struct entry *to, const struct entry *from);

/* True when the value is too large to be freed at once. */
bool entry_is_large(const struct entry *e);

/* Takes a value that is too large to be freed at once out of the entry, which keeps an empty
 * string: into an entry without a key, to be freed by entry_free_some. NULL: it is not so large. */
struct entry *entry_take_large(struct entry *e);

/* Frees up to *left blocks of the value and counts them off it; true when that was all, and the
 * entry is freed too. Until then nothing else may be done with it. */
bool entry_free_some(struct entry *e, size_t *left);

/* Bytes of memory of entry and value, with the allocator's share; see value_ops. */
size_t entry_bytes(const struct entry *e, size_t samples);

/* Puts the decimal digits of a value into text; returns their number. */
size_t entry_int_text(int64_t value, char text[ENTRY_INT_TEXT_MAX]);

#endif
