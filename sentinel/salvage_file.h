/*
 * salvage_file: the first line of a salvage file, and its name.
 *
 *   # picket-salvage 1 group=orders node=10.0.0.1:6379 replid=<40> from=100 until=250 time=<UTC>
 *
 * FROM and UNTIL are the offsets of the first and the last byte behind that line, in the history
 * REPLID.
 */
#ifndef SENTINEL_SALVAGE_FILE_H
#define SENTINEL_SALVAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/node_info.h"
#include "sentinel/group_conf.h"
#include "quorum/hello.h"
#include "wire/addr.h"

#define SALVAGE_FOLDER   "salvage"
#define SALVAGE_LINE_MAX 1024
#define SALVAGE_NAME_MAX 200
#define SALVAGE_TIME_MAX 24 /* "20261122T221500Z" */

struct salvage_head {
    char group[GROUP_NAME_MAX + 1];
    struct addr addr; /* of the node */
    char replid[RUNID_LEN + 1];
    uint64_t from, until;
    char time[SALVAGE_TIME_MAX + 1];
};

/* The line, its end included; its length. */
size_t salvage_head_format(const struct salvage_head *head, char ret_line[SALVAGE_LINE_MAX]);

/* False: TEXT (without the end of the line) is no such line; *ret_head may be half filled then. */
bool salvage_head_parse(struct salvage_head *ret_head, const char *text);

/* "orders-10.0.0.1_6379-20261122T221500Z-100": letters, digits, '.', '_' and '-' alone. */
void salvage_file_name(const struct salvage_head *head, char ret_name[SALVAGE_NAME_MAX]);

#endif
