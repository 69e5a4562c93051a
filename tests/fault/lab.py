"""Hosts on a bridge, each with a node and a supervisor of its own, and a probe beside each node."""

import contextlib
import os
import subprocess
import time

import clock
import netns
import probe
import process
import resp
from cluster import Cluster
from scenario import Skipped
from waiting import check, wait

DOWN_AFTER_MS = 1000
LEASE_MS = 2000
MAX_LAG_S = 2
WARM_UP_WRITES = 30
# After everything is healed, writes go on for a while.
CALM_S = 1.0
# redis-sentinel waits long before it repairs something.
SETTLE_S = 120.0

STRICT_NODE = "--min-replicas-to-write %%d --min-replicas-max-lag %d" % MAX_LAG_S

# What quorum promises: a write that so many replicas acknowledged is kept.
SYNC_REPLICAS = 1

# Everywhere what only the former primary had is put into a file.
AUTO = 'fencing = "auto"; salvage = true; lease_ms = %d; ' % LEASE_MS
SETTINGS = {
    "auto": AUTO,
    "quorum": AUTO + 'durability = "quorum"; sync_replicas = %d; ' % SYNC_REPLICAS,
    # The nodes take writes only with a lease, however many replicas there are.
    "lease": 'fencing = "strict"; salvage = true; lease_ms = %d; ' % LEASE_MS,
    "strict": 'fencing = "strict"; salvage = true; lease_ms = %d; min_replicas = %%d; max_lag_s = %d; ' % (LEASE_MS, MAX_LAG_S),
}


def settings_of(mode, hosts):
    """Strict: a write needs a majority of the nodes, so that a minority of them can take none."""
    text = SETTINGS.get(mode, "")
    return text % (hosts // 2) if mode == "strict" else text


def node_options(nodes, mode, hosts):
    """Of nodes: what supervisors leave behind (else it is a while until each of them knows that another one has set it), and
    what is the node's own to say."""
    return {("redis", "strict"): STRICT_NODE % (hosts // 2), ("picket", "strict"): STRICT_NODE % (hosts // 2),
            ("picket", "quorum"): "--sync-replicas %d" % SYNC_REPLICAS}.get((nodes, mode), "").split()


PENDING_CLIENTS = 50
PENDING_EACH = 10


class Pending:
    """Writes that wait in the sockets of a node that stands still."""

    def __init__(self, node, replicas=0):
        self.node = node
        self.replicas = replicas
        self.conns = [node.connect(60.0) for _ in range(PENDING_CLIENTS)]
        for conn in self.conns:
            check(conn.call("PING") == "PONG", "a client is connected")

    def send(self):
        self.sent = time.monotonic()
        for i, conn in enumerate(self.conns):
            for j in range(PENDING_EACH):
                for words in probe.commands(self.key(i, j), self.replicas):
                    conn.send(*words)

    @staticmethod
    def key(i, j):
        return "pending:%d:%d" % (i, j)

    def acks(self):
        """Those that were acknowledged before the connection ended."""
        found = []
        for i, conn in enumerate(self.conns):
            with contextlib.suppress(OSError, resp.RespError):
                for j in range(PENDING_EACH):
                    replies = [conn.read(5.0) for _ in probe.commands("", self.replicas)]
                    if probe.is_acknowledged(replies, self.replicas):
                        found.append(probe.Ack(self.sent, time.monotonic(), self.key(i, j)))
            conn.close()
        return found


class Lab(Cluster):
    """A cluster whose server number N lives on host N, whatever it is."""

    def __init__(self, net, hosts, nodes, supervisor, mode):
        self.net = net
        self.hosts = [net.add("host%d" % i) for i in range(hosts)]
        self.mode = mode
        super().__init__(nodes, supervisor, replicas=hosts - 1, supervisors=hosts, quorum=hosts // 2 + 1,
                         place=lambda label: self.hosts[int(label[-1])], down_after=DOWN_AFTER_MS,
                         settings=settings_of(mode, hosts))
        for node in self.group.nodes:
            node.argv += node_options(nodes, mode, hosts)
        # Of a picket-store that waits by itself, the plain reply says it all.
        self.waits_for = SYNC_REPLICAS if mode == "quorum" and nodes == "redis" else 0
        self.clocks = []
        self.probes = []
        self.more_acks = []
        self.gone = set()  # nodes that are no part of the group any more

    @property
    def first(self):
        """The primary of the beginning."""
        return self.group.nodes[0]

    def begin_leases(self):
        """From now on no node takes writes without one; before, there was nobody to give it."""
        for node in self.group.nodes if self.mode == "lease" else []:
            node.call("CONFIG", "SET", "write-lease-ms", LEASE_MS)
            node.argv += ["--write-lease-ms", str(LEASE_MS)]
        wait(lambda: self.mode != "lease" or int(self.first.info()["lease_left_ms"]) > 0, "the primary has a lease")

    def begin_writes(self):
        # As when a fault comes without notice: all have been at it for a while.
        wait(self.group.streams, "the stream flows")
        for node in self.group.nodes:
            job = probe.Probe(node, self.waits_for)
            job.start()
            self.probes.append(job)
        wait(lambda: len(self.probes[0].acks) >= WARM_UP_WRITES, "first writes")

    def writer_of(self, node):
        return next(p for p in self.probes if p.node is node)

    def pending(self):
        return Pending(self.first, self.waits_for)

    def switched(self, since, seconds=60.0):
        """Until somebody says that there is a new primary; False when nobody does."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.switches(self.group, since):
                return True
            time.sleep(0.02)
        return False

    def settle_down(self):
        """Until all name one primary that says so itself, and all others follow it."""
        def agreed():
            named = {s.primary_port(self.group.name) for s in self.supervisors}
            if len(named) != 1:
                return False
            primary = self.group.by_port(named.pop())
            rest = [n for n in self.group.nodes if n is not primary and n not in self.gone]
            return primary.role() == "master" and all(n.follows(primary) for n in rest) and primary
        self.group.primary = wait(agreed, "all agree on a primary, and all nodes follow it", SETTLE_S)
        time.sleep(CALM_S)
        self.group.primary = wait(agreed, "all still agree", SETTLE_S)
        for job in self.probes:
            job.finish()
        for job in self.probes:
            job.join(10.0)

    def figures(self, moment):
        """What the fault did, after settle_down()."""
        acks = [ack for p in self.probes for ack in p.acks] + self.more_acks
        missing = probe.lost(acks, self.group.primary)
        first_s = self.first_write(moment)
        return {"acknowledged": len(acks), "lost": len(missing), "salvaged": len(missing) - len(self.unsalvaged(missing)),
                "both_ms": round(probe.both_writable(self.probes) * 1000),
                "first_ms": "-" if first_s is None else round(first_s * 1000)}

    def unsalvaged(self, missing):
        """Those that are still missing when all that was salvaged is written back."""
        if not missing or not self.mode in SETTINGS:
            return missing
        for supervisor in self.supervisors:
            folder = os.path.join(supervisor.state_dir, "salvage")
            for name in os.listdir(folder) if os.path.isdir(folder) else []:
                self.replay(supervisor, os.path.join(folder, name))
        return probe.lost(missing, self.group.primary)

    def replay(self, supervisor, path):
        argv = [process.binary("picketctl"), "-s", "%s:%d" % (supervisor.host, supervisor.port), "salvage", "replay", path, "--yes"]

        def is_back():
            with supervisor.place.inside():
                return subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        wait(is_back, "%s is written back" % path)

    def first_write(self, moment):
        """Seconds until another node took a write; or, when none ever did, the longest time without one. None: no writes."""
        others = [a.at for p in self.probes if p.node is not self.first for a in p.acks if a.at > moment]
        if others:
            return min(others) - moment
        times = [moment] + sorted(a.at for p in self.probes for a in p.acks if a.at > moment)
        return max((b - a for a, b in zip(times, times[1:])), default=None)

# Both in a mount namespace of the supervisor's own, which ends with it. What is in the folder is in the small disk too.
SMALL_DISK = """cp -a "$1" "$1.old" && mount -t tmpfs -o size=1m none "$1" && cp -a "$1.old/." "$1" && cd "$1" && shift && exec "$@" """
READ_ONLY = """mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && shift && exec "$@" """


def on_disk(server, script):
    """The program line of a server which finds its folder so."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", server.dir] + server.argv


@contextlib.contextmanager
def lab(hosts, nodes, supervisor, mode, small_disk=None, clocks=None):
    try:
        net = netns.Net()
    except netns.Denied as reason:
        raise Skipped("no network namespaces here: %s" % reason) from None
    with net:
        world = Lab(net, hosts, nodes, supervisor, mode)
        if small_disk is not None:
            world.supervisors[small_disk].argv = on_disk(world.supervisors[small_disk], SMALL_DISK)
        stepped = {None: (), "supervisors": world.supervisors, "nodes": world.group.nodes}[clocks]
        world.clocks = [clock.Clock(world, server) for server in stepped]
        with world:
            world.begin_leases()
            world.begin_writes()
            yield world


def thin_line(host, kbit, queue_bytes):
    """What the host sends has to pass a bottleneck: late when much waits there, and lost when too much does."""
    tc(host, "add", "root", "tbf", "rate", "%dkbit" % kbit, "burst", "3kb", "limit", str(queue_bytes))


def good_line(host):
    tc(host, "del", "root")


def tc(host, verb, *what):
    subprocess.run(["tc", "-n", host.name, "qdisc", verb, "dev", "eth0", *what], check=True)
