#!/usr/bin/env python3
"""How fast picket-store saves and loads, beside redis-server: the same data, one after the other, the best of some runs each.

    store_rdb.py [KEYS [RUNS]]      KEYS (default 1000000) spread over the types; RUNS (default 3)

save: SAVE on an otherwise idle node. load: from the start of the process until it answers, with a data file, and with a log of
the same commands. Ratios are redis-server's time by picket-store's: 1.0 and more means as fast or faster; one of the time that
passed, which others on the machine lengthen, and one of the processor's.
"""

import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))

from storelab import Lab
from waiting import wait

KEYS = 1000000
RUNS = 3
BATCH = 10000
LOAD_S = 600.0


def commands(count):
    """Small strings, counters, hashes, sets, sorted sets; large values of each."""
    for i in range(count):
        kind = i % 10
        if kind < 5:
            yield ("SET", "key:%d" % i, "value of the key number %d" % i)
        elif kind == 5:
            yield ("SET", "number:%d" % i, i)
        elif kind == 6:
            yield ("HSET", "hash:%d" % i, "name", "n%d" % i, "age", i % 90, "city", "somewhere")
        elif kind == 7:
            yield ("SADD", "set:%d" % i, i, i + 1, i + 2)
        elif kind == 8:
            yield ("ZADD", "zset:%d" % i, 1, "one", 2.5, "two", i, "three")
        else:
            yield (("HSET", "large hash", "field:%d" % i, i), ("SADD", "large set", "member:%d" % i),
                   ("ZADD", "large zset", i * 0.5, "member:%d" % i))[i // 10 % 3]


def fill(node, count):
    batch = []
    with node.connect(120.0) as conn:
        for words in commands(count):
            batch.append(words)
            if len(batch) == BATCH:
                conn.pipeline(batch)
                batch = []
        conn.pipeline(batch)


def processor_s(node):
    """Seconds that the process has computed."""
    with open("/proc/%d/stat" % node.pid) as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def save(node):
    """(seconds that passed, seconds computed)"""
    begin, before = time.monotonic(), processor_s(node)
    node.call("SAVE", timeout=LOAD_S)
    return time.monotonic() - begin, processor_s(node) - before


def load(node):
    begin = time.monotonic()
    node.start()
    wait(lambda: node.info("persistence")["loading"] == "0", "%s has loaded" % node.label, LOAD_S)
    took = time.monotonic() - begin, processor_s(node)
    keys = node.call("DBSIZE")
    node.kill()
    return took, keys


def best_of(times):
    """The least of each."""
    return min(t[0] for t in times), min(t[1] for t in times)


def measure(lab, kind, count, runs):
    """{what: best seconds, of both sorts}, size of the data file"""
    node = lab.node(kind, save="", rdbcompression="yes", appendonly="yes", appendfsync="no", auto_aof_rewrite_percentage=0)
    fill(node, count)
    best = {"save": best_of([save(node) for _ in range(runs)])}
    size = os.path.getsize(node.file())
    keys = node.call("DBSIZE")
    node.term(60.0)
    for what, option in (("load log", "yes"), ("load", "no")):
        node.options["appendonly"] = option
        node.set_argv()
        results = [load(node) for _ in range(runs)]
        assert all(found == keys for _, found in results), "all keys are there"
        best[what] = best_of([times for times, _ in results])
    lab.clear()
    return best, size


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    lab = Lab("store_rdb")
    try:
        redis, redis_size = measure(lab, "redis", count, runs)
        picket, picket_size = measure(lab, "picket", count, runs)
    finally:
        lab.clear()
        shutil.rmtree(lab.dir, ignore_errors=True)
    print("%d commands, the best of %d runs; data files of %.1f MB (redis) and %.1f MB (picket)" % (
        count, runs, redis_size / 1e6, picket_size / 1e6))
    for what in ("save", "load", "load log"):
        (r, r_cpu), (p, p_cpu) = redis[what], picket[what]
        print("%-9s redis %7.3f s   picket %7.3f s   ratio %.2f      processor: %.2f s   %.2f s   ratio %.2f" % (
            what, r, p, r / p, r_cpu, p_cpu, r_cpu / p_cpu))


if __name__ == "__main__":
    main()
