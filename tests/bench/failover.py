#!/usr/bin/env python3
"""How long a failover takes: redis-sentinel and picketd in turn, A B A B, on the same kind of nodes.

One primary, two replicas, three supervisors, quorum 2, down-after 1000 ms; each run is a fresh cluster. The
fault comes at a random moment, so that it does not hit the same phase of anybody's periods.

Environment: NODES=redis|picket, RUNS=10, FAULTS="kill stop", BUILD=folder of the programs,
SUPERVISORS="redis-sentinel picketd" (the first is what the others are compared with).
"""

import collections
import os
import random
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))

import cluster
import process
import waiting
import writer

NODES = os.environ.get("NODES") or "redis"
RUNS = int(os.environ.get("RUNS") or 10)
FAULTS = (os.environ.get("FAULTS") or "kill stop").split()
SUPERVISORS = (os.environ.get("SUPERVISORS") or "redis-sentinel picketd").split()
DOWN_AFTER_MS = 1000
WARM_UP_WRITES = 300
# The longest of all periods (hello) is 2 s.
PHASE_S = 2.0
WRITE_EVERY_S = 0.002

FIGURES = (("first", "fault to +switch-master, first supervisor", "ms"),
           ("last", "fault to +switch-master, last supervisor", "ms"),
           ("outage", "writes unavailable", "ms"),
           ("lost", "acknowledged writes lost", ""),
           ("acknowledged", "writes acknowledged in the run", ""))
Figures = collections.namedtuple("Figures", [name for name, _, _ in FIGURES])


def measure(supervisor, fault):
    """One failover in a fresh cluster."""
    with cluster.Cluster(NODES, supervisor, down_after=DOWN_AFTER_MS) as world:
        group, old = world.group, world.group.primary
        job = writer.Writer(world.supervisors, group.name, WRITE_EVERY_S)
        job.start()
        waiting.wait(lambda: len(job.acks) >= WARM_UP_WRITES, "first writes")
        time.sleep(random.uniform(0, PHASE_S))
        moment = old.kill() if fault == "kill" else old.stop()
        new = world.wait_switch(group, moment)
        ack = waiting.wait(lambda: job.first_after(moment, old.port), "first write on the new primary")
        waiting.wait(lambda: group.attached(new), "the other replica follows")
        job.finish()
        first = {s.index: min(e.at for e in world.switches(group, moment) if e.index == s.index)
                 for s in world.supervisors}
        return Figures(first=(min(first.values()) - moment) * 1000, last=(max(first.values()) - moment) * 1000,
                       outage=(ack.at - moment) * 1000, lost=len(job.lost(new)), acknowledged=len(job.acks))


def spread(values):
    """median (min..max)"""
    form = "%.0f" if max(values) >= 20 else "%.3g"
    return "%s (%s..%s)" % tuple(form % v for v in (statistics.median(values), min(values), max(values)))


def table(fault, results):
    """The lines of one fault: each figure, each supervisor, and the ratio of the medians."""
    title = {"kill": "kill -9 of the primary", "stop": "SIGSTOP of the primary"}[fault]
    print("\n%s, %s nodes, %d runs, median (min..max)" % (title, NODES, min(map(len, results.values()))))
    print("  %-48s" % "" + "".join("%-24s" % s for s in results) + ("ratio" if len(results) > 1 else ""))
    for name, text, unit in FIGURES:
        columns = [[getattr(run, name) for run in runs] for runs in results.values()]
        line = "  %-48s" % (text + (", " + unit if unit else "")) + "".join("%-24s" % spread(c) for c in columns)
        base, last = statistics.median(columns[0]), statistics.median(columns[-1])
        if len(columns) > 1 and unit and base > 0:
            line += "%.3f" % (last / base)
        print(line)


def main():
    process.exit_on_signals()
    results = {fault: {s: [] for s in SUPERVISORS} for fault in FAULTS}
    for run in range(RUNS):
        for fault in FAULTS:
            for supervisor in SUPERVISORS:
                figures = measure(supervisor, fault)
                results[fault][supervisor].append(figures)
                print("run %d/%d %s %-14s first %5.0f ms, last %5.0f ms, outage %5.0f ms, lost %d" % (
                    run + 1, RUNS, fault, supervisor, figures.first, figures.last, figures.outage, figures.lost),
                    flush=True)
    print("\n1 primary, 2 replicas, 3 supervisors, quorum 2, down-after %d ms" % DOWN_AFTER_MS)
    for fault in FAULTS:
        table(fault, results[fault])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except waiting.Failed as failure:
        sys.exit("bench failed: %s" % failure)
