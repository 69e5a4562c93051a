/* What is heard of nodes, supervisors, hooks and the disk becomes an input. */
#include <stdio.h>
#include <string.h>

#include "quorum/hello.h"
#include "sentinel/model.h"
#include "sentinel/shell_parts_io.h"
#include "wire/log_io.h"

static void on_report(void *arg, const struct link_report *report)
{
    struct input input = { .kind = INPUT_OBSERVATION };
    struct observation *seen = &input.u.observation;

    seen->id = report->id;
    seen->link = report->link;
    seen->evidence = report->evidence;
    seen->info = report->info;
    snprintf(seen->ip, sizeof seen->ip, "%s", report->ip);
    shell_feed(arg, &input);
}

/* A text on a node's channel. Our own hellos come back to us there. */
static void on_heard(void *arg, uint32_t id, const char *text, size_t len)
{
    struct shell *shell = arg;
    struct message message = { .kind = MESSAGE_HELLO, .node = id };

    if (!hello_parse(&message.u.hello, text, len))
        shell->stats.malformed++;
    else if (strcmp(message.u.hello.runid, shell->core->runid) != 0)
        shell_message(shell, &message);
}

void shell_on_peer(void *arg, const struct message *message)
{
    shell_message(arg, message);
}

void shell_on_settled(void *arg, const struct order_result *result)
{
    struct shell *shell = arg;
    struct input input = { .kind = INPUT_SETTLED };
    struct settled *settled = &input.u.settled;

    settled->kind = SETTLED_ORDER;
    settled->ticket = result->ticket;
    settled->ok = result->ok;
    settled->lost = result->lost;
    settled->refused = result->refused;
    settled->role = result->role;
    settled->offset = result->offset;
    memcpy(settled->replid, result->replid, sizeof settled->replid);
    settled->min_replicas = result->min_replicas;
    settled->max_lag_s = result->max_lag_s;
    settled->lease_left_ms = result->lease_left_ms;
    settled->lease_clock_ms = result->lease_clock_ms;
    memcpy(settled->error, result->error, sizeof settled->error);
    shell_feed(shell, &input);
}

/* Hooks have said whether a primary may be replaced. */
void shell_on_answer(void *arg, uint64_t ticket, enum hook_answer answer, const char *who)
{
    struct input input = { .kind = INPUT_SETTLED };
    struct settled *settled = &input.u.settled;

    settled->kind = SETTLED_ORDER;
    settled->ticket = ticket;
    settled->ok = answer == HOOK_YES;
    settled->lost = answer == HOOK_NO_ANSWER;
    snprintf(settled->error, sizeof settled->error, "%s", who);
    shell_feed(arg, &input);
}

/* Orders that still wait for the disk are too old when it is back. */
static void recall_orders(struct shell *shell)
{
    struct input input = { .kind = INPUT_SETTLED };
    struct order order;

    while (outbox_recall(shell->outbox, &order)) {
        input.u.settled.kind = SETTLED_ORDER;
        input.u.settled.ticket = order.ticket;
        input.u.settled.lost = true;
        shell_feed(shell, &input);
    }
}

void shell_on_disk(void *arg, bool ok, const char *reason)
{
    struct input input = { .kind = INPUT_SETTLED };

    if (ok)
        log_notice("state: %s", reason);
    else
        log_error("state: %s; nothing that depends on it is said until it is stored", reason);
    input.u.settled.kind = SETTLED_DISK;
    input.u.settled.ok = ok;
    snprintf(input.u.settled.error, sizeof input.u.settled.error, "%s", reason);
    shell_feed(arg, &input);
    if (!ok)
        recall_orders(arg);
}

const struct link_ops shell_link_ops = { on_report, on_heard };

/* What becomes of connections that were given away is told by the orders that have them. */
static void given_report(void *arg, const struct link_report *report)
{
    (void)arg;
    (void)report;
}

static void given_heard(void *arg, uint32_t id, const char *text, size_t len)
{
    (void)arg;
    (void)id;
    (void)text;
    (void)len;
}

const struct link_ops shell_given_ops = { given_report, given_heard };
