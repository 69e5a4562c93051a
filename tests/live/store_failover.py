"""FAILOVER between picket-store and redis-server, in both directions: no acknowledged write is lost, nobody needs a full synchronisation."""

import threading
import time

import resp
from storelab import HOST, KINDS, Lab, same_data, wait_same_offset
from waiting import check, wait

SYNC_S = 60.0


class Counter(threading.Thread):
    """Counts up in a key of its own on whoever is the primary; remembers what was acknowledged, and the longest silence."""

    def __init__(self, nodes, number):
        super().__init__(daemon=True)
        self.nodes, self.key = list(nodes), "counter:%d" % number
        self.acknowledged = self.errors = 0
        self.gap = 0.0
        self.end = threading.Event()
        self.start()

    def run(self):
        last = time.monotonic()
        while not self.end.is_set():
            try:
                with self.nodes[0].connect(30.0) as conn:
                    while not self.end.is_set():
                        value = conn.pipeline([("INCR", self.key)])[0]
                        if isinstance(value, resp.RespError):
                            self.errors += 1
                            break
                        now = time.monotonic()
                        self.gap, last = max(self.gap, now - last), now
                        self.acknowledged += 1
            except OSError:
                pass
            self.nodes.append(self.nodes.pop(0))

    def stop(self):
        self.end.set()
        self.join(60.0)
        check(not self.is_alive(), "the writer stopped")


def group(lab, kinds, **options):
    """A primary and its replicas, all attached."""
    nodes = [lab.node(kinds[0], save="", **options)]
    nodes += [lab.node(kind, save="", primary=nodes[0]) for kind in kinds[1:]]
    for node in nodes[1:]:
        wait(lambda n=node: n.follows(nodes[0]), "%s follows" % node.label, SYNC_S)
    wait(lambda: nodes[0].info().get("slave%d" % (len(nodes) - 2), "").find("state=online") > 0, "online", SYNC_S)
    return nodes


def state(node):
    return node.info()["master_failover_state"]


def error(node, *words):
    with node.connect(10.0) as conn:
        conn.send(*words)
        value = conn.read()
        return str(value) if isinstance(value, resp.RespError) else ""


def under_load(lab, kinds):
    """There and back again, with eight writers at work."""
    primary, target, other = group(lab, kinds, repl_backlog_size="20mb")
    target.call("CONFIG", "SET", "repl-backlog-size", 20 << 20)
    primary.call("SET", "value", "x" * 1000)
    counters = [Counter((primary, target), i) for i in range(8)]
    wait(lambda: sum(c.acknowledged for c in counters) > 500, "writes")
    for source, goal in ((primary, target), (target, primary)):
        check(source.call("FAILOVER", "TO", HOST, goal.port, "TIMEOUT", 20000) == "OK", "it begins")
        wait(lambda: goal.call("ROLE")[0] == "master" and source.follows(goal), "%s is the primary" % goal.label, SYNC_S)
        check(state(source) == "no-failover", "it is over")
        other.call("REPLICAOF", HOST, goal.port)
        wait(lambda: other.follows(goal), "the other one follows", SYNC_S)
        done = sum(c.acknowledged for c in counters)
        wait(lambda: sum(c.acknowledged for c in counters) > done + 500, "writes go on")
    for c in counters:
        c.stop()
    for c in counters:
        check(int(primary.call("GET", c.key)) == c.acknowledged, "%s: %d acknowledged, there are %s" % (
            c.key, c.acknowledged, primary.call("GET", c.key)))
    check(target.stat("sync_full") == 0 and primary.stat("sync_full") == 2, "no full synchronisation but the first ones")
    wait_same_offset((primary, target, other), SYNC_S)
    same_data(primary, target)
    same_data(primary, other)
    print("      %d writes, 0 lost, longest gap %.0f ms" % (sum(c.acknowledged for c in counters), max(c.gap for c in counters) * 1000))


def idle(lab, kinds):
    """Without a target and without writes: anybody, at once."""
    primary, target = group(lab, kinds)
    primary.call("SET", "a", "1")
    check(primary.call("FAILOVER") == "OK", "it begins")
    wait(lambda: target.call("ROLE")[0] == "master" and primary.follows(target), "changed places", SYNC_S)
    check(target.stat("sync_full") == 0 and target.call("GET", "a") == "1", "by continuing")
    with primary.connect() as conn:
        conn.send("SET", "a", "2")
        check(conn.read().code == "READONLY", "the old one is read only")


def refused(lab, kinds):
    """A replica that cannot: writes go on, nothing has changed; the same words as redis-server's."""
    primary, target = group(lab, kinds)
    stranger = lab.node("picket", save="")
    for words, says in [(("ABORT",), "No failover in progress"), (("TO", HOST, stranger.port), "is not a replica"),
                        (("TO", HOST), "syntax"), (("TIMEOUT", 0), "must be greater than 0"), (("TIMEOUT", "x"), "not an integer"),
                        (("FORCE",), "requires both a timeout and target"), (("TO", HOST, target.port, "FORCE"), "requires both"), (("X",), "syntax")]:
        check(says in error(primary, "FAILOVER", *words), "%r: %s" % (words, error(primary, "FAILOVER", *words)))
    check("not valid when server is a replica" in error(target, "FAILOVER"), "a replica cannot")
    check("requires connected replicas" in error(stranger, "FAILOVER"), "nor who has none")
    check("can't be sent to a master" in error(stranger, "PSYNC", "x" * 40, 1, "FAILOVER"), "PSYNC FAILOVER to a primary")
    check("must match my replid" in error(target, "PSYNC", "x" * 40, 1, "FAILOVER"), "PSYNC FAILOVER of another history")
    target.stop()
    primary.call("SET", "a", "1")
    history = primary.info()["master_replid"]
    check(primary.call("FAILOVER", "TO", HOST, target.port, "TIMEOUT", 400) == "OK", "it begins")
    check(state(primary) == "waiting-for-sync", "it waits")
    check("already in progress" in error(primary, "FAILOVER"), "one at a time")
    check("not allowed while failing over" in error(primary, "REPLICAOF", HOST, stranger.port), "no REPLICAOF meanwhile")
    with primary.connect(30.0) as conn:
        conn.send("SET", "a", "2")
        check(primary.call("GET", "a") == "1", "writes wait, reads do not")
        check(conn.read() == "OK", "and go on after the time-out")
    check(state(primary) == "no-failover" and primary.call("ROLE")[0] == "master", "nothing has changed")
    check(primary.info()["master_replid"] == history, "not even the history")
    check(primary.call("FAILOVER", "TO", HOST, target.port) == "OK" and state(primary) == "waiting-for-sync", "again, without a time-out")
    check(primary.call("FAILOVER", "ABORT") == "OK" and state(primary) == "no-failover", "aborted")
    check(primary.call("SET", "a", "3") == "OK", "writes go on")
    target.cont()
    wait(lambda: target.call("GET", "a") == "3", "the replica too", SYNC_S)
    check(primary.stat("sync_full") == 1, "and nobody noticed")


def forced(lab, kinds):
    """FORCE takes a replica that is behind, once the time is over."""
    primary, target = group(lab, kinds)
    primary.call("SET", "a", "1")
    wait(lambda: target.call("GET", "a") == "1", "there")
    target.stop()
    primary.call("SET", "a", "2")
    check(primary.call("FAILOVER", "TO", HOST, target.port, "FORCE", "TIMEOUT", 200) == "OK", "it begins")
    wait(lambda: state(primary) == "failover-in-progress", "it goes on all the same", SYNC_S)
    check(primary.call("ROLE")[0] == "slave", "as a replica")
    target.cont()
    wait(lambda: target.call("ROLE")[0] == "master" and primary.follows(target), "changed places", SYNC_S)
    same_data(primary, target)


def target_dies(lab, kinds):
    """The target dies in the middle: ABORT makes the old one a primary again."""
    primary, target = group(lab, kinds)
    primary.call("SET", "a", "1")
    target.stop()
    check(primary.call("FAILOVER", "TO", HOST, target.port, "FORCE", "TIMEOUT", 100) == "OK", "it begins")
    wait(lambda: state(primary) == "failover-in-progress", "it asks the target", SYNC_S)
    target.kill()
    with primary.connect() as conn:
        conn.send("SET", "a", "2")
        check(conn.read().code == "READONLY", "a replica for the time being")
    check(primary.call("FAILOVER", "ABORT") == "OK" and primary.call("ROLE")[0] == "master", "a primary again")
    check(primary.call("SET", "a", "2") == "OK", "which writes")


def main():
    lab = Lab("store_failover")
    for one in KINDS:
        for other in KINDS:
            if (one, other) == ("redis", "redis"):
                continue
            lab.case("%s -> %s: there and back under load" % (one, other), under_load, lab, (one, other, "picket"))
            lab.case("%s -> %s: without a target" % (one, other), idle, lab, (one, other))
    for other in KINDS:
        lab.case("picket -> %s: refused, too late, aborted" % other, refused, lab, ("picket", other))
        lab.case("picket -> %s: forced" % other, forced, lab, ("picket", other))
        lab.case("picket -> %s: the target dies" % other, target_dies, lab, ("picket", other))
    lab.case("redis -> picket: forced", forced, lab, ("redis", "picket"))
    lab.case("the same words from redis-server", refused, lab, ("redis", "picket"))
    lab.finish()


if __name__ == "__main__":
    main()
