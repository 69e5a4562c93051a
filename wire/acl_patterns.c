#include "wire/acl_patterns.h"

#include <stdlib.h>

#include "wire/glob.h"

void acl_patterns_set(struct acl_patterns *p, bool all)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->list[i].text);
    free(p->list);
    *p = (struct acl_patterns){ .all = all };
}

static struct acl_pattern *find(const struct acl_patterns *p, struct slice text)
{
    for (size_t i = 0; i < p->n; i++)
        if (slice_is(text, p->list[i].text))
            return &p->list[i];
    return NULL;
}

/* Why a pattern cannot be written into a line of rules. */
static enum acl_fault fault_of(struct slice text)
{
    if (text.n > ACL_PATTERN_BYTES_MAX)
        return ACL_FAULT_LIMIT;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        if (byte == ' ' || byte == '\0' || (byte >= '\t' && byte <= '\r'))
            return ACL_FAULT_SYNTAX;
        if (byte < ' ' || byte == 0x7f)
            return ACL_FAULT_CONTROL;
    }
    return ACL_FAULT_NONE;
}

static enum acl_fault append(struct acl_patterns *p, struct slice text, unsigned access)
{
    struct acl_pattern *list = realloc(p->list, (p->n + 1) * sizeof(*list));
    char *copy = malloc(text.n + 1);

    if (list)
        p->list = list;
    if (!list || !copy) {
        free(copy);
        return ACL_FAULT_MEMORY;
    }
    slice_copy(text, copy, text.n + 1);
    p->list[p->n++] = (struct acl_pattern){ copy, access };
    return ACL_FAULT_NONE;
}

enum acl_fault acl_patterns_add(struct acl_patterns *p, struct slice text, unsigned access)
{
    struct acl_pattern *there = find(p, text);
    enum acl_fault fault = fault_of(text);

    if (fault != ACL_FAULT_NONE)
        return fault;
    if (there) {
        there->access |= access;
        return ACL_FAULT_NONE;
    }
    return p->n < ACL_PATTERNS_MAX ? append(p, text, access) : ACL_FAULT_LIMIT;
}

bool acl_patterns_copy(struct acl_patterns *to, const struct acl_patterns *p)
{
    to->all = p->all;
    for (size_t i = 0; i < p->n; i++)
        if (append(to, slice_str(p->list[i].text), p->list[i].access) != ACL_FAULT_NONE)
            return false;
    return true;
}

bool acl_patterns_match(const struct acl_patterns *p, struct slice name, unsigned access)
{
    for (size_t i = 0; i < p->n; i++)
        if ((p->list[i].access & access) == access &&
            glob_match(slice_str(p->list[i].text), name, false))
            return true;
    return p->all;
}

bool acl_patterns_grant(const struct acl_patterns *p, struct slice text, unsigned access)
{
    const struct acl_pattern *there = find(p, text);

    return p->all || (there && (there->access & access) == access);
}
