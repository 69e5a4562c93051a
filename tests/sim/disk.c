#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sup.h"

/* Whether both rows stand in the same place of the same table. */
static bool same_key(const struct row *a, const struct row *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case ROW_GLOBAL:
    case ROW_EPOCH:
        return true;
    case ROW_GROUP:
    case ROW_REMOVED:
    case ROW_LINEAGE:
    case ROW_VOTE:
        return strcmp(a->group, b->group) == 0;
    case ROW_NODE:
    case ROW_HOLD:
    case ROW_FLAP:
        return strcmp(a->group, b->group) == 0 && addr_equal(&a->addr, &b->addr);
    case ROW_PEER:
        return strcmp(a->group, b->group) == 0 && strcmp(a->runid, b->runid) == 0;
    default:
        assert(!"a row that no table holds");
        return false;
    }
}

static void remove_at(struct disk *disk, int at)
{
    disk->rows[at] = disk->rows[--disk->n];
}

static void put(struct disk *disk, const struct row *row)
{
    for (int i = 0; i < disk->n; i++)
        if (same_key(&disk->rows[i], row)) {
            disk->rows[i] = *row;
            return;
        }
    if (disk->n == disk->cap) {
        disk->cap = disk->cap ? disk->cap * 2 : 16;
        disk->rows = realloc(disk->rows, (size_t)disk->cap * sizeof *disk->rows);
        assert(disk->rows != NULL);
    }
    disk->rows[disk->n++] = *row;
}

/* Whether the _GONE row deletes that one. */
static bool deletes(const struct row *gone, const struct row *row)
{
    struct row key = *gone;

    if (gone->kind == ROW_GROUP_GONE)
        return row->kind != ROW_EPOCH && row->kind != ROW_GLOBAL && row->kind != ROW_REMOVED &&
               strcmp(row->group, gone->group) == 0;
    if (gone->kind == ROW_NODE_GONE && row->kind == ROW_HOLD)
        key.kind = ROW_HOLD;
    else
        key.kind = gone->kind == ROW_NODE_GONE      ? ROW_NODE
                   : gone->kind == ROW_REMOVED_GONE ? ROW_REMOVED
                   : gone->kind == ROW_HOLD_GONE    ? ROW_HOLD
                                                    : ROW_PEER;
    return same_key(&key, row);
}

void disk_apply(struct disk *disk, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct row *row = &rows[i];
        if (row->kind != ROW_GROUP_GONE && row->kind != ROW_NODE_GONE &&
            row->kind != ROW_PEER_GONE && row->kind != ROW_REMOVED_GONE &&
            row->kind != ROW_HOLD_GONE) {
            put(disk, row);
            continue;
        }
        for (int j = disk->n - 1; j >= 0; j--)
            if (deletes(row, &disk->rows[j]) ||
                (row->kind == ROW_NODE_GONE && disk->rows[j].kind == ROW_FLAP &&
                 strcmp(disk->rows[j].group, row->group) == 0 &&
                 addr_equal(&disk->rows[j].addr, &row->addr)))
                remove_at(disk, j);
    }
}

const struct row *disk_find(const struct disk *disk, enum row_kind kind, const char *group,
                            const char *runid)
{
    for (int i = 0; i < disk->n; i++) {
        const struct row *row = &disk->rows[i];
        if (row->kind == kind && strcmp(row->group, group) == 0 &&
            (runid == NULL || strcmp(row->runid, runid) == 0))
            return row;
    }
    return NULL;
}

bool disk_has_node(const struct disk *disk, const char *group, const struct addr *addr)
{
    for (int i = 0; i < disk->n; i++)
        if (disk->rows[i].kind == ROW_NODE && strcmp(disk->rows[i].group, group) == 0 &&
            addr_equal(&disk->rows[i].addr, addr))
            return true;
    return false;
}

uint64_t disk_epoch(const struct disk *disk)
{
    const struct row *row = disk_find(disk, ROW_EPOCH, "", NULL);

    return row != NULL ? row->epoch : 0;
}
