#include "store/aof_read.h"

#include <string.h>

#include "store/aof.h"

void aof_reader_begin(struct aof_reader *r, uint64_t at)
{
    resp_reader_done(&r->requests);
    resp_reader_init(&r->requests, NULL);
    r->at = r->whole = at;
    r->zeroes = false;
    r->error = NULL;
}

void aof_reader_done(struct aof_reader *r)
{
    resp_reader_done(&r->requests);
}

/* A line that begins with '#'. */
static enum aof_item take_remark(struct aof_reader *r, const char *data, size_t n, size_t *ret_used)
{
    const char *end = memchr(data, '\n', n);
    struct slice line = { data, end != NULL ? (size_t)(end - data) : 0 };

    if (end == NULL)
        return AOF_ITEM_MORE;
    *ret_used = line.n + 1;
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    aof_take_remark(line, &r->info);
    return AOF_ITEM_REMARK;
}

static enum aof_item take_request(struct aof_reader *r, char *data, size_t n,
                                  struct resp_request *ret_request, size_t *ret_used)
{
    switch (resp_reader_next(&r->requests, data, n, ret_request, ret_used)) {
    case RESP_MORE:
        return AOF_ITEM_MORE;
    case RESP_REQUEST:
        r->info.has_repl = false;
        return AOF_ITEM_COMMAND;
    default:
        r->error = r->requests.error;
        return AOF_ITEM_BROKEN;
    }
}

static bool all_zero(const char *data, size_t n)
{
    return n == 0 || (data[0] == '\0' && memcmp(data, data + 1, n - 1) == 0);
}

enum aof_item aof_read(struct aof_reader *r, char *data, size_t n, struct resp_request *ret_request,
                       size_t *ret_used)
{
    *ret_used = 0;
    if (n == 0)
        return AOF_ITEM_MORE;
    if (r->zeroes || data[0] == '\0') {
        r->zeroes = true;
        *ret_used = n;
        r->error = "zeroes instead of a command";
        return all_zero(data, n) ? AOF_ITEM_ZEROES : AOF_ITEM_BROKEN;
    }
    if (data[0] == '#')
        return take_remark(r, data, n, ret_used);
    if (data[0] == '*')
        return take_request(r, data, n, ret_request, ret_used);
    r->error = "this is no command";
    return AOF_ITEM_BROKEN;
}

void aof_reader_advance(struct aof_reader *r, size_t used, bool in_multi)
{
    r->at += used;
    if (!in_multi && !r->zeroes)
        r->whole = r->at;
}

bool aof_may_hold(const struct command *command)
{
    static const char *const others[] = { "select", "multi", "exec", "ping", "publish" };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcmp(command->name, others[i]) == 0)
            return true;
    }
    return (command->flags & COMMAND_WRITE) != 0;
}
