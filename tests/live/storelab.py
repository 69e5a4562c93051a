"""What the store_*.py scripts share: picket-store and redis-server processes in one temporary folder, and a count of what passed.

    lab = Lab("store_rdb")
    node = lab.node("picket", save="")
    lab.case("loads what it saved", function)
    lab.finish()                                 # prints `store_rdb: N passed, N failed`, ends the program
"""

import os
import shutil
import sys
import tempfile
import traceback

import draws
import process
import resp
from servers import HOST, Server
from waiting import Failed, check, wait

KINDS = ("picket", "redis")


class StoreNode(Server):
    """A data node of either kind; options by their redis.conf names, with _ in place of -."""

    def __init__(self, lab, label, kind, options):
        super().__init__(lab, label, kind)
        self.options = dict(options)
        self.password = options.get("requirepass")
        self.set_argv()

    def set_argv(self):
        options = dict(self.options)
        primary = options.pop("primary", None)
        if self.kind == "redis":
            options.setdefault("repl_diskless_sync_delay", 0)
            options.setdefault("enable_debug_command", "yes")
        if primary is not None:
            options["replicaof"] = "%s:%d" % (HOST, primary.port) if self.kind == "picket" else "%s %d" % (HOST, primary.port)
        self.argv = [process.binary("picket-store") if self.kind == "picket" else "redis-server"]
        self.argv += ["--port", str(self.port), "--bind", HOST, "--dir", self.dir]
        for name, value in options.items():
            self.argv += ["--" + name.replace("_", "-"), str(value)]

    def file(self, name="dump.rdb"):
        return os.path.join(self.dir, name)

    def follows(self, primary):
        info = self.info()
        return (info["role"] == "slave" and int(info["master_port"]) == primary.port
                and info["master_link_status"] == "up" and info["master_sync_in_progress"] == "0")

    def offset(self):
        return int(self.info()["master_repl_offset"])

    def stat(self, name):
        return int(self.info("stats")[name])


class Lab:
    def __init__(self, name):
        process.exit_on_signals()
        self.name = name
        self.dir = tempfile.mkdtemp(prefix="picket-store-")
        self.servers = []
        self.count = 0
        self.passed = 0
        self.failed = 0

    def node(self, kind, label=None, start=True, **options):
        self.count += 1
        node = StoreNode(self, label or "%s%d" % (kind, self.count), kind, options)
        if start:
            node.start().await_ready()
        return node

    def case(self, name, function, *args):
        """Runs one case on processes of its own; reports, and cleans up behind it."""
        try:
            function(*args)
            for server in self.servers:
                check(not server.crashed(), "%s ended by itself" % server.label)
                check(server.poisoned() is None, "%s logged: %s" % (server.label, server.poisoned()))
            self.passed += 1
            print("ok    %s" % name, flush=True)
        except (Failed, OSError, resp.RespError, AssertionError, KeyError, ValueError) as error:
            self.failed += 1
            print("FAIL  %s: %s" % (name, error), flush=True)
            if not isinstance(error, Failed):
                traceback.print_exc(file=sys.stdout)
            for server in self.servers:
                print("--- %s\n%s" % (server.label, server.tail()), flush=True)
        self.clear()

    def clear(self):
        for server in self.servers:
            server.done()
        self.servers = []

    def finish(self):
        self.clear()
        shutil.rmtree(self.dir, ignore_errors=True)
        print("%s: %d passed, %d failed" % (self.name, self.passed, self.failed))
        sys.exit(1 if self.failed or not self.passed else 0)


# How a value of each type is read whole, and what makes two equal ones look equal.
READERS = {
    "string": (lambda key: ("GET", key), lambda reply: reply),
}
for _readers in draws.each("READERS"):
    READERS.update(_readers)


def dataset(node):
    """Everything a node holds: {db: {key: (value, expiry in ms or -1)}}."""
    with node.connect(10.0, raw=True) as conn:
        text = conn.call("INFO", "keyspace").decode()
        result = {}
        for name in resp.info_fields(text):
            number = int(name[2:])
            conn.call("SELECT", number)
            keys = conn.call("KEYS", "*")
            types = conn.pipeline([("TYPE", k) for k in keys])
            here = [(k, READERS[t]) for k, t in zip(keys, types) if t != "none"]
            replies = conn.pipeline([reader[0](k) for k, reader in here])
            times = conn.pipeline([("PEXPIRETIME", k) for k, _ in here])
            found = {k: (reader[1](v), t) for (k, reader), v, t in zip(here, replies, times) if t != -2}
            if found:
                result[number] = found
        return result


def same_data(one, other):
    """Fails with the first few differences of two nodes' data."""
    a, b = dataset(one), dataset(other)
    if a == b:
        return True
    lines = []
    for number in sorted(set(a) | set(b)):
        left, right = a.get(number, {}), b.get(number, {})
        for key in sorted(set(left) | set(right)):
            if left.get(key) != right.get(key):
                lines.append("db%d %r: %r / %r" % (number, key, left.get(key), right.get(key)))
    raise Failed("%d differences of %s and %s: %s" % (len(lines), one.label, other.label, "; ".join(lines[:5])))


def wait_same_offset(nodes, deadline=30.0):
    wait(lambda: len({n.offset() for n in nodes}) == 1, "offsets of %s agree" % ", ".join(n.label for n in nodes), deadline)
