/* picketctl status. */
#include "sentinel/ctl/status_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/status_json_io.h"
#include "sentinel/ctl/words_io.h"
#include "wire/addr.h"

#define ADDR_WIDTH 24

#define RED    "\033[1;31m"
#define YELLOW "\033[33m"
#define GREEN  "\033[32m"
#define PLAIN  "\033[0m"

struct screen {
    redisContext *link;
    bool colour;
    char runid[PEER_RUNID_LEN + 1]; /* of the supervisor that is asked */
};

/* The first that applies says how an instance is. */
static const struct state {
    const char *flag, *word, *colour;
} states[] = {
    { "maintenance", "maintenance", YELLOW },
    { "o_down", "DOWN (agreed)", RED },
    { "s_down", "DOWN", RED },
    { "disconnected", "no link", YELLOW },
    { "failover_in_progress", "failover", YELLOW },
    { "paused", "up, paused", YELLOW },
    { "", "up", GREEN },
};

static const struct state asked = { "", "up, asked", GREEN };

static const struct state *state_of(const redisReply *map)
{
    const struct state *state = states;

    while (state->flag[0] != '\0' && !ctl_has_word(ctl_field(map, "flags"), state->flag))
        state++;
    return state;
}

static void print_coloured(const char *word, const char *code, bool colour, int width)
{
    printf("%s%-*s%s", colour ? code : "", width, word, colour ? PLAIN : "");
}

static void print_replica(const redisReply *map)
{
    bool linked = strcmp(ctl_field(map, "master-link-status"), "ok") == 0;

    printf("link %s, offset ", linked ? "ok" : "down");
    ctl_print(ctl_field(map, "slave-repl-offset"));
}

/* Of a primary or replica, where operators have a preference, or it tells its zone. */
static void print_place(const redisReply *map, const char *between)
{
    if (ctl_field(map, "availability-zone")[0] != '\0') {
        printf("%szone ", between);
        ctl_print(ctl_field(map, "availability-zone"));
        between = ", ";
    }
    if (ctl_field(map, "place")[0] != '\0')
        printf("%splace %s", between, ctl_field(map, "place"));
}

/* Of a primary that takes writes only with a lease. Returns whether it is one. */
static bool print_lease(const struct screen *screen, const redisReply *map)
{
    const char *left = ctl_field(map, "lease-left");

    if (left[0] == '\0')
        return false;
    if (strcmp(left, "0") == 0)
        print_coloured("no lease", RED, screen->colour, 0);
    else if (strcmp(left, "-1") == 0)
        printf("lease not known");
    else
        printf("lease %s ms", left);
    printf(", epoch %s, %s pledges (%s needed)", ctl_field(map, "lease-epoch"),
           ctl_field(map, "lease-pledges"), ctl_field(map, "lease-pledges-needed"));
    return true;
}

/* The beginning of a line below its group. */
static void print_begin(const struct screen *screen, const char *kind, const char *host,
                        long long port, const struct state *state)
{
    struct addr addr = { 0 };
    char text[ADDR_TEXT_MAX];

    addr_set(&addr, host, port);
    printf("  %-11s%-*s ", kind, ADDR_WIDTH, addr_format(&addr, text));
    print_coloured(state->word, state->colour, screen->colour, 14);
}

static void print_instance(const struct screen *screen, const char *kind, const redisReply *map)
{
    print_begin(screen, kind, ctl_field(map, "ip"), atoll(ctl_field(map, "port")), state_of(map));
    if (strcmp(kind, "supervisor") == 0) {
        ctl_print(ctl_field(map, "runid"));
    } else if (strcmp(kind, "replica") == 0) {
        print_replica(map);
        print_place(map, ", ");
    } else {
        print_place(map, print_lease(screen, map) ? ", " : "");
    }
    putchar('\n');
}

/* The one that is asked is in no list of its own. */
static void print_asked(const struct screen *screen)
{
    print_begin(screen, "supervisor", screen->link->tcp.host, screen->link->tcp.port, &asked);
    printf("%s\n", screen->runid);
}

/* The lines of a list (REPLICAS, SENTINELS). Returns 0 or 1. */
static int print_list(const struct screen *screen, const char *list, const char *kind,
                      const char *group)
{
    redisReply *reply = CTL_CALL(screen->link, "SENTINEL", list, group);

    if (!reply)
        return 1;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        print_instance(screen, kind, reply->element[i]);
    freeReplyObject(reply);
    return 0;
}

/* What CKQUORUM says against a failover; 1 when one is out of reach. */
static int print_quorum(const struct screen *screen, const char *group)
{
    redisReply *reply = redisCommand(screen->link, "SENTINEL CKQUORUM %s", group);
    int bad = !reply || reply->type == REDIS_REPLY_ERROR;

    if (bad) {
        printf("  ");
        print_coloured(reply ? reply->str : "no answer", RED, screen->colour, 0);
        putchar('\n');
    }
    freeReplyObject(reply);
    return bad;
}

static int print_group(const struct screen *screen, const redisReply *map)
{
    const char *group = ctl_field(map, "name");
    int bad = ctl_has_word(ctl_field(map, "flags"), "s_down");

    ctl_print(group);
    printf("  %s, epoch %s, quorum %s", bad ? "its primary is down" : "has a primary",
           ctl_field(map, "config-epoch"), ctl_field(map, "quorum"));
    if (ctl_has_word(ctl_field(map, "flags"), "failover_in_progress"))
        printf(", failover: %s", ctl_field(map, "failover-state"));
    putchar('\n');
    print_instance(screen, "primary", map);
    bad |= print_list(screen, "REPLICAS", "replica", group);
    print_asked(screen);
    bad |= print_list(screen, "SENTINELS", "supervisor", group);
    bad |= print_quorum(screen, group);
    return bad;
}

int status_print(redisContext *link, bool colour)
{
    struct screen screen = { .link = link, .colour = colour };
    redisReply *reply =
        ctl_ask_runid(link, screen.runid) ? CTL_CALL(link, "SENTINEL", "MASTERS") : NULL;
    int bad = reply == NULL;

    if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 0)
        printf("no groups\n");
    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        bad |= print_group(&screen, reply->element[i]);
    freeReplyObject(reply);
    return bad;
}

int ctl_status(const struct ctl *ctl, int argc, char **argv)
{
    bool json = false;
    const struct ctl_option options[] = { { "json", &json, NULL }, { 0 } };

    ctl_read_words(options, argc, argv, 0, 0, NULL);
    redisContext *link = ctl_open(ctl);
    bool colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    int bad = !link ? 1 : json ? status_json(link) : status_print(link, colour);

    ctl_close(link);
    return bad;
}
