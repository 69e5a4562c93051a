"""The rules of replication links, and CLIENT PAUSE; each on picket-store and redis-server alike, where both have it."""

import time

import resp
from storelab import HOST, KINDS, Lab, same_data, wait_same_offset
from waiting import check, wait

SYNC_S = 60.0
PAIRS = [(one, other) for one in KINDS for other in KINDS if (one, other) != ("redis", "redis")]


def pair(lab, kinds, options=(), **primary_options):
    primary = lab.node(kinds[0], save="", **primary_options)
    replica = lab.node(kinds[1], save="", primary=primary, **dict(options))
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    wait(lambda: "state=online" in primary.info().get("slave0", ""), "online", SYNC_S)
    return primary, replica


def pause(lab, kind):
    """Supervisors change places under CLIENT PAUSE WRITE: the offset must stand still, and nothing be lost or answered."""
    # Redis goes on with its PINGs in a pause.
    primary, replica = pair(lab, (kind, "picket"), repl_ping_replica_period=1 if kind == "picket" else 100)
    primary.call("SET", "short", "v", "PX", 30)
    with primary.connect(30.0) as one, primary.connect(30.0) as two, primary.connect(30.0) as three, primary.connect(30.0) as four:
        check(one.call("CLIENT", "PAUSE", 60000, "WRITE") == "OK", "paused")
        offset = primary.offset()
        one.send("SET", "a", "1")
        two.send_bytes(b"".join(resp.encode(w) for w in (("MULTI",), ("INCR", "n"), ("EXEC",), ("GET", "n"))))
        three.send("PUBLISH", "news", "x")
        check(two.read() == "OK", "MULTI is no write")
        check(four.call("GET", "a") is None and four.call("PING") == "PONG", "reads go on")
        wait(lambda: four.call("GET", "short") is None, "an expired key is not shown")
        begin = time.monotonic()
        check(four.call("WAIT", 1, 300) in (0, 1) and time.monotonic() - begin < 5, "WAIT does not hang")
        # Two periods of PING: nothing in the stream.
        wait(lambda: time.monotonic() - begin > 2.1, "time passes")
        check(primary.offset() == offset, "the offset stands still: %d, then %d" % (offset, primary.offset()))
        check(primary.call("DBSIZE") == 1, "the expired key is still there")
        if kind == "picket":
            info = primary.info("clients")
            check(info["paused_reason"] == "client_pause" and info["paused_actions"] == "write", "INFO says so")
            check(50000 < int(info["paused_timeout_milliseconds"]) <= 60000, "and for how long")
            check(resp.pairs(four.call("PICKET", "STATUS"))["writes"] == "paused", "STATUS too")
        check(four.call("CLIENT", "PAUSE", 1, "ALL") == "OK", "a shorter and wider one")
        four.send("PING")
        check(not four._readable(time.monotonic() + 0.3), "the longer and wider of both holds")
        replica.call("PING")
    # Under ALL not even UNPAUSE gets through, so the other end of a pause is seen with another one.
    again = lab.node(kind, save="")
    with again.connect(30.0) as one, again.connect(30.0) as two:
        two.call("CLIENT", "PAUSE", 60000, "WRITE")
        one.send_bytes(b"".join(resp.encode(("INCR", "n")) for _ in range(1000)))
        check(two.call("GET", "n") is None, "held")
        check(two.call("CLIENT", "UNPAUSE") == "OK", "ended")
        check([one.read() for _ in range(1000)] == list(range(1, 1001)), "all run, once and in order")
        two.call("CLIENT", "PAUSE", 200, "WRITE")
        begin = time.monotonic()
        check(one.call("INCR", "n") == 1001 and time.monotonic() - begin >= 0.19, "a pause ends by itself")
        two.call("CLIENT", "PAUSE", 60000, "WRITE")
        one.send("SET", "a", "1")
        check(two.call("REPLICAOF", HOST, primary.port) == "OK", "demoted within the pause")
        two.call("CLIENT", "UNPAUSE")
        check(one.read().code == "READONLY", "what was held is refused then")


def announced(lab, kinds):
    primary, replica = pair(lab, kinds, {"replica_announce_ip": "10.9.8.7", "replica_announce_port": 7777})
    check("ip=10.9.8.7,port=7777," in primary.info()["slave0"], "INFO: %s" % primary.info()["slave0"])
    check(primary.call("ROLE")[2][0][:2] == ["10.9.8.7", "7777"], "ROLE: %r" % primary.call("ROLE"))
    replica.call("CONFIG", "SET", "replica-announce-ip", "")
    replica.call("CONFIG", "SET", "replica-announce-port", 0)
    primary.call("CLIENT", "KILL", "TYPE", "replica")
    wait(lambda: ("ip=%s,port=%d," % (HOST, replica.port)) in primary.info().get("slave0", ""), "at run time", SYNC_S)


def timeouts(lab, kinds):
    """repl-timeout, at run time: a frozen replica and a frozen primary are given up."""
    primary, replica = pair(lab, kinds, {"repl_ping_replica_period": 1})
    primary.call("CONFIG", "SET", "repl-ping-replica-period", 1, "repl-timeout", 3)
    replica.call("CONFIG", "SET", "repl-timeout", 3)
    for _ in range(2):
        offset = primary.offset()
        wait(lambda: primary.offset() > offset, "PINGs flow")
    check(replica.info()["master_link_status"] == "up", "and keep the link up")
    replica.stop()
    wait(lambda: primary.info()["connected_slaves"] == "0", "the silent replica is given up")
    replica.cont()
    wait(lambda: replica.follows(primary), "it comes back", SYNC_S)
    check(primary.stat("sync_full") == 1, "and continues")
    primary.stop()
    wait(lambda: replica.info()["master_link_status"] == "down", "the silent primary is given up")
    primary.cont()
    wait(lambda: replica.follows(primary), "again", SYNC_S)
    check(primary.stat("sync_full") == 1, "and continues")


def cut_off(lab):
    """A primary that hears no replica says nothing either: its history does not run away from theirs."""
    primary, replica = pair(lab, ("picket", "picket"), repl_ping_replica_period=1, repl_timeout=100)
    offset = primary.offset()
    wait(lambda: primary.offset() > offset, "PINGs flow")
    replica.stop()
    begin = time.monotonic()
    wait(lambda: time.monotonic() - begin > 5, "it is not heard for a while")
    offset = primary.offset()
    wait(lambda: time.monotonic() - begin > 8, "three periods of PING")
    check(primary.offset() == offset, "no PING to nobody")
    replica.cont()
    wait(lambda: primary.offset() > offset, "PINGs flow again")


def backlog(lab, replica_kind):
    """repl-backlog-size and -ttl at run time."""
    primary, replica = pair(lab, ("picket", replica_kind), repl_backlog_size="16kb")
    check(primary.call("CONFIG", "SET", "repl-backlog-size", "4mb") == "OK", "larger")
    check(primary.info()["repl_backlog_size"] == str(4 << 20), "INFO")
    replica.stop()
    with primary.connect(20.0) as conn:
        conn.pipeline([("SET", "key:%d" % i, "x" * 1000) for i in range(3000)])
    primary.call("CLIENT", "KILL", "TYPE", "replica")
    replica.cont()
    wait(lambda: primary.stat("sync_partial_ok") == 1 and replica.follows(primary), "three megabytes are continued", SYNC_S)
    wait_same_offset((primary, replica), SYNC_S)
    same_data(primary, replica)
    primary.call("CONFIG", "SET", "repl-backlog-ttl", 1)
    history = primary.info()["master_replid"]
    replica.kill()
    wait(lambda: primary.info()["repl_backlog_active"] == "0", "dropped")
    check(primary.info()["master_replid"] != history, "and the history with it")
    primary.call("SET", "unseen", "1")
    replica.start().await_ready()
    wait(lambda: replica.follows(primary), "a full synchronisation", SYNC_S)
    same_data(primary, replica)


def together(lab, replica_kind):
    """repl-diskless-sync-delay and -max-replicas: two that wait are served by one child."""
    primary = lab.node("picket", save="", repl_diskless_sync_delay=600, repl_diskless_sync_max_replicas=2)
    primary.call("SET", "a", "1")
    one = lab.node(replica_kind, save="", primary=primary)
    wait(lambda: "state=wait_bgsave" in primary.info().get("slave0", ""), "the first waits", SYNC_S)
    check(primary.stat("total_forks") == 0, "for another one")
    two = lab.node(replica_kind, save="", primary=primary)
    for node in (one, two):
        wait(lambda n=node: n.follows(primary), "follows", SYNC_S)
    check(primary.stat("total_forks") == 1, "one child for both")


def output_limits(lab):
    """A reader that is too slow costs memory up to the limit of its class, and no more."""
    primary, replica = pair(lab, ("picket", "picket"), repl_backlog_size="1mb")
    other = lab.node("picket", save="", primary=primary)
    wait(lambda: other.follows(primary), "follows", SYNC_S)
    check(primary.call("CONFIG", "SET", "client-output-buffer-limit", "replica 4mb 0 0 pubsub 1mb 0 0 normal 2mb 0 0") == "OK", "set at run time")
    replica.stop()
    with primary.connect(20.0) as conn, primary.connect(20.0) as deaf, primary.connect(20.0) as slow:
        deaf.subscribe("news")
        for i in range(40):
            conn.pipeline([("SET", "key:%d" % n, "x" * 10000) for n in range(100)])
        wait(lambda: "port=%d" % replica.port not in str(primary.info()), "the replica is closed")
        check("output buffer limit" in primary.log(), "the log says why")
        wait(lambda: [conn.call("PUBLISH", "news", "y" * 100000) for _ in range(20)][-1] == 0, "a subscriber too")
        slow.send_bytes(b"".join(resp.encode(("MGET",) + ("key:1",) * 100) for _ in range(40)))
        wait(lambda: primary.log().count("output buffer limit") >= 3, "a client that reads nothing too")
    replica.cont()
    wait(lambda: replica.follows(primary), "it comes back", SYNC_S)
    primary.call("CONFIG", "SET", "client-output-buffer-limit", "replica 0 100kb 1")
    replica.stop()
    with primary.connect(20.0) as conn:
        for i in range(10):
            conn.pipeline([("SET", "key:%d" % n, "x" * 10000) for n in range(100)])
        wait(lambda: "soft output buffer limit" in primary.log(), "the soft limit, after a while")
    replica.cont()
    check(primary.call("CONFIG", "SET", "client-output-buffer-limit", "replica 16kb 0 0") == "OK", "below the backlog")
    for node in (replica, other):
        wait(lambda n=node: n.follows(primary), "follows", SYNC_S)
    with primary.connect(20.0) as conn:
        conn.pipeline([("SET", "key:%d" % n, "z" * 1000) for n in range(500)])
    wait_same_offset((primary, replica, other), SYNC_S)


def aside(lab):
    """The limits hold for what is put aside while a full synchronisation is under way."""
    primary = lab.node("picket", save="", client_output_buffer_limit="replica 3mb 0 0", repl_timeout=600)
    with primary.connect(60.0) as conn:
        for start in range(0, 40000, 1000):
            conn.pipeline([("SET", "key:%d" % i, "%d" % i * 300) for i in range(start, start + 1000)])
        conn.call("CONFIG", "SET", "rdbcompression", "no")
        # One that asks for everything, and reads nothing of it.
        with resp.connect(HOST, primary.port, 20.0) as deaf:
            deaf.call("REPLCONF", "capa", "eof", "capa", "psync2")
            deaf.send("PSYNC", "?", -1)
            wait(lambda: "state=send_bulk" in primary.info().get("slave0", ""), "it begins", SYNC_S)
            for _ in range(10):
                conn.pipeline([("SET", "hot:%d" % i, "x" * 1000) for i in range(1000)])
            wait(lambda: primary.info()["connected_slaves"] == "0", "it is closed")
            check("output buffer limit" in primary.log(), "the log says why")


def middle_promoted(lab, kinds):
    """primary -> middle -> last: the middle one is promoted, the last one does not notice; then the old primary follows the last."""
    primary = lab.node(kinds[0], save="")
    middle = lab.node(kinds[1], save="", primary=primary)
    wait(lambda: middle.follows(primary), "follows", SYNC_S)
    last = lab.node(kinds[2], save="", primary=middle)
    wait(lambda: last.follows(middle), "follows", SYNC_S)
    with primary.connect(20.0) as conn:
        conn.call("SELECT", 3)
        conn.pipeline([("SET", "key:%d" % i, i) for i in range(1000)])
    wait_same_offset((primary, middle, last), SYNC_S)
    primary.call("CLIENT", "PAUSE", 60000, "WRITE")
    wait_same_offset((primary, middle, last), SYNC_S)
    check(middle.call("REPLICAOF", "NO", "ONE") == "OK", "promoted")
    middle.call("SET", "new", "1")
    primary.call("REPLICAOF", HOST, last.port)
    primary.call("CLIENT", "UNPAUSE")  # a paused Redis holds back its own primary's stream too
    wait(lambda: last.follows(middle) and primary.follows(last), "a chain the other way round", SYNC_S)
    wait_same_offset((primary, middle, last), SYNC_S)
    same_data(middle, last)
    same_data(middle, primary)
    check(middle.stat("sync_full") == 1 and last.stat("sync_full") == 0, "without a full synchronisation (%d, %d)" % (
        middle.stat("sync_full"), last.stat("sync_full")))


def main():
    lab = Lab("store_links")
    for kind in KINDS:
        lab.case("%s: CLIENT PAUSE" % kind, pause, lab, kind)
    for kinds in PAIRS:
        lab.case("%s -> %s: announced address" % kinds, announced, lab, kinds)
        lab.case("%s -> %s: repl-timeout" % kinds, timeouts, lab, kinds)
    for kind in KINDS:
        lab.case("picket -> %s: the backlog's size and life" % kind, backlog, lab, kind)
        lab.case("picket -> %s: served together" % kind, together, lab, kind)
    lab.case("no PING to nobody", cut_off, lab)
    lab.case("output buffer limits", output_limits, lab)
    lab.case("output buffer limits in a full synchronisation", aside, lab)
    for kinds in (("picket", "picket", "picket"), ("redis", "picket", "redis"), ("picket", "redis", "picket"), ("redis", "picket", "picket")):
        lab.case("the middle one is promoted: %s" % " -> ".join(kinds), middle_promoted, lab, kinds)
    lab.finish()


if __name__ == "__main__":
    main()
