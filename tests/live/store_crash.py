"""kill -9 at any moment, again and again: every restart succeeds, and under `appendfsync always` nothing that was acknowledged is lost.

    store_crash.py [ROUNDS [SEED]]      ROUNDS kills in each of the cases (default 5); SEED 0 draws one

Clients write to keys of their own, each write a rising number, some in transactions over two keys, and note what was
acknowledged. After each restart every key must hold at least what was acknowledged last, at most what was sent last, and
the keys of a transaction must agree.
"""

import os
import random
import sys
import threading
import time

import resp
from disk import Disk
from storelab import Lab, wait_same_offset
from waiting import Failed, check, wait

ROUNDS = 5
SEED = 4711
WRITERS = 4
KILL_S = 0.25  # at most so long after the beginning of what is to be interrupted


class Writer(threading.Thread):
    """One client; `sent` and `acked` are of its counter, and go on over restarts of the node."""

    def __init__(self, node, name):
        super().__init__(daemon=True)
        self.node, self.name_of_key = node, name
        self.sent = self.acked = 0
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            try:
                with self.node.connect(5.0) as conn:
                    while not self.ends.is_set():
                        self.write(conn)
            except (OSError, resp.RespError):
                time.sleep(0.005)  # it is down, or still loading

    def write(self, conn):
        number = self.sent = self.sent + 1
        key = self.name_of_key
        if number % 3 == 0:
            conn.send_bytes(b"".join(resp.encode(c) for c in [["MULTI"], ["SET", key, number], ["HSET", key + ":h", "f", number], ["EXEC"]]))
            replies = [conn.read() for _ in range(4)]
            if isinstance(replies[3], resp.RespError):
                raise replies[3]
        else:
            for command in (["SET", key, number], ["HSET", key + ":h", "f", number])[:1 if number % 3 == 1 else 2]:
                conn.call(*command)
        self.acked = number


class Crowd:
    def __init__(self, node):
        self.node = node
        self.writers = [Writer(node, "w%d" % i) for i in range(WRITERS)]
        for w in self.writers:
            w.start()

    def pause(self):
        """No more writes until a restart has been looked at."""
        for w in self.writers:
            w.ends.set()
        for w in self.writers:
            w.join()

    def resume(self):
        old = self.writers
        self.writers = [Writer(self.node, w.name_of_key) for w in old]
        for new, w in zip(self.writers, old):
            new.sent, new.acked = w.sent, w.acked
            new.start()

    def total(self):
        return sum(w.acked for w in self.writers)

    def verify(self, lost_allowed=False):
        with self.node.connect(10.0) as conn:
            for w in self.writers:
                plain, field = conn.call("GET", w.name_of_key), conn.call("HGET", w.name_of_key + ":h", "f")
                have = int(plain or 0)
                check(have <= w.sent, "%s: %d was never sent (%d)" % (w.name_of_key, have, w.sent))
                if not lost_allowed:
                    check(have >= w.acked, "%s: %d was acknowledged, %d is there" % (w.name_of_key, w.acked, have))
                if have % 3 == 0:
                    check(int(field or 0) == have, "%s: half a transaction: %s and %s" % (w.name_of_key, plain, field))


def ready(node):
    node.start()
    wait(lambda: node.call("PING") == "PONG" and node.info("persistence")["loading"] == "0", "%s is up" % node.label)
    check(not node.crashed(), "it came up")


def ballast(node, keys=60000):
    with node.connect(60.0) as conn:
        for start in range(0, keys, 10000):
            conn.pipeline([("SET", "ballast:%d" % i, "value %d" % i) for i in range(start, start + 10000)])


def clean(node):
    """Nothing is left lying about; what a rewrite that has just begun works on goes by itself."""
    folders = [f for f in (node.dir, os.path.join(node.dir, "appendonlydir")) if os.path.isdir(f)]
    wait(lambda: not [n for f in folders for n in os.listdir(f) if n.startswith("temp-")], "nothing is left behind in %s" % folders)


def crash(lab, draw, rounds, trouble, lost_allowed=False, power=False, **options):
    """trouble(node) begins something; some moment later the node dies. power: and its disk forgets what was not synced."""
    node = lab.node("picket", save="", start=False, **options)
    disk = Disk(lab, node) if power else None
    ready(node)
    lost = 0
    ballast(node)
    node.call("SAVE", timeout=30.0)
    crowd = Crowd(node)
    for _ in range(rounds):
        before = crowd.total()
        wait(lambda b=before: crowd.total() > b + 20, "writes")
        trouble(node)
        time.sleep(draw.random() * KILL_S)  # any moment is as good as another
        node.kill()
        crowd.pause()
        lost += disk.cut_power() if disk else 0
        ready(node)
        clean(node)
        crowd.verify(lost_allowed)
        check(node.call("DBSIZE") >= 60000, "the ballast is there")
        crowd.resume()
    crowd.pause()
    crowd.verify(lost_allowed)
    if disk:
        print("note: power cuts lost %d bytes%s" % (lost, "" if lost_allowed else ", none of them acknowledged"))
        check(lost > 0, "the disk never forgot anything")


def ask(*words):
    def trouble(node):
        with node.connect(5.0) as conn:
            conn.send(*words)
            conn.read()
    return trouble


def full_sync(lab, draw, rounds):
    """Replica and primary die in turn while data are sent in full; in the end both are the same."""
    primary = lab.node("picket", save="", appendonly="yes", appendfsync="always", repl_backlog_size="16kb")
    ballast(primary)
    replica = lab.node("picket", save="", appendonly="yes", appendfsync="always", primary=primary, start=False)
    crowd = Crowd(primary)
    for turn in range(rounds):
        before = crowd.total()
        if replica.popen is None or not replica.alive():
            replica.start()
        time.sleep(draw.random() * KILL_S)
        victim = replica if turn % 2 == 0 else primary
        victim.kill()
        if victim is primary:
            crowd.pause()
            ready(primary)
            crowd.verify()
            crowd.resume()
        wait(lambda b=before: crowd.total() > b + 20, "writes")
    if not replica.alive():
        ready(replica)
    wait(lambda: replica.follows(primary), "it follows")
    crowd.pause()
    wait_same_offset([primary, replica])
    crowd.verify()
    crowd.node = replica
    crowd.verify()
    wait(lambda: replica.info("persistence")["aof_rewrite_scheduled"] == "0"
         and replica.info("persistence")["aof_rewrite_in_progress"] == "0", "the replica's log is whole")
    replica.kill()
    replica.options.pop("primary")
    replica.set_argv()
    ready(replica)
    crowd.verify()


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    seed = (int(sys.argv[2]) if len(sys.argv) > 2 else SEED) or random.SystemRandom().randrange(1, 10**6)
    draw = random.Random(seed)
    print("note: seed %d, %d kills a case" % (seed, rounds))
    always = {"appendonly": "yes", "appendfsync": "always"}
    lab = Lab("store_crash")
    lab.case("writes", lambda: crash(lab, draw, rounds, lambda node: None, **always))
    lab.case("rewrite of the log", lambda: crash(lab, draw, rounds, ask("BGREWRITEAOF"), **always))
    lab.case("background save", lambda: crash(lab, draw, rounds, ask("BGSAVE"), **always))
    lab.case("rewrites by size", lambda: crash(lab, draw, rounds, lambda node: None, auto_aof_rewrite_min_size="1kb",
                                               auto_aof_rewrite_percentage=1, **always))
    lab.case("switched on", lambda: crash(lab, draw, max(2, rounds // 2), ask("CONFIG", "SET", "appendonly", "yes"), True))
    lab.case("everysec", lambda: crash(lab, draw, rounds, lambda node: None, True, appendonly="yes"))
    lab.case("power cuts", lambda: crash(lab, draw, rounds, ask("BGREWRITEAOF"), power=True, **always))
    lab.case("power cuts, everysec", lambda: crash(lab, draw, rounds, ask("BGREWRITEAOF"), True, True, appendonly="yes"))
    lab.case("full synchronisation", full_sync, lab, draw, rounds)
    lab.finish()


if __name__ == "__main__":
    main()
