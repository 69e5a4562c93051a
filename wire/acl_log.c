#include "wire/acl_log.h"

#include <stdlib.h>
#include <string.h>

#include "wire/resp_write.h"

static const char *const reason_names[] = { "auth", "command", "key", "channel" };

static void free_entry(struct acl_entry *entry)
{
    free(entry->client);
    free(entry);
}

void acl_log_clear(struct acl_log *log)
{
    while (log->n > 0)
        free_entry(log->entries[--log->n]);
}

static struct acl_entry *new_entry(enum acl_reason reason, struct slice object, struct slice user,
                                   struct slice client)
{
    struct acl_entry *entry = calloc(1, sizeof(*entry));
    char *copy = malloc(client.n + 1);

    if (!entry || !copy) {
        free(entry);
        free(copy);
        return NULL;
    }
    slice_copy(object, entry->object, sizeof(entry->object));
    slice_copy(user, entry->user, sizeof(entry->user));
    slice_copy(client, copy, client.n + 1);
    entry->reason = reason;
    entry->client = copy;
    return entry;
}

/* Where the entry is that says the same; log->n: nowhere. */
static size_t find_same(const struct acl_log *log, const struct acl_entry *entry, msec wall_ms)
{
    size_t i = 0;

    for (; i < log->n; i++) {
        const struct acl_entry *other = log->entries[i];
        if (other->reason == entry->reason && other->in_multi == entry->in_multi &&
            wall_ms - other->changed_ms <= ACL_LOG_SAME_MS &&
            strcmp(other->object, entry->object) == 0 && strcmp(other->user, entry->user) == 0)
            break;
    }
    return i;
}

void acl_log_add(struct acl_log *log, enum acl_reason reason, bool in_multi, struct slice object,
                 struct slice user, struct slice client, msec wall_ms)
{
    struct acl_entry *entry = new_entry(reason, object, user, client);

    if (!entry)
        return;
    entry->in_multi = in_multi;
    size_t at = find_same(log, entry, wall_ms);
    entry->count = 1;
    entry->made_ms = entry->changed_ms = wall_ms;
    if (at < log->n) {
        entry->count += log->entries[at]->count;
        entry->id = log->entries[at]->id;
        entry->made_ms = log->entries[at]->made_ms;
        free_entry(log->entries[at]);
    } else {
        entry->id = log->last_id++;
        if (log->n == ACL_LOG_MAX)
            free_entry(log->entries[--log->n]);
        at = log->n++;
    }
    memmove(log->entries + 1, log->entries, at * sizeof(log->entries[0]));
    log->entries[0] = entry;
}

void acl_log_reply(const struct acl_log *log, struct resp_writer *w, size_t max, msec wall_ms)
{
    size_t n = max < log->n ? max : log->n;

    resp_array(w, n);
    for (size_t i = 0; i < n; i++) {
        const struct acl_entry *entry = log->entries[i];
        resp_map(w, 10);
        resp_bulk_str(w, "count");
        resp_int(w, entry->count);
        resp_bulk_str(w, "reason");
        resp_bulk_str(w, reason_names[entry->reason]);
        resp_bulk_str(w, "context");
        resp_bulk_str(w, entry->in_multi ? "multi" : "toplevel");
        resp_bulk_str(w, "object");
        resp_bulk_str(w, entry->object);
        resp_bulk_str(w, "username");
        resp_bulk_str(w, entry->user);
        resp_bulk_str(w, "age-seconds");
        resp_double(w, (double)(wall_ms - entry->changed_ms) / 1000);
        resp_bulk_str(w, "client-info");
        resp_bulk_str(w, entry->client);
        resp_bulk_str(w, "entry-id");
        resp_int(w, entry->id);
        resp_bulk_str(w, "timestamp-created");
        resp_int(w, entry->made_ms);
        resp_bulk_str(w, "timestamp-last-updated");
        resp_int(w, entry->changed_ms);
    }
}
