#include "notify/scripts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/event.h"
#include "tests/unit/unit.h"

#define T0       1000000
#define TOLD_MAX 64
#define HOUR_MS  3600000

/* What was told, as "<name> <payload>". */
static struct {
    char texts[TOLD_MAX][EVENT_PAYLOAD_MAX];
    size_t n;
} told;

static const struct scripts_paths notify_only = { "/h/notify", NULL };
static const struct scripts_paths both = { "/h/notify", "/h/reconfig" };

static void tell(void *arg, const struct event *event)
{
    char payload[EVENT_PAYLOAD_MAX];

    CU_ASSERT_PTR_EQUAL(arg, &told);
    CU_ASSERT_EQUAL(event->group[0], '\0');
    event_format(event, payload);
    if (told.n < TOLD_MAX)
        snprintf(told.texts[told.n++], EVENT_PAYLOAD_MAX, "%s %.900s", event_name(event->kind),
                 payload);
}

static struct scripts *begin(void)
{
    memset(&told, 0, sizeof told);
    return scripts_new(tell, &told);
}

static bool was_told(const char *text)
{
    for (size_t i = 0; i < told.n; i++) {
        if (strcmp(told.texts[i], text) == 0)
            return true;
    }
    return false;
}

/* An event about the group "orders"; a switch goes from 10.0.0.1:6379 to 10.0.0.2:6380. */
static struct event about(enum event_kind kind)
{
    struct event event = { .kind = kind, .type = INSTANCE_MASTER, .group = "orders" };

    addr_set(&event.primary, "10.0.0.1", 6379);
    addr_set(&event.addr, "10.0.0.2", 6380);
    return event;
}

/* Queue COUNT notifications, of which the payloads differ. */
static void add(struct scripts *s, msec now, int count)
{
    for (int i = 0; i < count; i++) {
        struct event event = about(EVENT_SET);

        snprintf(event.detail, sizeof event.detail, "quorum %d", i);
        scripts_event(s, now, &event, &notify_only);
    }
}

/* The next step has to start something. */
static uint64_t start(struct scripts *s, msec now, int64_t pid)
{
    struct scripts_step step = { 0 };

    CU_ASSERT_FATAL(scripts_next(s, now, &step));
    CU_ASSERT_FALSE_FATAL(step.kill);
    scripts_started(s, step.id, pid);
    return step.id;
}

static bool idle(struct scripts *s, msec now)
{
    struct scripts_step step;

    return !scripts_next(s, now, &step);
}

/* The arguments of the job at place I, with '|' between them. */
static const char *shown(const struct scripts *s, size_t i)
{
    static char text[2048];
    struct scripts_view view = scripts_show(s, i, T0);

    text[0] = '\0';
    for (size_t k = 0; k < view.argc; k++) {
        strcat(text, k > 0 ? "|" : "");
        strcat(text, view.argv[k]);
    }
    CU_ASSERT_PTR_NULL(view.argv[view.argc]);
    return text;
}

static void test_notification(void)
{
    struct scripts *s = begin();
    struct event event = about(EVENT_SDOWN);

    scripts_event(s, T0, &event, &both);
    CU_ASSERT_EQUAL_FATAL(scripts_count(s), 1);
    CU_ASSERT_STRING_EQUAL(shown(s, 0), "/h/notify|+sdown|master orders 10.0.0.2 6380");
    scripts_free(s);
}

static void test_no_script(void)
{
    static const struct scripts_paths none = { NULL, NULL }, empty = { "", "" };
    struct scripts *s = begin();
    struct event event = about(EVENT_SWITCH_MASTER);

    scripts_event(s, T0, &event, &none);
    scripts_event(s, T0, &event, &empty);
    event = about(EVENT_SLAVE); /* a notice only */
    scripts_event(s, T0, &event, &both);
    event = about(EVENT_TILT);
    event.group[0] = '\0';
    scripts_event(s, T0, &event, &both);
    CU_ASSERT_EQUAL(scripts_count(s), 0);
    CU_ASSERT_EQUAL(scripts_wake(s), MSEC_NEVER);
    CU_ASSERT(idle(s, T0));
    scripts_free(s);
}

static void test_client_reconfig(void)
{
    static const struct scripts_paths only = { NULL, "/h/reconfig" };
    struct scripts *s = begin();
    struct event event = about(EVENT_SWITCH_MASTER);

    event.count = EVENT_SWITCH_LED;
    scripts_event(s, T0, &event, &both);
    event.count = 0;
    scripts_event(s, T0, &event, &only);
    event = about(EVENT_PROMOTED_SLAVE);
    scripts_event(s, T0, &event, &only);
    CU_ASSERT_EQUAL_FATAL(scripts_count(s), 3);
    CU_ASSERT_STRING_EQUAL(shown(s, 0),
                           "/h/reconfig|orders|leader|start|10.0.0.1|6379|10.0.0.2|6380");
    CU_ASSERT_STRING_EQUAL(shown(s, 1),
                           "/h/notify|+switch-master|orders 10.0.0.1 6379 10.0.0.2 6380");
    CU_ASSERT_STRING_EQUAL(shown(s, 2),
                           "/h/reconfig|orders|observer|start|10.0.0.1|6379|10.0.0.2|6380");
    scripts_free(s);
}

/* The longest texts that there can be are not cut. */
static void test_long_arguments(void)
{
    char path[256], host[HOST_LEN_MAX + 1];
    struct scripts *s = begin();
    struct event event = about(EVENT_SWITCH_MASTER);

    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    memset(host, 'h', HOST_LEN_MAX);
    host[HOST_LEN_MAX] = '\0';
    memset(event.group, 'g', GROUP_NAME_MAX);
    CU_ASSERT(addr_set(&event.addr, host, 65535));
    scripts_event(s, T0, &event, &(struct scripts_paths){ NULL, path });

    struct scripts_view view = scripts_show(s, 0, T0);
    CU_ASSERT_EQUAL_FATAL(view.argc, 8);
    CU_ASSERT_STRING_EQUAL(view.argv[0], path);
    CU_ASSERT_STRING_EQUAL(view.argv[1], event.group);
    CU_ASSERT_STRING_EQUAL(view.argv[6], host);
    CU_ASSERT_STRING_EQUAL(view.argv[7], "65535");

    uint64_t id = start(s, T0, 5);
    char error[400];
    scripts_ended(s, T0, id, 3, 0);
    snprintf(error, sizeof error, "-script-error %s 0 3", path);
    CU_ASSERT(was_told(error));
    scripts_free(s);
}

static void test_success(void)
{
    struct scripts *s = begin();

    add(s, T0, 1);
    CU_ASSERT_EQUAL(scripts_wake(s), T0);
    uint64_t id = start(s, T0, 4711);
    CU_ASSERT_EQUAL(scripts_running(s), 1);
    CU_ASSERT(was_told("+script-child 4711"));
    scripts_ended(s, T0 + 5, id, 0, 0);
    CU_ASSERT(was_told("-script-child 4711 0 0"));
    CU_ASSERT_EQUAL(told.n, 2);
    CU_ASSERT_EQUAL(scripts_count(s), 0);
    CU_ASSERT_EQUAL(scripts_running(s), 0);
    CU_ASSERT_EQUAL(scripts_wake(s), MSEC_NEVER);
    scripts_free(s);
}

/* Every code but 0 and 1 ends it at once. */
static void test_no_retry(void)
{
    static const int codes[] = { 2, 3, 126, 127, 255 };
    struct scripts *s = begin();

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char error[64];

        add(s, T0, 1);
        scripts_ended(s, T0, start(s, T0, 7), codes[i], 0);
        CU_ASSERT_EQUAL(scripts_count(s), 0);
        snprintf(error, sizeof error, "-script-error /h/notify 0 %d", codes[i]);
        CU_ASSERT(was_told(error));
    }
    scripts_free(s);
}

/* 10 attempts, the second 30 s after the end of the first, and so on, doubled each time. */
static void retries(int code, int signal, const char *error)
{
    struct scripts *s = begin();
    msec now = T0, delay = SCRIPTS_RETRY_MS;

    add(s, now, 1);
    for (unsigned attempt = 1; attempt <= SCRIPTS_ATTEMPTS_MAX; attempt++) {
        uint64_t id = start(s, now, 7);

        CU_ASSERT_EQUAL(scripts_show(s, 0, now).attempts, attempt);
        now += 100;
        CU_ASSERT(!was_told(error));
        scripts_ended(s, now, id, code, signal);
        if (attempt == SCRIPTS_ATTEMPTS_MAX)
            break;
        CU_ASSERT_EQUAL(scripts_wake(s), now + delay);
        CU_ASSERT_EQUAL(scripts_show(s, 0, now).time_ms, delay);
        CU_ASSERT(idle(s, now + delay - 1));
        now += delay;
        delay *= 2;
    }
    CU_ASSERT_EQUAL(delay, (msec)SCRIPTS_RETRY_MS * 512);
    CU_ASSERT(was_told(error));
    CU_ASSERT_EQUAL(scripts_count(s), 0);
    scripts_free(s);
}

static void test_retries(void)
{
    retries(1, 0, "-script-error /h/notify 0 1");
    retries(0, 11, "-script-error /h/notify 11 0");
}

/* No process could be made: told each time, and tried again as after any other failure. */
static void test_not_started(void)
{
    struct scripts *s = begin();
    struct scripts_step step;

    add(s, T0, 1);
    CU_ASSERT_FATAL(scripts_next(s, T0, &step));
    scripts_ended(s, T0, step.id, 0, SCRIPTS_NOT_STARTED);
    CU_ASSERT(was_told("-script-error /h/notify 99 0"));
    CU_ASSERT_EQUAL(told.n, 1); /* there was no child */
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + SCRIPTS_RETRY_MS);

    CU_ASSERT_FATAL(scripts_next(s, T0 + SCRIPTS_RETRY_MS, &step));
    scripts_ended(s, T0, step.id, SCRIPTS_NOT_EXECUTABLE, 0);
    CU_ASSERT(was_told("-script-error /h/notify 0 2"));
    CU_ASSERT_EQUAL(scripts_count(s), 0);
    scripts_free(s);
}

static void test_timeout(void)
{
    struct scripts *s = begin();
    struct scripts_step step = { 0 };

    add(s, T0, 1);
    uint64_t id = start(s, T0, 4711);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + SCRIPTS_RUN_MAX_MS);
    CU_ASSERT(idle(s, T0 + SCRIPTS_RUN_MAX_MS - 1));
    CU_ASSERT_FATAL(scripts_next(s, T0 + SCRIPTS_RUN_MAX_MS, &step));
    CU_ASSERT(step.kill);
    CU_ASSERT_EQUAL(step.pid, 4711);
    CU_ASSERT_EQUAL(step.id, id);
    CU_ASSERT(was_told("-script-timeout /h/notify 4711"));
    /* Once is enough. */
    CU_ASSERT_EQUAL(scripts_wake(s), MSEC_NEVER);
    CU_ASSERT(idle(s, T0 + HOUR_MS));
    /* It counts as a death by signal, and the next attempt has its full time. */
    scripts_ended(s, T0 + HOUR_MS, id, 0, 9);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + HOUR_MS + SCRIPTS_RETRY_MS);
    start(s, T0 + 2 * HOUR_MS, 4712);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + 2 * HOUR_MS + SCRIPTS_RUN_MAX_MS);
    scripts_free(s);
}

/* In the order of the events, not more than allowed at a time. */
static void test_order_and_limit(void)
{
    struct scripts *s = begin();
    uint64_t ids[SCRIPTS_RUNNING_MAX];

    add(s, T0, SCRIPTS_RUNNING_MAX + 2);
    for (int i = 0; i < SCRIPTS_RUNNING_MAX; i++) {
        ids[i] = start(s, T0, 100 + i);
        CU_ASSERT(i == 0 || ids[i] == ids[i - 1] + 1);
    }
    CU_ASSERT(idle(s, T0));
    CU_ASSERT_EQUAL(scripts_running(s), SCRIPTS_RUNNING_MAX);
    CU_ASSERT_EQUAL(scripts_count(s), SCRIPTS_RUNNING_MAX + 2);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + SCRIPTS_RUN_MAX_MS);

    /* The one that has to wait makes room for those behind it. */
    scripts_ended(s, T0 + 1, ids[3], 1, 0);
    CU_ASSERT_EQUAL(scripts_wake(s), T0);
    CU_ASSERT_EQUAL(start(s, T0 + 1, 200), ids[SCRIPTS_RUNNING_MAX - 1] + 1);
    CU_ASSERT(idle(s, T0 + 1));
    scripts_ended(s, T0 + 2, ids[5], 0, 0);
    start(s, T0 + 2, 201);
    scripts_ended(s, T0 + 3, ids[6], 0, 0);
    CU_ASSERT(idle(s, T0 + 3));
    CU_ASSERT_EQUAL(scripts_count(s), SCRIPTS_RUNNING_MAX);
    /* When it is due it comes before younger ones. */
    add(s, T0 + SCRIPTS_RETRY_MS + 1, 1);
    CU_ASSERT_EQUAL(start(s, T0 + SCRIPTS_RETRY_MS + 1, 202), ids[3]);
    scripts_free(s);
}

static void test_overflow(void)
{
    struct scripts *s = begin();

    add(s, T0, 1);
    uint64_t first = start(s, T0, 1);
    told.n = 0;
    add(s, T0, SCRIPTS_QUEUE_MAX - 1);
    CU_ASSERT_EQUAL(scripts_count(s), SCRIPTS_QUEUE_MAX);
    CU_ASSERT_EQUAL(told.n, 0);
    add(s, T0, 3);
    /* What runs stays; of the others the three oldest are gone; it is told once. */
    CU_ASSERT_EQUAL(scripts_count(s), SCRIPTS_QUEUE_MAX);
    CU_ASSERT(scripts_show(s, 0, T0).running);
    CU_ASSERT_PTR_NOT_NULL(strstr(shown(s, 1), "quorum 3"));
    CU_ASSERT_PTR_NOT_NULL(strstr(shown(s, SCRIPTS_QUEUE_MAX - 1), "quorum 2"));
    CU_ASSERT_EQUAL(told.n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.texts[0], "-limit-reached /h/notify"));
    scripts_ended(s, T0, first, 0, 0);

    /* Once it was relieved, the next flood is told again. */
    while (scripts_count(s) > 1)
        scripts_ended(s, T0, start(s, T0, 2), 0, 0);
    told.n = 0;
    add(s, T0, SCRIPTS_QUEUE_MAX);
    CU_ASSERT_EQUAL(told.n, 1);
    scripts_free(s);
}

static void test_show(void)
{
    struct scripts *s = begin();
    struct scripts_view view;

    add(s, T0, 2);
    start(s, T0, 4711);
    view = scripts_show(s, 0, T0 + 250);
    CU_ASSERT(view.running);
    CU_ASSERT_EQUAL(view.pid, 4711);
    CU_ASSERT_EQUAL(view.time_ms, 250);
    CU_ASSERT_EQUAL(view.attempts, 1);
    view = scripts_show(s, 1, T0 + 250); /* late, as it may be for a turn */
    CU_ASSERT_FALSE(view.running);
    CU_ASSERT_EQUAL(view.pid, 0);
    CU_ASSERT_EQUAL(view.time_ms, 0);
    CU_ASSERT_EQUAL(view.attempts, 0);
    scripts_free(s);
}

static void test_times(void)
{
    struct scripts *s = begin();

    CU_ASSERT_EQUAL(scripts_times(s)->run_max_ms, SCRIPTS_RUN_MAX_MS);
    CU_ASSERT_EQUAL(scripts_times(s)->retry_ms, SCRIPTS_RETRY_MS);
    scripts_set_times(s, &(struct scripts_times){ 500, SCRIPTS_TIME_LIMIT_MS });
    add(s, T0, 1);
    uint64_t id = start(s, T0, 1);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + 500);
    for (int i = 1; i < SCRIPTS_ATTEMPTS_MAX - 1; i++) {
        scripts_ended(s, T0, id, 1, 0);
        id = start(s, scripts_wake(s), 1);
    }
    /* The longest delay of the longest times does not overflow. */
    scripts_ended(s, T0, id, 1, 0);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + SCRIPTS_TIME_LIMIT_MS * 256);
    scripts_free(s);
    scripts_free(NULL);
}

/* --- hooks --- */

static uint64_t gone_tags[SCRIPTS_QUEUE_MAX + 8];
static size_t n_gone;

static void hear_gone(void *arg, uint64_t tag, const struct scripts_end *end)
{
    (void)end;
    CU_ASSERT_PTR_EQUAL(arg, &told);
    gone_tags[n_gone++] = tag;
}

static struct scripts *begin_hook(size_t running_max, unsigned attempts_max)
{
    const struct scripts_policy policy = { .times = { 5000, 100 },
                                           .attempts_max = attempts_max,
                                           .running_max = running_max,
                                           .is_hook = true };

    memset(&told, 0, sizeof told);
    n_gone = 0;
    return scripts_new_for(&policy, tell, hear_gone, &told);
}

static void call(struct scripts *s, uint64_t tag, const char *group)
{
    const char *const argv[] = { "/h/hook", "arg" };

    scripts_add(s, T0, &(struct scripts_call){ tag, group, 2, argv, "{}" });
}

/* One after another within a group, side by side else, and no more than may run. */
static void test_hook_order(void)
{
    struct scripts *s = begin_hook(2, 1);

    call(s, 1, "a");
    call(s, 2, "a");
    call(s, 3, "b");
    call(s, 4, "c");
    uint64_t a = start(s, T0, 11), b = start(s, T0, 12);

    CU_ASSERT(idle(s, T0));
    scripts_ended(s, T0, b, 0, 0);
    CU_ASSERT_EQUAL_FATAL(n_gone, 1);
    CU_ASSERT_EQUAL(gone_tags[0], 3);
    start(s, T0, 13); /* c: a's second waits for its first */
    CU_ASSERT(idle(s, T0));
    scripts_ended(s, T0, a, 0, 0);
    CU_ASSERT_EQUAL(gone_tags[1], 1);
    start(s, T0, 14);
    CU_ASSERT_EQUAL(scripts_running(s), 2);
    CU_ASSERT_EQUAL(scripts_counts(s)->done, 2);
    scripts_free(s);
}

/* Each failure is tried again, later each time, with the others of the group behind it. */
static void test_hook_retries(void)
{
    struct scripts *s = begin_hook(4, 3);
    struct scripts_step step;

    call(s, 1, "a");
    call(s, 2, "a");
    uint64_t id = start(s, T0, 11);

    scripts_ended(s, T0, id, 3, 0);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + 100);
    CU_ASSERT(idle(s, T0 + 99));
    CU_ASSERT_FATAL(scripts_next(s, T0 + 100, &step));
    CU_ASSERT_EQUAL(step.id, id);
    CU_ASSERT_STRING_EQUAL(step.body, "{}");
    CU_ASSERT_STRING_EQUAL(step.argv[1], "arg");
    scripts_started(s, id, 12);
    scripts_ended(s, T0 + 100, id, 0, 9);
    CU_ASSERT_EQUAL(scripts_wake(s), T0 + 300);
    CU_ASSERT_EQUAL(n_gone, 0);
    start(s, T0 + 300, 13);
    scripts_ended(s, T0 + 300, id, 1, 0);
    CU_ASSERT(was_told("-script-error /h/hook 0 1"));
    CU_ASSERT_EQUAL(n_gone, 1);
    CU_ASSERT_EQUAL(scripts_counts(s)->failed, 1);
    CU_ASSERT_NOT_EQUAL(start(s, T0 + 300, 14), id);
    scripts_free(s);
}

/* A flood costs the oldest, is told once, and each loss is counted and told to who keeps them. */
static void test_hook_flood(void)
{
    struct scripts *s = begin_hook(1, 1);

    for (uint64_t tag = 1; tag <= SCRIPTS_QUEUE_MAX + 2; tag++)
        call(s, tag, "a");
    CU_ASSERT_EQUAL(scripts_counts(s)->dropped, 2);
    CU_ASSERT_EQUAL(n_gone, 2);
    CU_ASSERT_EQUAL(gone_tags[1], 2);
    CU_ASSERT_EQUAL(told.n, 1);
    uint64_t id = start(s, T0, 11);

    scripts_clear(s);
    CU_ASSERT_EQUAL(scripts_count(s), 1);
    CU_ASSERT_EQUAL(n_gone, SCRIPTS_QUEUE_MAX + 1);
    scripts_ended(s, T0, id, 0, 0);
    CU_ASSERT_EQUAL(scripts_count(s), 0);
    scripts_free(s);
}

/* What ends itself is not killed. */
static void test_hook_ends_itself(void)
{
    const struct scripts_policy policy = { { 10, 10 }, 1, 1, true, true };
    struct scripts *s = begin_hook(1, 1);

    scripts_set_policy(s, &policy);
    call(s, 1, "a");
    start(s, T0, 11);
    CU_ASSERT_EQUAL(scripts_wake(s), MSEC_NEVER);
    CU_ASSERT(idle(s, T0 + HOUR_MS));
    scripts_free(s);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "a notification's arguments", test_notification },
        { "what calls no script", test_no_script },
        { "leader and observer", test_client_reconfig },
        { "long arguments", test_long_arguments },
        { "exit 0", test_success },
        { "exit 2 and more", test_no_retry },
        { "retries", test_retries },
        { "no process", test_not_started },
        { "a hung script", test_timeout },
        { "order, and how many at a time", test_order_and_limit },
        { "a full queue", test_overflow },
        { "what is shown", test_show },
        { "other times", test_times },
        { "hooks keep the order of a group", test_hook_order },
        { "hooks are tried again", test_hook_retries },
        { "a flood of calls", test_hook_flood },
        { "what ends itself", test_hook_ends_itself },
    };

    return unit_main("scripts", cases, sizeof cases / sizeof *cases);
}
