#include "store/scan_open.h"

#include "store/store.h"

struct entry *scan_open(struct scan *s, struct store *store, struct client *c, size_t argc,
                        const struct slice *argv, enum value_type type)
{
    struct key_ref ref;
    struct entry *e;

    if (!scan_start(s, c, argv[2]))
        return NULL;
    e = store_read(store, c, argv[1], &ref);
    if (e == NULL) {
        scan_reply_empty(c);
        return NULL;
    }
    if (!store_check_type(c, e, type) || !scan_options(s, argc - 3, argv + 3, false))
        return NULL;
    scan_begin(s);
    return e;
}
