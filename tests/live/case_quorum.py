"""Scenarios: supervisors go away, and come back."""

import time

import case_failover
import events
from cluster import Cluster
from scenario import ms, scenario
from waiting import check, wait

DOWN_AFTER = 500
WATCH_S = 4.0
# After a supervisor was lost in mid-failover: nobody starts over within this time.
CALM_S = 3.0


def epochs_of(world, supervisor, group):
    """All epochs that a supervisor shows."""
    master = supervisor.master(group.name)
    answer = supervisor.call("SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", group.primary.port, 0, "*")
    return {"config": int(master["config-epoch"]), "vote": answer[2]}


@scenario(seconds=14)
def no_majority(nodes, supervisor):
    """two of three supervisors dead: no failover; it happens when one of them comes back"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, old = world.group, world.group.primary
        survivor, lost = world.supervisors[0], world.supervisors[1:]
        for other in lost:
            other.kill()
        moment = old.kill()
        wait(lambda: survivor.events.first("+sdown", moment, "master %s " % group.name), "+sdown at the survivor")
        world.stays(lambda: survivor.primary_port(group.name) == old.port
                    and all(n.role() == "slave" for n in group.replicas),
                    "a failover without a majority", WATCH_S)
        check(not world.switches(group, moment), "+switch-master without a majority")
        check(not survivor.events.find("+elected-leader", moment), "elected without a majority")
        back = time.monotonic()
        lost[0].start().await_ready()
        new = world.wait_agreed(group, old)
        case_failover.check_follows(world, group, new)
        told = wait(lambda: world.switches(group, back), "+switch-master is told")
        return "switched %s after one came back" % ms(told[0].at - back)


def check_resumed(world, group, since, new, before):
    """After crashes: one switch and no other, the same primary everywhere, epochs that did not fall."""
    world.stays(lambda: {s.primary_port(group.name) for s in world.supervisors} == {new.port},
                "a second failover", CALM_S)
    for s in world.supervisors:
        after = epochs_of(world, s, group)
        check(all(after[k] >= before[s][k] for k in after), "epochs fell at %s: %s, then %s" % (
            s.label, before[s], after))
        switches = [events.switch_of(e).new_port for e in s.events.find("+switch-master", since)]
        check(set(switches) <= {new.port} and len(switches) <= 1,
              "%s published switches to %s, the primary is %d" % (s.label, switches, new.port))
    configs = {epochs_of(world, s, group)["config"] for s in world.supervisors}
    check(len(configs) == 1, "config epochs differ: %s" % configs)


def restart(supervisor):
    """After a SIGKILL: it must come back as the one it was."""
    identity = supervisor.identity
    supervisor.start().await_ready()
    check(supervisor.call("SENTINEL", "MYID") == identity, "%s is another one after a restart" % supervisor.label)


def identify(world):
    for s in world.supervisors:
        s.identity = s.call("SENTINEL", "MYID")
    return {s: epochs_of(world, s, world.group) for s in world.supervisors}


def crash_leader_at(nodes, supervisor, step):
    """Kills the leader as soon as it publishes `step` of a failover, and starts it again."""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, failover_timeout=3000) as world:
        group, old = world.group, world.group.primary
        before = identify(world)
        moment = old.kill()
        leader = wait(lambda: next((s for s in world.supervisors
                                    if s.events.first(step, moment, " %s " % group.name)), None),
                      "%s at some supervisor" % step)
        leader.kill()
        restart(leader)
        new = world.wait_agreed(group, old)
        agreed = time.monotonic()
        case_failover.check_follows(world, group, new)
        check_resumed(world, group, moment, new, before)
        return "leader killed at %s, all agree %s after the kill of the primary" % (step, ms(agreed - moment))


# Sentinel itself fails over a second time here now and then, with a short down-after.
@scenario(supervisors=("picketd",), seconds=5)
def crash_at_election(nodes, supervisor):
    """the leader is killed as it asks for votes, and restarted: state resumed, one switch"""
    return crash_leader_at(nodes, supervisor, "+try-failover")


@scenario(supervisors=("picketd",), seconds=5)
def crash_after_election(nodes, supervisor):
    """the elected leader is killed and restarted: state resumed, one switch"""
    return crash_leader_at(nodes, supervisor, "+elected-leader")


@scenario(supervisors=("picketd",), seconds=5)
def crash_after_promotion(nodes, supervisor):
    """the leader is killed right after the promotion and restarted: state resumed, one switch"""
    return crash_leader_at(nodes, supervisor, "+promoted-slave")


@scenario(supervisors=("picketd",), seconds=7)
def crash_while_voting(nodes, supervisor):
    """the candidate is killed while its peers hang and no vote has come; nobody votes twice afterwards"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, failover_timeout=3000, quorum=1) as world:
        group, old = world.group, world.group.primary
        before = identify(world)
        candidate, hung = world.supervisors[0], world.supervisors[1:]
        for other in hung:
            other.stop()
        moment = old.kill()
        voted = wait(lambda: candidate.events.first("+vote-for-leader", moment, candidate.identity),
                     "the candidate votes for itself")
        candidate.kill()
        check(not candidate.events.find("+elected-leader", moment), "elected without a majority")
        for other in hung:
            other.cont()
        restart(candidate)
        new = world.wait_agreed(group, old)
        case_failover.check_follows(world, group, new)
        check_resumed(world, group, moment, new, before)
        epoch = int(candidate.master(group.name)["config-epoch"])
        return "voted in epoch %s, switched in epoch %d" % (voted.payload.split(" ")[1], epoch)


@scenario(supervisors=("picketd",), seconds=7)
def crash_of_all_who_know(nodes, supervisor):
    """both that know of the switch are killed at once; restarted, they teach it to the third"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, failover_timeout=3000) as world:
        group, old = world.group, world.group.primary
        before = identify(world)
        ignorant, others = world.supervisors[0], world.supervisors[1:]
        ignorant.kill()
        moment = old.kill()
        wait(lambda: any(s.events.first("+switch-master", moment) for s in others), "a first +switch-master")
        for other in others:
            other.kill()
        restart(ignorant)
        check(ignorant.primary_port(group.name) == old.port, "the third cannot know of the switch")
        for other in others:
            restart(other)
        new = world.wait_agreed(group, old)
        case_failover.check_follows(world, group, new)
        check_resumed(world, group, moment, new, before)


@scenario(seconds=10)
def one_supervisor_dead(nodes, supervisor):
    """a dead supervisor is noticed by its peers, the failover happens without it, and it learns of it later"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER) as world:
        group, old = world.group, world.group.primary
        dead = world.supervisors[2]
        name = dead.call("SENTINEL", "MYID")
        dead.kill()
        for other in world.living:
            wait(lambda s=other: "s_down" in s.peers(group.name)[name]["flags"], "%s sees its peer down" % other.label)
        moment = old.kill()
        world.wait_switch(group, moment)
        dead.start().await_ready()
        check(dead.call("SENTINEL", "MYID") == name, "another identity after the restart")
        new = world.wait_agreed(group, old)
        case_failover.check_follows(world, group, new)
        for other in world.supervisors:
            wait(lambda s=other: s.call("SENTINEL", "CKQUORUM", group.name).startswith("OK 3 usable"),
                 "three usable supervisors at %s" % other.label)


@scenario(supervisors=("picketd",), seconds=9)
def supervisor_hangs(nodes, supervisor):
    """a supervisor that did not run for longer than down-after blames nobody when it wakes"""
    with Cluster(nodes, supervisor, down_after=DOWN_AFTER, quorum=1) as world:
        sleeper = world.supervisors[0]
        begin = time.monotonic()
        for nap_s in (0.6, 1.1, 2.6):
            sleeper.stop()
            time.sleep(nap_s)
            sleeper.cont()
            wait(lambda: sleeper.call("PING") == "PONG", "the sleeper answers")
            world.stays(lambda: sleeper.primary_port("orders") == world.group.primary.port, "a failover", 1.0)
        for event in ("+sdown", "+odown", "+try-failover"):
            found = [e.payload for e in sleeper.events.find(event, begin)]
            check(not found, "the sleeper woke up and published %s %s" % (event, found))
