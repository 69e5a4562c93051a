"""Scenarios: replication histories, and nodes that do not take an order as it is."""

import contextlib
import signal
import sqlite3
import time

from cluster import Cluster
from disk import Disk
from fakes import Prepared
from scenario import ms, scenario
from servers import Supervisor
from waiting import POLL_S, check, wait

DOWN_AFTER = 500
SOON_S = 20.0


def restart_supervisors(world):
    """All at once, by SIGKILL: what they know is what they have stored."""
    for supervisor in world.supervisors:
        supervisor.kill()
    for supervisor in world.supervisors:
        supervisor.start().await_ready()


def reached(world, primary):
    """All supervisors have seen this primary's own word since they began."""
    def seen(supervisor):
        master = supervisor.master(world.group.name)
        return int(master["port"]) == primary.port and master["role-reported"] == "master" and master["flags"] == "master"
    return all(seen(s) for s in world.supervisors)


@scenario(supervisors=("picketd",), seconds=9)
def lost_in_a_row(nodes, supervisor):
    """two primaries die while the last replica stands still, so that its history is one that nobody names any more"""
    with Cluster(nodes, supervisor, replicas=3, down_after=DOWN_AFTER) as world:
        group, last = world.group, world.group.replicas[-1]
        last.stop()
        for _ in range(2):
            old = group.primary
            moment = old.kill()
            wait(lambda m=moment, o=old: world.wait_switch(group, m, o) is not last, "a switch", SOON_S)
        wait(lambda: reached(world, group.primary), "the third primary is known", SOON_S)
        restart_supervisors(world)
        wait(lambda: reached(world, group.primary), "the third primary is known again", SOON_S)
        old = group.primary
        old.kill()
        last.cont()
        moment = time.monotonic()
        check(world.wait_agreed(group, old, 60.0) is last, "the last one is not the primary")
        wait(lambda: last.role() == "master", "it is one", SOON_S)
        return "the last one was promoted %s after it could be spoken to" % ms(time.monotonic() - moment)


# What each node does not take: a right that is not given, or a command that is not there.
PICKY = {
    "node0": ("user default on nopass ~* &* +@all -config|rewrite -client|kill", ("CONFIG REWRITE",)),
    "node1": ('rename-command CONFIG ""', ("CONFIG REWRITE",)),
    "node2": ('rename-command CLIENT ""', ("CLIENT KILL",)),
    "node3": ("user default on nopass ~* &* +@all -multi", ("MULTI",)),
}


def told_refused(world, node, parts):
    """An event names a part that this node refuses."""
    payloads = [e.payload for s in world.supervisors for e in s.events.find("-order-part-refused")]
    return any(" %s %d " % (node.host, node.port) in p and part in p for p in payloads for part in parts)


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=9)
def parts_refused(nodes, supervisor):
    """nodes without CONFIG REWRITE, CLIENT KILL or MULTI (renamed, no right) are promoted and repointed"""
    lines = {label: [line] for label, (line, _) in PICKY.items()}
    with Prepared(nodes, supervisor, lines=lines, replicas=3, down_after=DOWN_AFTER) as world:
        group, times = world.group, []
        for _ in range(4):
            old = group.primary
            moment = old.kill()
            world.wait_switch(group, moment, old, SOON_S)
            times.append(ms(time.monotonic() - moment))
            old.start().await_ready()
            wait(group.attached, "all follow the new primary", SOON_S)
            world.settle()
        for node in group.nodes:
            wait(lambda n=node: told_refused(world, n, PICKY[n.label][1]), "it is told what %s refuses" % node.label)
        return "switches after %s" % ", ".join(times)


class Fileless(Cluster):
    """redis-server nodes without configuration files."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for node in self.group.nodes:
            follow = [] if node is self.group.primary else ["--replicaof", node.host, str(self.group.primary.port)]
            node.argv = ["redis-server", "--port", str(node.port), "--bind", node.host, "--dir", node.dir, "--save", "",
                         "--repl-diskless-sync-delay", "0"] + follow


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=2)
def no_config_file(nodes, supervisor):
    """nodes that were started without a configuration file cannot store their role: that is told, and nothing else"""
    with Fileless(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, old = world.group, world.group.primary
        moment = old.kill()
        world.wait_switch(group, moment, old, SOON_S)
        wait(group.attached, "all follow the new primary", SOON_S)
        for node in (group.primary, group.replicas[-1]):
            wait(lambda n=node: told_refused(world, n, ("CONFIG REWRITE",)), "it is told of %s" % node.label, SOON_S)
        return "switch after %s" % ms(world.switches(group, moment)[0].at - moment)


@scenario(supervisors=("picketd",), seconds=6)
def handed_over(nodes, supervisor):
    """the primary handed over by hand (REPLICAOF twice) is adopted at once; one promoted by mistake is put right"""
    # Whatever waits for down-after comes later than this test lasts.
    with Cluster(nodes, supervisor, down_after=80000) as world:
        group, old = world.group, world.group.primary
        new = group.replicas[0]
        check(new.call("REPLICAOF", "NO", "ONE") == "OK", "REPLICAOF NO ONE")
        check(old.call("REPLICAOF", new.host, new.port) == "OK", "REPLICAOF")
        moment = time.monotonic()
        check(world.wait_agreed(group, old, SOON_S) is new, "another one is the primary")
        adopted = ms(time.monotonic() - moment)
        wait(group.attached, "all follow the new primary", SOON_S)
        world.settle()
        stray = group.replicas[0]
        # The order to follow may be throwing out its clients just now.
        wait(lambda: stray.call("REPLICAOF", "NO", "ONE") == "OK", "REPLICAOF NO ONE")
        wait(lambda: stray.follows(new), "the stray follows again", SOON_S)
        check({s.primary_port(group.name) for s in world.supervisors} == {new.port}, "the stray was adopted")
        return "adopted after %s" % adopted


def names(supervisor):
    """The groups that this supervisor watches."""
    masters = supervisor.call("SENTINEL", "MASTERS")
    return {dict(zip(m[::2], m[1::2]))["name"] for m in masters}


def restarted(supervisor):
    """Once more, after kill -9."""
    supervisor.kill()
    return supervisor.start().await_ready()


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=3)
def removed_stays_away(nodes, supervisor):
    """SENTINEL REMOVE of a group that stands in the file outlasts restart and reload, until the file says something else"""
    with Cluster(nodes, supervisor, supervisors=1, replicas=1, quorum=1) as world:
        group, daemon = world.group, world.supervisors[0]
        check(daemon.call("SENTINEL", "REMOVE", group.name) == "OK", "REMOVE")
        restarted(daemon)
        check(names(daemon) == set(), "it is back after a restart")
        check("-monitor-skipped" in daemon.log(), "it is not told")
        daemon.signal(signal.SIGHUP)
        wait(lambda: daemon.events.find("-monitor-skipped"), "the file is read again")
        check(names(daemon) == set(), "it is back after a reload")
        world.options["down_after"] = 4321
        daemon.configure()
        daemon.signal(signal.SIGHUP)
        wait(lambda: names(daemon) == {group.name}, "another text brings it back")
        check(daemon.master(group.name)["down-after-milliseconds"] == "4321", "with that text")
        # By hand, with other settings: the file does not take that back, as long as it says the same.
        check(daemon.call("SENTINEL", "REMOVE", group.name) == "OK", "REMOVE")
        check(daemon.call("SENTINEL", "MONITOR", group.name, group.primary.host, group.primary.port, 2) == "OK", "MONITOR")
        restarted(daemon)
        check(daemon.master(group.name)["quorum"] == "2", "the file has won over MONITOR")


def stored_port(supervisor, group):
    """The primary that this supervisor has on its disk."""
    with contextlib.closing(sqlite3.connect("file:%s/picket.db?mode=ro" % supervisor.state_dir, uri=True)) as state:
        return state.execute("SELECT port FROM groups WHERE name = ?", (group.name,)).fetchone()[0]


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=6)
def shown_when_stored(nodes, supervisor):
    """on slow disks: who is asked for the primary names the new one only when the switch is on its own disk"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, settle=False, supervisors=0) as world:
        world.supervisors = [Supervisor(world, "supervisor%d" % i, supervisor, i) for i in range(3)]
        disks = [Disk(world, s) for s in world.supervisors]
        for one in world.supervisors:
            one.configure()
            one.start().await_ready()
        world.settle()
        for disk in disks:
            disk.take_ms(400)
        group, old, pending, asked = world.group, world.group.primary, set(world.supervisors), 0
        moment = old.kill()
        limit = time.monotonic() + SOON_S
        while pending and time.monotonic() < limit:
            for one in sorted(pending, key=lambda s: s.port):
                shown = int(one.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", group.name, timeout=SOON_S)[1])
                asked += 1
                check(shown == old.port or shown == stored_port(one, group), "%s shows what it has not stored" % one.label)
                if shown != old.port:
                    pending.discard(one)
            time.sleep(POLL_S)
        check(not pending, "no switch at %s" % [s.label for s in pending])
        for disk in disks:
            disk.take_ms(0)
        return "shown everywhere %s after the kill, asked %d times" % (ms(time.monotonic() - moment), asked)
