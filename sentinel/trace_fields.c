#include "sentinel/trace_fields.h"

#include <assert.h>
#include <stdbool.h>

#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/output.h"
#include "sentinel/row.h"

/* The names of enums, by number. */
#define WORDS(name, type, call)                                                                    \
    static const char *name(int value)                                                             \
    {                                                                                              \
        return call((type)value);                                                                  \
    }
static const char *word_of_settled(int value)
{
    return value == SETTLED_ORDER ? "order" : "disk";
}

WORDS(word_of_row, enum row_kind, row_kind_name)
WORDS(word_of_evidence, enum evidence, evidence_name)
WORDS(word_of_link, enum link_kind, link_kind_name)
WORDS(word_of_message, enum message_kind, message_kind_name)
WORDS(word_of_order, enum order_kind, order_kind_name)
WORDS(word_of_role, enum node_role, node_role_name)

/* clang-format off */
/* An enum is an unsigned number to the compiler. */
#define TYPE_OF(value)                                                                             \
    _Generic((value),                                                                              \
        bool: TRACE_BOOL, unsigned: TRACE_U32, int: TRACE_INT, int64_t: TRACE_I64,                 \
        uint64_t: TRACE_U64, char *: TRACE_TEXT, const char *: TRACE_TEXT,                         \
        struct addr: TRACE_ADDR, struct group_conf: TRACE_GROUP_CONF,                              \
        struct global_conf: TRACE_GLOBAL_CONF, struct tunables: TRACE_TUNABLES,                    \
        struct lineage: TRACE_LINEAGE)
/* clang-format on */

#define AT(type, field) offsetof(struct type, field), sizeof(((struct type *)0)->field)
#define ANY(type, name, field, word, words)                                                        \
    { name, TYPE_OF(((struct type *)0)->field), AT(type, field), word, words },

#define FIELD(type, field)             ANY(type, #field, field, NULL, 0)
#define ENUM(type, field, word, words) ANY(type, #field, field, word, words)
#define APART(type, field)             { #field, TRACE_APART, AT(type, field), NULL, 0 },
#define SHAPE(name, type, ...)                                                                     \
    static const struct trace_field name##_fields[] = { __VA_ARGS__ };                             \
    const struct trace_shape trace_##name##_shape = {                                              \
        name##_fields, sizeof name##_fields / sizeof *name##_fields, sizeof(struct type)           \
    };

/* clang-format off */
SHAPE(core, trace_core,
    FIELD(trace_core, runid)
    FIELD(trace_core, self)
    FIELD(trace_core, seed)
)

SHAPE(row, row,
    ENUM(row, kind, word_of_row, ROW_FLAP + 1)
    FIELD(row, group)
    FIELD(row, runid)
    FIELD(row, addr)
    FIELD(row, epoch)
    FIELD(row, ip)
    FIELD(row, owed)
    FIELD(row, min_replicas)
    FIELD(row, max_lag_s)
    FIELD(row, sync_set)
    FIELD(row, leased)
    FIELD(row, from_file)
    FIELD(row, base_addr)
    FIELD(row, base)
    FIELD(row, global)
    FIELD(row, global_base)
    FIELD(row, conf)
    FIELD(row, lineage)
    FIELD(row, until_wall_ms)
    FIELD(row, left_ms)
    FIELD(row, count)
)

SHAPE(observation, observation,
    FIELD(observation, id)
    ENUM(observation, link, word_of_link, LINK_COUNT)
    ENUM(observation, evidence, word_of_evidence, EVIDENCE_COUNT)
    FIELD(observation, ip)
    APART(observation, info)
)

SHAPE(info, node_info,
    ENUM(node_info, role, word_of_role, ROLE_REPLICA + 1)
    FIELD(node_info, runid)
    FIELD(node_info, loading)
    FIELD(node_info, loading_left_ms)
    FIELD(node_info, used_memory)
    FIELD(node_info, max_memory)
    FIELD(node_info, save_failed)
    FIELD(node_info, append_failed)
    FIELD(node_info, zone)
    FIELD(node_info, primary)
    FIELD(node_info, link_up)
    FIELD(node_info, syncing)
    FIELD(node_info, link_down_ms)
    FIELD(node_info, priority)
    FIELD(node_info, announced)
    FIELD(node_info, repl_offset)
    FIELD(node_info, replid)
    FIELD(node_info, replid2)
    FIELD(node_info, second_offset)
    FIELD(node_info, keys)
    FIELD(node_info, write_lease_ms)
    FIELD(node_info, lease_left_ms)
    FIELD(node_info, lease_epoch)
    FIELD(node_info, lease_clock_ms)
    FIELD(node_info, sync_replicas)
    FIELD(node_info, gate_closed)
    FIELD(node_info, primary_offset)
    APART(node_info, n_replicas)
    FIELD(node_info, n_dropped)
    APART(node_info, replicas)
)

SHAPE(replica, info_replica,
    FIELD(info_replica, addr)
    FIELD(info_replica, offset)
    FIELD(info_replica, lag_s)
    FIELD(info_replica, online)
)

SHAPE(message, message,
    ENUM(message, kind, word_of_message, MESSAGE_COUNT)
    FIELD(message, peer)
    FIELD(message, node)
    FIELD(message, ticket)
)

/* The parts of a message stand side by side in its union. */
#define PART(field, name) ANY(message, name, u.field, NULL, 0)
static const struct trace_field hello_fields[] = {
    PART(hello.sender, "sender")
    PART(hello.runid, "runid")
    PART(hello.current_epoch, "current_epoch")
    PART(hello.group, "group")
    PART(hello.primary, "primary")
    PART(hello.config_epoch, "config_epoch")
};
static const struct trace_field ask_fields[] = {
    PART(ask.primary, "primary")
    PART(ask.epoch, "epoch")
    PART(ask.candidate, "candidate")
};
static const struct trace_field answer_fields[] = {
    PART(answer.down, "down")
    PART(answer.leader, "leader")
    PART(answer.leader_epoch, "leader_epoch")
};
static const struct trace_field opinion_fields[] = {
    PART(opinion.runid, "runid")
    PART(opinion.group, "group")
    PART(opinion.primary, "primary")
    PART(opinion.config_epoch, "config_epoch")
    PART(opinion.down, "down")
    PART(opinion.leading_epoch, "leading_epoch")
};
static const struct trace_field where_fields[] = {
    PART(group, "group")
};
static const struct trace_field there_fields[] = {
    PART(there.runid, "runid")
    PART(there.denied, "denied")
    PART(there.addr, "addr")
    PART(there.config_epoch, "config_epoch")
};

static const struct trace_field claim_fields[] = {
    PART(claim.runid, "runid")
    PART(claim.group, "group")
    PART(claim.stake.addr, "addr")
    PART(claim.stake.epoch, "epoch")
    PART(claim.stake.ms, "ms")
    PART(claim.stake.over, "over")
};
static const struct trace_field pledge_fields[] = {
    PART(pledge.given, "given")
    PART(pledge.ms, "ms")
    PART(pledge.serial, "serial")
    PART(pledge.addr, "addr")
};

SHAPE(request, request,
    FIELD(request, kind)
    FIELD(request, ticket)
    FIELD(request, name)
    FIELD(request, addr)
    FIELD(request, conf)
    FIELD(request, global)
    FIELD(request, tunables)
    APART(request, voters)
    APART(request, n_voters)
    FIELD(request, set)
    FIELD(request, hasty)
    FIELD(request, asked_by)
    FIELD(request, for_ms)
    FIELD(request, wall_ms)
    FIELD(request, runid)
    ANY(request, "ask_switchover_ms", questions.switchover_ms, NULL, 0)
    ANY(request, "ask_failover_ms", questions.failover_ms, NULL, 0)
)

SHAPE(voter, voter,
    FIELD(voter, runid)
    FIELD(voter, addr)
)

SHAPE(settled, settled,
    ENUM(settled, kind, word_of_settled, SETTLED_DISK + 1)
    FIELD(settled, ticket)
    FIELD(settled, ok)
    FIELD(settled, lost)
    FIELD(settled, again)
    FIELD(settled, refused)
    ENUM(settled, role, word_of_role, ROLE_REPLICA + 1)
    FIELD(settled, offset)
    FIELD(settled, replid)
    FIELD(settled, min_replicas)
    FIELD(settled, max_lag_s)
    FIELD(settled, lease_left_ms)
    FIELD(settled, lease_clock_ms)
    FIELD(settled, error)
)

SHAPE(order, order,
    ENUM(order, kind, word_of_order, ORDER_COUNT)
    FIELD(order, id)
    ENUM(order, link, word_of_link, LINK_COUNT)
    FIELD(order, ticket)
    FIELD(order, addr)
    FIELD(order, without)
    FIELD(order, pause_ms)
    FIELD(order, min_replicas)
    FIELD(order, replid)
    FIELD(order, from)
    FIELD(order, until)
    FIELD(order, max_lag_s)
    FIELD(order, rewrite)
    ANY(order, "lease_wanted", lease.wanted, NULL, 0)
    ANY(order, "lease_ms", lease.ms, NULL, 0)
    ANY(order, "lease_epoch", lease.epoch, NULL, 0)
    ANY(order, "lease_clock_ms", lease.clock_ms, NULL, 0)
    FIELD(order, planned)
    FIELD(order, limit_ms)
    ANY(order, "sender", hello.sender, NULL, 0)
    ANY(order, "runid", hello.runid, NULL, 0)
    ANY(order, "current_epoch", hello.current_epoch, NULL, 0)
    ANY(order, "group", hello.group, NULL, 0)
    ANY(order, "primary", hello.primary, NULL, 0)
    ANY(order, "config_epoch", hello.config_epoch, NULL, 0)
)

SHAPE(reply, reply,
    FIELD(reply, ticket)
    FIELD(reply, code)
    FIELD(reply, count)
)
/* clang-format on */

#define MESSAGE_PART(fields, member)                                                               \
    {                                                                                              \
        fields, sizeof fields / sizeof *fields, sizeof(((struct message *)0)->u.member)            \
    }

const struct trace_shape *trace_message_part(int kind)
{
    static const struct trace_shape parts[] = {
        [MESSAGE_HELLO] = MESSAGE_PART(hello_fields, hello),
        [MESSAGE_ASK] = MESSAGE_PART(ask_fields, ask),
        [MESSAGE_ANSWER] = MESSAGE_PART(answer_fields, answer),
        [MESSAGE_OPINION] = MESSAGE_PART(opinion_fields, opinion),
        [MESSAGE_STOCK] = { NULL, 0, 0 },
        [MESSAGE_WHERE] = MESSAGE_PART(where_fields, group),
        [MESSAGE_THERE] = MESSAGE_PART(there_fields, there),
        [MESSAGE_CLAIM] = MESSAGE_PART(claim_fields, claim),
        [MESSAGE_PLEDGE] = MESSAGE_PART(pledge_fields, pledge),
    };

    assert(kind >= 0 && (size_t)kind < sizeof parts / sizeof *parts);
    return &parts[kind];
}
