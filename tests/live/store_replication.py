"""Replication between picket-store and redis-server, both ways: full and partial, with writes going on, and after promotions.

    store_replication.py [COUNT [SEED]]     COUNT random commands (default 10,000) reach the replicas; seed 0 draws one
"""

import datetime
import random
import sys
import threading
import time

import draws
import resp
import store_commands
from storelab import HOST, KINDS, Lab, same_data, wait_same_offset
from waiting import Failed, check, wait

SYNC_S = 60.0
COUNT = 10000
SEED = 20261122


class Writer(threading.Thread):
    """Writes to a node until stopped: sets, counters, expiry, deletes, transactions, in several databases."""

    def __init__(self, node, seed):
        super().__init__(daemon=True)
        self.node = node
        self.draw = random.Random(seed)
        self.end = threading.Event()
        self.written = 0
        self.error = None
        self.start()

    def batch(self):
        d = self.draw
        key = "key:%d" % d.randint(0, 3000)
        return d.choice([
            [("SET", key, "v%d" % d.random().__hash__())], [("SET", key, "x" * d.choice([1, 20, 300, 5000]))],
            [("SET", key, "v", "EX", d.randint(1000, 9000))], [("INCR", "counter:%d" % d.randint(0, 20))],
            [("APPEND", "tail:%d" % d.randint(0, 5), "abc")], [("DEL", key)], [("PEXPIRE", key, d.choice([1, 20, 100000]))],
            [("SET", key, "soon", "PX", d.randint(1, 50))], [("INCRBYFLOAT", "float:%d" % d.randint(0, 5), "0.1")],
            [("MULTI",), ("INCR", "multi:a"), ("SET", key, "in"), ("INCR", "multi:b"), ("EXEC",)],
            [("RENAME", key, "renamed:%d" % d.randint(0, 50))], [("GETEX", key, "PX", "90000")], [("GETDEL", key)],
            [("SELECT", d.randint(0, 3))], [("SETRANGE", key, 5, "range")], [("PUBLISH", "news", "x")],
            [("MSET", key, "m", key + "b", "n")], [("PERSIST", key)],
        ] + [batch for batches in draws.each("BATCHES") for batch in batches(d)])

    def run(self):
        try:
            with self.node.connect(20.0) as conn:
                while not self.end.is_set():
                    commands = [c for _ in range(10) for c in self.batch()]
                    conn.pipeline(commands)
                    self.written += len(commands)
        except OSError as error:
            self.error = error

    def stop(self):
        self.end.set()
        self.join(30.0)
        check(not self.is_alive(), "the writer stopped")
        return self.written


def fill(node, count=2000):
    with node.connect(20.0) as conn:
        for number in (0, 1, 15):
            conn.call("SELECT", number)
            conn.pipeline([("SET", "base:%d" % i, "value %d" % i) for i in range(count)])
            conn.pipeline([("SET", "int:%d" % i, i * 1000003) for i in range(count // 4)])
            conn.pipeline([("SET", "long:%d" % i, "abc" * 500) for i in range(20)])
            conn.pipeline([("SET", "volatile:%d" % i, "v", "EX", 5000 + i) for i in range(50)])
            conn.pipeline([["HSET", "hash:base:%d" % n] + [w for i in range(n) for w in ("f%d" % i, i)] for n in (1, 40, 3000)])
        conn.send_bytes(resp.encode([b"SET", b"binary", bytes(range(256)) * 50]))
        conn.read()


def settle(primary, *others):
    """All have the same history to the same point, and the same data."""
    for node in others:
        wait(lambda n=node: n.info()["master_link_status"] == "up", "%s is attached" % node.label, SYNC_S)
    # Whatever expires must have done so, and reached everybody.
    wait(lambda: expired_are_gone(primary), "nothing is about to expire", SYNC_S)
    wait_same_offset((primary,) + others, SYNC_S)
    for node in others:
        same_data(primary, node)


def expired_are_gone(node):
    with node.connect(20.0) as conn:
        for name in resp.info_fields(conn.call("INFO", "keyspace")):
            conn.call("SELECT", name[2:])
            keys = conn.call("KEYS", "*")
            if any(0 <= t < 2000 for t in conn.pipeline([("PTTL", k) for k in keys])):
                return False
            if len(keys) != conn.call("DBSIZE"):
                return False
    return True


def full_sync(lab, primary_kind, replica_kind, **options):
    primary = lab.node(primary_kind, save="", **options)
    fill(primary)
    writer = Writer(primary, 1)
    wait(lambda: writer.written > 100, "the writer writes")
    replicas = [lab.node(replica_kind, save="", primary=primary) for _ in range(2)]
    for replica in replicas:
        wait(lambda r=replica: r.follows(primary), "%s follows" % replica.label, SYNC_S)
    mark = writer.written
    wait(lambda: writer.written > mark + 500, "more is written")
    writer.stop()
    settle(primary, *replicas)
    check(primary.stat("sync_full") >= 2, "there were full synchronisations")


def partial_sync(lab, primary_kind, replica_kind):
    """A link that breaks is taken up again from the backlog, under load."""
    primary = lab.node(primary_kind, save="", repl_backlog_size="100mb")
    replica = lab.node(replica_kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    writer = Writer(primary, 2)
    for _ in range(3):
        before = primary.stat("sync_partial_ok")
        mark = writer.written
        wait(lambda: writer.written > mark + 200, "more is written")
        check(primary.call("CLIENT", "KILL", "TYPE", "replica") == 1, "the link was killed")
        wait(lambda: primary.stat("sync_partial_ok") > before, "the replica continued", SYNC_S)
    writer.stop()
    settle(primary, replica)
    check(primary.stat("sync_full") == 1, "no further full synchronisation")


def promotion(lab, kinds):
    """primary, and two replicas: one is promoted, the other and the old primary continue without a full synchronisation."""
    primary = lab.node(kinds[0], save="")
    one, two = (lab.node(kind, save="", primary=primary) for kind in kinds[1:])
    for replica in (one, two):
        wait(lambda r=replica: r.follows(primary), "%s follows" % replica.label, SYNC_S)
    writer = Writer(primary, 3)
    wait(lambda: writer.written > 300, "the writer writes")
    writer.stop()
    settle(primary, one, two)
    one.call("REPLICAOF", "NO", "ONE")
    check(one.call("ROLE")[0] == "master", "promoted")
    one.call("SET", "after", "promotion")
    two.call("REPLICAOF", HOST, one.port)
    primary.call("REPLICAOF", HOST, one.port)
    for node in (two, primary):
        wait(lambda n=node: n.follows(one), "%s follows the new primary" % node.label, SYNC_S)
    check(one.stat("sync_full") == 0, "nobody needed a full synchronisation (%d did)" % one.stat("sync_full"))
    check(one.stat("sync_partial_ok") == 2, "both continued")
    settle(one, two, primary)
    info = one.info()
    check(info["master_replid2"] != "0" * 40 and int(info["second_repl_offset"]) > 0, "the old history is remembered")
    check(two.info()["master_replid"] == info["master_replid"], "one history everywhere")


def promotion_after_kill(lab, kinds):
    primary = lab.node(kinds[0], save="")
    one, two = (lab.node(kind, save="", primary=primary) for kind in kinds[1:])
    for replica in (one, two):
        wait(lambda r=replica: r.follows(primary), "%s follows" % replica.label, SYNC_S)
    writer = Writer(primary, 4)
    wait(lambda: writer.written > 300, "the writer writes")
    primary.kill()
    writer.stop()
    for replica in (one, two):
        wait(lambda r=replica: r.info()["master_link_status"] == "down", "%s notices" % replica.label, 1.0)
    best, other = sorted((one, two), key=lambda n: -n.offset())
    best.call("REPLICAOF", "NO", "ONE")
    other.call("REPLICAOF", HOST, best.port)
    wait(lambda: other.follows(best), "the sibling follows", SYNC_S)
    check(best.stat("sync_full") == 0 and best.stat("sync_partial_ok") == 1, "it continued without a full synchronisation")
    writer = Writer(best, 5)
    wait(lambda: writer.written > 100, "writes go on")
    writer.stop()
    settle(best, other)


def chain(lab, kinds):
    nodes = [lab.node(kinds[0], save="")]
    fill(nodes[0], 300)
    for kind in kinds[1:]:
        nodes.append(lab.node(kind, save="", primary=nodes[-1]))
        wait(lambda: nodes[-1].follows(nodes[-2]), "%s follows" % nodes[-1].label, SYNC_S)
    writer = Writer(nodes[0], 6)
    wait(lambda: writer.written > 300, "the writer writes")
    if nodes[1].call("CLIENT", "KILL", "TYPE", "replica") != 1:
        raise Failed("no link to kill")
    mark = writer.written
    wait(lambda: writer.written > mark + 300, "more is written")
    writer.stop()
    settle(*nodes)
    check(nodes[1].stat("sync_full") == 1 and nodes[1].stat("sync_partial_ok") == 1, "the last one continued")


def restart_replica(lab, primary_kind):
    """A replica that was shut down cleanly continues where its file ends."""
    primary = lab.node(primary_kind, save="")
    replica = lab.node("picket", save="3600 1", primary=primary)
    fill(primary, 300)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    writer = primary.connect(20.0)
    writer.call("SELECT", 3)
    writer.call("SET", "before", "1")
    wait_same_offset((primary, replica), SYNC_S)
    status, seconds = replica.term()
    check(status == 0 and seconds < 1.0, "SIGTERM ends it cleanly within a second (status %s, %.2f s)" % (status, seconds))
    writer.call("SET", "meanwhile", "1")  # without another SELECT in the stream
    writer.close()
    replica.start().await_ready()
    wait(lambda: replica.follows(primary), "follows again", SYNC_S)
    check(primary.stat("sync_partial_ok") == 1 and primary.stat("sync_full") == 1, "it continued")
    settle(primary, replica)


def restart_primary(lab, replica_kind):
    """So does everybody else when the primary was shut down cleanly."""
    primary = lab.node("picket", save="3600 1")
    replica = lab.node(replica_kind, save="", primary=primary)
    fill(primary, 300)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    wait_same_offset((primary, replica), SYNC_S)
    status, _ = primary.term()
    check(status == 0, "ended cleanly")
    primary.start().await_ready()
    wait(lambda: replica.follows(primary), "follows again", SYNC_S)
    check(primary.stat("sync_full") == 0 and primary.stat("sync_partial_ok") == 1, "it continued")
    primary.call("SET", "more", "1")
    settle(primary, replica)


def reborn_empty(lab):
    """A replica keeps its data for a second when its primary is back at once without its own: so long supervisors have."""
    primary = lab.node("picket")
    replica = lab.node("picket", primary=primary)
    fill(primary, 300)
    settle(primary, replica)
    primary.kill()
    primary.start().await_ready()
    wait(lambda: replica.follows(primary) and replica.call("DBSIZE") == 0, "it follows the empty one in the end", SYNC_S)

    def logged_at(text, place):
        lines = [line for line in replica.log().splitlines() if text in line]
        return datetime.datetime.fromisoformat(lines[place].split()[0].rstrip("Z"))
    kept = (logged_at("receiving the primary's data", -1) - logged_at("link to primary", 0)).total_seconds()
    check(kept > 0.9, "it threw its data away after %.3f s" % kept)


def random_stream(lab, primary_kind, count, seed):
    """Random commands of all types, whatever their replies: replicas of both kinds come to the same data, also over broken links."""
    primary = lab.node(primary_kind, save="", repl_backlog_size="50mb")
    replicas = [lab.node(kind, save="", primary=primary) for kind in KINDS]
    for replica in replicas:
        wait(lambda r=replica: r.follows(primary), "%s follows" % replica.label, SYNC_S)
    maker = store_commands.Maker(seed)
    with primary.connect(60.0, raw=True) as conn:
        for step in range(count // 200):
            conn.pipeline([maker.command() for _ in range(200)])
            if step % 20 == 10:
                primary.call("CLIENT", "KILL", "TYPE", "replica")
            if step % 50 == 49:
                settle(primary, *replicas)
    settle(primary, *replicas)
    check(primary.stat("sync_full") == 2, "no further full synchronisation: a replica that fails at a command would need one")


def expired_while_down(lab, replica_kind):
    """Keys that expire while their primary is down are deleted by it when it is back, at its replicas too."""
    primary = lab.node("picket", save="3600 1")
    replica = lab.node(replica_kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    primary.call("SET", "short", "1", "PX", 300)
    primary.call("SET", "long", "1")
    wait_same_offset((primary, replica), SYNC_S)
    primary.term()
    wait(lambda: replica.call("GET", "short") is None, "its time is over")
    check(replica.call("DBSIZE") == 2, "the replica keeps it")
    primary.start().await_ready()
    wait(lambda: replica.follows(primary), "follows again", SYNC_S)
    wait(lambda: replica.call("DBSIZE") == 1, "it is gone there too")
    check(primary.stat("sync_full") == 0 and primary.call("DBSIZE") == 1, "without a full synchronisation")


def unsupported(lab):
    """A value of a type that picket-store has not got: no synchronisation, the old data stay, and the log says why."""
    primary = lab.node("redis", save="")
    replica = lab.node("picket", save="")
    replica.call("SET", "mine", "1")
    primary.call("XADD", "some:stream", "*", "field", "value")
    replica.call("REPLICAOF", HOST, primary.port)
    wait(lambda: "key 'some:stream'" in replica.log(), "the log names the key")
    check(replica.call("GET", "mine") == "1", "its own data are still there")
    check(replica.info()["master_link_status"] == "down", "the link is down")
    primary.call("DEL", "some:stream")
    wait(lambda: replica.follows(primary), "it follows once the key is gone", SYNC_S)
    primary.call("XADD", "other:stream", "*", "field", "value")
    wait(lambda: "fails here: XADD" in replica.log(), "a command in the stream is refused too")
    wait(lambda: "key 'other:stream'" in replica.log(), "then everything is asked for, and refused")
    check(replica.info()["master_link_status"] == "down", "the link is down again")
    primary.call("DEL", "other:stream")
    primary.call("SET", "plain", "1")
    wait(lambda: replica.follows(primary) and replica.call("GET", "plain") == "1", "it follows again", SYNC_S)


def never_expires(lab, primary_kind):
    """A replica shows no expired key, and deletes none."""
    primary = lab.node(primary_kind, save="")
    replica = lab.node("picket", save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    primary.call("SET", "first", "1")
    wait(lambda: replica.call("GETRANGE", "first", 0, -1) == "1", "the stream flows")
    primary.call("DEL", "first")
    primary.call("SET", "short", "v", "PX", 500)
    wait(lambda: replica.call("GET", "short") == "v", "it arrives")
    primary.stop()
    wait(lambda: replica.call("GET", "short") is None, "it is not shown any more")
    check(replica.call("DBSIZE") == 1 and replica.call("EXISTS", "short") == 0, "it is still there")
    check(replica.call("TTL", "short") == -2 and replica.call("KEYS", "*") == [], "to nobody")
    primary.cont()
    wait(lambda: replica.call("DBSIZE") == 0, "the primary deletes it")
    check(int(replica.info("stats")["expired_keys"]) == 0, "it did not expire here")


def guards(lab, primary_kind, replica_kind):
    """min-replicas-to-write, replica-read-only, replica-serve-stale-data, WAIT."""
    primary = lab.node(primary_kind, save="")
    replica = lab.node(replica_kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)

    def error(node, *words):
        with node.connect(10.0) as conn:
            conn.send(*words)
            value = conn.read()
            return str(value) if isinstance(value, resp.RespError) else ""
    check(error(replica, "SET", "a", "b").startswith("READONLY"), "READONLY")
    check(primary.call("SET", "a", "b") == "OK" and primary.call("WAIT", 1, 5000) == 1, "WAIT 1")
    begin = time.monotonic()
    check(primary.call("WAIT", 2, 300) == 1 and time.monotonic() - begin >= 0.29, "WAIT 2 runs into its time-out")
    primary.call("CONFIG", "SET", "min-replicas-to-write", 1, "min-replicas-max-lag", 1)
    wait(lambda: primary.call("SET", "a", "b") == "OK", "one replica is enough")
    replica.stop()
    wait(lambda: error(primary, "SET", "a", "c").startswith("NOREPLICAS"), "NOREPLICAS")
    check(primary.call("GET", "a") in ("b", "c"), "reads go on")
    replica.cont()
    wait(lambda: error(primary, "SET", "a", "d") == "", "writes go on")
    primary.call("CONFIG", "SET", "min-replicas-to-write", 0)
    replica.call("CONFIG", "SET", "replica-serve-stale-data", "no")
    primary.kill()
    wait(lambda: error(replica, "GET", "a").startswith("MASTERDOWN"), "MASTERDOWN")
    check(error(replica, "INFO") == "" and error(replica, "PING").startswith("MASTERDOWN"), "as Redis has it")


def large_commands(lab, replica_kind):
    """Commands larger than the backlog reach the replicas all the same."""
    primary = lab.node("picket", save="", repl_backlog_size="16kb")
    replica = lab.node(replica_kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    with primary.connect(30.0) as conn:
        for i in range(5):
            conn.call("SET", "large%d" % i, "x" * (1000003 * (i + 1)))
        conn.pipeline([("SET", "many%d" % i, "y" * 3000) for i in range(2000)])
    settle(primary, replica)
    check(primary.stat("sync_full") == 1, "without another full synchronisation")


def publish(lab, primary_kind, replica_kind):
    primary = lab.node(primary_kind, save="")
    replica = lab.node(replica_kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    with replica.connect(10.0) as conn:
        conn.subscribe("news")
        # Redis holds the stream back until the replica's first word; one of these will come.
        def heard():
            primary.call("PUBLISH", "news", "hello")
            message = conn.next_message(0.5)
            return message is not None and message.payload == "hello"
        wait(heard, "the message arrives")


def child_killed(lab):
    """The child of a full synchronisation dies: the replica tries again, and gets all of it."""
    primary = lab.node("picket", save="")
    with primary.connect(60.0) as conn:
        for start in range(0, 200000, 5000):
            conn.pipeline([("SET", "key:%d" % i, "value of %d" % i) for i in range(start, start + 5000)])
    replica = lab.node("picket", save="", primary=primary)
    killed = kill_children(primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    settle(primary, replica)
    if killed and primary.stat("sync_full") < 2:
        raise Failed("a killed child cannot have been enough")


def interrupted(lab):
    """kill -9 of either side in the middle of a full synchronisation: the replica keeps what it had until it has all."""
    primary = lab.node("picket", save="", repl_diskless_sync_delay=0)
    with primary.connect(60.0) as conn:
        for start in range(0, 300000, 10000):
            conn.pipeline([("SET", "key:%d" % i, "value of %d" % i) for i in range(start, start + 10000)])
        conn.call("SAVE")
    replica = lab.node("picket", save="")
    for victim in (primary, replica, primary):
        replica.call("REPLICAOF", "NO", "ONE")
        replica.call("FLUSHALL")
        replica.call("SET", "mine", "1")
        replica.call("SAVE")
        replica.call("REPLICAOF", HOST, primary.port)
        caught = wait(lambda: replica.info()["master_sync_in_progress"] == "1" or replica.follows(primary), "it begins", SYNC_S)
        check(caught, "seen")
        victim.kill()
        if victim is primary:
            wait(lambda: replica.info()["master_link_status"] == "down", "the link is down", 2.0)
            check(replica.call("DBSIZE") in (1, 300000), "all or nothing, not %d keys" % replica.call("DBSIZE"))
        victim.start().await_ready()
        replica.call("REPLICAOF", HOST, primary.port)
        wait(lambda: replica.follows(primary), "follows in the end", SYNC_S)
        check(replica.call("DBSIZE") == 300000, "with all keys")


def kill_children(node):
    import os
    import signal
    limit = time.monotonic() + 2.0
    while time.monotonic() < limit:
        with open("/proc/%d/task/%d/children" % (node.pid, node.pid)) as file:
            children = [int(w) for w in file.read().split()]
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def passwords(lab, primary_kind, replica_kind):
    primary = lab.node(primary_kind, save="", requirepass="secret")
    replica = lab.node(replica_kind, save="", masterauth="wrong", primary=primary)
    wait(lambda: replica.info()["master_link_status"] == "down" and "WRONGPASS" in replica.log(), "refused", SYNC_S)
    replica.call("CONFIG", "SET", "masterauth", "secret")
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    primary.call("SET", "a", "b")
    wait(lambda: replica.call("GET", "a") == "b", "the write arrives")


def state_file(lab):
    """REPLICAOF and CONFIG REWRITE survive kill -9, and override the command line."""
    primary = lab.node("picket", save="")
    other = lab.node("picket", save="")
    replica = lab.node("picket", save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    replica.call("REPLICAOF", HOST, other.port)
    replica.call("CONFIG", "SET", "replica-priority", 7)
    check(replica.call("CONFIG", "REWRITE") == "OK", "written")
    replica.kill()
    replica.start().await_ready()
    wait(lambda: replica.follows(other), "follows the one it was told to", SYNC_S)
    check(replica.call("CONFIG", "GET", "replica-priority")[1] == "7", "the priority is kept")
    replica.call("REPLICAOF", "NO", "ONE")
    replica.call("CONFIG", "REWRITE")
    replica.kill()
    replica.start().await_ready()
    check(replica.call("ROLE")[0] == "master", "it is a primary, whatever the command line says")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    seed = (int(sys.argv[2]) if len(sys.argv) > 2 else SEED) or random.SystemRandom().randint(1, 10**6)
    lab = Lab("store_replication")
    for kind in KINDS:
        lab.case("%s: %d random commands, seed %d" % (kind, count, seed), random_stream, lab, kind, count, seed)
    for one in KINDS:
        for other in KINDS:
            if (one, other) == ("redis", "redis"):
                continue
            name = "%s -> %s: " % (one, other)
            lab.case(name + "full synchronisation under load", full_sync, lab, one, other)
            lab.case(name + "partial synchronisation under load", partial_sync, lab, one, other)
            lab.case(name + "messages", publish, lab, one, other)
            lab.case(name + "passwords", passwords, lab, one, other)
            lab.case(name + "guards", guards, lab, one, other)
    for other in KINDS:
        lab.case("picket -> %s: full synchronisation by way of a file" % other, lambda: full_sync(
            lab, "picket", other, repl_diskless_sync="no"))
        lab.case("picket -> %s: commands larger than the backlog" % other, large_commands, lab, other)
        lab.case("%s -> picket: a replica never expires keys" % other, never_expires, lab, other)
        lab.case("%s -> picket: the replica is restarted" % other, restart_replica, lab, other)
        lab.case("picket -> %s: the primary is restarted" % other, restart_primary, lab, other)
        lab.case("picket -> %s: keys expire meanwhile" % other, expired_while_down, lab, other)
    lab.case("redis -> picket by way of a file", lambda: full_sync(
        # Slow enough for the empty lines by which a primary says that it is still at it.
        lab, "redis", "picket", repl_diskless_sync="no", rdb_key_save_delay=200))
    for kinds in (("picket", "picket", "picket"), ("redis", "picket", "redis"), ("picket", "redis", "picket")):
        lab.case("promotion: %s" % ", ".join(kinds), promotion, lab, kinds)
        lab.case("promotion after kill -9: %s" % ", ".join(kinds), promotion_after_kill, lab, kinds)
        lab.case("chain: %s" % " -> ".join(kinds), chain, lab, kinds)
    lab.case("the primary comes back empty", reborn_empty, lab)
    lab.case("types that are not supported", unsupported, lab)
    lab.case("the child is killed", child_killed, lab)
    lab.case("kill -9 in a full synchronisation", interrupted, lab)
    lab.case("state file", state_file, lab)
    lab.finish()


if __name__ == "__main__":
    main()
