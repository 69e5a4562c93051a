#!/usr/bin/env python3
"""Runs what looks at picketd's HTTP side with other people's programs: HAProxy, promtool, Chromium. One line each.

    run.py [NAME...]      page, balancer, scrape; all when none is given

Environment: BUILD=folder of the programs, KEEP=1 keeps the logs, SHOTS=folder for pictures of the page.
"""

import os
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "live")]

import process
from balance import test_balancer
from looks import test_page
from scrape import test_scrape

TESTS = {"page": test_page, "scrape": test_scrape, "balancer": test_balancer}


def run(name):
    begin = time.monotonic()
    try:
        note = TESTS[name]()
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc()
        print("FAIL %s" % name)
        return False
    print("ok   %-12s %5.1f s  %s" % (name, time.monotonic() - begin, note or ""))
    return True


def main():
    process.exit_on_signals()
    names = sys.argv[1:] or list(TESTS)
    unknown = [n for n in names if n not in TESTS]
    if unknown:
        sys.exit("no such test: %s (allowed: %s)" % (", ".join(unknown), ", ".join(TESTS)))
    results = [run(name) for name in names]
    print("page: %d passed, %d failed" % (results.count(True), results.count(False)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
