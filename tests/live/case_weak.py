"""Scenarios: where Sentinel is slow, stuck or in the way, and picketd is not.

With `--supervisor redis-sentinel` those that are marked have to fail: see fakes.shows_in_sentinel.
"""

import collections
import contextlib
import threading
import time

import case_failover
import events
import resp
from cluster import Cluster
from fakes import Fake, Gate, Prepared, publish, shows_in_sentinel, supervisor_that_names
from scenario import ms, scenario
from servers import HOST
from waiting import POLL_S, check, wait

DOWN_AFTER = 500
# A stage of Sentinel's failover may take so long, and it waits twice as long before it tries again.
LOCKOUT_MS = 180000
# "In seconds", on a busy machine.
SOON_S = 15.0


def bring_back(world, *dead):
    """The killed nodes are started again, and everything is well."""
    for node in dead:
        node.start().await_ready()
    wait(world.group.attached, "all follow the new primary again")
    world.settle()


def leader_at(world, step, since):
    """The supervisor that published this step of a failover."""
    return wait(lambda: next((s for s in world.supervisors if s.events.first(step, since)), None),
                "%s at some supervisor" % step, SOON_S)


@scenario(seconds=8)
@shows_in_sentinel
def no_retry_lockout(nodes, supervisor):
    """failover-timeout 3 min: lost elections and leaders that die at each step cost seconds, not minutes"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, failover_timeout=LOCKOUT_MS) as world:
        group, notes = world.group, []
        # Nobody gives a vote.
        candidate, hung = world.supervisors[0], world.supervisors[1:]
        old = group.primary
        check(candidate.call("SENTINEL", "SET", group.name, "quorum", 1) == "OK", "SET quorum")
        for other in hung:
            other.stop()
        moment = old.kill()
        wait(lambda: candidate.events.first("+vote-for-leader", moment), "the candidate votes for itself", SOON_S)
        wait(lambda: candidate.events.first("-failover-abort-not-elected", moment), "an election is lost", SOON_S)
        check(candidate.call("SENTINEL", "SET", group.name, "quorum", 2) == "OK", "SET quorum")
        for other in hung:
            other.cont()
        moment = time.monotonic()
        world.wait_agreed(group, old, SOON_S)
        notes.append("after a lost election %s" % ms(time.monotonic() - moment))
        bring_back(world, old)
        # The leader dies, and stays dead until the others have done it.
        for step in ("+elected-leader", "+promoted-slave"):
            old = group.primary
            moment = old.kill()
            leader = leader_at(world, step, moment)
            leader.kill()
            world.wait_agreed(group, old, SOON_S)
            notes.append("leader dead at %s %s" % (step, ms(time.monotonic() - moment)))
            leader.start().await_ready()
            bring_back(world, old)
        return ", ".join(notes)


def refuse_orders(node):
    """From now on the node takes no orders about whom to follow."""
    node.call("ACL", "SETUSER", "default", "-slaveof", "-replicaof")


def take_orders(node):
    node.call("ACL", "SETUSER", "default", "+slaveof", "+replicaof")


@scenario(nodes=("redis",), seconds=7)
@shows_in_sentinel
def refusing_replica(nodes, supervisor):
    """a replica that refuses REPLICAOF holds up neither the leader's +switch-master nor the next failover"""
    with Prepared(nodes, supervisor, lines={"node1": ["replica-priority 200"]}, replicas=3, down_after=DOWN_AFTER,
                  failover_timeout=LOCKOUT_MS) as world:
        group, old = world.group, world.group.primary
        refusing = group.replicas[0]
        refuse_orders(refusing)
        moment = old.kill()
        new = world.wait_switch(group, moment, old, SOON_S)
        first = ms(time.monotonic() - moment)
        check(new is not refusing, "the one that refuses was promoted")
        # At once again: the third one is still brought over, or the refusing one tried.
        last = new
        moment = last.kill()
        new = world.wait_switch(group, moment, last, SOON_S)
        second = ms(time.monotonic() - moment)
        take_orders(refusing)
        wait(lambda: refusing.follows(new), "it follows as soon as it obeys", 90.0)
        return "all told %s, the next failover %s" % (first, second)


@scenario(nodes=("redis",), seconds=9)
@shows_in_sentinel
def refuses_promotion(nodes, supervisor):
    """the preferred replica refuses to be promoted (no right, no such command): another one is"""
    with Prepared(nodes, supervisor, lines={"node1": ["replica-priority 1"]}, down_after=DOWN_AFTER,
                  failover_timeout=LOCKOUT_MS) as world:
        group, old = world.group, world.group.primary
        refusing = group.replicas[0]
        refuse_orders(refusing)
        moment = old.kill()
        new = world.wait_switch(group, moment, old, 2 * SOON_S)
        check(new is not refusing, "the one that refuses is named")
        return "the other one was promoted %s after the kill" % ms(world.switches(group, moment)[0].at - moment)


@scenario(supervisors=("picketd",), seconds=6)
def promoted_dies(nodes, supervisor):
    """the promoted replica dies the moment that it is promoted: the next one takes over at once"""
    with Cluster(nodes, supervisor, replicas=3, down_after=DOWN_AFTER, failover_timeout=LOCKOUT_MS) as world:
        group, old, notes = world.group, world.group.primary, []
        for _ in range(2):
            moment = old.kill()
            event = wait(lambda: next(iter(world.switches(group, moment)), None), "a +switch-master", SOON_S)
            promoted = group.by_port(events.switch_of(event).new_port)
            moment = promoted.kill()
            wait(lambda: not {s.primary_port(group.name) for s in world.supervisors} & {old.port, promoted.port},
                 "all supervisors name a living primary", SOON_S)
            notes.append(ms(time.monotonic() - moment))
            case_failover.check_follows(world, group, world.wait_agreed(group, promoted))
            bring_back(world, old, promoted)
            old = group.primary
        return "all agree %s after the death" % ", ".join(notes)


CRASH_GROUPS, CRASH_ROUNDS, CRASH_WATCH_S = 10, 2, 5.0


@scenario(nodes=("picket",), seconds=25)
@shows_in_sentinel
def twenty_crashes(nodes, supervisor):
    """down-after 300: twenty crashes, each gives one switch at each supervisor, and no other within 5 s"""
    names = ["group%d" % i for i in range(CRASH_GROUPS)]
    with Cluster(nodes, supervisor, groups=names, replicas=1, down_after=300) as world:
        for _ in range(CRASH_ROUNDS):
            old = {g.name: g.primary for g in world.groups}
            begin = time.monotonic()
            for group in world.groups:
                group.primary.kill()
            for group in world.groups:
                world.wait_switch(group, begin, old[group.name])
            time.sleep(CRASH_WATCH_S)
            for group in world.groups:
                case_failover.check_one_switch(world, group, begin, old[group.name], group.primary)
                sdown = [e.payload for s in world.supervisors
                         for e in s.events.find("+sdown", begin, "master %s " % group.name)
                         if e.payload.endswith(" %d" % group.primary.port)]
                check(not sdown, "+sdown of the new primary: %s" % sdown)
                old[group.name].start()
            world.settle()
    return "%d crashes" % (CRASH_GROUPS * CRASH_ROUNDS)


HANG_WATCH_S = 10.0
# What may be open on one connection of a hung server: a PING, an INFO, a hello, a question, and what opens a link.
OPEN_MAX = 12
# All that three supervisors send to one hung node in that time; to a hung peer the same bound serves.
BYTES_MAX = 20000


class ThroughGate(Cluster):
    """The primary is reached through a gate; to the supervisors the gate is the primary."""

    def __enter__(self):
        self.gate = None
        super().__enter__()
        return self

    def watch(self):
        primary = self.group.primary
        self.gate = Gate(primary.port)
        for s in self.supervisors:
            check(s.call("SENTINEL", "MONITOR", "gated", HOST, self.gate.port, 9) == "OK", "MONITOR")
            for option, value in (("down-after-milliseconds", DOWN_AFTER), ("failover-timeout", 20000)):
                s.call("SENTINEL", "SET", "gated", option, value)
        for s in self.supervisors:
            wait(lambda s=s: s.master("gated")["flags"] == "master" and len(s.peers("gated")) >= 2,
                 "%s sees the primary behind the gate" % s.label)

    def __exit__(self, *exc):
        if self.gate is not None:
            self.gate.end()
        return super().__exit__(*exc)


def patient(world):
    """A hung peer: answers until the event is set, then takes everything in."""
    hung = threading.Event()
    knows = supervisor_that_names(world.gate.port, "e" * 40)

    def answer(words):
        if hung.is_set():
            return None
        return knows(words) if words[0].upper() in ("PING", "PUBLISH", "SENTINEL") else b"-ERR unknown command\r\n"
    return Fake(answer), hung


def mounting(talks, before):
    """The most commands that one connection got."""
    return max((len(t.commands) - before.get(t, 0) for t in talks), default=0)


def kinds(commands):
    return dict(collections.Counter(" ".join(c.split(" ")[:2])[:30] for c in commands).most_common(8))


@scenario(nodes=("redis",), seconds=14)
@shows_in_sentinel
def hung_gets_no_pile(nodes, supervisor):
    """a hung primary and a hung supervisor get a few commands and then silence, not a pile of them, over 10 s"""
    with ThroughGate(nodes, supervisor, replicas=0, down_after=DOWN_AFTER, quorum=2) as world:
        world.watch()
        peer, hung = patient(world)
        with peer:
            text = "%s,%d,%s,0,gated,%s,%d,0" % (HOST, peer.port, "e" * 40, HOST, world.gate.port)
            publish(world.supervisors, text)
            wait(lambda: len(peer.talks) >= 3 and len(peer.commands()) >= 6, "the peer is talked to")
            hung.set()
            world.gate.close()
            before = {t: len(t.commands) for t in peer.talks}
            sent = peer.bytes()
            wait(lambda: all("s_down" in s.master("gated")["flags"] for s in world.supervisors), "the hung node is seen down")
            limit = time.monotonic() + HANG_WATCH_S
            while time.monotonic() < limit:
                time.sleep(POLL_S)
            node_most, peer_most = mounting(world.gate.talks, {}), mounting(peer.talks, before)
            node_bytes, peer_bytes = world.gate.bytes(), peer.bytes() - sent
            note = "to the node %d bytes, most on a connection %d; to the peer %d bytes, most %d" % (
                node_bytes, node_most, peer_bytes, peer_most)
            check(node_most <= OPEN_MAX and peer_most <= OPEN_MAX, "%s: %s %s" % (
                note, kinds(world.gate.commands()), kinds(peer.commands())))
            check(node_bytes <= BYTES_MAX and peer_bytes <= BYTES_MAX, "%s: %s %s" % (
                note, kinds(world.gate.commands()), kinds(peer.commands())))
            return note


FIX_WATCH_S = 14.0
# Pauses of 1, 2, 4, 8 s, of which chance takes up to half; the fourth begins within ten seconds.
FIX_REST_S = 3.5


class Reverter(threading.Thread):
    """Keeps a replica on the way that it has to the primary, whatever it is told: as behind NAT, or by a script."""

    def __init__(self, node, port):
        super().__init__(daemon=True)
        self.node, self.port = node, port
        self.ending = threading.Event()

    def run(self):
        # Each order to follow ends the connections of all clients, ours too.
        while not self.ending.is_set():
            with contextlib.suppress(OSError), self.node.connect() as conn:
                self._watch(conn)

    def _watch(self, conn):
        while not self.ending.is_set():
            if resp.info_fields(conn.call("INFO", "replication")).get("master_port") != str(self.port):
                conn.call("REPLICAOF", HOST, self.port)
            self.ending.wait(POLL_S / 2)


def go_astray(node, port):
    """Starts a Reverter. The supervisors connect anew, and so read INFO at once, not in ten seconds."""
    job = Reverter(node, port)
    job.start()
    wait(lambda: node.info()["master_port"] == str(port), "the replica goes astray")
    node.call("CLIENT", "KILL", "TYPE", "normal")
    return job


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=20)
def fix_backs_off(nodes, supervisor):
    """a replica that is always turned away gets orders at growing intervals; one behind NAT gets none"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group = world.group
        behind, stray = group.replicas
        moment = time.monotonic()
        with Gate(group.primary.port) as gate, Fake(lambda words: None) as nobody:
            # The former is as good as the primary; the latter never answers, and nobody gets back from there in no time.
            jobs = [go_astray(behind, gate.port)]
            wait(lambda: behind.info()["master_link_status"] == "up", "the link through the gate")
            group.primary.call("ACL", "SETUSER", "default", "-psync", "-sync")
            jobs.append(go_astray(stray, nobody.port))
            wait(lambda: all(s.events.find("+fix-slave-config", moment) for s in world.supervisors),
                 "+fix-slave-config at all supervisors", 30.0)
            time.sleep(FIX_WATCH_S)
            for job in jobs:
                job.ending.set()
                job.join(5.0)
        end = time.monotonic()
        check(all(s.events.find("+fix-slave-config", moment, ":%d " % stray.port) == s.events.find("+fix-slave-config", moment)
                  for s in world.supervisors), "orders to the replica behind NAT")
        rests = [longest_rest(s.events.find("+fix-slave-config", moment), end) for s in world.supervisors]
        check(min(rests) >= FIX_REST_S, "no supervisor leaves the replica alone: longest rests %s" % rests)
        return "longest rests %s" % ", ".join(ms(rest) for rest in rests)


def longest_rest(found, end):
    """The longest time between two events, or after the last."""
    moments = [e.at for e in found] + [end]
    return max(after - before for before, after in zip(moments, moments[1:]))


def manual_pair(world, group):
    """Two supervisors are told to fail over at the same time; returns what they answer."""
    first, second = world.supervisors[0].connect(), world.supervisors[1].connect()
    try:
        for conn in (first, second):
            conn.send("SENTINEL", "FAILOVER", group.name)
        return [str(conn.read()) for conn in (first, second)]
    finally:
        first.close()
        second.close()


MANUAL_ROUNDS = 4


@scenario(supervisors=("picketd",), seconds=8)
def two_manual_failovers(nodes, supervisor):
    """FAILOVER at two supervisors at the same time: one primary, all agree, no config epoch for two primaries"""
    with Cluster(nodes, supervisor, replicas=3, down_after=DOWN_AFTER) as world:
        group, notes = world.group, []
        for _ in range(MANUAL_ROUNDS):
            old, moment = group.primary, time.monotonic()
            answers = wait(lambda: next((a for a in [manual_pair(world, group)] if "OK" in a), None), "a FAILOVER is taken")
            wait(lambda: world.switches(group, moment), "a switch", SOON_S)
            wait(lambda: all(s.master(group.name)["flags"] == "master" for s in world.supervisors), "no failover is under way")
            # The second of them may come right behind the first.
            wait(lambda: calm(world, group), "the supervisors agree, and the nodes with them", 2 * SOON_S)
            group.primary = group.by_port(world.supervisors[0].primary_port(group.name))
            case_failover.check_follows(world, group, group.primary)
            check([n for n in group.nodes if n.role() == "master"] == [group.primary], "two primaries")
            world.settle()
            notes.append("/".join(answers))
            check(old is not None, "")
        by_epoch = {}
        for s in world.supervisors:
            for e in s.events.find("+promoted-slave"):
                by_epoch.setdefault(epoch_at(s, e.at), set()).add(e.payload)
        check(all(len(v) == 1 for v in by_epoch.values()), "two promoted in one epoch: %s" % by_epoch)
        return "; ".join(notes)


def epoch_at(supervisor, moment):
    """The epoch in which this supervisor was elected last before then."""
    found = supervisor.events.find("+vote-for-leader", 0, supervisor.call("SENTINEL", "MYID"), moment)
    return found[-1].payload.split(" ")[1] if found else "none"


def calm(world, group):
    """All name one primary and one config epoch, and that node is one."""
    named = {(s.primary_port(group.name), s.master(group.name)["config-epoch"]) for s in world.supervisors}
    return len(named) == 1 and group.by_port(next(iter(named))[0]).role() == "master"


@scenario(nodes=("redis",), seconds=14)
def demoted_by_hand(nodes, supervisor):
    """an operator promotes a replica and demotes the primary, both by REPLICAOF: in the end all agree on one"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, old, other = world.group, world.group.primary, world.group.replicas[0]
        moment = time.monotonic()
        other.call("REPLICAOF", "NO", "ONE")
        old.call("REPLICAOF", HOST, other.port)
        wait(lambda: calm(world, group) and settled(world, group), "one primary, and all follow it")
        group.primary = group.by_port(world.supervisors[0].primary_port(group.name))
        took = time.monotonic() - moment
        world.settle()
        group.primary.call("SET", "after", "1")
        return "converged after %s, on the %s primary" % (ms(took), "old" if group.primary is old else "new")


@scenario(nodes=("picket",), seconds=14)
def demoted_in_a_circle(nodes, supervisor):
    """an operator makes the primary a replica of its own replica, so that there is none: one is made"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, old, other = world.group, world.group.primary, world.group.replicas[0]
        moment = time.monotonic()
        old.call("REPLICAOF", HOST, other.port)
        wait(lambda: calm(world, group) and settled(world, group), "one primary, and all follow it")
        group.primary = group.by_port(world.supervisors[0].primary_port(group.name))
        took = time.monotonic() - moment
        world.settle()
        group.primary.call("SET", "after", "1")
        return "converged after %s" % ms(took)


def settled(world, group):
    """True when all nodes follow the primary that the supervisors name."""
    return group.attached(group.by_port(world.supervisors[0].primary_port(group.name)))
