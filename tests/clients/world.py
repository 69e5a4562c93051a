"""The cluster of tests/live, with locks on nodes and supervisors where wanted, and the facts that clients must find."""

import locks
from cluster import Cluster
from resp import RespError, pairs
from servers import HOST
from waiting import Failed

# node-redis passes over a node with one of these.
BAD_FLAGS = {"s_down", "o_down", "disconnected", "failover_in_progress"}


class World(Cluster):
    """One group of three nodes and three supervisors, which demand what `lock` says (locks.py)."""

    def __init__(self, kind, lock, supervisor):
        super().__init__(nodes=kind, supervisor=supervisor)
        self.lock = lock
        self.glances = [Glance(s, self.group.name) for s in self.supervisors]
        for node in self.group.nodes:
            locks.lock_node(node, lock)
        for server in self.supervisors:
            locks.lock_supervisor(server, lock)

    @property
    def sentinels(self):
        return [[HOST, s.port] for s in self.supervisors]

    def facts(self):
        """What the servers say themselves, by our own client."""
        group = self.group
        first = self.supervisors[0]
        return {
            "primary": address(group.primary),
            "replicas": sorted(address(n) for n in group.replicas if n.alive()),
            "run_ids": {n.port: n.info("server")["run_id"] for n in group.nodes if n.alive()},
            "sentinel_ids": {s.port: s.call("SENTINEL", "MYID") for s in self.supervisors},
            "config_epoch": first.master(group.name)["config-epoch"],
            "options": self.options,
        }

    def check_glances(self):
        found = [line for glance in self.glances for line in glance.found]
        if found:
            raise Failed("\n".join(found))

    def check_switches(self, count):
        """As many switches as there were failovers: none came unprovoked."""
        for supervisor in self.supervisors:
            found = [e.payload for e in supervisor.events.find("+switch-master")]
            if len(found) != count:
                raise Failed("%s published %d switches in %d failovers: %s" % (supervisor.label, len(found), count, found))


class Glance:
    """Looks at a supervisor's tables right after its events, as node-redis does, which then takes no node with a bad flag and does
    not look again until the next event."""

    def __init__(self, supervisor, group):
        self.supervisor = supervisor
        self.group = group
        self.found = []
        self._conn = None
        supervisor.events.listeners.append(self._on_event)

    def _on_event(self, event):
        words = event.payload.split(" ")
        if event.channel == "+switch-master":
            self._look(event, words[4])
        elif event.channel == "-sdown" and words[0] in ("master", "slave"):
            self._look(event, words[3])

    def _look(self, event, port):
        """The node on this port must be free of flags; unless the tables have moved on meanwhile."""
        try:
            entries = self._entries()
        except (OSError, RespError) as error:
            self.found.append("%s could not be asked right after %s: %s" % (self.supervisor.label, event.channel, error))
            return
        for entry in entries:
            if entry["port"] == port and BAD_FLAGS.intersection(entry["flags"].split(",")):
                self.found.append("right after %s %s, %s shows the node with flags %s" % (
                    event.channel, event.payload, self.supervisor.label, entry["flags"]))

    def _entries(self):
        if self._conn is None:
            self._conn = self.supervisor.connect()
        replies = self._conn.pipeline([("SENTINEL", "MASTER", self.group), ("SENTINEL", "REPLICAS", self.group)])
        return [pairs(e) for e in [replies[0]] + replies[1]]


def address(node):
    return "%s:%d" % (HOST, node.port)
