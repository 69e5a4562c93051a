#include "store/effort.h"

#include "store/cmd.h"
#include "store/store.h"

#define NS_PER_US 1000
#define NS_PER_MS 1000000

void effort_begin(struct effort *x, const struct store *s, const struct client *c)
{
    x->replied = buf_used(&c->out);
    x->began_ns = s->clock_ns;
}

/* Bits of words from first on. */
static uint32_t from_word(size_t first)
{
    return first < 32 ? UINT32_MAX << first : 0;
}

/* The words that are nobody's business: passwords. */
static uint32_t secret_words(const struct command *command, size_t argc, const struct slice *argv)
{
    uint32_t secret = 0;

    if (command->run == cmd_auth)
        return from_word(1);
    if (command->run == cmd_acl_setuser)
        return from_word(2);
    for (size_t i = 1; i + 1 < argc && i + 1 < SLOWLOG_WORDS_MAX; i++) {
        int id;

        if (command->run == cmd_hello && slice_is_nocase(argv[i], "AUTH"))
            return from_word(i + 1);
        if (command->run != cmd_config_set || i % 2 != 0)
            continue;
        id = option_find(argv[i]);
        if (id >= 0 && (option_row((enum option_id)id)->flags & OPTION_SECRET))
            secret |= (uint32_t)1 << (i + 1);
    }
    return secret;
}

/* EXEC itself is left out: its commands are noted one by one. */
static void note_slow(struct store *s, const struct client *c, const struct command *command,
                      size_t argc, const struct slice *argv, int64_t us)
{
    int64_t least_us = option_number(&s->options, OPT_SLOWLOG_US);
    struct slow_note note;

    if (least_us < 0 || us < least_us || (command->flags & COMMAND_EXEC))
        return;
    note = (struct slow_note){
        .at_s = s->now_ms / 1000,
        .took_us = us,
        .addr = c->addr,
        .name = c->name,
        .secret = secret_words(command, argc, argv),
        .argc = argc,
        .argv = argv,
    };
    slowlog_add(&s->slowlog, &note, (size_t)option_number(&s->options, OPT_SLOWLOG_LEN));
}

/* What was replied since. */
static struct slice reply_since(const struct client *c, size_t before)
{
    return (struct slice){ buf_data(&c->out) + before, buf_used(&c->out) - before };
}

void effort_end(const struct effort *x, struct store *s, struct client *c,
                const struct command *command, size_t argc, const struct slice *argv)
{
    struct command_stat *stat = command_stats_of(&s->command_stats, command);
    struct slice reply;
    int64_t ns;

    if (s->ops->clock_ns != NULL)
        s->clock_ns = s->ops->clock_ns();
    ns = s->clock_ns - x->began_ns;

    command_stat_add(stat, ns, option_number(&s->options, OPT_LATENCY_TRACKING) != 0);
    reply = reply_since(c, x->replied);
    stat->failed += reply.n > 0 && reply.p[0] == '-';
    error_stats_add(&s->error_stats, reply);
    note_slow(s, c, command, argc, argv, ns / NS_PER_US);
    store_note_latency(s, command->flags & COMMAND_FAST ? LATENCY_FAST_COMMAND : LATENCY_COMMAND,
                       ns / NS_PER_MS);
}
