"""The faults. Each is a function of a lab; it does its harm, undoes it, and returns the moment when the harm began."""

import collections
import contextlib
import os
import shutil
import time

from lab import READ_ONLY, good_line, on_disk, thin_line
from servers import Node
from waiting import check, wait

# How long the harm lasts when nothing has to be awaited.
SHORT_S = 4.0
LAG_S = 3.0
CUT_S = 8.0
LONG_S = 15.0
HOUR_S = 3600

# `nothing_lost`: the modes in which picketd must not lose a write. `small_disk`: the number of a supervisor that has one.
# `clocks`: whose can be stepped, "supervisors" or "nodes". `salvaged`: the former primary lives on, and nobody else is gone: what
# it alone has must be in a file.
Fault = collections.namedtuple("Fault", "name text hosts run nothing_lost nodes small_disk clocks salvaged")
QUORUM = ("quorum",)
MODES = ("auto", "strict", "lease") + QUORUM

_all = {}


def fault(text, hosts=3, nothing_lost=QUORUM, nodes=("redis", "picket"), small_disk=None, clocks=None,
          salvaged=False):
    def add(function):
        name = function.__name__
        _all[name] = Fault(name, text, hosts, function, nothing_lost, nodes, small_disk, clocks, salvaged)
        return function
    return add


def every():
    return list(_all.values())


def by_name(name):
    return _all.get(name)


@fault("planned switchover", nothing_lost=MODES)
def switchover(world):
    moment = time.monotonic()
    wait(lambda: world.supervisors[1].call("SENTINEL", "FAILOVER", world.group.name) == "OK", "the order is taken")
    check(world.switched(moment), "no switchover came of it")
    return moment


def freeze_waiting(world, others=()):
    """Freezes the primary, with writes in its sockets but none in its hands: one that it had done and not yet passed on is lost by
    any failover without quorum. Returns the moment, and the writes."""
    pending = world.pending()
    with world.writer_of(world.first).turn:
        wait(world.group.streams, "all replicas have what was written")
        moment = world.first.stop()
    for other in others:
        other.stop()
    pending.send()
    return moment, pending


@fault("the primary freezes with 500 writes waiting, and thaws", nothing_lost=MODES)
def frozen_primary(world):
    moment, pending = freeze_waiting(world)
    world.switched(moment)
    time.sleep(1.0)
    world.first.cont()
    world.more_acks += pending.acks()
    return moment


@fault("the primary's whole host freezes with 500 writes waiting, and thaws", nothing_lost=MODES)
def frozen_host(world):
    moment, pending = freeze_waiting(world, world.supervisors[:1])
    world.switched(moment)
    time.sleep(1.0)
    world.first.cont()
    world.supervisors[0].cont()
    world.more_acks += pending.acks()
    return moment


@fault("a supervisor freezes and thaws")
def frozen_supervisor(world):
    moment = world.supervisors[1].stop()
    time.sleep(SHORT_S)
    world.supervisors[1].cont()
    return moment


def cut(world, harm, heal, seconds):
    moment = time.monotonic()
    harm()
    time.sleep(seconds)
    heal()
    return moment


@fault("3 hosts: the primary's is cut off for %d s" % LONG_S, salvaged=True)
def minority(world):
    return cut(world, lambda: world.net.split(world.hosts[:1]), world.net.join, LONG_S)


@fault("5 hosts: the primary's and another are cut off for %d s" % LONG_S, hosts=5, salvaged=True)
def minority_of_two(world):
    return cut(world, lambda: world.net.split(world.hosts[:2]), world.net.join, LONG_S)


@fault("what the primary's host sends is lost for %d s" % CUT_S, salvaged=True)
def one_way(world):
    return cut(world, world.hosts[0].mute, world.hosts[0].unmute, CUT_S)


@fault("the primary's host and a replica's cannot reach one another for %d s, the third reaches both" % CUT_S)
def not_transitive(world):
    return cut(world, lambda: world.net.isolate(world.hosts[:2]), world.net.join, CUT_S)


@fault("the line of the primary's host is slow and loses packets for %d s" % CUT_S)
def thin(world):
    return cut(world, lambda: thin_line(world.hosts[0], 256, 6000), lambda: good_line(world.hosts[0]), CUT_S)


@fault("kill -9 of the primary and the supervisor beside it; both come back")
def both_killed(world):
    moment = world.first.kill()
    world.supervisors[0].kill()
    world.switched(moment)
    world.first.start().await_ready()
    world.supervisors[0].start().await_ready()
    return moment


@fault("a replica is cut off for %d s; as the primary is killed it is back, and the other one freezes for %d s" % (LAG_S, CUT_S))
def only_one_has_it(world):
    has = world.group.nodes[1]
    world.net.split(world.hosts[2:])
    time.sleep(LAG_S)
    has.stop()
    moment = world.first.kill()
    world.net.join()
    time.sleep(CUT_S)
    has.cont()
    world.switched(moment)
    world.first.start().await_ready()
    return moment


@fault("kill -9 of the primary, which is back at once, empty")
def restarted_empty(world):
    moment = world.first.kill()
    forget(world.first)
    world.first.start().await_ready()
    time.sleep(SHORT_S)
    return moment


def forget(node):
    for name in os.listdir(node.dir):
        if not name.endswith(".conf"):
            path = os.path.join(node.dir, name)
            (shutil.rmtree if os.path.isdir(path) else os.remove)(path)


@fault("another node, with other data, takes the primary's address at once")
def address_reused(world):
    stranger = Node(world, "stranger0", world.first.kind)
    stranger.start().await_ready()
    stranger.call("MSET", *[word for i in range(1000) for word in ("other:%d" % i, "x")])
    check(stranger.call("SAVE") == "OK", "the stranger's data is saved")
    # Its writes are nobody's of the group.
    world.probes[0].finish()
    world.gone.add(world.first)
    moment = world.first.kill()
    forget(world.first)
    shutil.copy(os.path.join(stranger.dir, "dump.rdb"), world.first.dir)
    world.first.start().await_ready()
    time.sleep(SHORT_S)
    return moment


@fault("the disk of a supervisor is full, the primary is killed and comes back", small_disk=1)
def full_disk(world):
    victim = world.supervisors[1]
    path = "/proc/%d/root%s/filler" % (victim.pid, victim.dir)
    fill(path)
    moment = world.first.kill()
    world.switched(moment)
    os.remove(path)
    world.first.start().await_ready()
    return moment


def fill(path):
    """Writes until nothing more can be written."""
    with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


@fault("a supervisor's folder is read-only at its restart, the primary is killed; both come back")
def read_only_state(world):
    victim, argv = world.supervisors[1], world.supervisors[1].argv
    victim.kill()
    victim.argv = on_disk(victim, READ_ONLY)
    victim.start()
    # It may as well end: it can promise nothing.
    victim.ended_by_us = True
    moment = world.first.kill()
    world.switched(moment)
    victim.kill()
    victim.argv = argv
    victim.start().await_ready()
    world.first.start().await_ready()
    return moment


@fault("the wall clocks of two supervisors step by an hour, forward and back, the primary is killed; they step back, it comes back",
       clocks="supervisors")
def stepped_clocks(world):
    steps = list(zip(world.clocks, (HOUR_S, -HOUR_S)))
    for clock, seconds in steps:
        clock.step(seconds)
    moment = world.first.kill()
    for clock, seconds in steps:
        clock.check_off(seconds)
    world.switched(moment)
    for clock, _ in steps:
        clock.step(0)
    world.first.start().await_ready()
    return moment


@fault("the wall clocks of the primary and of a replica step by an hour, forward and back; then the other way round; then they are right",
       nothing_lost=MODES, clocks="nodes")
def stepped_nodes(world):
    moment = time.monotonic()
    for hours in (1, -1, 0):
        step_apart(world, hours * HOUR_S)
        time.sleep(SHORT_S)
    return moment


def step_apart(world, seconds):
    """The primary's clock steps by so much, that of the first replica the other way."""
    for node_clock, off in zip(world.clocks, (seconds, -seconds)):
        node_clock.step(off)
        node_clock.check_off(off)


@fault("the same, and the primary is killed when its clock has stepped back; the clocks are right, it comes back", clocks="nodes")
def stepped_and_killed(world):
    for hours in (1, -1):
        step_apart(world, hours * HOUR_S)
        time.sleep(SHORT_S)
    moment = world.first.kill()
    world.switched(moment)
    for node_clock in world.clocks:
        node_clock.step(0)
    world.first.start().await_ready()
    return moment


@fault("3 hosts: the primary's is cut off for %d s, and its wall clock steps back by an hour meanwhile" % LONG_S, clocks="nodes",
       salvaged=True)
def stepped_in_cut(world):
    def harm():
        world.net.split(world.hosts[:1])
        world.clocks[0].step(-HOUR_S)
    moment = cut(world, harm, world.net.join, LONG_S)
    world.clocks[0].step(0)
    return moment
