#!/usr/bin/env python3
"""The main job, end to end, for a person to watch: a primary is killed while a client writes to it.

Environment: NODES=picket|redis, SUPERVISOR=picketd|redis-sentinel, BUILD=folder of the programs,
KEEP=1 keeps the logs, NO_COLOR=1. Exit 0 only if every step of the timeline happened.
"""

import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cluster
import process
import resp
import waiting
import writer

NODES = os.environ.get("NODES") or "picket"
SUPERVISOR = os.environ.get("SUPERVISOR") or "picketd"
DOWN_AFTER_MS = 1000
WARM_UP_WRITES = 500
STEP_S = 60.0
POLL_S = 0.002

COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def paint(colour, text):
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return "\033[%sm%s\033[0m" % (COLOURS[colour], text)


def say(text=""):
    print(text, flush=True)


class Timeline:
    """Steps, each with the moment since the kill at which it was first seen."""

    def __init__(self, begin):
        self.begin = begin

    def await_all(self, steps):
        """steps: [(name, probe)]; probe() gives (moment, text) once the step happened. Prints them in order."""
        missing, seen = dict(steps), []
        limit = time.monotonic() + STEP_S
        while missing and time.monotonic() < limit:
            for name in list(missing):
                happened = self._probe(missing[name])
                if happened:
                    seen.append((happened[0], name, happened[1]))
                    del missing[name]
            time.sleep(POLL_S)
        for moment, name, text in sorted(seen):
            self.row(moment, name, text)
        for name in missing:
            say("  %s  %s" % (paint("red", "   never"), paint("red", name)))
        waiting.check(not missing, "not seen within %.0f s: %s" % (STEP_S, ", ".join(missing)))

    @staticmethod
    def _probe(probe):
        try:
            return probe()
        except (OSError, resp.RespError):
            return None

    def row(self, moment, name, text, colour="green"):
        since = "%8.1f ms" % ((moment - self.begin) * 1000)
        say("  %s  %s %s" % (paint("cyan", since), paint(colour, "%-10s" % name.split()[0]), text))


def event_step(world, channel, begin, text):
    """First appearance of an event at any supervisor."""
    def probe():
        found = [e for e in (s.events.first(channel, begin) for s in world.supervisors) if e]
        if found:
            first = min(found)
            return first.at, "%s, first by supervisor %d (%s)" % (text, first.index, channel)
        return None
    return probe


def published_step(supervisor, begin):
    def probe():
        event = supervisor.events.first("+switch-master", begin)
        return event and (event.at, "at supervisor %d: +switch-master %s" % (supervisor.index, event.payload))
    return probe


def write_step(job, begin, old):
    def probe():
        ack = job.first_after(begin, old.port)
        return ack and (ack.at, "first write acknowledged by the new primary 127.0.0.1:%d" % ack.port)
    return probe


def attached_step(world, old):
    """Every living node but the new primary follows it."""
    def probe():
        port = world.supervisors[0].primary_port(world.group.name)
        if port == old.port:
            return None
        others = [n for n in world.group.nodes if n.alive() and n.port != port]
        if not all(n.follows(world.group.by_port(port)) for n in others):
            return None
        names = " and ".join("127.0.0.1:%d" % n.port for n in others)
        return time.monotonic(), "%s follows the new primary" % names
    return probe


def failover_steps(world, job, begin, old):
    steps = [("detected", event_step(world, "+sdown", begin, "primary seen down")),
             ("agreed", event_step(world, "+odown", begin, "quorum holds it down")),
             ("elected", event_step(world, "+elected-leader", begin, "leader elected")),
             ("promoted", event_step(world, "+promoted-slave", begin, "replica promoted"))]
    steps += [("published %d" % s.index, published_step(s, begin)) for s in world.supervisors]
    steps.append(("writing", write_step(job, begin, old)))
    return steps + [("attached", attached_step(world, old))]


def return_steps(old, new, back):
    def answers():
        return old.call("PING") and (time.monotonic(), "old primary 127.0.0.1:%d answers again" % old.port)

    def demoted():
        role = old.call("ROLE")
        if role[0] == "slave" and int(role[2]) == new.port:
            now = time.monotonic()
            return now, "old primary is a replica now, %.1f ms after its start" % ((now - back) * 1000)
        return None

    def in_sync():
        return old.follows(new) and (time.monotonic(), "old primary follows the new one, in sync")
    return [("back", answers), ("demoted", demoted), ("synced", in_sync)]


def describe(world):
    group = world.group
    say(paint("bold", "Three %s watch three %s nodes on 127.0.0.1 (quorum 2, down-after %d ms)" % (
        SUPERVISOR, NODES, DOWN_AFTER_MS)))
    say("  primary      port %d (pid %d)" % (group.primary.port, group.primary.pid))
    for node in group.replicas:
        say("  replica      port %d (pid %d)" % (node.port, node.pid))
    for supervisor in world.supervisors:
        say("  supervisor %d port %d (pid %d)" % (supervisor.index, supervisor.port, supervisor.pid))


def show(world):
    """The whole story; returns the writer, the writes that were lost, and the moment of the kill."""
    describe(world)
    job = writer.Writer(world.supervisors, world.group.name)
    job.start()
    waiting.wait(lambda: len(job.acks) >= WARM_UP_WRITES, "the writer's first writes")
    say("  a client writes: %d writes acknowledged so far" % len(job.acks))
    say()

    old = world.group.primary
    timeline = Timeline(old.kill())
    timeline.row(timeline.begin, "killed", "kill -9 of the primary 127.0.0.1:%d" % old.port, "red")
    timeline.await_all(failover_steps(world, job, timeline.begin, old))
    new = world.wait_agreed(world.group, old)

    back = time.monotonic()
    old.start()
    timeline.row(back, "started", "old primary 127.0.0.1:%d is started again" % old.port, "yellow")
    timeline.await_all(return_steps(old, new, back))
    job.finish()
    return job, job.lost(new), timeline.begin


def missing_programs():
    """What to do first, or None."""
    needed = [process.binary("picketd")] if SUPERVISOR == "picketd" else ["redis-sentinel"]
    needed += [process.binary("picket-store")] if NODES == "picket" else ["redis-server"]
    for program in needed:
        if shutil.which(program) is None:
            hint = "make all" if os.sep in program else "apt-get install %s" % program
            return "%s is not there. What to do: %s" % (program, hint)
    return None


def advise(error):
    say()
    say(paint("red", "the demo failed: %s" % error))
    say("What to do: the logs above say what each process did. `KEEP=1 make demo` keeps all of them and prints")
    say("where. `make demo SUPERVISOR=redis-sentinel NODES=redis` shows whether this machine can do it at all.")


def main():
    process.exit_on_signals()
    missing = missing_programs()
    if missing:
        say(paint("red", missing))
        return 1
    say(paint("dim", "starting 3 nodes and 3 supervisors ..."))
    try:
        with cluster.Cluster(nodes=NODES, supervisor=SUPERVISOR, down_after=DOWN_AFTER_MS) as world:
            job, lost, begin = show(world)
    except (waiting.Failed, OSError, resp.RespError) as error:
        advise(error)
        return 1
    outage = job.first_after(begin, job.last_before(begin).port).at - begin
    say()
    say("writes were unavailable for %.1f ms" % (outage * 1000))
    say(paint("green" if not lost else "yellow", "writes: %d acknowledged, %d lost" % (len(job.acks), len(lost))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
