"""The servers of a cluster: data nodes (kinds `redis`, `picket`) and supervisors (`picketd`, `redis-sentinel`)."""

import os

import events
import netns
import ports
import process
import resp
from waiting import Failed, wait

HOST = "127.0.0.1"
CALL_S = 2.0
START_S = 30.0


class Server(process.Proc):
    """A process that speaks RESP on a port of its own."""

    def __init__(self, world, label, kind):
        self.world = world
        self.kind = kind
        self.place = getattr(world, "place", netns.nowhere)(label)
        self.host = self.place.address
        self.port = ports.reserve()
        self.dir = os.path.join(world.dir, label)
        os.makedirs(self.dir)
        super().__init__(label, None, os.path.join(world.dir, label + ".log"), self.dir)
        self._conn = None
        self.user = None
        self.password = None
        world.servers.append(self)

    def start(self):
        with self.place.inside():
            self.spawn()
        return self

    def await_ready(self):
        def answers():
            if self.crashed():
                raise Failed("%s ended at start with status %s:\n%s" % (
                    self.label, self.popen.returncode, self.tail()))
            return self.call("PING") == "PONG"
        wait(answers, "%s answers PING" % self.label, START_S)
        return self

    def connect(self, timeout=CALL_S, **options):
        with self.place.inside():
            return resp.connect(self.host, self.port, timeout, user=self.user, password=self.password, **options)

    def call(self, *args, timeout=CALL_S):
        """One request on a kept connection. It is opened anew when it broke before, not while in use."""
        if self._conn is None or self._conn.sock is None:
            self._conn = self.connect(timeout)
        try:
            return self._conn.call(*args, timeout=timeout)
        except resp.Closed:
            self._conn = self.connect(timeout)
            return self._conn.call(*args, timeout=timeout)

    def info(self, section="replication"):
        return resp.info_fields(self.call("INFO", section))

    def done(self):
        if self._conn is not None:
            self._conn.close()
        self.kill()
        ports.release(self.port)


class Node(Server):
    """A data node."""

    def __init__(self, world, label, kind, primary=None):
        super().__init__(world, label, kind)
        if kind == "redis":
            self._write_redis_conf(primary)
            self.argv = ["redis-server", os.path.join(self.dir, "redis.conf")]
        elif kind == "picket":
            self.argv = [process.binary("picket-store"), "--host", self.host, "--port", str(self.port), "--dir", self.dir]
            if primary is not None:
                self.argv += ["--replicaof", "%s:%d" % (primary.host, primary.port)]
        else:
            raise ValueError("unknown kind of node: %s (allowed: redis, picket)" % kind)

    def _write_redis_conf(self, primary):
        lines = ["port %d" % self.port, "bind " + self.host, "dir " + self.dir, 'save ""', "appendonly no",
                 "repl-diskless-sync-delay 0", "enable-debug-command yes", "protected-mode no"]
        if primary is not None:
            lines.append("replicaof %s %d" % (primary.host, primary.port))
        with open(os.path.join(self.dir, "redis.conf"), "w") as file:
            file.write("\n".join(lines) + "\n")

    def role(self):
        return self.call("ROLE")[0]

    def follows(self, primary):
        """True when this node replicates from `primary` and its link is up."""
        info = self.info()
        return (info["role"] == "slave" and int(info["master_port"]) == primary.port
                and info["master_link_status"] == "up" and info["master_sync_in_progress"] == "0")


class Supervisor(Server):
    """A supervisor, and the collector of its events."""

    def __init__(self, world, label, kind, index):
        super().__init__(world, label, kind)
        self.index = index
        self.events = events.Collector(index, self.port, self.host)
        if kind == "picketd":
            self.conf = os.path.join(self.dir, "picketd.conf")
            self.state_dir = os.path.join(self.dir, "state")
            self.argv = [process.binary("picketd"), "-c", self.conf]
        elif kind == "redis-sentinel":
            self.conf = os.path.join(self.dir, "sentinel.conf")
            self.argv = ["redis-sentinel", self.conf]
        else:
            raise ValueError("unknown kind of supervisor: %s (allowed: picketd, redis-sentinel)" % kind)

    def configure(self, groups=None, extra=""):
        """Writes the configuration, for the groups given or all of the world."""
        groups = self.world.groups if groups is None else groups
        write = self._picketd_conf if self.kind == "picketd" else self._sentinel_conf
        with open(self.conf, "w") as file:
            file.write(write(groups) + extra)

    def _picketd_conf(self, groups):
        os.makedirs(self.state_dir, exist_ok=True)
        lines = ['listen = { host = "%s"; port = %d; };' % (self.host, self.port),
                 'state_dir = "%s";' % self.state_dir, "groups = ("]
        entries = []
        for group in groups:
            options = self.world.options_of(group)
            entries.append('  { name = "%s"; host = "%s"; port = %d; quorum = %d; down_after_ms = %d; '
                           "failover_timeout_ms = %d; parallel_syncs = %d; %s}" % (
                               group.name, group.primary.host, group.primary.port, options["quorum"],
                               options["down_after"], options["failover_timeout"], options["parallel_syncs"],
                               # Tests fail over more often than any group should.
                               options.get("settings", "") + "flap_failovers = %d; " % options.get("flap_failovers", 0)))
        return "\n".join(lines) + "\n" + ",\n".join(entries) + "\n);\n"

    def _sentinel_conf(self, groups):
        lines = ["port %d" % self.port, "bind " + self.host, "dir " + self.dir]
        for group in groups:
            options = self.world.options_of(group)
            lines += ["sentinel monitor %s %s %d %d" % (
                          group.name, group.primary.host, group.primary.port, options["quorum"]),
                      "sentinel down-after-milliseconds %s %d" % (group.name, options["down_after"]),
                      "sentinel failover-timeout %s %d" % (group.name, options["failover_timeout"]),
                      "sentinel parallel-syncs %s %d" % (group.name, options["parallel_syncs"])]
        return "\n".join(lines) + "\n"

    def start(self):
        super().start()
        if not self.events.is_alive():
            with self.place.inside():
                self.events.start()
        return self

    def await_ready(self):
        super().await_ready()
        wait(self.events.subscribed.is_set, "events of %s" % self.label, START_S)
        return self

    def primary_port(self, name):
        answer = self.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)
        return int(answer[1]) if answer else None

    def master(self, name):
        return resp.pairs(self.call("SENTINEL", "MASTER", name))

    def replicas(self, name):
        """Entries of the replicas by port."""
        return {int(e["port"]): e for e in map(resp.pairs, self.call("SENTINEL", "REPLICAS", name))}

    def peers(self, name):
        """Entries of the other supervisors by run id."""
        return {e["runid"]: e for e in map(resp.pairs, self.call("SENTINEL", "SENTINELS", name))}

    def done(self):
        self.events.end()
        super().done()
