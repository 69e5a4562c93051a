"""Scenarios: every command side by side with redis-sentinel, which watches the same nodes as a peer."""

import contextlib
import re
import time

import case_failover
import resp
from cluster import HOST, Cluster, check, wait
from scenario import scenario

DOWN_AFTER = 1000
READ_S = 5.0

# Fields of instance maps that must be equal on both sides, not only alike.
EQUAL = {"name", "ip", "port", "flags", "link-refcount", "down-after-milliseconds", "role-reported", "config-epoch",
         "num-slaves", "num-other-sentinels", "quorum", "failover-timeout", "parallel-syncs", "master-link-status",
         "master-host", "master-port", "slave-priority", "replica-announced", "voted-leader", "voted-leader-epoch"}
# A peer's entry is about the other one.
PEER_EQUAL = EQUAL - {"name", "port"}


def exact(typed):
    """The reply as it is, types included."""
    return typed


def alike(typed):
    """Types and structure; texts of simple strings and errors, but not of bulk strings and numbers."""
    kind, value = typed
    if kind in "+-":
        return kind, str(value)
    if kind in "*~":
        return kind, None if value is None else [alike(v) for v in value]
    if kind == "%":
        return kind, [(alike(k), alike(v)) for k, v in value]
    return kind, None if value is None else "..."


def kind_of(text):
    """What sort of text a field holds."""
    for name, pattern in (("number", r"-?\d+"), ("run id", r"[0-9a-f]{40}"), ("empty", r"")):
        if re.fullmatch(pattern, text):
            return name
    return "text"


def instance(typed, equal=None):
    """An instance map: field names in their order, sort of each value, some values themselves."""
    kind, value = typed
    if kind not in "*%":
        return alike(typed)
    items = value if kind == "%" else list(zip(value[::2], value[1::2]))
    equal = EQUAL if equal is None else equal
    return kind, [(k.kind, k.value, v.kind, v.value if k.value in equal else kind_of(v.value)) for k, v in items]


def instances(typed, equal=None):
    """An array of instance maps, in order of port, since theirs is unspecified."""
    kind, value = typed
    if kind != "*":
        return alike(typed)
    return kind, sorted(instance(v, equal) for v in value)


def peers(typed):
    return instances(typed, PEER_EQUAL)


def hello(typed):
    """Names of the fields of HELLO, and the values that are not about the program."""
    kind, value = typed
    items = value if kind == "%" else list(zip(value[::2], value[1::2])) if kind == "*" else None
    if items is None:
        return alike(typed)
    return kind, [(k.value, v.kind, v.value if k.value in ("proto", "mode", "modules") else "...") for k, v in items]


def sentinel_info(typed):
    """The sentinel section: field names in order, and the line of each group."""
    kind, value = typed
    return kind, [line if line.startswith("master") else line.split(":")[0] for line in value.splitlines()]


def client_fields(typed):
    """CLIENT LIST: the names of the fields."""
    kind, value = typed
    return kind, [f.split("=")[0] for f in value.splitlines()[0].split(" ")]


def command_entry(typed):
    """COMMAND INFO of one command: structure, name, arity."""
    kind, value = typed
    entry = value[0].value if value else []
    return kind, [(v.kind, v.value if i < 2 else "...") for i, v in enumerate(entry[:6])]


# Everything that changes nothing: how the replies are to be compared, and the command. PORT stands for the
# primary's port, REPLICA for a replica's.
PROBES = (
    (exact, "PING"), (exact, "PING", "a b"), (exact, "PING", "a", "b"), (exact, "ping"),
    (exact, "GET", "foo"), (exact, "GET"), (exact, "bogus", "a b", "c"), (exact, "SET", "k", "v"),
    (exact, "AUTH", "pass"), (exact, "AUTH", "default", "pass"), (exact, "AUTH", "nobody", "pass"), (exact, "AUTH"),
    (exact, "AUTH", "a", "b", "c"),
    (exact, "CLIENT", "SETNAME", "me"), (exact, "CLIENT", "GETNAME"), (exact, "CLIENT", "SETNAME", "a b"),
    (exact, "CLIENT", "GETNAME"), (exact, "CLIENT", "SETNAME", ""), (exact, "CLIENT", "GETNAME"),
    (alike, "CLIENT", "ID"), (client_fields, "CLIENT", "LIST"), (exact, "CLIENT"), (exact, "CLIENT", "bogus"),
    (exact, "CLIENT", "SETNAME"), (exact, "CLIENT", "ID", "x"),
    (hello, "HELLO"), (exact, "HELLO", "4"), (exact, "HELLO", "1"), (exact, "HELLO", "x"), (exact, "HELLO", "2", "BOGUS"),
    (exact, "ROLE"), (exact, "ROLE", "x"),
    (alike, "INFO"), (sentinel_info, "INFO", "sentinel"), (alike, "INFO", "nosuch"), (alike, "INFO", "server"),
    (exact, "PUBLISH", "channel", "text"), (exact, "PUBLISH", "__sentinel__:hello", "garbage"), (exact, "PUBLISH", "a"),
    (exact, "SUBSCRIBE"), (exact, "PSUBSCRIBE"), (exact, "SHUTDOWN", "bogus"), (exact, "SHUTDOWN", "ABORT"),
    (alike, "COMMAND", "COUNT"), (command_entry, "COMMAND", "INFO", "ping"), (command_entry, "COMMAND", "INFO", "sentinel"),
    (command_entry, "COMMAND", "INFO", "subscribe"), (exact, "COMMAND", "INFO", "nosuch"), (exact, "COMMAND", "bogus"),
    (exact, "COMMAND", "DOCS", "nosuch"),
    (exact, "SENTINEL"), (exact, "SENTINEL", "bogus"), (exact, "SENTINEL", "bogus", "orders"),
    (alike, "SENTINEL", "MYID"), (exact, "SENTINEL", "MYID", "x"),
    (instances, "SENTINEL", "MASTERS"), (exact, "SENTINEL", "MASTERS", "x"),
    (instance, "SENTINEL", "MASTER", "orders"), (exact, "SENTINEL", "MASTER", "nosuch"), (exact, "SENTINEL", "MASTER"),
    (exact, "SENTINEL", "MASTER", "a", "b"), (exact, "sentinel", "master", "ORDERS"),
    (instances, "SENTINEL", "REPLICAS", "orders"), (exact, "SENTINEL", "REPLICAS", "nosuch"), (exact, "SENTINEL", "REPLICAS"),
    (instances, "SENTINEL", "SLAVES", "orders"), (exact, "SENTINEL", "SLAVES", "nosuch"),
    (peers, "SENTINEL", "SENTINELS", "orders"), (exact, "SENTINEL", "SENTINELS", "nosuch"), (exact, "SENTINEL", "SENTINELS"),
    (exact, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "orders"), (exact, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "nosuch"),
    (exact, "SENTINEL", "GET-MASTER-ADDR-BY-NAME"), (exact, "sentinel", "get-master-addr-by-name", "orders"),
    (exact, "SENTINEL", "CKQUORUM", "orders"), (exact, "SENTINEL", "CKQUORUM", "nosuch"), (exact, "SENTINEL", "CKQUORUM"),
    (exact, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, "PORT", "0", "*"),
    (exact, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, "REPLICA", "0", "*"),
    (exact, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, "1", "0", "*"),
    (exact, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, "x", "0", "*"),
    (exact, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, "PORT", "x", "*"),
    (exact, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", HOST, "PORT", "0"),
    (exact, "SENTINEL", "FAILOVER", "nosuch"), (exact, "SENTINEL", "FAILOVER"),
    (exact, "SENTINEL", "RESET", "nosuch*"), (exact, "SENTINEL", "RESET"),
    (exact, "SENTINEL", "REMOVE", "nosuch"), (exact, "SENTINEL", "REMOVE"), (exact, "SENTINEL", "FLUSHCONFIG"),
    (exact, "SENTINEL", "MONITOR", "orders", HOST, "PORT", "2"), (exact, "SENTINEL", "MONITOR", "orders", HOST, "1", "2"),
    (exact, "SENTINEL", "MONITOR", "new", HOST, "PORT", "0"), (exact, "SENTINEL", "MONITOR", "new", HOST, "PORT", "-1"),
    (exact, "SENTINEL", "MONITOR", "new", HOST, "PORT", "x"), (exact, "SENTINEL", "MONITOR", "new", HOST, "x", "2"),
    (exact, "SENTINEL", "MONITOR", "new", HOST, "70000", "2"), (exact, "SENTINEL", "MONITOR", "new", "no such host", "1", "2"),
    (exact, "SENTINEL", "MONITOR", "new", HOST, "1"), (exact, "SENTINEL", "MONITOR"),
    (exact, "SENTINEL", "SET", "nosuch", "quorum", "2"), (exact, "SENTINEL", "SET", "orders", "quorum"),
    (exact, "SENTINEL", "SET", "orders"), (exact, "SENTINEL", "SET", "orders", "bogus", "2"),
    (exact, "SENTINEL", "SET", "orders", "quorum", "0"), (exact, "SENTINEL", "SET", "orders", "quorum", "x"),
    (exact, "SENTINEL", "SET", "orders", "down-after-milliseconds", "0"),
    (exact, "SENTINEL", "SET", "orders", "down-after-milliseconds", "-1"),
    (exact, "SENTINEL", "SET", "orders", "failover-timeout", "0"), (exact, "SENTINEL", "SET", "orders", "failover-timeout", "x"),
    (exact, "SENTINEL", "SET", "orders", "parallel-syncs", "0"), (exact, "SENTINEL", "SET", "orders", "quorum", "2", "bogus", "1"),
)

# What changes something, and back.
CHANGES = (
    (exact, "SENTINEL", "SET", "orders", "down-after-milliseconds", "1500"), (instance, "SENTINEL", "MASTER", "orders"),
    (instances, "SENTINEL", "REPLICAS", "orders"),
    (exact, "SENTINEL", "SET", "orders", "parallel-syncs", "3", "failover-timeout", "30000", "quorum", "1"),
    (instance, "SENTINEL", "MASTER", "orders"),
    (exact, "SENTINEL", "SET", "orders", "down-after-milliseconds", "1000", "quorum", "2"),
    (exact, "SENTINEL", "MONITOR", "second", HOST, "REPLICA", "1"), (exact, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "second"),
    (exact, "SENTINEL", "REMOVE", "second"), (exact, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "second"),
)

# Conversations on one connection: (requests, number of replies to read). In RESP2 a subscriber may say little.
TALKS = (
    ((("SUBSCRIBE", "+sdown", "-sdown"),), 2),
    ((("PSUBSCRIBE", "*"), ("PUNSUBSCRIBE", "*")), 2),
    ((("SUBSCRIBE", "a"), ("PSUBSCRIBE", "b*"), ("UNSUBSCRIBE",), ("PUNSUBSCRIBE",)), 4),
    ((("UNSUBSCRIBE",), ("PUNSUBSCRIBE",)), 2),
    ((("UNSUBSCRIBE", "x", "y"), ("PUNSUBSCRIBE", "z")), 3),
    ((("SUBSCRIBE", "a"), ("SENTINEL", "MASTERS"), ("PING",), ("PING", "x")), 4),
    ((("SUBSCRIBE", "a"), ("INFO", "nosuch"), ("UNSUBSCRIBE", "a"), ("PING",)), 4),
    ((("SUBSCRIBE", "a"), ("BOGUS",), ("SENTINEL", "bogus")), 3),
)

# Bytes as they are on the wire, and how many replies they must give.
RAW = (
    (b"PING\r\n", 1), (b"PING\n", 1), (b"\r\nPING\r\n", 1), (b"SENTINEL GET-MASTER-ADDR-BY-NAME orders\r\n", 1),
    (b"PING \"a b\"\r\n", 1), (b"PING \"a\r\n", 1), (b"PING 'x'y\r\n", 1), (b"*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nPING\r\n$1\r\nx\r\n", 2),
    (b"*0\r\nPING\r\n", 1), (b"*-1\r\nPING\r\n", 1), (b"*x\r\n", 1), (b"*1\r\n$-5\r\n", 1), (b"*1\r\n:4\r\n", 1),
    (b"*1\r\n$x\r\n", 1), (b"*2147483648\r\n", 1), (b"*1\r\n$600000000\r\n", 1), (b"a" * 70000, 1),
)


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
