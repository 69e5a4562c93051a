"""Scenarios: replicas come and go, and nodes that refuse to talk."""

import time

from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

DOWN_AFTER = 500


def listed(world, group, port):
    return [port in s.replicas(group.name) for s in world.supervisors]


@scenario(seconds=30)
def replica_comes_and_goes(nodes, supervisor):
    """a new replica is discovered; killed, it is reported down; RESET forgets it"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group = world.group
        begin = time.monotonic()
        added = group.add_replica("added")
        wait(lambda: added.follows(group.primary), "the new replica is attached")
        wait(lambda: all(listed(world, group, added.port)), "all supervisors know the new replica")
        discovered = time.monotonic() - begin
        for s in world.supervisors:
            wait(lambda s=s: s.events.find("+slave", begin, "slave 127.0.0.1:%d " % added.port),
                 "+slave at %s" % s.label)
        world.settle()

        moment = added.kill()
        for s in world.supervisors:
            wait(lambda s=s: s.events.first("+sdown", moment, "slave 127.0.0.1:%d " % added.port),
                 "+sdown of the replica at %s" % s.label)
            wait(lambda s=s: "s_down" in s.replicas(group.name)[added.port]["flags"], "s_down flag at %s" % s.label)
        # As long as the primary lists a gone replica, a supervisor that resets finds it again.
        wait(lambda: int(group.primary.info()["connected_slaves"]) == 2, "the primary has dropped the replica")
        group.nodes.remove(added)
        for s in world.supervisors:
            check(s.call("SENTINEL", "RESET", group.name) == 1, "RESET did not count one group at %s" % s.label)
            wait(lambda s=s: s.events.first("+reset-master", moment), "+reset-master at %s" % s.label)
            wait(lambda s=s: world.knows_all(s, group), "%s knows the rest again" % s.label)
        check(not any(listed(world, group, added.port)), "RESET did not forget the replica")
        check(not world.switches(group), "a failover, although only a replica went")
        return "discovered %s after its start" % ms(discovered)


@scenario(seconds=8)
def replica_back(nodes, supervisor):
    """a killed replica that comes back is reported up again"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, replica = world.group, world.group.replicas[0]
        moment = replica.kill()
        text = "slave 127.0.0.1:%d " % replica.port
        for s in world.supervisors:
            wait(lambda s=s: s.events.first("+sdown", moment, text), "+sdown of the replica at %s" % s.label)
        replica.start()
        for s in world.supervisors:
            wait(lambda s=s: s.events.first("-sdown", moment, text), "-sdown of the replica at %s" % s.label)
        wait(group.attached, "the replica is attached again")
        world.settle()
        check(not world.switches(group), "a failover, although only a replica went")


def set_password(node, password):
    """Nodes keep who is logged in already: everybody has to come again."""
    with node.connect() as conn:
        conn.call("CONFIG", "SET", "requirepass", password)
        conn.call("CLIENT", "KILL", "TYPE", "normal")
        conn.call("CLIENT", "KILL", "TYPE", "pubsub")


@scenario(supervisors=("picketd",), seconds=10)
def wrong_password(nodes, supervisor):
    """nodes that answer NOAUTH are not down: no failover, and all is well when the password is gone"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group = world.group
        moment = time.monotonic()
        for node in group.nodes:
            set_password(node, "secret")
        world.stays(lambda: all(s.primary_port(group.name) == group.primary.port for s in world.supervisors),
                    "a failover because of a password", 8 * DOWN_AFTER / 1000.0)
        for s in world.supervisors:
            for event in ("+odown", "+try-failover", "+switch-master"):
                check(not s.events.find(event, moment), "%s at %s because of a password" % (event, s.label))
            check(not s.events.find("+sdown", moment, "master "), "+sdown at %s because of a password" % s.label)
        for node in group.nodes:
            node.password = "secret"
            set_password(node, "")
            node.password = None
        world.settle()
