#include "sentinel/trace.h"

#include <inttypes.h>
#include <string.h>

#include "notify/event.h"
#include "sentinel/output.h"
#include "wire/buf.h"

#define SECRET "******"

/* --- values --- */

/* Bytes that separate, or that a line cannot hold, are escaped. */
static void put_text(struct buf *to, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte <= ' ' || byte >= 0x7f || byte == '%')
            buf_printf(to, "%%%02x", byte);
        else
            buf_append(to, text, 1);
    }
}

static void put_name(struct buf *to, const struct trace_field *field)
{
    buf_printf(to, " %s=", field->name);
}

/* Settings, one by one: "conf.quorum=2". */
static void put_conf(struct buf *to, const struct trace_field *field,
                     const struct conf_table *table, const void *conf)
{
    static const char zeros[sizeof(struct group_conf) + sizeof(struct global_conf)];

    for (size_t i = 0; i < table->n; i++) {
        const struct conf_option *option = &table->options[i];
        char value[CONF_TEXT_MAX + 1];

        if (option_equal(conf, zeros, option))
            continue;
        option_get(conf, option, value);
        buf_printf(to, " %s.%s=", field->name, option->file_name);
        put_text(to, option->secret ? SECRET : value);
    }
}

static void put_addr(struct buf *to, const struct trace_field *field, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];

    if (addr->host[0] == '\0' && addr->port == 0)
        return;
    put_name(to, field);
    if (addr->host[0] == '\0')
        buf_printf(to, ":%u", addr->port);
    else
        put_text(to, addr_format(addr, text));
}

static void put_lineage(struct buf *to, const struct trace_field *field,
                        const struct lineage *lineage)
{
    char text[LINEAGE_TEXT_MAX];

    lineage_format(lineage, text);
    if (text[0] == '\0')
        return;
    put_name(to, field);
    put_text(to, text);
}

static void put_word(struct buf *to, const struct trace_field *field, uint32_t value)
{
    put_name(to, field);
    if (field->word != NULL && value < (uint32_t)field->words)
        put_text(to, field->word((int)value));
    else
        buf_printf(to, "%" PRIu32, value);
}

/* A number that is not zero. */
#define PUT_NUMBER(type, form)                                                                     \
    if (*(const type *)at != 0) {                                                                  \
        put_name(to, field);                                                                       \
        buf_printf(to, "%" form, *(const type *)at);                                               \
    }

/* The field, unless it is zero; the first one of a shape, its kind, is always written. */
static void put_field(struct buf *to, const struct trace_field *field, const void *from, bool first)
{
    const void *at = (const char *)from + field->offset;

    switch (field->type) {
    case TRACE_BOOL:
        PUT_NUMBER(bool, "d")
        break;
    case TRACE_U32:
        if (first || *(const uint32_t *)at != 0)
            put_word(to, field, *(const uint32_t *)at);
        break;
    case TRACE_INT:
        PUT_NUMBER(int, "d")
        break;
    case TRACE_I64:
        PUT_NUMBER(int64_t, PRId64)
        break;
    case TRACE_U64:
        PUT_NUMBER(uint64_t, PRIu64)
        break;
    case TRACE_TEXT:
        if (*(const char *)at != '\0') {
            put_name(to, field);
            put_text(to, at);
        }
        break;
    case TRACE_ADDR:
        put_addr(to, field, at);
        break;
    case TRACE_GROUP_CONF:
        put_conf(to, field, &group_table, at);
        break;
    case TRACE_GLOBAL_CONF:
        put_conf(to, field, &global_table, at);
        break;
    case TRACE_TUNABLES:
        put_conf(to, field, &tunable_table, at);
        break;
    case TRACE_LINEAGE:
        put_lineage(to, field, at);
        break;
    case TRACE_APART:
        break;
    }
}

static void put_fields(struct buf *to, const struct trace_shape *shape, const void *from)
{
    for (size_t i = 0; i < shape->n; i++)
        put_field(to, &shape->fields[i], from, i == 0);
}

/* --- lines --- */

static void put_line(struct buf *to, msec now, const char *what, const struct trace_shape *shape,
                     const void *from)
{
    buf_printf(to, "%" PRId64 " %s", now, what);
    put_fields(to, shape, from);
    buf_append(to, "\n", 1);
}

static void put_extra(struct buf *to, const char *what, const struct trace_shape *shape,
                      const void *from)
{
    buf_printf(to, "+%s", what);
    put_fields(to, shape, from);
    buf_append(to, "\n", 1);
}

void trace_write_core(struct buf *to, const struct trace_core *core, msec now)
{
    put_line(to, now, "core", &trace_core_shape, core);
}

void trace_write_row(struct buf *to, const struct row *row, msec now)
{
    put_line(to, now, "row", &trace_row_shape, row);
}

static void write_message(struct buf *to, const struct message *message, msec now)
{
    buf_printf(to, "%" PRId64 " message", now);
    put_fields(to, &trace_message_shape, message);
    const struct trace_shape *part = trace_message_part((int)message->kind);

    for (size_t i = 0; i < part->n; i++)
        put_field(to, &part->fields[i], message, false);
    buf_append(to, "\n", 1);
}

static void write_info(struct buf *to, const struct node_info *info)
{
    for (uint32_t i = 0; i < info->n_replicas && info->replicas != NULL; i++)
        put_extra(to, "replica", &trace_replica_shape, &info->replicas[i]);
    put_extra(to, "info", &trace_info_shape, info);
}

void trace_write_input(struct buf *to, const struct input *input)
{
    switch (input->kind) {
    case INPUT_TICK:
        buf_printf(to, "%" PRId64 " tick\n", input->now);
        break;
    case INPUT_OBSERVATION:
        if (input->u.observation.info != NULL)
            write_info(to, input->u.observation.info);
        put_line(to, input->now, "seen", &trace_observation_shape, &input->u.observation);
        break;
    case INPUT_MESSAGE:
        write_message(to, &input->u.message, input->now);
        break;
    case INPUT_REQUEST:
        for (uint32_t i = 0; i < input->u.request.n_voters; i++)
            put_extra(to, "voter", &trace_voter_shape, &input->u.request.voters[i]);
        put_line(to, input->now, "request", &trace_request_shape, &input->u.request);
        break;
    case INPUT_SETTLED:
        put_line(to, input->now, "settled", &trace_settled_shape, &input->u.settled);
        break;
    }
}

static void write_event(struct buf *to, const struct event *event)
{
    char payload[EVENT_PAYLOAD_MAX];

    event_format(event, payload);
    for (char *p = payload; *p != '\0'; p++) /* a line stays one */
        *p = *p == '\n' || *p == '\r' ? '?' : *p;
    buf_printf(to, "%s %s\n", event_name(event->kind), payload);
}

void trace_write_events(struct buf *to, const struct output *output)
{
    for (size_t i = 0; i < output->n_events; i++) {
        buf_append_str(to, "= ");
        write_event(to, &output->events[i]);
    }
}

void trace_write_output(struct buf *to, const struct output *output, msec now)
{
    for (size_t i = 0; i < output->n_rows; i++)
        put_line(to, now, "row", &trace_row_shape, &output->rows[i]);
    for (size_t i = 0; i < output->n_messages; i++)
        write_message(to, &output->messages[i], now);
    for (size_t i = 0; i < output->n_orders; i++)
        put_line(to, now, "order", &trace_order_shape, &output->orders[i]);
    for (size_t i = 0; i < output->n_events; i++) {
        buf_printf(to, "%" PRId64 " event ", now);
        write_event(to, &output->events[i]);
    }
    for (size_t i = 0; i < output->n_replies; i++)
        put_line(to, now, "reply", &trace_reply_shape, &output->replies[i]);
}
