"""Scenarios: picketd and redis-sentinel in one company, and the way from the one to the other without a stop."""

import time

import case_failover
import writer
from case_import import convert, knowledge, written
from cluster import Cluster
from scenario import ms, scenario
from servers import Supervisor
from waiting import check, wait

SENTINEL, PICKET = "redis-sentinel", "picketd"
# Below, redis-sentinel fails over a second time now and then, unprovoked.
DOWN_AFTER = 2000
STATE_DIR = "/var/lib/picket"
# Writes that were acknowledged this shortly before the kill may not have reached a replica.
IN_FLIGHT_S = 1.0


def check_company(world):
    """Each knows all others, by their right identities; the quorum is there, everywhere."""
    group = world.group
    ids = {s.call("SENTINEL", "MYID"): s for s in world.supervisors}
    for s in world.supervisors:
        peers = s.peers(group.name)
        others = {i for i, other in ids.items() if other is not s}
        check(set(peers) == others, "%s knows %s, there are %s" % (s.label, sorted(peers), sorted(others)))
        check(all(int(peers[i]["port"]) == ids[i].port for i in peers), "%s has wrong addresses" % s.label)
        wait(lambda s=s: s.call("SENTINEL", "CKQUORUM", group.name).startswith("OK 3 usable"), "CKQUORUM of %s" % s.label)


def check_agreed(world, since):
    """One primary, one config epoch, which all take over, and only one led."""
    group = world.group
    case_failover.check_follows(world, group, group.primary)
    wait(lambda: len({s.master(group.name)["config-epoch"] for s in world.supervisors}) == 1, "one config epoch")
    for s in world.supervisors:
        check(len(s.events.find("+switch-master", since)) == 1, "%s: +switch-master %d times" % (
            s.label, len(s.events.find("+switch-master", since))))


def lead(world, leader):
    """A failover that this supervisor is asked for, and leads; the others take it over from it."""
    group, old = world.group, world.group.primary
    moment = time.monotonic()
    # A sentinel refuses for some time after one of its own.
    wait(lambda: leader.call("SENTINEL", "FAILOVER", group.name) == "OK", "FAILOVER by %s" % leader.label)
    world.wait_switch(group, moment, old)
    check(leader.events.first("+promoted-slave", moment), "%s did not lead" % leader.label)
    runid = leader.call("SENTINEL", "MYID")
    for s in world.supervisors:
        check(s is leader or s.events.find("+config-update-from", moment, runid), "%s was not told by the leader" % s.label)
    check_agreed(world, moment)
    world.settle()
    return ms(world.switches(group, moment)[0].at - moment)


def kill(world):
    """kill -9 of the primary; it comes back as a replica."""
    group, old = world.group, world.group.primary
    moment = old.kill()
    world.wait_switch(group, moment)
    check_agreed(world, moment)
    leaders = [s for s in world.supervisors if s.events.find("+promoted-slave", moment)]
    check(len(leaders) == 1, "%d led" % len(leaders))
    old.start().await_ready()
    wait(group.attached, "the old primary follows")
    world.settle()
    return "%s (%s led)" % (ms(world.switches(group, moment)[-1].at - moment), leaders[0].kind)


def in_company(nodes, kinds):
    """Both kinds lead in turn, then the primary dies."""
    with Cluster(nodes, kinds, down_after=DOWN_AFTER) as world:
        check_company(world)
        notes = ["%s leads: %s" % (kind, lead(world, next(s for s in world.supervisors if s.kind == kind)))
                 for kind in (PICKET, SENTINEL)]
        notes.append("kill: %s" % kill(world))
        check_company(world)
        return ", ".join(notes)


@scenario(supervisors=(PICKET,), nodes=("redis",), seconds=22)
def one_among_sentinels(nodes, supervisor):
    """1 picketd and 2 redis-sentinels: discovery, CKQUORUM, failover led by either, propagation both ways, a crash"""
    return in_company(nodes, (PICKET, SENTINEL, SENTINEL))


@scenario(supervisors=(PICKET,), nodes=("picket",), seconds=22)
def one_sentinel_left(nodes, supervisor):
    """2 picketd and 1 redis-sentinel: the same"""
    return in_company(nodes, (PICKET, PICKET, SENTINEL))


def replace(world, index):
    """The steps of the README: import, check, stop, import again, start. Returns how long it was away."""
    sentinel = world.supervisors[index]
    name = world.group.name
    convert(sentinel.conf)
    daemon = Supervisor(world, "picketd%d" % index, PICKET, index)
    check(sentinel.term()[0] == 0, "%s does not end" % sentinel.label)
    gone = time.monotonic()
    sentinel.events.end()
    ours = written(sentinel, "myid")
    text = convert(sentinel.conf)
    # In its place: the same port, as a daemon on the same machine.
    daemon.port = daemon.events.port = sentinel.port
    with open(daemon.conf, "w") as file:
        file.write(text.replace(STATE_DIR, daemon.state_dir))
    world.supervisors[index] = daemon
    daemon.start().await_ready()
    away = time.monotonic() - gone
    check(daemon.call("SENTINEL", "MYID") == ours, "another identity")
    known = knowledge(daemon, name)
    check(len(known["peers"]) == 2 and len(known["replicas"]) == 2, "it begins with %s" % known)
    return away


def lost_without_excuse(job, world, kills):
    """Acknowledged writes that are gone, although there was time to replicate them."""
    missing = job.lost(world.group.primary)
    return [a for a in missing if not any(-IN_FLIGHT_S <= a.at - moment <= 0 for moment in kills)], len(missing)


@scenario(supervisors=(PICKET,), nodes=("redis",), seconds=30)
def rolling_migration(nodes, supervisor):
    """3 redis-sentinels become 3 picketd one by one, a crash of the primary at every stage, a client at work"""
    with Cluster(nodes, SENTINEL, down_after=DOWN_AFTER) as world:
        job = writer.Writer(world.supervisors, world.group.name)
        job.start()
        ids = [s.call("SENTINEL", "MYID") for s in world.supervisors]
        notes, kills, epochs = [], [], []

        def crash():
            kills.append(time.monotonic())
            notes.append(kill(world))
            epochs.append(int(world.supervisors[0].master(world.group.name)["config-epoch"]))
        crash()
        for index in range(3):
            away = replace(world, index)
            world.settle()
            check_company(world)
            crash()
            check([s.call("SENTINEL", "MYID") for s in world.supervisors] == ids, "identities have changed")
            notes[-1] += ", away %s" % ms(away)
        check(all(s.kind == PICKET for s in world.supervisors), "a sentinel is left")
        check(epochs == sorted(set(epochs)), "config epochs do not rise: %s" % epochs)
        job.finish()
        unexcused, missing = lost_without_excuse(job, world, kills)
        check(not unexcused, "%d acknowledged writes are lost, of which %d had time to be replicated" % (
            missing, len(unexcused)))
        return "last +switch-master: %s; %d acknowledged, %d lost" % ("; ".join(notes), len(job.acks), missing)
