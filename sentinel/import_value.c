#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "quorum/epoch.h"
#include "sentinel/import_own.h"

bool import_take_text(struct import *im, struct slice value, bool secret, char *ret, size_t size)
{
    const char *shown = secret ? "this value" : import_shown(value);
    const char *quote = secret ? "" : "\"";

    if (value.n >= size) {
        import_refuse(im, "%s%s%s is too long, allowed are %zu bytes", quote, shown, quote,
                      size - 1);
        return false;
    }
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c >= 0x20 && c != 0x7f)
            continue;
        import_refuse(im, "%s%s%s holds a control character, which is not allowed", quote, shown,
                      quote);
        return false;
    }
    memset(ret, 0, size);
    if (value.n > 0)
        memcpy(ret, value.p, value.n);
    return true;
}

bool import_take_path(struct import *im, struct slice value, char ret[IMPORT_PATH_MAX + 1])
{
    char path[IMPORT_PATH_MAX + 1];

    if (!import_take_text(im, value, false, path, sizeof(path)))
        return false;
    if (path[0] == '/' || path[0] == '\0') {
        memcpy(ret, path, sizeof(path));
        return true;
    }
    if (im->dir[0] != '/') {
        import_refuse(im, "\"%s\" depends on where Sentinel was started, allowed is a whole path",
                      import_shown(value));
        return false;
    }
    int n = snprintf(ret, IMPORT_PATH_MAX + 1, "%s/%s", im->dir, path);
    if (n < 0 || n > IMPORT_PATH_MAX) {
        ret[0] = '\0';
        import_refuse(im, "\"%s\" in \"%s\" is too long, allowed are %d bytes", import_shown(value),
                      import_shown(slice_str(im->dir)), IMPORT_PATH_MAX);
        return false;
    }
    return true;
}

/* Decimal digits, perhaps with a sign and with zeros in front. */
static bool read_number(struct slice value, int64_t *ret)
{
    char text[32] = "";
    size_t skip = value.n > 0 && (value.p[0] == '+' || value.p[0] == '-');
    bool negative = skip > 0 && value.p[0] == '-';

    while (skip + 1 < value.n && value.p[skip] == '0')
        skip++;
    size_t n = value.n - skip;
    if (n == 0 || n > sizeof(text) - 2)
        return false;
    if (value.p[skip] == '-' || value.p[skip] == '+')
        return false;
    bool zero = n == 1 && value.p[skip] == '0';
    text[0] = '-';
    memcpy(text + 1, value.p + skip, n);
    return slice_to_int64(slice_str(negative && !zero ? text : text + 1), ret);
}

bool import_take_number(struct import *im, struct slice value, int64_t min, int64_t max,
                        int64_t *ret)
{
    int64_t number;

    if (!read_number(value, &number) || number < min || number > max) {
        import_refuse(im, "\"%s\" is not allowed, allowed are whole numbers from %lld to %lld",
                      import_shown(value), (long long)min, (long long)max);
        return false;
    }
    *ret = number;
    return true;
}

/* "yes, no": the words of a choice. */
static void list_words(const struct conf_option *option, char *ret_text, size_t size)
{
    size_t n = 0;

    ret_text[0] = '\0';
    for (int64_t i = 0; i <= option->max && n < size; i++)
        n += (size_t)snprintf(ret_text + n, size - n, "%s%s", i ? ", " : "", option->words[i]);
}

bool import_take_option(struct import *im, void *conf, const struct conf_option *option,
                        struct slice value)
{
    char text[CONF_TEXT_MAX + 1];
    char allowed[CONF_TEXT_MAX + 1];
    int64_t number;

    if (option->type == CONF_NUMBER) {
        if (!import_take_number(im, value, option->min, option->max, &number))
            return false;
        snprintf(text, sizeof(text), "%lld", (long long)number);
    } else if (!import_take_text(im, value, option->secret, text, sizeof(text))) {
        return false;
    }
    if (option_set(conf, option, text))
        return true;
    assert(option->type == CONF_CHOICE);
    list_words(option, allowed, sizeof(allowed));
    import_refuse(im, "\"%s\" is not allowed, allowed are %s", import_shown(value), allowed);
    return false;
}

bool import_take_epoch(struct import *im, struct slice value, uint64_t *ret)
{
    uint64_t epoch;

    if (!epoch_parse(&epoch, value.p, value.n)) {
        import_refuse(im, "\"%s\" is no epoch, allowed are whole numbers from 0 on",
                      import_shown(value));
        return false;
    }
    if (epoch > IMPORT_EPOCH_MAX) {
        import_refuse(im,
                      "%s was not reached by elections but forged, and leaves no room for them: "
                      "lower it in the files of all Sentinels",
                      import_shown(value));
        return false;
    }
    *ret = epoch;
    return true;
}

bool import_take_addr(struct import *im, const struct slice *values, struct addr *ret)
{
    int64_t port;

    if (!import_take_number(im, values[1], 1, 65535, &port))
        return false;
    if (addr_set_slice(ret, values[0].p, values[0].n, port))
        return true;
    import_refuse(im, "\"%s\" can be no host", import_shown(values[0]));
    return false;
}

bool import_take_runid(struct import *im, struct slice value, char ret[PEER_RUNID_LEN + 1])
{
    if (!peer_runid_valid(value.p, value.n)) {
        import_refuse(im, "\"%s\" is no run id, allowed are %d letters and digits",
                      import_shown(value), PEER_RUNID_LEN);
        return false;
    }
    memcpy(ret, value.p, value.n);
    ret[value.n] = '\0';
    return true;
}
