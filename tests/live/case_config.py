"""Scenario: wrong configuration files end with status 1 and `file:line: option: what is wrong`."""

import os
import re
import shutil
import tempfile

import process
from case_process import run_once
from scenario import scenario
from waiting import check

GOOD = """listen = { host = "127.0.0.1"; port = 26379; };
state_dir = "%(dir)s/state";
groups = (
  { name = "orders"; host = "127.0.0.1"; port = 6379; quorum = 2;
    down_after_ms = 5000; failover_timeout_ms = 60000; parallel_syncs = 1; }
);
"""

# What is replaced in the good file, by what, and the line and the option that the error must name (None: any).
WRONG = (
    ('name = "orders"; ', "", 4, "groups"),
    ('host = "127.0.0.1"; port = 6379; ', "port = 6379; ", 4, "groups"),
    ("port = 6379; ", "", 4, "groups"),
    ("port = 6379", "port = 65536", 4, "port"),
    ("port = 6379", "port = -1", 4, "port"),
    ("port = 6379", 'port = "6379"', 4, "port"),
    ("port = 26379", "port = 70000", 1, "port"),
    ("port = 26379", "port = 0", 1, "port"),
    ("quorum = 2", "quorum = 0", 4, "quorum"),
    ("quorum = 2", "quorum = 2.5", 4, "quorum"),
    ("quorum = 2", "quorums = 2", 4, "quorums"),
    ("down_after_ms = 5000", "down_after_ms = 0", 5, "down_after_ms"),
    ("down_after_ms = 5000", "down_after_ms = true", 5, "down_after_ms"),
    ("down_after_ms = 5000", "down_after_ms = 99999999999999999999", 5, None),
    ("failover_timeout_ms = 60000", "failover_timeout_ms = -5", 5, "failover_timeout_ms"),
    ("parallel_syncs = 1", "parallel_syncs = 0", 5, "parallel_syncs"),
    ("parallel_syncs = 1;", "parallel_syncs = 1; parallel_syncs = 1;", 5, None),
    ('name = "orders"', 'name = ""', 4, "name"),
    ('name = "orders"', 'name = "a,b"', 4, "name"),
    ('name = "orders"', 'name = "a b"', 4, "name"),
    ('name = "orders"', 'name = "%s"' % ("x" * 3000), 4, "name"),
    ('host = "127.0.0.1"; port = 6379', 'host = "%s"; port = 6379' % ("h" * 3000), 4, "host"),
    ("state_dir", "statedir", 2, "statedir"),
    ("state_dir = ", "state_dir = 5; #", 2, "state_dir"),
    ("listen = {", "listen = 5; nothing = {", 1, "listen"),
    ("groups = (", "groups = 5; others = (", 3, "groups"),
    ("  { name", "  5, { name", None, "groups"),
    ("\n);", ",\n  { name = \"orders\"; host = \"127.0.0.1\"; port = 6380; quorum = 1; }\n);", 6, "name"),
    ("quorum = 2;", "quorum = ;", 4, None),
    ("groups = (", "groups = (((", None, None),
    ("\n);", "", None, None),
    ("state_dir", "\x01\x02", 2, None),
)


def judge(program, path, arguments, line, option):
    """Runs the program on the file; returns what is wrong with its answer, or None."""
    status, output = run_once([program] + arguments + ["-c", path])
    if status != 1:
        return "status %s, expected 1: %s" % (status, output)
    named = r"(\S*\.)?%s(\[\d+\])?: \S" % option if option else r"\S"
    pattern = r"%s:%s: %s" % (re.escape(path), line or r"\d+", named)
    if not re.search(pattern, output):
        return "no line like %s in: %s" % (pattern, output)
    return None


@scenario(supervisors=("picketd",), nodes=("redis",), seconds=5)
def wrong_config(nodes, supervisor):
    """each wrong file ends with status 1 and `file:line: option: what is wrong`, with --check and without"""
    program = process.binary("picketd")
    folder = tempfile.mkdtemp(prefix="picket-live-")
    try:
        path = os.path.join(folder, "picketd.conf")
        good = GOOD % {"dir": folder}
        with open(path, "w") as file:
            file.write(good)
        status, output = run_once([program, "--check", "-c", path])
        check(status == 0, "the good file is refused with %s: %s" % (status, output))
        faults = []
        for old, new, line, option in WRONG:
            assert old in good
            with open(path, "w") as file:
                file.write(good.replace(old, new, 1))
            for arguments in (["--check"], []):
                fault = judge(program, path, arguments, line, option)
                if fault:
                    faults.append("%r -> %.60r %s: %s" % (old, new, " ".join(arguments), fault))
        for argv in ([program, "-c", path + ".gone"], [program, "-c", folder], [program, "--bogus"], [program, "-c"]):
            status, output = run_once(argv)
            if status not in (1, 2) or not output.strip():
                faults.append("%s: status %s: %s" % (" ".join(argv[1:]), status, output))
        for flag in ("--version", "--help"):
            status, output = run_once([program, flag])
            if status != 0 or "picketd" not in output:
                faults.append("%s: status %s: %s" % (flag, status, output))
        check(not faults, "%d faults:\n%s" % (len(faults), "\n".join(faults)))
        return "%d wrong files" % len(WRONG)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
