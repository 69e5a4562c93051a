"""A client program as a child: a request a line to it, an answer a line from it (see loop.py)."""

import json
import os
import queue
import signal
import subprocess
import threading

from waiting import Failed

ANSWER_S = 40.0
END_S = 5.0
TAIL_CHARS = 2000


class Child:
    """Lives in a process group of its own, so that what it started itself ends with it."""

    def __init__(self, label, argv, log_path, env):
        self.label = label
        self.log_path = log_path
        self.answers = queue.Queue()
        with open(log_path, "wb") as log:
            self.popen = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                          env=dict(os.environ, **env), start_new_session=True,
                                          universal_newlines=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.popen.stdout:
            self.answers.put(line)
        self.answers.put(None)

    def ask(self, verb, *words):
        """The value that the program answers; Failed when it tells an error, dies, or says nothing in time."""
        what = " ".join((verb,) + words)
        try:
            self.popen.stdin.write(what + "\n")
            self.popen.stdin.flush()
            line = self.answers.get(timeout=ANSWER_S)
        except BrokenPipeError:
            line = None
        except queue.Empty:
            raise Failed("%s: no answer within %.0f s%s" % (what, ANSWER_S, self.tail()))
        if line is None:
            raise Failed("%s: the program ended with status %s%s" % (what, self.popen.wait(), self.tail()))
        try:
            answer = json.loads(line)
        except ValueError:
            raise Failed("%s: not an answer: %r%s" % (what, line, self.tail()))
        if "error" in answer:
            raise Failed("%s: %s" % (what, answer["error"]))
        return answer["value"]

    def tail(self):
        with open(self.log_path, "rb") as log:
            text = log.read()[-TAIL_CHARS:].decode("utf-8", "replace").strip()
        return "; it said:\n" + text if text else ""

    def end(self):
        """Closes the conversation; True when the program then ended by itself and well."""
        try:
            self.popen.stdin.close()
            status = self.popen.wait(END_S)
        except BrokenPipeError:
            status = self.popen.wait()
        except subprocess.TimeoutExpired:
            status = None
        # The leader may be reaped already, what it started may not.
        try:
            os.killpg(self.popen.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.popen.wait()
        return status == 0
