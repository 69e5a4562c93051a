"""A client as an application has it: asks the supervisors for the primary, follows +switch-master,
writes unique keys one by one, and remembers each write that was acknowledged.
"""

import collections
import socket
import threading
import time

import events
import resp

CALL_S = 1.0
RETRY_S = 0.002
CHECK_BATCH = 1000

Ack = collections.namedtuple("Ack", "at number port")


class Writer(threading.Thread):
    """Writes to group `name` until finish(). `interval_s` paces it, so that it does not own a core."""

    def __init__(self, supervisors, name, interval_s=0.001, prefix="write"):
        super().__init__(daemon=True, name="writer-" + name)
        self.prefix = prefix  # of the keys: writers of one group must not write the same
        self.supervisors = supervisors
        self.group = name
        self.interval_s = interval_s
        self.acks = []
        self.refused = 0
        self._number = 0
        self._turn = 0
        self._conn = None
        self._port = None
        self._redirect = None
        self._ending = threading.Event()
        for supervisor in supervisors:
            supervisor.events.listeners.append(self._on_event)

    def _on_event(self, event):
        """+switch-master: leave the old primary at once, even in the middle of a reply that never comes."""
        if event.channel != "+switch-master":
            return
        switch = events.switch_of(event)
        if switch.name == self.group and switch.new_port != self._port:
            self._redirect = switch.new_port
            self._interrupt()

    def _interrupt(self):
        """Ends the call that the writing thread may be in; it closes connections at any moment itself."""
        conn = self._conn
        sock = conn.sock if conn is not None else None
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def run(self):
        while not self._ending.is_set():
            try:
                self._write()
                time.sleep(self.interval_s)
            except OSError:
                self._leave()
            except resp.RespError:
                self.refused += 1
                self._leave()

    def _leave(self):
        if self._conn is not None:
            self._conn.close()
        self._conn = None
        time.sleep(RETRY_S)

    def _write(self):
        if self._conn is None or self._redirect is not None:
            self._find()
        self._number += 1
        self._conn.call("SET", self.key(self._number), self._number)
        self.acks.append(Ack(time.monotonic(), self._number, self._port))

    def dial(self, port):
        return resp.connect("127.0.0.1", port, timeout=CALL_S)

    def _find(self):
        """Connects to the primary, which must say itself that it is one."""
        port, self._redirect = self._redirect or self._ask(), None
        if self._conn is not None:
            self._conn.close()
        self._port = port
        self._conn = self.dial(port)
        if self._conn.call("ROLE")[0] != "master":
            raise ConnectionError("not a primary")

    def _ask(self):
        """The primary's port from the next supervisor in turn."""
        self._turn += 1
        supervisor = self.supervisors[self._turn % len(self.supervisors)]
        with self.dial(supervisor.port) as conn:
            answer = conn.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.group)
        if answer is None:
            raise ConnectionError("unknown group")
        return int(answer[1])

    def key(self, number):
        return "%s:%s:%d" % (self.group, self.prefix, number)

    def finish(self):
        self._ending.set()
        self.join(10.0)

    # Afterwards.

    def first_after(self, moment, not_port=None):
        """The first acknowledgement after `moment`, from another port than `not_port`; or None."""
        return next((a for a in list(self.acks) if a.at > moment and a.port != not_port), None)

    def last_before(self, moment):
        return next((a for a in reversed(list(self.acks)) if a.at <= moment), None)

    def lost(self, node):
        """Acknowledged writes that `node` does not hold, by reading every one of them back."""
        missing = []
        with node.connect(timeout=10.0) as conn:
            for begin in range(0, len(self.acks), CHECK_BATCH):
                batch = self.acks[begin:begin + CHECK_BATCH]
                values = conn.pipeline([("GET", self.key(a.number)) for a in batch])
                missing += [a for a, v in zip(batch, values) if v != str(a.number)]
        return missing
