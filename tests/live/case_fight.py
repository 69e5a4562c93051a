"""Scenarios: somebody else changes what the supervisors put right."""

from cluster import Cluster
from scenario import scenario
from waiting import wait

SOON_S = 60.0


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=11)
def fought_over(nodes, supervisor):
    """a replica that a tool points elsewhere each time that it was put right is told of"""
    with Cluster(nodes, supervisor, down_after=80000) as world:
        group = world.group
        victim, other = group.replicas
        for s in world.supervisors:
            s.call("SENTINEL", "DEBUG", "info-period", "100")
        tugs = 0

        def tug():
            nonlocal tugs
            if victim.follows(group.primary):
                victim.call("REPLICAOF", other.host, other.port)
                tugs += 1
            return [e for s in world.supervisors for e in s.events.find("+fight")]

        told = wait(tug, "a supervisor tells of the fight", SOON_S)
        return "after %d changes: %s" % (tugs, told[0].payload.split(" ", 8)[-1])
