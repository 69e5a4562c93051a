#!/usr/bin/env python3
"""Does anything hold the other clients up? Many keys are made, expire, are flushed, and large values are deleted, while a client of its
own process sends a PING every millisecond.

    store_steps.py [KEYS [PRIORITY]]     default 10000000; PRIORITY: the nodes and who sends PINGs run as SCHED_FIFO (root only)

Printed for each phase: the worst time in which a PING was answered, by the node and (to know what the machine itself adds) by an idle node
of the same kind at the same time; and the worst step inside the process: a command by the slow log, a portion of background work by the
latency monitor (whole milliseconds; - is below one). All of it is wall clock time: on a busy machine
the scheduler's share is in it, less with a PRIORITY; `preempted` says how often the node had to make room for others, each time for
some milliseconds that are not its own.
"""

import multiprocessing
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))

import resp
from servers import HOST
from storelab import Lab

KEYS = 10000000
BATCH = 50
PERIOD_S = 0.001
CHORES = ("lazy-free", "expire-cycle", "eviction-cycle")


def ping(port, pipe):
    """Sends PINGs until told to end; tells the worst and the count of each phase when asked."""
    conn = resp.connect(HOST, port, 60.0)
    worst, count = 0.0, 0
    while True:
        begin = time.monotonic()
        conn.call("PING")
        worst, count = max(worst, time.monotonic() - begin), count + 1
        if pipe.poll():
            if pipe.recv() == "end":
                return
            pipe.send((worst * 1000, count))
            worst, count = 0.0, 0
        time.sleep(PERIOD_S)


class Pinger:
    def __init__(self, node):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=ping, args=(node.port, other), daemon=True)
        self.process.start()

    def take(self):
        self.pipe.send("take")
        return self.pipe.recv()

    def end(self):
        self.pipe.send("end")
        self.process.join()


def send(conn, words, count):
    """Commands from bytes that are ready, a few at a time; waits for their replies."""
    conn.send_bytes(words)
    for _ in range(count):
        conn.read()


def bulk(*parts):
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(p), p) for p in parts)


class Bench:
    def __init__(self, lab, keys, priority=0):
        self.keys = keys
        self.preemptions = 0
        self.node, self.idle = (lab.node("picket", save="", slowlog_log_slower_than=200, latency_monitor_threshold=1,
                                         repl_backlog_size="16mb") for _ in range(2))
        self.conn = self.node.connect(600.0)
        self.pingers = [Pinger(n) for n in (self.node, self.idle)]
        for pid in [n.pid for n in (self.node, self.idle)] + [p.process.pid for p in self.pingers]:
            if priority:
                os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(priority))

    def fill(self, prefix, count, *more):
        for start in range(0, count, BATCH):
            data = b"".join(bulk(b"SET", b"%b:%d" % (prefix, i), b"value:%d" % i, *more) for i in range(start, start + BATCH))
            send(self.conn, data, BATCH)

    def large(self, key, count):
        for start in range(0, count, BATCH * 20):
            words = [w for i in range(start, start + BATCH * 20) for w in (b"field:%d" % i, b"value:%d" % i)]
            send(self.conn, bulk(b"HSET", key, *words), 1)

    def await_keys(self, count):
        while self.conn.call("DBSIZE") > count:
            time.sleep(0.05)

    def await_freed(self):
        while resp.info_fields(self.conn.call("INFO", "memory"))["lazyfree_pending_objects"] != "0":
            time.sleep(0.01)

    def preempted(self):
        """Since it was asked the last time."""
        with open("/proc/%d/status" % self.node.pid) as status:
            now = int(status.read().split("nonvoluntary_ctxt_switches:")[1])
        before, self.preemptions = self.preemptions, now
        return now - before

    def report(self, name, seconds):
        pings = [p.take() for p in self.pingers]
        slow = [(row[2], row[3][0]) for row in self.conn.call("SLOWLOG", "GET", "-1") if row[3][0] not in ("debug", "info", "slowlog")]
        chores = {row[0]: row[3] for row in self.conn.call("LATENCY", "LATEST")}
        worst = "%s %.1f ms" % (max(slow)[1], max(slow)[0] / 1000) if slow else "- (below 0.2 ms)"
        print("%-34s %6.1f s  PING %6.1f ms of %6d (idle node: %6.1f ms)  command %s  chores %s  preempted %d" % (
            name, seconds, pings[0][0], pings[0][1], pings[1][0], worst,
            " ".join("%s %s" % (c, chores.get(c, "-")) for c in CHORES), self.preempted()), flush=True)
        self.conn.call("SLOWLOG", "RESET")
        self.conn.call("LATENCY", "RESET")

    def phase(self, name, function, *args):
        begin = time.monotonic()
        function(*args)
        self.report(name, time.monotonic() - begin)

    def expire(self):
        """All at the same moment."""
        at = int(time.time() * 1000) + 2000 + self.keys // 300
        self.fill(b"volatile", self.keys // 2, b"PXAT", b"%d" % at)
        self.report("made %d keys that expire" % (self.keys // 2), 0)
        time.sleep(max(0.0, at / 1000 - time.time()))
        self.await_keys(self.keys)

    def flush(self, *words):
        self.conn.call(*words)
        self.await_freed()

    def run(self):
        self.phase("made %d keys" % self.keys, self.fill, b"key", self.keys)
        self.phase("%d keys expired at once" % (self.keys // 2), self.expire)
        self.phase("made a hash of %d fields" % (self.keys // 5), self.large, b"large", self.keys // 5)
        self.phase("deleted it", self.flush, "DEL", "large")
        self.large(b"large", self.keys // 5)
        self.phase("made it again, overwritten by SET", self.flush, "SET", "large", "v")
        self.fill(b"later", self.keys // 2, b"PXAT", b"4000000000000")
        self.phase("FLUSHALL ASYNC of %d keys" % (self.keys * 3 // 2), self.flush, "FLUSHALL", "ASYNC")
        for pinger in self.pingers:
            pinger.end()


def main():
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    priority = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    lab = Lab("store_steps")
    lab.case("steps", lambda: Bench(lab, keys, priority).run())
    lab.finish()


if __name__ == "__main__":
    main()
