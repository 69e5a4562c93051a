"""A little world on 127.0.0.1: groups of data nodes, and supervisors that watch them.

    with Cluster(nodes="redis", supervisor="picketd") as world:
        group = world.group
        moment = group.primary.kill()
        world.wait_switch(group, since=moment)

Node kinds: `redis`, `picket`. Supervisor kinds: `picketd`, `redis-sentinel`. Everything lives in one
temporary folder, which is removed at the end unless KEEP=1; when the block ends with an error, the
tails of all logs and the events are printed first.
"""

import os
import shutil
import sys
import tempfile
import time

import events
import netns
from servers import Node, Supervisor
from waiting import POLL_S, SETTLE_S, Failed, check, wait

# Generous: a condition that comes late is no failure, one that never comes is.
SWITCH_S = 60.0
# Something that must not happen need not be looked for as often as something awaited.
LOOK_S = 5 * POLL_S


class Group:
    """One primary and its replicas, under one name."""

    def __init__(self, world, name, kind, replicas):
        self.name = name
        self.world = world
        self.kind = kind
        prefix = "" if name == "orders" else name + "-"
        first = Node(world, prefix + "node0", kind)
        self.nodes = [first] + [Node(world, "%snode%d" % (prefix, i + 1), kind, first) for i in range(replicas)]
        self.primary = first

    @property
    def replicas(self):
        return [n for n in self.nodes if n is not self.primary]

    def by_port(self, port):
        return next(n for n in self.nodes if n.port == int(port))

    def add_replica(self, label):
        node = Node(self.world, label, self.kind, self.primary)
        self.nodes.append(node)
        return node.start().await_ready()

    def start(self):
        # A replica that finds no primary tries again a second later only.
        self.primary.start().await_ready()
        for node in self.replicas:
            node.start()
        for node in self.replicas:
            node.await_ready()

    def streams(self):
        """True when a write at the primary reaches all replicas.

        Not so right after a full sync: Redis holds the stream back until the replica's first REPLCONF ACK, up to
        a second later, and what was written until then is lost with the primary, whoever supervises it.
        """
        with self.primary.connect() as conn:
            conn.call("SET", "%s:stream" % self.name, "1")
            return conn.call("WAIT", len(self.replicas), 100) >= len(self.replicas)

    def attached(self, primary=None):
        """True when all living nodes but the primary follow it."""
        primary = primary or self.primary
        return all(n.follows(primary) for n in self.nodes if n is not primary and n.alive() and not n.stopped)


OPTIONS = {"quorum": 2, "down_after": 1000, "failover_timeout": 20000, "parallel_syncs": 1}


class Cluster:
    """Groups and supervisors, started and known to one another when the block begins.

    `supervisor` is a kind, or a list of kinds for a mixed company. `place` gives each server its host (netns.py).
    """

    def __init__(self, nodes="redis", supervisor="picketd", groups=("orders",), replicas=2, supervisors=3,
                 settle=True, place=netns.nowhere, **options):
        self.begin = time.monotonic()
        self.dir = tempfile.mkdtemp(prefix="picket-live-")
        self.servers = []
        self.place = place
        self.options = dict(OPTIONS, **options)
        self.settle_first = settle
        self.groups = [Group(self, name, nodes, replicas) for name in groups]
        kinds = [supervisor] * supervisors if isinstance(supervisor, str) else supervisor
        self.supervisors = [Supervisor(self, "supervisor%d" % i, kind, i) for i, kind in enumerate(kinds)]

    @property
    def group(self):
        return self.groups[0]

    def options_of(self, _group):
        return self.options

    def prepare(self):
        """What is to be set at the nodes before the supervisors see them."""

    def __enter__(self):
        try:
            for group in self.groups:
                group.start()
            for group in self.groups:
                wait(group.attached, "all replicas of %s attached" % group.name)
                wait(group.streams, "all replicas of %s receive writes" % group.name)
            self.prepare()
            for supervisor in self.supervisors:
                supervisor.configure()
                supervisor.start()
            for supervisor in self.supervisors:
                supervisor.await_ready()
            if self.settle_first:
                self.settle()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, _error, _trace):
        trouble = self.trouble()
        if kind not in (None, SystemExit, KeyboardInterrupt) or trouble:
            self.report()
        for server in reversed(self.servers):
            server.done()
        if os.environ.get("KEEP") == "1":
            print("kept: %s" % self.dir)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
        if kind is None and trouble:
            raise Failed(trouble)

    def trouble(self):
        """What went wrong in the background: crashes, sanitizer reports. None when nothing did."""
        for server in self.servers:
            if server.crashed():
                return "%s ended by itself with status %s" % (server.label, server.popen.returncode)
            poison = server.poisoned()
            if poison:
                return "%s: %s" % (server.label, poison)
        return self.double_vote()

    def double_vote(self):
        """A supervisor that voted for two in one epoch, over all its lives. With several groups, epochs are theirs."""
        if len(self.groups) > 1:
            return None
        for supervisor in self.supervisors:
            votes = {tuple(e.payload.split(" ")) for e in supervisor.events.find("+vote-for-leader")}
            if len(votes) != len({epoch for _, epoch in votes}):
                return "%s voted twice in an epoch: %s" % (supervisor.label, sorted(votes))
        return None

    def report(self):
        print("--- events")
        print(events.dump([s.events for s in self.supervisors], self.begin))
        for server in self.servers:
            if server.popen is None:
                continue
            state = "running" if server.alive() else "ended with %s" % server.popen.returncode
            print("--- %s (%s, port %d, pid %d, %s), end of its log:" % (
                server.label, server.kind, server.port, server.pid, state))
            print(server.tail())
        sys.stdout.flush()

    # What a test waits for.

    @property
    def living(self):
        return [s for s in self.supervisors if s.alive() and not s.stopped]

    def knows_all(self, supervisor, group):
        """True when this supervisor sees the group whole and healthy."""
        master = supervisor.master(group.name)
        entries = list(supervisor.replicas(group.name).values()) + list(supervisor.peers(group.name).values())
        return (int(master["port"]) == group.primary.port and master["flags"] == "master"
                and len(supervisor.replicas(group.name)) == len(group.nodes) - 1
                and len(supervisor.peers(group.name)) == len(self.supervisors) - 1
                and not any(bad in e["flags"] for e in entries for bad in ("s_down", "disconnected"))
                and not any(e.get("in-doubt") == "yes" for e in entries))

    def settle(self, deadline=SETTLE_S):
        """Until every living supervisor sees every group whole and healthy."""
        for group in self.groups:
            for supervisor in self.living:
                wait(lambda s=supervisor, g=group: self.knows_all(s, g),
                     "%s knows all of %s" % (supervisor.label, group.name), deadline)

    def switches(self, group, since=0.0):
        """All +switch-master events of the group, in order of arrival."""
        found = [e for s in self.supervisors for e in s.events.find("+switch-master", since)
                 if events.switch_of(e).name == group.name]
        return sorted(found)

    def wait_agreed(self, group, old, deadline=SWITCH_S):
        """Until all living supervisors name one primary other than `old`; it becomes group.primary."""
        def agreed():
            named = {s.primary_port(group.name) for s in self.living}
            return len(named) == 1 and named != {old.port} and named.pop()
        port = wait(agreed, "all supervisors name one new primary of %s" % group.name, deadline)
        group.primary = group.by_port(port)
        return group.primary

    def wait_switch(self, group, since, old=None, deadline=SWITCH_S):
        """Until every living supervisor has published +switch-master since then, and they agree."""
        old = old or group.primary
        for supervisor in self.living:
            wait(lambda s=supervisor: [e for e in s.events.find("+switch-master", since)
                                       if events.switch_of(e).name == group.name],
                 "+switch-master of %s at %s" % (group.name, supervisor.label), deadline)
        return self.wait_agreed(group, old, deadline)

    def stays(self, condition, what, seconds):
        """Checks that condition() holds all the time; for proving that something does not happen."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            check(condition(), what)
            time.sleep(LOOK_S)
