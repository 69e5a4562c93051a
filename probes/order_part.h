/*
 * order_part: what a change of role consists of besides the change itself. A node that refuses one
 * of them (no right, no such command, renamed) would refuse the whole transaction: it is ordered
 * again without.
 */
#ifndef PROBES_ORDER_PART_H
#define PROBES_ORDER_PART_H

/*   X(id, bit, name) */
#define ORDER_PARTS(X)                                                                             \
    X(MULTI, 1, "MULTI") /* without: one command after the other */                                \
    X(REWRITE, 2, "CONFIG REWRITE")                                                                \
    X(KILL, 4, "CLIENT KILL")                                                                      \
    X(LEASE, 8, "PICKET LEASE")

enum order_part {
#define X(id, bit, name) PART_##id = bit,
    ORDER_PARTS(X)
#undef X
};

#endif
