#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/trace.h"
#include "wire/slice.h"

/* Where values go, and what is said of a bad one. */
struct reading {
    const struct trace_shape *shapes[2]; /* of what the line holds; the second may be NULL */
    void *into;
    char *error;
};

static bool fail(char *ret_error, const char *form, ...) __attribute__((format(printf, 2, 3)));

static bool fail(char *ret_error, const char *form, ...)
{
    va_list args;

    va_start(args, form);
    vsnprintf(ret_error, TRACE_ERROR_MAX, form, args);
    va_end(args);
    return false;
}

/* --- values --- */

static int hex(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit != '\0' ? strchr(digits, digit) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/* %XX become bytes, in place. False: a % that is none of ours, or a zero. */
static bool unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        if (*text != '%') {
            *to++ = *text;
            continue;
        }
        int high = hex(text[1]), low = high >= 0 ? hex(text[2]) : -1;

        if (low < 0 || high + low == 0)
            return false;
        *to++ = (char)(high << 4 | low);
        text += 2;
    }
    *to = '\0';
    return true;
}

static bool get_signed(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    return slice_to_int64(slice_str(text), ret) && *ret >= min && *ret <= max;
}

static bool get_addr(const char *text, struct addr *ret)
{
    int64_t port;

    if (text[0] != ':')
        return addr_parse(ret, text);
    if (!get_signed(text + 1, 0, UINT16_MAX, &port))
        return false;
    *ret = (struct addr){ .port = (uint16_t)port };
    return true;
}

/* A number, or one of the field's words. */
static bool get_word(const struct trace_field *field, const char *text, uint32_t *ret)
{
    int64_t number;

    for (int i = 0; i < field->words; i++) {
        if (strcmp(field->word(i), text) == 0) {
            *ret = (uint32_t)i;
            return true;
        }
    }
    if (!get_signed(text, 0, field->words > 0 ? (int64_t)field->words - 1 : UINT32_MAX, &number))
        return false;
    *ret = (uint32_t)number;
    return true;
}

static bool get_text(const struct trace_field *field, const char *text, char *to)
{
    size_t n = strlen(text);

    if (n >= field->size)
        return false;
    memcpy(to, text, n + 1);
    return true;
}

static bool get_conf(const struct conf_table *table, const char *option, const char *text, void *to)
{
    const struct conf_option *found = option != NULL ? option_by_file_name(table, option) : NULL;

    return found != NULL && option_set(to, found, text);
}

static bool get_bool(const char *text, bool *to)
{
    *to = strcmp(text, "1") == 0;
    return *to || strcmp(text, "0") == 0;
}

static bool get_int(const char *text, int *to)
{
    int64_t number;

    if (!get_signed(text, INT32_MIN, INT32_MAX, &number))
        return false;
    *to = (int)number;
    return true;
}

/* OPTION: what stands behind the dot of a field of settings; else NULL. */
static bool get_field(const struct trace_field *field, const char *option, const char *text,
                      void *into)
{
    void *to = (char *)into + field->offset;

    switch (field->type) {
    case TRACE_BOOL:
        return get_bool(text, to);
    case TRACE_U32:
        return get_word(field, text, to);
    case TRACE_INT:
        return get_int(text, to);
    case TRACE_I64:
        return slice_to_int64(slice_str(text), to);
    case TRACE_U64:
        return slice_to_uint64(slice_str(text), to);
    case TRACE_TEXT:
        return get_text(field, text, to);
    case TRACE_ADDR:
        return get_addr(text, to);
    case TRACE_GROUP_CONF:
        return get_conf(&group_table, option, text, to);
    case TRACE_GLOBAL_CONF:
        return get_conf(&global_table, option, text, to);
    case TRACE_TUNABLES:
        return get_conf(&tunable_table, option, text, to);
    case TRACE_LINEAGE:
        return lineage_parse(to, text);
    case TRACE_APART:
        break;
    }
    return false;
}

static const struct trace_field *find(const struct trace_shape *shape, const char *name)
{
    for (size_t i = 0; shape != NULL && i < shape->n; i++) {
        if (strcmp(shape->fields[i].name, name) == 0)
            return &shape->fields[i];
    }
    return NULL;
}

/* "name=value" or "name.option=value". */
static bool read_token(const struct reading *reading, char *token)
{
    char *value = strchr(token, '='), *option = NULL;
    const struct trace_field *field;

    if (value == NULL)
        return fail(reading->error, "%.40s: a field without a value", token);
    *value++ = '\0';
    field = find(reading->shapes[0], token);
    if (field == NULL)
        field = find(reading->shapes[1], token);
    if (field == NULL && (option = strchr(token, '.')) != NULL) {
        *option++ = '\0';
        field = find(reading->shapes[0], token);
    }
    if (field == NULL)
        return fail(reading->error, "%.40s: there is no such field here", token);
    if (!unescape(value) || !get_field(field, option, value, reading->into))
        return fail(reading->error, "%.40s%s%.40s: \"%.60s\" is not allowed", token,
                    option != NULL ? "." : "", option != NULL ? option : "", value);
    return true;
}

/* The next word; *TEXT moves behind it. NULL: the end. */
static char *next_word(char **text)
{
    *text += strspn(*text, " ");
    if (**text == '\0')
        return NULL;
    char *word = *text;

    *text += strcspn(word, " ");
    if (**text != '\0')
        *(*text)++ = '\0';
    return word;
}

static bool read_tokens(const struct reading *reading, char *rest)
{
    char *token;

    while ((token = next_word(&rest)) != NULL) {
        if (!read_token(reading, token))
            return false;
    }
    return true;
}

static bool read_shape(const struct trace_shape *shape, void *into, char *rest, char *ret_error)
{
    struct reading reading = { { shape, NULL }, into, ret_error };

    memset(into, 0, shape->size);
    return read_tokens(&reading, rest);
}

/* --- lines --- */

static bool read_message(struct trace_reader *reader, char *rest, char *ret_error)
{
    struct message *message = &reader->input.u.message;
    struct reading reading = { { &trace_message_shape, NULL }, message, ret_error };
    char *kind = next_word(&rest);

    memset(message, 0, sizeof *message);
    if (kind == NULL || strncmp(kind, "kind=", 5) != 0)
        return fail(ret_error, "kind: must come first in a message");
    if (!read_token(&reading, kind))
        return false;
    reading.shapes[1] = trace_message_part((int)message->kind);
    return read_tokens(&reading, rest);
}

static bool read_observation(struct trace_reader *reader, char *rest, char *ret_error)
{
    struct observation *seen = &reader->input.u.observation;

    if (!read_shape(&trace_observation_shape, seen, rest, ret_error))
        return false;
    if (reader->has_info != (seen->evidence == EVIDENCE_INFO))
        return fail(ret_error, "evidence: info comes behind a line +info, and nothing else does");
    reader->info.replicas = reader->replicas;
    reader->info.n_replicas = reader->n_replicas;
    seen->info = reader->has_info ? &reader->info : NULL;
    return true;
}

static bool read_request(struct trace_reader *reader, char *rest, char *ret_error)
{
    struct request *request = &reader->input.u.request;

    if (!read_shape(&trace_request_shape, request, rest, ret_error))
        return false;
    if (request->kind >= REQUEST_COUNT)
        return fail(ret_error, "kind: there is no such request");
    request->voters = reader->voters;
    request->n_voters = reader->n_voters;
    return true;
}

static bool read_settled(struct trace_reader *reader, char *rest, char *ret_error)
{
    return read_shape(&trace_settled_shape, &reader->input.u.settled, rest, ret_error);
}

static bool read_tick(struct trace_reader *reader, char *rest, char *ret_error)
{
    (void)reader;
    return rest[strspn(rest, " ")] == '\0' || fail(ret_error, "a tick has no fields");
}

static bool read_core(struct trace_reader *reader, char *rest, char *ret_error)
{
    return read_shape(&trace_core_shape, &reader->core, rest, ret_error) &&
           (peer_runid_valid(reader->core.runid, strlen(reader->core.runid)) ||
            fail(ret_error, "runid: must be 40 letters or digits"));
}

static bool read_row(struct trace_reader *reader, char *rest, char *ret_error)
{
    return read_shape(&trace_row_shape, &reader->row, rest, ret_error);
}

static const struct {
    const char *word;
    enum trace_what what;
    enum input_kind kind; /* of an input */
    bool (*read)(struct trace_reader *reader, char *rest, char *ret_error);
} lines[] = {
    { "core", TRACE_IS_CORE, INPUT_TICK, read_core },
    { "row", TRACE_IS_ROW, INPUT_TICK, read_row },
    { "tick", TRACE_IS_INPUT, INPUT_TICK, read_tick },
    { "seen", TRACE_IS_INPUT, INPUT_OBSERVATION, read_observation },
    { "message", TRACE_IS_INPUT, INPUT_MESSAGE, read_message },
    { "request", TRACE_IS_INPUT, INPUT_REQUEST, read_request },
    { "settled", TRACE_IS_INPUT, INPUT_SETTLED, read_settled },
};

/* What belongs to the line that comes. */
static bool read_extra(struct trace_reader *reader, char *line, char *ret_error)
{
    char *word = next_word(&line);

    if (word != NULL && strcmp(word, "info") == 0) {
        reader->has_info = true;
        return read_shape(&trace_info_shape, &reader->info, line, ret_error);
    }
    if (word != NULL && strcmp(word, "replica") == 0 && reader->n_replicas < INFO_REPLICAS_MAX)
        return read_shape(&trace_replica_shape, &reader->replicas[reader->n_replicas++], line,
                          ret_error);
    if (word != NULL && strcmp(word, "voter") == 0 && reader->n_voters <= PEERS_MAX)
        return read_shape(&trace_voter_shape, &reader->voters[reader->n_voters++], line, ret_error);
    return fail(ret_error, "no line begins with +%.20s, or there are too many of them",
                word != NULL ? word : "");
}

/* "<now> <word> fields ...". */
static bool read_main(struct trace_reader *reader, char *line, enum trace_what *ret_what,
                      char *ret_error)
{
    char *time = next_word(&line), *word = next_word(&line);
    msec now;

    if (time == NULL || word == NULL || !slice_to_int64(slice_str(time), &now) || now < 0 ||
        now == MSEC_NEVER)
        return fail(ret_error, "a line begins with the time, and a word behind it");
    if (now < reader->now)
        return fail(ret_error, "the time goes back");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (strcmp(lines[i].word, word) != 0)
            continue;
        reader->now = now;
        reader->input.kind = lines[i].kind;
        reader->input.now = now;
        *ret_what = lines[i].what;
        bool ok = lines[i].read(reader, line, ret_error);

        reader->has_info = false;
        reader->n_replicas = reader->n_voters = 0;
        return ok;
    }
    return fail(ret_error, "%.20s: there is no such word", word);
}

bool trace_read(struct trace_reader *reader, char *line, enum trace_what *ret_what,
                char ret_error[TRACE_ERROR_MAX])
{
    *ret_what = TRACE_IS_NOTHING;
    if (line[0] == '\0' || line[0] == '#')
        return true;
    if (line[0] == '+')
        return read_extra(reader, line + 1, ret_error);
    if (line[0] == '=' && line[1] == ' ') {
        *ret_what = TRACE_IS_EVENT;
        reader->event = line + 2;
        return true;
    }
    return read_main(reader, line, ret_what, ret_error);
}
