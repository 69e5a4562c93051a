#include "sentinel/sentence.h"

#include <stdio.h>

#include "sentinel/model.h"
#include "sentinel/view.h"
#include "sentinel/why.h"

/* The group that is worst off, and how many are not well. */
static const struct group *find_worst(const struct core *core, size_t *ret_n)
{
    const struct group *named = NULL;
    enum view_group worst = VIEW_GROUP_OK;
    char reason[VIEW_REASON_MAX];

    *ret_n = 0;
    for (size_t i = 0; i < core->n_groups; i++) {
        enum view_group state = view_group(core->groups[i], reason);

        *ret_n += state != VIEW_GROUP_OK;
        if (state > worst) {
            worst = state;
            named = core->groups[i];
        }
    }
    return named;
}

/* What troubles the groups; of a primary that is down also what is waited for. */
static void write_groups(const struct core *core, char *out, size_t size)
{
    size_t n;
    const struct group *group = find_worst(core, &n);
    char reason[VIEW_REASON_MAX], why[WHY_TEXT_MAX] = "", more[64] = "";

    if (group == NULL) {
        snprintf(out, size, "all is well");
        return;
    }
    bool held = view_group(group, reason) == VIEW_GROUP_DOWN && why_held(core, group, why);

    if (n > 1)
        snprintf(more, sizeof more, " (and trouble in %zu more)", n - 1);
    snprintf(out, size, "%s: %s%s%s%s", group->name, reason, held ? ": " : "", held ? why : "",
             more);
}

void sentence_write(const struct core *core, char ret_text[SENTENCE_MAX])
{
    int len =
        snprintf(ret_text, SENTENCE_MAX, "%zu group%s, %zu other supervisor%s; ", core->n_groups,
                 core->n_groups == 1 ? "" : "s", core->n_peers, core->n_peers == 1 ? "" : "s");
    char *out = ret_text + len;
    size_t size = SENTENCE_MAX - (size_t)len;

    if (core->n_groups == 0)
        snprintf(out, size, "nothing is watched");
    else if (core->disk_stalled)
        snprintf(out, size, "the disk of state_dir stands still, nothing can be decided");
    else
        write_groups(core, out, size);
}
