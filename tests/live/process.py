"""Processes that the harness starts, and nobody else's: each is ended when the harness ends.

Only process ids from Popen are ever signalled, and only while we have not reaped them, so that a
recycled id cannot be hit.
"""

import atexit
import ctypes
import os
import signal
import subprocess
import threading
import time

from waiting import wait

PR_SET_PDEATHSIG = 1
TAIL_LINES = 25
LINE_MAX = 240
POLL_S = 0.002

# What no log may hold, however well the run seemed to go.
POISON = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "Assertion `", "BUG REPORT START")

_libc = ctypes.CDLL(None, use_errno=True)
_running = set()


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Proc:
    """One program that can be started again. `ended_by_us` tells a crash from a planned end."""

    def __init__(self, label, argv, log_path, cwd):
        self.label = label
        self.argv = argv
        self.log_path = log_path
        self.cwd = cwd
        self.popen = None
        self.ended_by_us = True
        self.stopped = False

    def spawn(self):
        # The death signal is sent when the *thread* that forked ends.
        assert threading.current_thread() is threading.main_thread()
        assert not self.alive()
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          cwd=self.cwd, preexec_fn=_die_with_parent)
        self.ended_by_us = False
        self.stopped = False
        _running.add(self)

    @property
    def pid(self):
        return self.popen.pid

    def alive(self):
        return self.popen is not None and self.popen.poll() is None

    def open_files(self):
        """How many descriptors the process holds."""
        return len(os.listdir("/proc/%d/fd" % self.pid))

    def crashed(self):
        """True when the program ended although nobody told it to."""
        return self.popen is not None and self.popen.poll() is not None and not self.ended_by_us

    def signal(self, signum):
        if self.alive():
            self.popen.send_signal(signum)

    def kill(self):
        """SIGKILL; returns the moment before it was sent. The process is gone when this returns."""
        self.ended_by_us = True
        moment = time.monotonic()
        self.signal(signal.SIGKILL)
        self._reap()
        return moment

    def stop(self):
        """SIGSTOP: hangs with its sockets open. It stands still when this returns: until then it could take one more look at them."""
        moment = time.monotonic()
        self.signal(signal.SIGSTOP)
        self.stopped = True
        wait(lambda: not self.alive() or self.state() == "T", "%s stands still" % self.label)
        return moment

    def state(self):
        """The kernel's letter for what the process does."""
        with open("/proc/%d/stat" % self.pid) as file:
            return file.read().rpartition(")")[2].split()[0]

    def cont(self):
        moment = time.monotonic()
        self.signal(signal.SIGCONT)
        self.stopped = False
        return moment

    def term(self, timeout=10.0):
        """SIGTERM; returns (exit status, seconds it took), or (None, timeout) when it stayed."""
        self.ended_by_us = True
        begin = time.monotonic()
        self.signal(signal.SIGTERM)
        return self.wait_exit(timeout), time.monotonic() - begin

    def wait_exit(self, timeout=10.0):
        """The exit status (negative: ended by that signal), or None when it still runs."""
        limit = time.monotonic() + timeout
        while self.popen.poll() is None and time.monotonic() < limit:
            time.sleep(POLL_S)
        return self.popen.poll()

    def _reap(self):
        if self.popen is not None:
            self.popen.wait()
        _running.discard(self)

    def log(self):
        try:
            with open(self.log_path, "rb") as file:
                return file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def tail(self, count=TAIL_LINES):
        return "\n".join(line[:LINE_MAX] for line in self.log().splitlines()[-count:])

    def poisoned(self):
        """The first log line that must not be there, or None."""
        for line in self.log().splitlines():
            if any(word in line for word in POISON):
                return line
        return None


def end_all():
    for proc in list(_running):
        proc.kill()


def exit_on_signals():
    """SIGTERM and SIGINT end the program in the ordinary way, so that the cleanup runs, and runs once."""
    def handle(action):
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signum, action)

    def leave(signum, _frame):
        handle(signal.SIG_IGN)
        raise SystemExit(128 + signum)
    handle(leave)


atexit.register(end_all)


def binary(name):
    """The path of one of our programs, from the folder make built into."""
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return os.path.join(os.path.abspath(os.environ.get("BUILD", os.path.join(top, "build"))), name)
