#include "sentinel/admin_acl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/scripts.h"
#include "quorum/message.h"
#include "sentinel/admin.h"
#include "sentinel/core.h"
#include "sentinel/input.h"
#include "tests/unit/unit.h"
#include "wire/acl.h"
#include "wire/client.h"

#define WORDS_MAX 16
#define MYID      "1111111111111111111111111111111111111111"
#define PEER      "2222222222222222222222222222222222222222"
#define NOAUTH    "-NOAUTH Authentication required.\r\n"

/* Commands on two connections, and what came through to the shell. */
static struct core *core;
static struct admin *admin;
static struct client first, second;
static unsigned messages, submitted, stores;
static uint64_t waiting; /* ticket of the change that is to be made durable */
static int asked;

static const struct core *get_core(void *arg)
{
    (void)arg;
    return core;
}

static uint64_t defer(void *arg, struct client *client, int asked_for)
{
    (void)arg;
    client_block(client);
    asked = asked_for;
    return 77;
}

static void submit(void *arg, const struct request *request)
{
    (void)arg, (void)request;
    submitted++;
}

static void message(void *arg, const struct message *said)
{
    (void)arg, (void)said;
    messages++;
}

static void stop(void *arg)
{
    (void)arg;
    CU_FAIL("SHUTDOWN");
}

static void each_client(void *arg, void (*fn)(void *ctx, struct client *client), void *ctx)
{
    (void)arg;
    fn(ctx, &first);
    fn(ctx, &second);
}

static size_t kill_clients(void *arg, const struct client_filter *filter, struct client *asks)
{
    (void)arg, (void)filter, (void)asks;
    return 0;
}

static void facts(void *arg, struct admin_facts *ret_facts)
{
    (void)arg;
    ret_facts->wall_ms = 1000000;
}

static const struct scripts *get_scripts(void *arg)
{
    (void)arg;
    return NULL;
}

static enum admin_script check_script(void *arg, const char *path)
{
    (void)arg, (void)path;
    return ADMIN_SCRIPT_DENIED;
}

static bool draw(void *arg, void *bytes, size_t n)
{
    (void)arg;
    memset(bytes, 0xa5, n);
    return true;
}

static void store(void *arg, uint64_t ticket)
{
    (void)arg;
    stores++;
    waiting = ticket;
}

static bool groups_durable(void *arg)
{
    (void)arg;
    return true;
}

static void begin(bool kept)
{
    static const struct admin_ops ops = {
        .core = get_core,
        .groups_durable = groups_durable,
        .defer = defer,
        .submit = submit,
        .message = message,
        .stop = stop,
        .each_client = each_client,
        .kill_clients = kill_clients,
        .facts = facts,
        .scripts = get_scripts,
        .check_script = check_script,
    };
    static const struct admin_acl_ops acl_ops = { draw, store, NULL, NULL };
    struct addr self;

    addr_set(&self, "127.0.0.1", 26379);
    core = core_new(MYID, &self, 1, 1000);
    admin = admin_new(&ops, NULL, "0.1");
    CU_ASSERT_FATAL(core && admin);
    if (kept)
        admin_acl_join(admin, &acl_ops, NULL);
    messages = submitted = stores = 0;
    client_init(&first, 1, NULL, 1000);
    client_init(&second, 2, NULL, 1000);
    admin_client_opened(admin, &first);
    admin_client_opened(admin, &second);
}

static void end(void)
{
    admin_client_gone(admin, &first);
    admin_client_gone(admin, &second);
    client_done(&first);
    client_done(&second);
    admin_free(admin);
    core_free(core);
}

/* The reply to words split at spaces; valid until the next. */
static const char *ask(struct client *c, const char *words)
{
    static char reply[4096];
    struct slice argv[WORDS_MAX];
    size_t argc = 0;

    for (const char *p = words; *p; p += strspn(p, " ")) {
        argv[argc].p = p;
        argv[argc].n = strcspn(p, " ");
        p += argv[argc++].n;
    }
    admin_request(admin, c, argc, argv);
    snprintf(reply, sizeof(reply), "%s", buf_text(&c->out));
    buf_reset(&c->out);
    return reply;
}

#define EXPECT(c, words, reply) CU_ASSERT_STRING_EQUAL(ask(c, words), reply)

/* What a supervisor says reaches nobody unless it has logged in as one who may say it. */
static void test_strangers(void)
{
    static const char *const said[] = {
        "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 6379 5 " PEER,
        "PICKET OPINION " PEER " orders 127.0.0.1 6379 1 1 0",
        "PUBLISH __sentinel__:hello 127.0.0.1,26380," PEER ",1,orders,127.0.0.1,6379,1",
        "SENTINEL MONITOR orders 127.0.0.1 6379 1",
        "SENTINEL REMOVE orders",
        "SHUTDOWN",
    };

    begin(false);
    EXPECT(&first, "ACL SETUSER default >secret", "+OK\r\n");
    EXPECT(&first, "ACL SETUSER low on >p +ping &*", "+OK\r\n");
    second.flags &= ~(unsigned)CLIENT_AUTHENTICATED; /* it came later */
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        EXPECT(&second, said[i], NOAUTH);
    EXPECT(&second, "AUTH low p", "+OK\r\n");
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        CU_ASSERT_EQUAL(strncmp(ask(&second, said[i]), "-NOPERM this user ", 18), 0);
    CU_ASSERT_EQUAL(messages + submitted, 0);
    EXPECT(&second, "AUTH secret", "+OK\r\n");
    ask(&second, said[2]);
    CU_ASSERT_EQUAL(messages, 1);
    end();
}

static void test_log_in(void)
{
    begin(false);
    EXPECT(&first, "ACL SETUSER default >secret", "+OK\r\n");
    second.flags &= ~(unsigned)CLIENT_AUTHENTICATED;
    EXPECT(&second, "PING", NOAUTH);
    EXPECT(&second, "AUTH wrong",
           "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    EXPECT(&second, "PING", NOAUTH);
    CU_ASSERT_EQUAL(strncmp(ask(&second, "HELLO 3"), "-NOAUTH HELLO must be called with ", 34), 0);
    CU_ASSERT_EQUAL(second.reply.proto, 2);
    CU_ASSERT_EQUAL(strncmp(ask(&second, "HELLO 3 AUTH default secret"), "%6\r\n", 4), 0);
    EXPECT(&second, "ACL WHOAMI", "$7\r\ndefault\r\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(ask(&first, "ACL LOG"), "$4\r\nauth\r\n"));
    CU_ASSERT_PTR_NULL(strstr(ask(&first, "ACL LOG"), "wrong"));
    EXPECT(&first, "ACL SETUSER default nopass", "+OK\r\n");
    EXPECT(&second, "AUTH x",
           "-ERR AUTH <password> called without any password configured for the default user. Are "
           "you sure your configuration is correct?\r\n");
    end();
}

/* The change counts at once; who asked for it is told when it is durable. */
static void test_durable(void)
{
    begin(true);
    EXPECT(&first, "ACL SETUSER u on >p +ping", "");
    CU_ASSERT(first.flags & CLIENT_BLOCKED);
    CU_ASSERT_EQUAL(stores, 1);
    CU_ASSERT_EQUAL(waiting, 77);
    EXPECT(&second, "AUTH u p", "+OK\r\n");
    admin_acl_done(admin, &first, asked, NULL);
    client_resume(&first);
    EXPECT(&first, "ACL SETUSER u bogus",
           "+OK\r\n-ERR Error in ACL SETUSER modifier 'bogus': Syntax error\r\n");
    CU_ASSERT_EQUAL(stores, 1);

    EXPECT(&first, "ACL DELUSER u nosuch", "");
    CU_ASSERT_EQUAL(stores, 2);
    CU_ASSERT(second.flags & CLIENT_CLOSING);
    admin_acl_done(admin, &first, asked, NULL);
    CU_ASSERT_STRING_EQUAL(buf_text(&first.out), ":1\r\n");
    buf_reset(&first.out);
    CU_ASSERT_FALSE(first.flags & (CLIENT_CLOSING | CLIENT_CLOSE_AFTER_REPLY));
    client_resume(&first);

    EXPECT(&first, "ACL SETUSER v on nopass", "");
    admin_acl_done(admin, &first, asked, "no room");
    CU_ASSERT_STRING_EQUAL(buf_text(&first.out), "-ERR no room\r\n");
    end();
}

static void test_rights_that_go(void)
{
    begin(false);
    EXPECT(&first, "ACL SETUSER u on >p +subscribe +psubscribe +@admin &a*", "+OK\r\n");
    EXPECT(&second, "AUTH u p", "+OK\r\n");
    CU_ASSERT_NOT_EQUAL(strncmp(ask(&second, "SUBSCRIBE ab"), "-", 1), 0);
    CU_ASSERT_NOT_EQUAL(strncmp(ask(&second, "PSUBSCRIBE a*"), "-", 1), 0);
    EXPECT(&first, "ACL SETUSER u &b*", "+OK\r\n");
    CU_ASSERT_FALSE(second.flags & CLIENT_CLOSING);
    EXPECT(&first, "ACL SETUSER u resetchannels &ab", "+OK\r\n");
    CU_ASSERT(second.flags & CLIENT_CLOSING); /* the pattern may not stay */
    end();

    begin(false); /* who removes itself gets its reply */
    EXPECT(&first, "ACL SETUSER u on >p +@all", "+OK\r\n");
    EXPECT(&first, "AUTH u p", "+OK\r\n");
    EXPECT(&first, "ACL DELUSER u", ":1\r\n");
    CU_ASSERT(first.flags & CLIENT_CLOSE_AFTER_REPLY);
    CU_ASSERT_FALSE(first.flags & CLIENT_CLOSING);
    EXPECT(&first, "PING", NOAUTH);
    end();
}

static void test_genpass(void)
{
    begin(false);
    EXPECT(&first, "ACL GENPASS", "-ERR no random numbers to be had\r\n");
    end();
    begin(true);
    EXPECT(&first, "ACL GENPASS 1", "$1\r\na\r\n");
    EXPECT(&first, "ACL GENPASS 9", "$3\r\na5a\r\n");
    CU_ASSERT_EQUAL(strncmp(ask(&first, "ACL GENPASS"), "$64\r\n", 5), 0);
    CU_ASSERT_EQUAL(strncmp(ask(&first, "ACL GENPASS 4096"), "$1024\r\n", 7), 0);
    CU_ASSERT_EQUAL(strncmp(ask(&first, "ACL SAVE"), "-ERR This Redis instance is not ", 32), 0);
    end();
}

static const struct unit_case cases[] = {
    { "strangers reach nobody", test_strangers },
    { "logging in", test_log_in },
    { "answered when durable", test_durable },
    { "rights that go", test_rights_that_go },
    { "GENPASS, SAVE", test_genpass },
};

int main(void)
{
    return unit_main("admin_acl", cases, sizeof(cases) / sizeof(cases[0]));
}
