"""Scenarios: every command side by side with redis-sentinel, which watches the same nodes as a peer."""

import contextlib
import time

import case_failover
import resp
from cluster import Cluster
from command_probes import CHANGES, HOST, PROBES, RAW, TALKS
from command_shapes import alike, exact, instance, instances, sentinel_info
from scenario import scenario
from waiting import check, wait

DOWN_AFTER = 1000
READ_S = 5.0


class Pair:
    """The two supervisors, ours first."""

    def __init__(self, world):
        self.world = world
        self.sides = world.supervisors
        self.faults = []
        self.count = 0
        self.names = {"PORT": world.group.primary.port, "REPLICA": world.group.replicas[0].port}

    def compare(self, title, replies):
        self.count += 1
        if replies[0] != replies[1]:
            self.faults.append("%s\n    ours:   %s\n    theirs: %s" % (title, replies[0], replies[1]))

    def probe(self, how, command, connections):
        args = [self.names.get(a, a) for a in command]
        replies = []
        for conn in connections:
            typed = conn.call_typed(*args, timeout=READ_S)
            try:
                replies.append(how(typed))
            except (TypeError, ValueError, AttributeError, IndexError):
                replies.append("unfit for comparison: %r" % (typed,))
        self.compare(" ".join(map(str, args)) or "(nothing)", replies)

    def run(self, probes, proto):
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(s.connect(READ_S, proto=proto)) for s in self.sides]
            for how, *command in probes:
                try:
                    self.probe(how, command, connections)
                except OSError as error:
                    self.faults.append("%s: %r" % (" ".join(command), error))
                    return

    def talk(self, requests, replies, proto):
        got = []
        for side in self.sides:
            with side.connect(READ_S, proto=proto) as conn:
                for request in requests:
                    conn.send(*request)
                got.append([self.listen(conn) for _ in range(replies)])
        self.compare("RESP%d %s" % (proto, " / ".join(" ".join(r) for r in requests)), got)

    def raw(self, data, replies):
        got = []
        for side in self.sides:
            with side.connect(READ_S) as conn:
                conn.send_bytes(data)
                got.append([self.listen(conn) for _ in range(replies)])
        self.compare("bytes %.60r" % data, got)

    @staticmethod
    def listen(conn):
        """The next thing on the wire, pushes included, or the word for what happened instead."""
        try:
            value = conn.next_value(READ_S)
            return value if isinstance(value, resp.Push) or value.kind != "*" else alike(value)
        except OSError as error:
            return type(error).__name__

    def verdict(self):
        check(not self.faults, "%d of %d replies differ:\n%s" % (len(self.faults), self.count, "\n".join(self.faults)))
        return "%d replies compared" % self.count


def all_commands(pair):
    for proto in (2, 3):
        pair.run(PROBES, proto)
        for requests, replies in TALKS:
            pair.talk(requests, replies, proto)
    pair.run(CHANGES, 2)
    for data, replies in RAW:
        pair.raw(data, replies)


def with_replica_down(pair):
    """Instance maps while a replica is down."""
    world = pair.world
    lost = world.group.replicas[1]
    lost.kill()
    for side in pair.sides:
        wait(lambda s=side: s.replicas("orders")[lost.port]["flags"] == "s_down,slave,disconnected",
             "flags of the lost replica at %s" % side.label)
    pair.run(((instances, "SENTINEL", "REPLICAS", "orders"), (instance, "SENTINEL", "MASTER", "orders")), 2)
    lost.start()
    wait(world.group.attached, "the lost replica is attached again")
    world.settle()


def with_primary_down(pair):
    """Instance maps while the primary is down for both, but the quorum out of reach."""
    group = pair.world.group
    for side in pair.sides:
        side.call("SENTINEL", "SET", "orders", "quorum", 3)
    group.primary.kill()
    for side in pair.sides:
        wait(lambda s=side: "s_down" in s.master("orders")["flags"] and "disconnected" in s.master("orders")["flags"],
             "flags of the lost primary at %s" % side.label)
    pair.run(((instance, "SENTINEL", "MASTER", "orders"), (sentinel_info, "INFO", "sentinel"),
              (exact, "SENTINEL", "CKQUORUM", "orders"),
              (exact, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, "PORT", "0", "*")), 2)


@scenario(seconds=15)
def commands_alike(nodes, supervisor):
    """every command has the reply that redis-sentinel gives on the same nodes"""
    with Cluster(nodes, (supervisor, "redis-sentinel"), down_after=DOWN_AFTER) as world:
        pair = Pair(world)
        # Both have read each node's INFO by then; a field that only comes with it would differ.
        all_commands(pair)
        with_replica_down(pair)
        with_primary_down(pair)
        return pair.verdict()


@scenario(seconds=25)
def mixed_company(nodes, supervisor):
    """one of ours and two redis-sentinels agree on failovers, whoever leads"""
    with Cluster(nodes, (supervisor, "redis-sentinel", "redis-sentinel"), down_after=1500) as world:
        group = world.group
        for leader in (world.supervisors[0], world.supervisors[1]):
            old, moment = group.primary, time.monotonic()
            wait(lambda s=leader: s.call("SENTINEL", "FAILOVER", group.name) == "OK", "FAILOVER by %s" % leader.label)
            new = world.wait_switch(group, moment, old)
            case_failover.check_follows(world, group, new)
            world.settle()
        old = group.primary
        new = world.wait_switch(group, old.kill())
        case_failover.check_follows(world, group, new)
