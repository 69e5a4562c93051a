#include "probes/node_info.h"

#include <assert.h>
#include <string.h>

#include "wire/slice.h"

/* What a line of INFO is written into. */
struct target {
    struct node_info info;
    struct info_replica *replicas;
};

enum field_type {
    FIELD_TEXT,
    FIELD_NUMBER,
    FIELD_FLAG,
    FIELD_INT,
    FIELD_SECONDS,
    FIELD_ZONE,
    FIELD_HOST,
    FIELD_PORT
};

/* One field: its name, how its value is read, where it goes, and for flags the
 * words that mean true and false. */
struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    const char *yes, *no;
};

#define AT(member) offsetof(struct node_info, member)

static const struct field fields[] = {
    { "run_id", FIELD_TEXT, AT(runid), NULL, NULL },
    { "loading", FIELD_FLAG, AT(loading), "1", "0" },
    { "loading_eta_seconds", FIELD_SECONDS, AT(loading_left_ms), NULL, NULL },
    { "used_memory", FIELD_NUMBER, AT(used_memory), NULL, NULL },
    { "maxmemory", FIELD_NUMBER, AT(max_memory), NULL, NULL },
    { "rdb_last_bgsave_status", FIELD_FLAG, AT(save_failed), "err", "ok" },
    { "aof_last_write_status", FIELD_FLAG, AT(append_failed), "err", "ok" },
    { "availability_zone", FIELD_ZONE, AT(zone), NULL, NULL },
    { "master_host", FIELD_HOST, AT(primary), NULL, NULL },
    { "master_port", FIELD_PORT, AT(primary), NULL, NULL },
    { "master_link_status", FIELD_FLAG, AT(link_up), "up", "down" },
    { "master_sync_in_progress", FIELD_FLAG, AT(syncing), "1", "0" },
    { "master_link_down_since_seconds", FIELD_SECONDS, AT(link_down_ms), NULL, NULL },
    { "slave_priority", FIELD_INT, AT(priority), NULL, NULL },
    { "replica_announced", FIELD_FLAG, AT(announced), "1", "0" },
    { "slave_repl_offset", FIELD_NUMBER, AT(repl_offset), NULL, NULL },
    { "master_replid", FIELD_TEXT, AT(replid), NULL, NULL },
    { "master_replid2", FIELD_TEXT, AT(replid2), NULL, NULL },
    { "second_repl_offset", FIELD_NUMBER, AT(second_offset), NULL, NULL },
    { "sync_replicas", FIELD_NUMBER, AT(sync_replicas), NULL, NULL },
    { "start_gate", FIELD_FLAG, AT(gate_closed), "closed", "open" },
    { "master_repl_offset", FIELD_NUMBER, AT(primary_offset), NULL, NULL },
    { "write_lease_ms", FIELD_NUMBER, AT(write_lease_ms), NULL, NULL },
    { "lease_left_ms", FIELD_NUMBER, AT(lease_left_ms), NULL, NULL },
    { "lease_epoch", FIELD_NUMBER, AT(lease_epoch), NULL, NULL },
    { "lease_clock_ms", FIELD_NUMBER, AT(lease_clock_ms), NULL, NULL },
};

void node_info_init(struct node_info *info)
{
    *info = (struct node_info){ .loading_left_ms = -1,
                                .link_down_ms = -1,
                                .priority = 100,
                                .announced = true,
                                .keys = -1,
                                .sync_replicas = -1 };
}

bool replid_equal(const char *a, const char *b)
{
    return a[0] != '\0' && strcmp(a, b) == 0;
}

bool node_info_are_kin(const struct node_info *a, const struct node_info *b)
{
    return replid_equal(a->replid, b->replid) || replid_equal(a->replid, b->replid2) ||
           replid_equal(a->replid2, b->replid) || replid_equal(a->replid2, b->replid2);
}

const char *node_role_name(enum node_role role)
{
    static const char *const names[] = { "?", "master", "slave" };

    assert(role <= ROLE_REPLICA);
    return names[role];
}

/* Set the host part of an address of which the port may be known already. */
static void set_host(struct addr *addr, struct slice value)
{
    struct addr full;

    if (addr_set_slice(&full, value.p, value.n, addr->port))
        *addr = full;
}

static void set_port(struct addr *addr, struct slice value)
{
    int64_t port;

    if (slice_to_int64(value, &port) && port >= 0 && port <= UINT16_MAX)
        addr->port = (uint16_t)port;
}

static bool is_zeros(struct slice value)
{
    size_t n = 0;

    while (n < value.n && value.p[n] == '0')
        n++;
    return n == value.n;
}

/* An id of the wrong length is taken as missing, and so is the one of zeros with
 * which a node says that it has none. */
static void set_id(char *id, struct slice value)
{
    if (is_zeros(value) || value.n != RUNID_LEN || !slice_copy(value, id, RUNID_LEN + 1))
        id[0] = '\0';
}

/* Read VALUE into the place that FIELD names; malformed values change nothing. */
static void field_set(const struct field *field, struct node_info *info, struct slice value)
{
    char *at = (char *)info + field->offset;
    int64_t number;

    switch (field->type) {
    case FIELD_TEXT:
        set_id(at, value);
        break;
    case FIELD_NUMBER:
        if (slice_to_int64(value, &number))
            *(uint64_t *)at = number < 0 ? 0 : (uint64_t)number;
        break;
    case FIELD_FLAG:
        if (slice_is(value, field->yes) || slice_is(value, field->no))
            *(bool *)at = slice_is(value, field->yes);
        break;
    case FIELD_INT:
        if (slice_to_int64(value, &number) && number >= 0 && number <= INT32_MAX)
            *(int *)at = (int)number;
        break;
    case FIELD_SECONDS:
        if (slice_to_int64(value, &number) && number <= INT32_MAX)
            *(msec *)at = number < 0 ? -1 : number * 1000;
        break;
    case FIELD_ZONE:
        if (!slice_copy(value, at, ZONE_LEN_MAX + 1))
            at[0] = '\0';
        break;
    case FIELD_HOST:
        set_host((struct addr *)at, value);
        break;
    case FIELD_PORT:
        set_port((struct addr *)at, value);
        break;
    }
}

/* Cut TEXT at the first SEP: the part before it is returned, TEXT keeps the rest. */
static struct slice cut(struct slice *text, char sep)
{
    const char *end = text->n ? memchr(text->p, sep, text->n) : NULL;
    struct slice head = { text->p, end != NULL ? (size_t)(end - text->p) : text->n };
    size_t used = end != NULL ? head.n + 1 : head.n;

    *text = (struct slice){ text->p + used, text->n - used };
    return head;
}

/* One "key=value" of a slaveN line of Redis >= 2.8. */
static void replica_set(struct info_replica *replica, struct slice key, struct slice value)
{
    if (slice_is(key, "ip"))
        set_host(&replica->addr, value);
    else if (slice_is(key, "port"))
        set_port(&replica->addr, value);
    else if (slice_is(key, "state"))
        replica->online = slice_is(value, "online");
    else if (slice_is(key, "offset"))
        slice_to_uint64(value, &replica->offset);
    else if (slice_is(key, "lag") && !slice_to_uint64(value, &replica->lag_s))
        replica->lag_s = UINT64_MAX;
}

/* The line of a replica: "ip=..,port=..,state=.." or, of old, "ip,port,state". */
static void parse_replica(struct target *target, struct slice value)
{
    static const char *const old_keys[] = { "ip", "port", "state" };
    struct info_replica replica = { 0 };

    for (size_t i = 0; value.n > 0; i++) {
        struct slice text = cut(&value, ',');
        struct slice key = cut(&text, '=');
        bool bare = text.p == key.p + key.n; /* no '=' in it */

        if (!bare)
            replica_set(&replica, key, text);
        else if (i < sizeof old_keys / sizeof *old_keys)
            replica_set(&replica, slice_str(old_keys[i]), key);
    }
    if (!addr_is_set(&replica.addr) || replica.addr.port == 0 ||
        target->info.n_replicas == INFO_REPLICAS_MAX) {
        target->info.n_dropped++;
        return;
    }
    target->replicas[target->info.n_replicas++] = replica;
}

/* Whether NAME is "slave" and a number. */
static bool names_replica(struct slice name)
{
    int64_t number;

    return name.n > 5 && memcmp(name.p, "slave", 5) == 0 &&
           slice_to_int64((struct slice){ name.p + 5, name.n - 5 }, &number) && number >= 0;
}

/* Whether NAME is "db" and a number. */
static bool names_database(struct slice name)
{
    int64_t number;

    return name.n > 2 && memcmp(name.p, "db", 2) == 0 &&
           slice_to_int64((struct slice){ name.p + 2, name.n - 2 }, &number) && number >= 0;
}

/* The line of a database: "keys=..,expires=..,.." */
static void parse_database(struct node_info *info, struct slice value)
{
    struct slice text = cut(&value, ',');
    struct slice key = cut(&text, '=');
    int64_t keys;

    if (slice_is(key, "keys") && slice_to_int64(text, &keys) && keys >= 0 &&
        keys <= INT64_MAX - (info->keys > 0 ? info->keys : 0))
        info->keys = (info->keys > 0 ? info->keys : 0) + keys;
}

static void parse_role(struct node_info *info, struct slice value)
{
    if (slice_is(value, "master"))
        info->role = ROLE_PRIMARY;
    else if (slice_is(value, "slave"))
        info->role = ROLE_REPLICA;
}

static void parse_line(struct target *target, struct slice line)
{
    struct slice name = cut(&line, ':');

    if (slice_is(name, "# Keyspace") && target->info.keys < 0)
        target->info.keys = 0;
    if (names_database(name)) {
        parse_database(&target->info, line);
        return;
    }
    if (slice_is(name, "role")) {
        parse_role(&target->info, line);
        return;
    }
    if (names_replica(name)) {
        parse_replica(target, line);
        return;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (slice_is(name, fields[i].name)) {
            field_set(&fields[i], &target->info, line);
            return;
        }
    }
}

bool node_info_parse(struct node_info *ret_info, struct info_replica *ret_replicas,
                     const char *text, size_t len)
{
    struct target target = { .replicas = ret_replicas };
    struct slice rest = { text, len };

    node_info_init(&target.info);
    target.info.repl_offset = UINT64_MAX; /* "not said" */
    while (rest.n > 0) {
        struct slice line = cut(&rest, '\n');

        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        parse_line(&target, line);
    }
    if (target.info.role == ROLE_UNKNOWN)
        return false;
    if (target.info.repl_offset == UINT64_MAX)
        target.info.repl_offset = target.info.primary_offset;
    if (!addr_is_set(&target.info.primary))
        target.info.primary.port = 0;
    *ret_info = target.info;
    ret_info->replicas = ret_replicas;
    return true;
}
