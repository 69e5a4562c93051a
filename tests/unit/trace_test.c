#include "sentinel/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "wire/buf.h"
#include "wire/prng.h"

#define ROUNDS 200

/* --- the tables hold every byte of the structs --- */

/* Takes from BYTES what the shape has; a byte that is left belongs to no field. */
static void take_away(unsigned char *bytes, const struct trace_shape *shape)
{
    for (size_t i = 0; i < shape->n; i++)
        memset(bytes + shape->fields[i].offset, 0, shape->fields[i].size);
}

static size_t left(const unsigned char *bytes, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++)
        n += bytes[i] != 0;
    return n;
}

/* What is no padding must be in the table. */
#define CHECK_COVERED(type, shape)                                                                 \
    do {                                                                                           \
        type all;                                                                                  \
        CU_ASSERT_EQUAL((shape)->size, sizeof all);                                                \
        memset(&all, 0xff, sizeof all);                                                            \
        __builtin_clear_padding(&all);                                                             \
        take_away((unsigned char *)&all, shape);                                                   \
        CU_ASSERT_EQUAL(left((unsigned char *)&all, sizeof all), 0);                               \
        if (left((unsigned char *)&all, sizeof all) > 0)                                           \
            printf("a field of " #type " has no row in sentinel/trace_fields.c\n");                \
    } while (0)

static void test_covered(void)
{
    CHECK_COVERED(struct trace_core, &trace_core_shape);
    CHECK_COVERED(struct row, &trace_row_shape);
    CHECK_COVERED(struct observation, &trace_observation_shape);
    CHECK_COVERED(struct node_info, &trace_info_shape);
    CHECK_COVERED(struct info_replica, &trace_replica_shape);
    CHECK_COVERED(struct request, &trace_request_shape);
    CHECK_COVERED(struct voter, &trace_voter_shape);
    CHECK_COVERED(struct settled, &trace_settled_shape);
    CHECK_COVERED(struct order, &trace_order_shape);
    CHECK_COVERED(struct reply, &trace_reply_shape);
}

/* The same for one part of a message: its other bytes are no field of it. */
#define CHECK_PART(kind, member)                                                                   \
    do {                                                                                           \
        struct message all;                                                                        \
        memset(&all, 0, sizeof all);                                                               \
        memset(&all.u.member, 0xff, sizeof all.u.member);                                          \
        __builtin_clear_padding(&all.u.member);                                                    \
        take_away((unsigned char *)&all, trace_message_part(kind));                                \
        CU_ASSERT_EQUAL(left((unsigned char *)&all, sizeof all), 0);                               \
    } while (0)

static void test_messages_covered(void)
{
    CHECK_PART(MESSAGE_HELLO, hello);
    CHECK_PART(MESSAGE_ASK, ask);
    CHECK_PART(MESSAGE_ANSWER, answer);
    CHECK_PART(MESSAGE_OPINION, opinion);
    CHECK_PART(MESSAGE_WHERE, group);
    CHECK_PART(MESSAGE_THERE, there);
    CHECK_PART(MESSAGE_CLAIM, claim);
    CHECK_PART(MESSAGE_PLEDGE, pledge);
    struct message all;

    memset(&all, 0xff, sizeof all);
    memset(&all.u, 0, sizeof all.u);
    __builtin_clear_padding(&all);
    take_away((unsigned char *)&all, &trace_message_shape);
    CU_ASSERT_EQUAL(left((unsigned char *)&all, sizeof all), 0);
}

/* --- what is written is read --- */

static struct prng prng;
static struct trace_reader reader;
static char error[TRACE_ERROR_MAX];

static void draw_text(char *text, size_t size)
{
    size_t n = (size_t)prng_between(&prng, 0, (int64_t)size - 1);

    for (size_t i = 0; i < n; i++)
        text[i] = (char)prng_between(&prng, 1, 255);
    text[n] = '\0';
}

static void draw_addr(struct addr *addr)
{
    static const char *const hosts[] = { "10.0.0.1", "::1", "a-name", "" };
    const char *host = hosts[prng_between(&prng, 0, 3)];

    memset(addr, 0, sizeof *addr);
    memcpy(addr->host, host, strlen(host) + 1);
    addr->port = (uint16_t)prng_between(&prng, 1, 65535);
}

static void draw_conf(const struct conf_table *table, void *conf)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct conf_option *option = &table->options[i];
        char value[32];

        if (option->type == CONF_TEXT)
            continue;
        snprintf(value, sizeof value, "%lld",
                 (long long)prng_between(&prng, option->min, option->max));
        option_set(conf, option,
                   option->type == CONF_CHOICE ? option->words[prng_between(&prng, 0, option->max)]
                                               : value);
    }
}

static void draw_field(const struct trace_field *field, void *into)
{
    void *at = (char *)into + field->offset;

    switch (field->type) {
    case TRACE_BOOL:
        *(bool *)at = prng_between(&prng, 0, 1);
        break;
    case TRACE_U32:
        *(uint32_t *)at = (uint32_t)prng_between(&prng, 0, field->words ? field->words - 1 : 9);
        break;
    case TRACE_INT:
        *(int *)at = (int)prng_between(&prng, -5, 5);
        break;
    case TRACE_I64:
        *(int64_t *)at = prng_between(&prng, 0, 1) ? INT64_MIN : prng_between(&prng, -1, 9);
        break;
    case TRACE_U64:
        *(uint64_t *)at = prng_between(&prng, 0, 1) ? UINT64_MAX : 7;
        break;
    case TRACE_TEXT:
        draw_text(at, field->size);
        break;
    case TRACE_ADDR:
        draw_addr(at);
        break;
    case TRACE_GROUP_CONF:
        draw_conf(&group_table, at);
        break;
    case TRACE_GLOBAL_CONF:
        draw_conf(&global_table, at);
        break;
    case TRACE_TUNABLES:
        draw_conf(&tunable_table, at);
        break;
    case TRACE_LINEAGE:
        lineage_push(at, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        break;
    case TRACE_APART:
        break;
    }
}

static void draw(const struct trace_shape *shape, void *into)
{
    for (size_t i = 0; i < shape->n; i++)
        draw_field(&shape->fields[i], into);
}

/* Reads all lines of TEXT; what the last one was. */
static enum trace_what read_all(struct buf *text)
{
    enum trace_what what = TRACE_IS_NOTHING;
    char *line = strdup(buf_text(text)), *rest = line, *end;

    while ((end = strchr(rest, '\n')) != NULL) {
        *end = '\0';
        if (!trace_read(&reader, rest, &what, error)) {
            printf("%s\n", error);
            CU_FAIL("a line that was written is not read");
        }
        rest = end + 1;
    }
    CU_ASSERT_EQUAL(*rest, '\0');
    free(line);
    return what;
}

static void begin(struct buf *text)
{
    buf_init(text, 0);
    memset(&reader, 0, sizeof reader);
}

static void round_trip(struct input *input)
{
    struct buf text;

    begin(&text);
    input->now = 12345;
    trace_write_input(&text, input);
    CU_ASSERT_EQUAL(read_all(&text), TRACE_IS_INPUT);
    CU_ASSERT_EQUAL(reader.input.kind, input->kind);
    CU_ASSERT_EQUAL(reader.input.now, 12345);
    buf_done(&text);
}

static void test_requests(void)
{
    struct voter voters[3];
    struct input input = { .kind = INPUT_REQUEST };
    struct request *request = &input.u.request;

    memset(voters, 0, sizeof voters);
    memset(request, 0, sizeof *request);
    draw(&trace_request_shape, request);
    for (int i = 0; i < 3; i++)
        draw(&trace_voter_shape, &voters[i]);
    request->voters = voters;
    request->n_voters = 3;
    round_trip(&input);
    CU_ASSERT_EQUAL(reader.input.u.request.n_voters, 3);
    CU_ASSERT_EQUAL(memcmp(reader.input.u.request.voters, voters, sizeof voters), 0);
    request->voters = reader.input.u.request.voters;
    CU_ASSERT_EQUAL(memcmp(&reader.input.u.request, request, sizeof *request), 0);
}

static void test_observations(void)
{
    struct info_replica replicas[2];
    struct node_info info;
    struct input input = { .kind = INPUT_OBSERVATION };

    memset(replicas, 0, sizeof replicas);
    memset(&info, 0, sizeof info);
    draw(&trace_info_shape, &info);
    draw(&trace_replica_shape, &replicas[0]);
    draw(&trace_replica_shape, &replicas[1]);
    info.replicas = replicas;
    info.n_replicas = 2;
    memset(&input.u.observation, 0, sizeof input.u.observation);
    input.u.observation.evidence = EVIDENCE_INFO;
    input.u.observation.info = &info;
    round_trip(&input);
    CU_ASSERT_PTR_EQUAL_FATAL(reader.input.u.observation.info, &reader.info);
    CU_ASSERT_EQUAL_FATAL(reader.info.n_replicas, 2);
    CU_ASSERT_EQUAL(memcmp(reader.info.replicas, replicas, sizeof replicas), 0);
    reader.info.replicas = replicas;
    CU_ASSERT_EQUAL(memcmp(&reader.info, &info, sizeof info), 0);
    input.u.observation.evidence = EVIDENCE_PONG;
    input.u.observation.info = NULL;
    round_trip(&input);
    CU_ASSERT_PTR_NULL(reader.input.u.observation.info);
}

static void test_messages(void)
{
    struct input input = { .kind = INPUT_MESSAGE };

    for (int kind = 0; kind <= MESSAGE_THERE; kind++) {
        struct message *message = &input.u.message;

        memset(message, 0, sizeof *message);
        draw(&trace_message_shape, message);
        message->kind = (enum message_kind)kind;
        draw(trace_message_part(kind), message);
        round_trip(&input);
        CU_ASSERT_EQUAL(memcmp(&reader.input.u.message, message, sizeof *message), 0);
    }
}

static void test_others(void)
{
    struct input input = { .kind = INPUT_SETTLED };
    struct trace_core core;
    struct row row;
    struct buf text;

    memset(&input.u.settled, 0, sizeof input.u.settled);
    draw(&trace_settled_shape, &input.u.settled);
    round_trip(&input);
    CU_ASSERT_EQUAL(memcmp(&reader.input.u.settled, &input.u.settled, sizeof input.u.settled), 0);
    input.kind = INPUT_TICK;
    round_trip(&input);

    begin(&text);
    memset(&row, 0, sizeof row);
    draw(&trace_row_shape, &row);
    trace_write_row(&text, &row, 5);
    CU_ASSERT_EQUAL(read_all(&text), TRACE_IS_ROW);
    CU_ASSERT_EQUAL(memcmp(&reader.row, &row, sizeof row), 0);
    buf_reset(&text);
    memset(&core, 0, sizeof core);
    memset(core.runid, 'a', PEER_RUNID_LEN);
    core.self.port = 26379;
    core.seed = UINT64_MAX;
    trace_write_core(&text, &core, 6);
    CU_ASSERT_STRING_EQUAL(buf_text(&text),
                           "6 core runid=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa self=:26379 "
                           "seed=18446744073709551615\n");
    CU_ASSERT_EQUAL(read_all(&text), TRACE_IS_CORE);
    CU_ASSERT_EQUAL(memcmp(&reader.core, &core, sizeof core), 0);
    buf_done(&text);
}

static void test_random(void)
{
    prng_seed(&prng, 1);
    for (int i = 0; i < ROUNDS; i++) {
        test_requests();
        test_observations();
        test_messages();
        test_others();
    }
}

/* A password is of no use to a replay. */
static void test_secrets(void)
{
    struct input input = { .kind = INPUT_REQUEST };
    struct buf text;

    memset(&input.u.request, 0, sizeof input.u.request);
    snprintf(input.u.request.conf.auth_pass, sizeof input.u.request.conf.auth_pass, "hush");
    snprintf(input.u.request.global.sentinel_pass, sizeof input.u.request.global.sentinel_pass,
             "hush");
    begin(&text);
    trace_write_input(&text, &input);
    CU_ASSERT_PTR_NULL(strstr(buf_text(&text), "hush"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&text), "conf.auth_pass=******"));
    read_all(&text);
    CU_ASSERT_STRING_EQUAL(reader.input.u.request.conf.auth_pass, "******");
    buf_done(&text);
}

/* Each is refused, with the field in the text. */
static void test_refused(void)
{
    static const struct {
        const char *line, *says;
    } wrong[] = {
        { "x", "begins with the time" },
        { "-1 tick", "begins with the time" },
        { "9223372036854775807 tick", "begins with the time" },
        { "5 dance", "dance: there is no such word" },
        { "5 tick now=1", "a tick has no fields" },
        { "5 seen id", "id: a field without a value" },
        { "5 seen id=-1", "id: \"-1\" is not allowed" },
        { "5 seen id=4294967296", "id: " },
        { "5 seen who=1", "who: there is no such field" },
        { "5 seen link=radio", "link: \"radio\" is not allowed" },
        { "5 seen link=7", "link: \"7\"" },
        { "5 seen evidence=info", "evidence: info comes behind" },
        { "5 seen ip=%0", "ip: " },
        { "5 seen ip=%00", "ip: " },
        { "5 seen info=1", "info: " },
        { "5 message peer=1", "kind: must come first" },
        { "5 message kind=ask down=1", "down: there is no such field" },
        { "5 request kind=99", "kind: there is no such request" },
        { "5 request conf.quorum=0", "conf.quorum: \"0\" is not allowed" },
        { "5 request conf.none=0", "conf.none: " },
        { "5 request conf=1", "conf: " },
        { "5 request hasty=2", "hasty: " },
        { "5 core runid=abc", "runid: must be" },
        { "5 row kind=group addr=10.0.0.1", "addr: " },
        { "+cake", "no line begins with +cake" },
    };
    enum trace_what what;
    char line[200];

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(&reader, 0, sizeof reader);
        snprintf(line, sizeof line, "%s", wrong[i].line);
        error[0] = '\0';
        CU_ASSERT_FALSE(trace_read(&reader, line, &what, error));
        CU_ASSERT_PTR_NOT_NULL(strstr(error, wrong[i].says));
        if (strstr(error, wrong[i].says) == NULL)
            printf("%s: %s\n", wrong[i].line, error);
    }
    memset(&reader, 0, sizeof reader);
    snprintf(line, sizeof line, "5 tick");
    CU_ASSERT_TRUE(trace_read(&reader, line, &what, error));
    snprintf(line, sizeof line, "4 tick");
    CU_ASSERT_FALSE(trace_read(&reader, line, &what, error));
}

static const struct unit_case cases[] = {
    { "every field has its row", test_covered },
    { "every field of messages, too", test_messages_covered },
    { "what is written is read", test_random },
    { "passwords are left out", test_secrets },
    { "what is no trace", test_refused },
};

int main(void)
{
    return unit_main("trace", cases, sizeof cases / sizeof *cases);
}
