"""What a supervisor may say to picket-store: the start gate, the write lease, and PICKET STATUS.

    store_guard.py          a short form
    store_guard.py --long   freezes the process more often
"""

import os
import random
import sys
import threading
import time

import resp
from storelab import HOST, KINDS, Lab
from waiting import check, wait

SYNC_S = 60.0
LEASE_MS = 3000


def said(node, *words):
    """The reply as a value, or the text of the error."""
    with node.connect(10.0) as conn:
        conn.send(*words)
        value = conn.read()
        return str(value) if isinstance(value, resp.RespError) else value


def refused(node, *words):
    """The code of the error that comes; empty: none does."""
    with node.connect(10.0) as conn:
        conn.send(*words)
        value = conn.read()
        return value.code if isinstance(value, resp.RespError) else ""


def status(node):
    return resp.pairs(node.call("PICKET", "STATUS"))


def clock_ms():
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)


def lease_is_needed(lab):
    node = lab.node("picket", save="", write_lease_ms=LEASE_MS)
    check(refused(node, "SET", "a", "1") == "NOLEASE", "no write without a lease")
    check(status(node)["writes"] == "lease", "STATUS says why")
    node.call("CONFIG", "SET", "write-lease-ms", 0, "min-replicas-to-write", 1)
    check(status(node)["writes"] == "min-replicas", "so it does of other reasons")
    node.call("CONFIG", "SET", "write-lease-ms", LEASE_MS, "min-replicas-to-write", 0)
    check(refused(node, "GET", "a") == "" and refused(node, "PING") == "", "reads go on")
    left, clock = node.call("PICKET", "LEASE", 60000, 1, "sup-a")
    check(left == LEASE_MS, "no more than write-lease-ms is granted, %d were" % left)
    check(abs(clock - clock_ms()) < 60000, "the clock is that of the host since boot")
    check(said(node, "SET", "a", "1") == "OK" and status(node)["writes"] == "yes", "writes are taken")
    info = node.info()
    check(info["lease_epoch"] == "1" and info["lease_holder"] == "sup-a" and info["write_lease_ms"] == str(LEASE_MS), "INFO")
    check(0 < int(info["lease_left_ms"]) <= LEASE_MS, "INFO says what is left")
    check(node.call("PICKET", "LEASE", 0, 1, "sup-a")[0] == 0, "revoked")
    check(refused(node, "SET", "a", "2") == "NOLEASE", "at once")
    with node.connect() as conn:
        replies = conn.pipeline([("MULTI",), ("SET", "a", "3"), ("EXEC",)])
    check(replies[1].code == "NOLEASE" and replies[2].code == "EXECABORT", "nor within a transaction: %r" % replies)
    check(node.call("GET", "a") == "1", "nothing was written")
    node.call("PICKET", "LEASE", LEASE_MS, 1, "sup-a")
    check(node.call("CONFIG", "SET", "write-lease-ms", 20) == "OK" and status(node)["lease_left_ms"] <= 20, "a shorter option cuts it")
    wait(lambda: refused(node, "SET", "a", "2") == "NOLEASE", "it runs out")
    node.call("CONFIG", "SET", "write-lease-ms", 0)
    check(said(node, "SET", "a", "2") == "OK" and node.call("PICKET", "LEASE", 60000, 1, "sup-a")[0] == 60000, "off: writes, and leases all the same")
    check(node.call("CONFIG", "SET", "write-lease-ms", LEASE_MS) == "OK" and said(node, "SET", "a", "3") == "OK", "on again without a gap")
    node.call("PICKET", "LEASE", 0, 1, "sup-a")
    node.call("PICKET", "LEASE", 1, 1, "sup-a")
    wait(lambda: refused(node, "SET", "a", "2") == "NOLEASE", "it runs out by itself")


def lease_epochs(lab):
    node = lab.node("picket", save="", write_lease_ms=LEASE_MS)
    node.call("PICKET", "LEASE", LEASE_MS, 5, "sup-a")
    check(refused(node, "PICKET", "LEASE", LEASE_MS, 4, "sup-a") == "STALEEPOCH", "an older epoch")
    check(refused(node, "PICKET", "LEASE", LEASE_MS, 5, "sup-b") == "STALEEPOCH", "the same epoch of another one")
    check(refused(node, "PICKET", "LEASE", 0, 4, "sup-b") == "STALEEPOCH", "it cannot revoke either")
    check(refused(node, "SET", "a", "1") == "", "the lease stands")
    check(node.call("PICKET", "LEASE", 0, 6, "sup-b")[0] == 0, "a newer one revokes")
    check(refused(node, "SET", "a", "2") == "NOLEASE", "no write")
    check(refused(node, "PICKET", "LEASE", LEASE_MS, 5, "sup-a") == "STALEEPOCH", "the old one gets nothing any more")
    node.kill()
    node.start().await_ready()
    check(refused(node, "SET", "a", "2") == "NOLEASE", "a lease does not outlive its process")
    check(refused(node, "PICKET", "LEASE", LEASE_MS, 5, "sup-a") == "STALEEPOCH", "but the epoch does")
    check(node.call("PICKET", "LEASE", LEASE_MS, 6, "sup-b")[0] == LEASE_MS, "its holder renews")
    for words in [("x", 6, "sup-b"), (-1, 6, "sup-b"), (3600001, 6, "sup-b"), (1, "x", "sup-b"), (1, -1, "sup-b"), (1, 6, ""),
                  (1, 6, "a b"), (1, 6, "x" * 65), (1, 6, "sup-b", "FROM"), (1, 6, "sup-b", "FROM", "x"), (1, 6, "sup-b", "TILL", 1)]:
        check(refused(node, "PICKET", "LEASE", *words) == "ERR", "%r is refused" % (words,))
    check(refused(node, "PICKET", "LEASE", 1, 6, "sup-b", "FROM", clock_ms() + 10 ** 6) == "BADCLOCK", "a clock of the future")


def epoch_is_durable(lab):
    """An epoch that cannot be written is not granted; a revocation holds all the same."""
    node = lab.node("picket", save="", write_lease_ms=LEASE_MS)
    node.call("PICKET", "LEASE", LEASE_MS, 1, "sup-a")
    os.mkdir(node.file("picket-store.guard.new"))
    check("cannot be kept" in said(node, "PICKET", "LEASE", LEASE_MS, 2, "sup-b"), "refused")
    check(status(node)["lease_epoch"] == 1, "the old one stays")
    check("cannot be kept" in said(node, "PICKET", "LEASE", 0, 2, "sup-b"), "an error")
    check(refused(node, "SET", "a", "1") == "NOLEASE", "but revoked")
    os.rmdir(node.file("picket-store.guard.new"))
    node.kill()
    with open(node.file("picket-store.guard"), "w") as file:
        file.write("lease_epoch = ;\n")
    node.start()
    wait(node.exited if hasattr(node, "exited") else node.crashed, "it does not start on a broken file")
    check("picket-store.guard:1" in node.log(), "and says where: %s" % node.tail())
    with open(node.file("picket-store.guard"), "w") as file:
        file.write('lease_epoch = 3L;\nlease_holder = "sup-c";\n')
    node.start().await_ready()
    check(status(node)["lease_epoch"] == 3, "read again")


def frozen_primary(lab):
    """Writes and a renewal that lie in the sockets of a frozen primary: none counts when it thaws after the lease."""
    node = lab.node("picket", save="", write_lease_ms=300)
    left, clock = node.call("PICKET", "LEASE", 300, 1, "sup-a")
    with node.connect(20.0) as writer, node.connect(20.0) as supervisor:
        writer.call("PING"), supervisor.call("PING")
        wait(lambda: node.call("PICKET", "LEASE", 300, 1, "sup-a", "FROM", clock_ms())[0] > 0, "renewed")
        clock = clock_ms()
        node.stop()
        supervisor.send("PICKET", "LEASE", 300, 1, "sup-a", "FROM", clock)
        for i in range(100):
            writer.send("SET", "key:%d" % i, "v")
        wait(lambda: clock_ms() > clock + 300, "the lease is over")
        node.cont()
        check(supervisor.read()[0] == 0, "the late renewal gives nothing")
        replies = [writer.read() for _ in range(100)]
        check(all(isinstance(r, resp.RespError) and r.code == "NOLEASE" for r in replies), "all refused: %r" % replies[0])
    check(node.call("DBSIZE") == 0, "nothing was written")


def thawed_between_write_and_reply(lab):
    """DEBUG SLEEP between a write and its reply stands for a freeze in mid-turn: the client hears nothing."""
    node = lab.node("picket", save="", write_lease_ms=300)
    node.call("PICKET", "LEASE", 300, 1, "sup-a")
    with node.connect(20.0) as conn:
        conn.send_bytes(b"".join(resp.encode(w) for w in (("PICKET", "LEASE", 300, 1, "sup-a"), ("SET", "a", "1"), ("DEBUG", "SLEEP", "0.5"))))
        try:
            heard = [conn.read() for _ in range(3)]
        except resp.Closed:
            heard = []
    check(heard == [], "no acknowledgement: %r" % heard)


class Writer(threading.Thread):
    """Writes in pipelines; counts what is acknowledged after a moment that is set from outside."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node = node
        self.thawed = threading.Event()
        self.end = threading.Event()
        self.before = self.late = 0
        self.start()

    def run(self):
        batch = b"".join(resp.encode(("INCR", "n")) for _ in range(200))
        while not self.end.is_set():
            try:
                with self.node.connect(20.0) as conn:
                    while not self.end.is_set():
                        conn.send_bytes(batch)
                        for _ in range(200):
                            value = conn.read()
                            # Told before it is looked at: what came before the thaw was sent before the freeze.
                            if self.thawed.is_set():
                                self.late += not isinstance(value, resp.RespError)
                            else:
                                self.before += not isinstance(value, resp.RespError)
            except OSError:
                pass


def frozen_under_load(lab, rounds):
    """Frozen at any point of its work for longer than its lease: whatever it says after the thaw is no acknowledgement."""
    draw = random.Random(1)
    total = 0
    for _ in range(rounds):
        node = lab.node("picket", save="", write_lease_ms=LEASE_MS)
        clock = node.call("PICKET", "LEASE", LEASE_MS, 1, "sup-a")[1]
        writers = [Writer(node) for _ in range(4)]
        wait(lambda: sum(w.before for w in writers) > draw.randint(1000, 20000), "writes")
        node.call("CONFIG", "SET", "write-lease-ms", 100)
        clock = node.call("PICKET", "LEASE", 100, 1, "sup-a", "FROM", clock_ms())[1]
        node.stop()
        # A lease may have been over before the freeze; then there is nothing to see in this round.
        wait(lambda: clock_ms() > clock + 200, "the lease is over, and what was sent is read")
        for w in writers:
            w.thawed.set()
        node.cont()
        check(refused(node, "SET", "a", "1") == "NOLEASE", "refused")
        for w in writers:
            w.end.set()
        for w in writers:
            w.join(30.0)
        late = sum(w.late for w in writers)
        check(late == 0, "%d writes were acknowledged behind the lease" % late)
        total += sum(w.before for w in writers)
        lab.clear()
    print("      %d freezes, %d writes, none acknowledged behind the lease" % (rounds, total))


def lease_and_roles(lab):
    primary = lab.node("picket", save="", write_lease_ms=LEASE_MS)
    primary.call("PICKET", "LEASE", LEASE_MS, 1, "sup-a")
    replica = lab.node("picket", save="", write_lease_ms=LEASE_MS, primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    primary.call("SET", "a", "1")
    wait(lambda: replica.call("GET", "a") == "1", "the stream needs no lease there", SYNC_S)
    check(refused(replica, "SET", "a", "2") == "READONLY", "READONLY")
    check(replica.call("PICKET", "LEASE", LEASE_MS, 2, "sup-a")[0] == 0, "a replica gets no lease, only the epoch")
    with replica.connect() as conn:
        replies = conn.pipeline([("MULTI",), ("REPLICAOF", "NO", "ONE"), ("PICKET", "LEASE", LEASE_MS, 2, "sup-a"), ("EXEC",)])
    check(replies[-1][0] == "OK" and replies[-1][1][0] == LEASE_MS, "promoted with a lease in one: %r" % replies)
    check(said(replica, "SET", "a", "2") == "OK", "it writes")
    check(primary.call("REPLICAOF", HOST, replica.port) == "OK", "the old one follows")
    wait(lambda: primary.follows(replica), "follows", SYNC_S)
    primary.call("REPLICAOF", "NO", "ONE")
    check(refused(primary, "SET", "a", "3") == "NOLEASE", "its lease ended with its role")


def nothing_moves_without_a_lease(lab, kind):
    """Expired keys stay while the lease is out, so that an ex-primary that was cut off can continue elsewhere."""
    primary = lab.node("picket", save="", write_lease_ms=LEASE_MS)
    replica = lab.node(kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    primary.call("PICKET", "LEASE", LEASE_MS, 1, "sup-a")
    with primary.connect() as conn:
        conn.pipeline([("MULTI",), ("SET", "short", "1", "PX", 30), ("EXEC",)])
    primary.call("PICKET", "LEASE", 0, 1, "sup-a")
    offset = primary.offset()
    wait(lambda: primary.call("GET", "short") is None, "it is not shown")
    check(primary.call("DBSIZE") == 1 and primary.offset() == offset, "but still there")
    primary.call("PICKET", "LEASE", LEASE_MS, 1, "sup-a")
    wait(lambda: primary.call("DBSIZE") == 0, "deleted as soon as there is a lease")


def gate(lab, kind):
    """A primary that comes back is no danger to anybody until it is confirmed."""
    primary = lab.node("picket", save="", start_gate="yes")
    check(primary.info()["start_gate"] == "open" and said(primary, "SET", "a", "1") == "OK", "a new one is open")
    replica = lab.node(kind, save="", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    wait(lambda: replica.call("GET", "a") == "1", "the write is there", SYNC_S)
    primary.kill()
    primary.start().await_ready()
    check(primary.call("DBSIZE") == 0 and primary.info()["start_gate"] == "closed", "reborn empty, and closed")
    check(refused(primary, "SET", "a", "2") == "GATECLOSED" and status(primary)["writes"] == "gate", "no write")
    wait(lambda: "start gate is closed" in replica.log(), "the replica asks and is refused", SYNC_S)
    check(replica.call("GET", "a") == "1" and replica.info()["master_link_status"] == "down", "it keeps its data")
    primary.kill()
    primary.start().await_ready()
    check(primary.info()["start_gate"] == "closed", "another restart opens nothing")
    check(primary.call("PICKET", "CONFIRM") == "OK" and said(primary, "SET", "b", "1") == "OK", "confirmed")
    wait(lambda: replica.follows(primary), "now it follows", SYNC_S)


def gate_repointed(lab):
    primary = lab.node("picket", save="3600 1", start_gate="yes")
    replica = lab.node("picket", save="", start_gate="yes", primary=primary)
    wait(lambda: replica.follows(primary), "follows", SYNC_S)
    primary.call("SET", "a", "1")
    wait(lambda: replica.call("GET", "a") == "1", "the write is there", SYNC_S)
    primary.term()
    replica.call("REPLICAOF", "NO", "ONE")
    check(replica.info()["start_gate"] == "open" and said(replica, "SET", "a", "2") == "OK", "a promoted one is open")
    primary.start().await_ready()
    check(primary.info()["start_gate"] == "closed" and primary.call("GET", "a") == "1", "closed, with its data")
    check(refused(primary, "PICKET", "CONFIRM", 0, "sup-a") == "" and primary.info()["start_gate"] == "open", "in an epoch")
    primary.call("PICKET", "CONFIRM", 7, "sup-b")
    primary.kill()
    primary.start().await_ready()
    check(refused(primary, "PICKET", "CONFIRM", 6, "sup-a") == "STALEEPOCH", "an old epoch confirms nothing")
    check(primary.info()["start_gate"] == "closed", "still closed")
    primary.call("REPLICAOF", HOST, replica.port)
    check(primary.info()["start_gate"] == "open", "repointed")
    wait(lambda: primary.follows(replica), "follows", SYNC_S)
    check(replica.stat("sync_full") == 0, "and continues")
    primary.kill()
    primary.start().await_ready()
    check(primary.info()["start_gate"] == "closed", "the command line makes it a primary")
    check(said(primary, "REPLICAOF", "NO", "ONE") == "OK" and primary.info()["start_gate"] == "open", "promotion opens it")


def gate_strict(lab):
    node = lab.node("picket", save="", start_gate="strict")
    check(refused(node, "SET", "a", "1") == "GATECLOSED", "strict: a new one waits too")
    node.call("PICKET", "CONFIRM")
    check(said(node, "SET", "a", "1") == "OK", "confirmed")
    off = lab.node("picket", save="3600 1")
    off.call("SET", "a", "1")
    off.term()
    off.start().await_ready()
    check(off.info()["start_gate"] == "off" and said(off, "SET", "a", "2") == "OK", "without the option nothing is asked")
    check(not os.path.exists(off.file("picket-store.guard")), "and nothing is written")


def manual(lab):
    """The man page knows what STATUS says, and the settings behind it."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "etc", "man", "picket-store.1")) as file:
        text = file.read()
    node = lab.node("picket", save="")
    names = list(status(node)) + ["sync-replicas", "sync-replicas-timeout", "start-gate", "write-lease-ms"]
    missing = [name for name in names if name not in text]
    check(not missing, "not in the man page: %s" % ", ".join(missing))
    for line in said(node, "PICKET", "HELP")[1::2]:
        check("PICKET " + line in text or line == "HELP", "%s is not in the man page" % line)


def main():
    lab = Lab("store_guard")
    lab.case("the man page", manual, lab)
    lab.case("writes need a lease", lease_is_needed, lab)
    lab.case("epochs of the lease", lease_epochs, lab)
    lab.case("epochs are durable", epoch_is_durable, lab)
    lab.case("a frozen primary", frozen_primary, lab)
    lab.case("frozen between write and reply", thawed_between_write_and_reply, lab)
    lab.case("frozen under load", frozen_under_load, lab, 40 if "--long" in sys.argv else 4)
    lab.case("lease and roles", lease_and_roles, lab)
    for kind in KINDS:
        lab.case("picket -> %s: nothing moves without a lease" % kind, nothing_moves_without_a_lease, lab, kind)
        lab.case("picket -> %s: the start gate" % kind, gate, lab, kind)
    lab.case("the start gate and REPLICAOF", gate_repointed, lab)
    lab.case("the start gate, strict and off", gate_strict, lab)
    lab.finish()


if __name__ == "__main__":
    main()
