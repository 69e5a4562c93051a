#include "store/follow.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "wire/buf.h"
#include "wire/resp_write.h"

#define GREETINGS_MAX 5

static void say(struct buf *out, size_t argc, const char *const *argv)
{
    struct resp_writer w = { .out = out, .proto = 2 };

    resp_array(&w, argc);
    for (size_t i = 0; i < argc; i++)
        resp_bulk_str(&w, argv[i]);
}

/* The one way to change the phase. */
static enum follow_phase move(struct follow *f, enum follow_phase to)
{
#define A(phase) (1u << FOLLOW_##phase)
    static const unsigned allowed[] = {
        [FOLLOW_GREET] = A(ASK) | A(FAILED),
        [FOLLOW_ASK] = A(PREAMBLE) | A(STREAM) | A(FAILED),
        [FOLLOW_PREAMBLE] = A(DATA) | A(FAILED),
        [FOLLOW_DATA] = A(STREAM),
        [FOLLOW_STREAM] = 0,
        [FOLLOW_FAILED] = 0,
    };
#undef A

    assert(allowed[f->phase] & (1u << to));
    f->phase = to;
    return to;
}

__attribute__((format(printf, 2, 3))) static enum follow_phase fail(struct follow *f,
                                                                    const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(f->error, sizeof(f->error), format, args);
    va_end(args);
    return move(f, FOLLOW_FAILED);
}

static bool is_said(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* Says something whose answer is awaited under this name. */
static void ask(struct follow *f, const char *name, struct buf *out, size_t argc,
                const char *const *argv)
{
    size_t n = 0;

    while (f->expected[n] != NULL)
        n++;
    f->expected[n] = name;
    say(out, argc, argv);
}

void follow_data_read(struct follow *f)
{
    move(f, FOLLOW_STREAM);
}

void follow_start(struct follow *f, const struct follow_self *self, struct buf *out)
{
    char port[8];

    memset(f, 0, sizeof(*f));
    f->self = *self;
    f->phase = FOLLOW_GREET;
    ask(f, "PING", out, 1, (const char *[]){ "PING" });
    if (is_said(self->password) && is_said(self->user))
        ask(f, "AUTH", out, 3, (const char *[]){ "AUTH", self->user, self->password });
    else if (is_said(self->password))
        ask(f, "AUTH", out, 2, (const char *[]){ "AUTH", self->password });
    snprintf(port, sizeof(port), "%u", self->port);
    ask(f, "REPLCONF listening-port", out, 3,
        (const char *[]){ "REPLCONF", "listening-port", port });
    if (is_said(self->ip))
        ask(f, "REPLCONF ip-address", out, 3,
            (const char *[]){ "REPLCONF", "ip-address", self->ip });
    ask(f, "REPLCONF capa", out, 5,
        (const char *[]){ "REPLCONF", "capa", "eof", "capa", "psync2" });
}

static void ask_sync(struct follow *f, struct buf *out)
{
    char offset[24];

    snprintf(offset, sizeof(offset), "%lld", (long long)f->self.offset);
    say(out, f->self.failover ? 4 : 3, (const char *[]){ "PSYNC", f->self.id, offset, "FAILOVER" });
    move(f, FOLLOW_ASK);
}

static bool begins(struct slice line, const char *with)
{
    size_t n = strlen(with);

    return line.n >= n && memcmp(line.p, with, n) == 0;
}

/* An old primary may not know a REPLCONF, and one that asks for a password says so to PING: both
 * are no reason to stop. */
static enum follow_phase take_greeting(struct follow *f, struct slice line, struct buf *out)
{
    const char *to = f->expected[f->answered];

    if (begins(line, "-") && !begins(to ? slice_str(to) : line, "REPLCONF") &&
        !(strcmp(to, "PING") == 0 && is_said(f->self.password) && begins(line, "-NOAUTH")))
        return fail(f, "it answers %s with %.*s", to, (int)line.n, line.p);
    if (!begins(line, "-") && !begins(line, "+"))
        return fail(f, "it answers %s with %.*s", to, (int)line.n, line.p);
    f->answered++;
    if (f->expected[f->answered] == NULL)
        ask_sync(f, out);
    return f->phase;
}

/* The next word of a line. */
static struct slice take_word(struct slice *line)
{
    struct slice word;

    while (line->n > 0 && line->p[0] == ' ') {
        line->p++;
        line->n--;
    }
    word = *line;
    for (word.n = 0; word.n < line->n && word.p[word.n] != ' '; word.n++)
        ;
    line->p += word.n;
    line->n -= word.n;
    return word;
}

static enum follow_phase take_answer(struct follow *f, struct slice line)
{
    struct slice rest = line, word = take_word(&rest), id = take_word(&rest),
                 offset = take_word(&rest);

    if (slice_is(word, "+FULLRESYNC")) {
        if (!repl_id_set(f->id, id) || !slice_to_int64(offset, &f->offset) || f->offset < 0)
            return fail(f, "it answers PSYNC with %.*s", (int)line.n, line.p);
        return move(f, FOLLOW_PREAMBLE);
    }
    if (slice_is(word, "+CONTINUE")) {
        f->id_given = id.n > 0;
        if (f->id_given && !repl_id_set(f->id, id))
            return fail(f, "it continues under an id that is none: %.*s", (int)line.n, line.p);
        return move(f, FOLLOW_STREAM);
    }
    return fail(f, "it answers PSYNC with %.*s", (int)line.n, line.p);
}

static enum follow_phase take_preamble(struct follow *f, struct slice line)
{
    struct slice value = { line.p + 1, line.n - 1 };

    if (begins(line, "$EOF:")) {
        value.p += 4;
        value.n -= 4;
        f->by_mark = true;
        if (!repl_id_set(f->mark, value))
            return fail(f, "the mark of its data is not 40 bytes long");
    } else if (line.p[0] != '$' || !slice_to_uint64(value, &f->length)) {
        return fail(f, "instead of data it sends %.*s", (int)line.n, line.p);
    }
    return move(f, FOLLOW_DATA);
}

/* Empty lines mean only that the primary lives. */
enum follow_phase follow_line(struct follow *f, struct slice line, struct buf *out)
{
    if (line.n == 0)
        return f->phase;
    switch (f->phase) {
    case FOLLOW_GREET:
        return take_greeting(f, line, out);
    case FOLLOW_ASK:
        return take_answer(f, line);
    case FOLLOW_PREAMBLE:
        return take_preamble(f, line);
    default:
        return f->phase;
    }
}
