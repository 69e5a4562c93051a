#include "probes/infos.h"

#include <stdlib.h>
#include <string.h>

struct info_text {
    size_t n;
    char text[];
};

/* The place for ID's INFO; NULL when memory is out. */
static struct info_text **place_of(struct infos *infos, uint32_t id)
{
    size_t cap = infos->cap ? infos->cap : 64;

    while (cap <= id)
        cap *= 2;
    if (cap > infos->cap) {
        struct info_text **texts = realloc(infos->texts, cap * sizeof *texts);

        if (texts == NULL)
            return NULL;
        memset(texts + infos->cap, 0, (cap - infos->cap) * sizeof *texts);
        infos->texts = texts;
        infos->cap = cap;
    }
    return &infos->texts[id];
}

void infos_keep(struct infos *infos, uint32_t id, const char *text, size_t len)
{
    struct info_text **place = place_of(infos, id);
    size_t n = len < INFO_KEPT_MAX ? len : INFO_KEPT_MAX;
    struct info_text *info = place != NULL ? realloc(*place, sizeof *info + n) : NULL;

    if (info == NULL)
        return;
    info->n = n;
    memcpy(info->text, text, n);
    *place = info;
}

struct slice infos_get(const struct infos *infos, uint32_t id)
{
    const struct info_text *info = id < infos->cap ? infos->texts[id] : NULL;

    return info != NULL ? (struct slice){ info->text, info->n } : (struct slice){ NULL, 0 };
}

void infos_forget(struct infos *infos, uint32_t id)
{
    if (id >= infos->cap)
        return;
    free(infos->texts[id]);
    infos->texts[id] = NULL;
}

void infos_done(struct infos *infos)
{
    for (size_t id = 0; id < infos->cap; id++)
        free(infos->texts[id]);
    free(infos->texts);
    *infos = (struct infos){ .texts = NULL };
}
