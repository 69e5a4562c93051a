#include "store/random_arg.h"

#include "store/store.h"

bool random_arg_read(struct client *c, size_t argc, const struct slice *argv, const char *word,
                     int64_t *ret_count, bool *ret_more)
{
    int64_t count;
    bool more = argc == 4 && slice_is_nocase(argv[3], word);

    if (!store_arg_int(c, argv[2], &count))
        return false;
    if (count < -INT64_MAX) {
        resp_errorf(&c->reply, "ERR value is out of range, value must between %lld and %lld",
                    (long long)-INT64_MAX, (long long)INT64_MAX);
        return false;
    }
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
