"""Scenarios: the primary goes away in one way or another."""

import time

import events
import writer
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

WARM_UP_WRITES = 100
# Every supervisor is asked for its opinion this long, to see that it does not change again.
CALM_S = 1.0


def start_writer(world, group=None):
    job = writer.Writer(world.supervisors, (group or world.group).name)
    job.start()
    wait(lambda: len(job.acks) >= WARM_UP_WRITES, "first writes")
    return job


def check_one_switch(world, group, since, old, new):
    """Each supervisor published one switch since then, from the old primary to the new one."""
    for supervisor in world.supervisors:
        found = [events.switch_of(e) for e in supervisor.events.find("+switch-master", since)]
        found = [(s.old_port, s.new_port) for s in found if s.name == group.name]
        check(found == [(old.port, new.port)], "%s published these switches: %s, expected only %d -> %d" % (
            supervisor.label, found, old.port, new.port))


def check_follows(world, group, new):
    """The new primary says so itself, and all others follow it."""
    wait(lambda: new.role() == "master", "%s is a primary" % new.label)
    wait(lambda: group.attached(new), "all other nodes follow %s" % new.label)


def check_order(world, group, since):
    """At the leader, the steps of a failover in their order; only one supervisor led."""
    leaders = [s for s in world.supervisors if s.events.find("+elected-leader", since, " %s " % group.name)]
    check(len(leaders) == 1, "leaders: %s, expected one" % [s.label for s in leaders])
    steps = ("+try-failover", "+elected-leader", "+selected-slave", "+promoted-slave", "+switch-master")
    moments = [leaders[0].events.first(step, since) for step in steps]
    check(all(moments), "leader published %s" % dict(zip(steps, moments)))
    check([m.at for m in moments] == sorted(m.at for m in moments), "order of events at the leader: %s" % moments)


@scenario(seconds=8)
def kill_primary(nodes, supervisor):
    """kill -9 of the primary: a replica is promoted, the client goes on, the others follow"""
    with Cluster(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        job = start_writer(world)
        moment = old.kill()
        new = world.wait_switch(group, moment)
        check(new is not old, "new primary is the dead one")
        check_follows(world, group, new)
        ack = wait(lambda: job.first_after(moment, old.port), "first write on the new primary")
        job.finish()
        check_one_switch(world, group, moment, old, new)
        check_order(world, group, moment)
        switches = world.switches(group, moment)
        return "+switch-master %s, last %s; writes again %s; %d acknowledged, %d lost" % (
            ms(switches[0].at - moment), ms(switches[-1].at - moment), ms(ack.at - moment),
            len(job.acks), len(job.lost(new)))


@scenario(seconds=20)
def stop_primary(nodes, supervisor):
    """SIGSTOP, SIGCONT: the hung primary is replaced; when it wakes it is demoted and gets no more writes"""
    with Cluster(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        job = start_writer(world)
        moment = old.stop()
        new = world.wait_switch(group, moment)
        ack = wait(lambda: job.first_after(moment, old.port), "first write on the new primary")
        switches = world.switches(group, moment)
        woken = old.cont()
        fresh = start_writer(world)
        wait(lambda: old.role() == "slave", "the woken primary is demoted")
        demoted = time.monotonic() - woken
        check_follows(world, group, new)
        for client in (job, fresh):
            client.finish()
        late = [a for a in job.acks + fresh.acks if a.at > ack.at and a.port == old.port]
        check(not late, "%d writes went to the woken old primary" % len(late))
        check_one_switch(world, group, moment, old, new)
        return "+switch-master %s, last %s; demoted %s after SIGCONT; %d acknowledged, %d lost" % (
            ms(switches[0].at - moment), ms(switches[-1].at - moment), ms(demoted),
            len(job.acks), len(job.lost(new)))


@scenario(seconds=18)
def primary_back(nodes, supervisor):
    """the killed primary comes back: demoted on first contact, follows the new one, gets no writes"""
    with Cluster(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        job = start_writer(world)
        moment = old.kill()
        new = world.wait_switch(group, moment)
        check_follows(world, group, new)
        begin = time.monotonic()
        old.start()
        # Sentinel needs some 10 s, the next INFO and then 8 s of contradiction; ours must not wait for either.
        wait(lambda: old.role() == "slave", "old primary is demoted", 5.0 if supervisor == "picketd" else 60.0)
        demoted = time.monotonic() - begin
        check_follows(world, group, new)
        synced = time.monotonic() - begin
        job.finish()
        late = [a for a in job.acks if a.at > begin and a.port == old.port]
        check(not late, "%d writes went to the returned primary" % len(late))
        check_one_switch(world, group, moment, old, new)
        world.settle()
        return "demoted %s after its start, in sync %s; %d lost" % (ms(demoted), ms(synced), len(job.lost(new)))


@scenario(seconds=8)
def shutdown_primary(nodes, supervisor):
    """SHUTDOWN of the primary: a failover as after a crash"""
    with Cluster(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        job = start_writer(world)
        old.ended_by_us = True
        moment = time.monotonic()
        try:
            old.call("SHUTDOWN", "NOSAVE")
        except OSError:
            pass
        check(old.wait_exit() == 0, "SHUTDOWN ended with %s" % old.popen.poll())
        ended = time.monotonic()
        new = world.wait_switch(group, moment)
        check_follows(world, group, new)
        job.finish()
        check_one_switch(world, group, moment, old, new)
        check(not job.lost(new), "a clean shutdown lost %d acknowledged writes" % len(job.lost(new)))
        switches = world.switches(group, moment)
        return "ended %s after SHUTDOWN, +switch-master %s later" % (
            ms(ended - moment), ms(switches[0].at - ended))


@scenario(seconds=18)
def manual_failover(nodes, supervisor):
    """SENTINEL FAILOVER: a replica takes over, the old primary becomes a replica"""
    with Cluster(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        job = start_writer(world)
        moment = time.monotonic()
        check(world.supervisors[0].call("SENTINEL", "FAILOVER", group.name) == "OK", "FAILOVER is refused")
        new = world.wait_switch(group, moment)
        check_follows(world, group, new)
        wait(lambda: job.first_after(moment, old.port), "first write on the new primary")
        job.finish()
        check_one_switch(world, group, moment, old, new)
        world.settle()
        check(not world.supervisors[0].events.find("+odown", moment, " %s " % group.name),
              "a planned failover needs no +odown")
        switches = world.switches(group, moment)
        return "+switch-master %s, last %s; %d acknowledged, %d lost" % (
            ms(switches[0].at - moment), ms(switches[-1].at - moment), len(job.acks), len(job.lost(new)))


def set_priorities(nodes, value):
    for node in nodes:
        node.call("CONFIG", "SET", "replica-priority", value)


@scenario(supervisors=("picketd",), seconds=4)
def priority_zero(nodes, supervisor):
    """a replica with priority 0 is never promoted; with none left the failover waits for one"""
    with Cluster(nodes, supervisor) as world:
        group, old = world.group, world.group.primary
        barred, other = group.replicas
        set_priorities([barred], 0)
        check(world.wait_switch(group, old.kill()) is other, "a replica with priority 0 is promoted")
        old.start()
        wait(lambda: group.attached(), "the old primary is a replica again")
        world.settle()

        # Of the two that are left none may be promoted, until one is allowed to again.
        old, rest = group.primary, group.replicas
        set_priorities(rest, 0)
        moment = old.kill()
        wait(lambda: any(s.events.first("-failover-abort-no-good-slave", moment) for s in world.supervisors),
             "a failover given up for want of a replica")
        check(all(n.role() == "slave" for n in rest), "a replica with priority 0 is promoted")
        set_priorities(rest[:1], 100)
        check(world.wait_agreed(group, old) is rest[0], "a replica with priority 0 is promoted")
        check_follows(world, group, rest[0])


HANG_S, AWAKE_S = 1.0, 0.4


@scenario(supervisors=("picketd",), seconds=5)
def short_hang(nodes, supervisor):
    """a primary that hangs for less than down-after, again and again, is left alone"""
    with Cluster(nodes, supervisor, down_after=2000) as world:
        primary = world.group.primary
        for _ in range(3):
            primary.stop()
            time.sleep(HANG_S)
            primary.cont()
            wait(lambda: primary.call("PING") == "PONG", "the primary answers")
            # Long enough for a link that was remade meanwhile to get its first answers.
            world.stays(lambda: all(s.primary_port("orders") == primary.port for s in world.supervisors),
                        "a failover", AWAKE_S)
        for event in ("+sdown", "+odown", "+try-failover"):
            check(not any(s.events.find(event, 0, "master ") for s in world.supervisors), "%s after a short hang" % event)


ROUNDS, GROUPS, WATCH_S, SHORT_DOWN_AFTER = 2, 5, 5.0, 300


@scenario(supervisors=("picketd",), seconds=40)
def no_second_failover(nodes, supervisor):
    """ten kills with a short down-after: each gives one switch, and no other within 5 s"""
    names = ["group%d" % i for i in range(GROUPS)]
    with Cluster(nodes, supervisor, groups=names, down_after=SHORT_DOWN_AFTER) as world:
        files = [s.open_files() for s in world.supervisors]
        for _ in range(ROUNDS):
            old = {g.name: g.primary for g in world.groups}
            begin = time.monotonic()
            for group in world.groups:
                group.primary.kill()
            for group in world.groups:
                world.wait_switch(group, begin, old[group.name])
            time.sleep(WATCH_S)
            for group in world.groups:
                check_one_switch(world, group, begin, old[group.name], group.primary)
            for group in world.groups:
                old[group.name].start()
            world.settle()
        wait(lambda: [s.open_files() for s in world.supervisors] == files, "as many open files as before: %s" % files)
    return "%d kills, %d switches at each supervisor" % (ROUNDS * GROUPS, ROUNDS * GROUPS)
