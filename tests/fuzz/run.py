#!/usr/bin/env python3
"""Runs the fuzzers on seeds that picket-store and redis-server write: data files, logs, payloads of DUMP, requests.

    run.py [--programs FOLDER] [--count N | --seconds S] [--seed N] TARGET...

--count: loop.c's mutations; --seconds: libFuzzer's. An input that kills a target stays in the working directory, and is named.
"""

import argparse
import glob
import os
import random
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))

import draws
import payloads
import resp
import store_commands
from storelab import Lab

INPUT_BYTES_MAX = 200000


def arguments():
    parser = argparse.ArgumentParser(description="fuzzers of the store")
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--programs", default=os.path.join(os.environ.get("BUILD") or "build", "fuzz"))
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Corpus:
    """Folders of seeds, one for each target."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    def path(self, target):
        path = os.path.join(self.folder, target)
        os.makedirs(path, exist_ok=True)
        return path

    def add(self, target, data):
        if len(data) > INPUT_BYTES_MAX:
            return
        self.count += 1
        with open(os.path.join(self.path(target), "seed%d" % self.count), "wb") as file:
            file.write(data)


def samples():
    """Keys of all types and encodings, small enough to be turned over."""
    yield ["SET", "string", "value"]
    yield ["SET", "number", 4711, "PX", 100000000]
    yield ["SET", "packed", "ab" * 200]
    for make in draws.each("SAMPLES"):
        for words in make():
            if sum(len(str(w)) for w in words) < 4000:
                yield words


def make_seeds(corpus):
    lab = Lab("fuzz")
    try:
        for kind in ("picket", "redis"):
            node = lab.node(kind, save="", appendonly="yes")
            with node.connect(30.0, raw=True) as conn:
                conn.pipeline([[str(w) if not isinstance(w, bytes) else w for w in words] for words in samples()])
                for key in conn.call("KEYS", "*"):
                    corpus.add("restore", conn.call("DUMP", key))
                conn.call("SAVE")
            with open(node.file(), "rb") as file:
                corpus.add("rdb", file.read())
            for path in glob.glob(os.path.join(node.dir, "appendonlydir", "*.incr.aof")):
                with open(path, "rb") as file:
                    corpus.add("log", file.read())
            # One key a file: mutations reach it more often.
            with node.connect(30.0) as conn:
                for words in samples():
                    conn.pipeline([["FLUSHALL"], words, ["SAVE"]])
                    with open(node.file(), "rb") as file:
                        corpus.add("rdb", file.read())
        make = store_commands.Maker(1)
        for _ in range(150):
            commands = [make.command() for _ in range(40)]
            corpus.add("log", b"".join(resp.encode(c) for c in commands))
            corpus.add("log", b"".join(resp.encode(c) + b"#AT %d %d\r\n" % (i, i % 20) for i, c in enumerate(commands[:4])))
            corpus.add("resp", b"".join(resp.encode(c) for c in commands[:5]))
        corpus.add("log", b"#TS:1\r\n#ID " + b"0123456789" * 4 + b"\r\n#AT 5 0\r\n*1\r\n$4\r\nPING\r\n#AT 6 1\r\n")
        corpus.add("log", b"*1\r\n$5\r\nMULTI\r\n" + bytes(50))
        for line in ("GET a\r\n", 'SET "a\\x00\\"b" \'it\\\'s\'\r\n', "*1\r\n$4\r\nPING\r\nPING\r\n\r\n*0\r\n", "*-1\r\n", "*2\r\n$1\r\n"):
            corpus.add("resp", line.encode())
        for name in dir(payloads):
            value = getattr(payloads, name)
            if isinstance(value, (list, tuple)) and name.isupper():
                for item in value:
                    for part in item if isinstance(item, (list, tuple)) else [item]:
                        if isinstance(part, bytes):
                            corpus.add("restore", part)
    finally:
        lab.clear()
        shutil.rmtree(lab.dir, ignore_errors=True)


def run(args, corpus, target):
    program = os.path.join(args.programs, target)
    if args.seconds is not None:
        argv = [program, "-max_total_time=%d" % args.seconds, "-seed=%d" % args.seed, "-max_len=16384", "-timeout=30", "-rss_limit_mb=4096",
                "-print_final_stats=1", "-artifact_prefix=fuzz-%s-" % target, corpus.path(target)]
    else:
        argv = [program, "-count=%d" % args.count, "-seed=%d" % args.seed, corpus.path(target)]
    env = dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1:detect_leaks=1")
    result = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", env=env)
    lines = result.stdout.splitlines()
    if result.returncode != 0:
        print("FAIL  %s: status %d\n%s" % (target, result.returncode, "\n".join(lines[-60:])), flush=True)
        return False
    told = [x for x in lines if "mutations" in x or "number_of_executed_units" in x]
    print("ok    %s  %s" % (target, told[-1] if told else ""), flush=True)
    return True


def main():
    args = arguments()
    folder = tempfile.mkdtemp(prefix="picket-fuzz-")
    try:
        corpus = Corpus(folder)
        make_seeds(corpus)
        results = [run(args, corpus, target) for target in args.targets]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("fuzz: %d passed, %d failed" % (results.count(True), results.count(False)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
