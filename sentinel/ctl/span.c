#include "sentinel/ctl/span.h"

#include <string.h>

bool span_parse(const char *text, int64_t *ret_ms)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = {
        { '\0', 1000 }, { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 }
    };
    size_t digits = strspn(text, "0123456789");
    int64_t n = 0;

    for (size_t i = 0; i < digits && n <= SPAN_MAX_MS; i++)
        n = n * 10 + (text[i] - '0');
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (text[digits] != units[i].letter || (text[digits] != '\0' && text[digits + 1] != '\0'))
            continue;
        if (n < 1 || n > SPAN_MAX_MS / units[i].ms)
            return false;
        *ret_ms = n * units[i].ms;
        return true;
    }
    return false;
}
