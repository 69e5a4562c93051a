/* What load balancers ask: is this node the primary, is it a replica. */
#include <stdlib.h>
#include <string.h>

#include "sentinel/model.h"
#include "sentinel/view.h"
#include "sentinel/web_parts_io.h"

static bool is_alone_allowed(const struct http_visit *visit)
{
    const char *word = http_query(visit, "minority");

    return word != NULL && strcmp(word, "allow") == 0;
}

/* The node of that name or address; NULL: there is none. */
static const struct node *find_node(const struct group *group, const struct addr *addr)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];
        struct addr shown = node_shown_addr(node);

        if (addr_equal(&node->addr, addr) || addr_equal(&shown, addr))
            return node;
    }
    return NULL;
}

/* "it is the primary" and such. */
static void say_reason(struct http_answer *answer, bool good, const char *reason)
{
    answer->status = good ? WEB_OK : WEB_NOT_NOW;
    answer->type = WEB_TYPE_TEXT;
    buf_init(&answer->body, 0);
    buf_printf(&answer->body, "%s\n", reason);
}

/* The node that is asked for. False: it has been answered that there is none. */
static bool need_node(const struct group *group, const char *text, struct http_answer *answer,
                      const struct node **ret_node)
{
    struct addr addr;

    if (text == NULL || !addr_parse(&addr, text)) {
        web_say(answer, WEB_WRONG, "a node is wanted: ?node=host:port\n");
        return false;
    }
    *ret_node = find_node(group, &addr);
    if (*ret_node == NULL)
        say_reason(answer, false, "it is no node of the group");
    return *ret_node != NULL;
}

void web_tell_primary(const struct group *group, const struct http_visit *visit,
                      struct http_answer *answer)
{
    char reason[VIEW_REASON_MAX];
    char text[ADDR_TEXT_MAX];
    const struct node *node = group->primary;
    const char *asked = http_query(visit, "node");
    struct addr addr = group_primary_addr(group);

    if (asked != NULL && !need_node(group, asked, answer, &node))
        return;
    bool good = view_takes_writes(node, is_alone_allowed(visit), reason);
    say_reason(answer, good, asked == NULL && good ? addr_format(&addr, text) : reason);
}

void web_tell_replica(const struct group *group, const struct http_visit *visit,
                      struct http_answer *answer)
{
    char reason[VIEW_REASON_MAX];
    const struct node *node;
    const char *lag = http_query(visit, "lag_ms");
    char *end = NULL;
    long long lag_ms = lag != NULL ? strtoll(lag, &end, 10) : -1;

    if (lag != NULL && (end == lag || *end != '\0' || lag_ms < 0)) {
        web_say(answer, WEB_WRONG, "lag_ms is no number of milliseconds\n");
        return;
    }
    if (!need_node(group, http_query(visit, "node"), answer, &node))
        return;
    bool good = view_takes_reads(node, lag_ms, is_alone_allowed(visit), reason);
    say_reason(answer, good, reason);
}
