/* picketctl gate: may a node start as what it is configured to be? For systemd's ExecStartPre and
 * for init containers: its exit status is the answer. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"
#include "wire/slice.h"
#include "wire/loop_io.h"

#define ASK_EVERY_MS 500
#define WAIT_S_MAX   86400
#define REASON_MAX   400

enum { GATE_OPEN = 0, GATE_CLOSED = 1, GATE_UNKNOWN = 3 };

struct gate {
    const struct ctl *ctl;
    const char *group;
    struct addr node;   /* that wants to start, */
    struct addr follow; /* as a replica of this one; not set: as a primary, */
    bool empty;         /* without data */
    /* What the supervisors say: */
    size_t answers, strangers; /* how many know the group, and how many do not */
    uint64_t epoch;            /* the newest configuration, */
    struct addr primary;       /* and its primary; */
    bool changing;             /* somebody is replacing it; */
    bool replicas;             /* it has replicas with data */
    char reason[REASON_MAX];
};

static int say(struct gate *gate, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int say(struct gate *gate, int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(gate->reason, sizeof gate->reason, format, args);
    va_end(args);
    return status;
}

/* Whether any of the replicas has something. */
static bool have_data(const redisReply *list)
{
    for (size_t i = 0; list->type == REDIS_REPLY_ARRAY && i < list->elements; i++) {
        if (strtoull(ctl_field(list->element[i], "slave-repl-offset"), NULL, 10) > 0)
            return true;
    }
    return false;
}

static void take_master(struct gate *gate, redisContext *link, const redisReply *map)
{
    uint64_t epoch = strtoull(ctl_field(map, "config-epoch"), NULL, 10);
    redisReply *list;

    gate->changing |= ctl_has_word(ctl_field(map, "flags"), "failover_in_progress");
    if (gate->answers++ > 0 && epoch <= gate->epoch)
        return;
    gate->epoch = epoch;
    addr_set(&gate->primary, ctl_field(map, "ip"), atoi(ctl_field(map, "port")));
    list = CTL_CALL(link, "SENTINEL", "REPLICAS", gate->group);
    gate->replicas = !list || have_data(list); /* not to know is no reason to be bold */
    freeReplyObject(list);
}

static void ask(struct gate *gate, const struct addr *supervisor)
{
    const char *argv[] = { "SENTINEL", "MASTER", gate->group };
    redisContext *link = ctl_open_at(gate->ctl, supervisor->host, supervisor->port);
    redisReply *reply = link ? redisCommandArgv(link, 3, argv, NULL) : NULL;

    if (reply && reply->type == REDIS_REPLY_ARRAY)
        take_master(gate, link, reply);
    else if (reply && reply->type == REDIS_REPLY_ERROR && strstr(reply->str, "No such master"))
        gate->strangers++;
    else if (reply && reply->type == REDIS_REPLY_ERROR)
        fprintf(stderr, "picketctl: %s\n", reply->str);
    freeReplyObject(reply);
    ctl_close(link);
}

static void ask_all(struct gate *gate)
{
    gate->answers = gate->strangers = 0;
    gate->changing = gate->replicas = false;
    for (size_t i = 0; i < gate->ctl->n_supervisors; i++)
        ask(gate, &gate->ctl->supervisors[i]);
}

/* Whether NAME, which may have to be looked up, is at ADDR. */
static bool leads_to(const struct addr *name, const struct addr *addr)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
    bool same = addr_equal(name, addr);

    if (same || name->port != addr->port || getaddrinfo(name->host, NULL, &hints, &found) != 0)
        return same;
    for (const struct addrinfo *p = found; p && !same; p = p->ai_next) {
        char host[NI_MAXHOST];

        same = getnameinfo(p->ai_addr, p->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) ==
                   0 &&
               strcmp(host, addr->host) == 0;
    }
    freeaddrinfo(found);
    return same;
}

static int judge_replica(struct gate *gate, const char *primary)
{
    if (leads_to(&gate->node, &gate->primary))
        return say(gate, GATE_CLOSED, "it is the primary of %s: start it as one", gate->group);
    if (!leads_to(&gate->follow, &gate->primary))
        return say(gate, GATE_CLOSED, "the primary of %s is %s: let it follow that one",
                   gate->group, primary);
    return say(gate, GATE_OPEN, "it follows %s, the primary of %s", primary, gate->group);
}

static int judge_primary(struct gate *gate, const char *primary)
{
    if (!leads_to(&gate->node, &gate->primary))
        return say(gate, GATE_CLOSED, "the primary of %s is %s: start it as a replica of that one",
                   gate->group, primary);
    if (gate->changing)
        return say(gate, GATE_CLOSED, "another primary of %s is just being made", gate->group);
    if (gate->empty && gate->replicas)
        return say(gate, GATE_CLOSED,
                   "it would start empty, and its replicas would throw away what they have: wait "
                   "until one of them has become the primary of %s",
                   gate->group);
    return say(gate, GATE_OPEN, "it is the primary of %s", gate->group);
}

static int judge(struct gate *gate)
{
    size_t asked = gate->ctl->n_supervisors;
    char primary[ADDR_TEXT_MAX];

    if (gate->answers == 0 && gate->strangers > asked / 2)
        return say(gate, GATE_CLOSED, "no supervisor watches a group \"%s\"", gate->group);
    if (gate->answers <= asked / 2)
        return say(gate, GATE_UNKNOWN,
                   "%zu of %zu supervisors say who is the primary of %s: a "
                   "majority is needed",
                   gate->answers, asked, gate->group);
    addr_format(&gate->primary, primary);
    return addr_is_set(&gate->follow) ? judge_replica(gate, primary) : judge_primary(gate, primary);
}

/* Whether a node would find anything to load in FOLDER. */
static bool holds_data(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool found = false;

    if (!dir && errno != ENOENT) {
        fprintf(stderr, "picketctl: gate: %s: %s\n", folder, strerror(errno));
        exit(GATE_UNKNOWN);
    }
    while (dir && !found && (entry = readdir(dir)) != NULL) {
        const char *end = strrchr(entry->d_name, '.');

        found = (end && (strcmp(end, ".rdb") == 0 || strcmp(end, ".aof") == 0)) ||
                strncmp(entry->d_name, "appendonly", 10) == 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

/* Ask until it is open, or WAIT_S are over. */
static int run(struct gate *gate, int64_t wait_s)
{
    const struct timespec pause = { 0, ASK_EVERY_MS * 1000000L };
    int64_t until = loop_now_ms() + wait_s * 1000;
    int status;

    for (;;) {
        ask_all(gate);
        status = judge(gate);
        if (status == GATE_OPEN || loop_now_ms() >= until)
            return status;
        nanosleep(&pause, NULL);
    }
}

static void read_addr(const char *command, struct addr *ret, const char *text)
{
    if (!addr_parse(ret, text) || ret->port == 0)
        ctl_misused(command, "this is no HOST:PORT", text);
}

int ctl_gate(const struct ctl *ctl, int argc, char **argv)
{
    const char *follow = NULL, *dir = NULL, *wait = NULL;
    struct gate gate = { .ctl = ctl };
    const struct ctl_option options[] = { { .name = "replica-of", .value = &follow },
                                          { .name = "dir", .value = &dir },
                                          { .name = "empty", .flag = &gate.empty },
                                          { .name = "wait", .value = &wait },
                                          { .name = NULL } };
    char **words = ctl_read_words(options, argc, argv, 2, 2, NULL);
    int64_t wait_s = 0;
    int status;

    gate.group = words[0];
    read_addr(argv[0], &gate.node, words[1]);
    if (follow)
        read_addr(argv[0], &gate.follow, follow);
    if (wait && (!slice_to_int64(slice_str(wait), &wait_s) || wait_s < 0 || wait_s > WAIT_S_MAX))
        ctl_misused(argv[0], "seconds, from 0 to a day", wait);
    gate.empty = gate.empty || (dir && !holds_data(dir));
    status = run(&gate, wait_s);
    fprintf(status == GATE_OPEN ? stdout : stderr, "picketctl: gate: %s %s: %s\n", words[1],
            status == GATE_OPEN ? "may start" : "may not start", gate.reason);
    return status;
}
