"""Scenarios: planned switchovers, by an operator. No acknowledged write may be lost."""

import time

import resp
import writer
from case_failover import check_follows, check_one_switch
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

WRITERS = 4
ROUNDS = 5
LAG_WRITES = 500


def start_writers(world):
    """As many as can write without a pause."""
    jobs = []
    for i in range(WRITERS):
        job = writer.Writer(world.supervisors, world.group.name, interval_s=0, prefix="w%d" % i)
        job.start()
        jobs.append(job)
    for job in jobs:
        wait(lambda j=job: len(j.acks) >= LAG_WRITES, "first writes")
    return jobs


def longest_gap(job, since, until):
    """Between two acknowledgements, as far as that is between the two moments."""
    times = [a.at for a in job.acks if since <= a.at <= until]
    return max((b - a for a, b in zip(times, times[1:])), default=0.0)


@scenario(seconds=14)
def switchover(nodes, supervisor):
    """SENTINEL FAILOVER under load, some times: no acknowledged write is lost, the gap is short"""
    with Cluster(nodes, supervisor) as world:
        group = world.group
        jobs = start_writers(world)
        gaps = []
        for turn in range(ROUNDS):
            old = group.primary
            at = world.supervisors[turn % len(world.supervisors)]
            moment = time.monotonic()
            wait(lambda s=at: s.call("SENTINEL", "FAILOVER", group.name) == "OK", "FAILOVER by %s" % at.label)
            new = world.wait_switch(group, moment)
            check_follows(world, group, new)
            check_one_switch(world, group, moment, old, new)
            for job in jobs:
                wait(lambda j=job: j.first_after(moment, old.port), "writes go on")
            group.primary = new
            gaps.append(max(longest_gap(job, moment, time.monotonic()) for job in jobs))
            wait(lambda s=at: s.events.find("+failover-end", moment), "the failover ends")
        for job in jobs:
            job.finish()
        lost = sum(len(job.lost(group.primary)) for job in jobs)
        acks = sum(len(job.acks) for job in jobs)
        if supervisor == "picketd":
            check(lost == 0, "%d of %d acknowledged writes are lost" % (lost, acks))
        return "%d switchovers: %d acknowledged, %d lost; longest gap %s" % (
            ROUNDS, acks, lost, ", ".join(ms(g) for g in gaps))


PENDING_CLIENTS = 50
PENDING_EACH = 10


def count_answers(conns):
    """How many were acknowledged before the connection ended."""
    oks = 0
    for conn in conns:
        try:
            for _ in range(PENDING_EACH):
                oks += conn.read(5.0) == "OK"
        except (OSError, resp.RespError):
            pass
        conn.close()
    return oks


def freeze_with_writes(node):
    """Freezes the node and puts writes into its sockets. Returns the connections."""
    conns = [resp.connect("127.0.0.1", node.port, 10.0) for _ in range(PENDING_CLIENTS)]
    for conn in conns:
        check(conn.call("PING") == "PONG", "a client is connected")
    node.stop()
    for i, conn in enumerate(conns):
        for j in range(PENDING_EACH):
            conn.send("SET", "pending:%d:%d" % (i, j), "x")
    return conns


@scenario(seconds=8)
def frozen_primary_thaws(nodes, supervisor):
    """500 writes wait in a frozen primary's sockets; when it wakes up after the switch, none is acknowledged"""
    with Cluster(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        moment = time.monotonic()
        conns = freeze_with_writes(old)
        new = world.wait_switch(group, moment)
        woken = old.cont()
        oks = count_answers(conns)
        wait(lambda: old.role() == "slave", "the woken primary is demoted")
        check_follows(world, group, new)
        if supervisor == "picketd":
            check(oks == 0, "%d writes were acknowledged by the old primary" % oks)
        return "%d of %d acknowledged by the old primary, demoted within %s" % (
            oks, PENDING_CLIENTS * PENDING_EACH, ms(time.monotonic() - woken))


def thaw(world, old, new, conns):
    """Wakes the old primary up: none of the writes that wait there is acknowledged. Returns a note."""
    old.cont()
    oks = count_answers(conns)
    wait(lambda: old.role() == "slave", "the woken primary is demoted")
    check_follows(world, world.group, new)
    check(oks == 0, "%d writes were acknowledged by the old primary" % oks)
    return "%d of %d acknowledged by the old primary" % (oks, PENDING_CLIENTS * PENDING_EACH)


# By then a supervisor would have given up any connection that is not answered.
LATE_S = 3.0


@scenario(supervisors=("picketd",), seconds=9)
def frozen_long_before_the_switch(nodes, supervisor):
    """the replica freezes as well, so that the decision comes late: still none of the 500 writes is acknowledged"""
    with Cluster(nodes, supervisor, replicas=1, supervisors=1, quorum=1) as world:
        group, old, replica = world.group, world.group.primary, world.group.replicas[0]
        replica.stop()
        moment = time.monotonic()
        conns = freeze_with_writes(old)
        time.sleep(LATE_S)  # what must not happen meanwhile is to be seen at the thaw only
        check(not world.switches(group, moment), "nobody is promoted")
        replica.cont()
        new = world.wait_switch(group, moment)
        return thaw(world, old, new, conns)


# Long enough for the restarted one to be the only one that does anything, as a rule.
RESTART_DOWN_AFTER = 2000


def in_touch(supervisor, group):
    """With all its peers, and the replicas."""
    known = list(supervisor.replicas(group.name).values()) + list(supervisor.peers(group.name).values())
    return len(known) == 4 and not any("disconnected" in entry["flags"] for entry in known)


@scenario(supervisors=("picketd",), seconds=9)
def frozen_leader_was_restarted(nodes, supervisor):
    """who leads has no connection that the frozen primary had read from, the others have: none of 500 writes is acknowledged"""
    with Cluster(nodes, supervisor, quorum=3, down_after=RESTART_DOWN_AFTER) as world:
        group, old = world.group, world.group.primary
        leader, others = world.supervisors[0], world.supervisors[1:]
        leader.kill()
        moment = time.monotonic()
        conns = freeze_with_writes(old)
        for other in others:
            wait(lambda s=other: s.events.first("+sdown", moment, "master %s " % group.name), "%s misses it" % other.label)
        leader.start().await_ready()
        wait(lambda: in_touch(leader, group), "the restarted one is in touch")
        leader.call("PICKET", "SWITCHOVER", group.name, "FORCE")  # else it, or another, leads a little later
        new = world.wait_switch(group, moment)
        for other in others:
            wait(lambda s=other: s.events.first("+fence-armed", moment), "%s puts the fence" % other.label)
        return thaw(world, old, new, conns)
