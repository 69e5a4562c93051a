"""sync-replicas: a write is acknowledged when so many replicas have it, and when they do not, the client is told so.

    store_sync.py          a short form
    store_sync.py --long   more rounds of kill -9
"""

import statistics
import sys
import threading
import time

import resp
from storelab import HOST, KINDS, Lab
from waiting import check, wait

SYNC_S = 60.0


def pair(lab, kind, **options):
    primary = lab.node("picket", save="", **options)
    replica = lab.node(kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    wait(lambda: primary.info()["sync_replicas_online"] == "1", "online", SYNC_S)
    return primary, replica


def code(value):
    return value.code if isinstance(value, resp.RespError) else value


def acknowledged(lab, kind):
    primary, replica = pair(lab, kind, sync_replicas=1)
    with primary.connect(20.0) as conn, replica.connect(20.0) as other:
        times = []
        for i in range(300):
            begin = time.monotonic()
            check(conn.call("SET", "key:%d" % i, i) == "OK", "SET")
            times.append(time.monotonic() - begin)
            check(other.call("GET", "key:%d" % i) == str(i), "what is acknowledged is there")
        print("      one write at a time: median %.2f ms, worst %.2f ms" % (statistics.median(times) * 1000, max(times) * 1000))
        replies = conn.pipeline([w for i in range(2000) for w in (("INCR", "n"), ("GET", "n"), ("PING",))])
        check(replies == [w for i in range(1, 2001) for w in (i, str(i), "PONG")], "a pipeline keeps its order")
        check(other.call("GET", "n") == "2000", "all is there")
        replies = conn.pipeline([("MULTI",), ("SET", "a", "1"), ("INCR", "n"), ("EXEC",), ("GET", "n")])
        check(replies == ["OK", "QUEUED", "QUEUED", ["OK", 2001], "2001"], "a transaction: %r" % replies)
        check(other.call("GET", "n") == "2001", "is there too")
        big = "x" * 3000000
        conn.pipeline([("SET", "big", big), ("GET", "big"), ("SET", "small", "1")])
        check(conn.pipeline([("GET", "big"), ("DEL", "big")]) == [big, 1], "large replies before held ones")
    check(primary.info()["sync_replicas_waiting"] == "0", "nothing is left")


def late(lab, kind):
    primary, replica = pair(lab, kind, sync_replicas=1, sync_replicas_timeout=300)
    with primary.connect(20.0) as one, primary.connect(20.0) as two:
        one.call("SET", "a", "0")
        replica.stop()
        one.send_bytes(b"".join(resp.encode(w) for w in (("GET", "a"), ("SET", "a", "1"), ("GET", "a"), ("MULTI",), ("INCR", "n"), ("EXEC",), ("PING",))))
        check(one.read() == "0", "what is in front of the write is not held")
        check(two.call("GET", "a") == "1" and two.call("PING") == "PONG", "others are not blocked, and see the write")
        replies = [one.read() for _ in range(6)]
        check(list(map(code, replies)) == ["NOREPLICAS", "1", "OK", "QUEUED", "NOREPLICAS", "PONG"], "errors in their places: %r" % replies)
        check("may survive" in str(replies[0]), "which say that the write is done here: %s" % replies[0])
        check(primary.info()["sync_replicas_failed"] == "2", "they are counted")
        one.call("CONFIG", "SET", "sync-replicas-timeout", 0)
        one.send("SET", "a", "2")
        wait(lambda: primary.info()["sync_replicas_waiting"] == "1", "held")
        replica.cont()
        check(one.read() == "OK", "acknowledged as soon as the replica is back")
        replica.stop()
        one.send("SET", "a", "3")
        wait(lambda: primary.info()["sync_replicas_waiting"] == "1", "held")
        check(two.call("CONFIG", "SET", "sync-replicas", 0) == "OK" and one.read() == "OK", "let go when the option goes")
        replica.cont()


def too_few(lab):
    primary, replica = pair(lab, "picket", sync_replicas=2)
    with primary.connect(20.0) as conn:
        conn.send("SET", "a", "1")
        check(code(conn.read()) == "NOREPLICAS" and conn.call("EXISTS", "a") == 0, "with too few replicas nothing is applied")
        check(resp.pairs(conn.call("PICKET", "STATUS"))["writes"] == "sync-replicas", "STATUS says why")
        second = lab.node("redis", save="", primary=primary)
        wait(lambda: second.follows(primary) and primary.info()["sync_replicas_online"] == "2", "a second one", SYNC_S)
        check(conn.call("SET", "a", "1") == "OK", "now it is taken")
        check(replica.call("GET", "a") == "1" and second.call("GET", "a") == "1", "by both")
        second.stop()
        conn.call("CONFIG", "SET", "sync-replicas", 1)
        check(conn.call("SET", "a", "2") == "OK", "one of two is enough")
        replica.kill()
        second.kill()
        wait(lambda: primary.info()["sync_replicas_online"] == "0", "both are gone")
        conn.send("SET", "a", "3")
        check(code(conn.read()) == "NOREPLICAS" and conn.call("GET", "a") == "2", "nothing is applied")


def demoted(lab):
    """Writes that are held when their primary is demoted are answered with an error, and the order stays."""
    primary, replica = pair(lab, "picket", sync_replicas=1, sync_replicas_timeout=0)
    other = lab.node("picket", save="")
    with primary.connect(20.0) as one, primary.connect(20.0) as two, primary.connect(20.0) as blocked:
        one.call("SET", "a", "1")
        blocked.send("BLPOP", "list", 0)
        wait(lambda: primary.info("clients")["blocked_clients"] == "1", "it waits")
        replica.stop()
        one.send("SET", "a", "2")
        two.send("RPUSH", "list", "element")
        wait(lambda: primary.info()["sync_replicas_waiting"] == "3", "all are held, that of BLPOP too")
        with primary.connect(20.0) as three:
            replies = [r for r in three.pipeline([("SET", "a", "3"), ("REPLICAOF", HOST, other.port), ("PING",)])]
        check(list(map(code, replies)) == ["NOREPLICAS", "OK", "PONG"], "its own pipeline: %r" % replies)
        for conn in (one, two, blocked):
            value = conn.read()
            check(code(value) == "NOREPLICAS" and "became a replica" in str(value), "%r" % value)
        replica.cont()


class Counter(threading.Thread):
    """Counts up in a key of its own, and remembers what was acknowledged."""

    def __init__(self, node, number):
        super().__init__(daemon=True)
        self.node, self.key, self.acknowledged, self.errors = node, "counter:%d" % number, 0, 0
        self.start()

    def run(self):
        try:
            with self.node.connect(10.0) as conn:
                while True:
                    value = conn.pipeline([("INCR", self.key)])[0]
                    if isinstance(value, resp.RespError):
                        self.errors += 1
                    else:
                        self.acknowledged = value
        except OSError:
            pass


def killed(lab, kind, rounds):
    """kill -9 of the primary under load: the replica has every write that was acknowledged."""
    total = 0
    for number in range(rounds):
        primary, replica = pair(lab, kind, sync_replicas=1)
        counters = [Counter(primary, i) for i in range(8)]
        wait(lambda: sum(c.acknowledged for c in counters) > 300 + 100 * number, "writes", SYNC_S)
        primary.kill()
        for c in counters:
            c.join(10.0)
        wait(lambda: replica.info()["master_link_status"] == "down", "notices", SYNC_S)
        for c in counters:
            has = int(replica.call("GET", c.key) or 0)
            check(has >= c.acknowledged, "%s: %d acknowledged, the replica has %d" % (c.key, c.acknowledged, has))
            total += c.acknowledged
        lab.clear()
    print("      %d acknowledged writes, 0 lost" % total)


def generations(lab, rounds):
    """The primary is killed again and again, the replica with the most is promoted, the dead one comes back behind its gate:
    what one replica acknowledged is never lost."""
    nodes = [lab.node("picket", save="", start_gate="yes", sync_replicas=1)]
    nodes += [lab.node("picket", save="", start_gate="yes", sync_replicas=1, primary=nodes[0]) for _ in range(2)]
    acknowledged, primary = {}, nodes[0]
    for number in range(rounds):
        others = [n for n in nodes if n is not primary]
        for node in others:
            wait(lambda n=node: n.follows(primary), "follows", SYNC_S)
        wait(lambda: int(primary.info()["sync_replicas_online"]) == 2, "both are online", SYNC_S)
        counters = [Counter(primary, i) for i in range(6)]
        wait(lambda: sum(c.acknowledged - acknowledged.get(c.key, 0) for c in counters if c.acknowledged) > 200, "writes", SYNC_S)
        primary.kill()
        for c in counters:
            c.join(10.0)
            acknowledged[c.key] = max(c.acknowledged, acknowledged.get(c.key, 0))
        for node in others:
            wait(lambda n=node: n.info()["master_link_status"] == "down", "notices", SYNC_S)
        best, other = sorted(others, key=lambda n: -n.offset())
        best.call("REPLICAOF", "NO", "ONE")
        for key, value in acknowledged.items():
            check(int(best.call("GET", key)) >= value, "round %d: %s: %d acknowledged, there are %s" % (number, key, value, best.call("GET", key)))
        other.call("REPLICAOF", HOST, best.port)
        primary.start().await_ready()
        if primary is nodes[0]:
            check(primary.info()["start_gate"] == "closed" and primary.call("DBSIZE") == 0, "reborn empty, behind its gate")
        primary.call("REPLICAOF", HOST, best.port)
        primary = best
    print("      %d primaries killed, %d writes acknowledged, 0 lost" % (rounds, sum(acknowledged.values())))


def main():
    rounds = 20 if "--long" in sys.argv else 2
    lab = Lab("store_sync")
    for kind in KINDS:
        lab.case("picket -> %s: acknowledged writes are there" % kind, acknowledged, lab, kind)
        lab.case("picket -> %s: late acknowledgements" % kind, late, lab, kind)
        lab.case("picket -> %s: kill -9 of the primary" % kind, killed, lab, kind, rounds)
    lab.case("one primary after the other is killed", generations, lab, 30 if "--long" in sys.argv else 4)
    lab.case("too few replicas", too_few, lab)
    lab.case("demoted in the meantime", demoted, lab)
    lab.finish()


if __name__ == "__main__":
    main()
