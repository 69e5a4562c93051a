"""What the supervisors publish, stamped by one monotonic clock as it arrives."""

import collections
import threading
import time

import resp

RETRY_S = 0.01
SLICE_S = 0.5

Event = collections.namedtuple("Event", "at index channel payload")
Switch = collections.namedtuple("Switch", "name old_port new_port")


def switch_of(event):
    """The fields of a +switch-master event."""
    name, _old_host, old_port, _new_host, new_port = event.payload.split(" ")
    return Switch(name, int(old_port), int(new_port))


class Collector(threading.Thread):
    """One thread, one subscription, one supervisor; reconnects for as long as it lives."""

    def __init__(self, index, port, host="127.0.0.1"):
        super().__init__(daemon=True, name="events-%d" % index)
        self.index = index
        self.port = port
        self.host = host
        self.user = None
        self.password = None
        self.events = []
        self.listeners = []
        self.subscribed = threading.Event()
        self._ending = threading.Event()

    def run(self):
        while not self._ending.is_set():
            try:
                self._listen()
            except (OSError, resp.RespError):
                self.subscribed.clear()
                self._ending.wait(RETRY_S)

    def _listen(self):
        with resp.connect(self.host, self.port, timeout=2.0, user=self.user, password=self.password) as conn:
            conn.psubscribe("*")
            self.subscribed.set()
            while not self._ending.is_set():
                message = conn.next_message(SLICE_S)
                if message is not None:
                    self._take(Event(time.monotonic(), self.index, message.channel, message.payload))

    def _take(self, event):
        self.events.append(event)
        for listener in list(self.listeners):
            listener(event)

    def find(self, channel, since=0.0, text="", before=float("inf")):
        """All events on `channel` in [since, before) whose payload contains `text`."""
        return [e for e in list(self.events)
                if e.channel == channel and since <= e.at < before and text in e.payload]

    def first(self, channel, since=0.0, text=""):
        found = self.find(channel, since, text)
        return found[0] if found else None

    def end(self):
        self._ending.set()


def dump(collectors, since):
    """All events of all collectors as readable lines, in order of arrival."""
    every = sorted(e for c in collectors for e in list(c.events))
    return "\n".join("%9.1f ms  supervisor %d  %s %s" % ((e.at - since) * 1000, e.index, e.channel, e.payload)
                     for e in every)
