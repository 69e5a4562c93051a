"""Scenarios: a primary that answers, and yet is of no use: it takes no writes, runs a script for ever, loads for long."""

import os
import threading
import time

import resp
import writer
from case_failover import check_follows
from cluster import Cluster
from fakes import Prepared
from scenario import ms, scenario
from waiting import check, wait

PROBED = "write_probe_ms = 100; write_down_after_ms = 500; "
DOWN_AFTER = 500
DISK_IGNORED = "replica-ignore-disk-write-errors"
VALUE = "x" * 1000
KEYS = 300


def told(world, event, moment):
    for s in world.supervisors:
        wait(lambda s=s: s.events.find(event, moment), "%s at %s" % (event, s.label))


def check_stays(world, moment):
    found = [e for s in world.supervisors for e in s.events.find("+switch-master", moment)]
    check(not found, "a failover: %s" % found)


def replaced_without_loss(nodes, supervisor, ail, settings=PROBED):
    """The primary gets the ailment while somebody writes: a replica takes over, nothing acknowledged is lost."""
    with Cluster(nodes, supervisor, settings=settings) as world:
        group = world.group
        job = writer.Writer(world.supervisors, group.name)
        job.start()
        wait(lambda: len(job.acks) >= 100, "first writes")
        old, moment = group.primary, time.monotonic()
        ail(old)
        new = world.wait_switch(group, moment, old)
        wait(lambda: job.first_after(moment, old.port), "writes go on")
        check_follows(world, group, new)
        job.finish()
        group.primary = new
        lost = job.lost(new)
        # On a machine that is too busy for that the last writes are waited for in vain, and it is gone on without.
        caught = [e for s in world.supervisors for e in s.events.find("+switchover-demoted", moment)]
        check(not (caught and lost), "%d of %d acknowledged writes are lost" % (len(lost), len(job.acks)))
        return "switched after %s, %d acknowledged, %d lost%s" % (
            ms(world.switches(group, moment)[0].at - moment), len(job.acks), len(lost),
            "" if caught else ", the replica did not catch up in time")


@scenario(supervisors=("picketd",), seconds=4)
def full_primary(nodes, supervisor):
    """the primary's memory is full: a replica with room takes over, with every acknowledged write"""
    return replaced_without_loss(nodes, supervisor, lambda node: node.call("CONFIG", "SET", "maxmemory", "1"))


def break_saving(node):
    """What it saves it cannot put in its place, where a folder is."""
    os.mkdir(os.path.join(node.dir, "dump.rdb"))
    if node.call("CONFIG", "GET", DISK_IGNORED):
        # From 7.0 on, Redis ends when a replica of such a disk is to write: what it is about to be.
        node.call("CONFIG", "SET", DISK_IGNORED, "yes")
    node.call("CONFIG", "SET", "save", "3600 1")
    node.call("BGSAVE")


@scenario(supervisors=("picketd",), seconds=5)
def unsaved_primary(nodes, supervisor):
    """the primary cannot save and refuses writes therefore (MISCONF): a replica takes over, with every acknowledged write"""
    return replaced_without_loss(nodes, supervisor, break_saving)


@scenario(supervisors=("picketd",), seconds=6)
def held_writes(nodes, supervisor):
    """the primary holds writes back for longer than a switchover does: a replica takes over"""
    return replaced_without_loss(nodes, supervisor, lambda node: node.call("CLIENT", "PAUSE", "600000", "WRITE"),
                                 PROBED + "switchover_timeout_ms = 1500; ")


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=5)
def full_everywhere(nodes, supervisor):
    """all nodes are full, or the primary has too few replicas: told, but no failover, which would not help"""
    with Cluster(nodes, supervisor, settings=PROBED + 'fencing = "off"; ') as world:
        group = world.group
        for name, bad, good in (("maxmemory", "1", "0"), ("min-replicas-to-write", "5", "0")):
            moment = time.monotonic()
            for node in group.replicas + [group.primary]:
                node.call("CONFIG", "SET", name, bad)
            told(world, "+write-fault", moment)
            check("write-fault" in world.supervisors[0].master(group.name), "SENTINEL MASTER does not show it")
            world.stays(lambda m=moment: not world.switches(group, m), "a failover", 1.0)
            for node in [group.primary] + group.replicas:
                node.call("CONFIG", "SET", name, good)
            told(world, "-write-fault", moment)
            check(not [e for s in world.supervisors for e in s.events.find("+sdown", moment)], "+sdown")


def run_for_ever(node, *words):
    """In a thread of its own; the error with which the node ends it is dropped."""
    def call():
        try:
            node.connect(timeout=60).call(*words, timeout=60)
        except (resp.Error, resp.Closed, OSError):
            pass
    threading.Thread(target=call, daemon=True).start()


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=5)
def endless_scripts(nodes, supervisor):
    """a script and a function that never end are ended, the primary stays; one that has written costs it its role"""
    with Prepared(nodes, supervisor, lines={None: ["lua-time-limit 100"]}, down_after=DOWN_AFTER) as world:
        group = world.group
        primary = group.primary
        bodies = [("EVAL", "while true do end", "0")]
        if int(primary.info("server")["redis_version"].split(".")[0]) >= 7:
            primary.call("FUNCTION", "LOAD", "#!lua name=endless\n"
                                             "redis.register_function('endless', function() while true do end end)")
            bodies.append(("FCALL", "endless", "0"))
        for words in bodies:
            moment = time.monotonic()
            run_for_ever(primary, *words)
            # The first supervisor that finds it down ends it, perhaps before the others find anything.
            wait(lambda m=moment: any(s.events.find("+sdown", m) for s in world.supervisors), "+sdown")
            wait(lambda: primary.call("PING") == "PONG", "the primary answers again")
            world.settle()
            check_stays(world, moment)
        moment = time.monotonic()
        run_for_ever(primary, "EVAL", "redis.call('SET', 'mine', '1'); while true do end", "0")
        world.wait_switch(group, moment, primary)
        return "%d ended; the last one cost the role after %s" % (
            len(bodies), ms(world.switches(group, moment)[0].at - moment))


@scenario(nodes=("redis",), supervisors=("picketd",), seconds=4)
def loading_for_long(nodes, supervisor):
    """a restarted primary that says it will load for long is replaced by a replica"""
    # Each key is read by itself, and between two of them redis answers.
    lines = ["repl-diskless-sync-delay 0", "rdbcompression no", "loading-process-events-interval-bytes 1024"]
    with Prepared(nodes, supervisor, lines={None: lines, "node0": ["key-load-delay 100000"]}, down_after=30000,
                  settings='crash_detection = "off"; loading_max_ms = 3000; ') as world:
        group = world.group
        old = group.primary
        old.call("MSET", *(word for i in range(KEYS) for word in ("key%d" % i, VALUE)))
        wait(lambda: all(n.call("DBSIZE") >= KEYS for n in group.nodes), "the replicas have the keys")
        world.settle()
        old.call("CONFIG", "SET", "save", "3600 1")
        check(old.term()[0] == 0, "SHUTDOWN with SAVE")
        moment = time.monotonic()
        old.start()
        new = world.wait_switch(group, moment, old)
        check([e for s in world.supervisors for e in s.events.find("+loading-long", moment)], "no +loading-long")
        check(new.call("DBSIZE") >= KEYS, "keys are lost")
        return "switched %s after its start" % ms(world.switches(group, moment)[0].at - moment)
