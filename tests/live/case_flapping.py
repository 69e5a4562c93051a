"""Scenario: failovers in short succession."""

import os
import subprocess
import time

import process
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

COOL_S = 2.0


def fail_over(world, group):
    """The primary dies, and is started again as soon as it has lost its role; returns the seconds to the switch."""
    old, moment = group.primary, group.primary.kill()
    group.primary = world.wait_switch(group, moment, old)
    old.start().await_ready()
    wait(group.attached, "all follow the new primary")
    return world.switches(group, moment)[0].at - moment


def ack(world, group):
    """picketctl ack, at one supervisor: all of them must know."""
    some = world.supervisors[0]
    done = subprocess.run([process.binary("picketctl"), "-p", str(some.port), "ack", group.name],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, timeout=60,
                          env=dict(os.environ))
    check(done.returncode == 0 and "3 of 3" in done.stdout, "picketctl ack: %s" % done.stdout)


@scenario(nodes=("picket",), supervisors=("picketd",), seconds=8)
def flapping(nodes, supervisor):
    """after two failovers in a row the next one waits, also over a restart; picketctl ack ends it"""
    with Cluster(nodes, supervisor, flap_failovers=2,
                 settings="flap_cool_down_ms = %d; " % (COOL_S * 1000)) as world:
        group = world.group
        first = fail_over(world, group)
        moment = time.monotonic()
        fail_over(world, group)
        for s in world.supervisors:
            wait(lambda s=s: s.events.find("+flapping", moment), "+flapping at %s" % s.label)
        check(int(world.supervisors[0].master(group.name)["flap-failovers"]) == 2, "SENTINEL MASTER does not show it")
        restart = time.monotonic()
        for s in world.supervisors:
            s.kill()
            s.start().await_ready()
        world.settle()
        third = fail_over(world, group)
        # The time begins anew with the restart.
        waited = world.switches(group, restart)[0].at - restart
        check(waited >= COOL_S, "the third came %s after the restart" % ms(waited))
        ack(world, group)
        for s in world.supervisors:
            wait(lambda s=s: "flap-failovers" not in s.master(group.name), "%s has forgotten it" % s.label)
        return "switched after %s, the third one after %s" % (ms(first), ms(third))
