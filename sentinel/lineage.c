#include "sentinel/lineage.h"

#include <string.h>

int lineage_find(const struct lineage *lineage, const char *replid)
{
    for (int i = 0; i < LINEAGE_MAX; i++) {
        if (replid_equal(lineage->replids[i], replid))
            return i;
    }
    return -1;
}

bool lineage_push(struct lineage *lineage, const char *replid)
{
    int at = lineage_find(lineage, replid);

    if (at == 0 || replid[0] == '\0')
        return false;
    if (at < 0)
        at = LINEAGE_MAX - 1;
    memmove(lineage->replids[1], lineage->replids[0], (size_t)at * sizeof lineage->replids[0]);
    memcpy(lineage->replids[0], replid, sizeof lineage->replids[0]);
    return true;
}

void lineage_format(const struct lineage *lineage, char ret_text[LINEAGE_TEXT_MAX])
{
    size_t n = 0;

    for (int i = 0; i < LINEAGE_MAX && lineage->replids[i][0] != '\0'; i++) {
        if (i > 0)
            ret_text[n++] = ' ';
        memcpy(ret_text + n, lineage->replids[i], RUNID_LEN);
        n += RUNID_LEN;
    }
    ret_text[n] = '\0';
}

bool lineage_parse(struct lineage *ret_lineage, const char *text)
{
    struct lineage lineage = { 0 };

    for (int i = 0; *text != '\0'; i++) {
        size_t n = strcspn(text, " ");

        if (i == LINEAGE_MAX || n != RUNID_LEN)
            return false;
        memcpy(lineage.replids[i], text, n);
        text += n + (text[n] == ' ');
    }
    *ret_lineage = lineage;
    return true;
}
