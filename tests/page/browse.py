"""A browser for tests: browser.js in a process of its own, told what to do line by line."""

import json
import os
import subprocess

import process
from waiting import Failed

HERE = os.path.dirname(os.path.abspath(__file__))


class Browser:
    def __init__(self, modules):
        self.popen = subprocess.Popen(["node", os.path.join(HERE, "browser.js"), modules], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, preexec_fn=process._die_with_parent)

    def do(self, what, **more):
        """One order and its answer; the browser waits by itself for what is to come."""
        self.popen.stdin.write(json.dumps(dict(more, do=what)) + "\n")
        self.popen.stdin.flush()
        line = self.popen.stdout.readline()
        if not line:
            raise Failed("the browser has ended at %s %s" % (what, more))
        answer = json.loads(line)
        if "error" in answer:
            raise Failed("the browser: %s %s: %s" % (what, more, answer["error"]))
        return answer["ok"]

    def done(self):
        try:
            self.popen.stdin.close()
            self.popen.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.popen.kill()
            self.popen.wait()
