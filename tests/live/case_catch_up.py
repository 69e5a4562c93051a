"""Scenarios: which replica is preferred, and that this never costs data."""

import events
from case_failover import check_follows
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

KEYS = 100
WAIT_MS = 20000
# The preferred one may be without its link for ten times as long, and still be chosen.
DOWN_AFTER = 5000
# Time enough on a machine with other things to do.
SETTINGS = 'catch_up_ms = 60000; switchover_timeout_ms = 8000; prefer = "127.0.0.1:1 zone=eu-1a"; '
# By its zone, or by its priority.
PREFERRED = {"picket": ["--availability-zone", "eu-1a"], "redis": ["--replica-priority", "1"]}


def names():
    return ["late%d" % i for i in range(KEYS)]


def hold_off(replica, primary, others):
    """The replica loses its link and does not get it back: the password that it names is refused."""
    replica.call("CONFIG", "SET", "masterauth", "wrong")
    primary.call("CLIENT", "KILL", "TYPE", "replica")
    wait(lambda: all(n.follows(primary) for n in others), "the others follow again")
    wait(lambda: not replica.follows(primary), "%s has lost its link" % replica.label)


def write_behind(primary, replicas):
    """What so many replicas have, and no other."""
    for name in names():
        primary.call("SET", name, "1")
        check(primary.call("WAIT", replicas, WAIT_MS, timeout=2 * WAIT_MS / 1000) >= replicas, "%s is not acknowledged" % name)


def switches_at_leader(world, group, since):
    """The leader of a failover tells of it at the moment of the promotion."""
    leaders = [s for s in world.supervisors if s.events.find("+catch-up", since, " %s " % group.name)]
    check(len(leaders) == 1, "waited for at %s, expected one" % [s.label for s in leaders])
    return [events.switch_of(e) for e in leaders[0].events.find("+switch-master", since)]


@scenario(supervisors=("picketd",), seconds=6)
def preferred_catches_up(nodes, supervisor):
    """the preferred replica lacks 100 writes: the other is promoted, hands over to it, and all writes are there"""
    world = Cluster(nodes, supervisor, down_after=DOWN_AFTER, settings=SETTINGS)
    group, old = world.group, world.group.primary
    preferred, other = group.replicas
    preferred.argv += PREFERRED[nodes]
    with world:
        shown = world.supervisors[0].replicas(group.name)[preferred.port]
        check(shown["place"] == ("2" if nodes == "picket" else "3"), "its place: %s" % shown)
        hold_off(preferred, old, [other])
        write_behind(old, 1)
        check(preferred.call("EXISTS", *names()) == 0, "the preferred replica is not behind")
        moment = old.kill()
        preferred.call("CONFIG", "SET", "masterauth", "")
        wait(lambda: len(switches_at_leader(world, group, moment)) == 2 if any(
            s.events.find("+catch-up", moment) for s in world.supervisors) else False, "two switches", 90)
        steps = [(s.old_port, s.new_port) for s in switches_at_leader(world, group, moment)]
        check(steps == [(old.port, other.port), (other.port, preferred.port)], "switches: %s" % steps)
        check(world.wait_agreed(group, old) is not None, "nobody agrees")
        wait(lambda: {s.primary_port(group.name) for s in world.living} == {preferred.port}, "all name the preferred one", 60)
        group.primary = preferred
        missing = KEYS - preferred.call("EXISTS", *names())
        check(missing == 0, "%d of %d writes are lost" % (missing, KEYS))
        check_follows(world, group, preferred)
        last = [e for e in world.switches(group, moment) if events.switch_of(e).new_port == preferred.port]
    return "primary after %s, the preferred one after %s; 0 of %d lost" % (
        ms(world.switches(group, moment)[0].at - moment), ms(last[0].at - moment), KEYS)
