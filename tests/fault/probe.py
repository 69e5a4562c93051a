"""Who accepts writes, and when: a writer beside each node, which writes to that node and no other.

It lives on the node's own host, so that no cut of the network ever comes between the two: what a client of that side
could write is written. A write counts as acknowledged when the reply says so; whether it survived is read back at
the end, from the primary that all have agreed on. Where a replica has to have it (`replicas`), WAIT must say so too.
"""

import collections
import threading
import time

import resp

PAUSE_S = 0.008
# A frozen node answers when it thaws; that is what shall be seen.
CALL_S = 60.0
RETRY_S = 0.02
# Two writes in a row prove that the node took writes all the time between them, when they were not further apart.
GAP_S = 0.25
CHECK_BATCH = 1000
# How long a replica has time; then the write counts as not acknowledged.
WAIT_MS = 500

Ack = collections.namedtuple("Ack", "sent at key")


def commands(key, replicas):
    """What a client sends for one write that so many replicas shall have. 0: it does not ask for them."""
    return [("SET", key, key)] + ([("WAIT", replicas, WAIT_MS)] if replicas else [])


def is_acknowledged(replies, replicas):
    """The replies to commands() say that the write is done, and that so many have it."""
    return replies[0] == "OK" and all(isinstance(r, int) and r >= replicas for r in replies[1:])


class Probe(threading.Thread):
    """Writes to one node until finish()."""

    def __init__(self, node, replicas=0):
        super().__init__(daemon=True, name="probe-" + node.label)
        self.node = node
        self.replicas = replicas
        self.runs = []  # lists of acknowledgements, none refused or late between those of one list
        self.turn = threading.Lock()  # whoever holds it keeps the writer from its next write
        self._fresh = True
        self._count = 0
        self._ending = threading.Event()

    def run(self):
        self.node.place.enter()
        conn = None
        while not self._ending.is_set():
            try:
                conn = conn or resp.connect(self.node.host, self.node.port, CALL_S)
                with self.turn:
                    acknowledged = self._write(conn)
                self._fresh = not acknowledged
                self._ending.wait(PAUSE_S if acknowledged else RETRY_S)
            except OSError:
                conn = None
                self._fresh = True
                self._ending.wait(RETRY_S)

    def _write(self, conn):
        """True when it was acknowledged."""
        self._count += 1
        key = "%s:%d" % (self.name, self._count)
        sent = time.monotonic()
        if not is_acknowledged(conn.pipeline(commands(key, self.replicas)), self.replicas):
            return False
        ack = Ack(sent, time.monotonic(), key)
        if self._fresh or ack.at - self.runs[-1][-1].at > GAP_S:
            self.runs.append([])
        self.runs[-1].append(ack)
        return True

    def finish(self):
        self._ending.set()

    @property
    def acks(self):
        return [ack for run in list(self.runs) for ack in list(run)]

    def spans(self):
        """When the node certainly took writes: from a first acknowledgement until the last write was sent."""
        return [(run[0].at, run[-1].sent) for run in list(self.runs) if run[-1].sent > run[0].at]


def both_writable(probes):
    """Seconds in which more than one of the nodes took writes."""
    edges = sorted((at, step) for p in probes for begin, end in p.spans() for at, step in ((begin, 1), (end, -1)))
    total = count = 0
    last = 0.0
    for at, step in edges:
        if count > 1:
            total += at - last
        count, last = count + step, at
    return total


def lost(acks, node):
    """The acknowledged writes that the node does not hold."""
    missing = []
    with node.connect(timeout=30.0) as conn:
        for begin in range(0, len(acks), CHECK_BATCH):
            batch = acks[begin:begin + CHECK_BATCH]
            values = conn.pipeline([("GET", ack.key) for ack in batch])
            missing += [ack for ack, value in zip(batch, values) if value != ack.key]
    return missing
