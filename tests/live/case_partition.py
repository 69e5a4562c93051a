"""Scenarios: the network is cut between processes that all live on, each in a network namespace of its own.

The harness sees and reaches all of them at any time (netns.py); the client is subject to the cuts.
"""

import contextlib
import re
import threading
import time

import netns
import resp
import writer
from case_failover import WARM_UP_WRITES, check_follows, check_one_switch, check_order
from cluster import Cluster
from scenario import Skipped, ms, scenario
from waiting import check, wait

DOWN_AFTER = 500
# What must not happen is looked for during this time.
WATCH_S = 2.0
STRAY = "orders:stray"


class Client(writer.Writer):
    """A writer on a host of the network, which knows the supervisors it is given and hears nobody else."""

    def __init__(self, world, supervisors):
        super().__init__(supervisors, world.group.name)
        self.host = world.net.client
        self.hosts = {server.port: server.host for server in world.servers}

    def run(self):
        self.host.enter()
        super().run()

    def dial(self, port):
        return resp.connect(self.hosts[port], port, timeout=writer.CALL_S)

    def begin(self):
        self.start()
        wait(lambda: len(self.acks) >= WARM_UP_WRITES, "first writes")
        return self


@contextlib.contextmanager
def networked(nodes, supervisor, best=None, **options):
    """A cluster with a host for each of its processes, and one for the client; node `best` is everybody's choice."""
    try:
        net = netns.Net()
    except netns.Denied as reason:
        raise Skipped("no network namespaces here: %s" % reason) from None
    with net:
        world = Cluster(nodes, supervisor, place=net.add, down_after=DOWN_AFTER, **options)
        world.net = net
        if best is not None:
            world.group.nodes[best].argv += ["--replica-priority", "1"]
        with world:
            yield world


def await_switch_at(supervisors, since):
    """Until each of these has published +switch-master; the moments, in order."""
    return sorted(wait(lambda s=s: s.events.first("+switch-master", since), "+switch-master at %s" % s.label).at
                  for s in supervisors)


def await_follows(nodes, primary):
    for node in nodes:
        wait(lambda n=node: n.follows(primary), "%s follows %s" % (node.label, primary.label))


def await_demoted(old, since):
    wait(lambda: old.role() == "slave", "the old primary is demoted")
    return time.monotonic() - since


def check_agreed(world, new):
    """All supervisors see the same primary in the same configuration, and everybody healthy."""
    group = world.group
    check_follows(world, group, new)
    world.settle()
    epochs = {s.label: s.master(group.name)["config-epoch"] for s in world.supervisors}
    check(len(set(epochs.values())) == 1, "config epochs differ: %s" % epochs)


def check_data(group, job, new, since):
    """What the new primary acknowledged is on all nodes, what only the old one had is on none. Returns what was lost."""
    lost = job.lost(new)
    late = [a for a in lost if a.port == new.port]
    check(not late, "the new primary itself lost %d writes" % len(late))
    check(any(a.port == new.port and a.at > since for a in job.acks), "nothing was written to the new primary")
    for node in group.nodes:
        wait(lambda n=node: job.lost(n) == lost, "%s holds what %s holds" % (node.label, new.label))
        wait(lambda n=node: n.call("GET", STRAY) is None, "%s gives up the stray write" % node.label)
    return "%d writes acknowledged, %d lost" % (len(job.acks), len(lost))


def cut_off_primary(nodes, supervisor, cut, heal):
    """The primary's host is cut off and comes back; cut and heal take that host."""
    with networked(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        job = Client(world, world.supervisors).begin()
        moment = time.monotonic()
        cut(old.place)
        # In here it is a primary as before, and somebody who is with it can write to it.
        check(old.call("SET", STRAY, "1") == "OK", "a write at the cut-off primary")
        new = world.wait_switch(group, moment)
        check(new is not old, "the cut-off primary was chosen")
        ack = wait(lambda: job.first_after(moment, old.port), "first write on the new primary")
        await_follows([n for n in group.nodes if n not in (old, new)], new)
        healed = time.monotonic()
        heal(old.place)
        demoted = await_demoted(old, healed)
        check_agreed(world, new)
        wait(lambda: job.first_after(healed, old.port), "a write after the heal")
        job.finish()
        check_one_switch(world, group, moment, old, new)
        check_order(world, group, moment)
        data = check_data(group, job, new, healed)
        switches = world.switches(group, moment)
        return "+switch-master %s, last %s; writes again %s; demoted %s after the heal; %s" % (
            ms(switches[0].at - moment), ms(switches[-1].at - moment), ms(ack.at - moment), ms(demoted), data)


@scenario(supervisors=("picketd",), seconds=8)
def cut_primary(nodes, supervisor):
    """the primary's host is cut off both ways: failover; after the heal it is demoted and takes the new data"""
    return cut_off_primary(nodes, supervisor, netns.Host.unplug, netns.Host.plug)


@scenario(supervisors=("picketd",), seconds=8)
def mute_primary(nodes, supervisor):
    """what the primary's host sends is lost, what is sent to it arrives: as if it were cut off both ways"""
    return cut_off_primary(nodes, supervisor, netns.Host.mute, netns.Host.unmute)


@scenario(supervisors=("picketd",), seconds=10)
def primary_in_minority(nodes, supervisor):
    """primary, one supervisor and a client on one side: only the other side fails over; one primary after the heal"""
    with networked(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        lonely, others = world.supervisors[0], world.supervisors[1:]
        job = Client(world, [lonely]).begin()
        moment = time.monotonic()
        world.net.split([old.place, lonely.place, world.net.client])
        check(old.call("SET", STRAY, "1") == "OK", "a write at the primary of the minority")
        switched = await_switch_at(others, moment)
        named = {s.primary_port(group.name) for s in others}
        check(len(named) == 1 and named != {old.port}, "the majority names %s" % named)
        new = group.primary = group.by_port(named.pop())
        await_follows([n for n in group.nodes if n not in (old, new)], new)
        world.stays(lambda: lonely.primary_port(group.name) == old.port and old.role() == "master",
                    "the minority keeps its primary", WATCH_S)
        check(not lonely.events.find("+switch-master", moment), "the minority switched")
        check(not lonely.events.find("+elected-leader", moment), "the minority elected somebody")
        between = sum(a.at > switched[0] for a in list(job.acks))
        healed = time.monotonic()
        world.net.join()
        adopted = await_switch_at([lonely], healed)[0] - healed
        demoted = await_demoted(old, healed)
        check_agreed(world, new)
        ack = wait(lambda: job.first_after(healed, old.port), "the client writes to the new primary")
        job.finish()
        check_one_switch(world, group, moment, old, new)
        check_order(world, group, moment)
        data = check_data(group, job, new, healed)
        return ("majority switched %s; adopted %s, demoted %s, written to again %s after the heal; "
                "%s (%d were acknowledged on the old side meanwhile)" % (
                    ms(switched[0] - moment), ms(adopted), ms(demoted), ms(ack.at - healed), data, between))


@scenario(supervisors=("picketd",), seconds=12)
def supervisors_apart(nodes, supervisor):
    """supervisors cannot reach one another, but all nodes: nobody fails over alone; all agree after the heal"""
    with networked(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        cut = time.monotonic()
        world.net.isolate([s.place for s in world.supervisors])
        for s in world.supervisors:
            wait(lambda s=s: len(s.events.find("+sdown", cut, "sentinel ")) == 2, "%s misses both others" % s.label)
        world.stays(lambda: {s.primary_port(group.name) for s in world.supervisors} == {old.port},
                    "a failover while the primary is alive", WATCH_S)
        wrong = [e for s in world.supervisors for e in s.events.find("+sdown", cut) if "sentinel " not in e.payload]
        check(not wrong, "healthy nodes held for down: %s" % wrong)
        moment = old.kill()
        for s in world.supervisors:
            wait(lambda s=s: s.events.first("+sdown", moment, "master %s " % group.name) or world.switches(group, moment),
                 "+sdown at %s" % s.label)
        world.stays(lambda: {s.primary_port(group.name) for s in world.supervisors} == {old.port}
                    and all(n.role() == "slave" for n in group.replicas),
                    "a failover by a single supervisor", WATCH_S)
        for channel in ("+switch-master", "+elected-leader", "+odown"):
            found = [s.label for s in world.supervisors if s.events.find(channel, cut)]
            check(not found, "%s of one that is alone: %s" % (channel, found))
        healed = time.monotonic()
        world.net.join()
        new = world.wait_switch(group, healed, old)
        check_follows(world, group, new)
        check_one_switch(world, group, cut, old, new)
        back = time.monotonic()
        old.start().await_ready()
        demoted = await_demoted(old, back)
        check_agreed(world, new)
        check_one_switch(world, group, cut, old, new)
        switches = world.switches(group, healed)
        return "switched %s after the heal, last %s; old primary demoted %s after its return" % (
            ms(switches[0].at - healed), ms(switches[-1].at - healed), ms(demoted))


@scenario(supervisors=("picketd",), seconds=9)
def cut_replica(nodes, supervisor):
    """the replica that all would choose is cut off: +sdown, another one is chosen; back, it follows that one"""
    with networked(nodes, supervisor, best=1) as world:
        group, old = world.group, world.group.primary
        away, other = group.replicas
        for s in world.supervisors:
            wait(lambda s=s: s.replicas(group.name)[away.port]["slave-priority"] == "1", "%s knows its rank" % s.label)
        cut = time.monotonic()
        away.place.unplug()
        text = "slave %s:%d " % (away.host, away.port)
        for s in world.supervisors:
            wait(lambda s=s: s.events.first("+sdown", cut, text), "%s misses the replica" % s.label)
        moment = old.kill()
        new = world.wait_switch(group, moment)
        chosen = [e.payload for s in world.supervisors for e in s.events.find("+selected-slave", cut)]
        check(new is other and chosen and not any(text in c for c in chosen), "chosen while one was cut off: %s" % chosen)
        check(not [s.label for s in world.supervisors if s.events.first("-sdown", cut, text)], "-sdown during the cut")
        healed = time.monotonic()
        away.place.plug()
        for s in world.supervisors:
            wait(lambda s=s: s.events.first("-sdown", healed, text), "%s has the replica back" % s.label)
        await_follows([away], new)
        followed = time.monotonic() - healed
        old.start().await_ready()
        check_agreed(world, new)
        check_one_switch(world, group, cut, old, new)
        return "replica follows the new primary %s after the heal" % ms(followed)


PROBE_S = 0.005


class Prober(threading.Thread):
    """Writes to one node all the time, whatever it says; remembers when it was taken."""

    def __init__(self, node):
        super().__init__(daemon=True, name="prober-" + node.label)
        self.node = node
        self.taken = []
        self.ending = threading.Event()

    def run(self):
        conn = None
        while not self.ending.is_set():
            try:
                conn = conn or self.node.connect(timeout=0.5)
                began = time.monotonic()
                if conn.call("SET", "probe:%s" % self.node.label, "x") == "OK":
                    self.taken.append((began, time.monotonic()))
            except resp.RespError:
                pass
            except OSError:
                conn = None
            self.ending.wait(PROBE_S)

    def finish(self):
        self.ending.set()
        self.join(5.0)


def config_gets(node):
    """How often the node was asked for options since its statistics began."""
    found = re.search(r"cmdstat_config\|get:calls=(\d+)", node.call("INFO", "commandstats"))
    return int(found.group(1)) if found else 0


@scenario(supervisors=("picketd",), seconds=22)
def strict_partition(nodes, supervisor):
    """fencing strict: the primary and one supervisor in the minority: never two nodes that accept writes; writes again after the heal"""
    with networked(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        lonely, others = world.supervisors[0], world.supervisors[1:]
        for s in world.supervisors:
            check(s.call("SENTINEL", "SET", group.name, "fencing", "strict", "min-replicas", "1", "max-lag", "1",
                         "lease", "2000") == "OK", "SENTINEL SET")
        for node in group.nodes:
            wait(lambda n=node: n.call("CONFIG", "GET", "min-replicas-to-write")[1] == "1", "the guard of %s" % node.label)
        # Who has not asked since could not promote anybody: each asks with two CONFIG GET, at least every ten seconds.
        old.call("CONFIG", "RESETSTAT")
        wait(lambda: config_gets(old) >= 2 * len(world.supervisors), "all supervisors know the guard of the primary")
        probers = {n: Prober(n) for n in group.nodes}
        for prober in probers.values():
            prober.start()
        wait(lambda: probers[old].taken, "first writes")
        moment = time.monotonic()
        world.net.split([old.place, lonely.place])
        switched = await_switch_at(others, moment)
        new = group.by_port(others[0].primary_port(group.name))
        wait(lambda: probers[new].taken, "the new primary takes writes")
        last_old, first_new = probers[old].taken[-1][1], probers[new].taken[0][0]
        check(last_old < first_new, "both took writes for %s" % ms(last_old - first_new))
        world.stays(lambda: probers[old].taken[-1][1] == last_old, "the old primary takes no more writes", WATCH_S)
        healed = time.monotonic()
        world.net.join()
        group.primary = new
        await_demoted(old, healed)
        check_agreed(world, new)
        for prober in probers.values():
            prober.finish()
        check(not [t for t in probers[old].taken if t[0] > first_new], "the old primary took writes after the switch")
        return "old primary took its last write %s after the cut, the new one its first %s; +switch-master %s" % (
            ms(last_old - moment), ms(first_new - moment), ms(switched[0] - moment))
