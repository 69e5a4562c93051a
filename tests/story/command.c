#include "tests/story/command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/output.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"
#include "tests/story/words.h"

static void on_event(void *arg, struct sup *s, const struct event *event)
{
    struct story *st = arg;
    char text[TRACE_LINE_MAX];

    trace_event_text(st->world, event, text);
    words_record(st, "%s %s", s->name, text);
    if (strcmp(st->awaited, event_name(event->kind)) == 0 &&
        (st->awaited_sup < 0 || st->awaited_sup == s->index))
        st->seen = true;
}

static void on_reply(void *arg, struct sup *s, const struct reply *reply)
{
    static const char *const codes[] = {
        [REPLY_OK] = "OK",
        [REPLY_NO_SUCH_GROUP] = "no such group",
        [REPLY_DUPLICATE_GROUP] = "duplicate group",
        [REPLY_IN_PROGRESS] = "in progress",
        [REPLY_NO_GOOD_REPLICA] = "no good replica",
        [REPLY_NO_SUCH_REPLICA] = "no such replica",
        [REPLY_NO_QUORUM] = "no quorum",
        [REPLY_FULL] = "full",
        [REPLY_PAUSED] = "paused",
        [REPLY_NO_SUCH_NODE] = "no such node",
        [REPLY_NO_SUCH_PEER] = "no such peer",
        [REPLY_IS_PRIMARY] = "is the primary",
        [REPLY_STILL_THERE] = "still there",
    };

    words_record(arg, "%s replies: %s", s->name, codes[reply->code]);
}

static const struct command {
    const char *name;
    command_fn *fn;
    bool setting;
    int min, max; /* arguments */
    const char *help;
} commands[] = {
    { "supervisors", do_supervisors, true, 1, 1, "N: how many there are (3)" },
    { "groups", do_groups, true, 1, 1, "N: g1 ... gN (1)" },
    { "nodes", do_nodes, true, 1, 1, "N of each group, the first is its primary (3)" },
    { "option", do_option, true, 2, 2, "NAME VALUE: as in the file, of all groups" },
    { "stock", do_stock, true, 1, 1, "SUP: it does not know PICKET OPINION" },
    { "latency", do_fixed, true, 1, 1, "MS: one way (1)" },
    { "disk_ms", do_fixed, true, 1, 1, "MS: of a commit (2)" },
    { "write_rate", do_fixed, true, 1, 1, "BYTES a second, to each primary (1000)" },
    { "write_lease_ms", do_fixed, true, 1, 1, "MS: the nodes need a lease (0 = not)" },
    { "full_sync_ms", do_fixed, true, 1, 1, "MS: of a full synchronisation (500)" },
    { "hooks", do_hooks, true, 3, 3,
      "switchover|failover yes|no|lost|silence MS: are asked, and say that after so long" },
    { "settle", do_settle, false, 0, 0, "until all is well; times count from here" },
    { "run", do_run, false, 1, 1, "MS" },
    { "until", do_until, false, 1, 2, "[SUP] EVENT: until it is told" },
    { "expect", do_expect, false, 0, 0, "what was told since the last `expect`" },
    { "show", do_show, false, 1, 1, "GROUP: whom supervisors take for the primary; roles" },
    { "pending", do_pending, false, 1, 1, "NODE: requests that wait" },
    { "waited", do_waited, false, 1, 1, "NODE: what became of writes that waited while it hung" },
    { "kill", do_kill, false, 1, 2, "NODE|SUP [power]: SIGKILL, or its host goes off" },
    { "start", do_start, false, 1, 3, "NODE|SUP [empty|primary|renamed|stranger] [LOADING_MS]" },
    { "hang", do_hang, false, 1, 1, "NODE|SUP: SIGSTOP" },
    { "resume", do_hang, false, 1, 1, "NODE|SUP: SIGCONT" },
    { "slow", do_node, false, 2, 2, "NODE MS: of each command" },
    { "deny", do_node, false, 2, 2, "NODE 1|0: NOAUTH" },
    { "misconf", do_node, false, 2, 2, "NODE 1|0: MISCONF" },
    { "full", do_node, false, 2, 2, "NODE 1|0: OOM" },
    { "hold", do_node, false, 2, 2, "NODE 1|0: writes are held back" },
    { "refuse", do_node, false, 2, 2, "NODE 1|0: orders are refused" },
    { "picky", do_node, false, 2, 2,
      "NODE BITS: refuses 1 MULTI, 2 CONFIG REWRITE, 4 CLIENT KILL" },
    { "priority", do_node, false, 2, 2, "NODE N" },
    { "lag", do_node, false, 2, 2, "NODE MS: behind its primary" },
    { "promote", do_role, false, 1, 1, "NODE: REPLICAOF NO ONE, by hand" },
    { "follow", do_role, false, 2, 2, "NODE OTHER: REPLICAOF OTHER, by hand" },
    { "script", do_script, false, 1, 2, "NODE [function|unkillable|end]: BUSY" },
    { "cut", do_cut, false, 2, 3, "A B [one-way]: between their hosts" },
    { "heal", do_cut, false, 2, 3, "A B [one-way]" },
    { "isolate", do_isolate, false, 1, 1, "A: its host, from all others" },
    { "rejoin", do_isolate, false, 1, 1, "A" },
    { "disk", do_disk, false, 2, 2, "SUP MS|fails" },
    { "aim", do_aim, false, 2, 2,
      "SUP before-commit|in-commit|before-send|after-send: dies there" },
    { "failover", do_failover, false, 2, 4, "SUP GROUP [NODE] [force]: SENTINEL FAILOVER" },
    { "pause", do_hold, false, 3, 3, "SUP GROUP MS: PICKET PAUSE; 0: RESUME" },
    { "maintain", do_hold, false, 3, 3, "SUP NODE MS: PICKET MAINTENANCE; 0: OFF" },
    { "set", do_request, false, 4, 4, "SUP GROUP OPTION VALUE: SENTINEL SET" },
    { "reset", do_request, false, 2, 2, "SUP GROUP: SENTINEL RESET" },
    { "ack", do_request, false, 2, 2, "SUP GROUP: PICKET ACK" },
    { "remove", do_request, false, 2, 2, "SUP GROUP: SENTINEL REMOVE" },
    { "monitor", do_request, false, 2, 2, "SUP GROUP: SENTINEL MONITOR" },
    { "forge", do_forge, false, 3, 3, "SUP NODE EPOCH: a hello in its name, on that channel" },
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

void story_help(void)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-12s %s\n", commands[i].name, commands[i].help);
}

void story_init(struct story *story)
{
    *story = (struct story){ .awaited_sup = -1 };
    plan_init(&story->plan);
}

void story_done(struct story *story)
{
    world_free(story->world);
    free(story->trace);
}

char *story_take_trace(struct story *story)
{
    char *trace = story->trace != NULL ? story->trace : calloc(1, 1);

    assert(trace != NULL);
    story->trace = NULL;
    story->n = story->cap = 0;
    return trace;
}

static void begin(struct story *st)
{
    st->world = world_new(&st->plan, getenv("STORY_TRACE") != NULL);
    st->world->on_event = on_event;
    st->world->on_reply = on_reply;
    st->world->arg = st;
    world_start(st->world);
}

static bool run_command(struct story *st, const struct words *words)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const struct command *command = &commands[i];
        if (strcmp(command->name, words->word[0]) != 0)
            continue;
        if (words->n - 1 < command->min || words->n - 1 > command->max)
            return words_fail(st, "%s %s", command->name, command->help);
        if (command->setting && st->world != NULL)
            return words_fail(st, "settings come first");
        if (!command->setting && st->world == NULL)
            begin(st);
        return command->fn(st, words);
    }
    return words_fail(st, "'%s' is not known", words->word[0]);
}

bool story_do(struct story *story, const char *line)
{
    char copy[STORY_LINE_MAX];
    struct words words = { 0 };
    char *rest;

    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok_r(copy, " \t\r\n", &rest); word != NULL && word[0] != '#';
         word = strtok_r(NULL, " \t\r\n", &rest)) {
        if (words.n == STORY_WORDS_MAX)
            return words_fail(story, "too many words");
        words.word[words.n++] = word;
    }
    return words.n == 0 || run_command(story, &words);
}
