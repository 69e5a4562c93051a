#include "sentinel/replay_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/output.h"
#include "sentinel/trace.h"
#include "wire/buf.h"

struct replay {
    const char *path;
    FILE *out, *err;
    unsigned long line;
    struct trace_reader reader;
    struct core *core;
    bool stepped;           /* rows come before that */
    struct buf events;      /* that came of the last input and were not found in the file yet */
    unsigned long input_at; /* the line of that input */
    bool has_events;        /* the file holds some; a trace that was made by hand may not */
    unsigned long
        missing_at; /* the first input of which an event is missing in the file; 0: none */
};

static int fail(const struct replay *replay, unsigned long line, const char *what)
{
    fprintf(replay->err, "%s:%lu: %s\n", replay->path, line, what);
    return -1;
}

/* What came of the last input must all have been found. */
static void close_step(struct replay *replay)
{
    if (buf_used(&replay->events) > 0 && replay->missing_at == 0)
        replay->missing_at = replay->input_at;
    buf_reset(&replay->events);
}

static int take_core(struct replay *replay)
{
    const struct trace_core *core = &replay->reader.core;

    if (replay->core != NULL)
        return fail(replay, replay->line, "there is a core already");
    replay->core = core_new(core->runid, &core->self, core->seed, replay->reader.now);
    return 0;
}

static int take_row(struct replay *replay)
{
    if (replay->core == NULL || replay->stepped)
        return fail(replay, replay->line, "rows come between the core and the first input");
    core_restore(replay->core, &replay->reader.row);
    return 0;
}

static int take_input(struct replay *replay)
{
    const struct output *output;
    struct buf text;

    if (replay->core == NULL)
        return fail(replay, replay->line, "a trace begins with the core");
    close_step(replay);
    replay->stepped = true;
    replay->input_at = replay->line;
    output = core_step(replay->core, &replay->reader.input);
    buf_init(&text, 0);
    trace_write_output(&text, output, replay->reader.now);
    fwrite(buf_data(&text), 1, buf_used(&text), replay->out);
    buf_done(&text);
    trace_write_events(&replay->events, output);
    return 0;
}

/* The next event that came must be the one that stands here. */
static int take_event(struct replay *replay)
{
    const char *wanted = replay->reader.event;
    size_t n = strlen(wanted);
    struct slice come = buf_slice(&replay->events);

    replay->has_events = true;
    if (come.n < n + 3 || memcmp(come.p + 2, wanted, n) != 0 || come.p[n + 2] != '\n') {
        fprintf(replay->err, "%s:%lu: another event: %.*s\n", replay->path, replay->line,
                come.n > 2 ? (int)strcspn(come.p + 2, "\n") : 4, come.n > 2 ? come.p + 2 : "none");
        return -1;
    }
    buf_consume(&replay->events, n + 3);
    return 0;
}

static int take_nothing(struct replay *replay)
{
    (void)replay;
    return 0;
}

static int take_line(struct replay *replay, char *line)
{
    static int (*const takes[])(struct replay * replay) = {
        [TRACE_IS_NOTHING] = take_nothing, [TRACE_IS_CORE] = take_core,   [TRACE_IS_ROW] = take_row,
        [TRACE_IS_INPUT] = take_input,     [TRACE_IS_EVENT] = take_event,
    };
    char error[TRACE_ERROR_MAX];
    enum trace_what what;

    if (!trace_read(&replay->reader, line, &what, error))
        return fail(replay, replay->line, error);
    return takes[what](replay);
}

/* Line by line. One without its end was cut off in the middle, and with it perhaps what came of
 * the last input. */
static int take_file(struct replay *replay, FILE *in)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = 0;

    while (rc == 0 && (n = getline(&line, &cap, in)) > 0 && line[n - 1] == '\n') {
        line[n - 1] = '\0';
        replay->line++;
        rc = take_line(replay, line);
    }
    free(line);
    if (rc == 0 && ferror(in))
        rc = fail(replay, replay->line, strerror(errno));
    if (rc == 0 && replay->core == NULL)
        rc = fail(replay, replay->line + 1, "there is no core in it");
    if (rc == 0 && replay->has_events && replay->missing_at > 0)
        rc = fail(replay, replay->missing_at, "an event comes of this that the file does not hold");
    return rc;
}

int replay_file(const char *path, FILE *out, FILE *err)
{
    struct replay *replay = calloc(1, sizeof *replay);
    FILE *in = fopen(path, "re");
    int rc = -1;

    if (in == NULL || replay == NULL) {
        fprintf(err, "%s: %s\n", path, strerror(errno));
    } else {
        replay->path = path;
        replay->out = out;
        replay->err = err;
        buf_init(&replay->events, 0);
        rc = take_file(replay, in);
        buf_done(&replay->events);
        core_free(replay->core);
    }
    if (in != NULL)
        fclose(in);
    free(replay);
    return rc == 0 && !ferror(out) ? EXIT_SUCCESS : EXIT_FAILURE;
}
