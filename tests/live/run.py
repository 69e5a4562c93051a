#!/usr/bin/env python3
"""Runs the live scenarios with real processes, several at a time, one line each.

    run.py                                all scenarios on both kinds of nodes, and the store_*.py scripts
    run.py kill_primary --nodes redis     one of them
    run.py --list

Environment: SUPERVISOR=picketd|redis-sentinel, BUILD=folder of the programs, KEEP=1 keeps the logs.
"""

import argparse
import collections
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import process
import scenario

MODULES = sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(HERE, "case_*.py")))
JOBS = 4
SCENARIO_S = 240
COUNT = re.compile(r"(\d+) passed, (\d+) failed")

# One thing to run: a scenario on one kind of node, or a script which counts by itself.
Job = collections.namedtuple("Job", "label argv seconds")
Result = collections.namedtuple("Result", "job passed failed text took skipped")


def arguments():
    parser = argparse.ArgumentParser(description="live tests with real processes")
    parser.add_argument("names", nargs="*", help="scenarios or store_*.py scripts; all when none is given")
    parser.add_argument("--nodes", choices=scenario.KINDS, default=os.environ.get("NODES") or None)
    parser.add_argument("--supervisor", default=os.environ.get("SUPERVISOR") or "picketd")
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def load():
    for name in MODULES:
        __import__(name)


def scripts():
    return {os.path.basename(p)[:-3]: p for p in sorted(glob.glob(os.path.join(HERE, "store_*.py")))}


def jobs(args):
    """What to run, longest first."""
    unknown = [n for n in args.names if not scenario.by_name(n) and n not in scripts()]
    if unknown:
        sys.exit("no such scenario: %s (run.py --list shows all)" % ", ".join(unknown))
    found = []
    for item in scenario.every():
        if (args.names and item.name not in args.names) or args.supervisor not in item.supervisors:
            continue
        for kind in item.nodes:
            if args.nodes is None or args.nodes == kind or len(item.nodes) == 1:
                argv = [os.path.join(HERE, "run.py"), "--one", item.name, "--nodes", kind,
                        "--supervisor", args.supervisor]
                found.append(Job("%s (%s)" % (item.name, kind), argv, item.seconds))
    for name, path in scripts().items():
        if name in args.names or not (args.names or args.nodes == "redis"):
            found.append(Job(name, [path], 30))
    return sorted(found, key=lambda job: -job.seconds) * args.repeat


def run_job(job):
    begin = time.monotonic()
    child = subprocess.Popen([sys.executable] + job.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, universal_newlines=True, errors="replace")
    children.add(child)
    try:
        text = child.communicate(timeout=SCENARIO_S)[0]
    except subprocess.TimeoutExpired:
        child.terminate()
        text = child.communicate()[0] + "\ndid not end within %d s" % SCENARIO_S
    children.discard(child)
    counts = COUNT.findall(text)
    passed, failed = (int(counts[-1][0]), int(counts[-1][1])) if counts else (0, 0)
    skipped = child.returncode == 0 and text.startswith("skip: ")
    if child.returncode != 0 and failed == 0 or passed + failed == 0 and not skipped:
        failed += 1
    return Result(job, passed, failed, text, time.monotonic() - begin, skipped)


def show(result):
    """One line for a result; everything it printed when it failed."""
    lines = result.text.strip().splitlines()
    notes = [line[len("note: "):] for line in lines if line.startswith("note: ")]
    checks = ["%d checks" % result.passed] if result.passed > 1 else []
    reasons = [line for line in lines if line.startswith("waiting.Failed: ")][-1:] if result.failed else []
    notes += [line[len("skip: "):] for line in lines if result.skipped]
    mark = "FAIL" if result.failed else "skip" if result.skipped else "ok  "
    remark = "; ".join(reasons + checks + notes)
    print("%s %-34s %5.1f s%s" % (mark, result.job.label, result.took, "  " + remark if remark else ""))
    if result.failed:
        # Not in the form that a sum of all test output would count again.
        print("\n".join("     | " + COUNT.sub(r"\1 passed and \2 failed", line) for line in lines))
    sys.stdout.flush()


def run_all(args):
    begin = time.monotonic()
    passed = failed = skipped = 0
    pool = concurrent.futures.ThreadPoolExecutor(args.jobs)
    try:
        for future in concurrent.futures.as_completed([pool.submit(run_job, job) for job in jobs(args)]):
            result = future.result()
            show(result)
            passed += result.passed
            failed += result.failed
            skipped += result.skipped
    finally:
        # After a signal: what has not begun never does, what runs ends itself and its servers.
        pool.shutdown(wait=False, cancel_futures=True)
        for child in list(children):
            child.terminate()
    print("live tests took %.0f s" % (time.monotonic() - begin))
    print("live: %d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed + skipped else 0


def run_one(args):
    """A scenario, in this process; its failure is told in full."""
    item = scenario.by_name(args.names[0])
    try:
        note = item.run(args.nodes or item.nodes[0], args.supervisor)
    except scenario.Skipped as reason:
        print("skip: %s" % reason)
        return 0
    except Exception:
        traceback.print_exc(file=sys.stdout)
        print("0 passed, 1 failed")
        return 1
    if note:
        print("note: %s" % note)
    print("1 passed, 0 failed")
    return 0


children = set()


def main():
    args = arguments()
    process.exit_on_signals()
    load()
    if args.list:
        for item in scenario.every():
            print("%-28s %s" % (item.name, (item.run.__doc__ or "").splitlines()[0]))
        print("\n".join(scripts()))
        return 0
    if args.one:
        return run_one(args)
    return run_all(args)


if __name__ == "__main__":
    sys.exit(main())
