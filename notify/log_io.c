/* sd_journal_sendv() itself: the macro of that name would give our own lines as the place. */
#define SD_JOURNAL_SUPPRESS_LOCATION

#include "notify/log_io.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "notify/event.h"
#include "notify/json_put_io.h"
#include "wire/buf.h"
#include "wire/log_io.h"
#include "wire/sha256.h"

#define MESSAGE_ID_LEN 32 /* digits */

static const enum log_level levels[] = {
    [EVENT_DEBUG] = LOG_LEVEL_DEBUG,
    [EVENT_VERBOSE] = LOG_LEVEL_INFO,
    [EVENT_NOTICE] = LOG_LEVEL_NOTICE,
    [EVENT_WARNING] = LOG_LEVEL_WARNING,
};

#define FIELDS_MAX 7

/* An event's fields, and the room for those that are made. */
struct fields {
    struct log_field list[FIELDS_MAX];
    size_t n;
    char seq[24], epoch[24], node[ADDR_TEXT_MAX], primary[ADDR_TEXT_MAX];
};

static void put(struct fields *fields, const char *name, const char *value)
{
    if (value[0] != '\0')
        fields->list[fields->n++] = (struct log_field){ name, value };
}

static void put_number(struct fields *fields, const char *name, uint64_t number, char text[24])
{
    snprintf(text, 24, "%llu", (unsigned long long)number);
    if (number != 0)
        put(fields, name, text);
}

static void put_addr(struct fields *fields, const char *name, const struct addr *addr,
                     char text[ADDR_TEXT_MAX])
{
    if (addr_is_set(addr))
        put(fields, name, addr_format(addr, text));
}

static void collect(struct fields *fields, const struct event *event)
{
    fields->n = 0;
    put(fields, "event", event_name(event->kind));
    put_number(fields, "seq", event->seq, fields->seq);
    put(fields, "group", event->group);
    put_addr(fields, "node", &event->addr, fields->node);
    put_addr(fields, "primary", &event->primary, fields->primary);
    put(fields, "peer", event->runid);
    put_number(fields, "epoch", event->epoch, fields->epoch);
}

void log_event(const struct event *event)
{
    char text[EVENT_PAYLOAD_MAX];
    struct fields fields;

    event_format(event, text);
    collect(&fields, event);
    log_write_fields(levels[event_level(event->kind)], fields.list, fields.n, "%s %s",
                     event_name(event->kind), text);
}

/* --- logfmt --- */

/* A value, in quotes where it needs them. */
static void put_value(struct buf *buf, const char *value)
{
    if (value[0] != '\0' && strpbrk(value, " =\"\\") == NULL) {
        buf_append_str(buf, value);
        return;
    }
    buf_append_str(buf, "\"");
    for (const char *p = value; *p != '\0'; p++)
        buf_printf(buf, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    buf_append_str(buf, "\"");
}

static bool write_logfmt(const struct log_line *line)
{
    char stamp[LOG_STAMP_MAX];
    struct buf buf;

    log_stamp(stamp);
    buf_init(&buf, 0);
    buf_printf(&buf, "time=%s level=%s msg=", stamp, log_level_name(line->level));
    put_value(&buf, line->text);
    for (size_t i = 0; i < line->n_fields; i++) {
        buf_printf(&buf, " %s=", line->fields[i].name);
        put_value(&buf, line->fields[i].value);
    }
    buf_append_str(&buf, "\n");
    bool ok = !buf.overflow;

    if (ok)
        log_put(buf_data(&buf), buf_used(&buf));
    buf_done(&buf);
    return ok;
}

/* --- JSON --- */

static bool set(json_t *object, const char *name, const char *value)
{
    return json_object_set_new(object, name, json_text(value)) == 0;
}

static bool fill(json_t *object, const struct log_line *line)
{
    char stamp[LOG_STAMP_MAX];

    log_stamp(stamp);
    bool ok = set(object, "time", stamp) && set(object, "level", log_level_name(line->level)) &&
              set(object, "msg", line->text);

    for (size_t i = 0; ok && i < line->n_fields; i++)
        ok = set(object, line->fields[i].name, line->fields[i].value);
    return ok;
}

static bool write_json(const struct log_line *line)
{
    json_t *object = json_object();
    char *text = object != NULL && fill(object, line) ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    if (text == NULL)
        return false;
    size_t n = strlen(text);

    text[n] = '\n'; /* in the place of its end */
    log_put(text, n + 1);
    free(text);
    return true;
}

/* --- the journal --- */

/* Whether stderr itself leads to the journal: it may have been redirected since. */
static bool is_journal(void)
{
    const char *text = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat found;

    return text != NULL && sscanf(text, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &found) == 0 && found.st_dev == device && found.st_ino == inode;
}

/* "NAME=value" */
static void put_entry(struct buf *buf, const char *prefix, const char *name, const char *value)
{
    buf_append_str(buf, prefix);
    for (const char *p = name; *p != '\0'; p++)
        buf_printf(buf, "%c", toupper((unsigned char)*p));
    buf_printf(buf, "=%s", value);
    buf_append(buf, "", 1); /* its end */
}

static void put_message_id(struct buf *buf, const char *event)
{
    char text[64], id[SHA256_HEX_LEN + 1];

    snprintf(text, sizeof text, "picket %s", event);
    sha256_hex(slice_str(text), id);
    id[MESSAGE_ID_LEN] = '\0';
    put_entry(buf, "", "message_id", id);
}

size_t log_journal_entries(const struct log_line *line, struct buf *buf)
{
    char priority[8];

    snprintf(priority, sizeof priority, "%d", log_priority(line->level));
    put_entry(buf, "", "message", line->text);
    put_entry(buf, "", "priority", priority);
    put_entry(buf, "", "syslog_identifier", "picketd");
    for (size_t i = 0; i < line->n_fields; i++) {
        put_entry(buf, "PICKET_", line->fields[i].name, line->fields[i].value);
        if (strcmp(line->fields[i].name, "event") == 0)
            put_message_id(buf, line->fields[i].value);
    }
    return 3 + line->n_fields + (line->n_fields > 0);
}

static bool write_journal(const struct log_line *line)
{
    struct iovec entries[4 + FIELDS_MAX];
    struct buf buf;

    buf_init(&buf, 0);
    size_t n = log_journal_entries(line, &buf);
    char *p = buf_data(&buf);

    for (size_t i = 0; !buf.overflow && i < n; i++) {
        entries[i] = (struct iovec){ p, strlen(p) };
        p += entries[i].iov_len + 1;
    }
    bool ok = !buf.overflow && sd_journal_sendv(entries, (int)n) >= 0;

    buf_done(&buf);
    return ok;
}

/* --- which --- */

bool log_format_parse(const char *name, enum log_format *ret_format)
{
    static const char *const names[] = {
#define X(id, name) name,
        LOG_FORMATS(X)
#undef X
    };

    for (int i = 0; i < LOG_FORMAT_COUNT; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *ret_format = (enum log_format)i;
        return true;
    }
    return false;
}

void log_use(enum log_format format)
{
    static log_sink_fn *const sinks[LOG_FORMAT_COUNT] = { NULL, write_logfmt, write_json };

    log_set_sink(is_journal() ? write_journal : sinks[format]);
}

enum log_level log_level_of(int64_t word)
{
    static const enum log_level of[] = { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_NOTICE,
                                         LOG_LEVEL_WARNING, LOG_LEVEL_COUNT };

    return of[word];
}
