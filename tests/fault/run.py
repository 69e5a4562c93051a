#!/usr/bin/env python3
"""What faults do to acknowledged writes: redis-sentinel and picketd on hosts of their own, one table.

    run.py                                 all faults, all systems
    run.py --short                         some of them, picketd alone, as in `make test`
    run.py minority frozen_primary         these
    run.py minority --systems "redis picketd strict"
    run.py --list

Each cell of the table is one run: writers beside all nodes, the fault, its end, and once all have agreed again,
all acknowledged writes are read back. Pass marks, for picketd: nothing is lost by a planned switchover, nor by a
primary that froze and thaws; with strict fencing, never two nodes take writes at a time, nor with leases; with quorum, nothing is lost
that a replica had acknowledged (the writers on redis-server ask by WAIT); what a former primary alone has, when it lives on, is
in the salvage file, and back when that is replayed.

Environment: BUILD=folder of the programs, KEEP=1 keeps the logs.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "live")]

import faults
import lab
import probe
import process
import scenario

JOBS = 3
RUN_S = 300

System = collections.namedtuple("System", "nodes supervisor mode")
SYSTEMS = tuple(System(*text.split()) for text in (
    "redis redis-sentinel -", "redis picketd auto", "redis picketd strict", "redis picketd quorum",
    "picket picketd auto", "picket picketd strict", "picket picketd lease", "picket picketd quorum"))
SHORT = (("switchover", "redis picketd auto"), ("frozen_primary", "picket picketd auto"),
         ("frozen_host", "redis picketd strict"), ("one_way", "redis picketd strict"))
NAMES = {"redis": "redis-server", "picket": "picket-store"}

Row = collections.namedtuple("Row", "fault system figures trouble skipped")


def arguments():
    parser = argparse.ArgumentParser(description="what faults do to acknowledged writes")
    parser.add_argument("names", nargs="*", help="faults; all when none is given")
    parser.add_argument("--systems", default="", help="NODES SUPERVISOR MODE, several with commas between them")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def system_of(text):
    words = tuple(text.split())
    found = [s for s in SYSTEMS if s == words]
    if not found:
        sys.exit("no such system: %s (there are: %s)" % (text, ", ".join(" ".join(s) for s in SYSTEMS)))
    return found[0]


def plan(args):
    """Pairs of a fault and a system."""
    unknown = [n for n in args.names if not faults.by_name(n)]
    if unknown:
        sys.exit("no such fault: %s (run.py --list shows all)" % ", ".join(unknown))
    if args.short:
        return [(faults.by_name(name), system_of(text)) for name, text in SHORT]
    systems = [system_of(text) for text in args.systems.split(",")] if args.systems else SYSTEMS
    return [(f, s) for f in faults.every() for s in systems
            if (not args.names or f.name in args.names) and s.nodes in f.nodes]


def run_one(name, system):
    """One fault, in this process; prints the figures as JSON in the last line."""
    fault = faults.by_name(name)
    try:
        with lab.lab(fault.hosts, system.nodes, system.supervisor, system.mode, fault.small_disk, fault.clocks) as world:
            moment = fault.run(world)
            world.settle_down()
            figures = world.figures(moment)
    except scenario.Skipped as reason:
        figures = {"skipped": str(reason)}
    except Exception:
        traceback.print_exc(file=sys.stdout)
        return 1
    print(json.dumps(figures))
    return 0


def run_job(fault, system):
    child = subprocess.Popen([sys.executable, __file__, "--one", fault.name, "--systems", " ".join(system)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             universal_newlines=True, errors="replace")
    children.add(child)
    try:
        text = child.communicate(timeout=RUN_S)[0]
    except subprocess.TimeoutExpired:
        child.terminate()
        text = child.communicate()[0] + "\ndid not end within %d s" % RUN_S
    children.discard(child)
    if child.returncode != 0:
        return Row(fault, system, None, text, None)
    figures = json.loads(text.strip().splitlines()[-1])
    return Row(fault, system, figures, None, figures.get("skipped"))


def failures(row):
    """What a run of picketd's must not show."""
    if row.trouble:
        return ["it came to no end"]
    if row.system.supervisor != "picketd":
        return []
    broken = []
    if row.system.mode in row.fault.nothing_lost and row.figures["lost"]:
        broken.append("%d acknowledged writes are lost" % row.figures["lost"])
    elif row.fault.salvaged and row.figures["salvaged"] < row.figures["lost"]:
        broken.append("%(salvaged)d of %(lost)d lost writes are salvaged" % row.figures)
    if row.system.mode in ("strict", "lease") and row.figures["both_ms"]:
        broken.append("two nodes took writes for %d ms" % row.figures["both_ms"])
    return broken


def measures_rightly():
    """Whether the time with two writable nodes is what it must be where it is known."""
    Spans = collections.namedtuple("Spans", "spans")
    cases = ((0.0, [(1, 2)], [(2, 3)]), (0.5, [(1, 2)], [(1.5, 3)]), (1.0, [(1, 2), (3, 5)], [(1.5, 3.5)]), (2.0, [(1, 9)], [(2, 3), (4, 5)]))
    wrong = [c for c in cases if abs(probe.both_writable([Spans(lambda s=s: s) for s in c[1:]]) - c[0]) > 1e-9]
    for case in wrong:
        print("FAIL both_writable: %s" % (case,))
    return not wrong


LEGEND = "lost of acknowledged writes (of these, salvaged) / ms with two nodes taking writes / ms until writes went on"


def cell(row):
    if row is None:
        return ""
    if row.figures is None:
        return "did not end well"
    salvaged = " (%(salvaged)d)" if row.figures["lost"] and row.system.supervisor == "picketd" else ""
    return ("%(lost)d of %(acknowledged)d" + salvaged + " / %(both_ms)d / %(first_ms)s") % row.figures


def heading(system):
    return NAMES[system.nodes] + ", " + system.supervisor + ("" if system.mode == "-" else " " + system.mode)


def show(rows):
    """A line for each fault, a column for each system."""
    found = {(row.fault, row.system): row for row in rows}
    systems = [s for s in SYSTEMS if any(row.system == s for row in rows)]
    print("\n%s\n\n| fault | %s |\n|---|%s" % (LEGEND, " | ".join(map(heading, systems)), "---|" * len(systems)))
    for fault in dict.fromkeys(row.fault for row in rows):
        print("| %s | %s |" % (fault.text, " | ".join(cell(found.get((fault, s))) for s in systems)))
    print()


def run_all(args):
    begin = time.monotonic()
    rows = []
    pool = concurrent.futures.ThreadPoolExecutor(args.jobs)
    try:
        jobs = [pool.submit(run_job, fault, system) for fault, system in plan(args)]
        for future in jobs:
            rows.append(future.result())
            tell(rows[-1])
    finally:
        # After a signal: what has not begun never does, what runs ends itself and its servers.
        pool.shutdown(wait=False, cancel_futures=True)
        for child in list(children):
            child.terminate()
    done = [row for row in rows if not row.skipped]
    if done:
        show(done)
    verdicts = [not failures(row) for row in done] + [measures_rightly()]
    print("fault tests took %.0f s" % (time.monotonic() - begin))
    failed = verdicts.count(False)
    print("fault: %d passed, %d failed" % (len(verdicts) - failed, failed))
    return 1 if failed else 0


def tell(row):
    broken = failures(row) if not row.skipped else []
    mark = "FAIL" if broken else "skip" if row.skipped else "ok  "
    print("%s %s (%s)  %s" % (mark, row.fault.name, " ".join(row.system), "; ".join(broken) or row.skipped or ""))
    if row.trouble:
        print("\n".join("     | " + text for text in row.trouble.splitlines()))
    sys.stdout.flush()


children = set()


def main():
    args = arguments()
    process.exit_on_signals()
    if args.list:
        for fault in faults.every():
            print("%-20s %s" % (fault.name, fault.text))
        return 0
    if args.one:
        return run_one(args.names[0], system_of(args.systems))
    return run_all(args)


if __name__ == "__main__":
    sys.exit(main())
