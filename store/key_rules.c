#include "store/key_rules.h"

#define READS     (COMMAND_KEY_RO | COMMAND_KEY_ACCESS)
#define OVERWRITE (COMMAND_KEY_OW | COMMAND_KEY_UPDATE)

/* SET key value [GET ...]: only with GET is the old value read. */
size_t keys_of_set(size_t argc, const struct slice *argv,
                   struct command_key ret[COMMAND_KEYS_FOUND_MAX])
{
    ret[0] = (struct command_key){ 1, OVERWRITE };
    for (size_t i = 3; i < argc; i++)
        if (slice_is_nocase(argv[i], "GET"))
            ret[0].flags = COMMAND_KEY_RW | COMMAND_KEY_ACCESS | COMMAND_KEY_UPDATE;
    return 1;
}

/* SORT key ... [STORE key]; what follows LIMIT, BY and GET is no option. The last STORE counts. */
size_t keys_of_sort(size_t argc, const struct slice *argv,
                    struct command_key ret[COMMAND_KEYS_FOUND_MAX])
{
    static const struct {
        const char *name;
        size_t words;
    } options[] = { { "LIMIT", 2 }, { "BY", 1 }, { "GET", 1 } };
    enum { OPTIONS = sizeof(options) / sizeof(options[0]) };
    size_t n = 1;

    ret[0] = (struct command_key){ 1, READS };
    for (size_t i = 2; i < argc; i++) {
        size_t k = 0;

        while (k < OPTIONS && !slice_is_nocase(argv[i], options[k].name))
            k++;
        if (k < OPTIONS) {
            i += options[k].words;
        } else if (i + 1 < argc && slice_is_nocase(argv[i], "STORE")) {
            ret[1] = (struct command_key){ ++i, OVERWRITE };
            n = 2;
        }
    }
    return n;
}

size_t keys_of_sort_ro(size_t argc, const struct slice *argv,
                       struct command_key ret[COMMAND_KEYS_FOUND_MAX])
{
    (void)argc;
    (void)argv;
    ret[0] = (struct command_key){ 1, READS };
    return 1;
}
