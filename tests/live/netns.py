"""Hosts for partition tests: network namespaces, one for each process, wired to a bridge in another one.

    with netns.Net() as net:
        host = net.add("node0")              # .address inside, on the bridge with all others
        with host.inside():                  # sockets and processes made by this thread in here are the host's
            ...
        host.unplug(); host.plug()           # cut both ways, as when the cable is drawn
        host.mute(); host.unmute()           # what it sends is lost, what is sent to it arrives
        net.split([host, other])             # these against all others, both ways
        net.isolate([host, other])           # these from one another only
        net.join()                           # ends splits and isolations

A socket stays in the namespace it was made in. So the harness reaches a cut-off process all the same: it enters
the host, connects to the host's own address and leaves again. Nothing is ever made in the namespace that the
harness was started in: no device, no address, no route.

Names begin with the process id. They are removed by a child that waits for the end of a pipe, hence also after
SIGKILL of the harness. Needs root; where the system does not permit namespaces, Net() raises Denied.
"""

import contextlib
import ctypes
import os
import re
import subprocess

FOLDER = "/run/netns"
# Private, and visible in namespaces of ours only: every Net can have the same.
PREFIX = "10.83.27."
HOSTS_MAX = 250
CLONE_NEWNET = 0x40000000

# Takes names, one a line, until the writer is gone; then removes them.
JANITOR = 'while read -r name; do set -- "$@" "$name"; done; for name; do ip netns del "$name"; done 2>/dev/null'

# What `ip` says where a kernel, a container or a user has no namespaces; every other trouble is a failure.
REFUSALS = re.compile("not permitted|permission denied|not supported|unknown device type|read-only|mount --make-rslave", re.I)

_libc = ctypes.CDLL(None, use_errno=True)
_count = 0


class Denied(Exception):
    """There can be no network namespaces here."""


class Here:
    """The place of processes that are in no namespace of ours."""

    address = "127.0.0.1"
    inside = staticmethod(contextlib.nullcontext)


HERE = Here()


def nowhere(_label):
    return HERE


def ip(*args, batch=None):
    """Runs `ip`; `batch` is a list of its commands."""
    argv = ["ip"] + list(args) + (["-batch", "-"] if batch else [])
    try:
        done = subprocess.run(argv, input="\n".join(batch or []), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True)
    except FileNotFoundError:
        raise Denied("there is no program `ip`") from None
    if done.returncode != 0:
        text = " ".join(done.stdout.split())
        raise (Denied if REFUSALS.search(text) else RuntimeError)("%s: %s" % (" ".join(argv), text))


def setns(descriptor):
    """Moves the calling thread, and no other, into a network namespace."""
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:
        error = OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        raise Denied("setns: %s" % error) if isinstance(error, PermissionError) else error


class Host:
    """A namespace with an address of its own, and a cable to the bridge."""

    def __init__(self, net, label, number):
        self.net = net
        self.label = label
        self.address = PREFIX + str(number)
        self.port = "p%d" % number
        self.name = net.claim(label)
        ip("-n", net.bridge, batch=["link add %s type veth peer name eth0 netns %s" % (self.port, self.name),
                                    "link add d%d type veth peer name dead netns %s" % (number, self.name),
                                    "link set %s master br0 up" % self.port,
                                    "link set d%d up" % number])
        # What is routed to `dead` leaves without an error and is never heard of again.
        ip("-n", self.name, batch=["link set lo up", "link set eth0 up", "link set dead arp off up",
                                   "addr add %s/24 dev eth0" % self.address])
        with self.inside():
            for device in ("all", "eth0"):
                # Muted, we must still take in packets of those to whom our answers are lost.
                with open("/proc/sys/net/ipv4/conf/%s/rp_filter" % device, "w") as file:
                    file.write("0")

    def enter(self):
        """Moves the calling thread here for good."""
        with open(os.path.join(FOLDER, self.name)) as there:
            setns(there.fileno())

    @contextlib.contextmanager
    def inside(self):
        """The calling thread is here within the block, and back where it was afterwards."""
        with open("/proc/thread-self/ns/net") as home:
            self.enter()
            try:
                yield self
            finally:
                setns(home.fileno())

    def unplug(self):
        ip("-n", self.net.bridge, "link", "set", self.port, "down")

    def plug(self):
        ip("-n", self.net.bridge, "link", "set", self.port, "up")

    def mute(self):
        self._dead_routes("add")

    def unmute(self):
        self._dead_routes("del")

    def _dead_routes(self, verb):
        """Two halves of the network, hence narrower than the route to all of it."""
        ip("-n", self.name, batch=["route %s %s%s/25 dev dead src %s" % (verb, PREFIX, half, self.address)
                                   for half in ("0", "128")])


class Net:
    """A bridge and the hosts on it."""

    def __init__(self):
        global _count
        _count += 1
        self.prefix = "picket-%d-%d-" % (os.getpid(), _count)
        self.hosts = []
        # A session of its own: Ctrl-C is not for it.
        self._janitor = subprocess.Popen(["sh", "-c", JANITOR], stdin=subprocess.PIPE, start_new_session=True,
                                         universal_newlines=True)
        try:
            self.bridge = self.claim("bridge")
            ip("-n", self.bridge, batch=["link add %s type bridge forward_delay 0" % b for b in ("br0", "br1")]
               + ["link set br0 up", "link set br1 up"])
            # The first of the hosts shows whether the rest of what we need is there.
            self.client = self.add("client")
            self.isolate([self.client])
            self.join()
        except BaseException:
            self.close()
            raise

    def claim(self, label):
        """Makes a namespace; it is as good as removed before it is there."""
        name = self.prefix + label
        self._janitor.stdin.write(name + "\n")
        self._janitor.stdin.flush()
        ip("netns", "add", name)
        return name

    def add(self, label):
        assert len(self.hosts) < HOSTS_MAX
        host = Host(self, label, len(self.hosts) + 1)
        self.hosts.append(host)
        return host

    def split(self, hosts):
        """These can reach one another, and so can all others, but nobody reaches the other side."""
        self._ports(hosts, "master br1")

    def isolate(self, hosts):
        """None of these can reach another one of them."""
        self._ports(hosts, "type bridge_slave isolated on")

    def join(self):
        self._ports(self.hosts, "master br0")
        self._ports(self.hosts, "type bridge_slave isolated off")

    def _ports(self, hosts, change):
        ip("-n", self.bridge, batch=["link set dev %s %s" % (host.port, change) for host in hosts])

    def close(self):
        """Removes all of it; what still runs in there keeps its namespace until it ends."""
        if self._janitor.poll() is None:
            self._janitor.stdin.close()
            self._janitor.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()
