"""Scenarios: durability = quorum: what so many replicas acknowledged outlives the primary."""

from case_failover import check_follows
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

DOWN_AFTER = 500
SETTINGS = 'durability = "quorum"; sync_replicas = 1; '
# More than sockets hold for a replica that stands still.
KEYS = 250
VALUE = "v" * 100000
WAIT_MS = 20000
# The other one's word is not enough, however long it is asked.
STAYS_S = 2.0


def names():
    return ["acked%d" % i for i in range(KEYS)]


def write_acknowledged(primary):
    """Each write is acknowledged by one replica."""
    for name in names():
        primary.call("SET", name, VALUE)
        check(primary.call("WAIT", 1, WAIT_MS, timeout=2 * WAIT_MS / 1000) >= 1, "%s is not acknowledged" % name)


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=16)
def acknowledged_is_kept(nodes, supervisor):
    """the only replica that has what was acknowledged is gone for a while: nobody is promoted before it is back"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, settings=SETTINGS) as world:
        group, old = world.group, world.group.primary
        has, lacks = group.replicas
        lacks.stop()
        write_acknowledged(old)
        has.stop()
        moment = old.kill()
        lacks.cont()
        told = wait(lambda: [e for s in world.supervisors for e in s.events.find("-failover-abort-replicas-unread", moment)],
                    "it is told that a replica cannot be read", 60)
        waits = "1 of 2 replicas read, 2 needed"
        wait(lambda: any(waits in s.master(group.name).get("failover-waits-for", "") for s in world.supervisors),
             "failover-waits-for", 60)
        # Each attempt throws out the clients of those that it reads: whoever asks them asks again.
        missing = wait(lambda: [KEYS - lacks.call("EXISTS", *names())], "it is asked what it has")[0]
        world.stays(lambda: not world.switches(group, moment), "a switch", STAYS_S)
        wait(lambda: lacks.role() == "slave", "it is still a replica")
        has.cont()
        new = world.wait_switch(group, moment, old)
        wait(lambda: new.call("EXISTS", *names()) == KEYS, "no acknowledged write is lost")
        check_follows(world, group, new)
    return "told after %s; %d of %d writes were on one replica alone" % (ms(told[0].at - moment), missing, KEYS)


def has_sync(group, k):
    return all(n.info()["sync_replicas"] == str(k) for n in group.nodes)


@scenario(nodes=("picket",), supervisors=("picketd",), seconds=9)
def sync_is_looked_after(nodes, supervisor):
    """picket-stores get sync-replicas with durability = quorum, over their restarts, and lose it with that"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, settings=SETTINGS) as world:
        group = world.group
        wait(lambda: has_sync(group, 1), "all nodes have sync-replicas", 60)
        check(group.primary.call("SET", "key", "value") == "OK", "a write")
        replica = group.replicas[0]
        replica.kill()
        replica.start().await_ready()
        check(replica.info()["sync_replicas"] == "1", "sync-replicas is not in the node's configuration")
        # That it was they who set it, they know over a restart of their own.
        for s in world.supervisors:
            s.kill()
            s.start().await_ready()
        for s in world.supervisors:
            check(s.call("SENTINEL", "SET", group.name, "durability", "async") == "OK", "SENTINEL SET")
        wait(lambda: has_sync(group, 0), "no node has sync-replicas", 60)
    return ""
