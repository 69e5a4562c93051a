#!/usr/bin/env python3
"""Runs real clients against picketd: all of them at once in one little world, through a crash and failovers by hand.

    run.py                                 all clients in all worlds
    run.py ioredis6 --world redis          one of them
    run.py --supervisor redis-sentinel     for comparison; it is not expected to pass
    run.py --list

In each world, each client: finds the primary, writes, lists the replicas and reads from one, and reads the fields of the
supervisors; then the primary is killed, comes back as a replica, and is changed by SENTINEL FAILOVER, which the clients order
in turn while the others write: of these writes none that was acknowledged may be lost. After each change the client must report the new primary, write there, and see the replicas as they are.

Environment: SUPERVISOR=picketd|redis-sentinel, BUILD=folder of the programs, with the clients of npm in its folder clients,
KEEP=1 keeps the logs.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "live")]

import expect
import locks
import process
from player import Player
from waiting import Failed, check, wait
from world import World

# Kind of the nodes, and what they and the supervisors demand of who connects.
WORLDS = {"redis": ("redis", locks.OPEN), "redis-password": ("redis", locks.NODES_ONLY), "redis-both": ("redis", locks.BOTH),
          "redis-users": ("redis", locks.USERS), "picket": ("picket", locks.OPEN), "picket-both": ("picket", locks.BOTH),
          "picket-users": ("picket", locks.USERS)}
ALL = frozenset(("set", "get", "primary", "replicas", "fields", "failover"))

# `node`: the lowest version of Node.js that it runs on, 0 where it is none of Node's.
Client = collections.namedtuple("Client", "name argv check verbs node", defaults=(ALL, 0))


def program(interpreter, file, *words):
    return (interpreter, os.path.join(HERE, file)) + words


# Debian's python3-redis is there for Debian's Python only.
PYTHON = "/usr/bin/python3"

CLIENTS = (
    Client("redis-py", program(PYTHON, "redis_py.py"), expect.check_python),
    Client("redis-py-asyncio", program(PYTHON, "redis_py_async.py"), expect.check_python),
    Client("php-redis", program("php", "php_redis.php"), expect.check_php),
    Client("ruby-redis", program("ruby", "ruby_redis.rb"), expect.check_entries),
    Client("libredis-perl", program("perl", "perl_redis.pl"), expect.check_entries),
    Client("ioredis5", program("node", "ioredis.js", "ioredis5"), expect.check_ioredis, node=12),
    Client("ioredis6", program("node", "ioredis.js", "ioredis6"), expect.check_ioredis, node=20),
    Client("iovalkey", program("node", "ioredis.js", "iovalkey"), expect.check_ioredis, node=18),
    Client("node-redis5", program("node", "node_redis.js", "redis5"), expect.check_node_redis, node=18),
    Client("node-redis6", program("node", "node_redis.js", "redis6"), expect.check_node_redis, node=20),
    Client("redis-cli", program(sys.executable, "redis_cli.py"), expect.check_redis_cli),
    Client("exporter", program(sys.executable, "exporter.py"), expect.check_exporter,
           frozenset(("primary", "fields"))),
)


class Play:
    """The clients in one world."""

    def __init__(self, world, clients):
        self.world = world
        self.players = [Player(client, world) for client in clients]
        self.pool = concurrent.futures.ThreadPoolExecutor(len(clients))
        self.failovers = 0
        self.round = 0
        self.finished = False

    # A step is a function of a player; one that fails does no further steps.

    def begin(self, what, step):
        def guarded(player):
            try:
                step(player)
            except Failed as error:
                player.trouble = "%s: %s" % (what, error)
        return [self.pool.submit(guarded, p) for p in self.players if p.trouble is None]

    def everybody(self, what, step):
        for future in self.begin(what, step):
            future.result()

    def key(self, player):
        return "client:%s:%d" % (player.client.name, self.round)

    def write(self, player):
        if player.can("set"):
            answer = player.ask("set", self.key(player), "value-%d" % self.round)
            check(answer in (True, "OK"), "set gives %r" % answer)

    def check_written(self, player):
        """The value is at the primary: read by our own client."""
        if player.can("set"):
            with self.world.group.primary.connect() as conn:
                value = conn.call("GET", self.key(player))
            check(value == "value-%d" % self.round, "its write is not at the primary: %r" % value)

    def read(self, player):
        if player.can("get"):
            answer = player.ask("get", self.key(player))
            check(answer == ["value-%d" % self.round, "slave"], "get gives %s" % answer)

    def look(self, what, whole=True):
        """Everybody reports the primary, writes, reads from a replica; when the world is whole, reads the fields."""
        world = self.world
        facts = dict(world.facts(), switches=[e.payload for e in world.supervisors[0].events.find("+switch-master")])
        self.everybody(what, lambda p: p.ask_until("primary", facts["primary"]))
        self.everybody(what, self.write)
        self.everybody(what, self.check_written)
        wait(lambda: world.group.attached() and streams(world.group), "replicas have all writes")
        self.everybody(what, lambda p: p.can("replicas") and p.ask_until("replicas", facts["replicas"]))
        self.everybody(what, self.read)
        if whole:
            self.everybody(what, lambda p: p.check_fields(facts))
        self.round += 1

    # The changes.

    def crash(self):
        """kill -9, while all write."""
        world, group = self.world, self.world.group
        old = group.primary
        moment = old.kill()

        def write_through(player):
            self.write(player)
            if player.can("set"):
                player.note = "wrote %.1f s after the kill" % (time.monotonic() - moment)
        writes = self.begin("at the crash", write_through)
        world.wait_switch(group, moment, old)
        for write in writes:
            write.result()
        self.failovers += 1
        self.everybody("at the crash", self.check_written)
        self.round += 1
        self.look("after the crash", whole=False)
        old.start().await_ready()
        wait(group.attached, "the old primary is a replica")
        world.settle()
        self.look("after its return")

    def order(self, orderer):
        """SENTINEL FAILOVER, from one of the clients, while the others write: nothing that was acknowledged may be lost."""
        world, group = self.world, self.world.group
        old = group.primary
        what = "at the failover by %s" % orderer.client.name
        writers = [p for p in self.players if p is not orderer and p.can("set") and p.trouble is None]
        stop = threading.Event()
        streams_of_writes = self.begin(what, lambda p: p in writers and p.write_on(self.key(p), stop))
        try:
            wait(lambda: all(p.acked or p.trouble for p in writers), "all of them write")
            moment = time.monotonic()
            self.ordered(orderer, what)
            if orderer.trouble is None:
                world.wait_switch(group, moment, old)
        finally:
            stop.set()
            for writes in streams_of_writes:
                writes.result()
        if orderer.trouble is not None:
            return
        self.failovers += 1
        self.everybody(what, self.check_all_there)
        wait(group.attached, "all others follow the new primary")
        world.settle()
        self.look("after the failover by %s" % orderer.client.name)

    def ordered(self, orderer, what):
        try:
            check(orderer.ask("failover") is True, "failover is refused")
        except Failed as error:
            orderer.trouble = "%s: %s" % (what, error)

    def check_all_there(self, player):
        """What its write_on() was told to be written is at the primary."""
        acked, player.acked = player.acked, []
        with self.world.group.primary.connect() as conn:
            found = conn.pipeline([("GET", key) for key in acked])
        lost = [key for key, value in zip(acked, found) if value != key]
        check(not lost, "%d of %d acknowledged writes are lost, the first is %s" % (len(lost), len(acked), (lost + [None])[0]))
        player.kept += len(acked)

    def run(self, turn):
        """The world in which one in len(WORLDS) of the clients orders a failover, another share in each."""
        self.look("at the start")
        self.crash()
        able = [p for p in self.players if p.can("failover")]
        for orderer in able[turn::len(WORLDS)] or able[:1]:
            if orderer.trouble is None:
                self.order(orderer)
        self.finished = True
        self.world.check_switches(self.failovers)
        self.world.check_glances()

    def end(self):
        # The programs first: whoever still waits for an answer is let go by that.
        for player in self.players:
            player.end()
        self.pool.shutdown()


def streams(group):
    """True when the living replicas have what was written so far."""
    with group.primary.connect() as conn:
        conn.call("SET", "client:stream", "1")
        living = sum(1 for n in group.replicas if n.alive())
        return conn.call("WAIT", living, 100) >= living


def show(name, world_name, trouble, checks, note):
    remark = "  ".join(["%2d answers" % checks] * (checks > 0) + [note] * bool(note))
    print(("%s %-17s %-16s %s" % ("FAIL" if trouble else "ok  ", name, world_name, remark)).rstrip())
    if trouble:
        print("\n".join("     | " + line for line in trouble.splitlines()))
    sys.stdout.flush()


def run_world(name, clients, supervisor):
    """(passed, failed): a client counts as one, and so does what must be true of the supervisors themselves."""
    begin = time.monotonic()
    play = None
    trouble = None
    try:
        with World(*WORLDS[name], supervisor) as world:
            play = Play(world, clients)
            try:
                play.run(list(WORLDS).index(name))
                if any(p.trouble for p in play.players):
                    world.report()
            finally:
                play.end()
    except Exception as error:
        trouble = str(error) if isinstance(error, Failed) else traceback.format_exc()
    players = play.players if play else []
    for player in players:
        verdict = player.trouble
        if player.kept:
            player.note += ", kept %d writes" % player.kept
        if verdict is None and not play.finished:
            verdict = "did not see the end of this world, which broke"
        show(player.client.name, name, verdict, player.checks, player.note)
        player.trouble = verdict
    show(supervisor, name, trouble, 0, "%d failovers, %.0f s" % (play.failovers if play else 0, time.monotonic() - begin))
    verdicts = [p.trouble for p in players] + [trouble]
    return sum(1 for v in verdicts if not v), sum(1 for v in verdicts if v)


def node_version():
    """The major version of Node.js; 0 without one."""
    try:
        text = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, universal_newlines=True).stdout
    except OSError:
        return 0
    found = re.match(r"v(\d+)", text)
    return int(found.group(1)) if found else 0


def choose(names):
    """The clients named, or all, but those which need a newer Node.js."""
    unknown = set(names) - {c.name for c in CLIENTS}
    if unknown:
        sys.exit("no such client: %s (run.py --list shows all)" % ", ".join(sorted(unknown)))
    wanted = [c for c in CLIENTS if c.name in names or not names]
    version = node_version()
    for client in wanted:
        if client.node > version:
            print("left out: %s needs Node.js %d, here is %d" % (client.name, client.node, version))
    return [c for c in wanted if c.node <= version]


def main():
    parser = argparse.ArgumentParser(description="real clients against picketd")
    parser.add_argument("names", nargs="*", help="clients; all when none is given")
    parser.add_argument("--world", choices=WORLDS, action="append")
    parser.add_argument("--supervisor", default=os.environ.get("SUPERVISOR") or "picketd")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    process.exit_on_signals()
    if args.list:
        print("\n".join(c.name for c in CLIENTS))
        return 0
    clients = choose(args.names)
    counts = [run_world(name, clients, args.supervisor) for name in (args.world or WORLDS)] if clients else []
    passed, failed = sum(c[0] for c in counts), sum(c[1] for c in counts)
    print("clients: %d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
