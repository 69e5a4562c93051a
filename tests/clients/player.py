"""A client in a world: its program, what it was asked, and what it wrote."""

import json
import os
import time

import locks
import ports
import process
from child import Child
from waiting import Failed, check

# Between two writes of a client during a failover by hand, so that all get their turn.
PACE_S = 0.002
# How long a client may take to see a change.
SEE_S = 20.0


class Player:
    """`trouble` is what went wrong first, None while nothing has."""

    def __init__(self, client, world):
        self.client = client
        self.trouble = None
        self.checks = 0
        self.note = ""
        # Keys written during a failover by hand, and how many of these were found again.
        self.acked = []
        self.kept = 0
        self.port = ports.reserve()
        config = dict(locks.config_of(world.lock), sentinels=world.sentinels, group=world.group.name, listen=self.port)
        modules = os.path.join(os.path.dirname(process.binary("picketd")), "clients", "node_modules")
        self.child = Child(client.name, list(client.argv) + [json.dumps(config)],
                           os.path.join(world.dir, client.name + ".log"), {"NODE_PATH": modules})

    def can(self, verb):
        return verb in self.client.verbs

    def ask(self, verb, *words):
        value = self.child.ask(verb, *words)
        self.checks += 1
        return value

    def write_on(self, key, stop):
        """Writes key after key until told to stop, and once more then."""
        last = False
        while not last:
            last = stop.wait(PACE_S)
            name = "%s:%d" % (key, len(self.acked))
            answer = self.child.ask("set", name, name)
            check(answer in (True, "OK"), "set gives %r" % answer)
            self.acked.append(name)

    def ask_until(self, verb, wanted):
        """Asks until the answer is the one wanted; errors count as another answer."""
        limit = time.monotonic() + SEE_S
        while True:
            try:
                value = self.child.ask(verb)
                value = sorted(value) if isinstance(value, list) else value
            except Failed as error:
                value = str(error)
            if value == wanted:
                self.checks += 1
                return
            check(time.monotonic() < limit and self.child.popen.poll() is None,
                  "%s: %s after %.0f s, expected %s" % (verb, value, SEE_S, wanted))

    def check_fields(self, facts):
        """Reads the fields until they are as they should be: what INFO tells may be a period old."""
        limit = time.monotonic() + SEE_S
        while True:
            try:
                self.client.check(facts, self.child.ask("fields"))
                self.checks += 1
                return
            except Failed:
                if time.monotonic() > limit or self.child.popen.poll() is not None:
                    raise

    def end(self):
        ended = self.child.end()
        ports.release(self.port)
        if self.trouble is None and not ended:
            self.trouble = "did not end well%s" % self.child.tail()
