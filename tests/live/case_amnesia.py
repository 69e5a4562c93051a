"""Scenarios: a primary that comes back without its data. Its replicas must not throw theirs away."""

import os
import shutil
import time

from case_failover import check_follows
from cluster import Cluster
from fakes import Prepared, shows_in_sentinel
from scenario import ms, scenario
from servers import Node
from waiting import check, wait

KEYS = 500
# Far from silence: only what the nodes say can bring a failover about.
DOWN_AFTER = 5000
SOON_S = 10.0
DOWN_S = (0.0, 0.1, 0.6)


def holds_all(group):
    """All nodes have our keys, beside what the cluster itself wrote."""
    names = ["key%d" % i for i in range(KEYS)]
    return all(n.call("EXISTS", *names) == KEYS for n in group.nodes)


def fill(group):
    group.primary.call("MSET", *(word for i in range(KEYS) for word in ("key%d" % i, i)))
    wait(lambda: holds_all(group), "the replicas have the keys")


@scenario(nodes=("redis",), seconds=12)
@shows_in_sentinel
def reborn_empty(nodes, supervisor):
    """kill -9 of a primary without persistence and a restart within a second: the data survive on a replica"""
    notes = []
    with Prepared(nodes, supervisor, lines={None: ["repl-diskless-sync-delay 0"]},
                  down_after=DOWN_AFTER) as world:
        group = world.group
        fill(group)
        for down_s in DOWN_S:
            old = group.primary
            moment = old.kill()
            time.sleep(down_s)
            old.start().await_ready()
            new = world.wait_switch(group, moment, old, SOON_S)
            notes.append(ms(world.switches(group, moment)[0].at - moment))
            check_follows(world, group, new)
            wait(group.attached, "all follow the new primary")
            check(holds_all(group), "keys are lost")
            group.primary = new
            world.settle()
    return "down for %s s: switched after %s" % ("/".join("%.1f" % s for s in DOWN_S), "/".join(notes))


@scenario(nodes=("redis",), seconds=8)
@shows_in_sentinel
def stranger(nodes, supervisor):
    """another node, with more keys than the primary had, takes its address within a second: a replica is promoted"""
    # As long as it takes by default: a replica that finds the stranger keeps its own data meanwhile.
    with Prepared(nodes, supervisor, lines={None: ["repl-diskless-sync-delay 2"]}, down_after=DOWN_AFTER) as world:
        group = world.group
        fill(group)
        other = Node(world, "stranger", nodes).start().await_ready()
        other.call("MSET", *("other%d" % i for i in range(4 * KEYS)))
        check(other.call("SAVE") == "OK", "the stranger's data is saved")
        old = group.primary
        shutil.copy(os.path.join(other.dir, "dump.rdb"), old.dir)
        world.settle()
        moment = old.kill()
        old.start().await_ready()
        new = world.wait_switch(group, moment, old, SOON_S)
        took = ms(world.switches(group, moment)[0].at - moment)
        check_follows(world, group, new)
        wait(group.attached, "all follow the new primary")
        check(holds_all(group), "keys are lost")
        group.primary = new
        world.settle()
    return "switched after %s" % took


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=9)
def reborn_whole(nodes, supervisor):
    """a primary that saved its data at SHUTDOWN and is started again stays the primary"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group = world.group
        fill(group)
        world.settle()
        moment = time.monotonic()
        group.primary.call("CONFIG", "SET", "save", "3600 1")
        # Standing still they see no refused connection, which would be a crash, and reason enough for a failover.
        for supervisor in world.supervisors:
            supervisor.stop()
        check(group.primary.term()[0] == 0, "SHUTDOWN with SAVE")
        group.primary.start().await_ready()
        for supervisor in world.supervisors:
            supervisor.cont()
        wait(lambda: all(s.events.find("+reboot", moment) for s in world.supervisors), "+reboot")
        wait(group.attached, "the replicas are back")
        found = [e for s in world.supervisors for e in s.events.find("+amnesia", moment)]
        check(not found, "+amnesia: %s" % found)
        check(not world.switches(group, moment), "another primary")
        check(holds_all(group), "keys are lost")
    return "%d keys" % KEYS


class Gated(Cluster):
    """picket-stores with a start gate."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for node in self.group.nodes:
            node.argv += ["--start-gate", "yes"]


def restart_unseen(world, node, between):
    """Supervisors that stand still see no refused connection, which would be a crash, and reason enough."""
    for supervisor in world.supervisors:
        supervisor.stop()
    between(node)
    node.start().await_ready()
    check(node.info()["start_gate"] == "closed", "the gate is open")
    moment = time.monotonic()
    for supervisor in world.supervisors:
        supervisor.cont()
    return moment


def end(node):
    check(node.term()[0] == 0, "SIGTERM")


def end_empty(node):
    node.kill()
    os.remove(os.path.join(node.dir, "dump.rdb"))


@scenario(nodes=("picket",), supervisors=("picketd",), seconds=12)
def start_gate(nodes, supervisor):
    """a primary behind its start gate is confirmed if it has its data, and replaced if it is empty"""
    with Gated(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group = world.group
        fill(group)
        world.settle()
        check(group.primary.call("SAVE") == "OK", "SAVE")
        moment = restart_unseen(world, group.primary, end)
        wait(lambda: group.primary.info()["start_gate"] == "open", "the primary is confirmed", 60)
        opened = ms(time.monotonic() - moment)
        check(group.primary.call("SET", "after", "x") == "OK", "a write behind the gate")
        wait(lambda: any(s.events.find("+gate-opened", moment) for s in world.supervisors), "+gate-opened")
        wait(group.attached, "the replicas are back")
        check(not world.switches(group, moment), "another primary")
        check(holds_all(group), "keys are lost")
        world.settle()
        old = group.primary
        moment = restart_unseen(world, old, end_empty)
        new = world.wait_switch(group, moment, old, 60)
        check_follows(world, group, new)
        wait(group.attached, "all follow the new primary")
        check(holds_all(group), "keys are lost")
        group.primary = new
        world.settle()
    return "open after %s, switched after %s" % (opened, ms(world.switches(group, moment)[0].at - moment))
