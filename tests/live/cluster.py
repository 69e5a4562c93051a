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
import ports
import process
import resp

HOST = "127.0.0.1"
POLL_S = 0.01
CALL_S = 2.0
# Generous: a condition that comes late is no failure, one that never comes is.
START_S = 30.0
SETTLE_S = 60.0
SWITCH_S = 60.0


class Failed(Exception):
    """Something that a test demanded is not so."""


def check(condition, text):
    if not condition:
        raise Failed(text)


def wait(condition, what, deadline=SETTLE_S):
    """Polls until condition() is true and returns its value. Errors of the network count as false."""
    limit = time.monotonic() + deadline
    trouble = None
    while True:
        try:
            value = condition()
            if value:
                return value
        except (OSError, resp.RespError) as error:
            trouble = error
        if time.monotonic() > limit:
            raise Failed("waited %.0f s in vain: %s%s" % (
                deadline, what, " (last error: %r)" % trouble if trouble else ""))
        time.sleep(POLL_S)


class Server(process.Proc):
    """A process that speaks RESP on a port of its own."""

    def __init__(self, world, label, kind):
        self.world = world
        self.kind = kind
        self.port = ports.reserve()
        self.dir = os.path.join(world.dir, label)
        os.makedirs(self.dir)
        super().__init__(label, None, os.path.join(world.dir, label + ".log"), self.dir)
        self._conn = None
        self.password = None
        world.servers.append(self)

    def start(self):
        self.spawn()
        return self

    def await_ready(self):
        def answers():
            if self.crashed():
                raise Failed("%s ended at start with status %s:\n%s" % (
                    self.label, self.popen.returncode, self.tail()))
            return self.call("PING") == "PONG"
        wait(answers, "%s answers PING" % self.label, START_S)
        return self

    def connect(self, timeout=CALL_S, **options):
        return resp.connect(HOST, self.port, timeout, password=self.password, **options)

    def call(self, *args, timeout=CALL_S):
        """One request on a kept connection. It is opened anew when it broke before, not while in use."""
        if self._conn is None or self._conn.sock is None:
            self._conn = self.connect(timeout)
        try:
            return self._conn.call(*args, timeout=timeout)
        except resp.Closed:
            self._conn = self.connect(timeout)
            return self._conn.call(*args, timeout=timeout)

    def info(self, section="replication"):
        return resp.info_fields(self.call("INFO", section))

    def done(self):
        if self._conn is not None:
            self._conn.close()
        self.kill()
        ports.release(self.port)


class Node(Server):
    """A data node."""

    def __init__(self, world, label, kind, primary=None):
        super().__init__(world, label, kind)
        if kind == "redis":
            self._write_redis_conf(primary)
            self.argv = ["redis-server", os.path.join(self.dir, "redis.conf")]
        elif kind == "picket":
            self.argv = [process.binary("picket-store"), "--host", HOST, "--port", str(self.port), "--dir", self.dir]
            if primary is not None:
                self.argv += ["--replicaof", "%s:%d" % (HOST, primary.port)]
        else:
            raise ValueError("unknown kind of node: %s (allowed: redis, picket)" % kind)

    def _write_redis_conf(self, primary):
        lines = ["port %d" % self.port, "bind " + HOST, "dir " + self.dir, 'save ""', "appendonly no",
                 "repl-diskless-sync-delay 0", "enable-debug-command yes"]
        if primary is not None:
            lines.append("replicaof %s %d" % (HOST, primary.port))
        with open(os.path.join(self.dir, "redis.conf"), "w") as file:
            file.write("\n".join(lines) + "\n")

    def role(self):
        return self.call("ROLE")[0]

    def follows(self, primary):
        """True when this node replicates from `primary` and its link is up."""
        info = self.info()
        return (info["role"] == "slave" and int(info["master_port"]) == primary.port
                and info["master_link_status"] == "up" and info["master_sync_in_progress"] == "0")


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

    def attached(self, primary=None):
        """True when all living nodes but the primary follow it."""
        primary = primary or self.primary
        return all(n.follows(primary) for n in self.nodes if n is not primary and n.alive() and not n.stopped)


class Supervisor(Server):
    """A supervisor, and the collector of its events."""

    def __init__(self, world, label, kind, index):
        super().__init__(world, label, kind)
        self.index = index
        self.events = events.Collector(index, self.port)
        if kind == "picketd":
            self.conf = os.path.join(self.dir, "picketd.conf")
            self.state_dir = os.path.join(self.dir, "state")
            self.argv = [process.binary("picketd"), "-c", self.conf]
        elif kind == "redis-sentinel":
            self.conf = os.path.join(self.dir, "sentinel.conf")
            self.argv = ["redis-sentinel", self.conf]
        else:
            raise ValueError("unknown kind of supervisor: %s (allowed: picketd, redis-sentinel)" % kind)

    def configure(self, groups=None, extra=""):
        """Writes the configuration, for the groups given or all of the world."""
        groups = self.world.groups if groups is None else groups
        write = self._picketd_conf if self.kind == "picketd" else self._sentinel_conf
        with open(self.conf, "w") as file:
            file.write(write(groups) + extra)

    def _picketd_conf(self, groups):
        os.makedirs(self.state_dir, exist_ok=True)
        lines = ['listen = { host = "%s"; port = %d; };' % (HOST, self.port),
                 'state_dir = "%s";' % self.state_dir, "groups = ("]
        entries = []
        for group in groups:
            options = self.world.options_of(group)
            entries.append('  { name = "%s"; host = "%s"; port = %d; quorum = %d; down_after_ms = %d; '
                           "failover_timeout_ms = %d; parallel_syncs = %d; }" % (
                               group.name, HOST, group.primary.port, options["quorum"],
                               options["down_after"], options["failover_timeout"], options["parallel_syncs"]))
        return "\n".join(lines) + "\n" + ",\n".join(entries) + "\n);\n"

    def _sentinel_conf(self, groups):
        lines = ["port %d" % self.port, "bind " + HOST, "dir " + self.dir]
        for group in groups:
            options = self.world.options_of(group)
            lines += ["sentinel monitor %s %s %d %d" % (group.name, HOST, group.primary.port, options["quorum"]),
                      "sentinel down-after-milliseconds %s %d" % (group.name, options["down_after"]),
                      "sentinel failover-timeout %s %d" % (group.name, options["failover_timeout"]),
                      "sentinel parallel-syncs %s %d" % (group.name, options["parallel_syncs"])]
        return "\n".join(lines) + "\n"

    def start(self):
        super().start()
        if not self.events.is_alive():
            self.events.start()
        return self

    def await_ready(self):
        super().await_ready()
        wait(self.events.subscribed.is_set, "events of %s" % self.label, START_S)
        return self

    def primary_port(self, name):
        answer = self.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)
        return int(answer[1]) if answer else None

    def master(self, name):
        return resp.pairs(self.call("SENTINEL", "MASTER", name))

    def replicas(self, name):
        """Entries of the replicas by port."""
        return {int(e["port"]): e for e in map(resp.pairs, self.call("SENTINEL", "REPLICAS", name))}

    def peers(self, name):
        """Entries of the other supervisors by run id."""
        return {e["runid"]: e for e in map(resp.pairs, self.call("SENTINEL", "SENTINELS", name))}

    def done(self):
        self.events.end()
        super().done()


OPTIONS = {"quorum": 2, "down_after": 1000, "failover_timeout": 20000, "parallel_syncs": 1}


class Cluster:
    """Groups and supervisors, started and known to one another when the block begins.

    `supervisor` is a kind, or a list of kinds for a mixed company.
    """

    def __init__(self, nodes="redis", supervisor="picketd", groups=("orders",), replicas=2, supervisors=3,
                 settle=True, **options):
        self.begin = time.monotonic()
        self.dir = tempfile.mkdtemp(prefix="picket-live-")
        self.servers = []
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

    def __enter__(self):
        try:
            for group in self.groups:
                group.start()
            for group in self.groups:
                wait(group.attached, "all replicas of %s attached" % group.name)
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
                and not any(bad in e["flags"] for e in entries for bad in ("s_down", "disconnected")))

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
            time.sleep(POLL_S * 5)
