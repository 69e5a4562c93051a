#!/usr/bin/env python3
"""How fast picket-store is, beside redis-server: redis-benchmark on both in turn, command by command, in the same run; then the memory
of a key.

    store.py [RUNS [SCALE [KEYS]]]      RUNS (default 5) pairs each; SCALE (default 1) multiplies the requests of each run;
                                        KEYS (default 1000000) for the memory

50 clients, without and with a pipeline of 16, values of 3 bytes and 1 KiB, 100,000 different keys, fields or members. Per line: the
medians of requests a second, the median of the pairs' ratios (picket-store's rate by redis-server's: 1.0 and more means as fast or
faster), and the same of the processor's time that the server spent on a request (redis-server's by picket-store's), which others on the
machine disturb less. Who of a pair begins alternates.
"""

import csv
import glob
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))

from servers import HOST
from storelab import KINDS, Lab

RUNS = 5
KEYS = 1000000
CLIENTS = 50
RANGE = 100000
PIPELINES = {1: 20000, 16: 200000}     # requests of a run; LRANGE's replies are long: a tenth of it
SIZES = {"3 B": 3, "1 KiB": 1024}
RUN_S = 300.0
COMMANDS = {
    "SET": "SET key:__rand_int__ VALUE",
    "GET": "GET key:__rand_int__",
    "INCR": "INCR counter:__rand_int__",
    "LPUSH": "LPUSH list VALUE",
    "HSET": "HSET hash field:__rand_int__ VALUE",
    "ZADD": "ZADD zset __rand_int__ member:__rand_int__",
    "LRANGE_100": "LRANGE hundred 0 99",
}
SIZELESS = ("INCR", "ZADD")            # nothing in them has the wanted size


def processor_ns(node):
    """Nanoseconds that the process has computed, all threads."""
    total = 0
    for name in glob.glob("/proc/%d/task/*/schedstat" % node.pid):
        with open(name) as file:
            total += int(file.read().split()[0])
    return total


def benchmark(node, words, pipeline, requests):
    """(requests a second, processor's microseconds a request)"""
    before = processor_ns(node)
    argv = ["redis-benchmark", "-h", HOST, "-p", str(node.port), "-c", str(CLIENTS), "-P", str(pipeline), "-n", str(requests),
            "-r", str(RANGE), "--csv"] + words
    text = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=RUN_S).stdout
    row = list(csv.DictReader(text.splitlines()))[-1]
    return float(row["rps"]), (processor_ns(node) - before) / 1000 / requests


def fill(node, value):
    """What GET and LRANGE read; what earlier lines left is gone."""
    with node.connect(60.0) as conn:
        conn.call("FLUSHALL")
        conn.call("RPUSH", "hundred", *[value] * 100)
        for start in range(0, RANGE, 1000):
            conn.pipeline([("SET", "key:%012d" % i, value) for i in range(start, start + 1000)])


def compare(nodes, name, value, pipeline, runs, scale):
    """{kind: [(rate, processor) of each run]}"""
    words = [value if word == "VALUE" else word for word in COMMANDS[name].split()]
    requests = int(PIPELINES[pipeline] * scale) // (10 if name == "LRANGE_100" and pipeline > 1 else 1)
    found = {kind: [] for kind in nodes}
    for run in range(runs):
        for kind in sorted(nodes, reverse=run % 2 == 1):
            found[kind].append(benchmark(nodes[kind], words, pipeline, requests))
    return found


def line(name, size, pipeline, found):
    redis, picket = found["redis"], found["picket"]
    median = statistics.median
    print("| %-10s | %-5s | %2d | %9d | %9d | %5.2f | %7.2f | %7.2f | %5.2f |" % (
        name, size, pipeline, median(r[0] for r in redis), median(p[0] for p in picket), median(p[0] / r[0] for r, p in zip(redis, picket)),
        median(r[1] for r in redis), median(p[1] for p in picket), median(r[1] / p[1] for r, p in zip(redis, picket))), flush=True)


def speed(lab, runs, scale):
    print("| command | value | -P | redis-server/s | picket-store/s | ratio | redis-server µs | picket-store µs | ratio |")
    print("|---|---|---|---|---|---|---|---|---|")
    nodes = {kind: lab.node(kind, save="", appendonly="no") for kind in KINDS}
    for size, length in SIZES.items():
        value = "x" * length
        for node in nodes.values():
            fill(node, value)
        for name in COMMANDS:
            if name in SIZELESS and size != next(iter(SIZES)):
                continue
            for pipeline in PIPELINES:
                line(name, "-" if name in SIZELESS else size, pipeline, compare(nodes, name, value, pipeline, runs, scale))


def resident(node):
    with open("/proc/%d/statm" % node.pid) as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def memory_per_key(node, keys):
    """(bytes by the node's own count, bytes of the process) a key"""
    used = lambda: int(node.info("memory")["used_memory"])
    before = used(), resident(node)
    with node.connect(120.0) as conn:
        for start in range(0, keys, 1000):
            conn.pipeline([("SET", "key:%d" % i, "value:%d" % i) for i in range(start, min(start + 1000, keys))])
    return (used() - before[0]) / keys, (resident(node) - before[1]) / keys


def memory(lab, keys):
    found = {kind: memory_per_key(lab.node(kind, save="", appendonly="no"), keys) for kind in KINDS}
    for what, (redis, picket) in zip(("used_memory", "resident"), zip(found["redis"], found["picket"])):
        print("%d small keys, %s a key: redis-server %.1f bytes, picket-store %.1f bytes, ratio %.2f (1.00 and less wanted)" % (
            keys, what, redis, picket, picket / redis))


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    keys = int(sys.argv[3]) if len(sys.argv) > 3 else KEYS
    lab = Lab("store_bench")
    try:
        speed(lab, runs, scale)
        lab.clear()
        memory(lab, keys)
    finally:
        lab.clear()
        shutil.rmtree(lab.dir, ignore_errors=True)


if __name__ == "__main__":
    main()
