#include "store/random_arg.h"

#include "store/store.h"

bool random_arg_count(struct client *c, struct slice arg, int64_t *ret)
{
    if (!store_arg_int(c, arg, ret))
        return false;
    if (*ret >= -INT64_MAX)
        return true;
    resp_errorf(&c->reply, "ERR value is out of range, value must between %lld and %lld",
                (long long)-INT64_MAX, (long long)INT64_MAX);
    return false;
}

bool random_arg_read(struct client *c, size_t argc, const struct slice *argv, const char *word,
                     int64_t *ret_count, bool *ret_more)
{
    int64_t count;
    bool more = argc == 4 && slice_is_nocase(argv[3], word);

    if (!random_arg_count(c, argv[2], &count))
        return false;
    if (argc > 4 || (argc == 4 && !more)) {
        resp_error(&c->reply, store_error_syntax);
        return false;
    }
    if (more && (count < -(INT64_MAX / 2) || count > INT64_MAX / 2)) {
        resp_error(&c->reply, "ERR value is out of range");
        return false;
    }
    *ret_count = count;
    *ret_more = more;
    return true;
}
