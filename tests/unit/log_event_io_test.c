/*
 * The forms of the log that have fields.
 */
#include "notify/log_io.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify/event.h"
#include "tests/unit/unit.h"
#include "wire/buf.h"

static char text[8192];

static struct event an_event(void)
{
    struct event event = { .seq = 1000000001, .kind = EVENT_REFUSED_SLAVE, .epoch = 7 };

    event.type = INSTANCE_SLAVE;
    strcpy(event.group, "orders");
    strcpy(event.detail, "says \"no\"");
    addr_set(&event.addr, "10.0.0.2", 6379);
    addr_set(&event.primary, "10.0.0.1", 6379);
    return event;
}

/* What a child writes to stderr in that format. */
static const char *output_of(enum log_format format)
{
    struct event event = an_event();
    size_t n = 0;
    ssize_t got;
    int ends[2];

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t pid = fork();

    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        setenv("JOURNAL_STREAM", "1:2", 1); /* that of somebody else */
        log_use(format);
        log_event(&event);
        log_notice("listening on = 5\x1b");
        log_info("not shown");
        _exit(0);
    }
    close(ends[1]);
    while (n < sizeof text - 1 && (got = read(ends[0], text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    close(ends[0]);
    waitpid(pid, NULL, 0);
    return text;
}

#define PAYLOAD "slave 10.0.0.2:6379 10.0.0.2 6379 @ orders 10.0.0.1 6379 says "

static void test_logfmt(void)
{
    const char *said = output_of(LOG_FORMAT_LOGFMT);

    CU_ASSERT_EQUAL(strncmp(said, "time=2", 6), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "Z level=notice msg=\"-candidate-refused " PAYLOAD
                                        "\\\"no\\\"\" event=-candidate-refused seq=1000000001 "
                                        "group=orders node=10.0.0.2:6379 primary=10.0.0.1:6379 "
                                        "epoch=7\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, " level=notice msg=\"listening on = 5?\"\n"));
    CU_ASSERT_PTR_NULL(strstr(said, "not shown"));
}

static void test_json(void)
{
    const char *said = output_of(LOG_FORMAT_JSON);

    CU_ASSERT_EQUAL(strncmp(said, "{\"time\":\"2", 10), 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(said, "Z\",\"level\":\"notice\",\"msg\":\"-candidate-refused " PAYLOAD
                     "\\\"no\\\"\",\"event\":\"-candidate-refused\",\"seq\":\"1000000001\","
                     "\"group\":\"orders\",\"node\":\"10.0.0.2:6379\","
                     "\"primary\":\"10.0.0.1:6379\",\"epoch\":\"7\"}\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, ",\"msg\":\"listening on = 5?\"}\n"));
}

/* As ever. */
static void test_text(void)
{
    CU_ASSERT_PTR_NOT_NULL(
        strstr(output_of(LOG_FORMAT_TEXT), "<5>-candidate-refused " PAYLOAD "\"no\"\n"));
}

static void test_journal(void)
{
    const struct log_field fields[] = { { "event", "+sdown" }, { "group", "orders" } };
    const struct log_line line = { LOG_LEVEL_WARNING, "+sdown master", fields, 2 };
    struct buf buf = { 0 };
    const char *const wanted[] = {
        "MESSAGE=+sdown master", "PRIORITY=4",  "SYSLOG_IDENTIFIER=picketd",
        "PICKET_EVENT=+sdown",   "MESSAGE_ID=", "PICKET_GROUP=orders"
    };

    CU_ASSERT_EQUAL_FATAL(log_journal_entries(&line, &buf), 6);
    const char *p = buf_data(&buf);

    for (size_t i = 0; i < 6; i++, p += strlen(p) + 1) {
        CU_ASSERT_EQUAL(strncmp(p, wanted[i], strlen(wanted[i])), 0);
        CU_ASSERT_EQUAL(strlen(p), strlen(wanted[i]) + (i == 4 ? 32 : 0));
    }
    buf_done(&buf);
}

static void test_words(void)
{
    enum log_format format;

    CU_ASSERT_TRUE(log_format_parse("json", &format));
    CU_ASSERT_EQUAL(format, LOG_FORMAT_JSON);
    CU_ASSERT_FALSE(log_format_parse("xml", &format));
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "logfmt", test_logfmt },   { "JSON", test_json },   { "text", test_text },
        { "journal", test_journal }, { "words", test_words },
    };

    return unit_main("log_event_io", cases, sizeof cases / sizeof *cases);
}
