/* picketctl pause, resume, maintenance, drain, forget, add, remove, set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/find_io.h"
#include "sentinel/ctl/fleet_io.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/span.h"
#include "sentinel/ctl/switch_io.h"
#include "sentinel/ctl/words_io.h"

#define DEFAULT_SPAN  "1h"
#define SET_WORDS_MAX 64
#define DRAIN_POLL_MS 100
#define DRAIN_WAIT_MS 60000

#define TELL(ctl, fleet, ...)                                                                      \
    fleet_tell(ctl, fleet, (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)),   \
               (const char *const[]){ __VA_ARGS__ })

/* "90s", "30m" ... as a word for the wire; ends the program when it is none. */
static const char *read_span(const char *command, const char *text, char ret_ms[24])
{
    int64_t ms;

    if (!span_parse(text, &ms))
        ctl_misused(command, "a time is given as 90s, 30m, 12h or 7d, at most 30d", text);
    snprintf(ret_ms, 24, "%lld", (long long)ms);
    return ret_ms;
}

/* --- pause, resume -------------------------------------------------------------------------- */

int ctl_pause(const struct ctl *ctl, int argc, char **argv)
{
    const char *span = DEFAULT_SPAN;
    const struct ctl_option options[] = { { "for", NULL, &span }, { 0 } };
    const char *group = ctl_read_words(options, argc, argv, 1, 1, NULL)[0];
    char ms[24];
    struct fleet fleet;

    read_span(argv[0], span, ms);
    if (!fleet_find(ctl, group, &fleet))
        return 1;
    struct fleet_told told = TELL(ctl, &fleet, "PICKET", "PAUSE", group, ms);
    printf("%s is paused for %s ", group, span);
    if (told.done * 2 <= told.n)
        fprintf(stderr, "picketctl: too few to keep a failover from happening\n"
                        "  what to do: reach the others, or `picketctl resume` these\n");
    return fleet_report(&told);
}

int ctl_resume(const struct ctl *ctl, int argc, char **argv)
{
    const char *group = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    struct fleet fleet;

    if (!fleet_find(ctl, group, &fleet))
        return 1;
    struct fleet_told told = TELL(ctl, &fleet, "PICKET", "RESUME", group);
    printf("%s is not paused ", group);
    return fleet_report(&told);
}

/* --- maintenance, drain --------------------------------------------------------------------- */

/* Where NODE stands; false: printed. */
static bool look_up(const struct ctl *ctl, const struct addr *node, struct found *ret_found)
{
    redisContext *link = ctl_open(ctl);
    bool ok = link && find_node(link, node, ret_found);

    ctl_close(link);
    return ok;
}

/* At all supervisors; MS NULL: no longer. */
static int maintain(const struct ctl *ctl, const struct found *found, const char *ms)
{
    char port[8], text[ADDR_TEXT_MAX];
    struct fleet fleet;
    struct fleet_told told;

    snprintf(port, sizeof(port), "%u", found->addr.port);
    if (!fleet_find(ctl, found->group, &fleet))
        return 1;
    told = ms ? TELL(ctl, &fleet, "PICKET", "MAINTENANCE", found->group, found->addr.host, port,
                     "ON", ms)
              : TELL(ctl, &fleet, "PICKET", "MAINTENANCE", found->group, found->addr.host, port,
                     "OFF");
    printf("%s of %s is %sin maintenance ", addr_format(&found->addr, text), found->group,
           ms ? "" : "not ");
    return fleet_report(&told);
}

/* Whether the supervisor at ADDR names another primary than NODE, and no failover goes on there. */
static bool is_past(const struct ctl *ctl, const struct addr *addr, const struct found *found,
                    size_t *reached)
{
    redisContext *link = ctl_open_at(ctl, addr->host, addr->port);
    redisReply *map = link ? CTL_CALL(link, "SENTINEL", "MASTER", found->group) : NULL;
    struct addr primary;
    bool past = map && addr_set(&primary, ctl_field(map, "ip"), atoll(ctl_field(map, "port"))) &&
                !addr_equal(&primary, &found->addr) &&
                !ctl_has_word(ctl_field(map, "flags"), "failover_in_progress");

    *reached += map != NULL;
    freeReplyObject(map);
    ctl_close(link);
    return past;
}

/* Until every supervisor that answers, and a majority, sends clients elsewhere. */
static bool wait_until_past(const struct ctl *ctl, const struct found *found)
{
    struct fleet fleet;

    if (!fleet_find(ctl, found->group, &fleet))
        return false;
    for (int waited = 0; waited < DRAIN_WAIT_MS; waited += DRAIN_POLL_MS) {
        size_t past = 0, reached = 0;

        for (size_t i = 0; i < fleet.n; i++)
            past += is_past(ctl, &fleet.addrs[i], found, &reached);
        if (past == reached && past * 2 > fleet.n)
            return true;
        usleep(DRAIN_POLL_MS * 1000);
    }
    fprintf(stderr, "picketctl: the supervisors do not all name another primary of %s yet\n",
            found->group);
    return false;
}

/* A primary is switched away first. */
static int take_out(const struct ctl *ctl, const struct addr *node, const char *ms)
{
    struct found found;

    if (!look_up(ctl, node, &found))
        return 1;
    if (found.primary &&
        (!switch_over(ctl, found.group, NULL, false) || !wait_until_past(ctl, &found)))
        return 1;
    return maintain(ctl, &found, ms);
}

int ctl_maintenance(const struct ctl *ctl, int argc, char **argv)
{
    const char *span = DEFAULT_SPAN;
    const struct ctl_option options[] = { { "for", NULL, &span }, { 0 } };
    int n;
    char **words = ctl_read_words(options, argc, argv, 1, 2, &n), ms[24];
    struct addr node = find_read_addr(argv[0], words[0]);
    bool off = n == 2 && strcmp(words[1], "off") == 0;
    struct found found;

    if (n == 2 && !off && strcmp(words[1], "on") != 0)
        ctl_misused(argv[0], "on or off", words[1]);
    read_span(argv[0], span, ms);
    if (!off)
        return take_out(ctl, &node, ms);
    return look_up(ctl, &node, &found) ? maintain(ctl, &found, NULL) : 1;
}

int ctl_drain(const struct ctl *ctl, int argc, char **argv)
{
    const char *span = DEFAULT_SPAN;
    const struct ctl_option options[] = { { "for", NULL, &span }, { 0 } };
    struct addr node = find_read_addr(argv[0], ctl_read_words(options, argc, argv, 1, 1, NULL)[0]);
    char ms[24], text[ADDR_TEXT_MAX];

    read_span(argv[0], span, ms);
    if (take_out(ctl, &node, ms) != 0) {
        fprintf(stderr, "picketctl: %s is not drained: do not stop it yet\n",
                addr_format(&node, text));
        return 1;
    }
    printf("%s may be stopped\n", addr_format(&node, text));
    return 0;
}

/* --- forget --------------------------------------------------------------------------------- */

/* Fills in the run id of the supervisor at ADDR, or the address of the one of that RUNID, as
 * another one has it; both stay as they are when none is known. */
static void find_peer(redisContext *link, const char *group, struct addr *addr,
                      char runid[PEER_RUNID_LEN + 1])
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "SENTINELS", group);

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        const redisReply *map = reply->element[i];
        struct addr there;

        if (!addr_set(&there, ctl_field(map, "ip"), atoll(ctl_field(map, "port"))) ||
            (!addr_equal(&there, addr) && strcmp(ctl_field(map, "runid"), runid) != 0))
            continue;
        snprintf(runid, PEER_RUNID_LEN + 1, "%s", ctl_field(map, "runid"));
        *addr = there;
    }
    freeReplyObject(reply);
}

/* A run id, or an address. */
static void read_who(const char *command, const char *word, struct addr *ret_addr,
                     char ret_runid[PEER_RUNID_LEN + 1])
{
    if (strlen(word) == PEER_RUNID_LEN && !strpbrk(word, ":."))
        snprintf(ret_runid, PEER_RUNID_LEN + 1, "%s", word);
    else
        *ret_addr = find_read_addr(command, word);
}

int ctl_forget(const struct ctl *ctl, int argc, char **argv)
{
    char **words = ctl_read_words(NULL, argc, argv, 2, 2, NULL);
    const char *group = words[0];
    char runid[PEER_RUNID_LEN + 1] = "", port[8];
    struct addr addr = { 0 };
    struct fleet fleet;
    struct fleet_told told;

    read_who(argv[0], words[1], &addr, runid);
    redisContext *link = ctl_open(ctl);
    if (link)
        find_peer(link, group, &addr, runid);
    ctl_close(link);
    if (!link || !fleet_find(ctl, group, &fleet))
        return 1;
    fleet_drop(&fleet, &addr);
    snprintf(port, sizeof(port), "%u", addr.port);
    told = runid[0] != '\0' ? TELL(ctl, &fleet, "PICKET", "FORGET", group, "PEER", runid)
                            : TELL(ctl, &fleet, "PICKET", "FORGET", group, "NODE", addr.host, port);
    printf("%s is forgotten ", words[1]);
    return fleet_report(&told);
}

/* --- add, remove, set ----------------------------------------------------------------------- */

int ctl_add(const struct ctl *ctl, int argc, char **argv)
{
    char **words = ctl_read_words(NULL, argc, argv, 3, 3, NULL), port[8];
    struct addr addr = find_read_addr(argv[0], words[1]);
    struct fleet fleet;

    snprintf(port, sizeof(port), "%u", addr.port);
    if (!fleet_find(ctl, NULL, &fleet))
        return 1;
    struct fleet_told told =
        TELL(ctl, &fleet, "SENTINEL", "MONITOR", words[0], addr.host, port, words[2]);
    printf("%s is watched ", words[0]);
    return fleet_report(&told);
}

int ctl_remove(const struct ctl *ctl, int argc, char **argv)
{
    const char *group = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    struct fleet fleet;

    if (!fleet_find(ctl, group, &fleet))
        return 1;
    struct fleet_told told = TELL(ctl, &fleet, "SENTINEL", "REMOVE", group);
    printf("%s is watched no longer ", group);
    return fleet_report(&told);
}

int ctl_set(const struct ctl *ctl, int argc, char **argv)
{
    int n;
    char **words = ctl_read_words(NULL, argc, argv, 3, SET_WORDS_MAX, &n);
    const char *said[SET_WORDS_MAX + 2] = { "SENTINEL", "SET" };
    struct fleet fleet;

    for (int i = 0; i < n; i++)
        said[i + 2] = words[i];
    if (!fleet_find(ctl, words[0], &fleet))
        return 1;
    struct fleet_told told = fleet_tell(ctl, &fleet, n + 2, said);
    printf("%s is changed ", words[0]);
    return fleet_report(&told);
}
